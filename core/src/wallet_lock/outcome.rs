//! How a call that needs a PIN can end. Verdicts are values; an app matches them all.

use super::session::Session;
use super::status::LockStatus;
use crate::biometric::BiometricDenial;
use crate::error::LockError;
use crate::pin::Finding;
use crate::platform::{DeviceKeyFault, PromptEnd};

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
}

/// Whether biometrics may be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BiometricAvailability {
    /// They may.
    Available,
    /// They may not, for this reason.
    Denied(BiometricDenial),
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

/// How setting the first PIN ended.
#[derive(Debug)]
pub enum Enrolment {
    /// It is set, and the wallet is open.
    Enrolled(Session),
    /// The proposed PIN is not allowed, for these reasons.
    Forbidden(Vec<Finding>),
}

/// How changing the PIN, or the wipe PIN, ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PinChange {
    /// The new PIN is in force.
    Changed,
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

impl From<Refusal> for PinOutcome {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Wrong(wrong) => Self::Wrong(wrong),
            Refusal::Locked(status) => Self::Locked(status),
            Refusal::NoVerdict(cause) => Self::NoVerdict(cause),
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
            _ => Self::Storage,
        }
    }
}
