//! The status that a person sees: why the wallet is locked, who locked it, and what the person can do now.

use super::parts::Record;
use super::standing::LockState;
use crate::lockout::AttemptGate;
use crate::policy::{Contact, Policy};
use crate::time::Now;

/// The lock's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockStatus {
    /// No PIN is set: the wallet is new, or was removed.
    Unconfigured,
    /// The state is not known now: the keystore does not answer, or another call is making, removing or reopening the
    /// wallet. Nothing is lost; call [`WalletLock::recheck`](crate::WalletLock::recheck) to look again.
    Busy,
    /// A PIN may be entered.
    Ready {
        /// Tries until a wipe, or a lock that waiting does not end. `None`: the policy has neither.
        tries_left: Option<u32>,
    },
    /// Too many wrong PINs were entered. The next PIN may be entered when the cool-down is over.
    CoolingDown {
        /// Milliseconds left, at least 1.
        remaining_ms: u64,
        /// Tries left when the cool-down is over. `None`: the policy has no stop that time does not lift.
        tries_left: Option<u32>,
        /// What the person can do, first choice first.
        remedies: Vec<Remedy>,
    },
    /// The lock accepts no PIN.
    Locked {
        /// Why the wallet is locked.
        reason: LockReason,
        /// Who locked it.
        by: WhoLocked,
        /// What the person can do, first choice first.
        remedies: Vec<Remedy>,
    },
    /// All protected data is destroyed. A new PIN can be set.
    Wiped,
}

/// Why the wallet is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockReason {
    /// Too many wrong PINs.
    TooManyAttempts,
    /// Too many wrong PINs since the phone started.
    UntilRestart,
    /// The protected data, or the phone's key to it, is damaged, missing or not the current one.
    DataDamaged,
}

/// Who locked the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoLocked {
    /// This phone, by itself.
    Phone,
}

/// Something a person can do about a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Let the lock look again ([`crate::WalletLock::recheck`]): the keystore or the disk may have failed only for a
    /// moment.
    CheckAgain,
    /// Wait for this many milliseconds.
    Wait(u64),
    /// Restart the phone.
    Restart,
    /// Enter the recovery code ([`crate::RecoveryHandle::enter_code`]).
    RecoveryCode,
    /// Ask this contact for help.
    Contact(Contact),
}

impl LockStatus {
    pub(crate) fn of(record: &Record, now: Now) -> Self {
        let gate = match record.lock_state(now) {
            LockState::Wiped => return Self::Wiped,
            LockState::Pin(gate) => gate,
        };
        let code = record.recovery.row().map(|_| Remedy::RecoveryCode);
        let contacts = record.policy.contacts.iter().cloned().map(Remedy::Contact);
        let locked = |reason, first: Option<Remedy>| Self::Locked {
            reason,
            by: WhoLocked::Phone,
            remedies: first.into_iter().chain(contacts.clone()).collect(),
        };
        match gate {
            AttemptGate::Ready { tries_left } => Self::Ready { tries_left },
            // The running tries are settled within about a second. The status after that is reported then.
            AttemptGate::TooManyAtOnce => {
                Self::Ready { tries_left: record.lockout.tries_left(&record.policy.lockout, now) }
            }
            AttemptGate::CoolingDown { remaining_ms, tries_left } => Self::CoolingDown {
                remaining_ms,
                tries_left,
                remedies: [Remedy::Wait(remaining_ms)].into_iter().chain(code).chain(contacts).collect(),
            },
            AttemptGate::UntilRestart => locked(LockReason::UntilRestart, Some(Remedy::Restart)),
            AttemptGate::TooManyAttempts => locked(LockReason::TooManyAttempts, code),
        }
    }

    /// The status of a damaged wallet. `has_code`: its file holds a rescue row.
    pub(crate) fn damaged(policy: &Policy, has_code: bool) -> Self {
        Self::Locked {
            reason: LockReason::DataDamaged,
            by: WhoLocked::Phone,
            remedies: [Remedy::CheckAgain]
                .into_iter()
                .chain(has_code.then_some(Remedy::RecoveryCode))
                .chain(policy.contacts.iter().cloned().map(Remedy::Contact))
                .collect(),
        }
    }

    /// Whether the person may enter a PIN now.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}
