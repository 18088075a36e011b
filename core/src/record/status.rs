//! What a person is told: which lock it is, who locked it, and what can be done now.

use super::parts::Record;
use super::standing::Standing;
use crate::lockout::AttemptGate;
use crate::policy::{Contact, Policy};
use crate::time::Now;

/// The lock's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockStatus {
    /// No PIN was set yet.
    Unconfigured,
    /// What there is cannot be told now: the keystore does not answer, or the wallet is just being made, removed or opened anew. Nothing is lost
    /// by it; look again ([`WalletLock::recheck`](crate::WalletLock::recheck)).
    Busy,
    /// A PIN may be entered.
    Ready {
        /// Tries until a stop that time does not lift. `None`: the policy has no such stop.
        tries_left: Option<u32>,
    },
    /// Too many wrong PINs; the next may be entered after a while.
    CoolingDown {
        /// Milliseconds left, at least 1.
        remaining_ms: u64,
        /// Tries left when it is over.
        tries_left: Option<u32>,
        /// What the person can do, first choice first.
        remedies: Vec<Remedy>,
    },
    /// No PIN is taken.
    Locked {
        /// Which lock it is.
        reason: LockReason,
        /// Who locked it.
        by: WhoLocked,
        /// What the person can do, first choice first.
        remedies: Vec<Remedy>,
    },
    /// Everything that was protected is destroyed. A new PIN can be set.
    Wiped,
}

/// Which lock it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockReason {
    /// Too many wrong PINs.
    TooManyAttempts,
    /// Too many wrong PINs since the phone started.
    UntilRestart,
    /// The protected data, or the phone's key to it, is damaged, missing or not the one that belongs here.
    DataDamaged,
}

/// Who locked it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoLocked {
    /// This phone, by itself.
    Phone,
}

/// Something a person can do about a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Have the lock look again ([`crate::WalletLock::recheck`]): it may have been a hiccup of the keystore or the disk.
    CheckAgain,
    /// Wait so long (milliseconds).
    Wait(u64),
    /// Restart the phone.
    Restart,
    /// Turn to someone.
    Contact(Contact),
}

impl LockStatus {
    pub(crate) fn of(record: &Record, now: Now) -> Self {
        let gate = match record.standing(now) {
            Standing::Wiped => return Self::Wiped,
            Standing::Pin(gate) => gate,
        };
        let contacts = record.policy.contacts.iter().cloned().map(Remedy::Contact);
        let locked = |reason, first: Option<Remedy>| Self::Locked {
            reason,
            by: WhoLocked::Phone,
            remedies: first.into_iter().chain(contacts.clone()).collect(),
        };
        match gate {
            AttemptGate::Ready { tries_left } => Self::Ready { tries_left },
            // The tries under way are settled within a second or so; what comes then is told then.
            AttemptGate::TooManyAtOnce => {
                Self::Ready { tries_left: record.lockout.tries_left(&record.policy.lockout, now) }
            }
            AttemptGate::CoolingDown { remaining_ms, tries_left } => Self::CoolingDown {
                remaining_ms,
                tries_left,
                remedies: [Remedy::Wait(remaining_ms)].into_iter().chain(contacts).collect(),
            },
            AttemptGate::UntilRestart => locked(LockReason::UntilRestart, Some(Remedy::Restart)),
            AttemptGate::TooManyAttempts => locked(LockReason::TooManyAttempts, None),
        }
    }

    pub(crate) fn damaged(policy: &Policy) -> Self {
        Self::Locked {
            reason: LockReason::DataDamaged,
            by: WhoLocked::Phone,
            remedies: [Remedy::CheckAgain]
                .into_iter()
                .chain(policy.contacts.iter().cloned().map(Remedy::Contact))
                .collect(),
        }
    }

    /// Whether the person may enter a PIN now.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}
