//! The wipe PIN: another PIN that, entered wherever the PIN is asked for, destroys the wallet as the limit does.
//!
//! Until it has happened it is a wrong PIN like any other: charged, derived, asked of the device key. Whether it was the wipe PIN is
//! computed in every try and looked at only by the settlement. No line of the journal says that one was set or cleared: kinds are open in
//! the database, and listeners and exports tell them, so that whoever copies the phone would know before trying.

use super::outcome::PinChange;
use super::session::AccessHandle;
use super::transaction::draw;
use super::verify_pin::Proof;
use super::{WalletLock, change_pin, enrol, lock};
use crate::error::LockError;
use crate::key_slots::{WipeCheck, derive_kek, device_key_input};
use crate::pin::{Finding, Pin, PinEntry, strength};
use crate::record::Slot;
use crate::stack::with_stack_wiped;

impl AccessHandle<'_> {
    /// Sets another PIN, or replaces it, that destroys the wallet when it is entered in place of the PIN. There is no way back from that,
    /// and no question before it. The entry of the current PIN is left empty once it was looked at, that of the wipe PIN once it is set.
    ///
    /// The current PIN is checked by the same counter as any other. The wipe PIN is as long as the policy wants and is not the PIN;
    /// how easy it is to guess does not matter, because it opens nothing: a thief who guesses it has destroyed what he was after. Where no
    /// PIN is taken (while cooling down, or locked) no wipe PIN is either, and a process killed before the verdict has tried a wrong PIN.
    ///
    /// While one is set, a changed PIN keeps the slot's salt, and the slot is not made dearer.
    pub fn set_wipe_pin(&self, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
        with_stack_wiped(|| {
            let lock = &self.0.lock;
            self.0.check_live()?;
            let policy = lock.policy()?;
            let Some(pin) = wipe.peek() else { return Ok(PinChange::Forbidden(vec![enrol::too_short(&policy)])) };
            let (min, max) = (policy.pin.min_digits as u8, policy.pin.max_digits as u8);
            if let Some(length) = strength::judge_length(&pin, min, max) {
                return Ok(PinChange::Forbidden(vec![length]));
            }
            let proof = match lock.prove(current) {
                Ok(proof) => proof,
                Err(refusal) => return Ok(PinChange::Refused(refusal)),
            };
            let set = lock.replace_wipe_check(Some(&pin), &proof)?;
            if set == PinChange::Changed {
                wipe.clear();
            }
            Ok(set)
        })
    }

    /// No PIN destroys the wallet any more. The same is done, and looks the same, if none did. The entry is left empty.
    pub fn clear_wipe_pin(&self, current: &PinEntry) -> Result<PinChange, LockError> {
        with_stack_wiped(|| {
            self.0.check_live()?;
            match self.0.lock.prove(current) {
                Ok(proof) => self.0.lock.replace_wipe_check(None, &proof),
                Err(refusal) => Ok(PinChange::Refused(refusal)),
            }
        })
    }

    /// Whether a wipe PIN is set. Without a session nobody is told.
    pub fn has_wipe_pin(&self) -> Result<bool, LockError> {
        self.0.look(|_, _, record| Ok(record.wipe_check.is_set()))
    }
}

impl WalletLock {
    fn replace_wipe_check(&self, wipe_pin: Option<&Pin>, proof: &Proof) -> Result<PinChange, LockError> {
        let Proof { wallet_id, key_number: proven, now, .. } = proof;
        // The PIN that was proven may have been changed since: then its proof is worth nothing.
        let found = self.read(|sealed, record| {
            let slot = record.slot().filter(|slot| slot.key_number() == *proven);
            Ok(slot.filter(|_| sealed.header.wallet_id == *wallet_id))
        })?;
        let Some(slot) = found else { return Ok(change_pin::try_again()) };
        let kdf_output = wipe_pin.map(|pin| self.derive(pin, slot.salt(), &slot.cost())).transpose()?;
        if let Some(kdf_output) = &kdf_output {
            let input = device_key_input(wallet_id, kdf_output);
            let device_output = self.device_mac(&self.pin_alias(slot.key_number()), &input)?;
            if slot.open(wallet_id, &derive_kek(kdf_output, &device_output, slot.salt())).is_some() {
                // It is the PIN itself.
                return Ok(PinChange::Forbidden(vec![Finding::UsedBefore]));
            }
        }
        let mut random = draw(&self.platform)?;
        let replaced = self.transact_for_good(&mut random, *now, |changes| {
            if changes.record.pin_slot != Some(Slot::from(&slot)) {
                return Ok(false);
            }
            if kdf_output.is_none() && changes.record.wipe_check.is_set() {
                // A dearer slot may have waited for this: the phone is measured again.
                changes.record.calibration = 0;
            }
            changes.record.wipe_check = match &kdf_output {
                Some(kdf_output) => WipeCheck::make(changes.random, kdf_output),
                None => WipeCheck::make_filler(changes.random),
            };
            Ok(true)
        });
        // A PIN that was wrong a moment ago may be the wipe PIN now, and the other way round.
        lock(&self.wrong_guesses).clear();
        self.epochs.make_ahead();
        Ok(if replaced?.0 { PinChange::Changed } else { change_pin::try_again() })
    }
}
