//! Another PIN for the same data key: rewrapped under a new device key, so that an old slot with an old PIN opens nothing.

use super::enrol::{SlotRequest, too_short};
use super::outcome::{NoVerdict, PinChange, Refusal};
use super::session::{AccessHandle, Session, open_index};
use super::transaction::draw;
use super::verify_pin::{Found, Proof};
use super::{WalletLock, judge, lock};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::KdfCost;
use crate::key_slots::kdf::CALIBRATION;
use crate::pin::{Finding, Personal, Pin, PinEntry};
use crate::platform::KeyPurpose;
use crate::record::Slot;
use crate::stack::with_stack_wiped;

impl AccessHandle<'_> {
    /// Changes the PIN. The entry of the current one is left empty once it was looked at, that of the new one once it is in force.
    ///
    /// The current PIN is checked by the same counter as any other. Whether the new one was used before is told only then, and only a
    /// few times a session ([`LockError::LimitReached`]): it must not become a way to find out old PINs. Every other session ends.
    pub fn change_pin(
        &self,
        current: &PinEntry,
        new: &PinEntry,
        personal: &[Personal],
    ) -> Result<PinChange, LockError> {
        with_stack_wiped(|| {
            let lock = &self.0.lock;
            self.0.check_live()?;
            let policy = lock.policy()?;
            let Some(pin) = new.peek() else { return Ok(PinChange::Forbidden(vec![too_short(&policy)])) };
            let judgement = judge(&pin, personal, &policy);
            if !judgement.allowed {
                return Ok(PinChange::Forbidden(judgement.findings));
            }
            self.0.take_proposal()?;
            let proof = match lock.prove(current) {
                Ok(proof) => proof,
                Err(refusal) => return Ok(PinChange::Refused(refusal)),
            };
            let changed = lock.replace_pin(&pin, &proof, self.0)?;
            if changed == PinChange::Changed {
                new.clear();
            }
            Ok(changed)
        })
    }
}

impl WalletLock {
    fn replace_pin(&self, pin: &Pin, proof: &Proof, session: &Session) -> Result<PinChange, LockError> {
        let Proof { data_key, wallet_id, key_number: proven, now, .. } = proof;
        let found = self.read(|sealed, record| {
            if sealed.header.wallet_id != *wallet_id {
                return Ok(None);
            }
            // The PIN that was proven may have been changed since: then its proof is worth nothing.
            let Some(slot) = record.slot().filter(|slot| slot.key_number() == *proven) else { return Ok(None) };
            let history = open_index(sealed, record, data_key)?.pin_history;
            Ok(Some((slot, record.policy.pin.clone(), history, record.wipe_check.clone())))
        })?;
        let Some((old, policy, mut history, wipe_check)) = found else { return Ok(try_again()) };
        let history_output = self.derive(pin, &history.salt, &history.cost)?;
        if history.contains(data_key, &history_output, policy.remember) {
            return Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
        }
        history.push(data_key, &history_output);
        let mut random = draw(&self.platform)?;
        // The wipe PIN's check hangs on the salt, and only the wipe PIN could make it anew. The same salt under two PINs of one wallet is
        // sound: it still is no other wallet's, so no table serves two, and the new slot takes the new device key, without which an
        // attacker who guesses at both slots at once learns nothing of either.
        let salt = if wipe_check.is_set() { *old.salt() } else { *random.bytes() };
        let kdf_output = &*self.derive(pin, &salt, &old.cost())?;
        if wipe_check.matches(kdf_output) {
            // Said of the last PINs too, so that it does not tell which of them it is.
            return Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
        }
        // Random, so that no two changes, nor two wallets, ever mean the same key.
        let key_number = u64::from_be_bytes(*random.bytes());
        let (old_key, new_key) = (self.pin_alias(old.key_number()), self.pin_alias(key_number));
        self.platform.device_key.create(&new_key, KeyPurpose::PinSlot)?;
        let request = SlotRequest { kdf_output, salt, wallet_id, cost: old.cost(), key_number, data_key };
        let made = self.make_slot(&mut random, &request);
        let details = self.level_details(&new_key);
        let replaced = made.and_then(|slot| {
            self.transact_for_good(&mut random, *now, |changes| {
                if changes.record.pin_slot != Some(Slot::from(&old)) || changes.record.wipe_check != wipe_check {
                    return Ok(false);
                }
                // Read again: the vault may have changed meanwhile.
                changes.change_index(data_key, |_, index| {
                    index.pin_history = history;
                    Ok(Some(()))
                })?;
                changes.record.pin_slot = Some((&slot).into());
                changes.record.reminders.pin_set_ms = now.wall_ms;
                changes.note(Kind::PinChanged, details);
                // With the change, not once the listeners have heard of it and the old key is gone.
                session.end_others();
                Ok(true)
            })
        });
        // The key that is not in force goes. After a failed commit nobody knows which one that is: the next opening does.
        let unused = match &replaced {
            Ok((true, _)) => Some(old_key),
            Ok((false, _)) => Some(new_key),
            Err(LockError::Storage) => None,
            Err(_) => Some(new_key),
        };
        let _next_time = self.delete_keys(unused.as_slice());
        lock(&self.wrong_guesses).clear();
        self.epochs.make_ahead();
        Ok(if replaced?.0 { PinChange::Changed } else { try_again() })
    }

    /// Makes the slot as dear as [`Self::prepare`] found it should be. The PIN was right: that it cannot be done now changes nothing.
    pub(super) fn bring_up_to_date(&self, pin: &Pin, found: &Found, proof: &Proof) {
        let Some(cost) = lock(&self.chosen_again).take() else { return };
        let _at_the_next_right_pin = self.rewrap(pin, found, cost, proof);
    }

    fn rewrap(&self, pin: &Pin, found: &Found, cost: KdfCost, proof: &Proof) -> Result<(), LockError> {
        let Found { slot: old, wipe_check, .. } = found;
        let mut random = draw(&self.platform)?;
        // With a wipe PIN, whose check hangs on the cost, it waits until that is cleared.
        let slot = if cost == old.cost() || wipe_check.is_set() {
            old.clone()
        } else {
            let Proof { data_key, wallet_id, .. } = proof;
            let (salt, key_number) = (*random.bytes(), old.key_number());
            let kdf_output = &*self.derive(pin, &salt, &cost)?;
            self.make_slot(&mut random, &SlotRequest { kdf_output, salt, wallet_id, cost, key_number, data_key })?
        };
        let rewrapped = self.transact_for_good(&mut random, proof.now, |changes| {
            if changes.record.pin_slot == Some(Slot::from(old)) && changes.record.wipe_check == *wipe_check {
                changes.record.pin_slot = Some((&slot).into());
                changes.record.calibration = CALIBRATION;
                if slot != *old {
                    let details = Details::of("memory_kib", cost.memory_kib).and("passes", cost.passes);
                    changes.note(Kind::KdfUpgraded, details.and("lanes", cost.lanes));
                }
            }
            Ok(())
        });
        // Until the old key is deleted an old copy brings back the cheaper slot; it is tried again before the next try.
        rewrapped.map(|((), _)| ())
    }
}

/// Someone else changed the PIN, or removed the wallet, while this change was under way.
pub(super) fn try_again() -> PinChange {
    PinChange::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))
}
