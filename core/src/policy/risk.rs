//! The policy's part about what raises the proof that a payment asks for.

use serde::{Deserialize, Serialize};

use super::payment::MAX_LIMITS;
use super::ranges::{problem, within, within_some};
use crate::error::PolicyError;
use crate::money::{Currency, MAX_MINOR};
use crate::request::ProofLevel;

/// Most flags of the phone's integrity that a policy names.
const MAX_FLAGS: usize = 16;
const MAX_FLAG_BYTES: usize = 32;

/// What raises the proof that is asked for: any one rule suffices. `None`, or an empty list: the rule is off. The
/// figures are our own choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RiskPolicy {
    /// So many payments within 15 minutes ask for the PIN.
    pub payments_in_15_min: Option<u32>,
    /// So many payments within 24 hours ask for the PIN.
    pub payments_in_24_h: Option<u32>,
    /// So many refusals within an hour ask for the PIN.
    pub refusals_for_pin: Option<u32>,
    /// So many refusals within an hour refuse every payment until the hour is over.
    pub refusals_for_stop: Option<u32>,
    /// A payee who is not among the last thousand, and more than so many percent of a day's limit, ask for the PIN.
    pub new_payee_percent: Option<u32>,
    /// An amount so many standard deviations above the mean of this card, after 30 payments with it, asks for the PIN.
    pub deviations: Option<u32>,
    /// At night, more than this limit for one payment asks for the PIN. It names the currency and the amount.
    pub night_over: Vec<NightAmount>,
    /// A place that is new, or was reached faster than so many km/h, asks for the PIN and a code.
    pub fastest_km_h: Option<u32>,
    /// Within 24 hours after the PIN, the phone or a limit was changed, more than so many percent of a day's limit is
    /// refused until the 24 hours are over.
    pub after_change_percent: Option<u32>,
    /// Flags about the phone's integrity that the app may give, each with what it asks for.
    pub flags: Vec<IntegrityFlag>,
}

/// More than this at night asks for the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NightAmount {
    /// The currency.
    pub currency: Currency,
    /// The amount, in minor units.
    pub max: u64,
}

/// What a flag about the phone's integrity asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrityFlag {
    /// The flag's name, as the app gives it: 1 to 32 lower-case letters, digits and `_`.
    pub name: String,
    /// What it asks for. `None`: it refuses the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofLevel>,
}

impl RiskPolicy {
    /// No rule is on: nothing raises the proof that the limits ask for.
    pub const fn off() -> Self {
        Self {
            payments_in_15_min: None,
            payments_in_24_h: None,
            refusals_for_pin: None,
            refusals_for_stop: None,
            new_payee_percent: None,
            deviations: None,
            night_over: Vec::new(),
            fastest_km_h: None,
            after_change_percent: None,
            flags: Vec::new(),
        }
    }
}

impl Default for RiskPolicy {
    fn default() -> Self {
        Self {
            payments_in_15_min: Some(3),
            payments_in_24_h: Some(10),
            refusals_for_pin: Some(3),
            refusals_for_stop: Some(6),
            new_payee_percent: Some(25),
            deviations: Some(3),
            fastest_km_h: Some(900),
            after_change_percent: Some(50),
            ..Self::off()
        }
    }
}

impl RiskPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        // Destructured by name, so that a new field does not compile until someone decides its range.
        let Self {
            payments_in_15_min,
            payments_in_24_h,
            refusals_for_pin,
            refusals_for_stop,
            new_payee_percent,
            deviations,
            night_over,
            fastest_km_h,
            after_change_percent,
            flags,
        } = self;
        for (name, value, most) in [
            ("payments_in_15_min", payments_in_15_min, 32),
            ("payments_in_24_h", payments_in_24_h, 64),
            ("refusals_for_pin", refusals_for_pin, 16),
            ("refusals_for_stop", refusals_for_stop, 16),
            ("new_payee_percent", new_payee_percent, 100),
            ("deviations", deviations, 100),
            ("fastest_km_h", fastest_km_h, 100_000),
            ("after_change_percent", after_change_percent, 100),
        ] {
            within_some(&format!("payment.risk.{name}"), *value, 1, most)?;
        }
        within("payment.risk.night_over", night_over.len(), 0, MAX_LIMITS)?;
        for (i, amount) in night_over.iter().enumerate() {
            within(&format!("payment.risk.night_over[{i}].max"), amount.max, 0, MAX_MINOR)?;
        }
        within("payment.risk.flags", flags.len(), 0, MAX_FLAGS)?;
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        for (i, flag) in flags.iter().enumerate() {
            let field = format!("payment.risk.flags[{i}].name");
            within(&field, flag.name.len(), 1, MAX_FLAG_BYTES)?;
            if !flag.name.bytes().all(is_plain) {
                return Err(problem(field, "must be lower-case letters, digits and _"));
            }
        }
        Ok(())
    }

    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        // A rule that asks earlier, or that is new, is stricter.
        let no_later = |new: Option<u32>, old: Option<u32>| old.is_none_or(|old| new.is_some_and(|new| new <= old));
        let Self {
            payments_in_15_min,
            payments_in_24_h,
            refusals_for_pin,
            refusals_for_stop,
            new_payee_percent,
            deviations,
            night_over,
            fastest_km_h,
            after_change_percent,
            flags,
        } = self;
        let asks = |flag: &IntegrityFlag| flag.proof.map_or(u8::MAX, |proof| proof as u8);
        no_later(*payments_in_15_min, sealed.payments_in_15_min)
            && no_later(*payments_in_24_h, sealed.payments_in_24_h)
            && no_later(*refusals_for_pin, sealed.refusals_for_pin)
            && no_later(*refusals_for_stop, sealed.refusals_for_stop)
            && no_later(*new_payee_percent, sealed.new_payee_percent)
            && no_later(*deviations, sealed.deviations)
            && no_later(*fastest_km_h, sealed.fastest_km_h)
            && no_later(*after_change_percent, sealed.after_change_percent)
            && sealed
                .night_over
                .iter()
                .all(|old| night_over.iter().any(|new| new.currency == old.currency && new.max <= old.max))
            && sealed.flags.iter().all(|old| flags.iter().any(|new| new.name == old.name && asks(new) >= asks(old)))
    }
}
