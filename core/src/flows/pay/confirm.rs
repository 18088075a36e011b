//! Confirming a payment: by the PIN, by biometrics, by a code. Each proof is for this payment only, and opens no
//! session.

use std::cell::{Cell, RefCell};

use super::clocks::Clocks;
use super::judge::{Asked, Verdict, judge_now};
use super::outcome::{NeedsProof, Notice, PaymentOutcome, PaymentRefusal};
use super::refuse;
use super::reserve::{ReserveEnd, Reserved, Reserving};
use super::sign::sign_by_phone;
use crate::engine::{Engine, PaymentHandle, PaymentRequest};
use crate::error::LockError;
use crate::flows::outcome::{BiometricRefusal, NoVerdict, Refusal};
use crate::flows::try_authenticator::{FactorOutcome, FactorUse, try_code};
use crate::flows::unlock_biometric::{BiometricUse, SensorState, recognise, sensor_state};
use crate::flows::unlock_pin::{prove_with, take};
use crate::payment::authorisation::fingerprint;
use crate::pin::PinEntry;
use crate::request::{PromptId, PromptPurpose, ProofLevel};
use crate::stack::with_stack_wiped;

/// Confirms a payment with the PIN, which leaves the entry empty.
pub(crate) fn confirm_pin(
    engine: &Engine,
    handle: PaymentHandle,
    entry: &PinEntry,
) -> Result<PaymentOutcome, LockError> {
    let confirmed = with_stack_wiped(|| {
        let Some((request, clocks)) = find(engine, handle)? else {
            entry.clear();
            return Ok(PaymentOutcome::Expired);
        };
        let pin = match take(entry) {
            Ok(pin) => pin,
            Err(refusal) => return Ok(PaymentOutcome::PinRefused(refusal)),
        };
        let level = match request {
            PaymentRequest { has_code: true, .. } => ProofLevel::PinAndCode,
            PaymentRequest { has_biometrics: true, .. } => ProofLevel::PinAndBiometrics,
            _ => ProofLevel::Pin,
        };
        let sensor = sensor_state(engine);
        let fingerprint = fingerprint(&request.payment).ok_or(LockError::Invalid("payment"))?;
        let asked = asked(&request, fingerprint, level);
        if let Some(outcome) = look_before(engine, &request, &asked, &clocks, sensor)? {
            return Ok(outcome);
        }
        let (clocks, end, lines) = (Cell::new(clocks), RefCell::default(), request.lines.as_slice());
        let reserving = Reserving { asked, clocks, sensor, lines, end };
        let proven = prove_with(engine, &pin, &reserving);
        let end = reserving.end.take();
        match (proven, end) {
            (Ok(_), ReserveEnd::Reserved(reserved)) => approve(engine, &request, *reserved),
            (_, ReserveEnd::Refused(reasons)) => Ok(refused(engine, &request, reasons, &reserving.clocks.get())),
            // Another payment changed meanwhile what has to be proven, or nothing was charged.
            (Ok(_), _) | (Err(_), ReserveEnd::NeedsMore) => {
                Ok(PaymentOutcome::PinRefused(Refusal::NoVerdict(NoVerdict::TryAgain)))
            }
            (Err(refusal), _) => Ok(PaymentOutcome::PinRefused(refusal)),
        }
    });
    // Only now: the person was waiting for the signature, and the keystore handles one call after the other.
    engine.seal_keys.make_ahead();
    confirmed.or_else(|fault| PaymentOutcome::from_fault(engine, fault))
}

/// Confirms a payment with a finger or face. If a PIN is needed too, what was recognised is kept for this payment.
pub(crate) fn confirm_biometrics(
    engine: &Engine,
    handle: PaymentHandle,
    prompt_id: PromptId,
) -> Result<PaymentOutcome, LockError> {
    let outcome = with_stack_wiped(|| {
        let Some((request, clocks)) = find(engine, handle)? else { return Ok(PaymentOutcome::Expired) };
        let sensor = sensor_state(engine);
        let fingerprint = fingerprint(&request.payment).ok_or(LockError::Invalid("payment"))?;
        let asked = asked(&request, fingerprint, ProofLevel::Biometrics);
        let verdict = engine.ledger.read(|view| judge_now(&view, &asked, &clocks, sensor))?;
        // What was approved before was counted then, as a use of biometrics too.
        let is_again = matches!(verdict, Verdict::Again(_));
        let is_enough = match verdict {
            Verdict::Refused(reasons) => return Ok(refused(engine, &request, reasons, &clocks)),
            Verdict::Approved { .. } | Verdict::Again(_) => true,
            Verdict::NeedsProof { .. } => false,
        };
        let payment = &request.payment;
        let purpose = PromptPurpose::Pay { amount: payment.counted(), payee: payment.payee.name.clone() };
        let (clocks, end, lines) = (Cell::new(clocks), RefCell::default(), request.lines.as_slice());
        let reserving = Reserving { asked, clocks, sensor, lines, end };
        let asks = BiometricUse {
            prompt_id,
            purpose: &purpose,
            // Together with the PIN nothing is paid by biometrics alone.
            amount: (is_enough && !is_again).then(|| payment.counted()),
            risk_is_raised: false,
            with: is_enough.then_some(&reserving),
        };
        let recognised = recognise(engine, &asks);
        let end = reserving.end.take();
        match (recognised, end) {
            (Ok(_), ReserveEnd::Reserved(reserved)) => approve(engine, &request, *reserved),
            (_, ReserveEnd::Refused(reasons)) => Ok(refused(engine, &request, reasons, &reserving.clocks.get())),
            (Ok(_), _) => {
                engine.payment_requests.update(handle, |request| request.has_biometrics = true);
                needs_more(engine, handle)
            }
            (Err(BiometricRefusal::NoVerdict(NoVerdict::TryAgain)), ReserveEnd::NeedsMore) => {
                needs_more(engine, handle)
            }
            (Err(refusal), _) => Ok(PaymentOutcome::BiometricsRefused(refusal)),
        }
    });
    engine.seal_keys.make_ahead();
    outcome.or_else(|fault| PaymentOutcome::from_fault(engine, fault))
}

/// Proves a code of the second factor for a payment. The PIN has to follow.
pub(crate) fn confirm_code(
    engine: &Engine,
    handle: PaymentHandle,
    entry: &PinEntry,
) -> Result<PaymentOutcome, LockError> {
    let Some((request, _)) = find(engine, handle)? else {
        entry.clear();
        return Ok(PaymentOutcome::Expired);
    };
    // A session that ended meanwhile does not matter: the PIN has to follow.
    let session = request.session.filter(|id| engine.sessions.is_live(*id));
    match try_code(engine, entry, FactorUse::Payment(session))? {
        FactorOutcome::Right => {
            engine.payment_requests.update(handle, |request| request.has_code = true);
            needs_more(engine, handle)
        }
        refused => Ok(PaymentOutcome::CodeRefused(refused)),
    }
}

/// Refuses a payment that waited for a proof. The risk rules do not count it: perhaps only the sensor cannot be used now.
fn refused(engine: &Engine, request: &PaymentRequest, reasons: Vec<PaymentRefusal>, clocks: &Clocks) -> PaymentOutcome {
    refuse(engine, &request.payment, reasons, clocks, Notice::Written)
}

fn find(engine: &Engine, handle: PaymentHandle) -> Result<Option<(PaymentRequest, Clocks)>, LockError> {
    let now = engine.sessions.read_clock()?.now;
    match engine.payment_requests.find(handle, now) {
        None => Ok(None),
        Some(request) => Ok(Some((request, Clocks::at(engine, now)?))),
    }
}

fn asked(request: &PaymentRequest, fingerprint: crate::payment::Fingerprint, level: ProofLevel) -> Asked<'_> {
    let PaymentRequest { payment, context, session, .. } = request;
    Asked { payment, fingerprint, context, level, in_session: session.is_some() }
}

/// Whether the PIN is enough, before a try is charged for it.
fn look_before(
    engine: &Engine,
    request: &PaymentRequest,
    asked: &Asked<'_>,
    clocks: &Clocks,
    sensor: SensorState,
) -> Result<Option<PaymentOutcome>, LockError> {
    match engine.ledger.read(|view| judge_now(&view, asked, clocks, sensor))? {
        Verdict::Refused(reasons) => Ok(Some(refused(engine, request, reasons, clocks))),
        Verdict::NeedsProof { .. } => needs_more(engine, request.handle).map(Some),
        Verdict::Approved { .. } | Verdict::Again(_) => Ok(None),
    }
}

/// What is still needed for the payment. The lines stay as they were shown.
fn needs_more(engine: &Engine, handle: PaymentHandle) -> Result<PaymentOutcome, LockError> {
    let Some((request, clocks)) = find(engine, handle)? else { return Ok(PaymentOutcome::Expired) };
    let sensor = sensor_state(engine);
    let fingerprint = fingerprint(&request.payment).ok_or(LockError::Invalid("payment"))?;
    let asked = asked(&request, fingerprint, ProofLevel::Nothing);
    match engine.ledger.read(|view| judge_now(&view, &asked, &clocks, sensor))? {
        // The lock only looked up which proof is still needed: nobody tried to pay, so no line is written.
        Verdict::Refused(reasons) => Ok(PaymentOutcome::Refused(reasons)),
        Verdict::NeedsProof { any_of, why, .. } => {
            let PaymentRequest { has_biometrics, has_code, lines, .. } = request;
            Ok(PaymentOutcome::NeedsProof(NeedsProof { handle, any_of, has_biometrics, has_code, why, lines }))
        }
        Verdict::Approved { .. } | Verdict::Again(_) => Err(LockError::WrongState),
    }
}

/// Signs for a payment that is set aside and proven. It waits no more.
fn approve(engine: &Engine, request: &PaymentRequest, mut reserved: Reserved) -> Result<PaymentOutcome, LockError> {
    if !engine.payment_requests.take(request.handle) {
        // The wallet was locked meanwhile, or another confirmation was faster.
        return Ok(PaymentOutcome::Expired);
    }
    let by_owner = reserved.by_owner.take().ok_or(LockError::WrongState)?;
    sign_by_phone(engine, &request.payment, &reserved, by_owner).map(PaymentOutcome::Approved)
}
