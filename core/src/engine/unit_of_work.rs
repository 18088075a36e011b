//! The changes that a call makes in one transaction.

use crate::biometric::Biometric;
use crate::cards::Cards;
use crate::crypto::{DataKey, Random};
use crate::error::LockError;
use crate::events::{JournalEvent, Kind};
use crate::journal::{Details, DetailsKey};
use crate::key_slots::WipeCheck;
use crate::locks::{Locks, SetLock};
use crate::payment::Payments;
use crate::payment::authorisation::OwnerKey;
use crate::policy::Policy;
use crate::record::{Life, Record, Standing, SurvivorsKey};
use crate::recovery::{Recovery, RecoveryEvent};
use crate::store::Transaction;
use crate::time::Now;
use crate::vault::{INDEX_ROW, Index, Vault};

/// The record, the rows beside it, and new journal lines. Either all of it is written, or nothing.
pub(crate) struct UnitOfWork<'a> {
    pub(crate) record: &'a mut Record,
    pub(crate) wallet_id: &'a [u8; 16],
    pub(crate) rows: &'a Transaction<'a>,
    pub(crate) random: &'a mut Random,
    lines: NewLines,
    flush: bool,
}

/// A journal line to be written.
pub(crate) struct NewLine {
    pub(super) kind: Kind,
    pub(super) details: Details,
}

impl From<&JournalEvent<'_>> for NewLine {
    fn from(event: &JournalEvent<'_>) -> Self {
        Self { kind: event.kind(), details: event.into() }
    }
}

/// Journal lines to be written.
#[derive(Default)]
pub(super) struct NewLines {
    pub(super) lines: Vec<NewLine>,
    /// The keys derived from the data key. `None`: the call did not have it.
    pub(super) keys: Option<CommitKeys>,
}

/// The subkeys of the data key that a commit uses.
pub(super) struct CommitKeys {
    /// Seals the details of the new lines.
    pub(super) details: DetailsKey,
    /// Seals the survivors, if there is a rescue row.
    pub(super) survivors: SurvivorsKey,
}

impl CommitKeys {
    pub(super) fn derive(data_key: &DataKey) -> Self {
        Self { details: DetailsKey::derive(data_key), survivors: SurvivorsKey::derive(data_key) }
    }
}

impl<'a> UnitOfWork<'a> {
    pub(super) fn new(
        record: &'a mut Record,
        wallet_id: &'a [u8; 16],
        rows: &'a Transaction<'a>,
        random: &'a mut Random,
    ) -> Self {
        Self { record, wallet_id, rows, random, lines: NewLines::default(), flush: false }
    }

    /// The lines to be written, and whether to flush.
    pub(super) fn into_parts(self) -> (NewLines, bool) {
        (self.lines, self.flush)
    }

    /// Adds a journal line about `event`.
    pub(crate) fn note(&mut self, event: &JournalEvent<'_>) {
        self.lines.lines.push(event.into());
    }

    /// Adds journal lines.
    pub(crate) fn add_lines(&mut self, lines: Vec<NewLine>) {
        self.lines.lines.extend(lines);
    }

    /// Has the commit use subkeys of this wallet's data key: for the details of this call's lines, because opening them
    /// is then much faster than opening details that are sealed to the journal's public key; and for the survivors
    /// beside the rescue row, which only the data key can write anew.
    pub(crate) fn use_data_key(&mut self, data_key: &DataKey) {
        self.lines.keys = Some(CommitKeys::derive(data_key));
        if self.record.payments.owner_key.is_none() {
            // A record from before payments.
            self.record.payments.owner_key = OwnerKey::derive(data_key).and_then(|key| key.public_key());
        }
    }

    /// Has this change flushed to the disk before anyone is told about it.
    pub(crate) fn flush(&mut self) {
        self.flush = true;
    }

    /// Adds a journal line if a lock begins that does not end by waiting.
    pub(crate) fn note_lock(&mut self, standing: &Standing) {
        standing.locked_by().iter().for_each(|reason| self.note(&JournalEvent::Locked { reason: *reason }));
    }

    /// Raises the owner's limits whose wait is over, and journals them.
    pub(crate) fn settle_limits(&mut self, now: Now) {
        let raised = self.record.payments.limits.settle(now);
        if !raised.is_empty() {
            self.record.payments.note_change(now);
        }
        for (limit, max) in raised {
            self.note(&JournalEvent::LimitRaised { limit: &limit.to_string(), max });
        }
    }

    /// Destroys the cards whose time is over, and journals it. What their tokens were sealed with is gone then; the
    /// vault's items go the next time a card changes.
    pub(crate) fn settle_cards(&mut self, now: Now) {
        for card in self.record.cards.settle(now) {
            self.note(&JournalEvent::CardDestroyed { card: &card });
        }
    }

    /// Sets a lock, cancels the changes of the ways back in and of limits that wait, and voids what was proven. Changes
    /// that are due are made first.
    pub(crate) fn set_lock(&mut self, lock: SetLock, now: Now) {
        self.settle_limits(now);
        let voided = self.record.set_lock(lock, Some(now));
        voided.iter().for_each(|event| self.note(event));
    }

    /// Voids what somebody proved to get back in, and journals it. A grant that is on its way proves nothing then. `true`
    /// if there was something.
    pub(crate) fn void_proofs(&mut self, event: RecoveryEvent, by: &'static str) -> bool {
        let voided = self.record.recovery.void_proofs(event, by);
        if voided.is_some() || event == RecoveryEvent::PinRight {
            self.record.provider.forget_recovery();
        }
        voided.iter().for_each(|voided| self.note(voided));
        voided.is_some()
    }

    /// Makes the changes of channels and of the second factor whose wait is over, and journals them.
    pub(crate) fn settle_recovery(&mut self, now: Now) {
        let settled = self.record.recovery.settle(now);
        settled.iter().for_each(|event| self.note(event));
    }

    /// As [`Self::settle_recovery`], in a session that began with a first PIN or a recovery: nobody else can have asked
    /// for the change, so no former channel may pause it.
    pub(crate) fn settle_in_first_session(&mut self, now: Now) {
        self.settle_recovery(now);
        self.record.recovery.channels.forget_former();
    }

    /// Puts another policy in force, unless that would stop someone whom the one in force does not stop.
    pub(crate) fn adopt(&mut self, policy: &Policy, now: Now) {
        if self.record.policy != *policy && self.record.is_stopped_no_more_by(policy, now) {
            if policy.provider.is_none() {
                // Nobody is left whose grant could end it.
                self.record.locks.unfreeze(false);
                // Nobody is left who could check a code.
                self.settle_recovery(now);
                let (was_in_force, was_pending) = self.record.recovery.second_factor.drop_sms();
                if was_in_force {
                    self.note(&JournalEvent::SecondFactorOff);
                }
                if was_pending {
                    self.note(&JournalEvent::SecondFactorCancelled);
                }
            }
            let keys = |policy: &Policy| policy.provider.as_ref().map(|provider| provider.keys.clone());
            if keys(policy) != keys(&self.record.policy) {
                // The owner said yes to a wipe by whoever holds the keys of before.
                self.record.provider.allow_wipe(false);
            }
            let from = std::mem::replace(&mut self.record.policy, policy.clone());
            self.record.lockout.change_policy(&from.lockout, &policy.lockout);
            self.note(&JournalEvent::PolicyChanged { from: &from.name, to: &policy.name });
        }
    }

    /// Removes the slots and every item.
    pub(crate) fn wipe(&mut self) -> Result<(), LockError> {
        if self.record.is_alive() {
            // Field by field, so that a new field does not compile before someone decides whether a wipe destroys it.
            let Record {
                life,
                pin_slot,
                biometric,
                wipe_check,
                locks,
                // The same word gets the same answer also after the wipe that it ordered.
                provider: _,
                policy: _,
                lockout: _,
                reminders: _,
                calibration: _,
                journal: _,
                journal_key: _,
                vault_version: _,
                rollback_protection: _,
                data_key_number: _,
                recovery,
                payments,
                cards,
                deleted: _,
                alerts_seen: _,
            } = &mut *self.record;
            (*life, *pin_slot) = (Life::Wiped, None);
            (*biometric, *wipe_check) = (Biometric::default(), WipeCheck::make_filler(self.random));
            *recovery = Recovery::default();
            *payments = Payments::default();
            *cards = Cards::default();
            self.rows.delete_rescue()?;
            *locks = Locks::default();
            self.rows.delete_all_items()?;
            self.note(&JournalEvent::Wiped);
            self.flush();
        }
        Ok(())
    }

    /// The vault's index.
    pub(crate) fn index(&self, data_key: &DataKey) -> Result<Index, LockError> {
        let sealed = self.rows.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
        Ok(Vault::open(data_key, self.wallet_id).open_index(self.record.vault_version, &sealed)?)
    }

    /// Changes the vault's index and gives it the next version, unless `change` returns `None`.
    pub(crate) fn change_index<T>(
        &mut self,
        data_key: &DataKey,
        change: impl FnOnce(&mut Random, &mut Index) -> Result<Option<T>, LockError>,
    ) -> Result<Option<T>, LockError> {
        let mut index = self.index(data_key)?;
        let Some(changed) = change(self.random, &mut index)? else { return Ok(None) };
        self.record.vault_version += 1;
        let vault = Vault::open(data_key, self.wallet_id);
        let row = vault.seal_index(self.random, self.record.vault_version, &index)?;
        self.rows.put_item(&row.id, &row.sealed)?;
        Ok(Some(changed))
    }
}
