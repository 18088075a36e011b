//! The outcomes of the calls that open a session.

use std::sync::Arc;

use crate::engine::{Engine, SessionId};
use crate::flows::enrol::Enrolled;
use crate::flows::{BiometricRefusal, NoVerdict, Refusal, WrongPin};
use crate::pin::Finding;
use crate::platform::PromptEnd;
use crate::record::LockStatus;
use crate::request::BiometricDenial;
use crate::session::Session;

/// How checking the PIN ended.
#[derive(Debug)]
pub enum PinOutcome {
    /// The PIN is right. The wallet is open as long as the session is live.
    Right(Session),
    /// The PIN is wrong.
    Wrong(WrongPin),
    /// No PIN is accepted now, or this PIN was wrong and no further try is allowed.
    Locked(LockStatus),
    /// The check gave no verdict. That does not mean that the PIN is wrong.
    NoVerdict(NoVerdict),
}

/// How a biometric prompt ended.
#[derive(Debug)]
pub enum BiometricOutcome {
    /// The person was recognised, and the slot opened. The wallet is open as long as the session is live.
    Unlocked(Session),
    /// Nobody was recognised, and the call has ended: the failures in a row reached the policy's limit and the PIN is
    /// needed next, or the prompt's answer did not open the slot.
    NotRecognised,
    /// The prompt ended and nobody was recognised. Nothing was counted.
    Ended(PromptEnd),
    /// Biometrics may not be used now, for this reason.
    Denied(BiometricDenial),
    /// The call ended without a verdict.
    NoVerdict(NoVerdict),
}

/// How setting the first PIN ended.
#[derive(Debug)]
pub enum Enrolment {
    /// The PIN is set, and the wallet is open.
    Enrolled(Session),
    /// The proposed PIN is not allowed, for these reasons.
    Forbidden(Vec<Finding>),
}

impl From<Refusal> for PinOutcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong(wrong) => Self::Wrong(wrong),
            Refusal::Locked(status) => Self::Locked(status),
            Refusal::NoVerdict(cause) => Self::NoVerdict(cause),
        }
    }
}

impl PinOutcome {
    pub(crate) fn of(engine: &Arc<Engine>, outcome: Result<SessionId, Refusal>) -> Self {
        outcome.map_or_else(Self::from, |id| Self::Right(Session::new(engine, id)))
    }
}

impl BiometricOutcome {
    pub(crate) fn of(engine: &Arc<Engine>, outcome: Result<SessionId, BiometricRefusal>) -> Self {
        match outcome {
            Ok(id) => Self::Unlocked(Session::new(engine, id)),
            Err(BiometricRefusal::NotRecognised) => Self::NotRecognised,
            Err(BiometricRefusal::Ended(how)) => Self::Ended(how),
            Err(BiometricRefusal::Denied(reason)) => Self::Denied(reason),
            Err(BiometricRefusal::NoVerdict(cause)) => Self::NoVerdict(cause),
        }
    }
}

impl Enrolment {
    pub(crate) fn of(engine: &Arc<Engine>, outcome: Enrolled) -> Self {
        match outcome {
            Enrolled::Open(id) => Self::Enrolled(Session::new(engine, id)),
            Enrolled::Forbidden(findings) => Self::Forbidden(findings),
        }
    }
}
