//! How far biometrics reach: data, in the policy's JSON.

use serde::{Deserialize, Serialize};

use super::ranges::{problem, within};
use crate::error::PolicyError;
use crate::money::{Currency, MAX_MINOR, Money};

const MAX_AGE_H: u32 = 30 * 24;
const MAX_USES: u32 = 10_000;
const MAX_FAILURES: u32 = 100;
pub(crate) const MAX_BUDGETS: usize = 8;
const MAX_PROMPT_MS: u32 = 10 * 60 * 1000;

/// How far biometrics reach before the PIN is asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BiometricPolicy {
    /// Hours since the last right PIN, 1 to 720.
    pub strong_auth_max_age_h: u32,
    /// Uses since the last right PIN, to unlock or to pay. 0: biometrics are never used.
    pub max_uses: u32,
    /// What may be paid with them. A currency that is not named cannot be.
    pub budgets: Vec<Budget>,
    /// Failures in a row after which only the PIN will do.
    pub failures_before_pin: u32,
    /// Failures since they last succeeded, after which they are off until set up anew. Right PINs between do not clear it.
    pub failures_before_off: u32,
    /// Milliseconds that a prompt may stay unanswered.
    pub prompt_timeout_ms: u32,
}

/// What may be paid with biometrics in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The currency.
    pub currency: Currency,
    /// The most that one payment may be, in minor units.
    pub per_payment_minor: u64,
    /// The most that all payments since the last right PIN may be, in minor units.
    pub in_all_minor: u64,
}

impl Default for BiometricPolicy {
    fn default() -> Self {
        Self {
            // What Android asks of its own screen lock (Compatibility Definition 7.3.10, for strong biometrics: 72 hours or less).
            strong_auth_max_age_h: 72,
            // Some thirty a day, for three days.
            max_uses: 100,
            budgets: Vec::new(),
            // As Android's own sensors count (AOSP `LockoutFrameworkImpl`: 5 for a while, 20 for good).
            failures_before_pin: 5,
            failures_before_off: 20,
            // Android's own prompt gives up after half of that.
            prompt_timeout_ms: 60_000,
        }
    }
}

impl BiometricPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("biometric.strong_auth_max_age_h", self.strong_auth_max_age_h, 1, MAX_AGE_H)?;
        within("biometric.max_uses", self.max_uses, 0, MAX_USES)?;
        within("biometric.failures_before_pin", self.failures_before_pin, 1, MAX_FAILURES)?;
        within("biometric.failures_before_off", self.failures_before_off, self.failures_before_pin, MAX_FAILURES)?;
        within("biometric.prompt_timeout_ms", self.prompt_timeout_ms, 1, MAX_PROMPT_MS)?;
        within("biometric.budgets", self.budgets.len(), 0, MAX_BUDGETS)?;
        for (i, budget) in self.budgets.iter().enumerate() {
            let field = |name| format!("biometric.budgets[{i}].{name}");
            within(&field("in_all_minor"), budget.in_all_minor, 0, MAX_MINOR)?;
            within(&field("per_payment_minor"), budget.per_payment_minor, 0, budget.in_all_minor)?;
            if self.budgets.iter().take(i).any(|earlier| earlier.currency == budget.currency) {
                return Err(problem(field("currency"), "is named twice"));
            }
        }
        Ok(())
    }

    /// Whether nothing that `sealed` asks for is eased. How long a prompt waits may change freely.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let no_more = |budget: &Budget| {
            sealed.budget(budget.currency).is_some_and(|sealed| {
                budget.per_payment_minor <= sealed.per_payment_minor && budget.in_all_minor <= sealed.in_all_minor
            })
        };
        self.strong_auth_max_age_h <= sealed.strong_auth_max_age_h
            && self.max_uses <= sealed.max_uses
            && self.failures_before_pin <= sealed.failures_before_pin
            && self.failures_before_off <= sealed.failures_before_off
            && self.budgets.iter().all(no_more)
    }

    /// Whether `amount` may be paid when `spent_minor` of its currency was paid already.
    pub(crate) fn covers(&self, amount: Money, spent_minor: u64) -> bool {
        self.budget(amount.currency()).is_some_and(|budget| {
            amount.minor() <= budget.per_payment_minor
                && spent_minor.saturating_add(amount.minor()) <= budget.in_all_minor
        })
    }

    pub(crate) fn names(&self, currency: Currency) -> bool {
        self.budget(currency).is_some()
    }

    fn budget(&self, currency: Currency) -> Option<&Budget> {
        self.budgets.iter().find(|budget| budget.currency == currency)
    }
}
