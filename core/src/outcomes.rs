//! How the calls end that open a session.

use std::sync::Arc;

use crate::engine::{Engine, SessionId};
use crate::flows::enrol::Enrolled;
use crate::flows::{BiometricRefusal, NoVerdict, Refusal, WrongPin};
use crate::pin::Finding;
use crate::platform::PromptEnd;
use crate::record::LockStatus;
use crate::request::BiometricDenial;
use crate::session::Session;

/// How entering the PIN ended.
#[derive(Debug)]
pub enum PinOutcome {
    /// It is right. The wallet is open for as long as the session lives.
    Right(Session),
    /// It is wrong.
    Wrong(WrongPin),
    /// No PIN is taken now, or this one was wrong and the last.
    Locked(LockStatus),
    /// It could not be told. The PIN was not found wrong.
    NoVerdict(NoVerdict),
}

/// How asking for a finger or face ended.
#[derive(Debug)]
pub enum BiometricOutcome {
    /// The person was recognised, and the slot opened. The wallet is open for as long as the session lives.
    Unlocked(Session),
    /// Someone was not recognised, too often to go on: the PIN is next.
    NotRecognised,
    /// The prompt ended without anyone recognised. Nothing was counted.
    Ended(PromptEnd),
    /// Biometrics may not be used now, for this reason.
    Denied(BiometricDenial),
    /// It could not be told.
    NoVerdict(NoVerdict),
}

/// How setting the first PIN ended.
#[derive(Debug)]
pub enum Enrolment {
    /// It is set, and the wallet is open.
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
