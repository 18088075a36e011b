//! The policy's part about biometrics: what they may do before the PIN is asked for again.

use serde::{Deserialize, Serialize};

use super::ranges::{problem, within};
use crate::error::PolicyError;
use crate::money::{Currency, MAX_MINOR, Money};

const MAX_AGE_H: u32 = 30 * 24;
const MAX_USES: u32 = 10_000;
const MAX_FAILURES: u32 = 100;
pub(crate) const MAX_BUDGETS: usize = 8;
const MAX_PROMPT_MS: u32 = 10 * 60 * 1000;

/// What biometrics may do before the PIN is asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BiometricPolicy {
    /// For how many hours after the last right PIN biometrics may be used, 1 to 720.
    pub strong_auth_max_age_h: u32,
    /// How often biometrics may be used after the last right PIN, to unlock or to pay. 0: never.
    pub max_uses: u32,
    /// What may be paid with biometrics. A currency that has no budget here cannot be paid with them.
    pub budgets: Vec<Budget>,
    /// After this many failures in a row, only the PIN is accepted.
    pub failures_before_pin: u32,
    /// After this many failures since the last success, biometrics are off until they are set up again. A right PIN
    /// does not reset this count.
    pub failures_before_off: u32,
    /// How long a prompt may stay unanswered, in milliseconds.
    pub prompt_timeout_ms: u32,
}

/// What may be paid with biometrics in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// The currency.
    pub currency: Currency,
    /// The most that one payment may be, in minor units of the currency.
    pub per_payment_minor: u64,
    /// The most that all payments since the last right PIN may add up to, in minor units of the currency.
    pub total_minor: u64,
}

impl Default for BiometricPolicy {
    fn default() -> Self {
        Self {
            // The limit of Android's own screen lock (Compatibility Definition 7.3.10, for strong biometrics: 72 hours
            // or less).
            strong_auth_max_age_h: 72,
            // About thirty a day, for three days.
            max_uses: 100,
            budgets: Vec::new(),
            // The limits of Android's own sensors (AOSP `LockoutFrameworkImpl`: 5 failures lock for a while, 20
            // permanently).
            failures_before_pin: 5,
            failures_before_off: 20,
            // Android's own prompt gives up after half of this time.
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
            if budget.currency.decimals().is_none() {
                return Err(problem(field("currency"), "is not a currency of ISO 4217"));
            }
            within(&field("total_minor"), budget.total_minor, 0, MAX_MINOR)?;
            within(&field("per_payment_minor"), budget.per_payment_minor, 0, budget.total_minor)?;
            if self.budgets.iter().take(i).any(|earlier| earlier.currency == budget.currency) {
                return Err(problem(field("currency"), "is named twice"));
            }
        }
        Ok(())
    }

    /// Whether this policy eases nothing that `sealed` asks for. The time that a prompt waits may change freely.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let no_more = |budget: &Budget| {
            sealed.budget(budget.currency).is_some_and(|sealed| {
                budget.per_payment_minor <= sealed.per_payment_minor && budget.total_minor <= sealed.total_minor
            })
        };
        let Self {
            strong_auth_max_age_h,
            max_uses,
            budgets,
            failures_before_pin,
            failures_before_off,
            prompt_timeout_ms: _,
        } = self;
        *strong_auth_max_age_h <= sealed.strong_auth_max_age_h
            && *max_uses <= sealed.max_uses
            && *failures_before_pin <= sealed.failures_before_pin
            && *failures_before_off <= sealed.failures_before_off
            && budgets.iter().all(no_more)
    }

    /// Whether `amount` may be paid when `spent_minor` of its currency has already been paid.
    pub(crate) fn covers(&self, amount: Money, spent_minor: u64) -> bool {
        self.budget(amount.currency()).is_some_and(|budget| {
            amount.minor() <= budget.per_payment_minor
                && spent_minor.saturating_add(amount.minor()) <= budget.total_minor
        })
    }

    pub(crate) fn names(&self, currency: Currency) -> bool {
        self.budget(currency).is_some()
    }

    fn budget(&self, currency: Currency) -> Option<&Budget> {
        self.budgets.iter().find(|budget| budget.currency == currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> BiometricPolicy {
        let currency = Currency::new("EUR").expect("a currency");
        let budgets = vec![Budget { currency, per_payment_minor: 3_000, total_minor: 5_000 }];
        BiometricPolicy { budgets, max_uses: 4, ..BiometricPolicy::default() }
    }

    #[test]
    fn a_policy_out_of_range_is_refused_by_name() {
        let budget = |code: &str, per_payment_minor, total_minor| {
            let currency = Currency::new(code).expect("a currency");
            Budget { currency, per_payment_minor, total_minor }
        };
        let nine = ["AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN"];
        let of = |budgets: Vec<Budget>| BiometricPolicy { budgets, ..policy() };
        for (policy, field) in [
            (BiometricPolicy { strong_auth_max_age_h: 0, ..policy() }, "biometric.strong_auth_max_age_h"),
            (BiometricPolicy { strong_auth_max_age_h: 721, ..policy() }, "biometric.strong_auth_max_age_h"),
            (BiometricPolicy { max_uses: 10_001, ..policy() }, "biometric.max_uses"),
            (BiometricPolicy { failures_before_pin: 0, ..policy() }, "biometric.failures_before_pin"),
            (BiometricPolicy { failures_before_off: 4, ..policy() }, "biometric.failures_before_off"),
            (BiometricPolicy { prompt_timeout_ms: 0, ..policy() }, "biometric.prompt_timeout_ms"),
            (BiometricPolicy { prompt_timeout_ms: 600_001, ..policy() }, "biometric.prompt_timeout_ms"),
            (of(vec![budget("EUR", 2, 1)]), "biometric.budgets[0].per_payment_minor"),
            (of(vec![budget("EUR", 1, 1), budget("CNY", 1, 1), budget("EUR", 1, 1)]), "biometric.budgets[2].currency"),
            (of(vec![budget("AAA", 1, 1)]), "biometric.budgets[0].currency"),
            (of(nine.map(|code| budget(code, 1, 1)).to_vec()), "biometric.budgets"),
        ] {
            assert_eq!(policy.validate().expect_err(field).field, field);
        }
        assert_eq!(policy().validate(), Ok(()), "the control");
        let largest = BiometricPolicy {
            strong_auth_max_age_h: 720,
            max_uses: 10_000,
            failures_before_pin: 100,
            failures_before_off: 100,
            prompt_timeout_ms: 600_000,
            ..policy()
        };
        assert_eq!(largest.validate(), Ok(()));
    }

    #[test]
    fn more_of_anything_eases_a_policy() {
        let budget = |code, per_payment_minor, total_minor| {
            let currency = Currency::new(code).expect("a currency");
            vec![Budget { currency, per_payment_minor, total_minor }]
        };
        let sealed = policy();
        for (policy, is_as_strict) in [
            (policy(), true),
            (BiometricPolicy { strong_auth_max_age_h: 71, max_uses: 3, budgets: vec![], ..policy() }, true),
            (BiometricPolicy { prompt_timeout_ms: 600_000, ..policy() }, true),
            (BiometricPolicy { budgets: budget("EUR", 2_999, 4_999), ..policy() }, true),
            (BiometricPolicy { strong_auth_max_age_h: 73, ..policy() }, false),
            (BiometricPolicy { max_uses: 5, ..policy() }, false),
            (BiometricPolicy { failures_before_pin: 6, ..policy() }, false),
            (BiometricPolicy { failures_before_off: 21, ..policy() }, false),
            (BiometricPolicy { budgets: budget("EUR", 3_001, 5_000), ..policy() }, false),
            (BiometricPolicy { budgets: budget("EUR", 3_000, 5_001), ..policy() }, false),
            (BiometricPolicy { budgets: budget("CNY", 1, 1), ..policy() }, false),
        ] {
            assert_eq!(policy.is_at_least_as_strict_as(&sealed), is_as_strict, "{policy:?}");
        }
    }
}
