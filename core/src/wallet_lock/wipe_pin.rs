//! Setting and clearing the PIN that destroys the wallet.

use super::enrol::too_short;
use super::outcome::{NoVerdict, PinChange, Refusal};
use super::session::Session;
use super::transaction::draw;
use super::{WalletLock, judge_length, lock};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::PinSlot;
use crate::pin::wipe_pin::WipePin;
use crate::pin::{Finding, Pin, PinEntry};
use crate::platform::Random;
use crate::record::Slot;
use crate::stack::leaving_nothing;

impl Session {
    /// Sets a second PIN, or another one: entered anywhere in place of the PIN, it destroys the wallet as [`WalletLock::wipe`] does. Until
    /// then it costs, takes and looks like any wrong PIN, and is counted as one; while the lock takes no PIN, it takes no wipe PIN either.
    /// A process that is killed before it is done has counted a wrong PIN, and destroyed nothing.
    ///
    /// The current PIN is checked by the same counter as any other. The wipe PIN has a PIN's length and is not the PIN, nor becomes it by a
    /// later change; otherwise it may be as easy as the owner likes, because it protects nothing. The entry of the current PIN is left empty
    /// once it was looked at, that of the wipe PIN once it is set. There is no way back from it. While one is set, Argon2id's cost stays as it is.
    pub fn set_wipe_pin(&self, current: &PinEntry, wipe: &PinEntry) -> Result<PinChange, LockError> {
        leaving_nothing(|| {
            self.check_live()?;
            let policy = self.lock.policy()?;
            let is_current = wipe.same_as(current);
            let Some(pin) = wipe.peek() else {
                return Ok(PinChange::Forbidden(vec![too_short(&policy)]));
            };
            if let Some(finding) = judge_length(&pin, &policy) {
                return Ok(PinChange::Forbidden(vec![finding]));
            }
            let changed = self.change_wipe_pin(current, |random, proven| {
                if is_current {
                    return Ok(Err(Finding::UsedBefore));
                }
                let output = self.lock.derive(&pin, proven.salt(), &proven.cost())?;
                Ok(Ok(WipePin::make(random, &output)))
            })?;
            if changed == PinChange::Changed {
                wipe.clear();
            }
            Ok(changed)
        })
    }

    /// There is no wipe PIN any more. The current PIN is checked by the same counter as any other, and its entry left empty.
    pub fn clear_wipe_pin(&self, current: &PinEntry) -> Result<PinChange, LockError> {
        leaving_nothing(|| {
            self.check_live()?;
            self.change_wipe_pin(current, |random, _| Ok(Ok(WipePin::none(random))))
        })
    }

    /// Whether a wipe PIN is set: for the owner's settings. Whoever opens the wallet can ask.
    pub fn has_wipe_pin(&self) -> Result<bool, LockError> {
        self.look(|_, _, record| Ok(record.wipe_pin.is_set()))
    }

    fn change_wipe_pin(
        &self,
        current: &PinEntry,
        make: impl FnOnce(&mut Random, &PinSlot) -> Result<Result<WipePin, Finding>, LockError>,
    ) -> Result<PinChange, LockError> {
        let lock_of = &self.lock;
        let proof = match lock_of.prove(current) {
            Ok(proof) => proof,
            Err(refusal) => return Ok(PinChange::Refused(refusal)),
        };
        let try_again = PinChange::Refused(Refusal::NoVerdict(NoVerdict::TryAgain));
        let slot = lock_of.read(|_, record| Ok(record.slot()))?;
        let Some(slot) = slot.filter(|slot| slot.key_number() == proof.key_number) else { return Ok(try_again) };
        let mut random = draw(&lock_of.platform)?;
        let wipe_pin = match make(&mut random, &slot)? {
            Ok(wipe_pin) => wipe_pin,
            Err(finding) => return Ok(PinChange::Forbidden(vec![finding])),
        };
        let changed = lock_of.transact_for_good(&mut random, proof.now, |changes| {
            // The check hangs on the slot's salt: with another slot in force it would be none.
            if changes.record.pin_slot != Some(Slot::from(&slot)) {
                return Ok(false);
            }
            changes.record.wipe_pin = wipe_pin;
            // A kind of its own would tell whoever reads the database that there is one.
            changes.note(Kind::SettingsChanged, Details::of("setting", "wipe PIN"));
            Ok(true)
        });
        // A number tried as wrong just now may be the wipe PIN from here on, and the reverse.
        lock(&lock_of.wrong_guesses).clear();
        lock_of.epochs.make_ahead();
        let (is_changed, _tried_again_before_the_next) = changed?;
        Ok(if is_changed { PinChange::Changed } else { try_again })
    }
}

impl WalletLock {
    /// Whether this PIN would destroy the wallet, under the slot in force. Takes as long as a try, if there is a wipe PIN.
    pub(super) fn is_wipe_pin(&self, pin: &Pin, wipe_pin: &WipePin, slot: &PinSlot) -> Result<bool, LockError> {
        Ok(wipe_pin.is_set() && wipe_pin.is(&*self.derive(pin, slot.salt(), &slot.cost())?))
    }
}
