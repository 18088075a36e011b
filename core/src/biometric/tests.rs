//! When biometrics may be used, as tables, and what changes the counts.

use super::state::{Biometric, Gate};
use crate::crypto::SlotBytes;
use crate::money::{Currency, Money};
use crate::platform::SensorAvailability;
use crate::policy::{BiometricPolicy, Budget};
use crate::request::BiometricDenial;
use crate::time::Now;

const HOUR: u64 = 3_600_000;
const PIN_AT: Now = Now { boot: Some(3), since_boot_ms: 10 * HOUR, wall_ms: 1_767_225_600_000 };

fn money(minor: u64, currency: &str) -> Money {
    Money::new(minor, Currency::new(currency).expect("a currency")).expect("an amount")
}

fn pay(minor: u64, currency: &str) -> Option<Money> {
    Some(money(minor, currency))
}

/// Nothing is paid.
const UNLOCK: Option<Money> = None;

fn policy() -> BiometricPolicy {
    let currency = Currency::new("EUR").expect("a currency");
    let budgets = vec![Budget { currency, per_payment_minor: 3_000, total_minor: 5_000 }];
    BiometricPolicy { budgets, max_uses: 4, ..BiometricPolicy::default() }
}

/// Any bytes: nothing in these tests parses them.
fn slot() -> SlotBytes {
    SlotBytes::new(&[2; 148])
}

fn on() -> Biometric {
    let mut biometric = Biometric::new(PIN_AT);
    biometric.switch_on(slot());
    biometric
}

fn after(hours: u64) -> Now {
    let ms = hours * HOUR;
    Now { since_boot_ms: PIN_AT.since_boot_ms + ms, wall_ms: PIN_AT.wall_ms + ms as i64, ..PIN_AT }
}

fn gate(policy: &BiometricPolicy, amount: Option<Money>, now: Now) -> Gate<'_> {
    let availability = SensorAvailability::Ready;
    Gate { policy, is_locked: false, availability, amount, risk_is_raised: false, now }
}

fn ask(biometric: &Biometric, amount: Option<Money>, now: Now) -> Result<(), BiometricDenial> {
    biometric.evaluate(&gate(&policy(), amount, now))
}

#[test]
fn they_may_be_used_until_something_is_against_it() {
    assert_eq!(ask(&on(), UNLOCK, after(0)), Ok(()));
    assert_eq!(ask(&Biometric::new(PIN_AT), UNLOCK, after(0)), Err(BiometricDenial::SwitchedOff));
}

#[test]
fn never_while_the_pin_is_not_taken_either() {
    for (is_locked, expected) in [(true, Err(BiometricDenial::Locked)), (false, Ok(()))] {
        let policy = policy();
        let gate = Gate { is_locked, ..gate(&policy, UNLOCK, after(0)) };
        assert_eq!(on().evaluate(&gate), expected, "{is_locked}");
    }
}

#[test]
fn what_the_phone_says_of_its_sensor_is_named() {
    for (availability, expected) in [
        (SensorAvailability::NoneEnrolled, BiometricDenial::NoneEnrolled),
        (SensorAvailability::NoHardware, BiometricDenial::NoHardware),
        (SensorAvailability::Busy, BiometricDenial::Busy),
        (SensorAvailability::NotSupported, BiometricDenial::NotSupported),
    ] {
        let policy = policy();
        let gate = Gate { availability, ..gate(&policy, UNLOCK, after(0)) };
        assert_eq!(on().evaluate(&gate), Err(expected));
    }
}

#[test]
fn the_pin_comes_first_after_a_start_of_the_phone_and_after_its_time() {
    let unreadable = Now { boot: None, ..after(1) };
    for (now, expected, why) in [
        (after(71), Ok(()), "within three days"),
        (after(72), Err(BiometricDenial::PinTooLongAgo), "three days by both clocks"),
        (
            Now { wall_ms: after(72).wall_ms, ..after(1) },
            Err(BiometricDenial::PinTooLongAgo),
            "by the wall clock alone",
        ),
        (
            Now { since_boot_ms: after(72).since_boot_ms, ..after(1) },
            Err(BiometricDenial::PinTooLongAgo),
            "by the other alone",
        ),
        (
            Now { wall_ms: PIN_AT.wall_ms - 5_001, ..after(1) },
            Err(BiometricDenial::PinTooLongAgo),
            "the wall clock set back",
        ),
        (Now { boot: Some(4), since_boot_ms: 1, ..after(1) }, Err(BiometricDenial::FirstUnlock), "a restart"),
        (unreadable, Err(BiometricDenial::FirstUnlock), "no boot count"),
    ] {
        assert_eq!(ask(&on(), UNLOCK, now), expected, "{why}");
    }
    let mut without_count = Biometric::new(unreadable);
    without_count.switch_on(slot());
    assert_eq!(
        ask(&without_count, UNLOCK, unreadable),
        Err(BiometricDenial::FirstUnlock),
        "no boot count when the PIN was entered"
    );
    assert_eq!(ask(&on_without_pin(), UNLOCK, after(0)), Err(BiometricDenial::FirstUnlock), "never entered");
}

fn on_without_pin() -> Biometric {
    let mut biometric = Biometric::default();
    biometric.switch_on(slot());
    biometric
}

#[test]
fn uses_are_counted_until_the_next_pin() {
    let mut biometric = on();
    for _ in 0..4 {
        assert_eq!(ask(&biometric, UNLOCK, after(1)), Ok(()));
        biometric.note_use(&policy(), UNLOCK);
    }
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Err(BiometricDenial::TooManyUses));
    biometric.note_pin(after(1));
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Ok(()));
}

#[test]
fn payments_stay_within_their_budget() {
    let mut biometric = on();
    for (request, expected) in [
        (pay(3_000, "EUR"), Ok(())),
        (pay(3_001, "EUR"), Err(BiometricDenial::OverBudget)),
        (pay(0, "EUR"), Ok(())),
        (pay(1, "USD"), Err(BiometricDenial::OverBudget)),
        (UNLOCK, Ok(())),
    ] {
        assert_eq!(ask(&biometric, request, after(1)), expected, "{request:?}");
    }
    biometric.note_use(&policy(), pay(3_000, "EUR"));
    assert_eq!(ask(&biometric, pay(2_000, "EUR"), after(1)), Ok(()));
    assert_eq!(ask(&biometric, pay(2_001, "EUR"), after(1)), Err(BiometricDenial::OverBudget), "more than in all");
    biometric.note_use(&policy(), pay(2_000, "EUR"));
    assert_eq!(ask(&biometric, pay(1, "EUR"), after(1)), Err(BiometricDenial::OverBudget));
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Ok(()), "unlocking costs nothing");
    biometric.note_pin(after(1));
    assert_eq!(ask(&biometric, pay(3_000, "EUR"), after(1)), Ok(()));
}

#[test]
fn a_payment_in_one_currency_forgets_nothing_of_another() {
    let budget = |code| {
        let currency = Currency::new(code).expect("a currency");
        Budget { currency, per_payment_minor: 3_000, total_minor: 5_000 }
    };
    let policy = BiometricPolicy { budgets: vec![budget("EUR"), budget("CNY")], ..policy() };
    let mut biometric = on();
    for code in ["EUR", "CNY"] {
        biometric.note_use(&policy, pay(3_000, code));
    }
    for code in ["EUR", "CNY"] {
        let gate = gate(&policy, pay(2_001, code), after(1));
        assert_eq!(biometric.evaluate(&gate), Err(BiometricDenial::OverBudget), "{code}");
    }
}

#[test]
fn more_risk_than_usual_wants_the_pin() {
    let policy = policy();
    let gate = Gate { risk_is_raised: true, ..gate(&policy, UNLOCK, after(1)) };
    assert_eq!(on().evaluate(&gate), Err(BiometricDenial::RiskRaised));
}

#[test]
fn five_failures_in_a_row_bring_the_pin_and_twenty_switch_off() {
    let mut biometric = on();
    for round in 1..=4 {
        for failure in 1..=5 {
            assert_eq!(ask(&biometric, UNLOCK, after(1)), Ok(()), "round {round}, failure {failure}");
            let is_off = biometric.note_failure(&policy());
            assert_eq!(is_off, round == 4 && failure == 5);
            assert_eq!(biometric.has_failed_too_often(&policy()), failure == 5);
        }
        let expected = if round == 4 { BiometricDenial::OffAfterFailures } else { BiometricDenial::TooManyFailures };
        assert_eq!(ask(&biometric, UNLOCK, after(1)), Err(expected));
        biometric.note_pin(after(1));
    }
    assert_eq!(
        ask(&biometric, UNLOCK, after(1)),
        Err(BiometricDenial::OffAfterFailures),
        "a right PIN changes nothing"
    );
    assert!(biometric.slot().is_none());
    biometric.switch_on(slot());
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Ok(()), "set up anew");
    assert!(!biometric.note_failure(&policy()), "they count from the start");
}

#[test]
fn a_success_clears_their_own_failures() {
    let mut biometric = on();
    for _ in 0..10 {
        (0..4).for_each(|_| assert!(!biometric.note_failure(&policy())));
        biometric.note_use(&BiometricPolicy { max_uses: 100, ..policy() }, UNLOCK);
        assert!(!biometric.has_failed_too_often(&policy()));
    }
}

#[test]
fn why_they_are_off_is_remembered_until_they_are_on_or_not_wanted() {
    let mut biometric = on();
    biometric.note_enrolment_change();
    biometric.note_pin(after(1));
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Err(BiometricDenial::EnrolmentChanged));
    assert!(!biometric.switch_off(), "they were off");
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Err(BiometricDenial::SwitchedOff));
    biometric.switch_on(slot());
    assert!(biometric.switch_off());
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Err(BiometricDenial::SwitchedOff));
}

#[test]
fn a_refusal_is_noted_once_for_its_reason() {
    let mut biometric = on();
    assert!(biometric.note_refusal(BiometricDenial::OverBudget));
    assert!(!biometric.note_refusal(BiometricDenial::OverBudget));
    assert!(biometric.note_refusal(BiometricDenial::RiskRaised));
    assert!(biometric.note_refusal(BiometricDenial::OverBudget));
    biometric.note_pin(after(1));
    assert!(biometric.note_refusal(BiometricDenial::OverBudget), "something happened since");
}

#[test]
fn what_an_easier_policy_forgets_is_no_more_than_its_pin_would() {
    let currency = |code| Currency::new(code).expect("a currency");
    let named = |code| Budget { currency: currency(code), per_payment_minor: 10, total_minor: 10 };
    let of = |codes: &[&'static str]| BiometricPolicy {
        budgets: codes.iter().map(|code| named(code)).collect(),
        ..policy()
    };
    let mut biometric = on();
    let many = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH"];
    many.iter().for_each(|code| biometric.note_use(&of(&many), pay(1, code)));
    biometric.note_use(&of(&["III"]), pay(1, "III"));
    assert!(biometric.is_in_range(), "what no policy names any more is not kept");
}

#[test]
fn numbers_that_this_code_never_writes_are_out_of_range() {
    let is_in_range = |field: &str, value: serde_json::Value| {
        let mut json = serde_json::to_value(on()).expect("JSON");
        *json.get_mut(field).expect("a field of this name") = value;
        serde_json::from_value::<Biometric>(json).expect("values of the right types").is_in_range()
    };
    for count in ["uses", "in_a_row", "failures"] {
        assert!(is_in_range(count, 1_000_000.into()), "{count}");
        assert!(!is_in_range(count, 1_000_001.into()), "{count}");
    }
    let spent = |currencies| serde_json::to_value(vec![money(1, "EUR"); currencies]).expect("JSON");
    assert!(is_in_range("spent", spent(8)));
    assert!(!is_in_range("spent", spent(9)));
}

#[test]
fn when_the_pin_is_asked_for_they_wait_for_it() {
    let mut biometric = on();
    biometric.ask_for_pin();
    assert_eq!(ask(&biometric, UNLOCK, after(0)), Err(BiometricDenial::FirstUnlock));
    biometric.note_pin(after(1));
    assert_eq!(ask(&biometric, UNLOCK, after(1)), Ok(()));
}
