//! The policy's part about payments: limits, and what raises the proof that is asked for.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::ranges::{problem, within};
use super::risk::RiskPolicy;
use crate::error::PolicyError;
use crate::money::{Currency, MAX_MINOR};
use crate::request::{Channel, ProofLevel, Scope, holds_card_number};

/// Most limits of a policy, and most limits of an owner.
pub(crate) const MAX_LIMITS: usize = 24;
/// Longest wait before a limit is raised: a week.
const MAX_RAISE_H: u32 = 168;
/// Longest time in which a card that was removed can be brought back: 90 days. Our own choice.
const MAX_CARD_GRACE_H: u32 = 90 * 24;
/// How long an authorisation may be valid at most, in seconds.
const MAX_VALID_S: u32 = 600;

/// What may be paid, and what has to be proven for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PaymentPolicy {
    /// Limits, at most 24. Every limit that concerns a payment has to hold. A payment that no limit without
    /// [`Limit::proof`] and without [`Limit::at_night`] concerns is refused: nothing would bound it.
    pub limits: Vec<Limit>,
    /// From which hour to which it is night, by local time.
    pub night: Night,
    /// Hours of time since boot, 1 to 168, before a limit of the owner is raised.
    pub raise_after_h: u32,
    /// Hours of time since boot, 1 to 2160, for which a card that was removed can be brought back.
    pub card_grace_h: u32,
    /// For how many seconds an authorisation is valid, 10 to 600.
    pub valid_s: u32,
    /// For how many seconds it is valid if the phone shows it as a code, 10 to 600.
    pub shown_code_valid_s: u32,
    /// What raises the proof that is asked for.
    pub risk: RiskPolicy,
}

/// The hours of the night.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Night {
    /// The hour at which it begins, 0 to 23.
    pub from_h: u32,
    /// The hour at which it ends, 0 to 23.
    pub to_h: u32,
}

/// A limit on payments of one currency.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The payments that it is about.
    pub scope: Scope,
    /// The currency.
    pub currency: Currency,
    /// What is counted, and over which time.
    pub per: Period,
    /// The most: minor units of the currency, or a number of payments.
    pub max: u64,
    /// What `max` counts.
    #[serde(default, skip_serializing_if = "Measure::is_amount")]
    pub of: Measure,
    /// Only payments for which at most this was proven count, and a stronger proof passes the limit. `None`: all
    /// payments count, and nothing passes the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofLevel>,
    /// Only payments at night count.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_night: bool,
}

/// The time over which a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// One payment.
    Payment,
    /// A day. `payment/windows.rs` says when one begins.
    Day,
    /// The last thirty days.
    ThirtyDays,
    /// Since the wallet was made.
    Always,
    /// Since a person last proved something for a payment of the same kind: for a limit on remote payments, or on all,
    /// for any payment; for another one, for a payment that is not remote.
    SinceProof,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Money, in minor units.
    #[default]
    Amount,
    /// Payments.
    Count,
}

impl Measure {
    fn is_amount(&self) -> bool {
        *self == Self::Amount
    }
}

impl Default for PaymentPolicy {
    /// No limits, so that nothing can be paid.
    fn default() -> Self {
        Self {
            limits: Vec::new(),
            // Banco Central do Brasil, Resolução BCB 142/2021, article 2: 20:00 to 06:00.
            night: Night { from_h: 20, to_h: 6 },
            raise_after_h: 24,
            card_grace_h: 168,
            valid_s: 120,
            shown_code_valid_s: 60,
            risk: RiskPolicy::default(),
        }
    }
}

/// The presets of [`PaymentPolicy::preset`].
pub const PAYMENT_PRESETS: [&str; 3] = ["psd2", "pboc_2017_296", "pix"];

impl PaymentPolicy {
    /// The preset of this name, one of [`PAYMENT_PRESETS`]. Each names the rules of one currency; a hard limit that no
    /// rule asks for is our own choice, because a currency without one cannot be paid in.
    ///
    /// - `psd2` (EUR): Regulation (EU) 2018/389. Without proof: remote payments up to 30.00 each, 100.00 in all and five
    ///   of them since the last proof (article 16; the law asks for one of the last two, this keeps both); contactless
    ///   payments up to 50.00 each, 150.00 in all and five of them (article 11).
    /// - `pboc_2017_296` (CNY): People's Bank of China, notice 296 of 2017, annex. By a code that stands still, which the
    ///   phone scans: 500 a day. By a code that changes, which the phone shows: 1,000 a day with fewer than two factors
    ///   (class C), 5,000 a day with two (class B).
    /// - `pix` (BRL): Banco Central do Brasil, Resolução BCB 142/2021: 1,000 from 20:00 to 06:00; a limit is raised after
    ///   24 hours.
    pub fn preset(name: &str) -> Option<Self> {
        use Channel::{CodeScanned, CodeShown, InStore};
        use Period::{Day, Payment, SinceProof, ThirtyDays};
        let currency = |code| Currency::new(code).ok();
        let limits = match name {
            "psd2" => {
                let euro = currency("EUR")?;
                let exempt =
                    |scope: &Scope, per, max| Limit::amount(scope.clone(), euro, per, max).up_to(ProofLevel::Nothing);
                let five = |scope: &Scope| Limit { of: Measure::Count, ..exempt(scope, SinceProof, 5) };
                let (remote, near) = (Scope::Remote, Scope::Channel(InStore));
                vec![
                    Limit::amount(Scope::All, euro, Day, 100_000),
                    Limit::amount(Scope::All, euro, ThirtyDays, 500_000),
                    exempt(&remote, Payment, 3_000),
                    exempt(&remote, SinceProof, 10_000),
                    five(&remote),
                    exempt(&near, Payment, 5_000),
                    exempt(&near, SinceProof, 15_000),
                    five(&near),
                ]
            }
            "pboc_2017_296" => {
                let yuan = currency("CNY")?;
                let shown = Scope::Channel(CodeShown);
                vec![
                    Limit::amount(Scope::All, yuan, Day, 500_000),
                    Limit::amount(Scope::Channel(CodeScanned), yuan, Day, 50_000),
                    Limit::amount(shown.clone(), yuan, Day, 100_000).up_to(ProofLevel::Pin),
                    Limit::amount(shown, yuan, Day, 500_000),
                ]
            }
            "pix" => {
                let real = currency("BRL")?;
                let night = Limit { at_night: true, ..Limit::amount(Scope::All, real, Day, 100_000) };
                vec![Limit::amount(Scope::All, real, Day, 500_000), night]
            }
            _ => return None,
        };
        Some(Self { limits, ..Self::default() })
    }

    /// Whether this is the default. A policy that allows no payments does not write this part.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads the part from its fields, or from the name of a preset.
pub(super) fn preset_or_fields<'de, D: Deserializer<'de>>(from: D) -> Result<PaymentPolicy, D::Error> {
    from.deserialize_any(PresetOrFields)
}

struct PresetOrFields;

impl<'de> Visitor<'de> for PresetOrFields {
    type Value = PaymentPolicy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the payments' fields, or the name of a preset: psd2, pboc_2017_296, pix")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<PaymentPolicy, E> {
        PaymentPolicy::preset(name).ok_or_else(|| E::custom("must be one of psd2, pboc_2017_296, pix"))
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<PaymentPolicy, A::Error> {
        PaymentPolicy::deserialize(MapAccessDeserializer::new(fields))
    }
}

impl fmt::Display for Limit {
    /// The name in the journal: scope, currency, time and measure.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let per = match self.per {
            Period::Payment => "payment",
            Period::Day => "day",
            Period::ThirtyDays => "thirty_days",
            Period::Always => "always",
            Period::SinceProof => "since_proof",
        };
        let of = if self.of == Measure::Count { " count" } else { "" };
        let night = if self.at_night { " at night" } else { "" };
        write!(f, "{} {} {per}{of}{night}", self.scope, self.currency)
    }
}

impl Limit {
    /// A limit on an amount that nothing passes.
    pub fn amount(scope: Scope, currency: Currency, per: Period, max: u64) -> Self {
        Self { scope, currency, per, max, of: Measure::Amount, proof: None, at_night: false }
    }

    /// The same limit, which only concerns payments for which at most `proof` was proven.
    pub fn up_to(self, proof: ProofLevel) -> Self {
        Self { proof: Some(proof), ..self }
    }

    /// Whether the other one limits the same, whatever their `max`.
    pub(crate) fn is_same_but_max(&self, other: &Self) -> bool {
        Self { max: 0, ..self.clone() } == Self { max: 0, ..other.clone() }
    }

    pub(crate) fn validate(&self, field: &str) -> Result<(), PolicyError> {
        let Self { scope, currency, per, max, of, proof, at_night: _ } = self;
        let named = |name: &str| format!("{field}.{name}");
        if matches!(scope, Scope::Card(id) if holds_card_number(id)) {
            return Err(problem(named("scope"), "must not be a card's number"));
        }
        if currency.decimals().is_none() {
            return Err(problem(named("currency"), "is not a currency of ISO 4217"));
        }
        within(&named("max"), *max, 0, MAX_MINOR)?;
        if *of == Measure::Count && *per == Period::Payment {
            return Err(problem(named("per"), "one payment is always one"));
        }
        if *proof == ProofLevel::ALL.into_iter().max() {
            return Err(problem(named("proof"), "nothing is stronger than this proof"));
        }
        if *per == Period::SinceProof && *proof != Some(ProofLevel::Nothing) {
            return Err(problem(named("per"), "only payments without proof count since the last proof"));
        }
        Ok(())
    }
}

impl PaymentPolicy {
    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        let Self { limits, night, raise_after_h, card_grace_h, valid_s, shown_code_valid_s, risk } = self;
        within("payment.limits", limits.len(), 0, MAX_LIMITS)?;
        for (i, limit) in limits.iter().enumerate() {
            let field = format!("payment.limits[{i}]");
            limit.validate(&field)?;
            if limits.iter().take(i).any(|earlier| earlier.is_same_but_max(limit)) {
                return Err(problem(field, "is there twice"));
            }
        }
        within("payment.night.from_h", night.from_h, 0, 23)?;
        within("payment.night.to_h", night.to_h, 0, 23)?;
        within("payment.raise_after_h", *raise_after_h, 1, MAX_RAISE_H)?;
        within("payment.card_grace_h", *card_grace_h, 1, MAX_CARD_GRACE_H)?;
        within("payment.valid_s", *valid_s, 10, MAX_VALID_S)?;
        within("payment.shown_code_valid_s", *shown_code_valid_s, 10, MAX_VALID_S)?;
        risk.validate()
    }

    /// Whether this policy eases nothing that `sealed` asks for.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        // For how long a card can be brought back may change freely: bringing it back needs the PIN.
        let Self { limits, night, raise_after_h, card_grace_h: _, valid_s, shown_code_valid_s, risk } = self;
        // A limit may be new or lower. One that allows payments in a currency at all is not new.
        let keeps = |old: &Limit| limits.iter().any(|new| new.is_same_but_max(old) && new.max <= old.max);
        let allows = |limits: &[Limit], new: &Limit| {
            let covers = |it: &&Limit| it.currency == new.currency && (it.scope == Scope::All || it.scope == new.scope);
            limits.iter().filter(covers).any(|it| it.proof.is_none() && !it.at_night)
        };
        // Only a limit on each payment exempts it from a proof.
        let exempts = |limits: &[Limit], new: &Limit| {
            let is_same = |it: &&Limit| (it.currency, &it.scope, it.proof) == (new.currency, &new.scope, new.proof);
            limits.iter().filter(is_same).any(|it| it.per == Period::Payment && !it.at_night)
        };
        let is_no_new_way = |new: &Limit| match new.proof {
            None => allows(&sealed.limits, new),
            Some(ProofLevel::Nothing) => exempts(&sealed.limits, new),
            Some(_) => true,
        };
        sealed.limits.iter().all(keeps)
            && limits.iter().all(is_no_new_way)
            && (*night == sealed.night || !sealed.has_night())
            && *raise_after_h >= sealed.raise_after_h
            && *valid_s <= sealed.valid_s
            && *shown_code_valid_s <= sealed.shown_code_valid_s
            && risk.is_at_least_as_strict_as(&sealed.risk)
    }

    fn has_night(&self) -> bool {
        self.limits.iter().any(|limit| limit.at_night) || !self.risk.night_over.is_empty()
    }
}
