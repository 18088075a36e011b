//! The capability risk: what about a payment is out of the ordinary. A pure function of the policy and of facts: any one
//! rule suffices, and nothing is weighed against anything.

use crate::money::Currency;
use crate::policy::RiskPolicy;
use crate::request::ProofLevel;

/// A card's mean is known after so many payments with it.
const KNOWN_AFTER: u64 = 30;

/// What the rules look at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts<'a> {
    pub(crate) payments_in_15_min: u32,
    pub(crate) payments_in_24_h: u32,
    pub(crate) refusals_in_1_h: u32,
    /// Until the oldest of the refusals that stop is an hour old, in milliseconds.
    pub(crate) refusals_end_ms: u64,
    pub(crate) is_new_payee: bool,
    pub(crate) minor: u64,
    pub(crate) currency: Option<Currency>,
    /// What a day's limit allows in this currency. `None`: there is no such limit.
    pub(crate) day_limit: Option<u64>,
    pub(crate) card: Option<Amounts>,
    pub(crate) is_night: bool,
    pub(crate) place: Option<PlaceFacts>,
    /// Until 24 hours have passed since the PIN, the phone or a limit was changed, in milliseconds.
    pub(crate) change_left_ms: Option<u64>,
    pub(crate) flags: &'a [String],
}

/// The amounts that were paid with a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Amounts {
    pub(crate) count: u64,
    pub(crate) sum: u128,
    pub(crate) squares: u128,
}

/// Where the phone is, compared with where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlaceFacts {
    pub(crate) is_new: bool,
    /// How fast it got there from the last payment's place. `None`: there was none.
    pub(crate) km_h: Option<u64>,
}

/// A rule that something out of the ordinary meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RiskRule {
    /// Many payments within 15 minutes.
    ManyPayments,
    /// Many payments within 24 hours.
    ManyPaymentsToday,
    /// Several payments were refused within an hour.
    Refusals,
    /// The payee is new, and the amount is high.
    NewPayee,
    /// The amount is far above what is usual for this card.
    UnusualAmount,
    /// The amount is high for the night.
    Night,
    /// The place is new.
    NewPlace,
    /// The place was reached too fast.
    TooFast,
    /// The PIN, the phone or a limit was changed a short while ago, and the amount is high.
    RecentChange,
    /// The app reports this about the phone's integrity.
    Integrity(String),
}

/// What a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RiskDemand {
    /// At least this proof.
    Proof(ProofLevel),
    /// The payment is refused for so many milliseconds. `None`: until what the rule is about changes.
    Refused {
        /// Milliseconds left.
        for_ms: Option<u64>,
    },
}

/// A rule that is met, and what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The rule.
    pub rule: RiskRule,
    /// What it asks for.
    pub demand: RiskDemand,
}

impl RiskRule {
    /// The name in the journal and in an authorisation.
    pub fn name(&self) -> String {
        let name = match self {
            Self::ManyPayments => "many_payments",
            Self::ManyPaymentsToday => "many_payments_today",
            Self::Refusals => "refusals",
            Self::NewPayee => "new_payee",
            Self::UnusualAmount => "unusual_amount",
            Self::Night => "night",
            Self::NewPlace => "new_place",
            Self::TooFast => "too_fast",
            Self::RecentChange => "recent_change",
            Self::Integrity(flag) => return format!("integrity:{flag}"),
        };
        name.to_owned()
    }
}

/// The rules that are met, in the policy's order.
pub(crate) fn evaluate(policy: &RiskPolicy, facts: &Facts<'_>) -> Vec<Risk> {
    let RiskPolicy {
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
    } = policy;
    // So many are reached together with this payment.
    let reaches = |count: u32, most: &Option<u32>| most.is_some_and(|most| count.saturating_add(1) >= most);
    let has_reached = |count: u32, most: &Option<u32>| most.is_some_and(|most| count >= most);
    let is_over_percent = |percent: &Option<u32>| {
        let day = facts.day_limit.map(u128::from);
        day.zip(*percent).is_some_and(|(day, percent)| u128::from(facts.minor) * 100 > day * u128::from(percent))
    };
    let is_high_for_night =
        night_over.iter().any(|over| facts.is_night && Some(over.currency) == facts.currency && facts.minor > over.max);
    let is_unusual = deviations.zip(facts.card).is_some_and(|(most, card)| card.is_far_below(facts.minor, most));
    let is_fast =
        facts.place.and_then(|place| place.km_h).zip(*fastest_km_h).is_some_and(|(km_h, most)| km_h > most.into());
    let is_new_place = fastest_km_h.is_some() && facts.place.is_some_and(|place| place.is_new);
    let pin = RiskDemand::Proof(ProofLevel::Pin);
    let stop = RiskDemand::Refused { for_ms: Some(facts.refusals_end_ms) };
    let wait = RiskDemand::Refused { for_ms: facts.change_left_ms };
    let code = RiskDemand::Proof(ProofLevel::PinAndCode);
    let is_soon = facts.change_left_ms.is_some();
    let rules = [
        (reaches(facts.payments_in_15_min, payments_in_15_min), RiskRule::ManyPayments, pin),
        (reaches(facts.payments_in_24_h, payments_in_24_h), RiskRule::ManyPaymentsToday, pin),
        (has_reached(facts.refusals_in_1_h, refusals_for_stop), RiskRule::Refusals, stop),
        (has_reached(facts.refusals_in_1_h, refusals_for_pin), RiskRule::Refusals, pin),
        (facts.is_new_payee && is_over_percent(new_payee_percent), RiskRule::NewPayee, pin),
        (is_unusual, RiskRule::UnusualAmount, pin),
        (is_high_for_night, RiskRule::Night, pin),
        (is_new_place, RiskRule::NewPlace, code),
        (is_fast, RiskRule::TooFast, code),
        (is_soon && is_over_percent(after_change_percent), RiskRule::RecentChange, wait),
    ];
    let met = rules.into_iter().filter(|(is_met, ..)| *is_met).map(|(_, rule, demand)| Risk { rule, demand });
    let flagged = flags.iter().filter(|flag| facts.flags.contains(&flag.name)).map(|flag| Risk {
        rule: RiskRule::Integrity(flag.name.clone()),
        demand: flag.proof.map_or(RiskDemand::Refused { for_ms: None }, RiskDemand::Proof),
    });
    met.chain(flagged).collect()
}

impl Amounts {
    /// Whether `minor` is more than so many standard deviations above the mean, in whole numbers:
    /// `x - mean > d * sigma`, with both sides times the count, squared.
    fn is_far_below(&self, minor: u64, deviations: u32) -> bool {
        let Self { count, sum, squares } = *self;
        if count < KNOWN_AFTER {
            return false;
        }
        let above = (u128::from(minor) * u128::from(count)).saturating_sub(sum);
        // The count squared, times the variance.
        let spread = squares.saturating_mul(count.into()).saturating_sub(sum.saturating_mul(sum));
        let bound = spread.saturating_mul(u128::from(deviations) * u128::from(deviations));
        above > 0 && above.saturating_mul(above) > bound
    }
}

#[cfg(test)]
mod tests;
