//! Biometrics: what a call can ask for, and its outcomes.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::AuthMethod;
use walletlock_core::platform::{PromptEnd, PromptOperation, SensorAvailability};
use walletlock_core::request::{self, BiometricDenial};

use crate::outcomes::NoVerdict;
use crate::session::Session;
use crate::types::prompt_id;

#[uniffi::remote(Enum)]
pub enum BiometricDenial {
    Locked,
    SwitchedOff,
    EnrolmentChanged,
    OffAfterFailures,
    NotSupported,
    NoHardware,
    NoneEnrolled,
    Busy,
    TooManyFailures,
    FirstUnlock,
    PinTooLongAgo,
    TooManyUses,
    OverBudget,
    RiskRaised,
}

#[uniffi::remote(Enum)]
pub enum PromptEnd {
    CancelledByPerson,
    CancelledBySystem,
    LockedOut,
    LockedOutForGood,
    KeyInvalidated,
    NoneEnrolled,
    NoHardware,
    TimedOut,
    NoVerdict,
}

#[uniffi::remote(Enum)]
pub enum SensorAvailability {
    Ready,
    NoneEnrolled,
    NoHardware,
    Busy,
    NotSupported,
}

#[uniffi::remote(Enum)]
pub enum PromptOperation {
    Wrap,
    Unwrap,
}

#[derive(uniffi::Record)]
pub struct BiometricRequest {
    /// Chosen by the app. The prompt that is shown has it as [`crate::prompt::Prompt::id`], and `cancel_biometrics`
    /// takes it.
    pub prompt_id: i64,
    pub risk_is_raised: bool,
}

/// What opened a session.
#[uniffi::remote(Enum)]
pub enum AuthMethod {
    Pin,
    Biometrics,
}

#[derive(uniffi::Enum)]
pub enum BiometricAvailability {
    Available,
    Denied { reason: BiometricDenial },
}

#[derive(uniffi::Enum)]
pub enum BiometricOutcome {
    Unlocked { session: Arc<Session> },
    Refused { refusal: BiometricRefusal },
}

#[derive(uniffi::Enum)]
pub enum BiometricRefusal {
    NotRecognised,
    Ended { end: PromptEnd },
    Denied { reason: BiometricDenial },
    NoVerdict { cause: NoVerdict },
}

#[derive(uniffi::Enum)]
pub enum BiometricChange {
    Done,
    Ended { end: PromptEnd },
    Denied { reason: BiometricDenial },
    NoVerdict { cause: NoVerdict },
}

impl From<BiometricRequest> for request::BiometricRequest {
    fn from(request: BiometricRequest) -> Self {
        Self { prompt_id: prompt_id(request.prompt_id), risk_is_raised: request.risk_is_raised }
    }
}

impl From<core::BiometricAvailability> for BiometricAvailability {
    fn from(availability: core::BiometricAvailability) -> Self {
        match availability {
            core::BiometricAvailability::Available => Self::Available,
            core::BiometricAvailability::Denied(reason) => Self::Denied { reason },
        }
    }
}

impl From<core::BiometricOutcome> for BiometricOutcome {
    fn from(outcome: core::BiometricOutcome) -> Self {
        let refusal = match outcome {
            core::BiometricOutcome::Unlocked(session) => return Self::Unlocked { session: Session::new(session) },
            core::BiometricOutcome::NotRecognised => core::BiometricRefusal::NotRecognised,
            core::BiometricOutcome::Ended(end) => core::BiometricRefusal::Ended(end),
            core::BiometricOutcome::Denied(reason) => core::BiometricRefusal::Denied(reason),
            core::BiometricOutcome::NoVerdict(cause) => core::BiometricRefusal::NoVerdict(cause),
        };
        Self::Refused { refusal: refusal.into() }
    }
}

impl From<core::BiometricRefusal> for BiometricRefusal {
    fn from(refusal: core::BiometricRefusal) -> Self {
        match refusal {
            core::BiometricRefusal::NotRecognised => Self::NotRecognised,
            core::BiometricRefusal::Ended(end) => Self::Ended { end },
            core::BiometricRefusal::Denied(reason) => Self::Denied { reason },
            core::BiometricRefusal::NoVerdict(cause) => Self::NoVerdict { cause: cause.into() },
        }
    }
}

impl From<core::BiometricChange> for BiometricChange {
    fn from(change: core::BiometricChange) -> Self {
        match change {
            core::BiometricChange::Done => Self::Done,
            core::BiometricChange::Ended(end) => Self::Ended { end },
            core::BiometricChange::Denied(reason) => Self::Denied { reason },
            core::BiometricChange::NoVerdict(cause) => Self::NoVerdict { cause: cause.into() },
        }
    }
}
