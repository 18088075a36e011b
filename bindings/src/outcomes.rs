//! The outcomes of calls that need a PIN.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::platform::DeviceKeyFault;

use crate::session::Session;
use crate::types::{Finding, LockStatus, findings, signed, signed_32};

#[derive(uniffi::Enum)]
pub enum PinOutcome {
    Right { session: Arc<Session> },
    Refused { refusal: Refusal },
}

#[derive(uniffi::Enum)]
pub enum Refusal {
    Wrong { tries_left: Option<i32>, cooldown_ms: i64, repeated: bool },
    Locked { status: LockStatus },
    NoVerdict { cause: NoVerdict },
}

#[derive(uniffi::Enum)]
pub enum NoVerdict {
    NotAPin,
    Platform,
    DeviceKey { fault: DeviceKeyFault },
    Storage,
    TryAgain,
    NoMemory,
}

#[derive(uniffi::Enum)]
pub enum Enrolment {
    Enrolled { session: Arc<Session> },
    Forbidden { findings: Vec<Finding> },
}

#[derive(uniffi::Enum)]
pub enum PinChange {
    Changed { biometrics_on: bool },
    Forbidden { findings: Vec<Finding> },
    Refused { refusal: Refusal },
}

#[derive(uniffi::Enum)]
pub enum Removal {
    Removed,
    Refused { refusal: Refusal },
}

impl From<core::PinOutcome> for PinOutcome {
    fn from(outcome: core::PinOutcome) -> Self {
        let refusal = match outcome {
            core::PinOutcome::Right(session) => return Self::Right { session: Session::new(session) },
            core::PinOutcome::Wrong(wrong) => core::Refusal::Wrong(wrong),
            core::PinOutcome::Locked(status) => core::Refusal::Locked(status),
            core::PinOutcome::NoVerdict(cause) => core::Refusal::NoVerdict(cause),
        };
        Self::Refused { refusal: refusal.into() }
    }
}

impl From<core::Refusal> for Refusal {
    fn from(refusal: core::Refusal) -> Self {
        match refusal {
            core::Refusal::Wrong(wrong) => Self::Wrong {
                tries_left: wrong.tries_left.map(signed_32),
                cooldown_ms: signed(wrong.cooldown_ms),
                repeated: wrong.repeated,
            },
            core::Refusal::Locked(status) => Self::Locked { status: status.into() },
            core::Refusal::NoVerdict(cause) => Self::NoVerdict { cause: cause.into() },
        }
    }
}

impl From<core::NoVerdict> for NoVerdict {
    fn from(cause: core::NoVerdict) -> Self {
        match cause {
            core::NoVerdict::NotAPin => Self::NotAPin,
            core::NoVerdict::Platform => Self::Platform,
            core::NoVerdict::DeviceKey(fault) => Self::DeviceKey { fault },
            core::NoVerdict::Storage => Self::Storage,
            core::NoVerdict::TryAgain => Self::TryAgain,
            core::NoVerdict::NoMemory => Self::NoMemory,
        }
    }
}

impl From<core::Enrolment> for Enrolment {
    fn from(enrolment: core::Enrolment) -> Self {
        match enrolment {
            core::Enrolment::Enrolled(session) => Self::Enrolled { session: Session::new(session) },
            core::Enrolment::Forbidden(reasons) => Self::Forbidden { findings: findings(reasons) },
        }
    }
}

impl From<core::PinChange> for PinChange {
    fn from(change: core::PinChange) -> Self {
        match change {
            core::PinChange::Changed { biometrics_on } => Self::Changed { biometrics_on },
            core::PinChange::Forbidden(reasons) => Self::Forbidden { findings: findings(reasons) },
            core::PinChange::Refused(refusal) => Self::Refused { refusal: refusal.into() },
        }
    }
}

impl From<core::Removal> for Removal {
    fn from(removal: core::Removal) -> Self {
        match removal {
            core::Removal::Removed => Self::Removed,
            core::Removal::Refused(refusal) => Self::Refused { refusal: refusal.into() },
        }
    }
}
