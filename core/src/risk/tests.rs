use super::*;
use crate::policy::{IntegrityFlag, NightAmount};

fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

fn policy() -> RiskPolicy {
    RiskPolicy {
        night_over: vec![NightAmount { currency: euro(), max: 5_000 }],
        flags: vec![
            IntegrityFlag { name: "rooted".to_owned(), proof: None },
            IntegrityFlag { name: "debugger".to_owned(), proof: Some(ProofLevel::PinAndBiometrics) },
        ],
        ..RiskPolicy::default()
    }
}

/// A payment of 10.00 that is in no way out of the ordinary.
fn facts() -> Facts<'static> {
    Facts { minor: 1_000, currency: Some(euro()), day_limit: Some(100_000), ..Facts::default() }
}

fn met(facts: &Facts<'_>) -> Vec<(String, RiskDemand)> {
    evaluate(&policy(), facts).into_iter().map(|risk| (risk.rule.name(), risk.demand)).collect()
}

/// Thirty-two payments of 10.00 and 12.00 in turns: a mean of 11.00 and a deviation of 1.00.
const USUAL: Amounts = Amounts { count: 32, sum: 35_200, squares: 16 * 1_000 * 1_000 + 16 * 1_200 * 1_200 };

#[test]
fn each_rule_at_its_edge() {
    let pin = RiskDemand::Proof(ProofLevel::Pin);
    let code = RiskDemand::Proof(ProofLevel::PinAndCode);
    let place = |is_new, km_h| Some(PlaceFacts { is_new, km_h });
    for (below, at, rule, demand) in [
        (Facts { payments_in_15_min: 1, ..facts() }, Facts { payments_in_15_min: 2, ..facts() }, "many_payments", pin),
        (
            Facts { payments_in_24_h: 8, ..facts() },
            Facts { payments_in_24_h: 9, ..facts() },
            "many_payments_today",
            pin,
        ),
        (Facts { refusals_in_1_h: 2, ..facts() }, Facts { refusals_in_1_h: 3, ..facts() }, "refusals", pin),
        (
            Facts { is_new_payee: true, minor: 25_000, ..facts() },
            Facts { is_new_payee: true, minor: 25_001, ..facts() },
            "new_payee",
            pin,
        ),
        (
            Facts { card: Some(USUAL), minor: 1_400, ..facts() },
            Facts { card: Some(USUAL), minor: 1_401, ..facts() },
            "unusual_amount",
            pin,
        ),
        (
            Facts { is_night: true, minor: 5_000, ..facts() },
            Facts { is_night: true, minor: 5_001, ..facts() },
            "night",
            pin,
        ),
        (
            Facts { place: place(false, None), ..facts() },
            Facts { place: place(true, None), ..facts() },
            "new_place",
            code,
        ),
        (
            Facts { place: place(false, Some(900)), ..facts() },
            Facts { place: place(false, Some(901)), ..facts() },
            "too_fast",
            code,
        ),
        (
            Facts { change_left_ms: Some(5), minor: 50_000, ..facts() },
            Facts { change_left_ms: Some(5), minor: 50_001, ..facts() },
            "recent_change",
            RiskDemand::Refused { for_ms: Some(5) },
        ),
    ] {
        assert_eq!(met(&below), [], "{rule}");
        assert_eq!(met(&at), [(rule.to_owned(), demand)], "{rule}");
    }
}

#[test]
fn six_refusals_stop_for_what_is_left_of_the_hour() {
    let stopped = met(&Facts { refusals_in_1_h: 6, refusals_end_ms: 7, ..facts() });
    assert_eq!(stopped[0], ("refusals".to_owned(), RiskDemand::Refused { for_ms: Some(7) }));
}

#[test]
fn a_card_is_known_after_thirty_payments() {
    let few = Amounts { count: 29, sum: 29_000, squares: 29 * 1_000 * 1_000 };
    assert_eq!(met(&Facts { card: Some(few), minor: 9_000, ..facts() }), []);
    let always_ten = Amounts { count: 30, sum: 30_000, squares: 30 * 1_000 * 1_000 };
    assert_eq!(met(&Facts { card: Some(always_ten), minor: 1_000, ..facts() }), []);
    assert_eq!(met(&Facts { card: Some(always_ten), minor: 1_001, ..facts() }).len(), 1, "no deviation at all");
}

#[test]
fn a_flag_asks_for_what_the_policy_says_and_an_unknown_one_for_nothing() {
    let flags = ["rooted", "debugger", "unknown"].map(str::to_owned);
    assert_eq!(
        met(&Facts { flags: &flags, ..facts() }),
        [
            ("integrity:rooted".to_owned(), RiskDemand::Refused { for_ms: None }),
            ("integrity:debugger".to_owned(), RiskDemand::Proof(ProofLevel::PinAndBiometrics)),
        ]
    );
}

#[test]
fn a_rule_that_is_off_asks_for_nothing() {
    let off = RiskPolicy::off();
    let flags = ["rooted".to_owned()];
    let everything = Facts {
        payments_in_15_min: 99,
        payments_in_24_h: 99,
        refusals_in_1_h: 99,
        refusals_end_ms: 1,
        is_new_payee: true,
        minor: 1_000_000,
        currency: Some(euro()),
        day_limit: Some(1),
        card: Some(USUAL),
        is_night: true,
        place: Some(PlaceFacts { is_new: true, km_h: Some(9_999) }),
        change_left_ms: Some(1),
        flags: &flags,
    };
    assert_eq!(evaluate(&off, &everything), []);
    assert!(evaluate(&policy(), &everything).len() > 8, "the control");
}
