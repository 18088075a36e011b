//! How calls end. Verdicts are values; an app matches them all.

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
    /// No PIN is taken now, or this one was wrong and the last.
    Locked(LockStatus),
    /// It could not be told.
    NoVerdict(NoVerdict),
}

/// What a wrong PIN means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongPin {
    /// Tries until a stop that time does not lift. `None`: the policy has no such stop.
    pub tries_left: Option<u32>,
    /// Milliseconds until the next may be entered; 0: at once.
    pub cooldown_ms: u64,
    /// It was entered a moment ago already, and was not counted again.
    pub repeated: bool,
}

/// Why it could not be told whether a PIN is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVerdict {
    /// The entry holds fewer digits than a PIN has. Nothing was counted.
    NotAPin,
    /// Clock or randomness failed, or the phone's boot count cannot be read. Nothing was counted.
    Platform,
    /// The device key did not answer.
    DeviceKey(DeviceKeyFault),
    /// The storage failed.
    Storage,
    /// The lock was busy: too many tries at once, or the PIN was changed meanwhile.
    TryAgain,
    /// The phone has not the memory now that checking a PIN takes. Nothing was counted.
    NoMemory,
}

/// Whether biometrics may be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiometricAvailability {
    /// They may.
    Available,
    /// They may not, for this reason.
    Denied(BiometricDenial),
}

/// Why asking for a finger or face opened nothing.
#[derive(Debug)]
pub(crate) enum BiometricRefusal {
    NotRecognised,
    Ended(PromptEnd),
    Denied(BiometricDenial),
    NoVerdict(NoVerdict),
}

/// How switching biometrics on ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiometricChange {
    /// They are on.
    Done,
    /// The prompt ended without anyone recognised. Everything is as it was.
    Ended(PromptEnd),
    /// The phone cannot do it now, for this reason.
    Denied(BiometricDenial),
    /// Another prompt is shown.
    NoVerdict(NoVerdict),
}

/// How changing the PIN, or the wipe PIN, ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinChange {
    /// The new PIN is in force; or the wipe PIN is set, or cleared.
    Changed {
        /// A finger or face opens the wallet as well. Who knew the PIN may have switched that on.
        biometrics_on: bool,
    },
    /// The new PIN is not allowed, for these reasons. What was in force is.
    Forbidden(Vec<Finding>),
    /// The current PIN was not accepted.
    Refused(Refusal),
}

/// How removing the lock and everything it protects ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Everything is destroyed; the lock is as new.
    Removed,
    /// The PIN was not accepted.
    Refused(Refusal),
}

impl Removal {
    /// Why nothing was removed, if so.
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
    /// What a person is told when the record cannot be read or written.
    pub(super) fn from_fault(engine: &Engine, fault: &LockError) -> Self {
        match fault {
            LockError::DataDamaged => Self::Locked(LockStatus::damaged(&engine.requested_policy)),
            LockError::WrongState => match super::status::without_record(engine) {
                LockStatus::Busy => Self::NoVerdict(NoVerdict::TryAgain),
                status => Self::Locked(status),
            },
            fault => Self::NoVerdict(NoVerdict::from_fault(fault)),
        }
    }
}

impl NoVerdict {
    /// What a fault on the way to a verdict is called. Damage is no such fault: it locks.
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
    /// Someone else changed the PIN, or removed the wallet, while this change was under way.
    pub(super) const TRY_AGAIN: Self = Self::Refused(Refusal::NoVerdict(NoVerdict::TryAgain));
}
