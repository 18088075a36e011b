//! Another PIN for the same data key: rewrapped under a new device key, so that an old slot with an old PIN opens nothing.

use super::enrol::SlotRequest;
use super::outcome::PinChange;
use super::session::{Session, open_index};
use super::transaction::draw;
use super::verify_pin::Proof;
use super::{WalletLock, judge, lock};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::kdf::CALIBRATION;
use crate::key_slots::{KdfCost, PinSlot};
use crate::pin::{Finding, Personal, Pin, PinEntry};
use crate::platform::KeyPurpose;
use crate::record::Slot;
use crate::store::Durability;

impl Session {
    /// Changes the PIN. The entry of the current one is left empty once it was looked at, that of the new one once it is in force.
    ///
    /// The current PIN is checked by the same counter as any other. Whether the new one was used before is told only then, and only a
    /// few times a session ([`LockError::LimitReached`]): it must not become a way to find out old PINs.
    pub fn change_pin(
        &self,
        current: &PinEntry,
        new: &PinEntry,
        personal: &[Personal],
    ) -> Result<PinChange, LockError> {
        let lock = &self.lock;
        self.data_key()?;
        let judgement = judge(new, personal, &lock.policy()?);
        if !judgement.allowed {
            return Ok(PinChange::Forbidden(judgement.findings));
        }
        self.take_proposal()?;
        let pin = new.peek().ok_or(LockError::Invalid("PIN"))?;
        let proof = match lock.prove(current) {
            Ok(proof) => proof,
            Err(refusal) => return Ok(PinChange::Refused(refusal)),
        };
        let changed = lock.replace_pin(&pin, &proof)?;
        if changed == PinChange::Changed {
            new.clear();
            self.end_others();
        }
        Ok(changed)
    }
}

impl WalletLock {
    fn replace_pin(&self, pin: &Pin, proof: &Proof) -> Result<PinChange, LockError> {
        let Proof { data_key, now, .. } = proof;
        let (old, policy, wallet_id, mut history) = self.read(|store, record, header| {
            let slot = record.slot().ok_or(LockError::WrongState)?;
            let history = open_index(store, record, header, data_key)?.pin_history;
            Ok((slot, record.policy.pin.clone(), header.wallet_id, history))
        })?;
        let history_output = self.derive(pin, &history.salt, &history.cost)?;
        if history.contains(data_key, &history_output, policy.remember) {
            return Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
        }
        history.push(data_key, &history_output);
        let mut random = draw(&self.platform)?;
        let key_number = old.key_number() + 1;
        let alias = self.pin_alias(key_number);
        // A change that was cut short may have left it; what it protected was never in force.
        self.platform.device_key.delete(&alias)?;
        self.create_key(&alias, KeyPurpose::PinSlot)?;
        let request = SlotRequest { pin, wallet_id: &wallet_id, cost: old.cost(), key_number, data_key };
        let replaced = self.make_slot(&mut random, &request).and_then(|slot| {
            self.transact(*now, Durability::Flushed, |changes| {
                if changes.record.pin_slot != Some(Slot::from(&old)) {
                    return Err(LockError::WrongState);
                }
                // Read again: the vault may have changed meanwhile.
                changes.change_index(data_key, |_, index| {
                    index.pin_history = history;
                    Ok(Some(()))
                })?;
                changes.record.pin_slot = Some((&slot).into());
                changes.record.reminders.pin_set_ms = now.wall_ms;
                changes.note(Kind::PinChanged, Details::default());
                Ok(())
            })
        });
        // The key that is not in force goes: the old one after the commit, the new one if there was none. Else at the next opening.
        let unused = if replaced.is_ok() { old.key_number() } else { key_number };
        let _next_time = self.delete_keys(&[self.pin_alias(unused)]);
        lock(&self.wrong_guesses).clear();
        replaced.map(|()| PinChange::Changed)
    }

    /// Makes the slot as dear as [`Self::prepare`] found it should be. The PIN was right: that it cannot be done now changes nothing.
    pub(super) fn bring_up_to_date(&self, pin: &Pin, old: &PinSlot, proof: &Proof) {
        let Some(cost) = lock(&self.chosen_again).take() else { return };
        let _at_the_next_right_pin = self.rewrap(pin, old, cost, proof);
    }

    fn rewrap(&self, pin: &Pin, old: &PinSlot, cost: KdfCost, proof: &Proof) -> Result<(), LockError> {
        let mut random = draw(&self.platform)?;
        let wallet_id = self.read(|_, _, header| Ok(header.wallet_id))?;
        let slot = if cost == old.cost() {
            old.clone()
        } else {
            let key_number = old.key_number();
            let request = SlotRequest { pin, wallet_id: &wallet_id, cost, key_number, data_key: &proof.data_key };
            self.make_slot(&mut random, &request)?
        };
        self.transact(proof.now, Durability::Ordered, |changes| {
            if changes.record.pin_slot == Some(Slot::from(old)) {
                changes.record.pin_slot = Some((&slot).into());
                changes.record.calibration = CALIBRATION;
                if slot != *old {
                    let details = Details::of("memory_kib", cost.memory_kib).and("passes", cost.passes);
                    changes.note(Kind::KdfUpgraded, details.and("lanes", cost.lanes));
                }
            }
            Ok(())
        })
    }
}
