//! What a session may do, by what opened it: one table.

use crate::request::Payment;

/// What opened a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// The PIN.
    Pin,
    /// A finger or face: the session reads, and pays what was confirmed.
    Biometrics {
        /// The payment that the person confirmed. It is not used up: it stands here for as long as the session lives, so an app pays once for
        /// a session and no more.
        payment: Option<Payment>,
    },
}

/// What is asked of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Reading what is kept, the journal, and settings.
    Read,
    /// Changing what is kept.
    Write,
    /// Changing the PIN or the wipe PIN. The call asks for the PIN itself.
    ChangePin,
    /// Switching biometrics on or off.
    SwitchBiometrics,
}

impl AuthMethod {
    /// Whether a session that this opened may do that. `is_fresh`: what opened it was entered a few minutes ago at most.
    pub(crate) fn may(&self, action: Action, is_fresh: bool) -> bool {
        match (self, action) {
            (Self::Pin | Self::Biometrics { .. }, Action::Read | Action::ChangePin) => true,
            (Self::Pin, Action::Write) => true,
            (Self::Pin, Action::SwitchBiometrics) => is_fresh,
            (Self::Biometrics { .. }, Action::Write | Action::SwitchBiometrics) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_session_may() {
        let biometrics = AuthMethod::Biometrics { payment: None };
        for (action, pin, fresh_pin, by_biometrics) in [
            (Action::Read, true, true, true),
            (Action::Write, true, true, false),
            (Action::ChangePin, true, true, true),
            (Action::SwitchBiometrics, false, true, false),
        ] {
            assert_eq!(AuthMethod::Pin.may(action, false), pin, "{action:?}");
            assert_eq!(AuthMethod::Pin.may(action, true), fresh_pin, "{action:?}");
            for is_fresh in [false, true] {
                assert_eq!(biometrics.may(action, is_fresh), by_biometrics, "{action:?}");
            }
        }
    }
}
