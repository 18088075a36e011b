//! Recognising a finger or face, to unlock or to confirm a payment: the gate decides whether to ask, the phone asks, and
//! the bytes that come back open the slot or do not. A callback that only claims success opens nothing; the key is
//! needed.

use zeroize::Zeroizing;

use super::outcome::{BiometricAvailability, BiometricRefusal, NoVerdict};
use super::unlock_pin::WithTry;
use crate::biometric;
use crate::crypto::DataKey;
use crate::engine::{AuthMethod, Engine, SessionId, SessionTerms, UnitOfWork, Verified};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::BiometricSlot;
use crate::money::Money;
use crate::platform::{Prompt, PromptEnd, PromptEvent, PromptOperation, PromptPurpose, SensorAvailability};
use crate::record::Record;
use crate::request::{BiometricDenial, BiometricRequest, PromptId};
use crate::stack::with_stack_wiped;
use crate::store::Durability;
use crate::time::Now;

/// What a person is asked for.
pub(super) struct BiometricUse<'a> {
    pub(super) prompt_id: PromptId,
    pub(super) purpose: &'a PromptPurpose,
    /// What is paid by biometrics alone. `None`: nothing.
    pub(super) amount: Option<Money>,
    pub(super) risk_is_raised: bool,
    /// What is written together with the use.
    pub(super) with: Option<&'a dyn WithTry>,
}

/// The sensor, as the phone reports it.
#[derive(Clone, Copy)]
pub(super) struct SensorState(pub(super) SensorAvailability);

/// A slot that may be tried, and the wallet that it belongs to.
struct Admission {
    slot: BiometricSlot,
    wallet_id: [u8; 16],
    data_key_number: u64,
    timeout_ms: u64,
}

impl<'a> BiometricUse<'a> {
    fn unlocking(request: &BiometricRequest) -> BiometricUse<'a> {
        BiometricUse {
            prompt_id: request.prompt_id,
            purpose: &PromptPurpose::Unlock,
            amount: None,
            risk_is_raised: request.risk_is_raised,
            with: None,
        }
    }
}

/// Asks the phone for its sensor, before any transaction. A sensor that does not answer is busy: the PIN is enough.
pub(super) fn sensor_state(engine: &Engine) -> SensorState {
    SensorState(engine.platform.biometrics.availability().unwrap_or(SensorAvailability::Busy))
}

/// Whether biometrics may be used now for this request.
pub(crate) fn availability(engine: &Engine, request: &BiometricRequest) -> Result<BiometricAvailability, LockError> {
    let now = engine.sessions.read_clock()?.now;
    let sensor = engine.platform.biometrics.availability()?;
    Ok(match admit(engine, &BiometricUse::unlocking(request), sensor, now)? {
        Gate::Open(_) => BiometricAvailability::Available,
        Gate::Denied(reason) => BiometricAvailability::Denied(reason),
    })
}

/// Shows the prompt and waits until the phone has an answer. Opens a session if the slot opens.
pub(crate) fn unlock(engine: &Engine, request: &BiometricRequest) -> Result<SessionId, BiometricRefusal> {
    let outcome = with_stack_wiped(|| {
        let verified = recognise(engine, &BiometricUse::unlocking(request))?;
        Ok(engine.sessions.start(verified, AuthMethod::Biometrics))
    });
    engine.seal_keys.make_ahead();
    outcome
}

/// Shows the prompt and waits until the phone has an answer. The slot opens, or nothing was proven.
pub(super) fn recognise(engine: &Engine, asked: &BiometricUse<'_>) -> Result<Verified, BiometricRefusal> {
    let reading = engine.sessions.read_clock()?;
    let sensor = engine.platform.biometrics.availability()?;
    let admission = match admit(engine, asked, sensor, reading.now)? {
        Gate::Open(admission) => admission,
        Gate::Denied(reason) => {
            // If this write fails, the answer to the person stays the same.
            note_refusal(engine, reason, reading.now).ok();
            return Err(BiometricRefusal::Denied(reason));
        }
    };
    let Some(prompt) = engine.prompts.begin(asked.prompt_id, admission.timeout_ms) else {
        return Err(BiometricRefusal::NoVerdict(NoVerdict::TryAgain));
    };
    if engine.sessions.generation() != reading.generation {
        // The wallet was locked since the clock was read, so a session would not open.
        return Err(BiometricRefusal::Ended(PromptEnd::CancelledBySystem));
    }
    let is_in_force = engine.ledger.commit(&mut engine.draw()?, reading.now, Durability::Ordered, |work| {
        let is_in_force = admission.is_in_force(work.wallet_id, work.record);
        if is_in_force {
            work.note(&JournalEvent::BiometricsAsked { purpose: asked.purpose });
        }
        Ok(is_in_force)
    })?;
    if !is_in_force {
        return Err(BiometricRefusal::NoVerdict(NoVerdict::TryAgain));
    }
    prompt.show(Prompt {
        id: asked.prompt_id,
        alias: engine.device_keys.biometric(&admission.wallet_id, &admission.slot),
        purpose: asked.purpose.clone(),
        operation: PromptOperation::Unwrap,
        input: Zeroizing::new(admission.slot.wrapped().to_vec()),
        timeout_ms: admission.timeout_ms,
    });
    loop {
        match prompt.next_event() {
            PromptEvent::NotRecognised => {
                if count_failure(engine, &admission)? {
                    return Err(BiometricRefusal::NotRecognised);
                }
            }
            PromptEvent::Ended(how) => {
                note_end(engine, &admission, how)?;
                return Err(BiometricRefusal::Ended(how));
            }
            PromptEvent::Authenticated(slot_key) => {
                let Some(data_key) = admission.slot.open(&admission.wallet_id, &slot_key) else {
                    // The answer did not hold the slot key: the callback was tampered with, or the keystore failed.
                    count_failure(engine, &admission)?;
                    return Err(BiometricRefusal::NotRecognised);
                };
                return charge_use(engine, asked, &admission, data_key, reading.generation);
            }
        }
    }
}

/// Whether the record and the sensor allow this request.
enum Gate {
    Open(Admission),
    Denied(BiometricDenial),
}

/// Checks whether biometrics may be used, and finds the slot to try.
fn admit(engine: &Engine, asked: &BiometricUse<'_>, sensor: SensorAvailability, now: Now) -> Result<Gate, LockError> {
    let seen = engine.ledger.read(|view| {
        if let Err(reason) = evaluate(view.record, asked, sensor, now) {
            return Ok(Gate::Denied(reason));
        }
        let Some(slot) = view.record.biometric_slot() else { return Ok(Gate::Denied(BiometricDenial::SwitchedOff)) };
        let timeout_ms = view.record.policy.biometric.prompt_timeout_ms.into();
        let (wallet_id, data_key_number) = (view.header.wallet_id, view.record.data_key_number);
        Ok(Gate::Open(Admission { slot, wallet_id, data_key_number, timeout_ms }))
    });
    match seen {
        // No PIN was set, or everything is destroyed: there is no slot to open.
        Err(LockError::WrongState) => Ok(Gate::Denied(BiometricDenial::SwitchedOff)),
        Err(LockError::DataDamaged) => Ok(Gate::Denied(BiometricDenial::Locked)),
        seen => seen,
    }
}

/// Charges the use irrevocably. The gate is checked again, because the prompt may have been shown for a minute.
fn charge_use(
    engine: &Engine,
    asked: &BiometricUse<'_>,
    admission: &Admission,
    data_key: DataKey,
    generation: u64,
) -> Result<Verified, BiometricRefusal> {
    let now = engine.platform.clock.now()?;
    if let Some(with) = asked.with {
        with.read_clocks(engine)?;
    }
    let charged = engine.ledger.commit_irrevocably(&mut engine.draw()?, now, |work| {
        if !admission.is_in_force(work.wallet_id, work.record) {
            return Ok(Err(BiometricRefusal::NoVerdict(NoVerdict::TryAgain)));
        }
        if let Err(reason) = evaluate(work.record, asked, SensorAvailability::Ready, now) {
            return Ok(Err(BiometricRefusal::Denied(reason)));
        }
        work.use_data_key(&data_key);
        if let Some(with) = asked.with {
            if !with.charge(work)? {
                return Ok(Err(BiometricRefusal::NoVerdict(NoVerdict::TryAgain)));
            }
            with.settle(work, Some(&data_key))?;
        }
        let record = &mut *work.record;
        record.biometric.note_use(&record.policy.biometric, asked.amount);
        work.note(&JournalEvent::BiometricsRight { purpose: asked.purpose });
        Ok(Ok(SessionTerms::of(work.record, now)))
    })?;
    let terms: SessionTerms = charged.value?;
    // Until the previous seal key is deleted, a copy from before this use still opens and brings back the old budget.
    charged.old_key_deleted?;
    let (wallet_id, key_number) = (admission.wallet_id, admission.slot.key_number());
    let data_key_number = admission.data_key_number;
    Ok(Verified { data_key, data_key_number, wallet_id, key_number, now, terms, generation })
}

/// Counts a failure irrevocably. Returns `true` if only the PIN is accepted now, or if the slot is no longer in force.
fn count_failure(engine: &Engine, admission: &Admission) -> Result<bool, LockError> {
    let now = engine.platform.clock.now()?;
    // If the old seal key cannot be deleted now, deleting it is tried again before the next try.
    let counted = engine.ledger.commit_irrevocably(&mut engine.draw()?, now, |work| {
        if !admission.is_in_force(work.wallet_id, work.record) {
            return Ok((true, false));
        }
        let record = &mut *work.record;
        let is_off = record.biometric.note_failure(&record.policy.biometric);
        let is_enough = record.biometric.has_failed_too_often(&record.policy.biometric);
        work.note(&JournalEvent::BiometricsNotRecognised);
        if is_off {
            work.note(&JournalEvent::BiometricsOff { because: BiometricDenial::OffAfterFailures });
        }
        Ok((is_enough, is_off))
    })?;
    let (is_enough, is_off) = counted.value;
    if is_off {
        engine.device_keys.drop_biometric(&admission.wallet_id, &admission.slot);
    }
    Ok(is_enough)
}

/// Journals how the prompt ended; counts nothing. If the keystore invalidated the key, biometrics are switched off.
fn note_end(engine: &Engine, admission: &Admission, how: PromptEnd) -> Result<(), LockError> {
    let now = engine.platform.clock.now()?;
    let ended = |work: &mut UnitOfWork<'_>| {
        if *work.wallet_id != admission.wallet_id {
            // The wallet of this prompt was removed meanwhile.
            return Ok(());
        }
        let is_in_force = admission.is_in_force(work.wallet_id, work.record);
        work.note(&JournalEvent::BiometricsEnded { how });
        if how == PromptEnd::KeyInvalidated && is_in_force {
            work.record.biometric.note_enrolment_change();
            work.note(&JournalEvent::BiometricsOff { because: BiometricDenial::EnrolmentChanged });
        }
        Ok(())
    };
    if how == PromptEnd::KeyInvalidated {
        // If the old seal key cannot be deleted now, deleting it is tried again before the next try.
        engine.ledger.commit_irrevocably(&mut engine.draw()?, now, ended)?;
        engine.device_keys.drop_biometric(&admission.wallet_id, &admission.slot);
    } else {
        engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, ended)?;
    }
    Ok(())
}

fn note_refusal(engine: &Engine, reason: BiometricDenial, now: Now) -> Result<(), LockError> {
    engine.ledger.commit(&mut engine.draw()?, now, Durability::Ordered, |work| {
        if work.record.biometric.note_refusal(reason) {
            work.note(&JournalEvent::BiometricsRefused { because: reason });
        }
        Ok(())
    })
}

impl Admission {
    /// Whether the slot is still this wallet's slot.
    fn is_in_force(&self, wallet_id: &[u8; 16], record: &Record) -> bool {
        *wallet_id == self.wallet_id && record.biometric.slot() == Some(&self.slot.to_stored())
    }
}

fn evaluate(
    record: &Record,
    asked: &BiometricUse<'_>,
    availability: SensorAvailability,
    now: Now,
) -> Result<(), BiometricDenial> {
    let is_locked = record.standing(now).locks_biometrics();
    let (policy, amount, risk_is_raised) = (&record.policy.biometric, asked.amount, asked.risk_is_raised);
    record.biometric.evaluate(&biometric::Gate { policy, is_locked, availability, amount, risk_is_raised, now })
}
