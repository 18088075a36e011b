//! What a session may do, depending on what opened it: one table.

use crate::policy::{GuardedAction, SecondFactorPolicy};

/// What opened a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// The PIN.
    Pin,
    /// A finger or face: the session may read, and pay what needs no proof.
    Biometrics,
}

/// What a call wants to do with a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Reading vault items, the journal, and settings.
    Read,
    /// Writing or deleting vault items.
    Write,
    /// Changing the PIN or the wipe PIN. The call asks for the PIN itself.
    ChangePin,
    /// Asking whether a wipe PIN is set: someone whose finger opens the wallet need not know it.
    SeeWipePin,
    /// Switching biometrics on or off.
    SwitchBiometrics,
    /// Changing a way back in, or the second factor.
    ChangeRecovery,
    /// Paying what needs no proof in an open session, and lowering a limit.
    Pay,
    /// Raising a limit.
    RaiseLimit,
    /// Ending the owner's freeze.
    Unfreeze,
    /// Allowing that the provider destroys everything, or no longer allowing it.
    AllowRemoteWipe,
    /// Deleting lines of the journal.
    DeleteLines,
}

impl Action {
    /// Whether this policy asks for the second factor before it.
    pub(crate) fn is_guarded(self, policy: &SecondFactorPolicy) -> bool {
        let guarded = match self {
            Self::Read | Self::Pay => return policy.at_unlock,
            Self::Write | Self::DeleteLines => GuardedAction::Write,
            Self::ChangePin | Self::SeeWipePin => GuardedAction::ChangePin,
            Self::SwitchBiometrics => GuardedAction::SwitchBiometrics,
            Self::ChangeRecovery => GuardedAction::ChangeRecovery,
            Self::RaiseLimit => GuardedAction::RaiseLimit,
            Self::Unfreeze => GuardedAction::Unfreeze,
            Self::AllowRemoteWipe => GuardedAction::AllowRemoteWipe,
        };
        policy.guards(guarded)
    }
}

impl From<Option<GuardedAction>> for Action {
    /// An action of this kind; without one, reading.
    fn from(guarded: Option<GuardedAction>) -> Self {
        match guarded {
            None => Self::Read,
            Some(GuardedAction::Write) => Self::Write,
            Some(GuardedAction::ChangePin) => Self::ChangePin,
            Some(GuardedAction::SwitchBiometrics) => Self::SwitchBiometrics,
            Some(GuardedAction::ChangeRecovery) => Self::ChangeRecovery,
            Some(GuardedAction::RaiseLimit) => Self::RaiseLimit,
            Some(GuardedAction::Unfreeze) => Self::Unfreeze,
            Some(GuardedAction::AllowRemoteWipe) => Self::AllowRemoteWipe,
        }
    }
}

impl AuthMethod {
    /// Whether a session that was opened this way may do `action`. `is_fresh`: it was opened at most `FRESH_PIN_MS`
    /// ago.
    pub(crate) fn may(&self, action: Action, is_fresh: bool) -> bool {
        match (self, action) {
            (Self::Pin | Self::Biometrics, Action::Read | Action::Pay | Action::ChangePin) => true,
            (Self::Pin, Action::Write | Action::SeeWipePin | Action::Unfreeze) => true,
            (
                Self::Pin,
                Action::SwitchBiometrics
                | Action::ChangeRecovery
                | Action::RaiseLimit
                | Action::AllowRemoteWipe
                | Action::DeleteLines,
            ) => is_fresh,
            (
                Self::Biometrics,
                Action::Write
                | Action::SeeWipePin
                | Action::SwitchBiometrics
                | Action::ChangeRecovery
                | Action::RaiseLimit
                | Action::Unfreeze
                | Action::AllowRemoteWipe
                | Action::DeleteLines,
            ) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_policy_asks_the_second_factor_for() {
        let actions = [
            (Action::Read, None),
            (Action::Write, Some(GuardedAction::Write)),
            (Action::ChangePin, Some(GuardedAction::ChangePin)),
            (Action::SeeWipePin, Some(GuardedAction::ChangePin)),
            (Action::SwitchBiometrics, Some(GuardedAction::SwitchBiometrics)),
            (Action::ChangeRecovery, Some(GuardedAction::ChangeRecovery)),
            (Action::Pay, None),
            (Action::RaiseLimit, Some(GuardedAction::RaiseLimit)),
            (Action::Unfreeze, Some(GuardedAction::Unfreeze)),
            (Action::AllowRemoteWipe, Some(GuardedAction::AllowRemoteWipe)),
            (Action::DeleteLines, Some(GuardedAction::Write)),
        ];
        for (action, guarded) in actions {
            let policy = |at_unlock| SecondFactorPolicy { at_unlock, actions: Vec::new() };
            assert!(action.is_guarded(&policy(true)) && !action.is_guarded(&policy(false)), "{action:?}");
            for (_, named) in actions {
                let policy = SecondFactorPolicy { at_unlock: false, actions: named.into_iter().collect() };
                assert_eq!(action.is_guarded(&policy), guarded.is_some() && named == guarded, "{action:?}: {named:?}");
            }
        }
    }

    #[test]
    fn what_each_session_may() {
        let biometrics = AuthMethod::Biometrics;
        for (action, pin, fresh_pin, by_biometrics) in [
            (Action::Read, true, true, true),
            (Action::Write, true, true, false),
            (Action::ChangePin, true, true, true),
            (Action::SeeWipePin, true, true, false),
            (Action::SwitchBiometrics, false, true, false),
            (Action::ChangeRecovery, false, true, false),
            (Action::Pay, true, true, true),
            (Action::RaiseLimit, false, true, false),
            (Action::Unfreeze, true, true, false),
            (Action::AllowRemoteWipe, false, true, false),
            (Action::DeleteLines, false, true, false),
        ] {
            assert_eq!(AuthMethod::Pin.may(action, false), pin, "{action:?}");
            assert_eq!(AuthMethod::Pin.may(action, true), fresh_pin, "{action:?}");
            for is_fresh in [false, true] {
                assert_eq!(biometrics.may(action, is_fresh), by_biometrics, "{action:?}");
            }
        }
    }
}
