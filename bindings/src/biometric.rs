//! Biometrics: what a call can ask for, and its outcomes.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::money::{self, Currency};
use walletlock_core::platform::{PromptEnd, PromptOperation, SensorAvailability};
use walletlock_core::request::{self, BiometricDenial};

use crate::error::{LockError, invalid};
use crate::outcomes::NoVerdict;
use crate::session::Session;
use crate::types::{prompt_id, signed};

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
    pub payment: Option<Payment>,
    pub risk_is_raised: bool,
}

#[derive(uniffi::Record)]
pub struct Payment {
    pub amount: Money,
    pub payee: String,
}

#[derive(uniffi::Record)]
pub struct Money {
    pub minor: i64,
    pub currency: String,
}

/// What opened a session.
#[derive(uniffi::Enum)]
pub enum AuthMethod {
    Pin,
    Biometrics { payment: Option<Payment> },
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

impl TryFrom<BiometricRequest> for request::BiometricRequest {
    type Error = LockError;

    fn try_from(request: BiometricRequest) -> Result<Self, LockError> {
        let payment = request.payment.map(TryInto::try_into).transpose()?;
        Ok(Self { prompt_id: prompt_id(request.prompt_id), payment, risk_is_raised: request.risk_is_raised })
    }
}

impl TryFrom<Payment> for request::Payment {
    type Error = LockError;

    fn try_from(payment: Payment) -> Result<Self, LockError> {
        Ok(Self::new(payment.amount.try_into()?, &payment.payee)?)
    }
}

impl TryFrom<Money> for money::Money {
    type Error = LockError;

    fn try_from(amount: Money) -> Result<Self, LockError> {
        let currency = Currency::new(&amount.currency).map_err(|_| invalid("currency"))?;
        let minor = u64::try_from(amount.minor).map_err(|_| invalid("amount"))?;
        Self::new(minor, currency).map_err(|_| invalid("amount"))
    }
}

impl From<request::Payment> for Payment {
    fn from(payment: request::Payment) -> Self {
        let amount = payment.amount();
        let amount = Money { minor: signed(amount.minor()), currency: amount.currency().to_string() };
        Self { amount, payee: payment.payee().to_owned() }
    }
}

impl From<core::AuthMethod> for AuthMethod {
    fn from(method: core::AuthMethod) -> Self {
        match method {
            core::AuthMethod::Pin => Self::Pin,
            core::AuthMethod::Biometrics { payment } => Self::Biometrics { payment: payment.map(Into::into) },
        }
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
            core::BiometricOutcome::NotRecognised => BiometricRefusal::NotRecognised,
            core::BiometricOutcome::Ended(end) => BiometricRefusal::Ended { end },
            core::BiometricOutcome::Denied(reason) => BiometricRefusal::Denied { reason },
            core::BiometricOutcome::NoVerdict(cause) => BiometricRefusal::NoVerdict { cause: cause.into() },
        };
        Self::Refused { refusal }
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
