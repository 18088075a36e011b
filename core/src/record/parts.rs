//! The record and its parts.

use serde::{Deserialize, Serialize};

use crate::binary::as_json;
use crate::biometric::Biometric;
use crate::cards::Cards;
use crate::crypto::SlotBytes;
use crate::events::JournalEvent;
use crate::hex;
use crate::journal::Head;
use crate::key_slots::{BiometricSlot, PinSlot, WipeCheck};
use crate::lockout::Lockout;
use crate::locks::{Locks, SetLock};
use crate::payment::Payments;
use crate::policy::{Policy, RollbackProtection};
use crate::provider::{AllowanceState, Provider};
use crate::recovery::Recovery;
use crate::reminders::Reminders;
use crate::time::{Now, Wait};

/// Everything that the lock's decisions depend on. Each capability owns its part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    #[serde(with = "as_json")]
    pub(crate) policy: Policy,
    pub(crate) lockout: Lockout,
    /// Whether there is anything to open.
    pub(crate) life: Life,
    /// `None` after a wipe.
    pub(crate) pin_slot: Option<SlotBytes>,
    pub(crate) reminders: Reminders,
    /// Version of the calibration that chose the slot's cost.
    pub(crate) calibration: u32,
    pub(crate) journal: Head,
    #[serde(with = "hex::array")]
    pub(crate) journal_key: [u8; 32],
    /// Version of the vault's index. An index of another version does not open.
    pub(crate) vault_version: u64,
    /// Whether each change that must not be rolled back starts a new epoch, with a new seal key.
    pub(crate) rollback_protection: RollbackProtection,
    /// Biometrics: their slot, their failures, and how much they were used since the last right PIN.
    pub(crate) biometric: Biometric,
    /// Always present, and compared with every try, whether or not a wipe PIN is set.
    pub(crate) wipe_check: WipeCheck,
    /// Which data key the slots hold, counted from 0. A session that has an earlier one has ended.
    pub(crate) data_key_number: u64,
    /// The recovery code and escrow.
    pub(crate) recovery: Recovery,
    /// The locks that stand beside the PIN's counter.
    pub(crate) locks: Locks,
    /// What the wallet knows about its provider.
    pub(crate) provider: Provider,
    /// Limits, and what counts against them.
    pub(crate) payments: Payments,
    pub(crate) cards: Cards,
    /// The last line of the journal that the owner had deleted. `None`: all lines are there.
    pub(crate) deleted: Option<Head>,
    /// The owner was shown the alerts up to this line of the journal.
    pub(crate) alerts_seen: u64,
}

/// Whether the data that a wallet protects still exists. A wallet that is being made has no record yet: an unsealed row
/// says that it is unfinished.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Life {
    /// The data exists.
    #[default]
    Alive,
    /// The data was destroyed.
    Wiped,
}

impl Record {
    /// Whether changes start a new epoch. Those of a wiped wallet do not: there is nothing left to roll back.
    pub(crate) fn is_protected(&self) -> bool {
        self.rollback_protection == RollbackProtection::On && self.is_alive()
    }

    /// Whether there is anything to open.
    pub(crate) fn is_alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// Whether `policy` may replace the one in force without the PIN: it eases nothing, and it does not stop an owner
    /// whom the one in force does not stop.
    pub(crate) fn adopts(&self, policy: &Policy, now: Now) -> bool {
        policy.is_at_least_as_strict_as(&self.policy) && self.is_stopped_no_more_by(policy, now)
    }

    /// Whether `policy` stops nobody whom the policy in force does not stop: it leaves a try, and some of the
    /// allowance.
    pub(crate) fn is_stopped_no_more_by(&self, policy: &Policy, now: Now) -> bool {
        let allowance = self.provider.allowance(policy.provider.as_ref(), now);
        self.lockout.leaves_a_try(&self.policy.lockout, &policy.lockout, now)
            && (allowance != Some(AllowanceState::Expired) || self.allowance(now) == allowance)
    }

    /// Saves what is left of the waits, of each unless that was done within `every_ms`. `true` if one changed.
    pub(crate) fn save_waits(&mut self, now: Now, every_ms: u64) -> bool {
        let Self { lockout, recovery, locks, payments, cards, .. } = self;
        lockout.save_wait(now, every_ms)
            | recovery.save_waits(now, every_ms)
            | locks.save_wait(now, every_ms)
            | payments.save_waits(now, every_ms)
            | cards.save_waits(now, every_ms)
    }

    /// Whether one of the waits is to be saved.
    pub(crate) fn has_stale_wait(&self, now: Now, every_ms: u64) -> bool {
        let is_stale = |wait: Wait| wait.to_save(now, every_ms).is_some();
        self.lockout.clone().save_wait(now, every_ms)
            || self.recovery.saved_waits().into_iter().flatten().any(is_stale)
            || self.locks.saved_wait().is_some_and(is_stale)
            || self.payments.clone().save_waits(now, every_ms)
            || self.cards.saved_waits().flatten().any(is_stale)
    }

    /// The waits as they were last saved.
    pub(crate) fn saved_waits(&self) -> Vec<Option<Wait>> {
        let mut waits = self.recovery.saved_waits();
        waits.extend([self.lockout.saved_wait(), self.locks.saved_wait()]);
        waits.extend(self.payments.saved_waits());
        waits.extend(self.cards.saved_waits());
        waits
    }

    /// The journal's line after which the chain begins.
    pub(crate) fn journal_start(&self, wallet_id: &[u8; 16]) -> Head {
        self.deleted.clone().unwrap_or_else(|| Head::start(wallet_id))
    }

    /// Sets a lock, cancels the changes of the ways back in and of limits that wait, and voids what somebody proved to
    /// get back in: whoever asked for that may be the one against whom the lock is set. Returns the journal's lines about
    /// it.
    ///
    /// `now`: changes that are due are made first. `None`: the lock is set late, and what became due since does not
    /// count.
    pub(crate) fn set_lock(&mut self, lock: SetLock, now: Option<Now>) -> Vec<JournalEvent<'static>> {
        self.locks.set(lock);
        self.provider.forget_recovery();
        self.payments.limits.cancel_all();
        self.recovery.void(now)
    }

    /// Notes that this lock was cleared without the provider. The phone may know of its order by the mark alone: the
    /// mark, if it is still there, does not set the lock again.
    pub(crate) fn note_cleared(&mut self, lock: &SetLock) {
        if let Some((kid, seq)) = lock.by.order()
            && !self.provider.knows(kid, seq)
        {
            self.provider.note_order(kid, seq);
        }
    }

    /// Whether this phone is registered with a provider that the app still names.
    pub(crate) fn is_registered(&self) -> bool {
        self.policy.provider.is_some() && self.provider.installation().is_some()
    }

    /// Whether the provider can be asked for the key to the wallet.
    pub(crate) fn has_escrow(&self) -> bool {
        self.recovery.ways().escrow.is_some() && self.policy.provider.is_some()
    }

    /// The PIN slot; `None` after a wipe.
    pub(crate) fn slot(&self) -> Option<PinSlot> {
        self.pin_slot.as_ref().and_then(|slot| PinSlot::parse(slot.as_bytes()).ok())
    }

    /// The biometric slot, while biometrics are on.
    pub(crate) fn biometric_slot(&self) -> Option<BiometricSlot> {
        self.biometric.slot().and_then(|slot| BiometricSlot::parse(slot).ok())
    }
}
