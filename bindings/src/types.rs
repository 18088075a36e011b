//! Values that are passed between the core and Kotlin. Their numbers are signed, because Kotlin mangles the Java names
//! of methods with unsigned types.

use walletlock_core as core;
use walletlock_core::pin::{self, Severity};
use walletlock_core::platform::{DeviceKeyFault, KeyPurpose, SecurityLevel};
use walletlock_core::policy::Contact;
use walletlock_core::policy::RollbackProtection;
use walletlock_core::reminders::Reminder;
use walletlock_core::request::PromptId;
use walletlock_core::{LockReason, SessionEnd, WhoLocked};

#[uniffi::remote(Enum)]
pub enum DeviceKeyFault {
    Gone,
    Busy,
    NoHardware,
    Failed,
}

#[uniffi::remote(Enum)]
pub enum KeyPurpose {
    PinSlot,
    Seal,
    Biometric,
    Installation,
}

#[uniffi::remote(Enum)]
pub enum SecurityLevel {
    Strongbox,
    TrustedEnvironment,
    Software,
    Unknown,
}

#[uniffi::remote(Enum)]
pub enum RollbackProtection {
    On,
    Off,
}

#[uniffi::remote(Enum)]
pub enum LockReason {
    TooManyAttempts,
    UntilRestart,
    DataDamaged,
    LostOrStolen,
    ProviderOrder,
    LockedByOwner,
    UnusualActivity,
    HeartbeatExpired,
}

#[uniffi::remote(Enum)]
pub enum WhoLocked {
    Phone,
    Owner,
    Account,
    Provider,
}

#[derive(uniffi::Enum)]
pub enum RemedyState {
    Available,
    Waiting { left_ms: i64 },
    UsedUp,
    NotSetUp,
}

#[uniffi::remote(Enum)]
pub enum Reminder {
    Rehearse,
    Change,
    Review,
    UnusedCard,
}

#[uniffi::remote(Enum)]
pub enum Severity {
    Forbidden,
    Weak,
}

#[uniffi::remote(Enum)]
pub enum Contact {
    Phone(String),
    Form(String),
    Social(String),
    Police(String),
}

#[uniffi::remote(Enum)]
pub enum SessionEnd {
    Closed,
    Time,
    Locked,
    ScreenOff,
    Replaced,
}

/// Milliseconds until the next open session ends (null if none is open), and why the session that ended last did so.
#[derive(uniffi::Record)]
pub struct OpenSessions {
    pub next_end_ms: Option<i64>,
    pub last_end: Option<SessionEnd>,
}

#[derive(uniffi::Enum)]
pub enum LockStatus {
    Unconfigured,
    Busy,
    Ready { tries_left: Option<i32> },
    CoolingDown { remaining_ms: i64, tries_left: Option<i32>, remedies: Vec<Remedy> },
    Locked { reason: LockReason, by: WhoLocked, message: Option<FinderMessage>, remedies: Vec<Remedy> },
    Wiped,
}

#[derive(uniffi::Enum)]
pub enum Remedy {
    CheckAgain,
    Wait { ms: i64 },
    Restart,
    RecoveryCode { state: RemedyState },
    EnterPin,
    AskProvider { state: RemedyState },
    Connect { state: RemedyState },
    AskEscrow { state: RemedyState },
    Contact { contact: Contact },
}

/// A message of the provider for whoever finds the phone.
#[derive(uniffi::Record)]
pub struct FinderMessage {
    pub text: String,
    pub contact: Option<Contact>,
}

/// A reason against a PIN, how bad it is, and, for the two rules about length, the number of digits that they ask for.
#[derive(uniffi::Record)]
pub struct Finding {
    pub rule: PinRule,
    pub severity: Severity,
    pub digits: Option<i32>,
}

#[derive(uniffi::Enum)]
pub enum PinRule {
    TooShort,
    TooLong,
    FewDigits,
    Run,
    RepeatedBlock,
    Doubled,
    KeypadLine,
    Common,
    Personal,
    UsedBefore,
    Date,
    Palindrome,
    NearPin,
    MostlyOneDigit,
    KeypadWalk,
}

#[derive(uniffi::Record)]
pub struct Judgement {
    pub findings: Vec<Finding>,
    pub allowed: bool,
}

/// Personal data that others may know. The PIN must not be made of it. It is used during the call and never kept.
#[derive(uniffi::Enum)]
pub enum Personal {
    Birthday { year: i32, month: i32, day: i32 },
    Number { digits: String },
}

/// Converts to a signed number. The core's numbers are far below the bound; a larger one becomes `i64::MAX`.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The id of a prompt from its signed form. Every 64-bit value is a valid id.
pub(crate) fn prompt_id(id: i64) -> PromptId {
    PromptId(id.cast_unsigned())
}

/// Converts to an unsigned number. A negative number becomes 0, which is below every number that is counted from 1.
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(crate) fn signed_32(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl From<core::LockStatus> for LockStatus {
    fn from(status: core::LockStatus) -> Self {
        let list = |remedies: Vec<core::Remedy>| remedies.into_iter().map(Into::into).collect();
        match status {
            core::LockStatus::Unconfigured => Self::Unconfigured,
            core::LockStatus::Busy => Self::Busy,
            core::LockStatus::Ready { tries_left } => Self::Ready { tries_left: tries_left.map(signed_32) },
            core::LockStatus::CoolingDown { remaining_ms, tries_left, remedies } => Self::CoolingDown {
                remaining_ms: signed(remaining_ms),
                tries_left: tries_left.map(signed_32),
                remedies: list(remedies),
            },
            core::LockStatus::Locked { reason, by, message, remedies } => {
                let message = message.map(|core::FinderMessage { text, contact }| FinderMessage { text, contact });
                Self::Locked { reason, by, message, remedies: list(remedies) }
            }
            core::LockStatus::Wiped => Self::Wiped,
        }
    }
}

impl From<core::OpenSessions> for OpenSessions {
    fn from(open: core::OpenSessions) -> Self {
        Self { next_end_ms: open.next_end_ms.map(signed), last_end: open.last_end }
    }
}

impl From<core::Remedy> for Remedy {
    fn from(remedy: core::Remedy) -> Self {
        match remedy {
            core::Remedy::CheckAgain => Self::CheckAgain,
            core::Remedy::Wait(ms) => Self::Wait { ms: signed(ms) },
            core::Remedy::Restart => Self::Restart,
            core::Remedy::RecoveryCode(state) => Self::RecoveryCode { state: state.into() },
            core::Remedy::EnterPin => Self::EnterPin,
            core::Remedy::AskProvider(state) => Self::AskProvider { state: state.into() },
            core::Remedy::Connect(state) => Self::Connect { state: state.into() },
            core::Remedy::AskEscrow(state) => Self::AskEscrow { state: state.into() },
            core::Remedy::Contact(contact) => Self::Contact { contact },
        }
    }
}

impl From<core::RemedyState> for RemedyState {
    fn from(state: core::RemedyState) -> Self {
        match state {
            core::RemedyState::Available => Self::Available,
            core::RemedyState::Waiting { left_ms } => Self::Waiting { left_ms: signed(left_ms) },
            core::RemedyState::UsedUp => Self::UsedUp,
            core::RemedyState::NotSetUp => Self::NotSetUp,
        }
    }
}

impl From<pin::Finding> for Finding {
    fn from(finding: pin::Finding) -> Self {
        let (rule, digits) = match finding {
            pin::Finding::TooShort { min } => (PinRule::TooShort, Some(min.into())),
            pin::Finding::TooLong { max } => (PinRule::TooLong, Some(max.into())),
            pin::Finding::FewDigits => (PinRule::FewDigits, None),
            pin::Finding::Run => (PinRule::Run, None),
            pin::Finding::RepeatedBlock => (PinRule::RepeatedBlock, None),
            pin::Finding::Doubled => (PinRule::Doubled, None),
            pin::Finding::KeypadLine => (PinRule::KeypadLine, None),
            pin::Finding::Common => (PinRule::Common, None),
            pin::Finding::Personal => (PinRule::Personal, None),
            pin::Finding::UsedBefore => (PinRule::UsedBefore, None),
            pin::Finding::NearPin => (PinRule::NearPin, None),
            pin::Finding::Date => (PinRule::Date, None),
            pin::Finding::Palindrome => (PinRule::Palindrome, None),
            pin::Finding::MostlyOneDigit => (PinRule::MostlyOneDigit, None),
            pin::Finding::KeypadWalk => (PinRule::KeypadWalk, None),
        };
        Self { rule, severity: finding.severity(), digits }
    }
}

impl From<core::Judgement> for Judgement {
    fn from(judgement: core::Judgement) -> Self {
        Self { findings: findings(judgement.findings), allowed: judgement.allowed }
    }
}

pub(crate) fn findings(findings: Vec<pin::Finding>) -> Vec<Finding> {
    findings.into_iter().map(Into::into).collect()
}

impl From<Personal> for pin::Personal {
    fn from(personal: Personal) -> Self {
        match personal {
            // A number that does not fit cannot be part of a date. It becomes 0, which means 'unknown' and matches no
            // digits.
            Personal::Birthday { year, month, day } => Self::Birthday {
                year: u16::try_from(year).unwrap_or(0),
                month: u8::try_from(month).unwrap_or(0),
                day: u8::try_from(day).unwrap_or(0),
            },
            Personal::Number { digits } => Self::Number(digits.into()),
        }
    }
}
