//! The end of a try: the verdict is written down first, and only then returned.

use super::{Admission, Attempt};
use crate::crypto::{DataKey, Random};
use crate::engine::{Engine, SessionEnd, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::flows::outcome::{NoVerdict, Refusal, WrongPin};
use crate::flows::status;
use crate::flows::wipe::{self, SlotKeys};
use crate::lockout::{ChargeId, Verdict};
use crate::policy::{Policy, SessionPolicy};
use crate::record::LockStatus;
use crate::store::Durability;
use crate::time::Now;

/// What is to be written about a try.
struct Settlement<'a> {
    charge: ChargeId,
    admission: &'a Admission,
    verdict: Verdict,
    /// The PIN is wrong, and it is the wipe PIN.
    is_wipe_pin: bool,
    /// The data key, if the PIN is right.
    data_key: Option<&'a DataKey>,
    now: Now,
}

/// What was written about a try.
struct Settled {
    /// The slot that was tried is still the wallet's slot.
    in_force: bool,
    /// The keys to destroy, if the try wiped the wallet.
    wiped: Option<SlotKeys>,
    status: LockStatus,
    policy: Policy,
}

/// Writes down how the try ended, and returns the verdict only after that.
pub(super) fn settle(
    engine: &Engine,
    random: &mut Random,
    admission: &Admission,
    charge: ChargeId,
    attempt: Attempt,
    now: Now,
) -> Result<(DataKey, SessionPolicy), Refusal> {
    let (verdict, is_wipe_pin) = judge(engine, &attempt, now);
    let data_key = if let Attempt::Opened(data_key) = &attempt { Some(data_key) } else { None };
    let settlement = Settlement { charge, admission, verdict, is_wipe_pin, data_key, now };
    let settled = write(engine, random, &settlement).map_err(|fault| {
        engine.attempts.add_unsettled([charge]);
        Refusal::from_fault(engine, &fault)
    })?;
    let Some(Settled { in_force, wiped, status, policy }) = settled else {
        return Err(Refusal::NoVerdict(NoVerdict::TryAgain));
    };
    if let Some(keys) = wiped {
        wipe::destroy_keys(engine, &keys);
    }
    match attempt {
        _ if !in_force => Err(Refusal::NoVerdict(NoVerdict::TryAgain)),
        Attempt::Opened(data_key) => {
            engine.attempts.forget_wrong();
            Ok((data_key, policy.session))
        }
        Attempt::NotOpened { kdf_output, .. } => {
            let repeated = verdict == Verdict::Duplicate;
            if !repeated {
                engine.attempts.remember_wrong(&policy.lockout, &kdf_output, now);
            }
            Err(wrong(status, repeated))
        }
        Attempt::NoVerdict(fault) => Err(Refusal::NoVerdict(NoVerdict::DeviceKey(fault))),
    }
}

/// The verdict, and whether a wrong PIN is the wipe PIN. The wipe PIN never counts as a repeated guess.
fn judge(engine: &Engine, attempt: &Attempt, now: Now) -> (Verdict, bool) {
    match attempt {
        Attempt::Opened(_) => (Verdict::Right, false),
        Attempt::NotOpened { kdf_output, is_wipe_pin } => {
            let repeated = engine.attempts.is_repeated(kdf_output, now) & !is_wipe_pin;
            (if repeated { Verdict::Duplicate } else { Verdict::Wrong }, *is_wipe_pin)
        }
        Attempt::NoVerdict(_) => (Verdict::None, false),
    }
}

/// Commits the settlement in the epoch of its charge: whoever rolls the settlement back still has the charge. A right
/// PIN can also put the requested policy in force; that is committed irrevocably. If the keystore can make no key for
/// that now, the next right PIN puts the policy in force.
fn write(engine: &Engine, random: &mut Random, settlement: &Settlement<'_>) -> Result<Option<Settled>, LockError> {
    let Settlement { verdict, now, .. } = settlement;
    if *verdict == Verdict::Right && status::policy(engine)? != engine.requested_policy {
        match engine.ledger.commit_irrevocably(random, *now, |work| write_in(engine, work, settlement, true)) {
            Err(LockError::DeviceKey(_)) => {}
            settled => return settled.map(|settled| settled.value),
        }
    }
    engine.ledger.commit(random, *now, Durability::Ordered, |work| write_in(engine, work, settlement, false))
}

/// `None`: the try belongs to another wallet, or is settled already.
fn write_in(
    engine: &Engine,
    work: &mut UnitOfWork<'_>,
    settlement: &Settlement<'_>,
    adopts: bool,
) -> Result<Option<Settled>, LockError> {
    let Settlement { charge, admission, verdict, is_wipe_pin, data_key, now } = *settlement;
    if *work.wallet_id != admission.header.wallet_id {
        // The wallet was removed meanwhile, and its open tries with it.
        return Ok(None);
    }
    let record = &mut *work.record;
    let policy = record.policy.clone();
    // If the slot was replaced while this PIN was checked, the result is about a slot that is no longer in force.
    let in_force = record.pin_slot == Some(admission.slot.to_stored());
    let verdict = if in_force { verdict } else { Verdict::None };
    let Some(settled) = record.lockout.settle(&policy.lockout, charge, verdict) else { return Ok(None) };
    // A wipe PIN that was cleared or replaced while it was checked is a wrong PIN.
    let is_wipe_pin = is_wipe_pin && verdict == Verdict::Wrong && record.wipe_check == admission.wipe_check;
    if let Some(data_key) = data_key.filter(|_| in_force) {
        work.use_data_key(data_key);
    }
    work.note(&event_of(verdict, work.record.lockout.failures()));
    if verdict == Verdict::Right {
        work.record.reminders.note_right(now);
        work.record.biometric.note_pin(now);
        if adopts {
            work.adopt(&engine.requested_policy, now);
        }
    }
    let wiped = (settled.wipe || is_wipe_pin).then(|| SlotKeys::of(engine, &admission.header, work.record));
    if wiped.is_some() {
        work.wipe()?;
    } else if settled.counted {
        work.note_lock(work.record.lock_state(now));
    }
    if settled.durable {
        work.flush();
    }
    let status = LockStatus::of(work.record, now);
    if !status.is_ready() && verdict != Verdict::Right {
        // The try brought a lock, so every session ends now and not only after the listeners were called.
        engine.sessions.end_all(SessionEnd::Locked);
    }
    Ok(Some(Settled { in_force, wiped, status, policy: work.record.policy.clone() }))
}

fn wrong(status: LockStatus, repeated: bool) -> Refusal {
    match status {
        LockStatus::Ready { tries_left } => Refusal::Wrong(WrongPin { tries_left, cooldown_ms: 0, repeated }),
        LockStatus::CoolingDown { remaining_ms, tries_left, .. } => {
            Refusal::Wrong(WrongPin { tries_left, cooldown_ms: remaining_ms, repeated })
        }
        status => Refusal::Locked(status),
    }
}

fn event_of(verdict: Verdict, failures: u32) -> JournalEvent<'static> {
    match verdict {
        Verdict::Right => JournalEvent::PinRight,
        Verdict::Wrong => JournalEvent::PinWrong { failures },
        Verdict::Duplicate => JournalEvent::PinRepeated { failures },
        Verdict::None => JournalEvent::PinNoVerdict { failures },
    }
}
