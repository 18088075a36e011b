//! The recovery code: the digits that a person types, a new code, and the wallet that a code opened.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::recovery;

use crate::error::{LockError, invalid};
use crate::outcomes::NoVerdict;
use crate::pin_entry::PinEntry;
use crate::registry;
use crate::session::Session;
use crate::types::{Finding, LockStatus, Personal, findings, signed};

#[derive(Debug, uniffi::Object)]
pub struct CodeEntry(pub(crate) recovery::CodeEntry);

#[derive(uniffi::Enum)]
pub enum CodeStep {
    Typing { group: i32 },
    Slip { group: i32 },
    Complete,
}

#[uniffi::export]
impl CodeEntry {
    /// An entry for a whole code, or for this group, 1 to 8.
    #[uniffi::constructor]
    pub fn new(group: Option<i32>) -> Result<Arc<Self>, LockError> {
        let entry = match group {
            Some(group) => recovery::CodeEntry::of_group(index(group)).ok_or_else(|| invalid("group"))?,
            None => recovery::CodeEntry::new(),
        };
        Ok(Arc::new(Self(entry)))
    }

    /// Adds a digit, 0 to 9, unless the entry is complete or its last group holds a typing slip.
    pub fn push(&self, digit: i32) -> Result<CodeStep, LockError> {
        let digit = u32::try_from(digit).map_err(|_| invalid("digit"))?;
        Ok(self.0.push(digit).map_err(|_| invalid("digit"))?.into())
    }

    /// Removes the last digit. `false` if there was none.
    pub fn pop(&self) -> bool {
        self.0.pop()
    }

    /// Wipes the digits of the last group that has any, or all digits.
    pub fn clear(&self, group_only: bool) {
        if group_only {
            self.0.clear_group();
        } else {
            self.0.clear();
        }
    }

    /// A new entry with the same digits.
    pub fn duplicate(&self) -> Arc<Self> {
        Arc::new(Self(self.0.duplicate()))
    }

    /// How many digits were typed.
    pub fn length(&self) -> i32 {
        self.0.length() as i32
    }

    pub fn step(&self) -> CodeStep {
        self.0.step().into()
    }
}

/// A new recovery code. It wipes itself when it is freed.
#[derive(Debug, uniffi::Object)]
pub struct RecoveryCode(pub(crate) recovery::RecoveryCode);

#[uniffi::export]
impl RecoveryCode {
    /// The digit of a group (1 to 8) at a place (0 to 5).
    pub fn digit(&self, group: i32, place: i32) -> Result<i32, LockError> {
        let digit = self.0.digit(index(group), index(place)).ok_or_else(|| invalid("group or place"))?;
        Ok(digit.into())
    }

    /// The groups that the person has to type.
    pub fn asked_groups(&self) -> Vec<i32> {
        self.0.asked_groups().into_iter().map(number).collect()
    }

    /// Compares a typed group with the code's. The entry is left empty.
    pub fn confirm(&self, entry: &CodeEntry) -> bool {
        self.0.confirm(&entry.0)
    }

    pub fn is_confirmed(&self) -> bool {
        self.0.is_confirmed()
    }
}

impl RecoveryCode {
    pub(crate) fn new(code: recovery::RecoveryCode) -> Arc<Self> {
        Arc::new(Self(code))
    }
}

/// A wallet that the recovery code, or the provider, opened.
#[derive(uniffi::Object)]
pub struct Rescue(Option<core::Rescue>);

#[uniffi::export]
impl Rescue {
    pub fn new_code(&self) -> Result<Arc<RecoveryCode>, LockError> {
        Ok(RecoveryCode::new(self.core()?.new_code()?))
    }

    pub fn finish(
        &self,
        pin: &PinEntry,
        personal: Vec<Personal>,
        code: &RecoveryCode,
    ) -> Result<RecoveryOutcome, LockError> {
        let personal: Vec<_> = personal.into_iter().map(Into::into).collect();
        Ok(self.core()?.finish(&pin.0, &personal, &code.0)?.into())
    }
}

impl Rescue {
    pub(crate) fn new(rescue: core::Rescue) -> Arc<Self> {
        Arc::new(Self(Some(rescue)))
    }

    /// The core's object. It is missing only while this one is being dropped.
    fn core(&self) -> Result<&core::Rescue, LockError> {
        self.0.as_ref().ok_or(LockError::WrongState)
    }
}

impl Drop for Rescue {
    fn drop(&mut self) {
        if let Some(rescue) = self.0.take() {
            let lock = rescue.lock();
            drop(rescue);
            registry::release(lock);
        }
    }
}

#[derive(uniffi::Enum)]
pub enum CodeOutcome {
    Opened { rescue: Arc<Rescue> },
    Refused { refusal: CodeRefusal },
}

#[derive(uniffi::Enum)]
pub enum CodeRefusal {
    NotACode { group: i32 },
    Wrong,
    OldCode,
    Altered,
    NotSetUp,
    Locked { status: LockStatus },
    NoVerdict { cause: NoVerdict },
}

#[derive(uniffi::Enum)]
pub enum RecoveryOutcome {
    Done { session: Arc<Session>, lost_items: Vec<String> },
    Locked { status: LockStatus, lost_items: Vec<String> },
    Forbidden { findings: Vec<Finding> },
    NotConfirmed,
    Expired,
}

#[derive(uniffi::Enum)]
pub enum RecoveryChange {
    InForce,
    Pending { left_ms: i64 },
    NotConfirmed,
}

#[derive(uniffi::Record)]
pub struct RecoveryStatus {
    pub has_code: Option<bool>,
    pub pending: Option<PendingChange>,
    pub has_escrow: Option<bool>,
    pub pending_escrow: Option<PendingChange>,
}

#[derive(uniffi::Record)]
pub struct PendingChange {
    pub left_ms: i64,
    pub withdraws: bool,
}

/// A group or a place from its signed form. A negative number becomes one that no code has.
fn index(number: i32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn number(group: usize) -> i32 {
    i32::try_from(group).unwrap_or(i32::MAX)
}

impl From<recovery::CodeStep> for CodeStep {
    fn from(step: recovery::CodeStep) -> Self {
        match step {
            recovery::CodeStep::Typing { group } => Self::Typing { group: number(group) },
            recovery::CodeStep::Slip { group } => Self::Slip { group: number(group) },
            recovery::CodeStep::Complete => Self::Complete,
        }
    }
}

impl From<core::CodeOutcome> for CodeOutcome {
    fn from(outcome: core::CodeOutcome) -> Self {
        match outcome {
            core::CodeOutcome::Opened(rescue) => Self::Opened { rescue: Rescue::new(rescue) },
            core::CodeOutcome::Refused(refusal) => Self::Refused { refusal: refusal.into() },
        }
    }
}

impl From<core::CodeRefusal> for CodeRefusal {
    fn from(refusal: core::CodeRefusal) -> Self {
        match refusal {
            core::CodeRefusal::NotACode { group } => Self::NotACode { group: number(group) },
            core::CodeRefusal::Wrong => Self::Wrong,
            core::CodeRefusal::OldCode => Self::OldCode,
            core::CodeRefusal::Altered => Self::Altered,
            core::CodeRefusal::NotSetUp => Self::NotSetUp,
            core::CodeRefusal::Locked(status) => Self::Locked { status: status.into() },
            core::CodeRefusal::NoVerdict(cause) => Self::NoVerdict { cause: cause.into() },
        }
    }
}

impl From<core::RecoveryOutcome> for RecoveryOutcome {
    fn from(outcome: core::RecoveryOutcome) -> Self {
        match outcome {
            core::RecoveryOutcome::Done { session, lost_items } => {
                Self::Done { session: Session::new(session), lost_items }
            }
            core::RecoveryOutcome::Locked { status, lost_items } => Self::Locked { status: status.into(), lost_items },
            core::RecoveryOutcome::Forbidden(reasons) => Self::Forbidden { findings: findings(reasons) },
            core::RecoveryOutcome::NotConfirmed => Self::NotConfirmed,
            core::RecoveryOutcome::Expired => Self::Expired,
        }
    }
}

impl From<core::RecoveryChange> for RecoveryChange {
    fn from(change: core::RecoveryChange) -> Self {
        match change {
            core::RecoveryChange::InForce => Self::InForce,
            core::RecoveryChange::Pending { left_ms } => Self::Pending { left_ms: signed(left_ms) },
            core::RecoveryChange::NotConfirmed => Self::NotConfirmed,
        }
    }
}

impl From<core::RecoveryStatus> for RecoveryStatus {
    fn from(status: core::RecoveryStatus) -> Self {
        let pending = |change: Option<core::PendingChange>| {
            change.map(|change| PendingChange { left_ms: signed(change.left_ms), withdraws: change.withdraws })
        };
        Self {
            has_code: status.has_code,
            pending: pending(status.pending),
            has_escrow: status.has_escrow,
            pending_escrow: pending(status.pending_escrow),
        }
    }
}
