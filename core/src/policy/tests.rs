//! Loading a policy: what is refused, and with which error text.

mod lockout;
mod payment;
mod strictness;

use serde_json::{Value, json};

use super::{
    BiometricPolicy, Budget, Contact, Cooldown, GuardedAction, HistoryPolicy, IntegrityFlag, Limit, LockoutPolicy,
    Measure, Night, NightAmount, PasswordPolicy, PaymentPolicy, Period, PinPolicy, Policy, RecoveryPolicy, RiskPolicy,
    SecondFactorPolicy, SessionPolicy,
};
use crate::money::Currency;
use crate::platform::testing::schedules;
use crate::request::{ProofLevel, Scope};

/// The wait in seconds that a policy's cooldowns name for this failure count, found without the code under test.
pub(crate) fn expected_wait_s(policy: &LockoutPolicy, failures: u32) -> u64 {
    let steps = policy.cooldowns.iter().map(|step| (step.from, step.to.unwrap_or(schedules::FOR_EVER), step.wait_s));
    schedules::wait_s(steps, failures)
}

/// Loads `json`, which must be refused, and returns the field that the error names and the problem with it.
fn refused(json: &str) -> (String, String) {
    let error = Policy::from_json(json).expect_err(json);
    assert_eq!(error.to_string(), format!("{}: {}", error.field, error.problem));
    (error.field, error.problem)
}

fn euro() -> Currency {
    Currency::new("EUR").expect("a currency")
}

/// A policy in which every field has a value, and no value is the default.
fn full() -> Policy {
    Policy {
        name: "ours".to_owned(),
        pin: PinPolicy {
            min_digits: 7,
            max_digits: 11,
            forbid_weak: true,
            remember: 3,
            rehearse_after_days: Some(14),
            change_after_days: Some(365),
        },
        lockout: LockoutPolicy {
            cooldowns: vec![
                Cooldown { from: 3, to: Some(4), wait_s: 20 },
                Cooldown { from: 6, to: Some(9), wait_s: 50 },
                Cooldown { from: 10, to: None, wait_s: 90 },
            ],
            lock_at: Some(20),
            wipe_at: Some(25),
            per_boot_limit: Some(7),
            duplicate_window_s: 60,
            duplicate_memory: 2,
            no_verdict_budget: 3,
        },
        session: SessionPolicy { idle_s: 40, absolute_s: 400 },
        biometric: BiometricPolicy {
            strong_auth_max_age_h: 24,
            max_uses: 10,
            budgets: vec![Budget { currency: euro(), per_payment_minor: 2_000, total_minor: 6_000 }],
            failures_before_pin: 3,
            failures_before_off: 9,
            prompt_timeout_ms: 20_000,
        },
        recovery: RecoveryPolicy {
            pending_change_h: 48,
            proofs_wait_h: 96,
            sms_valid_s: 300,
            mail_valid_s: 900,
            tries_per_code: 3,
            codes_a_day: 4,
            stale_after_days: 90,
            password: PasswordPolicy { min_length: 14, require_classes: false, remember: 3 },
        },
        second_factor: SecondFactorPolicy { at_unlock: false, actions: vec![GuardedAction::Unfreeze] },
        payment: PaymentPolicy {
            limits: vec![
                Limit::amount(Scope::All, euro(), Period::Day, 50_000),
                Limit {
                    of: Measure::Count,
                    at_night: true,
                    ..Limit::amount(Scope::Remote, euro(), Period::ThirtyDays, 9)
                },
                Limit::amount(Scope::Card("c-1".to_owned()), euro(), Period::Payment, 7_000).up_to(ProofLevel::Pin),
            ],
            night: Night { from_h: 22, to_h: 5 },
            raise_after_h: 48,
            card_grace_h: 72,
            valid_s: 90,
            shown_code_valid_s: 30,
            risk: RiskPolicy {
                payments_in_15_min: Some(4),
                payments_in_24_h: Some(11),
                refusals_for_pin: Some(2),
                refusals_for_stop: Some(5),
                new_payee_percent: Some(20),
                deviations: Some(2),
                night_over: vec![NightAmount { currency: euro(), max: 4_000 }],
                fastest_km_h: Some(800),
                after_change_percent: Some(40),
                flags: vec![
                    IntegrityFlag { name: "rooted".to_owned(), proof: None },
                    IntegrityFlag { name: "debugger".to_owned(), proof: Some(ProofLevel::Pin) },
                ],
            },
        },
        history: HistoryPolicy { keep_days: 600, review_after_days: Some(60) },
        contacts: vec![
            Contact::Phone("+86 10 0000 0000".to_owned()),
            Contact::Form("https://example.org/form".to_owned()),
            Contact::Social("@example".to_owned()),
            Contact::Police("110".to_owned()),
        ],
        // `provider.rs` beside this has the tests of that part.
        provider: None,
    }
}

#[test]
fn every_field_survives_json() {
    assert_eq!(full().validate(), Ok(()));
    assert_eq!(Policy::from_json(&full().to_json()), Ok(full()));
    let expected = json!({
        "name": "ours",
        "pin": {
            "min_digits": 7,
            "max_digits": 11,
            "forbid_weak": true,
            "remember": 3,
            "rehearse_after_days": 14,
            "change_after_days": 365,
        },
        "lockout": {
            "cooldowns": [
                { "from": 3, "to": 4, "wait_s": 20 },
                { "from": 6, "to": 9, "wait_s": 50 },
                { "from": 10, "wait_s": 90 },
            ],
            "lock_at": 20,
            "wipe_at": 25,
            "per_boot_limit": 7,
            "duplicate_window_s": 60,
            "duplicate_memory": 2,
            "no_verdict_budget": 3,
        },
        "session": { "idle_s": 40, "absolute_s": 400 },
        "biometric": {
            "strong_auth_max_age_h": 24,
            "max_uses": 10,
            "budgets": [{ "currency": "EUR", "per_payment_minor": 2000, "total_minor": 6000 }],
            "failures_before_pin": 3,
            "failures_before_off": 9,
            "prompt_timeout_ms": 20000,
        },
        "recovery": {
            "pending_change_h": 48,
            "proofs_wait_h": 96,
            "sms_valid_s": 300,
            "mail_valid_s": 900,
            "tries_per_code": 3,
            "codes_a_day": 4,
            "stale_after_days": 90,
            "password": { "min_length": 14, "require_classes": false, "remember": 3 },
        },
        "second_factor": { "at_unlock": false, "actions": ["unfreeze"] },
        "payment": {
            "limits": [
                { "scope": "all", "currency": "EUR", "per": "day", "max": 50_000 },
                {
                    "scope": "remote",
                    "currency": "EUR",
                    "per": "thirty_days",
                    "max": 9,
                    "of": "count",
                    "at_night": true,
                },
                { "scope": "card:c-1", "currency": "EUR", "per": "payment", "max": 7_000, "proof": "pin" },
            ],
            "night": { "from_h": 22, "to_h": 5 },
            "raise_after_h": 48,
            "card_grace_h": 72,
            "valid_s": 90,
            "shown_code_valid_s": 30,
            "risk": {
                "payments_in_15_min": 4,
                "payments_in_24_h": 11,
                "refusals_for_pin": 2,
                "refusals_for_stop": 5,
                "new_payee_percent": 20,
                "deviations": 2,
                "night_over": [{ "currency": "EUR", "max": 4_000 }],
                "fastest_km_h": 800,
                "after_change_percent": 40,
                "flags": [{ "name": "rooted" }, { "name": "debugger", "proof": "pin" }],
            },
        },
        "history": { "keep_days": 600, "review_after_days": 60 },
        "contacts": [
            { "kind": "phone", "value": "+86 10 0000 0000" },
            { "kind": "form", "value": "https://example.org/form" },
            { "kind": "social", "value": "@example" },
            { "kind": "police", "value": "110" },
        ],
    });
    assert_eq!(serde_json::from_str::<Value>(&full().to_json()).unwrap(), expected);
}

#[test]
fn a_number_out_of_range_is_refused_by_name() {
    for (json, field, least, most) in [
        (r#"{"pin":{"min_digits":#}}"#, "pin.min_digits", 4_u64, 12_u64),
        (r#"{"pin":{"max_digits":#}}"#, "pin.max_digits", 6, 12),
        (r#"{"pin":{"min_digits":9,"max_digits":#}}"#, "pin.max_digits", 9, 12),
        (r#"{"pin":{"remember":#}}"#, "pin.remember", 0, 5),
        (r#"{"pin":{"rehearse_after_days":#}}"#, "pin.rehearse_after_days", 1, 3650),
        (r#"{"pin":{"change_after_days":#}}"#, "pin.change_after_days", 1, 3650),
        (r#"{"session":{"idle_s":1,"absolute_s":#}}"#, "session.absolute_s", 1, 86_400),
        (r#"{"session":{"idle_s":#,"absolute_s":86400}}"#, "session.idle_s", 1, 86_400),
        (r#"{"session":{"idle_s":#}}"#, "session.idle_s", 1, 900),
        (r#"{"recovery":{"pending_change_h":#}}"#, "recovery.pending_change_h", 1, 168),
        (r#"{"recovery":{"password":{"min_length":#}}}"#, "recovery.password.min_length", 8, 64),
        (r#"{"recovery":{"password":{"remember":#}}}"#, "recovery.password.remember", 0, 5),
        (r#"{"recovery":{"proofs_wait_h":#}}"#, "recovery.proofs_wait_h", 24, 168),
        (r#"{"recovery":{"sms_valid_s":#}}"#, "recovery.sms_valid_s", 60, 600),
        (r#"{"recovery":{"mail_valid_s":#}}"#, "recovery.mail_valid_s", 60, 86_400),
        (r#"{"recovery":{"tries_per_code":#}}"#, "recovery.tries_per_code", 1, 10),
        (r#"{"recovery":{"codes_a_day":#}}"#, "recovery.codes_a_day", 1, 10),
        (r#"{"recovery":{"stale_after_days":#}}"#, "recovery.stale_after_days", 30, 730),
        (r#"{"lockout":{"cooldowns":[{"from":#,"wait_s":1}]}}"#, "lockout.cooldowns[0].from", 1, 1000),
        (r#"{"lockout":{"cooldowns":[{"from":5,"to":#,"wait_s":1}]}}"#, "lockout.cooldowns[0].to", 5, 1000),
        (r#"{"lockout":{"cooldowns":[{"from":5,"wait_s":#}]}}"#, "lockout.cooldowns[0].wait_s", 1, 283_824_000),
        (
            r#"{"lockout":{"cooldowns":[{"from":5,"to":7,"wait_s":1},{"from":#,"wait_s":1}]}}"#,
            "lockout.cooldowns[1].from",
            8,
            1000,
        ),
        (
            r#"{"lockout":{"cooldowns":[{"from":5,"to":7,"wait_s":1},{"from":8,"to":#,"wait_s":1}]}}"#,
            "lockout.cooldowns[1].to",
            8,
            1000,
        ),
        (r#"{"lockout":{"lock_at":#}}"#, "lockout.lock_at", 1, 1000),
        (r#"{"lockout":{"wipe_at":#}}"#, "lockout.wipe_at", 1, 1000),
        (r#"{"lockout":{"per_boot_limit":#}}"#, "lockout.per_boot_limit", 1, 1000),
        (r#"{"lockout":{"duplicate_window_s":#}}"#, "lockout.duplicate_window_s", 0, 300),
        (r#"{"lockout":{"duplicate_memory":#}}"#, "lockout.duplicate_memory", 0, 16),
        (r#"{"lockout":{"no_verdict_budget":#}}"#, "lockout.no_verdict_budget", 0, 100),
    ] {
        let with = |value: String| json.replace('#', &value);
        for inside in [least, most] {
            assert_eq!(
                Policy::from_json(&with(inside.to_string())).map(|_| ()),
                Ok(()),
                "{}",
                with(inside.to_string())
            );
        }
        let bounds = format!("must be from {least} to {most}");
        assert_eq!(refused(&with((most + 1).to_string())), (field.to_owned(), bounds.clone()));
        if let Some(below) = least.checked_sub(1) {
            assert_eq!(refused(&with(below.to_string())), (field.to_owned(), bounds));
        }
        assert_eq!(refused(&with("-1".to_owned())).0, field);
    }
}

#[test]
fn a_text_or_list_out_of_bounds_is_refused_by_name() {
    let one = json!({ "kind": "phone", "value": "1" });
    let contact = |kind: &str, value: &str| json!({ "contacts": [one, { "kind": kind, "value": value }] });
    let name = |length: usize| json!({ "name": "n".repeat(length) });
    let contacts = |count: usize| json!({ "contacts": vec![one.clone(); count] });
    let cooldowns = |count: u32| {
        let steps: Vec<_> = (1..=count).map(|at| json!({ "from": at, "to": at, "wait_s": 1 })).collect();
        json!({ "lockout": { "cooldowns": steps } })
    };
    let accepted = [name(1), name(200), contacts(0), contacts(8), cooldowns(0), cooldowns(32)];
    for json in accepted {
        assert_eq!(Policy::from_json(&json.to_string()).map(|_| ()), Ok(()), "{json}");
    }
    for (json, field, bounds) in [
        (name(0), "name", "must be from 1 to 200"),
        (name(201), "name", "must be from 1 to 200"),
        (json!({ "name": "锁".repeat(67) }), "name", "must be from 1 to 200"),
        (contacts(9), "contacts", "must be from 0 to 8"),
        (cooldowns(33), "lockout.cooldowns", "must be from 0 to 32"),
    ] {
        assert_eq!(refused(&json.to_string()), (field.to_owned(), bounds.to_owned()));
    }
    for kind in ["phone", "form", "social", "police"] {
        for length in [1, 200] {
            assert!(Policy::from_json(&contact(kind, &"v".repeat(length)).to_string()).is_ok(), "{kind} of {length}");
        }
        for length in [0, 201] {
            let bounds = "must be from 1 to 200".to_owned();
            assert_eq!(
                refused(&contact(kind, &"v".repeat(length)).to_string()),
                ("contacts[1].value".to_owned(), bounds)
            );
        }
    }
}

/// Every value of a JSON document: its path as an error writes it, and its JSON pointer.
fn places(json: &Value, path: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    found.push((path.to_owned(), pointer.to_owned()));
    match json {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = if path == "." { name.clone() } else { format!("{path}.{name}") };
                places(value, &path, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (i, value) in items.iter().enumerate() {
                places(value, &format!("{path}[{i}]"), &format!("{pointer}/{i}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn a_value_of_another_type_is_refused_by_name() {
    let full = serde_json::to_value(full()).unwrap();
    let mut found = Vec::new();
    places(&full, ".", "", &mut found);
    let mut numbers = 0;
    for (path, pointer) in &found {
        let original = full.pointer(pointer).unwrap();
        let mut wrong = vec![json!(5.5), json!(-1), json!({ "bogus": 1 })];
        match original {
            Value::Number(_) => {
                numbers += 1;
                wrong.extend([json!("5"), json!(true), json!([5]), json!(1e30)]);
                // A number that 32 bits cannot hold must not wrap round to a number in range.
                wrong.push(match path.rsplit('.').next() {
                    Some("wait_s") => json!(283_824_001),
                    Some("per_payment_minor" | "total_minor" | "max") => json!(1_000_000_000_001_u64),
                    _ => json!((1_u64 << 32) + 7),
                });
            }
            // A limit, or a flag, may name no proof.
            Value::String(_) if path.ends_with(".proof") => wrong.extend([json!(5), json!(["x"])]),
            Value::String(_) => wrong.extend([json!(5), json!(null), json!(["x"])]),
            Value::Bool(_) => wrong.extend([json!(1), json!("true"), json!(null)]),
            Value::Array(_) => wrong.extend([json!("x"), json!(5), json!(null)]),
            _ => wrong.extend([json!("x"), json!(5), json!(null), json!([true, true])]),
        }
        for value in wrong {
            let mut edited = full.clone();
            *edited.pointer_mut(pointer).unwrap() = value.clone();
            let (field, _) = refused(&edited.to_string());
            // The error names a deeper field if only a value inside does not fit.
            assert!(field == *path || *path == "." || field.starts_with(path), "{path} as {value}: {field}");
            if !original.is_object() && !original.is_array() {
                assert_eq!(field, *path, "{value}");
            }
        }
    }
    assert_eq!(numbers, 57, "every number was tried");
}

#[test]
fn an_unknown_field_is_refused_by_name() {
    let full = serde_json::to_value(full()).unwrap();
    let mut found = Vec::new();
    places(&full, ".", "", &mut found);
    let mut objects = 0;
    for (path, pointer) in found {
        let mut edited = full.clone();
        let Some(fields) = edited.pointer_mut(&pointer).unwrap().as_object_mut() else { continue };
        fields.insert("lock_att".to_owned(), json!(3));
        objects += 1;
        let (field, problem) = refused(&edited.to_string());
        let expected = if path == "." { "lock_att".to_owned() } else { format!("{path}.lock_att") };
        assert_eq!(field, expected);
        assert!(
            ["is not a field of a policy", "has another type, or a value out of range"].contains(&problem.as_str())
        );
    }
    assert_eq!(
        objects, 26,
        "the policy, its eight parts, those of passwords, night and risk, three cooldowns, a budget, three limits, an \
         amount, two flags and four contacts"
    );
}

#[test]
fn what_is_no_json_policy_is_refused() {
    for (json, field) in [
        ("", "."),
        ("walletlock", "."),
        ("5", "."),
        ("null", "."),
        ("{} {}", "."),
        (r#"{"name":"a","name":"b"}"#, "."),
        (r#"{"pin":{"remember":1,"remember":5}}"#, "pin"),
        (r#"{"pin":{"min_digits":"#, "pin.min_digits"),
        (r#"{"lockout":{"cooldowns":[{"from":3}]}}"#, "lockout.cooldowns[0]"),
        (r#"{"lockout":{"cooldowns":[{"wait_s":3}]}}"#, "lockout.cooldowns[0]"),
        (r#"{"contacts":[{"kind":"fax","value":"1"}]}"#, "contacts[0].kind"),
        (r#"{"contacts":[{"kind":"phone"}]}"#, "contacts[0]"),
        (r#"{"contacts":[{"value":"1"}]}"#, "contacts[0]"),
        (r#"{"contacts":[{"kind":{"phone":1},"value":"1"}]}"#, "contacts[0].kind.phone"),
        // A value that is text for JSON and that we refuse, as the last one of its object.
        (
            r#"{"biometric":{"budgets":[{"per_payment_minor":1,"total_minor":1,"currency":"eur"}]}}"#,
            "biometric.budgets[0].currency",
        ),
        (r#"{"provider":{"keys":[{"role":"online","key":"*"}]}}"#, "provider.keys[0].key"),
        // Several lines, blanks, and a text with quotes, brackets and commas.
        ("{\n \"name\" : \"a\\\"}],{\",\n \"pin\" : {\n \"remember\" : \"ä\" }\n}", "pin.remember"),
        ("{\n \"pin\" : { } ,\n \"ä\" : 1 }", "ä"),
        ("{ \"name\" : \"a\" , \"name\" : \"b\" }", "."),
        (r#"{"contacts":[]  "name":1}"#, "contacts"),
        (r#"{"pin":}"#, "pin"),
        (r#"{"contacts":[{"kind":"phone","value":"1"},]}"#, "contacts[1]"),
    ] {
        assert_eq!(refused(json).0, field, "{json}");
    }
}

#[test]
fn a_mistake_is_said_in_our_own_words() {
    for (json, words) in [
        (r#"{"lock_att":1}"#, "lock_att: is not a field of a policy"),
        (r#"{"lockout":{"cooldowns":[{"from":3}]}}"#, "lockout.cooldowns[0]: lacks a field"),
        (r#"{"name":5}"#, "name: has another type, or a value out of range"),
        (r#"{"name":"#, "name: is not JSON (line 1, column 8)"),
    ] {
        assert_eq!(Policy::from_json(json).unwrap_err().to_string(), words, "{json}");
    }
}

#[test]
fn what_json_leaves_out_is_as_in_walletlock() {
    let walletlock = Policy::preset("walletlock").unwrap();
    assert_eq!(Policy::from_json("{}"), Ok(walletlock.clone()));
    let json = r#"{"pin":{"min_digits":8},"lockout":{"lock_at":9},"session":{"idle_s":60}}"#;
    let mut expected = walletlock.clone();
    expected.pin.min_digits = 8;
    expected.lockout.lock_at = Some(9);
    expected.session.idle_s = 60;
    assert_eq!(Policy::from_json(json), Ok(expected));
    // A JSON text that names one field leaves the others as they are in `walletlock`.
    let full = serde_json::to_value(full()).unwrap();
    for part in ["pin", "lockout", "session"] {
        for (name, value) in full[part].as_object().unwrap() {
            let policy = Policy::from_json(&json!({ part: { name: value } }).to_string()).unwrap();
            let mut expected = serde_json::to_value(&walletlock).unwrap();
            expected[part][name] = value.clone();
            assert_eq!(serde_json::to_value(policy).unwrap(), expected);
        }
    }
    for name in ["name", "contacts"] {
        let policy = Policy::from_json(&json!({ name: full[name] }).to_string()).unwrap();
        let mut expected = serde_json::to_value(&walletlock).unwrap();
        expected[name] = full[name].clone();
        assert_eq!(serde_json::to_value(policy).unwrap(), expected);
    }
    // A field that may be absent is removed by `null`.
    let without =
        Policy::from_json(r#"{"pin":{"rehearse_after_days":null},"lockout":{"lock_at":null,"wipe_at":5}}"#).unwrap();
    assert_eq!((without.pin.rehearse_after_days, without.lockout.lock_at), (None, None));
}
