//! Biometrics, in as few rules as possible: when they may be used, what counts, and when they are off.

use std::collections::BTreeMap;

use walletlock_core::Now;
use walletlock_core::money::Currency;
use walletlock_core::platform::SensorAvailability;
use walletlock_core::policy::BiometricPolicy;
use walletlock_core::request::BiometricDenial;

use super::spans::is_live;
use super::tries::AttemptGate;
use super::{Model, Wallet};
use crate::steps::Wanted;

/// The state of a wallet's biometrics.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Biometrics {
    pub(crate) slot: Option<BioSlot>,
    /// Why there is no slot any more, if nobody switched biometrics off.
    off: Option<BiometricDenial>,
    last_pin: Option<Now>,
    /// Uses since the last right PIN.
    uses: u32,
    spent: BTreeMap<Currency, u64>,
    /// Failures since the last right PIN or success.
    failures_in_a_row: u32,
    /// Failures since the last success.
    failures: u32,
    /// The refusal that the journal noted last.
    refusal: Option<BiometricDenial>,
}

/// The biometric slot. Each setup makes one with another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BioSlot {
    pub(crate) number: u64,
    /// Whether the keystore really wrapped the slot key. If not, a hooked app only claimed it.
    pub(crate) is_genuine: bool,
}

impl Biometrics {
    pub(super) fn of_new_pin(now: Now) -> Self {
        Self { last_pin: Some(now), ..Self::default() }
    }

    pub(super) fn note_pin(&mut self, now: Now) {
        let Self { slot, off, failures, .. } = std::mem::take(self);
        *self = Self { slot, off, failures, last_pin: Some(now), ..Self::default() };
    }

    pub(super) fn note_use(&mut self, wanted: &Wanted) {
        self.uses += 1;
        (self.failures_in_a_row, self.failures, self.refusal) = (0, 0, None);
        if let Some((minor, currency)) = wanted.payment() {
            *self.spent.entry(currency).or_default() += minor;
        }
    }

    /// Counts a touch of another person. Returns whether biometrics are off now.
    pub(super) fn note_failure(&mut self, policy: &BiometricPolicy) -> bool {
        self.failures_in_a_row += 1;
        self.failures += 1;
        let is_off = self.failures >= policy.failures_before_off;
        if is_off {
            self.turn_off(BiometricDenial::OffAfterFailures);
        }
        is_off
    }

    pub(super) fn needs_pin(&self, policy: &BiometricPolicy) -> bool {
        self.slot.is_none() || self.failures_in_a_row >= policy.failures_before_pin
    }

    pub(super) fn turn_off(&mut self, why: BiometricDenial) {
        (self.slot, self.off) = (None, Some(why));
    }

    pub(super) fn turn_on(&mut self, slot: BioSlot) {
        let Self { last_pin, uses, ref mut spent, .. } = *self;
        let spent = std::mem::take(spent);
        *self = Self { slot: Some(slot), last_pin, uses, spent, ..Self::default() };
    }

    /// Switches biometrics off. Returns `None` if they were off.
    pub(super) fn switch_off(&mut self) -> Option<BioSlot> {
        self.off = None;
        self.slot.take()
    }

    /// Whether the journal does not say this yet.
    pub(super) fn note_refusal(&mut self, why: BiometricDenial) -> bool {
        self.refusal.replace(why) != Some(why)
    }
}

impl Wallet {
    /// The slot that biometrics open, or why they may not be used now: of several reasons the one that is checked
    /// first.
    fn may_use(&self, wanted: &Wanted, sensor: SensorAvailability, now: Now) -> Result<BioSlot, BiometricDenial> {
        let (policy, known) = (&self.policy.biometric, &self.biometrics);
        let last_pin = known.last_pin.filter(|last| last.boot.is_some() && last.boot == now.boot);
        let age_ms = u64::from(policy.strong_auth_max_age_h) * 3_600_000;
        // A wiped wallet takes no PIN and has no biometrics. The answer says that they are off, and never that the
        // wallet is locked.
        let is_locked = self.slot.is_some() && self.tries.evaluate(&self.policy.lockout, now) != AttemptGate::Ready;
        let reasons = [
            is_locked.then_some(BiometricDenial::Locked),
            known.slot.is_none().then(|| known.off.unwrap_or(BiometricDenial::SwitchedOff)),
            match sensor {
                SensorAvailability::Ready => None,
                SensorAvailability::NoneEnrolled => Some(BiometricDenial::NoneEnrolled),
                SensorAvailability::NoHardware => Some(BiometricDenial::NoHardware),
                SensorAvailability::Busy => Some(BiometricDenial::Busy),
                SensorAvailability::NotSupported => Some(BiometricDenial::NotSupported),
            },
            (known.failures >= policy.failures_before_off).then_some(BiometricDenial::OffAfterFailures),
            (known.failures_in_a_row >= policy.failures_before_pin).then_some(BiometricDenial::TooManyFailures),
            last_pin.is_none().then_some(BiometricDenial::FirstUnlock),
            last_pin.is_some_and(|last| !is_live(last, age_ms, now)).then_some(BiometricDenial::PinTooLongAgo),
            (known.uses >= policy.max_uses).then_some(BiometricDenial::TooManyUses),
            self.is_over_budget(wanted).then_some(BiometricDenial::OverBudget),
            wanted.risk.then_some(BiometricDenial::RiskRaised),
        ];
        reasons.into_iter().flatten().next().map_or(known.slot.ok_or(BiometricDenial::SwitchedOff), Err)
    }

    fn is_over_budget(&self, wanted: &Wanted) -> bool {
        let Some((minor, currency)) = wanted.payment() else { return false };
        let budget = self.policy.biometric.budgets.iter().find(|budget| budget.currency == currency);
        let spent = self.biometrics.spent.get(&currency).copied().unwrap_or(0);
        budget.is_none_or(|budget| minor > budget.per_payment_minor || spent + minor > budget.total_minor)
    }
}

impl Model {
    pub(super) fn may_use(
        &self,
        wanted: &Wanted,
        sensor: SensorAvailability,
        now: Now,
    ) -> Result<BioSlot, BiometricDenial> {
        match self.wallet() {
            _ if self.process.is_damaged => Err(BiometricDenial::Locked),
            None => Err(BiometricDenial::SwitchedOff),
            Some(wallet) => wallet.may_use(wanted, sensor, now),
        }
    }
}
