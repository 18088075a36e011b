//! The record's part about biometrics, and the operations that change it.

use serde::{Deserialize, Serialize};

use crate::crypto::SlotBytes;
use crate::money::{MAX_MINOR, Money};
use crate::platform::SensorAvailability;
use crate::policy::{BiometricPolicy, MAX_BUDGETS};
use crate::request::BiometricDenial;
use crate::time::{Lease, Now};

/// Counts stop growing here. No policy can set a limit near this number.
const MAX_COUNT: u32 = 1_000_000;

/// The state of the wallet's biometrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Biometric {
    slot: Option<SlotBytes>,
    /// Why the slot was removed, unless the person switched biometrics off.
    off: Option<Off>,
    /// When the right PIN was last entered.
    last_pin: Option<Now>,
    /// Uses of biometrics since the last right PIN.
    uses: u32,
    /// Money paid with biometrics since the last right PIN, in each currency.
    spent: Vec<Money>,
    /// Failures since the last right PIN or success.
    in_a_row: u32,
    /// Failures since the last success.
    failures: u32,
    /// The reason in the journal's last line about a refusal. The next refusal for the same reason adds no line.
    refusal_noted: Option<BiometricDenial>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Off {
    EnrolmentChanged,
    TooManyFailures,
}

/// What the decision depends on, besides the record's part.
pub(crate) struct Gate<'a> {
    pub(crate) policy: &'a BiometricPolicy,
    /// The PIN's counter forbids biometrics now.
    pub(crate) is_locked: bool,
    pub(crate) availability: SensorAvailability,
    /// What is to be paid by biometrics alone. `None`: nothing.
    pub(crate) amount: Option<Money>,
    /// Only the PIN is accepted.
    pub(crate) risk_is_raised: bool,
    pub(crate) now: Now,
}

impl Biometric {
    /// When the PIN was right last. `None`: the PIN is needed before anything else.
    pub(crate) fn last_pin(&self) -> Option<Now> {
        self.last_pin
    }

    /// The state for a wallet whose PIN was set at `now`. Biometrics are off.
    pub(crate) fn new(now: Now) -> Self {
        Self { last_pin: Some(now), ..Self::default() }
    }

    /// The slot, if biometrics are on.
    pub(crate) fn slot(&self) -> Option<&SlotBytes> {
        self.slot.as_ref()
    }

    /// Whether biometrics may be used now, or the reason why not. If there are several reasons, the one that is checked
    /// first is returned.
    pub(crate) fn evaluate(&self, gate: &Gate<'_>) -> Result<(), BiometricDenial> {
        let Gate { policy, amount, now, .. } = gate;
        if gate.is_locked {
            return Err(BiometricDenial::Locked);
        }
        if self.slot.is_none() {
            return Err(match self.off {
                None => BiometricDenial::SwitchedOff,
                Some(Off::EnrolmentChanged) => BiometricDenial::EnrolmentChanged,
                Some(Off::TooManyFailures) => BiometricDenial::OffAfterFailures,
            });
        }
        denial_of(gate.availability).map_or(Ok(()), Err)?;
        if self.failures >= policy.failures_before_off {
            // A failure that reaches the limit removes the slot. This slot exists, so the policy became stricter later.
            return Err(BiometricDenial::OffAfterFailures);
        }
        if self.in_a_row >= policy.failures_before_pin {
            return Err(BiometricDenial::TooManyFailures);
        }
        let age_ms = u64::from(policy.strong_auth_max_age_h) * 3_600_000;
        match self.last_pin {
            Some(last) if last.boot.is_some() && last.boot == now.boot => {
                if !Lease::start(age_ms, last).is_live(*now) {
                    return Err(BiometricDenial::PinTooLongAgo);
                }
            }
            _ => return Err(BiometricDenial::FirstUnlock),
        }
        if self.uses >= policy.max_uses {
            return Err(BiometricDenial::TooManyUses);
        }
        let covered = |amount: Money| policy.covers(amount, self.spent_minor(amount));
        if amount.is_some_and(|amount| !covered(amount)) {
            return Err(BiometricDenial::OverBudget);
        }
        if gate.risk_is_raised { Err(BiometricDenial::RiskRaised) } else { Ok(()) }
    }

    /// Notes a right PIN. It resets everything since the last right PIN, but not the failures since the last success.
    pub(crate) fn note_pin(&mut self, now: Now) {
        (self.last_pin, self.uses, self.in_a_row, self.refusal_noted) = (Some(now), 0, 0, None);
        self.spent.clear();
    }

    /// Asks for the PIN next, as after a restart.
    pub(crate) fn ask_for_pin(&mut self) {
        self.last_pin = None;
    }

    /// Notes that a person was recognised. `amount`: what was paid by that alone.
    pub(crate) fn note_use(&mut self, policy: &BiometricPolicy, amount: Option<Money>) {
        self.uses = self.uses.saturating_add(1).min(MAX_COUNT);
        (self.in_a_row, self.failures, self.refusal_noted) = (0, 0, None);
        let Some(amount) = amount else { return };
        let spent_minor = self.spent_minor(amount).saturating_add(amount.minor()).min(MAX_MINOR);
        // Currencies that the policy no longer names are dropped. Only an easier policy can name them again, and it
        // takes effect only with a right PIN, which resets what was spent.
        self.spent.retain(|spent| spent.currency() != amount.currency() && policy.names(spent.currency()));
        self.spent.extend(Money::new(spent_minor, amount.currency()));
    }

    /// Notes that someone was not recognised. `true`: biometrics are off from now on.
    pub(crate) fn note_failure(&mut self, policy: &BiometricPolicy) -> bool {
        self.in_a_row = self.in_a_row.saturating_add(1).min(MAX_COUNT);
        self.failures = self.failures.saturating_add(1).min(MAX_COUNT);
        let is_off = self.failures >= policy.failures_before_off;
        if is_off {
            self.turn_off(Off::TooManyFailures);
        }
        is_off
    }

    /// Whether only the PIN is accepted, because of the failures in a row or because biometrics are off.
    pub(crate) fn has_failed_too_often(&self, policy: &BiometricPolicy) -> bool {
        self.slot.is_none() || self.in_a_row >= policy.failures_before_pin
    }

    /// Notes that the keystore invalidated the key, for example because another finger or face was enrolled. Switches
    /// biometrics off.
    pub(crate) fn note_enrolment_change(&mut self) {
        self.turn_off(Off::EnrolmentChanged);
    }

    /// Notes a refusal. `true` if the journal's last line about a refusal has another reason, so that a new line is
    /// needed.
    pub(crate) fn note_refusal(&mut self, reason: BiometricDenial) -> bool {
        self.refusal_noted.replace(reason) != Some(reason)
    }

    /// Switches biometrics on.
    pub(crate) fn switch_on(&mut self, slot: SlotBytes) {
        (self.slot, self.off, self.in_a_row, self.failures) = (Some(slot), None, 0, 0);
        self.refusal_noted = None;
    }

    /// Switches biometrics off because the person wants that. `false` if they were off.
    pub(crate) fn switch_off(&mut self) -> bool {
        self.off = None;
        self.slot.take().is_some()
    }

    /// Whether every number is one that this code could have written.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides which numbers it may have.
        let Self { slot: _, off: _, last_pin: _, uses, spent, in_a_row, failures, refusal_noted: _ } = self;
        [uses, failures, in_a_row].iter().all(|count| **count <= MAX_COUNT) && spent.len() <= MAX_BUDGETS
    }

    fn turn_off(&mut self, why: Off) {
        (self.slot, self.off) = (None, Some(why));
    }

    fn spent_minor(&self, amount: Money) -> u64 {
        self.spent.iter().find(|spent| spent.currency() == amount.currency()).map_or(0, Money::minor)
    }
}

/// Why biometrics may not be used with this state of the sensor. `None`: the sensor can be used.
pub(crate) fn denial_of(sensor: SensorAvailability) -> Option<BiometricDenial> {
    match sensor {
        SensorAvailability::Ready => None,
        SensorAvailability::NoneEnrolled => Some(BiometricDenial::NoneEnrolled),
        SensorAvailability::NoHardware => Some(BiometricDenial::NoHardware),
        SensorAvailability::Busy => Some(BiometricDenial::Busy),
        SensorAvailability::NotSupported => Some(BiometricDenial::NotSupported),
    }
}

#[cfg(test)]
#[test]
fn the_reasons_for_being_off_keep_their_numbers() {
    crate::binary::tests::are_numbered_from_0(&[Off::EnrolmentChanged, Off::TooManyFailures]);
}
