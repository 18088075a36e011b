//! The status that a person sees: why the wallet is locked, who locked it, and what the person can do now.

use super::parts::Record;
use crate::key_slots::RowSlots;
use crate::lockout::AttemptGate;
use crate::locks::{LockReason, Way, WhoLocked, ways};
use crate::policy::{ClearsUnusual, Contact, Policy};
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
    /// The wallet is locked. It accepts no PIN, unless [`Remedy::EnterPin`] is among the remedies.
    Locked {
        /// Why the wallet is locked.
        reason: LockReason,
        /// Who locked it.
        by: WhoLocked,
        /// What whoever finds the phone is to read. Show it as the provider's message.
        message: Option<FinderMessage>,
        /// What the person can do, first choice first.
        remedies: Vec<Remedy>,
    },
    /// All protected data is destroyed. A new PIN can be set.
    Wiped,
}

/// A message for whoever finds the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinderMessage {
    /// The message, up to 160 characters of plain text.
    pub text: String,
    /// Whom the finder can reach.
    pub contact: Option<Contact>,
}

/// Something a person can do about a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Let the lock look again ([`crate::WalletLock::recheck`]): the keystore or the disk may have failed only for a
    /// moment.
    CheckAgain,
    /// Wait for this many milliseconds: then a PIN may be entered. On a locked wallet it stands where the PIN clears
    /// the lock, and is refused until then because of wrong PINs.
    Wait(u64),
    /// Restart the phone.
    Restart,
    /// Enter the recovery code ([`crate::RecoveryHandle::enter_code`]). While a lock of the provider stands, the code
    /// has to be entered a second time after a wait.
    RecoveryCode(RemedyState),
    /// Enter the PIN: it is accepted, and clears this lock.
    EnterPin,
    /// Ask the provider to unlock the wallet: [`crate::ProviderHandle::request`].
    AskProvider(RemedyState),
    /// Let the phone reach its provider: [`crate::ProviderHandle::heartbeat`].
    Connect(RemedyState),
    /// Ask the provider, which keeps the key to the wallet: [`crate::RecoveryHandle::ask_escrow`].
    AskEscrow(RemedyState),
    /// Ask this contact for help.
    Contact(Contact),
}

/// Whether a remedy can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemedyState {
    /// It can be used now.
    Available,
    /// It can be used after this many milliseconds.
    Waiting {
        /// Milliseconds left, at least 1.
        left_ms: u64,
    },
    /// It was used as often as it may be.
    UsedUp,
    /// It was never set up. For the provider: this phone is not registered yet, which can be done in every state
    /// ([`crate::ProviderHandle::register`]).
    NotSetUp,
}

impl Remedy {
    /// Whether the remedy can be used.
    pub fn state(&self) -> RemedyState {
        match self {
            Self::CheckAgain | Self::Restart | Self::EnterPin | Self::Contact(_) => RemedyState::Available,
            Self::Wait(left_ms) => RemedyState::Waiting { left_ms: *left_ms },
            Self::RecoveryCode(state) | Self::AskProvider(state) | Self::Connect(state) | Self::AskEscrow(state) => {
                *state
            }
        }
    }
}

impl LockStatus {
    pub(crate) fn of(record: &Record, now: Now) -> Self {
        let standing = record.standing(now);
        if standing.is_wiped() {
            return Self::Wiped;
        }
        let contacts = record.policy.contacts.iter().cloned().map(Remedy::Contact);
        if let Some((reason, by)) = standing.hardest() {
            let finder = record.locks.finder().filter(|_| by == WhoLocked::Provider);
            let message =
                finder.map(|finder| FinderMessage { text: finder.message.clone(), contact: finder.contact.clone() });
            let by_table = ways(reason, record.clears_unusual()).iter().filter_map(|way| remedy(*way, record, now));
            // The PIN may be among the ways, and be refused because of another lock or a wait.
            let remedies = by_table.filter_map(|remedy| match (&remedy, standing.gate()) {
                (Remedy::EnterPin, _) if standing.admits_pin() => Some(remedy),
                (Remedy::EnterPin, AttemptGate::CoolingDown { remaining_ms, .. }) if standing.pin_clears_the_rest() => {
                    Some(Remedy::Wait(remaining_ms))
                }
                (Remedy::EnterPin, _) => None,
                _ => Some(remedy),
            });
            return Self::Locked { reason, by, message, remedies: remedies.chain(contacts).collect() };
        }
        match standing.gate() {
            AttemptGate::Ready { tries_left } => Self::Ready { tries_left },
            AttemptGate::CoolingDown { remaining_ms, tries_left } => Self::CoolingDown {
                remaining_ms,
                tries_left,
                remedies: [Remedy::Wait(remaining_ms)]
                    .into_iter()
                    .chain(remedy(Way::RecoveryCode, record, now))
                    .chain(contacts)
                    .collect(),
            },
            // The running tries are settled within about a second. The status after that is reported then. The two
            // stops are locks, and were reported above.
            AttemptGate::TooManyAtOnce | AttemptGate::UntilRestart | AttemptGate::TooManyAttempts => {
                Self::Ready { tries_left: record.lockout.tries_left(&record.policy.lockout, now) }
            }
        }
    }

    /// The status of a damaged wallet. `slots`: those of the rescue row that its file holds.
    pub(crate) fn damaged(policy: &Policy, slots: RowSlots) -> Self {
        let by_table = ways(LockReason::DataDamaged, ClearsUnusual::default()).iter().filter_map(|way| match way {
            Way::Recheck => Some(Remedy::CheckAgain),
            Way::RecoveryCode => slots.code.then_some(Remedy::RecoveryCode(RemedyState::Available)),
            Way::Escrow => {
                let can_ask = slots.escrow && policy.provider.is_some();
                can_ask.then_some(Remedy::AskEscrow(RemedyState::Available))
            }
            _ => None,
        });
        Self::Locked {
            reason: LockReason::DataDamaged,
            by: WhoLocked::Phone,
            message: None,
            remedies: by_table.chain(policy.contacts.iter().cloned().map(Remedy::Contact)).collect(),
        }
    }

    /// Whether the person may enter a PIN now, and no lock stands.
    pub fn is_ready(&self) -> bool {
        matches!(self, Self::Ready { .. })
    }
}

/// The remedy that a way to clear a lock is for a person. `None`: the policy has no such way, or it was not set up.
fn remedy(way: Way, record: &Record, now: Now) -> Option<Remedy> {
    let is_registered = record.provider.installation().is_some();
    let provider = if is_registered { RemedyState::Available } else { RemedyState::NotSetUp };
    let has_provider = record.policy.provider.is_some();
    match way {
        Way::Recheck => Some(Remedy::CheckAgain),
        Way::Restart => Some(Remedy::Restart),
        Way::Pin => Some(Remedy::EnterPin),
        Way::Grant => has_provider.then_some(Remedy::AskProvider(provider)),
        Way::Heartbeat => has_provider.then_some(Remedy::Connect(provider)),
        Way::RecoveryCode | Way::RecoveryCodeAndWait => {
            let state = match record.locks.opening_left_ms(now) {
                Some(left_ms @ 1..) => RemedyState::Waiting { left_ms },
                Some(0) | None => RemedyState::Available,
            };
            record.recovery.has_code().then_some(Remedy::RecoveryCode(state))
        }
        Way::Escrow => record.has_escrow().then_some(Remedy::AskEscrow(RemedyState::Available)),
    }
}
