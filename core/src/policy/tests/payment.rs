//! The policy's part about payments: presets at their edges, what is refused, and what counts as easing it.

use super::*;
use crate::request::Channel;

fn preset(name: &str) -> PaymentPolicy {
    PaymentPolicy::preset(name).expect("a preset")
}

#[test]
fn a_preset_is_read_by_its_name_and_no_other_name_is_one() {
    for name in super::super::PAYMENT_PRESETS {
        let policy = Policy::from_json(&format!(r#"{{"payment":"{name}"}}"#)).expect("a policy");
        assert_eq!(policy.payment, preset(name));
        assert_eq!(Policy::from_json(&policy.to_json()), Ok(policy), "and written with its fields");
    }
    assert_eq!(refused(r#"{"payment":"psd3"}"#).0, "payment");
    assert_eq!(refused(r#"{"payment":5}"#).0, "payment");
    assert_eq!(Policy::from_json("{}").expect("a policy").payment, PaymentPolicy::default());
    assert!(!Policy::default().to_json().contains("payment"), "a wallet that pays nothing does not write it");
}

/// The figures as their sources print them: Regulation (EU) 2018/389, articles 11 and 16; PBOC 2017/296; BCB 142/2021.
#[test]
fn the_presets_have_the_figures_of_their_sources() {
    use ProofLevel::{Nothing, Pin};
    let figures = |name| {
        let limits = preset(name).limits.into_iter();
        limits
            .map(|it| (it.scope.to_string(), it.currency.to_string(), it.per, it.of, it.max, it.proof, it.at_night))
            .collect::<Vec<_>>()
    };
    let (amount, count) = (Measure::Amount, Measure::Count);
    let row = |scope: &str, currency: &str, per, of, max, proof, at_night| {
        (scope.to_owned(), currency.to_owned(), per, of, max, proof, at_night)
    };
    assert_eq!(
        figures("psd2"),
        [
            row("all", "EUR", Period::Day, amount, 100_000, None, false),
            row("all", "EUR", Period::ThirtyDays, amount, 500_000, None, false),
            row("remote", "EUR", Period::Payment, amount, 3_000, Some(Nothing), false),
            row("remote", "EUR", Period::SinceProof, amount, 10_000, Some(Nothing), false),
            row("remote", "EUR", Period::SinceProof, count, 5, Some(Nothing), false),
            row("in_store", "EUR", Period::Payment, amount, 5_000, Some(Nothing), false),
            row("in_store", "EUR", Period::SinceProof, amount, 15_000, Some(Nothing), false),
            row("in_store", "EUR", Period::SinceProof, count, 5, Some(Nothing), false),
        ]
    );
    assert_eq!(
        figures("pboc_2017_296"),
        [
            row("all", "CNY", Period::Day, amount, 500_000, None, false),
            row("code_scanned", "CNY", Period::Day, amount, 50_000, None, false),
            row("code_shown", "CNY", Period::Day, amount, 100_000, Some(Pin), false),
            row("code_shown", "CNY", Period::Day, amount, 500_000, None, false),
        ]
    );
    assert_eq!(
        figures("pix"),
        [
            row("all", "BRL", Period::Day, amount, 500_000, None, false),
            row("all", "BRL", Period::Day, amount, 100_000, None, true),
        ]
    );
    assert_eq!((preset("pix").night, preset("pix").raise_after_h), (Night { from_h: 20, to_h: 6 }, 24));
}

#[test]
fn a_limit_that_makes_no_sense_is_refused_by_name() {
    let limit = Limit::amount(Scope::All, euro(), Period::Day, 5);
    let of = |limits: Vec<Limit>| PaymentPolicy { limits, ..PaymentPolicy::default() };
    let unknown = Currency::new("AAA").expect("three letters");
    for (policy, field) in [
        (of(vec![Limit { currency: unknown, ..limit.clone() }]), "payment.limits[0].currency"),
        (of(vec![Limit { max: 1_000_000_000_001, ..limit.clone() }]), "payment.limits[0].max"),
        (of(vec![Limit { of: Measure::Count, per: Period::Payment, ..limit.clone() }]), "payment.limits[0].per"),
        (of(vec![Limit { per: Period::SinceProof, ..limit.clone() }]), "payment.limits[0].per"),
        (of(vec![limit.clone().up_to(ProofLevel::PinAndCode)]), "payment.limits[0].proof"),
        (
            of(vec![Limit { scope: Scope::Card("4111111111111111".to_owned()), ..limit.clone() }]),
            "payment.limits[0].scope",
        ),
        (of(vec![limit.clone(), Limit { max: 6, ..limit.clone() }]), "payment.limits[1]"),
        (
            of((0..25).map(|max| Limit { scope: Scope::Card(format!("c{max}")), ..limit.clone() }).collect()),
            "payment.limits",
        ),
        (PaymentPolicy { night: Night { from_h: 24, to_h: 6 }, ..of(vec![]) }, "payment.night.from_h"),
        (PaymentPolicy { raise_after_h: 0, ..of(vec![]) }, "payment.raise_after_h"),
        (PaymentPolicy { raise_after_h: 169, ..of(vec![]) }, "payment.raise_after_h"),
        (PaymentPolicy { valid_s: 9, ..of(vec![]) }, "payment.valid_s"),
        (PaymentPolicy { shown_code_valid_s: 601, ..of(vec![]) }, "payment.shown_code_valid_s"),
        (
            PaymentPolicy { risk: RiskPolicy { payments_in_15_min: Some(0), ..RiskPolicy::default() }, ..of(vec![]) },
            "payment.risk.payments_in_15_min",
        ),
        (
            PaymentPolicy {
                risk: RiskPolicy {
                    flags: vec![IntegrityFlag { name: "Root".to_owned(), proof: None }],
                    ..RiskPolicy::default()
                },
                ..of(vec![])
            },
            "payment.risk.flags[0].name",
        ),
    ] {
        assert_eq!(Policy { payment: policy, ..Policy::default() }.validate().expect_err(field).field, field);
    }
    assert_eq!(Policy { payment: of(vec![limit]), ..Policy::default() }.validate(), Ok(()), "the control");
}

#[test]
fn only_what_allows_no_more_may_replace_it_without_the_pin() {
    type Edit = fn(&mut PaymentPolicy);
    let day = |max| Limit::amount(Scope::All, euro(), Period::Day, max);
    let sealed = || PaymentPolicy { limits: vec![day(500)], ..PaymentPolicy::default() };
    let tightened: [(&str, Edit); 6] = [
        ("a lower limit", |p| p.limits[0].max -= 1),
        ("one more limit", |p| p.limits.push(Limit::amount(Scope::Remote, euro(), Period::Payment, 9))),
        ("a limit on one proof", |p| {
            p.limits.push(Limit::amount(Scope::All, euro(), Period::Payment, 9).up_to(ProofLevel::Pin));
        }),
        ("a longer wait before a raise", |p| p.raise_after_h += 1),
        ("shorter authorisations", |p| p.valid_s -= 1),
        ("a rule that asks earlier", |p| p.risk.payments_in_15_min = Some(2)),
    ];
    for (name, edit) in tightened {
        let mut stricter = sealed();
        edit(&mut stricter);
        assert!(stricter.is_at_least_as_strict_as(&sealed()), "{name}");
        assert!(!sealed().is_at_least_as_strict_as(&stricter), "the reverse of: {name}");
    }
    let eased: [(&str, Edit); 5] = [
        ("another currency", |p| {
            p.limits.push(Limit::amount(Scope::All, Currency::new("CNY").expect("one"), Period::Day, 1));
        }),
        ("payments without proof", |p| {
            let exempt = Limit::amount(Scope::Channel(Channel::InStore), euro(), Period::Payment, 1);
            p.limits.push(exempt.up_to(ProofLevel::Nothing));
        }),
        ("a rule that is off", |p| p.risk.deviations = None),
        ("no limit", |p| p.limits.clear()),
        ("longer codes", |p| p.shown_code_valid_s += 1),
    ];
    for (name, edit) in eased {
        let mut easier = sealed();
        edit(&mut easier);
        assert!(!easier.is_at_least_as_strict_as(&sealed()), "{name}");
    }
}
