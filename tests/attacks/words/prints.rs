//! `Debug` and `Display` of everything that a caller can get hold of.

use std::fmt::{Debug, Display};
use std::sync::{Arc, Mutex};

use walletlock_core::cards::NewCard;
use walletlock_core::journal::Query;
use walletlock_core::key_slots::PinSlot;
use walletlock_core::pin::{Pin, PinEntry};
use walletlock_core::platform::testing::{Act, Call};
use walletlock_core::platform::{DeviceKeyFault, PromptEnd};
use walletlock_core::policy::Policy;
use walletlock_core::request::BiometricRequest;
use walletlock_core::request::PromptId;
use walletlock_core::{BiometricOutcome, LockError, MAX_ITEM_BYTES, PinOutcome};

use super::secrets::{Secret, found};
use super::{
    CARD, CARD_LABEL, CONTACT, ITEM, ITEM_ID, NEW_PIN, PHONE_NUMBER, PIN, TOKEN, WRONG_PIN, Wallet, card, entry,
    expect_refused, personal, planted,
};

/// Everything printed so far.
#[derive(Default)]
pub(super) struct Printed(pub(super) String);

impl Printed {
    /// Adds both layouts of `Debug`. The indentation of the second is made uniform, so that a list is found at any
    /// depth.
    pub(super) fn show(&mut self, value: &dyn Debug) {
        let tall = format!("{value:#?}");
        let lines = tall.lines().map(|line| format!("    {}\n", line.trim_start()));
        self.0 += &format!("{value:?}\n{}", lines.collect::<String>());
    }

    pub(super) fn say(&mut self, fault: &(impl Debug + Display)) {
        self.show(fault);
        self.0 += &format!("{fault}\n");
    }

    pub(super) fn assert_tells_nothing(&self, secrets: &[Secret]) {
        assert_eq!(found(secrets, self.0.as_bytes()), [""; 0], "{}", self.0);
    }
}

#[test]
fn outcomes_statuses_and_handles_say_nothing() {
    let mut printed = Printed::default();
    let wallet = Wallet::fresh();
    let typed = entry(PIN);
    printed.show(&wallet.lock);
    printed.show(&typed);
    printed.show(&personal());
    printed.show(&Pin::parse(PIN.as_bytes()));
    printed.show(&wallet.lock.judge_pin(&typed, &personal()));
    printed.show(&wallet.lock.enrol(&typed, &personal()));
    let session = wallet.enrol();
    session.vault().write(ITEM_ID, ITEM).expect("written");
    printed.show(&session);
    printed.show(&session.access().change_pin(&entry(PIN), &entry(PHONE_NUMBER), &personal(), true));
    printed.show(&session.access().change_pin(&entry(PIN), &entry(PIN), &[], true));
    printed.show(&session.access().change_pin(&entry(WRONG_PIN), &entry(NEW_PIN), &[], true));
    printed.show(&session.journal().page(&Query::default()));
    printed.show(&session.journal().export(0, 200));
    printed.show(&wallet.lock.verify_pin(&entry(WRONG_PIN)));
    wallet.phone.hooks.fail_next(|call| call.is("hmac", "pin"), DeviceKeyFault::Failed);
    printed.show(&wallet.lock.verify_pin(&entry(PIN)));
    printed.show(&wallet.lock.verify_pin(&entry("835")));
    printed.show(&wallet.lock.verify_pin(&entry(PIN)));
    printed.show(&wallet.lock.policy());
    let mut cooling_down = false;
    for nth in 0..5 {
        let outcome = wallet.lock.verify_pin(&entry(&format!("26483{}", nth + 1)));
        cooling_down |= matches!(&outcome, PinOutcome::Wrong(wrong) if wrong.cooldown_ms > 0);
        printed.show(&outcome);
    }
    assert!(cooling_down);
    printed.show(&wallet.lock.status());
    printed.show(&wallet.lock.verify_pin(&entry(PIN)));
    printed.show(&wallet.lock.remove(&entry(PIN)));
    printed.assert_tells_nothing(&planted());
    // The control: values that may be printed were printed, so these are the real values.
    let shown = found(
        &[Secret::bytes("item id", ITEM_ID.as_bytes()), Secret::bytes("contact", CONTACT.as_bytes())],
        printed.0.as_bytes(),
    );
    assert_eq!(shown, ["item id", "contact"], "the open journal and the status show them");
}

#[test]
fn cards_alerts_and_what_is_refused_of_them_say_nothing() {
    let mut printed = Printed::default();
    let wallet = Wallet::fresh();
    let session = wallet.enrol();
    printed.show(&session.cards());
    printed.show(&session.cards().add(&card(), Some(TOKEN)));
    printed.say(&expect_refused(session.cards().add(&card(), Some(TOKEN))));
    // A card's full number is refused wherever it is put, and the error does not repeat it.
    let number = String::from_utf8(ITEM.to_vec()).expect("digits");
    for card in [NewCard { label: number.clone(), ..card() }, NewCard { network: number.clone(), ..card() }] {
        printed.say(&expect_refused(session.cards().add(&card, None)));
    }
    printed.show(&session.cards().all());
    printed.show(&wallet.lock.payments().freeze_card(CARD));
    printed.show(&session.access().switched_off());
    printed.show(&wallet.lock.alerts());
    printed.show(&wallet.lock.alerts().pending(0));
    printed.show(&session.disputes());
    printed.show(&session.journal().summary(i64::MIN, i64::MAX));
    printed.show(&session.journal().page(&Query::default()));
    printed.assert_tells_nothing(&planted());
    // The control: these are the real values.
    let shown = found(&[Secret::bytes("card label", CARD_LABEL.as_bytes())], printed.0.as_bytes());
    assert_eq!(shown, ["card label"], "the owner sees it");
}

#[test]
fn prompts_answers_and_what_a_finger_opens_say_nothing() {
    let wallet = Wallet::fresh();
    // Everything that the prompt receives is printed, and its input is kept as a secret: a copy of the key in any
    // printed value is found.
    let (given, inputs) = (Arc::new(Mutex::new(Printed::default())), Arc::new(Mutex::new(Vec::new())));
    let (shows, keeps) = (given.clone(), inputs.clone());
    wallet.phone.hooks.before(move |call| {
        if let Call::Show(prompt, answer) = call {
            let values: [&dyn Debug; 4] = [prompt, answer, &prompt.purpose, &prompt.operation];
            values.into_iter().for_each(|value| shows.lock().expect("not poisoned").show(value));
            keeps.lock().expect("not poisoned").push(Secret::bytes("the prompt's input", &prompt.input));
        }
        Ok(())
    });
    let session = wallet.enrol();
    let mut printed = Printed::default();
    let request = BiometricRequest::default();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    printed.show(&session.access().enable_biometrics(PromptId::default()));
    for act in [Act::OwnerTouches, Act::ForgesSuccess(ITEM.to_vec()), Act::Ends(PromptEnd::LockedOut)] {
        wallet.phone.biometrics.queue([act]);
        let outcome = wallet.lock.verify_biometrics(&request);
        printed.show(&outcome);
        if let BiometricOutcome::Unlocked(session) = outcome {
            printed.show(&session.auth_method());
        }
    }
    printed.show(&wallet.lock.biometric_availability(&request));
    printed.0 += &given.lock().expect("not poisoned").0;
    printed.assert_tells_nothing(&planted());
    let inputs = inputs.lock().expect("not poisoned");
    assert_eq!(inputs.len(), 4, "the control: one of each prompt");
    printed.assert_tells_nothing(&inputs);
    for said in ["Prompt\n", "Answer\n", "Unlock", "NotRecognised", "LockedOut", "Biometrics"] {
        assert!(printed.0.contains(said), "the control: {said} is printed");
    }
}

#[test]
fn faults_repeat_no_argument() {
    let mut printed = Printed::default();
    let wallet = Wallet::enrolled();
    let session = wallet.unlock();
    let long = PIN.repeat(30);
    printed.say(&expect_refused(session.vault().read(&long)));
    printed.say(&expect_refused(session.vault().write(&long, ITEM)));
    printed.say(&expect_refused(session.vault().delete(&long)));
    printed.say(&expect_refused(session.vault().write(ITEM_ID, &ITEM.repeat(MAX_ITEM_BYTES))));
    printed.say(&expect_refused(wallet.lock.enrol(&entry(NEW_PIN), &personal())));
    session.close();
    printed.say(&expect_refused(session.vault().write(ITEM_ID, ITEM)));
    printed.say(&expect_refused(session.access().change_pin(&entry(PIN), &entry(NEW_PIN), &[], true)));
    printed.say(&PinEntry::new().push(835_179).expect_err("no digit"));
    printed.say(&PinSlot::parse(PIN.as_bytes()).err().expect("no slot"));
    printed.assert_tells_nothing(&planted());
    printed.assert_tells_nothing(&[Secret::bytes("item id", ITEM_ID.as_bytes())]);
}

/// Someone pastes the wrong text into the policy, or a value of the wrong type.
#[test]
fn a_policy_that_is_refused_is_not_repeated() {
    let mut printed = Printed::default();
    for json in [
        r#"{"name": 835179}"#,
        r#"{"name": "835179", "lockout": "835179"}"#,
        r#"{"lockout": {"lock_at": "835179"}}"#,
        r#"{"lockout": {"lock_at": 835179}}"#,
        r#"{"lockout": {"cooldowns": [{"from": 835179, "wait_s": 1}]}}"#,
        r#"{"pin": {"min_digits": 835179}}"#,
        r#"{"contacts": [{"kind": "835179", "value": "835179"}]}"#,
        r#"{"contacts": [{"kind": "phone", "value": 835179}]}"#,
        r#"{"contacts": 835179}"#,
        r#"{"pin": {"remember": 8351790000000000000000}}"#,
        r#"{"name": "x"} 835179"#,
        r#"{835179}"#,
        r#"{"name": "835179"#,
        "835179",
        r#""835179""#,
    ] {
        printed.say(&Policy::parse(json).expect_err(json));
        printed.say(&LockError::from(Policy::from_json(json).expect_err(json)));
    }
    printed.assert_tells_nothing(&planted());
}

/// The name has to be told so that the developer finds the field; the docs of `LockError` say so. Only the name is
/// told, and the search finds it.
#[test]
fn of_a_field_that_does_not_exist_the_name_is_told_and_not_the_value() {
    for json in [
        r#"{"835179": "264830"}"#,
        r#"{"pin": {"835179": 264830}}"#,
        r#"{"lockout": {"cooldowns": [{"835179": [264830]}]}}"#,
    ] {
        let error = Policy::parse(json).expect_err(json);
        assert_eq!(found(&planted(), error.field.as_bytes()), ["PIN"], "{error}");
        assert_eq!(found(&planted(), format!("{error} {error:?}").as_bytes()), ["PIN"], "{error}");
        assert_eq!(error.problem, "is not a field of a policy");
    }
}

/// A package that has no logger logs nothing, whatever the app installs. Clippy (`print_stdout`) makes sure that
/// nothing is printed.
#[test]
fn core_and_bindings_have_nothing_to_log_with() {
    let lock = include_str!("../../../Cargo.lock");
    for package in ["walletlock-core", "walletlock-bindings"] {
        let entry = lock.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{package}\"")));
        let needs = |name: &str| entry.is_some_and(|entry| entry.contains(&format!("\n \"{name}\"")));
        assert!(needs("thiserror") && needs("zeroize"), "the control: these it has");
        for logger in ["log", "tracing", "env_logger", "android_logger", "slog"] {
            assert!(!needs(logger), "{package}: {logger}");
        }
    }
}
