//! How calls end. Verdicts are values, not errors; an app has to handle all of them.

use crate::engine::Engine;
use crate::error::LockError;
use crate::pin::Finding;
use crate::platform::{DeviceKeyFault, PlatformFault, PromptEnd};
use crate::record::LockStatus;
use crate::request::BiometricDenial;

/// Why a call that needs the PIN was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The PIN is wrong.
    Wrong(WrongPin),
    /// No PIN is accepted now, or this PIN was wrong and no further try is allowed.
    Locked(LockStatus),
    /// The check gave no verdict: nobody knows whether the PIN is right.
    NoVerdict(NoVerdict),
}

/// What a wrong PIN means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongPin {
    /// Tries left until a lock that does not end by waiting. `None`: the policy has no such lock.
    pub tries_left: Option<u32>,
    /// Milliseconds until the next PIN may be entered; 0: at once.
    pub cooldown_ms: u64,
    /// The same wrong PIN was entered shortly before. It was not counted again.
    pub repeated: bool,
}

/// Why a call ended without a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVerdict {
    /// The entry holds fewer digits than a PIN has. Nothing was counted.
    NotAPin,
    /// The clock or the source of randomness failed, or the phone's boot count cannot be read. Nothing was counted.
    Platform,
    /// The device key did not answer.
    DeviceKey(DeviceKeyFault),
    /// The storage failed.
    Storage,
    /// The lock was busy: too many tries at once, another prompt is shown, or the PIN was changed meanwhile. Try again.
    TryAgain,
    /// The phone does not have enough free memory to check a PIN now. Nothing was counted.
    NoMemory,
}

/// Whether biometrics may be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiometricAvailability {
    /// They may be used.
    Available,
    /// They may not be used, for this reason.
    Denied(BiometricDenial),
}

/// Why a call that asks for biometrics proved nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiometricRefusal {
    /// Nobody was recognised: the failures in a row reached the policy's limit, or the prompt's answer did not open the
    /// slot.
    NotRecognised,
    /// The prompt ended and nobody was recognised. Nothing was counted.
    Ended(PromptEnd),
    /// Biometrics may not be used now, for this reason.
    Denied(BiometricDenial),
    /// The call ended without a verdict.
    NoVerdict(NoVerdict),
}

/// How switching biometrics on ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiometricChange {
    /// They are on.
    Done,
    /// The prompt ended and nobody was recognised. Nothing was changed.
    Ended(PromptEnd),
    /// Biometrics cannot be switched on now, for this reason.
    Denied(BiometricDenial),
    /// Another prompt is shown.
    NoVerdict(NoVerdict),
}

/// How changing the PIN, or the wipe PIN, ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinChange {
    /// The new PIN is in force; or the wipe PIN is set, or cleared.
    Changed {
        /// Biometrics are on: a finger or face opens the wallet too. Someone else who knew the PIN may have switched
        /// them on.
        biometrics_on: bool,
    },
    /// The new PIN is not allowed, for these reasons. The PIN, or wipe PIN, in force did not change.
    Forbidden(Vec<Finding>),
    /// The current PIN was not accepted.
    Refused(Refusal),
}

/// How removing the lock and everything it protects ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Everything is destroyed; a first PIN can be set again.
    Removed,
    /// The PIN was not accepted.
    Refused(Refusal),
}

impl Removal {
    /// Why nothing was removed. `None` if the removal was done.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Removed => None,
            Self::Refused(refusal) => Some(refusal),
        }
    }
}

impl From<LockError> for BiometricRefusal {
    fn from(fault: LockError) -> Self {
        match fault {
            LockError::DataDamaged => Self::Denied(BiometricDenial::Locked),
            fault => Self::NoVerdict(NoVerdict::from_fault(&fault)),
        }
    }
}

impl From<PlatformFault> for BiometricRefusal {
    fn from(fault: PlatformFault) -> Self {
        LockError::from(fault).into()
    }
}

impl From<DeviceKeyFault> for BiometricRefusal {
    fn from(fault: DeviceKeyFault) -> Self {
        LockError::from(fault).into()
    }
}

impl Refusal {
    /// The refusal to return when the record cannot be read or written.
    pub(super) fn from_fault(engine: &Engine, fault: &LockError) -> Self {
        match fault {
            LockError::DataDamaged => Self::Locked(super::status::damaged(engine)),
            LockError::WrongState => match super::status::without_record(engine) {
                LockStatus::Busy => Self::NoVerdict(NoVerdict::TryAgain),
                status => Self::Locked(status),
            },
            fault => Self::NoVerdict(NoVerdict::from_fault(fault)),
        }
    }
}

impl NoVerdict {
    /// The `NoVerdict` for a fault that stopped the check. `DataDamaged` is not handled here: damage locks.
    pub(super) fn from_fault(fault: &LockError) -> Self {
        match fault {
            LockError::DeviceKey(fault) => Self::DeviceKey(*fault),
            LockError::Platform(_) => Self::Platform,
            LockError::WrongState => Self::TryAgain,
            LockError::NoMemory => Self::NoMemory,
            _ => Self::Storage,
        }
    }
}

impl PinChange {
    /// Another call changed the PIN, or removed the wallet, while this change was running.
    pub(super) const TRY_AGAIN: Self = Self::Refused(Refusal::NoVerdict(NoVerdict::TryAgain));
}
