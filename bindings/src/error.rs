//! The faults, which Kotlin gets as exceptions.

use walletlock_core as core;
use walletlock_core::platform::DeviceKeyFault;

/// A fault: why a call failed. A wrong PIN is an outcome and not a fault.
#[derive(Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LockError {
    #[error("this wallet is already open")]
    InUse,
    #[error("a newer version wrote this wallet")]
    NewerVersion,
    #[error("the storage failed")]
    Storage,
    #[error("protected data is damaged")]
    DataDamaged,
    #[error("the device key did not answer")]
    DeviceKey { fault: DeviceKeyFault },
    #[error("clock, randomness or sensor failed")]
    Platform,
    #[error("the policy is not valid")]
    Policy { field: String, problem: String },
    #[error("the session is over")]
    SessionEnded,
    #[error("the PIN is needed")]
    PinNeeded,
    #[error("the second factor is needed")]
    SecondFactorNeeded,
    #[error("not possible in this state")]
    WrongState,
    #[error("a value is not valid")]
    Invalid { what: String },
    #[error("there may be no more of these for now")]
    LimitReached { what: String },
    #[error("not enough memory")]
    NoMemory,
}

/// A value is not valid. `what` names it; it does not contain it.
pub(crate) fn invalid(what: &str) -> LockError {
    LockError::Invalid { what: what.to_owned() }
}

impl From<core::LockError> for LockError {
    fn from(error: core::LockError) -> Self {
        match error {
            core::LockError::InUse => Self::InUse,
            core::LockError::NewerVersion => Self::NewerVersion,
            core::LockError::Storage => Self::Storage,
            core::LockError::DataDamaged => Self::DataDamaged,
            core::LockError::DeviceKey(fault) => Self::DeviceKey { fault },
            core::LockError::Platform(_) => Self::Platform,
            core::LockError::Policy(error) => Self::Policy { field: error.field, problem: error.problem },
            core::LockError::SessionEnded => Self::SessionEnded,
            core::LockError::PinNeeded => Self::PinNeeded,
            core::LockError::SecondFactorNeeded => Self::SecondFactorNeeded,
            core::LockError::WrongState => Self::WrongState,
            core::LockError::Invalid(what) => Self::Invalid { what: what.to_owned() },
            core::LockError::LimitReached(what) => Self::LimitReached { what: what.to_owned() },
            core::LockError::NoMemory => Self::NoMemory,
        }
    }
}
