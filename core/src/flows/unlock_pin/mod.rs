//! Proving the PIN: admit, probe, charge, check, settle. Every call that asks for the PIN goes through here; there is
//! no other way.

mod settle;

use zeroize::Zeroizing;

use super::open;
use super::outcome::{NoVerdict, Refusal};
use super::recovery_change::{ProvenSlot, make_due_change};
use super::renew_slot::{OpenedSlot, renew_slot};
use super::status::{StaleWait, save_wait, stale_wait};
use crate::crypto::{DataKey, Random};
use crate::engine::{AuthMethod, Engine, Irrevocable, ReservedMemory, SessionId, UnitOfWork, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::{PinSlot, WipeCheck, derive_kek};
use crate::lockout::{AttemptGate, ChargeId};
use crate::locks::SetLock;
use crate::pin::{Pin, PinEntry};
use crate::platform::DeviceKeyFault;
use crate::record::{LockStatus, RecordHeader};
use crate::stack::with_stack_wiped;
use crate::store::Durability;
use crate::time::{Now, SAVE_WHILE_WATCHED_MS};
use settle::{Settling, settle};

/// What another call writes together with a try, such as a payment's reservation.
pub(super) trait WithTry {
    /// Called in the transaction that charges the try, before it is counted. `false`: the try is not charged.
    fn charge(&self, work: &mut UnitOfWork<'_>) -> Result<bool, LockError>;

    /// Called before the transaction that charges a use of biometrics, because the prompt may have been shown for long.
    fn read_clocks(&self, engine: &Engine) -> Result<(), LockError>;

    /// Called in the transaction that settles the try. `data_key`: `Some` if the PIN is right, and no lock came
    /// meanwhile.
    fn settle(&self, work: &mut UnitOfWork<'_>, data_key: Option<&DataKey>) -> Result<(), LockError>;
}

/// What the record held before anything was charged.
struct Admission {
    slot: PinSlot,
    wipe_check: WipeCheck,
    header: RecordHeader,
    data_key_number: u64,
    /// A fault after the charge is no longer refunded.
    budget_is_spent: bool,
    /// The locks that stood, all of which the right PIN clears.
    locks: Vec<SetLock>,
}

/// A charged try: on the disk it counts as failed.
struct Charge {
    id: ChargeId,
    /// Whether the previous epoch's seal key is deleted. Once it is, no copy from before the charge opens any more.
    old_key_deleted: Result<(), DeviceKeyFault>,
}

/// What checking a charged PIN found.
enum Attempt {
    /// The slot opened.
    Opened(DataKey),
    /// The slot did not open. Argon2id's output is used to recognise a repeated guess.
    NotOpened { kdf_output: Zeroizing<[u8; 32]>, is_wipe_pin: bool },
    /// It is unknown whether the PIN is right: the device key or Argon2id failed, or the old seal key could not be
    /// deleted.
    NoVerdict(DeviceKeyFault),
}

/// Checks the PIN and leaves the entry empty. A right PIN opens a session, and makes the changes of the ways back in
/// whose wait is over. Other calls that ask for the PIN do not make them: they would end the session that makes the
/// call.
pub(crate) fn unlock(engine: &Engine, entry: &PinEntry) -> Result<SessionId, Refusal> {
    with_stack_wiped(|| {
        let pin = take(entry)?;
        let (mut verified, wipe_check) = prove_slot(engine, &pin, None)?;
        make_due_change(engine, &ProvenSlot { pin: &pin, wipe_check: &wipe_check }, &mut verified);
        Ok(engine.sessions.start(verified, AuthMethod::Pin))
    })
}

/// Proves the PIN, for a call that opens no session.
pub(super) fn prove_pin(engine: &Engine, entry: &PinEntry) -> Result<Verified, Refusal> {
    with_stack_wiped(|| prove(engine, &take(entry)?))
}

/// The PIN in `entry`, which is left empty however the try ends.
pub(super) fn take(entry: &PinEntry) -> Result<Pin, Refusal> {
    entry.take().ok_or(Refusal::NoVerdict(NoVerdict::NotAPin))
}

/// [`prove_pin`] for a PIN that was already taken out of its entry, because the caller needs the PIN again once it is
/// proven.
pub(super) fn prove(engine: &Engine, pin: &Pin) -> Result<Verified, Refusal> {
    prove_slot(engine, pin, None).map(|(verified, _)| verified)
}

/// [`prove`], together with what another call writes. That call has the next seal key made when it is done.
pub(super) fn prove_with(engine: &Engine, pin: &Pin, with: &dyn WithTry) -> Result<Verified, Refusal> {
    prove_slot(engine, pin, Some(with)).map(|(verified, _)| verified)
}

/// The one way to prove the PIN. Returns the check for the wipe PIN, too, as it was when the PIN was proven.
fn prove_slot(engine: &Engine, pin: &Pin, with: Option<&dyn WithTry>) -> Result<(Verified, WipeCheck), Refusal> {
    // If this fails, the record cannot be read below. Before the clock is read, because it ends every session.
    open::open_if_shut(engine).ok();
    with_stack_wiped(|| {
        let reading = engine.sessions.read_clock().map_err(|_| Refusal::NoVerdict(NoVerdict::Platform))?;
        let now = reading.now;
        if now.boot.is_none() {
            // Without a boot count no session can live, so a right PIN would open nothing.
            return Err(Refusal::NoVerdict(NoVerdict::Platform));
        }
        // Drawn before the charge: a failure here costs no try.
        let mut random = engine.draw().map_err(|fault| Refusal::from_fault(engine, &fault))?;
        let admission = admit(engine, &mut random, now)?;
        let _memory = probe(engine, &admission)?;
        let settled = charge(engine, &mut random, &admission, with, now).and_then(|charge| {
            let attempt = check(engine, pin, &admission, &charge);
            settle(engine, &mut random, &Settling { admission: &admission, charge: charge.id, with, now }, attempt)
        });
        // The next key is made only now: the keystore handles one call after the other, and the person was waiting for
        // the verdict. Whoever writes something together with the try still needs the keystore.
        if with.is_none() {
            engine.seal_keys.make_ahead();
        }
        let (data_key, terms) = settled?;
        let (wallet_id, key_number) = (admission.header.wallet_id, admission.slot.key_number());
        let Admission { slot, wipe_check, header, data_key_number, .. } = &admission;
        let (data_key_number, generation) = (*data_key_number, reading.generation);
        let mut verified = Verified { data_key, data_key_number, wallet_id, key_number, now, terms, generation };
        renew_slot(engine, &OpenedSlot { pin, slot, wipe_check, header }, &mut verified);
        Ok((verified, admission.wipe_check))
    })
}

/// Checks whether a try is allowed, before anything is derived or the device key is asked.
fn admit(engine: &Engine, random: &mut Random, now: Now) -> Result<Admission, Refusal> {
    let seen = engine.ledger.read(|view| {
        let record = view.record;
        let standing = record.standing(now);
        Ok(match record.slot() {
            Some(slot) if standing.admits_pin() => Gate::Open(Admission {
                slot,
                wipe_check: record.wipe_check.clone(),
                header: *view.header,
                data_key_number: record.data_key_number,
                budget_is_spent: record.lockout.budget_is_spent(),
                locks: record.locks.all().to_vec(),
            }),
            Some(_) if standing.gate() == AttemptGate::TooManyAtOnce && standing.pin_clears_the_rest() => {
                Gate::TooManyAtOnce
            }
            _ => Gate::Locked {
                status: LockStatus::of(record, now),
                stale_wait: stale_wait(record, now, SAVE_WHILE_WATCHED_MS),
                is_first: record.lockout.clone().note_refusal(now),
            },
        })
    });
    match seen.map_err(|fault| Refusal::from_fault(engine, &fault))? {
        Gate::Open(admission) => Ok(admission),
        Gate::TooManyAtOnce => Err(Refusal::NoVerdict(NoVerdict::TryAgain)),
        Gate::Locked { status, stale_wait, is_first } => {
            // If these writes fail, the answer to the person stays the same.
            if let Some(stale) = stale_wait {
                save_wait(engine, stale, |_, _| ()).ok();
            }
            if is_first {
                note_refusal(engine, random, now).ok();
            }
            Err(Refusal::Locked(status))
        }
    }
}

/// Whether the record allows a try.
#[allow(clippy::large_enum_variant, reason = "one at a time, for a moment, on the stack")]
enum Gate {
    Open(Admission),
    TooManyAtOnce,
    Locked {
        status: LockStatus,
        stale_wait: Option<StaleWait>,
        /// This is the first refusal during this wait: the journal has no line about it yet.
        is_first: bool,
    },
}

fn note_refusal(engine: &Engine, random: &mut Random, now: Now) -> Result<(), LockError> {
    engine.ledger.commit(random, now, Durability::Ordered, |work| {
        if work.record.lockout.note_refusal(now) {
            work.note(&JournalEvent::PinRefused);
        }
        Ok(())
    })
}

/// Reserves Argon2id's memory and asks the device key before the try is charged: a phone that cannot check a PIN now
/// costs no try. Once no more faults are refunded, a real HMAC is required first, so that a broken keystore does not
/// cost a try either.
fn probe<'a>(engine: &'a Engine, admission: &Admission) -> Result<ReservedMemory<'a>, Refusal> {
    let memory = engine.attempts.reserve(&admission.slot.cost());
    let memory = memory.map_err(|fault| Refusal::from_fault(engine, &fault.into()))?;
    let alias = engine.device_keys.pin(&admission.header.wallet_id, &admission.slot);
    let answered = if admission.budget_is_spent {
        engine.device_keys.mac(&alias, b"walletlock v1 probe").map(|_| ())
    } else {
        engine.device_keys.ready(&alias)
    };
    answered.map(|()| memory).map_err(|fault| Refusal::NoVerdict(NoVerdict::DeviceKey(fault)))
}

/// Counts the try as failed, on the disk, before anything is known about the PIN. From here on, killing the process
/// gains an attacker nothing. With rollback protection on, restoring an older copy gains nothing either.
fn charge(
    engine: &Engine,
    random: &mut Random,
    admission: &Admission,
    with: Option<&dyn WithTry>,
    now: Now,
) -> Result<Charge, Refusal> {
    let unsettled = engine.attempts.take_unsettled();
    let charged = engine.ledger.commit_irrevocably(random, now, |work| {
        let record = &mut *work.record;
        record.lockout.count_as_wrong(&unsettled);
        let standing = record.standing(now);
        let is_ready = matches!(standing.gate(), AttemptGate::Ready { .. });
        Ok(if standing.is_wiped() || !standing.pin_clears_the_rest() {
            // A lock came since `admit`.
            Charged::Refused(Refusal::Locked(LockStatus::of(record, now)))
        } else if is_ready && record.pin_slot != Some(admission.slot.to_stored()) {
            // The PIN was changed since this try was admitted, or the wallet is another one. This try is not charged to
            // the new PIN.
            Charged::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))
        } else if standing.gate() == AttemptGate::TooManyAtOnce {
            Charged::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))
        } else if let Some(with) = with
            && !with.charge(work)?
        {
            Charged::Refused(Refusal::NoVerdict(NoVerdict::TryAgain))
        } else {
            let record = &mut *work.record;
            // Another try may have been charged since `admit`.
            match record.lockout.charge(&record.policy.lockout, now) {
                Ok(id) => {
                    work.note(&JournalEvent::PinTried);
                    Charged::Counted(id)
                }
                Err(_) => Charged::Refused(Refusal::Locked(LockStatus::of(record, now))),
            }
        })
    });
    match charged {
        Ok(Irrevocable { value: Charged::Counted(id), old_key_deleted }) => Ok(Charge { id, old_key_deleted }),
        Ok(Irrevocable { value: Charged::Refused(refusal), .. }) => Err(refusal),
        Err(fault) => {
            engine.attempts.add_unsettled(unsettled);
            Err(Refusal::from_fault(engine, &fault))
        }
    }
}

/// What the charge's transaction decided.
enum Charged {
    Counted(ChargeId),
    Refused(Refusal),
}

/// Computes Argon2id, the wipe PIN's check and the device key's HMAC, and tries to open the slot.
fn check(engine: &Engine, pin: &Pin, admission: &Admission, charge: &Charge) -> Attempt {
    if let Err(fault) = charge.old_key_deleted {
        // A copy from before the charge would still open, so this try must not reveal whether the PIN is right.
        return Attempt::NoVerdict(fault);
    }
    let Admission { slot, wipe_check, header: RecordHeader { wallet_id, .. }, .. } = admission;
    let Ok(kdf_output) = engine.attempts.derive(pin, slot.salt(), &slot.cost()) else {
        return Attempt::NoVerdict(DeviceKeyFault::Failed);
    };
    // Computed in every try, but only the settlement uses it.
    let is_wipe_pin = wipe_check.matches(&kdf_output);
    let alias = engine.device_keys.pin(wallet_id, slot);
    let input = slot.device_key_input(wallet_id, &kdf_output);
    let open = |device_output: &[u8; 32]| slot.open(wallet_id, &derive_kek(&kdf_output, device_output, slot.salt()));
    // A PIN counts as wrong only if the keystore gave the same HMAC twice. A right PIN needs no second HMAC: the slot
    // that opens is the proof.
    let first = match engine.device_keys.mac(&alias, &input) {
        Ok(answer) => answer,
        Err(fault) => return Attempt::NoVerdict(fault),
    };
    if let Some(data_key) = open(&first) {
        return Attempt::Opened(data_key);
    }
    match engine.device_keys.mac(&alias, &input) {
        Ok(second) if second == first => Attempt::NotOpened { kdf_output, is_wipe_pin },
        Ok(second) => open(&second).map_or(Attempt::NoVerdict(DeviceKeyFault::Busy), Attempt::Opened),
        Err(fault) => Attempt::NoVerdict(fault),
    }
}
