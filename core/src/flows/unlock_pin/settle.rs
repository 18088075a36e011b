//! The end of a try: the verdict is written down first, and only then returned.

use super::{Admission, Attempt, WithTry};
use crate::crypto::{DataKey, Random};
use crate::engine::{Engine, SessionEnd, SessionTerms, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::flows::lost_marks;
use crate::flows::outcome::{NoVerdict, Refusal, WrongPin};
use crate::flows::wipe::{self, SlotKeys};
use crate::lockout::{AttemptGate, ChargeId, Verdict};
use crate::locks::Way;
use crate::policy::Policy;
use crate::record::{LockStatus, Record, Standing};
use crate::recovery::RecoveryEvent;
use crate::store::Durability;
use crate::time::Now;

/// A charged try.
#[derive(Clone, Copy)]
pub(super) struct Settling<'a> {
    pub(super) admission: &'a Admission,
    pub(super) charge: ChargeId,
    pub(super) with: Option<&'a dyn WithTry>,
    pub(super) now: Now,
}

/// What is to be written about a try.
struct Settlement<'a> {
    of: Settling<'a>,
    verdict: Verdict,
    /// The PIN is wrong, and it is the wipe PIN.
    is_wipe_pin: bool,
    /// The data key, if the PIN is right.
    data_key: Option<&'a DataKey>,
}

/// What was written about a try.
struct Settled {
    /// The slot that was tried is still the wallet's slot.
    in_force: bool,
    /// The keys to destroy, if the try wiped the wallet.
    wiped: Option<SlotKeys>,
    status: LockStatus,
    /// A lock stands that this PIN does not clear, because it came while the PIN was checked: nothing is opened.
    is_suspended: bool,
    /// The PIN cleared a lock of the provider, whose mark is to go.
    has_cleared: bool,
    /// What a wrong PIN means for the next one. `None`: no PIN is accepted next.
    next_try: Option<NextTry>,
    policy: Policy,
    terms: SessionTerms,
}

/// When the next PIN may be entered.
struct NextTry {
    tries_left: Option<u32>,
    cooldown_ms: u64,
}

/// Writes down how the try ended, and returns the verdict only after that.
pub(super) fn settle(
    engine: &Engine,
    random: &mut Random,
    of: &Settling<'_>,
    attempt: Attempt,
) -> Result<(DataKey, SessionTerms), Refusal> {
    let Settling { charge, now, .. } = *of;
    let (verdict, is_wipe_pin) = judge(engine, &attempt, now);
    let data_key = if let Attempt::Opened(data_key) = &attempt { Some(data_key) } else { None };
    let settlement = Settlement { of: *of, verdict, is_wipe_pin, data_key };
    let settled = write(engine, random, &settlement).map_err(|fault| {
        engine.attempts.add_unsettled([charge]);
        Refusal::from_fault(engine, &fault)
    })?;
    let Some(Settled { in_force, wiped, status, is_suspended, has_cleared, next_try, policy, terms }) = settled else {
        return Err(Refusal::NoVerdict(NoVerdict::TryAgain));
    };
    if let Some(keys) = wiped {
        wipe::destroy_keys(engine, &keys);
    }
    if has_cleared {
        lost_marks::drop_stale(engine);
    }
    match attempt {
        _ if !in_force => Err(Refusal::NoVerdict(NoVerdict::TryAgain)),
        Attempt::Opened(_) if is_suspended => Err(Refusal::Locked(status)),
        Attempt::Opened(data_key) => {
            engine.attempts.forget_wrong();
            Ok((data_key, terms))
        }
        Attempt::NotOpened { kdf_output, .. } => {
            let repeated = verdict == Verdict::Duplicate;
            if !repeated {
                engine.attempts.remember_wrong(&policy.lockout, &kdf_output, now);
            }
            Err(wrong(status, next_try, repeated))
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

/// Whether a right PIN does something now that nobody may roll back: it puts the requested policy in force, or voids
/// what somebody proved to get back in.
fn is_to_be_kept(engine: &Engine) -> bool {
    let read = engine.ledger.read(|view| {
        let Record { policy, recovery, .. } = view.record;
        Ok(*policy != engine.requested_policy || !recovery.proofs.given().is_empty())
    });
    // Without a record the commit below says why.
    read.unwrap_or(false)
}

/// Commits the settlement in the epoch of its charge: whoever rolls the settlement back still has the charge. What is
/// to be kept is committed irrevocably. If the keystore can make no key for that now, proofs are voided all the same,
/// and the next right PIN puts the policy in force.
fn write(engine: &Engine, random: &mut Random, settlement: &Settlement<'_>) -> Result<Option<Settled>, LockError> {
    let Settlement { verdict, of: Settling { now, .. }, .. } = settlement;
    if *verdict == Verdict::Right && is_to_be_kept(engine) {
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
    let Settlement { of: Settling { admission, charge, with, now }, verdict, is_wipe_pin, data_key } = *settlement;
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
    // A lock may have come while the PIN was checked. Then the data key is used for nothing.
    if let Some(data_key) = data_key.filter(|_| in_force && work.record.standing(now).pin_clears_the_rest()) {
        work.use_data_key(data_key);
    }
    work.note(&event_of(verdict, work.record.lockout.failures()));
    let mut has_cleared = false;
    if verdict == Verdict::Right {
        work.record.reminders.note_right(now);
        work.record.biometric.note_pin(now);
        // Only the locks that the person saw: one that came meanwhile needs a PIN that is entered after it.
        let unusual = work.record.clears_unusual();
        let cleared = work.record.locks.clear(Way::Pin, unusual, |lock| admission.locks.contains(lock));
        for lock in &cleared {
            work.record.note_cleared(lock);
            work.note(&JournalEvent::LockCleared { reason: lock.reason.name(), by: "PIN" });
        }
        has_cleared = !cleared.is_empty();
        work.settle_recovery(now);
        work.settle_limits(now);
        work.settle_cards(now);
        // The PIN outranks everything that a thief with the phone proves on it.
        work.void_proofs(RecoveryEvent::PinRight, "PIN");
        if adopts {
            work.adopt(&engine.requested_policy, now);
        }
    }
    if let Some(with) = with {
        let is_right = verdict == Verdict::Right && !work.record.standing(now).suspends_sessions();
        with.settle(work, data_key.filter(|_| is_right))?;
    }
    let wiped = (settled.wipe || is_wipe_pin).then(|| SlotKeys::of(engine, &admission.header, work.record));
    if wiped.is_some() {
        work.wipe()?;
    } else if settled.counted {
        work.note_lock(&work.record.standing(now));
    }
    if settled.durable {
        work.flush();
    }
    let status = LockStatus::of(work.record, now);
    let standing = work.record.standing(now);
    let next_try = next_try(work.record, &standing, now);
    if !status.is_ready() && verdict != Verdict::Right {
        // The try brought a lock, so every session ends now and not only after the listeners were called.
        engine.sessions.end_all(SessionEnd::Locked);
    }
    let is_suspended = standing.suspends_sessions();
    Ok(Some(Settled {
        in_force,
        wiped,
        status,
        is_suspended,
        has_cleared,
        next_try,
        policy: work.record.policy.clone(),
        terms: SessionTerms::of(work.record, now),
    }))
}

fn wrong(status: LockStatus, next_try: Option<NextTry>, repeated: bool) -> Refusal {
    match next_try {
        Some(NextTry { tries_left, cooldown_ms }) => Refusal::Wrong(WrongPin { tries_left, cooldown_ms, repeated }),
        None => Refusal::Locked(status),
    }
}

fn next_try(record: &Record, standing: &Standing, now: Now) -> Option<NextTry> {
    if standing.is_wiped() || !standing.pin_clears_the_rest() {
        return None;
    }
    match standing.gate() {
        AttemptGate::Ready { tries_left } => Some(NextTry { tries_left, cooldown_ms: 0 }),
        AttemptGate::CoolingDown { remaining_ms, tries_left } => {
            Some(NextTry { tries_left, cooldown_ms: remaining_ms })
        }
        // As in the status: the running tries are settled within about a second.
        AttemptGate::TooManyAtOnce => {
            Some(NextTry { tries_left: record.lockout.tries_left(&record.policy.lockout, now), cooldown_ms: 0 })
        }
        AttemptGate::UntilRestart | AttemptGate::TooManyAttempts => None,
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
