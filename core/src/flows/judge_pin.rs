//! How good a proposed PIN is.

use crate::engine::Engine;
use crate::error::LockError;
use crate::pin::{Finding, Personal, Pin, PinEntry, Severity, strength};
use crate::policy::Policy;
use crate::stack::with_stack_wiped;

/// How good a proposed PIN is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Every reason against it.
    pub findings: Vec<Finding>,
    /// Whether the policy lets it be set.
    pub allowed: bool,
}

pub(crate) fn judge_pin(engine: &Engine, entry: &PinEntry, personal: &[Personal]) -> Result<Judgement, LockError> {
    let policy = super::status::policy(engine)?;
    Ok(with_stack_wiped(|| match entry.peek() {
        Some(pin) => judge(&pin, personal, &policy),
        None => Judgement { findings: vec![too_short(&policy)], allowed: false },
    }))
}

/// Judges a proposed PIN without looking at the history of earlier PINs.
pub(super) fn judge(pin: &Pin, personal: &[Personal], policy: &Policy) -> Judgement {
    let findings: Vec<_> = judge_length(pin, policy).into_iter().chain(strength::judge(pin, personal)).collect();
    let refused = |finding: &Finding| finding.severity() == Severity::Forbidden || policy.pin.forbid_weak;
    let allowed = !findings.iter().any(refused);
    Judgement { findings, allowed }
}

/// The finding about the PIN's length, if any.
fn judge_length(pin: &Pin, policy: &Policy) -> Option<Finding> {
    strength::judge_length(pin, policy.pin.min_digits as u8, policy.pin.max_digits as u8)
}

/// The finding about an entry that holds no PIN. An entry holds only digits, and never too many, so it can only be too
/// short.
pub(super) fn too_short(policy: &Policy) -> Finding {
    Finding::TooShort { min: policy.pin.min_digits as u8 }
}
