//! Plays a life of a wallet on the lock and on its model, step by step.

use std::sync::Arc;

use proptest::test_runner::TestCaseError;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::journal::{Chain, Query};
use walletlock_core::pin::PinEntry;
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::request::PromptId;
use walletlock_core::{
    BiometricOutcome, Enrolment, LockError, LockStatus, Options, PaymentContext, PaymentOutcome, PinOutcome, Session,
    WalletLock,
};

use crate::cheats::Cheat;
use crate::model::{Disk, Model, PinNumber};
use crate::outcome::Outcome;
use crate::stage::{Copied, Stage, State, copy, put_files};
use crate::steps::{Act, COPIES, ClockChange, Life, PINS, Step, Touch, Typed, Wanted, policies};
use crate::tally::Tally;

/// The least cost that the lock accepts: Argon2id is not under test here.
const COST: KdfCost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };
/// How many sessions are kept. The oldest is closed for a new one.
const SESSIONS: usize = 3;
const LINES: usize = 20;
/// A start of the app without a twist.
const START: Act = Act::Restart { policy: None, reboots: false };

/// Plays a life to its end, or to the first difference.
pub(crate) fn live(life: &Life, cheat: Option<Cheat>, tally: &mut Tally) -> Result<(), TestCaseError> {
    let policy = policies().swap_remove(life.policy);
    let stage = Stage::new(Model::new(policy), cheat).map_err(|error| TestCaseError::fail(error.to_string()))?;
    open(&stage, &plain(START));
    act(&stage, &plain(Act::Enrol(Typed::Number(0))));
    if life.has_biometrics {
        act(&stage, &plain(Act::Enable { session: 0, touches: vec![Touch::Owner] }));
    }
    let played = life.steps.iter().enumerate().try_for_each(|(nth, step)| {
        top(&stage, step);
        check(&stage, nth).map_err(|difference| TestCaseError::fail(format!("step {nth}: {difference}")))
    });
    end_process(&stage);
    let mut state = stage.state();
    for (what, times) in std::mem::take(&mut stage.model().remarks) {
        state.tally.add(what, times);
    }
    state.tally.lives += 1;
    tally.merge(&state.tally);
    played
}

fn plain(act: Act) -> Step {
    Step { act, twists: vec![] }
}

/// Plays a step while no other is in progress. Here the process may end.
fn top(stage: &Arc<Stage>, step: &Step) {
    if let Act::Restart { policy, reboots } = step.act {
        end_process(stage);
        stage.model().end_process();
        if reboots {
            stage.state().clocks.reboot();
        }
        if let Some(policy) = policy {
            stage.model().requested_policy = policies().swap_remove(policy);
        }
        if stage.cheat == Some(Cheat::PutsBackOldFiles) {
            put_back_old_files(stage);
        }
        stage.state().tally.steps += 1;
        keep_copy(stage);
        open(stage, step);
    } else if let Act::PutBack(nth) = step.act {
        end_process(stage);
        stage.model().end_process();
        stage.state().tally.steps += 1;
        put_back(stage, nth);
        open(stage, step);
    } else {
        act(stage, step);
    }
    let picture = stage.state().picture.take();
    if let Some(picture) = picture {
        end_process(stage);
        stage.go_back_to(picture);
        open(stage, &plain(START));
    }
}

/// Starts the app, and once more if the phone failed at the first start.
fn open(stage: &Arc<Stage>, step: &Step) {
    for step in [step, &plain(START)] {
        let is_done = |state: &State| state.lock.is_some() || state.picture.is_some();
        if is_done(&stage.state()) {
            return;
        }
        let mut opened = None;
        stage.call(
            step,
            None,
            |model| model.open(),
            || {
                let options = Options {
                    path: stage.state().folder.path().join("wallet.db"),
                    policy: stage.model().requested_policy.clone(),
                    platform: stage.platform(),
                    calibration: Calibration::Fixed(COST),
                    anti_rollback: AntiRollback::default(),
                };
                WalletLock::open(options).map(|lock| opened = Some(Arc::new(lock))).into()
            },
        );
        if let Some(lock) = opened {
            lock.add_listener(stage.clone());
            stage.state().lock = Some(lock);
            // A person who is told that the phone is busy mostly asks again.
            if stage.model().is_busy() && !stage.state().tally.steps.is_multiple_of(4) {
                act(stage, &plain(Act::Recheck));
            }
        }
    }
}

/// Ends the process. The files stay.
fn end_process(stage: &Stage) {
    let (sessions, lock) = {
        let mut state = stage.state();
        (std::mem::take(&mut state.sessions), state.lock.take())
    };
    drop(sessions);
    drop(lock);
}

/// Keeps a copy of the files, to put it back later.
fn keep_copy(stage: &Stage) {
    let disk = stage.model().disk.clone();
    let mut state = stage.state();
    let Ok(folder) = copy(&state.folder) else { return };
    let keys = state.keys.picture();
    state.copies.push(Copied { folder, disk, keys });
    let surplus = state.copies.len().saturating_sub(COPIES);
    state.copies.drain(..surplus);
}

/// Puts an earlier copy back. The present is kept as a copy too: it may be put back in turn, and then it is no damage.
fn put_back(stage: &Stage, nth: usize) {
    keep_copy(stage);
    let mut state = stage.state();
    let Some(wanted) = state.copies.iter().rev().nth(nth) else { return };
    let (disk, keys) = (wanted.disk.clone(), wanted.keys.picture());
    if let Err(error) = put_files(&wanted.folder, &state.folder) {
        let why = format!("not put back: {error}");
        state.failure.get_or_insert(why);
        return;
    }
    if stage.cheat == Some(Cheat::PutsBackTheKeystore) {
        state.keys = keys;
    }
    drop(state);
    let before = std::mem::replace(&mut stage.model().disk, disk.clone());
    stage.state().audit_the_wallet_of(&before, &disk);
}

fn put_back_old_files(stage: &Stage) {
    let mut state = stage.state();
    let now = copy(&state.folder).ok();
    let older = std::mem::replace(&mut state.older, now);
    if let Some(Err(error)) = older.map(|older| put_files(&older, &state.folder)) {
        state.failure.get_or_insert(format!("not put back: {error}"));
    }
}

/// Plays an act, possibly in the middle of another one.
pub(crate) fn act(stage: &Stage, step: &Step) {
    stage.state().tally.steps += 1;
    if let Act::Clock(change) = step.act {
        return stage.change_clock(change);
    }
    // While the lock is being opened there is nothing to act on.
    let Some(lock) = stage.state().lock.clone() else { return };
    let typed = |typed| typed_pin(stage, typed);
    match &step.act {
        Act::Verify { pin, patiently } => {
            if *patiently {
                stage.change_clock(ClockChange::WaitIsOver(0));
            }
            let pin = typed(*pin);
            with_session(stage, |number| {
                let mut session = None;
                let real = || {
                    let outcome = lock.verify_pin(&entry(pin));
                    let known = Outcome::from(&outcome);
                    if let PinOutcome::Right(opened) = outcome {
                        session = Some(opened);
                    }
                    known
                };
                stage.call(step, pin, |model| model.verify(pin, number), real);
                session
            });
        }
        Act::Enrol(pin) => {
            let pin = typed(*pin);
            with_session(stage, |number| {
                let mut session = None;
                let real = || match lock.enrol(&entry(pin), &[]) {
                    Ok(enrolment) => {
                        let known = Outcome::from(&enrolment);
                        if let Enrolment::Enrolled(opened) = enrolment {
                            session = Some(opened);
                        }
                        known
                    }
                    Err(error) => Outcome::Error(error),
                };
                stage.call(step, None, |model| model.enrol(pin, number), real);
                session
            });
        }
        Act::Remove(pin) => {
            let pin = typed(*pin);
            stage.call(step, pin, |model| model.remove(pin), || lock.remove(&entry(pin)).into());
        }
        Act::Wipe => {
            stage.call(step, None, |model| model.wipe(), || lock.wipe().into());
        }
        Act::Prepare => {
            stage.call(step, None, |model| model.prepare(), || lock.prepare().into());
        }
        Act::Recheck => {
            stage.call(step, None, |model| model.recheck(), || lock.recheck().into());
        }
        Act::Status => {
            stage.call(step, None, |model| model.status(), || lock.status().into());
        }
        Act::SaveTime => {
            stage.call(step, None, |model| model.save_time(), || lock.save_time().into());
        }
        Act::Unlock { wanted, .. } => {
            with_session(stage, |number| {
                let mut session = None;
                let real = || {
                    let outcome = lock.verify_biometrics(&wanted.unlocking());
                    let known = Outcome::from(&outcome);
                    if let BiometricOutcome::Unlocked(opened) = outcome {
                        session = Some(opened);
                    }
                    known
                };
                stage.call(step, None, |model| model.verify_biometrics(*wanted, number), real);
                session
            });
        }
        Act::Pay { wanted, .. } => {
            let number = next_payment(stage);
            let real = || pay(&lock, *wanted, number, true);
            stage.call(step, None, |model| model.pay(*wanted, number), real);
        }
        Act::LockNow => {
            lock.lock_now();
            let mut model = stage.model();
            model.cancel_prompt();
            model.cancel_payments();
            model.end_sessions();
        }
        Act::Cancel => {
            lock.cancel_biometrics(PromptId::default());
            stage.model().cancel_prompt();
        }
        Act::EnrolAnotherFinger => {
            stage.state().keys.enrol_another_finger();
            stage.model().keys.enrol_another_finger();
        }
        Act::Sensor(sensor) => stage.model().sensor = *sensor,
        act => {
            let nth = *match act {
                Act::Change { session, .. } | Act::Read { session, .. } | Act::Write { session, .. } => session,
                Act::Delete { session, .. } | Act::SetWipePin { session, .. } | Act::HasWipePin(session) => session,
                Act::Enable { session, .. } => session,
                Act::Items(session) | Act::History(session) | Act::IsLive(session) | Act::Close(session) => session,
                Act::Disable(session) => session,
                _ => return,
            };
            let Some((number, session)) = nth_session(stage, nth) else { return };
            in_session(stage, step, number, &session);
        }
    }
}

/// Asks for a payment, and perhaps confirms it with biometrics. A payment that was not made is cancelled.
fn pay(lock: &WalletLock, wanted: Wanted, number: u64, confirms: bool) -> Outcome {
    let payments = lock.payments();
    let needed = match payments.authorize(&wanted.paying(number), &PaymentContext::default()) {
        Ok(PaymentOutcome::NeedsProof(needed)) => needed,
        outcome => return outcome.into(),
    };
    let then = confirms.then(|| Box::new(payments.confirm_biometrics(needed.handle, PromptId::default()).into()));
    payments.cancel(needed.handle);
    Outcome::Asked { any_of: needed.any_of, then }
}

fn next_payment(stage: &Stage) -> u64 {
    let mut state = stage.state();
    state.last_payment += 1;
    state.last_payment
}

fn in_session(stage: &Stage, step: &Step, number: u64, session: &Session) {
    let item = |item: u8| format!("item {item}");
    match step.act {
        Act::Change { current, new, keeps_biometrics, .. } => {
            let (current, new) = (typed_pin(stage, current), typed_pin(stage, new));
            let real = || session.access().change_pin(&entry(current), &entry(new), &[], keeps_biometrics).into();
            stage.call(step, current, |model| model.change_pin(number, current, new, keeps_biometrics), real);
        }
        Act::SetWipePin { current, wipe, .. } => {
            let (current, wipe) = (typed_pin(stage, current), wipe.map(|wipe| typed_pin(stage, wipe)));
            let real = || match wipe {
                Some(wipe) => session.access().set_wipe_pin(&entry(current), &entry(wipe)).into(),
                None => session.access().clear_wipe_pin(&entry(current)).into(),
            };
            stage.call(step, current, |model| model.set_wipe_pin(number, current, wipe), real);
        }
        Act::HasWipePin(_) => {
            stage.call(step, None, |model| model.has_wipe_pin(number), || session.access().has_wipe_pin().into());
        }
        Act::Read { item: which, .. } => {
            let real = || match session.vault().read(&item(which)) {
                Ok(bytes) => Outcome::Item(bytes.map(|bytes| bytes.to_vec())),
                Err(error) => Outcome::Error(error),
            };
            stage.call(step, None, |model| model.read(number, item(which)), real);
        }
        Act::Write { item: which, byte, .. } => {
            let real = || session.vault().write(&item(which), &[byte]).into();
            stage.call(step, None, |model| model.change_item(number, item(which), Some(vec![byte])), real);
        }
        Act::Delete { item: which, .. } => {
            let real = || session.vault().delete(&item(which)).into();
            stage.call(step, None, |model| model.change_item(number, item(which), None), real);
        }
        Act::Items(_) => {
            stage.call(step, None, |model| model.items(number), || session.vault().names().into());
        }
        Act::History(_) => {
            let query = Query { limit: LINES, ..Query::default() };
            stage.call(step, None, |model| model.history(number, LINES), || session.journal().page(&query).into());
        }
        Act::IsLive(_) => {
            stage.call(step, None, |model| model.whether_live(number), || session.is_live().into());
        }
        Act::Enable { .. } => {
            stage.call(
                step,
                None,
                |model| model.enable_biometrics(number),
                || session.access().enable_biometrics(PromptId::default()).into(),
            );
        }
        Act::Disable(_) => {
            stage.call(
                step,
                None,
                |model| model.disable_biometrics(number),
                || session.access().disable_biometrics().into(),
            );
        }
        Act::Close(_) => {
            session.close();
            stage.model().close(number);
        }
        _ => {}
    }
}

/// Keeps the session that `begin` returns, instead of the oldest one.
fn with_session(stage: &Stage, begin: impl FnOnce(u64) -> Option<Session>) {
    let number = {
        let mut state = stage.state();
        state.last_session += 1;
        state.last_session
    };
    let Some(session) = begin(number) else { return };
    let surplus = {
        let mut state = stage.state();
        state.sessions.push((number, Arc::new(session)));
        (state.sessions.len() > SESSIONS).then(|| state.sessions.remove(0))
    };
    if let Some((number, session)) = surplus {
        session.close();
        stage.model().close(number);
    }
}

fn nth_session(stage: &Stage, nth: usize) -> Option<(u64, Arc<Session>)> {
    let state = stage.state();
    // The newest session first, because it is most likely to be live.
    state.sessions.iter().rev().nth(nth).or(state.sessions.last()).cloned()
}

/// The PIN that is typed. `None` if it is malformed.
fn typed_pin(stage: &Stage, typed: Typed) -> Option<PinNumber> {
    let pin = match typed {
        Typed::TooShort => None,
        Typed::Number(pin) => Some(pin),
        Typed::TheLastOne => Some(stage.state().last_typed),
        Typed::TheRightOne => match &stage.model().disk {
            Disk::Sealed(wallet) => Some(wallet.slot.map_or(0, |slot| slot.pin)),
            _ => Some(0),
        },
    };
    if let Some(pin) = pin {
        stage.state().last_typed = pin;
    }
    pin
}

fn entry(pin: Option<PinNumber>) -> PinEntry {
    let digits = pin.and_then(|pin| PINS.get(pin)).unwrap_or(&"493");
    let entry = PinEntry::new();
    for digit in digits.chars().filter_map(|digit| digit.to_digit(10)) {
        // `push` cannot fail: only digits are pushed.
        let _taken = entry.push(digit);
    }
    entry
}

/// What must hold between two steps.
fn check(stage: &Stage, nth: usize) -> Result<(), String> {
    let failure = |stage: &Stage| stage.state().failure.clone().map_or(Ok(()), Err);
    failure(stage)?;
    let lock = stage.state().lock.clone().ok_or("the lock does not open again")?;
    let policy = lock.policy().map_err(|error| error.to_string())?;
    if policy != *stage.model().policy() {
        return Err(format!("{} is in force; the model expects {}", policy.name, stage.model().policy().name));
    }
    check_biometrics(stage, &lock, nth)?;
    // Only in every other step, and not when the wait would be saved: asking for the status would change the wait.
    if nth.is_multiple_of(2) && !stage.model().is_wait_due(stage.now()) {
        let outcome = stage.call(&plain(Act::Status), None, |model| model.status(), || lock.status().into());
        failure(stage)?;
        check_count(stage, &outcome, &policy)?;
    }
    if nth.is_multiple_of(4) {
        check_journal(stage, &lock)?;
    }
    Ok(())
}

/// Checks whether biometrics may be used now, to unlock and to pay, and why not; and that the slot in force has its
/// key.
fn check_biometrics(stage: &Stage, lock: &WalletLock, nth: usize) -> Result<(), String> {
    let (unlocking, status) = (Wanted::UNLOCKING, plain(Act::Status));
    let real = || lock.biometric_availability(&unlocking.unlocking()).into();
    stage.call(&status, None, |model| model.biometric_availability(unlocking), real);
    let paying = Wanted { pays: Some(([500, 2_000, 1][nth % 3], 0)), risk: false };
    let number = next_payment(stage);
    stage.call(&status, None, |model| model.proofs_for(paying, number), || pay(lock, paying, number, false));
    if let Some(failure) = stage.state().failure.clone() {
        return Err(failure);
    }
    if stage.model().has_slot_without_key() { Err("the slot in force lost its key".to_owned()) } else { Ok(()) }
}

/// Checks that every different PIN that was called wrong is counted.
fn check_count(stage: &Stage, outcome: &Outcome, policy: &Policy) -> Result<(), String> {
    let (LockStatus::Ready { tries_left: Some(left) } | LockStatus::CoolingDown { tries_left: Some(left), .. }) =
        (match outcome {
            Outcome::Status(status) => status,
            _ => return Ok(()),
        })
    else {
        return Ok(());
    };
    let stop_at = policy.lockout.lock_at.into_iter().chain(policy.lockout.wipe_at).min();
    match stop_at {
        Some(stop_at) if !stage.state().audit.allows(*left, stop_at) => {
            Err(format!("{left} tries left: a guess was free"))
        }
        _ => Ok(()),
    }
}

fn check_journal(stage: &Stage, lock: &WalletLock) -> Result<(), String> {
    let expected = {
        let model = stage.model();
        match model.wallet() {
            _ if model.is_damaged() => Err(LockError::DataDamaged),
            _ if model.fault().is_some() => Err(model.fault().map_or(LockError::WrongState, LockError::DeviceKey)),
            Some(wallet) => Ok(Chain::Intact { lines: wallet.journal.len() as u64 }),
            None => Err(LockError::WrongState),
        }
    };
    let found = lock.verify_journal();
    if found == expected { Ok(()) } else { Err(format!("the journal: {found:?}; the model expects {expected:?}")) }
}
