//! Checking a PIN: charge, derive, open, settle. Every call that asks for the PIN comes through here; there is no side door.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::outcome::{NoVerdict, PinOutcome, Refusal};
use super::session::{AuthMethod, Session};
use super::status::LockStatus;
use super::transaction::draw;
use super::{WalletLock, lock};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::{DataKey, PinSlot, WipeCheck, derive_kek, device_key_input};
use crate::lockout::{AttemptGate, ChargeId, SessionPolicy};
use crate::pin::{Pin, PinEntry};
use crate::platform::{DeviceKeyFault, Random};
use crate::record::Slot;
use crate::stack::with_stack_wiped;
use crate::store::Durability;
use crate::time::Now;

/// What a right PIN proves, and gives: the data key of a wallet.
pub(super) struct Proof {
    pub(super) data_key: DataKey,
    pub(super) wallet_id: [u8; 16],
    /// The key of the slot that opened: another PIN has another one.
    pub(super) key_number: u64,
    pub(super) now: Now,
    /// How long a session that it opens may live.
    pub(super) session: SessionPolicy,
    /// The sessions' generation when the PIN was entered: a lock event since then lets it open none.
    pub(super) generation: u64,
}

/// What was found in the record before anything is charged.
pub(super) struct Found {
    pub(super) slot: PinSlot,
    pub(super) wipe_check: WipeCheck,
    pub(super) wallet_id: [u8; 16],
    /// No fault after the charge is given back any more.
    budget_is_spent: bool,
}

/// A charge, and whether nobody can put back a copy from before it any more.
type Charged = (ChargeId, Result<(), DeviceKeyFault>);

/// What a try found out, and the Argon2id output that tells a repeated guess.
pub(super) struct Checked {
    pub(super) verdict: Result<Option<DataKey>, DeviceKeyFault>,
    pub(super) kdf_output: Option<Zeroizing<[u8; 32]>>,
    /// It is the wipe PIN. Computed in every try, and looked at only by its settlement.
    pub(super) is_wipe_pin: bool,
}

impl WalletLock {
    /// Checks the PIN and leaves the entry empty. A right one opens the wallet.
    pub fn verify_pin(self: &Arc<Self>, entry: &PinEntry) -> PinOutcome {
        match self.prove(entry) {
            Ok(proof) => PinOutcome::Right(Session::start(self, proof, AuthMethod::Pin)),
            Err(refusal) => refusal.into(),
        }
    }

    /// The one way to prove the PIN.
    pub(super) fn prove(&self, entry: &PinEntry) -> Result<Proof, Refusal> {
        with_stack_wiped(|| {
            // Taken out at once, so that the entry is empty however this ends.
            let pin = entry.take().ok_or(Refusal::NoVerdict(NoVerdict::NotAPin))?;
            let (now, generation) = match self.read_clock() {
                Ok((now, _, sessions)) => (now, sessions.generation()),
                Err(_) => return Err(Refusal::NoVerdict(NoVerdict::Platform)),
            };
            if now.boot.is_none() {
                // No session can live without a boot count, so a right PIN would open nothing.
                return Err(Refusal::NoVerdict(NoVerdict::Platform));
            }
            // Drawn before the charge: what fails here costs no try.
            let mut random = draw(&self.platform).map_err(|error| self.refusal(&error))?;
            let found = self.find(&mut random, now)?;
            self.probe(&found).map_err(|fault| Refusal::NoVerdict(NoVerdict::DeviceKey(fault)))?;
            let proven = self.try_pin(&pin, &mut random, &found, now);
            // Only now: the keystore answers one after the other, and the person was waiting for the verdict.
            self.epochs.make_ahead();
            let (data_key, session) = proven?;
            let (wallet_id, key_number) = (found.wallet_id, found.slot.key_number());
            let proof = Proof { data_key, wallet_id, key_number, now, session, generation };
            self.bring_up_to_date(&pin, &found, &proof);
            Ok(proof)
        })
    }

    fn try_pin(
        &self,
        pin: &Pin,
        random: &mut Random,
        found: &Found,
        now: Now,
    ) -> Result<(DataKey, SessionPolicy), Refusal> {
        let (charge, irrevocable) = self.charge(random, found, now)?;
        let checked = match irrevocable {
            Ok(()) => self.check(pin, found),
            // A copy from before the charge would still open: nothing may be learnt from this try.
            Err(fault) => Checked { verdict: Err(fault), kdf_output: None, is_wipe_pin: false },
        };
        self.settle(random, charge, found, checked, now)
    }

    /// Looks whether a try is allowed, before anything is derived or the device key is asked.
    fn find(&self, random: &mut Random, now: Now) -> Result<Found, Refusal> {
        let found = self.read(|sealed, record| {
            let standing = record.lockout.evaluate(&record.policy.lockout, now);
            Ok(match (record.slot(), standing) {
                (Some(slot), AttemptGate::Ready { .. }) => Ok(Found {
                    slot,
                    wipe_check: record.wipe_check.clone(),
                    wallet_id: sealed.header.wallet_id,
                    budget_is_spent: record.lockout.budget_is_spent(),
                }),
                (Some(_), AttemptGate::TooManyAtOnce) => Err((Refusal::NoVerdict(NoVerdict::TryAgain), (false, false))),
                _ => {
                    let mut lockout = record.lockout.clone();
                    let news = (lockout.save_wait(now), lockout.note_refusal(now));
                    Err((Refusal::Locked(LockStatus::of(record, now)), news))
                }
            })
        });
        found.map_err(|error| self.refusal(&error))?.map_err(|(refusal, (is_stale, is_first))| {
            // What cannot be written changes nothing for the person.
            if is_stale {
                let _saved_as_by_anyone_who_looks = self.status();
            }
            if is_first {
                let _refused_all_the_same = self.transact_with(random, now, Durability::Ordered, |changes| {
                    if changes.record.lockout.note_refusal(now) {
                        changes.note(Kind::PinRefused, Details::default());
                    }
                    Ok(())
                });
            }
            refusal
        })
    }

    /// Asks the device key before the try is charged. With the budget for faults spent, for a real answer: what cannot answer now
    /// would cost the person a try.
    fn probe(&self, found: &Found) -> Result<(), DeviceKeyFault> {
        let alias = self.pin_alias(found.slot.key_number());
        if found.budget_is_spent {
            return self.device_mac(&alias, b"walletlock v1 probe").map(|_| ());
        }
        self.platform.device_key.ready(&alias)
    }

    /// Counts the try as failed, on the disk, before anything is known of it. Killing the process from here on gains nothing; nor does
    /// putting back a copy from before, if it could be made so.
    fn charge(&self, random: &mut Random, found: &Found, now: Now) -> Result<Charged, Refusal> {
        let unsettled = std::mem::take(&mut *lock(&self.unsettled));
        let charged = self.transact_for_good(random, now, |changes| {
            let record = &mut *changes.record;
            record.lockout.count_as_wrong(&unsettled);
            let status = LockStatus::of(record, now);
            if status.is_ready() && record.pin_slot != Some(Slot::from(&found.slot)) {
                // The PIN was changed since `find` looked, or the wallet is another one: it owes nothing for this try.
                return Ok(Err(Refusal::NoVerdict(NoVerdict::TryAgain)));
            }
            // Another try may have been charged meanwhile.
            match record.lockout.charge(&record.policy.lockout, now) {
                Ok(charge) => {
                    changes.note(Kind::PinTried, Details::default());
                    Ok(Ok(charge))
                }
                Err(AttemptGate::TooManyAtOnce) => Ok(Err(Refusal::NoVerdict(NoVerdict::TryAgain))),
                Err(_) => Ok(Err(Refusal::Locked(status))),
            }
        });
        let (charged, irrevocable) = charged.map_err(|error| {
            lock(&self.unsettled).extend(unsettled);
            self.refusal(&error)
        })?;
        Ok((charged?, irrevocable))
    }

    /// Argon2id, the wipe PIN's check, the device key, the slot: it opens or it does not.
    fn check(&self, pin: &Pin, found: &Found) -> Checked {
        let kdf_output = {
            let mut memory = lock(&self.memory);
            match memory.derive_from_pin(pin, found.slot.salt(), &found.slot.cost()) {
                Ok(output) => output,
                Err(_) => {
                    return Checked { verdict: Err(DeviceKeyFault::Failed), kdf_output: None, is_wipe_pin: false };
                }
            }
        };
        let is_wipe_pin = found.wipe_check.matches(&kdf_output);
        let alias = self.pin_alias(found.slot.key_number());
        let verdict = self.device_mac(&alias, &device_key_input(&found.wallet_id, &kdf_output)).map(|device_output| {
            let kek = derive_kek(&kdf_output, &device_output, found.slot.salt());
            found.slot.open(&found.wallet_id, &kek)
        });
        Checked { verdict, kdf_output: Some(kdf_output), is_wipe_pin }
    }

    /// What a person is told when the record cannot be read or written.
    pub(super) fn refusal(&self, error: &LockError) -> Refusal {
        match error {
            LockError::DataDamaged => Refusal::Locked(LockStatus::damaged(&self.offered)),
            LockError::WrongState => Refusal::Locked(self.without_record()),
            error => Refusal::NoVerdict(NoVerdict::from_fault(error)),
        }
    }
}
