//! Trying a code of the authenticator: charged and written down first, then judged, then settled. Every call that asks
//! for such a code goes through here.

use super::take_proofs::note_proof;
use crate::crypto::Random;
use crate::engine::{Engine, SessionId, UnitOfWork};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::locks::Locks;
use crate::pin::PinEntry;
use crate::proof::{Proof, ProofMethod, Rank};
use crate::provider::ProofPurpose;
use crate::record::Record;
use crate::recovery::{Authenticator, CODE_DIGITS, Code, CodeUse, Factor, RecoveryEvent, WaitLeft};
use crate::stack::with_stack_wiped;
use crate::time::Now;
use zeroize::Zeroizing;

/// How trying a code of the authenticator ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorOutcome {
    /// The code is right. It is used up.
    Right,
    /// The code is wrong, was used before, or is too old.
    Wrong {
        /// How many wrong codes begin the next wait.
        tries_left: u32,
        /// Milliseconds of the wait that this code began; 0: none.
        wait_ms: u64,
    },
    /// No code is accepted now, after too many wrong ones. Nothing was counted.
    Waiting {
        /// Milliseconds left, at least 1.
        left_ms: u64,
    },
    /// There is no authenticator.
    NotSetUp,
    /// The digits are not a code: it has six. Nothing was counted.
    NotACode,
    /// Such a code does not cancel what waits any more: that needs somebody who proves more. Nothing was counted.
    NotEnough,
}

/// What the code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactorUse {
    /// The second factor of this session.
    Session(SessionId),
    /// Getting back in.
    Recovery,
    /// Cancelling a recovery that waits.
    Cancel,
    /// A payment, in this session or without one.
    Payment(Option<SessionId>),
}

impl FactorUse {
    /// Whose tries are counted.
    fn counted_as(self) -> CodeUse {
        match self {
            Self::Session(_) | Self::Payment(Some(_)) => CodeUse::Session,
            Self::Recovery | Self::Cancel | Self::Payment(None) => CodeUse::Recovery,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Session(_) => ProofPurpose::SecondFactor.name(),
            Self::Recovery => ProofPurpose::Recovery.name(),
            Self::Cancel => ProofPurpose::Cancel.name(),
            Self::Payment(_) => "payment",
        }
    }
}

/// Tries the code in `entry`, which is left empty once the code was counted. [`LockError::WrongState`]: a lock was set
/// meanwhile, or somebody proved more than this code cancels; the code was counted, and did nothing.
pub(crate) fn try_code(engine: &Engine, entry: &PinEntry, used_for: FactorUse) -> Result<FactorOutcome, LockError> {
    with_stack_wiped(|| {
        let Some(code) = read(entry) else { return Ok(FactorOutcome::NotACode) };
        if let FactorUse::Session(id) | FactorUse::Payment(Some(id)) = used_for
            && !engine.sessions.is_live(id)
        {
            return Err(LockError::SessionEnded);
        }
        let now = engine.sessions.read_clock()?.now;
        let mut random = engine.draw()?;
        if let Err(refused) = engine.ledger.read(|view| Ok(admit(view.record, used_for, now)))? {
            return Ok(refused);
        }
        let charged = engine.ledger.commit_irrevocably(&mut random, now, |work| {
            work.settle_recovery(now);
            if let Err(refused) = admit(work.record, used_for, now) {
                return Ok(Err(refused));
            }
            work.note(&JournalEvent::SecondFactorTried { purpose: used_for.name() });
            Ok(charge(work.record, used_for, now).map(|()| Scene::of(work.record)))
        });
        engine.seal_keys.make_ahead();
        let charged = charged?;
        let scene = match charged.value {
            Ok(scene) => scene,
            Err(refused) => return Ok(refused),
        };
        entry.clear();
        // Until the previous seal key is deleted, a copy from before the charge still opens, so nothing may be said
        // about the code.
        charged.old_key_deleted?;
        let judged = engine.ledger.read(|view| Ok(judge(view.record, &code, used_for, now)))?;
        match judged {
            Err(wrong) => Ok(wrong),
            Ok(step) => settle(engine, &mut random, &Try { used_for, step, scene, now }),
        }
    })
}

/// The code in the entry, which keeps its digits.
pub(super) fn read(entry: &PinEntry) -> Option<Zeroizing<Code>> {
    let pin = entry.peek()?;
    let mut code = Zeroizing::new([0; CODE_DIGITS]);
    if pin.ascii().len() != CODE_DIGITS {
        return None;
    }
    code.iter_mut().zip(pin.ascii()).for_each(|(to, digit)| *to = digit.wrapping_sub(b'0'));
    Some(code)
}

fn authenticator(record: &Record, now: Now) -> Option<&Authenticator> {
    match record.recovery.second_factor.now(now) {
        Some(Factor::Authenticator(authenticator)) if record.is_alive() => Some(authenticator),
        _ => None,
    }
}

/// Whether a code may be tried.
fn admit(record: &Record, used_for: FactorUse, now: Now) -> Result<(), FactorOutcome> {
    let authenticator = authenticator(record, now).ok_or(FactorOutcome::NotSetUp)?;
    authenticator
        .admits(used_for.counted_as(), now)
        .map_err(|WaitLeft { left_ms }| FactorOutcome::Waiting { left_ms })?;
    match used_for {
        FactorUse::Cancel if !record.recovery.proofs.may_cancel(Rank::OnPhone) => Err(FactorOutcome::NotEnough),
        _ => Ok(()),
    }
}

fn charge(record: &mut Record, used_for: FactorUse, now: Now) -> Result<(), FactorOutcome> {
    let authenticator = record.recovery.second_factor.authenticator().ok_or(FactorOutcome::NotSetUp)?;
    authenticator.charge(used_for.counted_as(), now).map_err(|WaitLeft { left_ms }| FactorOutcome::Waiting { left_ms })
}

fn judge(record: &Record, code: &Code, used_for: FactorUse, now: Now) -> Result<u64, FactorOutcome> {
    let authenticator = authenticator(record, now).ok_or(FactorOutcome::NotSetUp)?;
    authenticator.judge(code, now).ok_or_else(|| wrong(authenticator, used_for, now))
}

fn wrong(authenticator: &Authenticator, used_for: FactorUse, now: Now) -> FactorOutcome {
    let counted_as = used_for.counted_as();
    let wait_ms = authenticator.admits(counted_as, now).map_or_else(|WaitLeft { left_ms }| left_ms, |()| 0);
    FactorOutcome::Wrong { tries_left: authenticator.tries_left(counted_as), wait_ms }
}

/// What was known of orders, locks and the PIN when the code was charged. A proof from before a lock, or from before the
/// right PIN, is void.
#[derive(PartialEq, Eq)]
struct Scene {
    changes: u64,
    locks: Locks,
    last_pin: Option<Now>,
}

impl Scene {
    fn of(record: &Record) -> Self {
        Self {
            changes: record.provider.changes(),
            locks: record.locks.without_wait(),
            last_pin: record.biometric.last_pin(),
        }
    }
}

/// A code that was right.
struct Try {
    used_for: FactorUse,
    step: u64,
    scene: Scene,
    now: Now,
}

/// Uses the code up, and does what it was for, in one commit.
fn settle(engine: &Engine, random: &mut Random, right: &Try) -> Result<FactorOutcome, LockError> {
    let Try { used_for, step, scene, now } = right;
    let (used_for, now) = (*used_for, *now);
    let settled = engine.ledger.commit_irrevocably(random, now, |work| {
        if !matches!(used_for, FactorUse::Session(_) | FactorUse::Payment(_)) && Scene::of(work.record) != *scene {
            // A lock came since: whoever typed the code may be the one against whom it was set.
            return Err(LockError::WrongState);
        }
        let Some(authenticator) = work.record.recovery.second_factor.authenticator() else {
            return Ok(FactorOutcome::NotSetUp);
        };
        if !authenticator.accept(used_for.counted_as(), *step, now) {
            // Another call used the same code up.
            return Ok(wrong(authenticator, used_for, now));
        }
        work.note(&JournalEvent::SecondFactorRight);
        apply(work, used_for, now)?;
        Ok(FactorOutcome::Right)
    });
    engine.seal_keys.make_ahead();
    let outcome = settled?.value;
    if let (FactorUse::Session(id), FactorOutcome::Right) = (used_for, outcome) {
        engine.sessions.note_second_factor(Some(id));
    }
    Ok(outcome)
}

fn apply(work: &mut UnitOfWork<'_>, used_for: FactorUse, now: Now) -> Result<(), LockError> {
    let method = ProofMethod::Authenticator;
    match used_for {
        FactorUse::Session(_) | FactorUse::Payment(_) => {}
        FactorUse::Recovery => {
            let challenge = *work.random.bytes();
            note_proof(work, Proof::new(method, false, challenge), now);
        }
        FactorUse::Cancel => {
            if !work.void_proofs(RecoveryEvent::Cancelled(Rank::OnPhone), method.name()) {
                // Somebody proved more meanwhile.
                return Err(LockError::WrongState);
            }
        }
    }
    Ok(())
}
