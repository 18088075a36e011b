//! Checking a PIN: charge, derive, open, settle. Every call that asks for the PIN comes through here; there is no side door.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::outcome::{NoVerdict, PinOutcome, Refusal, WrongPin};
use super::session::Session;
use super::status::LockStatus;
use super::{WalletLock, lock, status_of};
use crate::error::LockError;
use crate::journal::{Details, Kind};
use crate::key_slots::{DataKey, PinSlot, derive_kek, device_key_input};
use crate::lockout::{ChargeId, Lockout, SessionPolicy, Standing, Verdict};
use crate::pin::{Pin, PinEntry};
use crate::platform::DeviceKeyFault;
use crate::record::Slot;
use crate::store::Durability;
use crate::time::Now;

/// What a right PIN proves, and gives: the data key.
pub(super) struct Proof {
    pub(super) data_key: DataKey,
    pub(super) now: Now,
    /// How long a session that it opens may live.
    pub(super) session: SessionPolicy,
}

/// What was found in the record before anything is charged.
struct Found {
    slot: PinSlot,
    wallet_id: [u8; 16],
}

/// What a try found out, and the Argon2id output that tells a repeated guess.
struct Checked {
    verdict: Result<Option<DataKey>, DeviceKeyFault>,
    kdf_output: Option<Zeroizing<[u8; 32]>>,
}

impl WalletLock {
    /// Checks the PIN and leaves the entry empty. A right one opens the wallet.
    pub fn verify_pin(self: &Arc<Self>, entry: &PinEntry) -> PinOutcome {
        match self.prove(entry) {
            Ok(proof) => PinOutcome::Right(Session::start(self, proof)),
            Err(refusal) => refusal.into(),
        }
    }

    /// The one way to prove the PIN.
    pub(super) fn prove(&self, entry: &PinEntry) -> Result<Proof, Refusal> {
        // Taken out at once, so that the entry is empty however this ends.
        let pin = entry.take().ok_or(Refusal::NoVerdict(NoVerdict::NotAPin))?;
        let now = self.platform.clock.now().map_err(|_| Refusal::NoVerdict(NoVerdict::Platform))?;
        if now.boot.is_none() {
            // No session can live without a boot count, so a right PIN would open nothing.
            return Err(Refusal::NoVerdict(NoVerdict::Platform));
        }
        let found = self.find(now)?;
        let alias = self.pin_alias(found.slot.key_number());
        self.platform.device_key.ready(&alias).map_err(|fault| Refusal::NoVerdict(NoVerdict::DeviceKey(fault)))?;
        let charge = self.charge(now)?;
        let checked = self.check(&pin, &found);
        let proof = self.settle(charge, &found.slot, checked, now)?;
        self.bring_up_to_date(&pin, &found.slot, &proof);
        Ok(proof)
    }

    /// Looks whether a try is allowed, before anything is derived or the device key is asked.
    fn find(&self, now: Now) -> Result<Found, Refusal> {
        let found = self.read(|_, record, header| {
            let status = status_of(record, now);
            let found = record.slot().map(|slot| Found { slot, wallet_id: header.wallet_id });
            let standing = record.lockout.evaluate(&record.policy.lockout, now);
            let unnoted = record.lockout.clone().note_refusal();
            Ok(match (found, standing) {
                (Some(found), Standing::Ready { .. }) => Ok(found),
                (_, Standing::TooManyAtOnce) => Err((Refusal::NoVerdict(NoVerdict::TryAgain), false)),
                (_, standing) => {
                    Err((Refusal::Locked(status), unnoted && matches!(standing, Standing::CoolingDown { .. })))
                }
            })
        });
        match found.map_err(|error| self.refusal(&error))? {
            Ok(found) => Ok(found),
            Err((refusal, unnoted)) => {
                if unnoted {
                    self.note_refusal(now);
                }
                Err(refusal)
            }
        }
    }

    /// The first refusal of a cooldown gets a line. That it cannot be written changes nothing for the person.
    fn note_refusal(&self, now: Now) {
        let _refused_all_the_same = self.transact(now, Durability::Ordered, |changes| {
            if changes.record.lockout.note_refusal() {
                changes.note(Kind::PinRefused, Details::default());
            }
            Ok(())
        });
    }

    /// Counts the try as failed, on the disk, before anything is known of it. Killing the process from here on gains nothing.
    fn charge(&self, now: Now) -> Result<ChargeId, Refusal> {
        let charged = self.transact(now, Durability::Flushed, |changes| {
            let record = &mut *changes.record;
            // Another try may have been charged since `find` looked.
            match record.lockout.charge(&record.policy.lockout, now) {
                Ok(charge) => {
                    changes.note(Kind::PinTried, Details::default());
                    Ok(Ok(charge))
                }
                Err(Standing::TooManyAtOnce) => Ok(Err(Refusal::NoVerdict(NoVerdict::TryAgain))),
                Err(_) => Ok(Err(Refusal::Locked(status_of(record, now)))),
            }
        });
        charged.map_err(|error| self.refusal(&error))?
    }

    /// Argon2id, the device key, the slot: it opens or it does not.
    fn check(&self, pin: &Pin, found: &Found) -> Checked {
        let kdf_output = {
            let mut memory = lock(&self.memory);
            match memory.derive_from_pin(pin, found.slot.salt(), &found.slot.cost()) {
                Ok(output) => output,
                Err(_) => return Checked { verdict: Err(DeviceKeyFault::Failed), kdf_output: None },
            }
        };
        let alias = self.pin_alias(found.slot.key_number());
        let verdict = self.device_mac(&alias, &device_key_input(&found.wallet_id, &kdf_output)).map(|device_output| {
            let kek = derive_kek(&kdf_output, &device_output, found.slot.salt());
            found.slot.open(&found.wallet_id, &kek)
        });
        Checked { verdict, kdf_output: Some(kdf_output) }
    }

    /// Writes down how the try ended, and only then says so.
    fn settle(&self, charge: ChargeId, slot: &PinSlot, checked: Checked, now: Now) -> Result<Proof, Refusal> {
        let Checked { verdict, kdf_output } = checked;
        let repeated = kdf_output.as_ref().is_some_and(|output| lock(&self.wrong_guesses).contains(output, now));
        let judged = match &verdict {
            Ok(Some(_)) => Verdict::Right,
            Ok(None) if repeated => Verdict::Duplicate,
            Ok(None) => Verdict::Wrong,
            Err(_) => Verdict::None,
        };
        let settled = self.transact(now, Durability::Ordered, |changes| {
            let record = &mut *changes.record;
            let policy = record.policy.clone();
            // The slot was replaced while this PIN was checked: what it opened, or did not, is no longer in force.
            let judged = if record.pin_slot == Some(Slot::from(slot)) { judged } else { Verdict::None };
            // The wallet was removed meanwhile, and this try with it.
            let Some(settled) = record.lockout.settle(&policy.lockout, charge, judged) else { return Ok(None) };
            if judged == Verdict::Right {
                record.reminders.last_right_ms = now.wall_ms;
            }
            let standing = record.lockout.evaluate(&policy.lockout, now);
            let details = details_of(judged, &record.lockout);
            changes.note(line_of(judged), details);
            if judged == Verdict::Right {
                changes.adopt(&self.offered);
            }
            let reason = match standing {
                Standing::TooManyAttempts => Some("too many attempts"),
                Standing::UntilRestart => Some("until restart"),
                _ => None,
            };
            if let Some(reason) = reason.filter(|_| settled.counted && !settled.wipe) {
                changes.note(Kind::Locked, Details::of("reason", reason));
            }
            if settled.wipe {
                changes.record.pin_slot = None;
                changes.rows.delete_all_items()?;
                changes.note(Kind::Wiped, Details::default());
            }
            if settled.durable {
                changes.flush();
            }
            let policy = &changes.record.policy;
            Ok(Some((judged, status_of(changes.record, now), policy.lockout.clone(), policy.session.clone())))
        });
        let Some((judged, status, policy, session)) = settled.map_err(|error| self.refusal(&error))? else {
            return Err(Refusal::NoVerdict(NoVerdict::TryAgain));
        };
        match (judged, verdict) {
            (Verdict::Right, Ok(Some(data_key))) => {
                lock(&self.wrong_guesses).clear();
                Ok(Proof { data_key, now, session })
            }
            (Verdict::Wrong | Verdict::Duplicate, _) => {
                if let Some(output) = kdf_output.filter(|_| !repeated) {
                    lock(&self.wrong_guesses).add(&policy, &output, now);
                }
                Err(self.wrong(status, repeated, slot))
            }
            (_, Err(fault)) => Err(Refusal::NoVerdict(NoVerdict::DeviceKey(fault))),
            (_, Ok(_)) => Err(Refusal::NoVerdict(NoVerdict::TryAgain)),
        }
    }

    fn wrong(&self, status: LockStatus, repeated: bool, slot: &PinSlot) -> Refusal {
        let wrong = match status {
            LockStatus::Ready { tries_left } => WrongPin { tries_left, cooldown_ms: 0, repeated },
            LockStatus::CoolingDown { remaining_ms, tries_left, .. } => {
                lock(&self.sessions).end_all();
                WrongPin { tries_left, cooldown_ms: remaining_ms, repeated }
            }
            status => {
                lock(&self.sessions).end_all();
                if status == LockStatus::Wiped {
                    // The slot is gone from the disk already; a key that outlives it opens nothing, and goes at the next opening.
                    let _next_time = self.delete_keys(&[self.pin_alias(slot.key_number())]);
                }
                return Refusal::Locked(status);
            }
        };
        Refusal::Wrong(wrong)
    }

    /// What a person is told when the record cannot be read or written.
    fn refusal(&self, error: &LockError) -> Refusal {
        match error {
            LockError::DataDamaged => Refusal::Locked(LockStatus::damaged(&self.offered)),
            LockError::WrongState => Refusal::Locked(LockStatus::Unconfigured),
            error => Refusal::NoVerdict(NoVerdict::from_fault(error)),
        }
    }
}

fn line_of(verdict: Verdict) -> Kind {
    match verdict {
        Verdict::Right => Kind::PinRight,
        Verdict::Wrong => Kind::PinWrong,
        Verdict::Duplicate => Kind::PinRepeated,
        Verdict::None => Kind::PinNoVerdict,
    }
}

fn details_of(verdict: Verdict, lockout: &Lockout) -> Details {
    match verdict {
        Verdict::Right => Details::default(),
        _ => Details::of("failures", lockout.failures()),
    }
}
