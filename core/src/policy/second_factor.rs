//! The policy's part about the second factor: when a code is asked for beside the PIN or a finger.

use serde::{Deserialize, Serialize};

/// When the second factor is asked for. It applies once the owner has set one up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SecondFactorPolicy {
    /// On this phone at every unlocking: until the code was right, the session reads and changes nothing.
    pub at_unlock: bool,
    /// For these actions, in a session in which no code was right yet.
    pub actions: Vec<GuardedAction>,
}

/// What a session does only after the second factor, where the policy says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardedAction {
    /// Writing and deleting items.
    Write,
    /// Changing the PIN or the wipe PIN.
    ChangePin,
    /// Switching biometrics on or off.
    SwitchBiometrics,
    /// Changing a way back in, or the second factor: recovery code, escrow, channels, the factor itself.
    ChangeRecovery,
    /// Raising a limit on payments.
    RaiseLimit,
    /// Ending the owner's freeze.
    Unfreeze,
    /// Allowing that the provider destroys everything.
    AllowRemoteWipe,
}

impl Default for SecondFactorPolicy {
    /// For what would let somebody else in later, and for what would destroy everything. Our own choice.
    fn default() -> Self {
        let actions = [
            GuardedAction::ChangePin,
            GuardedAction::SwitchBiometrics,
            GuardedAction::ChangeRecovery,
            GuardedAction::RaiseLimit,
            GuardedAction::AllowRemoteWipe,
        ];
        Self { at_unlock: false, actions: actions.to_vec() }
    }
}

impl SecondFactorPolicy {
    /// Whether the code is asked for before `action`.
    pub(crate) fn guards(&self, action: GuardedAction) -> bool {
        self.at_unlock || self.actions.contains(&action)
    }

    /// Whether this policy eases nothing that `sealed` asks for.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self { at_unlock, actions } = self;
        *at_unlock || (!sealed.at_unlock && sealed.actions.iter().all(|action| actions.contains(action)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Policy;
    use super::*;

    fn of(at_unlock: bool, actions: &[GuardedAction]) -> SecondFactorPolicy {
        SecondFactorPolicy { at_unlock, actions: actions.to_vec() }
    }

    #[test]
    fn asking_less_often_eases() {
        use GuardedAction::{ChangePin, Write};
        for (policy, sealed, is_as_strict) in [
            (of(false, &[]), of(false, &[]), true),
            (of(false, &[Write, ChangePin]), of(false, &[ChangePin, Write]), true),
            (of(false, &[Write, ChangePin]), of(false, &[Write]), true),
            (of(false, &[Write]), of(false, &[Write, ChangePin]), false),
            (of(true, &[]), of(false, &[Write, ChangePin]), true),
            (of(false, &[Write]), of(true, &[]), false),
            (of(true, &[]), of(true, &[Write]), true),
        ] {
            assert_eq!(policy.is_at_least_as_strict_as(&sealed), is_as_strict, "{policy:?} beside {sealed:?}");
            let whole = |second_factor| Policy { second_factor, ..Policy::default() };
            assert_eq!(whole(policy).is_at_least_as_strict_as(&whole(sealed)), is_as_strict);
        }
    }

    #[test]
    fn it_is_read_from_json_and_guards_what_it_names() {
        let json = r#"{"second_factor":{"actions":["write","unfreeze"]}}"#;
        let read = Policy::from_json(json).expect("a policy").second_factor;
        assert_eq!(read, of(false, &[GuardedAction::Write, GuardedAction::Unfreeze]));
        assert!(read.guards(GuardedAction::Write) && !read.guards(GuardedAction::ChangePin));
        assert!(of(true, &[]).guards(GuardedAction::ChangePin));
        let wrong = Policy::from_json(r#"{"second_factor":{"actions":["read"]}}"#).expect_err("refused");
        assert_eq!(wrong.field, "second_factor.actions[0]");
    }
}
