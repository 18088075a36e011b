//! U5, U6, U13: a payment is asked for, the person reads what is paid and confirms it, and the provider gets what it can
//! check.

use walletlock_core::money::{Currency, Money};
use walletlock_core::payment::{Language, PaymentState};
use walletlock_core::platform::testing::Act;
use walletlock_core::policy::{Budget, Limit, PaymentPolicy, Period, Policy};
use walletlock_core::request::{AmountKind, CardRef, Payee, Payment, PromptId, ProofLevel, Scope};
use walletlock_core::{
    BiometricChange, LockError, PaymentContext, PaymentOutcome, PaymentRefusal, Refusal, WordDone, WordError,
    WordOutcome, WrongPin,
};

use crate::backend::{Backend, done};
use crate::till::{
    alone, approved, ask, day_limit, euro, euros, left, needs, pay, payment, refused, touch, with_provider,
};
use crate::u7_second_factor::{set_up, shown};
use crate::wallet::{PIN, Wallet, entry};

#[test]
fn what_the_person_read_is_what_both_keys_signed() {
    let (backend, wallet) = with_provider(day_limit(100_000));
    let dinner = Payment {
        kind: AmountKind::UpTo,
        fee_max_minor: 50,
        card: Some(CardRef { id: "c-1".to_owned(), label: "Visa".to_owned(), last4: "1111".to_owned() }),
        mcc: Some(5812),
        nonce: Some("n-1".to_owned()),
        ..payment("order-1", 123_456)
    };
    let dinner = Payment { amount: euros(12_345), ..dinner };
    let needs = needs(ask(&wallet, &dinner));
    assert_eq!(
        needs.lines,
        ["At most 123.45 EUR", "To Bookshop (m-17)", "With Visa ••1111", "Online", "Fee: at most 0.50 EUR",]
    );
    assert_eq!(needs.any_of, [ProofLevel::Pin]);
    let paid = approved(wallet.lock.payments().confirm_pin(needs.handle, &entry(PIN)).expect("an outcome"));
    assert_eq!(paid.lines, needs.lines);
    let said = backend.check(&paid).expect("both signatures are right");
    assert_eq!(said["shown"], serde_json::json!(needs.lines));
    for (claim, expected) in [
        ("id", "order-1"),
        ("amount_minor", "12345"),
        ("currency", "EUR"),
        ("kind", "up_to"),
        ("fee_max_minor", "50"),
        ("channel", "online"),
        ("mcc", "5812"),
        ("nonce", "n-1"),
        ("locale", "en"),
    ] {
        assert_eq!(said[claim], expected, "{claim}");
    }
    assert_eq!((&said["seq"], &said["exponent"]), (&1.into(), &2.into()));
    assert_eq!(said["exp"].as_i64().expect("a time") - said["iat"].as_i64().expect("a time"), 120);
    assert_eq!(said["amr"], serde_json::json!(["hwk", "pin", "mfa"]));
    assert_eq!(said["sub"], backend.installation());
    assert!(wallet.lock.open_sessions().expect("known").next_end_ms.is_none(), "a payment opens no session");
}

#[test]
fn the_lines_are_in_the_persons_language() {
    let wallet = alone(day_limit(100_000));
    let context = PaymentContext { language: Language::of("zh-CN"), ..PaymentContext::default() };
    let outcome = wallet.lock.payments().authorize(&payment("order-1", 12_345), &context).expect("an outcome");
    assert_eq!(needs(outcome).lines, ["123.45 EUR", "收款方 Bookshop (m-17)", "在线支付"]);
}

#[test]
fn a_changed_byte_or_a_swapped_key_is_noticed() {
    let (backend, wallet) = with_provider(day_limit(100_000));
    let paid = approved(pay(&wallet, &payment("order-1", 1_000)));
    assert!(backend.check(&paid).is_some(), "the control");
    let by_phone = paid.by_phone.clone().expect("registered");
    for at in 0..by_phone.len() {
        let mut bytes = by_phone.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).expect("ASCII");
        let changed = walletlock_core::payment::Authorisation { by_phone: Some(changed), ..paid.clone() };
        assert!(backend.check(&changed).is_none(), "byte {at}");
    }
    let swapped = walletlock_core::payment::Authorisation {
        by_phone: Some(paid.by_owner.clone()),
        by_owner: by_phone,
        ..paid.clone()
    };
    assert!(backend.check(&swapped).is_none());
    let other = approved(pay(&wallet, &payment("order-2", 1_000)));
    let mixed = walletlock_core::payment::Authorisation { by_owner: other.by_owner, ..paid };
    assert!(backend.check(&mixed).is_none(), "two payloads");
}

#[test]
fn the_same_payment_gets_the_same_answer_and_another_one_is_a_conflict() {
    let (backend, wallet) = with_provider(day_limit(1_500));
    let first = approved(pay(&wallet, &payment("order-1", 1_000)));
    assert_eq!(
        refused(ask(&wallet, &payment("order-1", 1_001))),
        [PaymentRefusal::Conflict],
        "the same id with another amount"
    );
    // The app lost the answer and asks again: nothing is counted twice, and it is the same authorisation.
    let again = approved(pay(&wallet, &payment("order-1", 1_000)));
    let payload = |it| backend.check(it).expect("signed");
    assert_eq!(payload(&first)["jti"], payload(&again)["jti"]);
    assert_eq!(payload(&first)["exp"], payload(&again)["exp"]);
    assert_eq!(left(&wallet, 1_500), 500);
    wallet.phone.clock.advance_ms(181_000);
    assert_eq!(
        refused(ask(&wallet, &payment("order-1", 1_000))),
        [PaymentRefusal::Ended(PaymentState::Presumed)],
        "after its end it counts as used"
    );
    assert_eq!(left(&wallet, 1_500), 500);
}

#[test]
fn a_wrong_pin_counts_as_a_try_and_sets_nothing_aside() {
    let wallet = alone(day_limit(1_500));
    let tries_left = wallet.tries_left();
    let handle = needs(ask(&wallet, &payment("order-1", 1_000))).handle;
    for nth in 1..=2 {
        let outcome = wallet.lock.payments().confirm_pin(handle, &entry(&format!("70000{nth}"))).expect("an outcome");
        let PaymentOutcome::PinRefused(Refusal::Wrong(WrongPin { tries_left: Some(left), .. })) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(left, tries_left - nth);
    }
    assert_eq!(left(&wallet, 1_500), 1_500);
    approved(wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("the sheet is still there"));
    assert_eq!(left(&wallet, 1_500), 500);
    let outcome = wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::Expired), "a handle approves once: {outcome:?}");
}

#[test]
fn a_payment_waits_for_five_minutes() {
    let wallet = alone(day_limit(1_500));
    let handle = needs(ask(&wallet, &payment("order-1", 1_000))).handle;
    wallet.phone.clock.advance_ms(5 * 60_000);
    let tries_left = wallet.tries_left();
    let outcome = wallet.lock.payments().confirm_pin(handle, &entry("700001")).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::Expired), "{outcome:?}");
    assert_eq!(wallet.tries_left(), tries_left);
    let handle = needs(ask(&wallet, &payment("order-1", 1_000))).handle;
    wallet.lock.lock_now();
    let outcome = wallet.lock.payments().confirm_pin(handle, &entry(PIN)).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::Expired), "not after the wallet was locked: {outcome:?}");
}

#[test]
fn a_payment_that_waited_before_a_restart_is_not_the_one_that_waits_after_it() {
    let wallet = alone(day_limit(1_500));
    let before = needs(ask(&wallet, &payment("order-1", 1_000))).handle;
    let wallet = wallet.restart();
    let after = needs(ask(&wallet, &payment("order-2", 1_000))).handle;
    let outcome = wallet.lock.payments().confirm_pin(before, &entry(PIN)).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::Expired), "{outcome:?}");
    approved(wallet.lock.payments().confirm_pin(after, &entry(PIN)).expect("the control"));
}

/// A wallet with biometrics, which may pay 30 euros at once and 50 in all.
fn with_finger(payment: PaymentPolicy) -> (Backend, Wallet) {
    let backend = Backend::new();
    let mut policy = Policy { payment, ..backend.policy() };
    policy.biometric.budgets = vec![Budget { currency: euro(), per_payment_minor: 3_000, total_minor: 5_000 }];
    let wallet = Wallet::with_policy(policy);
    let session = wallet.enrol(PIN);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId::default()), Ok(BiometricChange::Done));
    session.close();
    backend.register(&wallet);
    (backend, wallet)
}

#[test]
fn a_finger_pays_within_its_budget_and_beyond_it_the_pin_is_asked_for() {
    let (backend, wallet) = with_finger(day_limit(100_000));
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    let paid = approved(touch(&wallet, &payment("order-1", 3_000)));
    assert_eq!(backend.check(&paid).expect("signed")["amr"], serde_json::json!(["hwk", "bio", "mfa"]));
    assert_eq!(needs(ask(&wallet, &payment("order-2", 3_001))).any_of, [ProofLevel::Pin, ProofLevel::PinAndBiometrics]);
    assert_eq!(needs(ask(&wallet, &payment("order-3", 2_001))).any_of, [ProofLevel::Pin, ProofLevel::PinAndBiometrics]);
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    approved(touch(&wallet, &payment("order-4", 2_000)));
    approved(pay(&wallet, &payment("order-5", 1)));
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    approved(touch(&wallet, &payment("order-6", 3_000)));
}

#[test]
fn somebody_elses_finger_pays_nothing_and_the_payment_goes_on_waiting() {
    let (_, wallet) = with_finger(day_limit(10_000));
    wallet.phone.biometrics.queue([Act::SomeoneElseTouches, Act::Ends(walletlock_core::platform::PromptEnd::TimedOut)]);
    let needs = needs(ask(&wallet, &payment("order-1", 1_000)));
    let outcome = wallet.lock.payments().confirm_biometrics(needs.handle, PromptId::default()).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::BiometricsRefused(_)), "{outcome:?}");
    assert_eq!(left(&wallet, 10_000), 10_000);
    wallet.phone.biometrics.queue([Act::ForgesSuccess(vec![0; 32])]);
    let outcome = wallet.lock.payments().confirm_biometrics(needs.handle, PromptId::default()).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::BiometricsRefused(_)), "{outcome:?}");
    assert_eq!(left(&wallet, 10_000), 10_000);
    approved(wallet.lock.payments().confirm_pin(needs.handle, &entry(PIN)).expect("an outcome"));
}

/// A limit on payments with one proof: more needs the PIN and a finger.
#[test]
fn a_high_payment_needs_both() {
    let mut policy = day_limit(100_000);
    policy.limits.push(Limit::amount(Scope::All, euro(), Period::Payment, 20_000).up_to(ProofLevel::Pin));
    let (backend, wallet) = with_finger(policy);
    approved(pay(&wallet, &payment("order-1", 20_000)));
    let asked = needs(ask(&wallet, &payment("order-2", 20_001)));
    assert_eq!(asked.any_of, [ProofLevel::PinAndBiometrics]);
    let payments = wallet.lock.payments();
    let tries_left = wallet.tries_left();
    let again = needs(payments.confirm_pin(asked.handle, &entry("700001")).expect("an outcome"));
    assert!(!again.has_biometrics);
    assert_eq!(wallet.tries_left(), tries_left, "a PIN that would not be enough is not tried");
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    let half = needs(payments.confirm_biometrics(asked.handle, PromptId::default()).expect("an outcome"));
    assert!(half.has_biometrics);
    assert_eq!(half.lines, asked.lines);
    let paid = approved(payments.confirm_pin(asked.handle, &entry(PIN)).expect("an outcome"));
    assert_eq!(backend.check(&paid).expect("signed")["amr"], serde_json::json!(["hwk", "pin", "bio", "mfa"]));
    // The finger was for that payment only.
    let other = needs(ask(&wallet, &payment("order-3", 20_001)));
    assert!(!other.has_biometrics);
}

/// A limit on payments with the PIN and a finger: more needs the PIN and a code.
#[test]
fn a_code_is_for_one_payment_and_the_pin_has_to_follow() {
    let mut policy = day_limit(100_000);
    policy.limits.push(Limit::amount(Scope::All, euro(), Period::Payment, 20_000).up_to(ProofLevel::PinAndBiometrics));
    let backend = Backend::new();
    let wallet = Wallet::with_policy(Policy { payment: policy, ..backend.policy() });
    let session = wallet.enrol(PIN);
    let (secret, _) = set_up(&wallet, &session);
    session.close();
    backend.register(&wallet);
    let asked = needs(ask(&wallet, &payment("order-1", 20_001)));
    assert_eq!(asked.any_of, [ProofLevel::PinAndCode]);
    let payments = wallet.lock.payments();
    let outcome = payments.confirm_code(asked.handle, &entry("000000")).expect("an outcome");
    assert!(matches!(outcome, PaymentOutcome::CodeRefused(_)), "{outcome:?}");
    let tries_left = wallet.tries_left();
    assert!(!needs(payments.confirm_pin(asked.handle, &entry(PIN)).expect("an outcome")).has_code);
    assert_eq!(wallet.tries_left(), tries_left, "a PIN that would not be enough is not tried");
    wallet.phone.clock.advance_ms(60_000);
    let half = needs(payments.confirm_code(asked.handle, &entry(&shown(&wallet, &secret))).expect("an outcome"));
    assert!(half.has_code);
    let other = needs(ask(&wallet, &payment("order-2", 20_001)));
    assert!(!other.has_code, "the code was for the other payment");
    let paid = approved(payments.confirm_pin(asked.handle, &entry(PIN)).expect("an outcome"));
    assert_eq!(backend.check(&paid).expect("signed")["amr"], serde_json::json!(["hwk", "pin", "otp", "mfa"]));
}

#[test]
fn the_provider_says_what_became_of_a_payment_and_only_that_frees_what_was_set_aside() {
    let (backend, wallet) = with_provider(day_limit(10_000));
    for id in ["less", "more", "none", "whole", "late"] {
        approved(pay(&wallet, &payment(id, 2_000)));
    }
    assert_eq!(left(&wallet, 10_000), 0);
    let settled = Ok(WordOutcome::Done(WordDone::PaymentSettled));
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "less", Some(500))), settled);
    assert_eq!(left(&wallet, 10_000), 1_500);
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "none", None)), settled);
    assert_eq!(left(&wallet, 10_000), 3_500);
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "whole", Some(2_000))), settled);
    assert_eq!(left(&wallet, 10_000), 3_500);
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "more", Some(2_700))), settled);
    assert_eq!(left(&wallet, 10_000), 2_800, "more than was set aside counts too");
    // A second correction of the same payment does nothing; charged after all counts in full.
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "less", None)), settled);
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "less", Some(1))), settled);
    assert_eq!(left(&wallet, 10_000), 2_800);
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "none", Some(1_000))), settled);
    assert_eq!(left(&wallet, 10_000), 1_800);
    // Nobody told: it counts as used, and can still be put right.
    wallet.phone.clock.advance_ms(181_000);
    assert_eq!(wallet.lock.payments().state_of("late"), Ok(Some(PaymentState::Presumed)));
    assert_eq!(left(&wallet, 10_000), 1_800);
    assert_eq!(Ok::<_, LockError>(backend.settle(&wallet, "late", None)), settled);
    assert_eq!(left(&wallet, 10_000), 3_800);
    assert_eq!(backend.settle(&wallet, "unknown", None), WordOutcome::Refused(WordError::NotAsked));
}

#[test]
fn a_word_that_was_taken_is_not_taken_twice() {
    let (backend, wallet) = with_provider(day_limit(10_000));
    approved(pay(&wallet, &payment("order-1", 2_000)));
    let word = backend.settlement("order-1", None);
    for _ in 0..2 {
        assert_eq!(wallet.lock.provider().accept(&word), done(WordDone::PaymentSettled));
    }
    assert_eq!(left(&wallet, 10_000), 10_000);
    assert_eq!(refused(ask(&wallet, &payment("order-1", 2_000))), [PaymentRefusal::Ended(PaymentState::Declined)]);
}

#[test]
fn the_app_may_only_tighten() {
    let wallet = alone(day_limit(10_000));
    approved(pay(&wallet, &payment("order-1", 2_000)));
    let payments = wallet.lock.payments();
    assert_eq!(payments.captured("order-1", 1_999), Err(LockError::Invalid("captured amount")));
    assert_eq!(left(&wallet, 10_000), 8_000);
    assert_eq!(payments.captured("order-1", 2_100), Ok(Some(PaymentState::Captured { minor: 2_100 })));
    assert_eq!(left(&wallet, 10_000), 7_900);
    assert_eq!(payments.captured("unknown", 1), Ok(None));
}

#[test]
fn a_payment_that_is_malformed_is_refused_by_the_name_of_its_field() {
    let wallet = alone(day_limit(1_000));
    let nobody = Payment { payee: Payee { name: " ".to_owned(), id: "m".to_owned() }, ..payment("a", 1) };
    let error = wallet.lock.payments().authorize(&nobody, &PaymentContext::default());
    assert_eq!(error.err(), Some(LockError::Invalid("payee")));
    let unknown = Money::new(1, Currency::new("AAA").expect("three letters")).expect("an amount");
    let unknown = Payment { amount: unknown, ..payment("a", 1) };
    let error = wallet.lock.payments().authorize(&unknown, &PaymentContext::default());
    assert_eq!(error.err(), Some(LockError::Invalid("currency")));
}

#[test]
fn an_unregistered_phone_pays_nothing() {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(Policy { payment: day_limit(1_000), ..backend.policy() });
    wallet.enrol(PIN).close();
    assert_eq!(refused(ask(&wallet, &payment("a", 1))), [PaymentRefusal::NotRegistered { left_ms: None }]);
    backend.register(&wallet);
    approved(pay(&wallet, &payment("a", 1)));
}
