//! U3: the phone is lost. The provider's order locks it at once, the finder sees a message, and the way back is a
//! grant. A phone that cannot reach its provider warns, and then locks itself.

use std::sync::Arc;

use walletlock_core::events::Kind;
use walletlock_core::platform::testing::{Act, Call, FakeListener};
use walletlock_core::policy::Contact;
use walletlock_core::request::{BiometricRequest, PromptEnd, PromptId};
use walletlock_core::{
    BiometricChange, BiometricOutcome, FinderMessage, LockError, LockReason, LockStatus, OwnerLock, PinChange,
    PinOutcome, Refusal, Remedy, RemedyState, Removal, Unfreezing, WhoLocked, WordDone, WordError, WordOutcome,
};

use crate::backend::{Backend, done, refused};
use crate::wallet::{PIN, Wallet, entry};

const HOUR: u64 = 3_600_000;

fn reason(wallet: &Wallet) -> Option<LockReason> {
    match wallet.status() {
        LockStatus::Locked { reason, .. } => Some(reason),
        _ => None,
    }
}

fn kinds(wallet: &Wallet) -> Vec<Kind> {
    let session = wallet.unlock();
    let page = session.journal().page(&walletlock_core::journal::Query::default()).expect("a page");
    page.entries.iter().rev().filter_map(|entry| entry.kind).collect()
}

#[test]
fn an_order_locks_at_once_and_the_finder_sees_a_message_and_a_number() {
    let (backend, wallet) = Backend::enrolled();
    let session = wallet.unlock();
    session.vault().write("card-token", b"1234").expect("written");
    let words = r#""act":"lock","reason":"lost","message":"Please call. Reward!","contact":0"#;
    let order = backend.order(&wallet, words);
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Locked));

    assert!(!session.is_live(), "the order ended the session");
    assert_eq!(session.vault().read("card-token").map(drop), Err(LockError::SessionEnded));
    let [first, second] = wallet.policy.contacts.clone().try_into().expect("two contacts");
    let locked = LockStatus::Locked {
        reason: LockReason::LostOrStolen,
        by: WhoLocked::Provider,
        message: Some(FinderMessage { text: "Please call. Reward!".to_owned(), contact: Some(first.clone()) }),
        remedies: vec![Remedy::AskProvider(RemedyState::Available), Remedy::Contact(first), Remedy::Contact(second)],
    };
    assert_eq!(wallet.status(), locked);
    assert!(
        matches!(wallet.verify(PIN), PinOutcome::Locked(status) if status == locked),
        "the right PIN opens nothing"
    );
    assert!(matches!(wallet.lock.remove(&entry(PIN)), Ok(Removal::Refused(Refusal::Locked(_)))));
    drop(session);
    let wallet = wallet.restart();
    wallet.phone.clock.reboot();
    wallet.phone.clock.advance_ms(400 * 24 * HOUR);
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), locked, "no restart and no time ends it");

    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    // More than a year without a heartbeat has passed meanwhile: clearing one lock reveals the next.
    assert_eq!(reason(&wallet), Some(LockReason::HeartbeatExpired));
    assert_eq!(backend.beat(&wallet, &[]), WordOutcome::Done(WordDone::HeartbeatTaken));
    assert_eq!(&*wallet.unlock().vault().read("card-token").expect("read").expect("an item"), b"1234");
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/lost/")), "no mark is left");
    assert!(kinds(&wallet).ends_with(&[Kind::PinTried, Kind::PinRight]));
    for kind in [Kind::LockOrdered, Kind::UnlockGranted, Kind::LockCleared, Kind::HeartbeatExpired] {
        assert!(kinds(&wallet).contains(&kind), "{kind:?}");
    }
}

#[test]
fn the_locks_stack_and_the_status_names_the_hardest() {
    let (backend, wallet) = Backend::enrolled();
    for nth in 1..=16 {
        drop(wallet.guess(nth));
        wallet.wait();
    }
    assert_eq!(reason(&wallet), Some(LockReason::TooManyAttempts));
    for (order, named) in [
        ("unusual", LockReason::TooManyAttempts),
        ("order", LockReason::ProviderOrder),
        ("lost", LockReason::LostOrStolen),
    ] {
        Backend::accept(&wallet, &backend.lock(&wallet, order));
        assert_eq!(reason(&wallet), Some(named), "{order}");
    }
    let wallet = wallet.restart();
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(3) }, "a grant leaves three tries");
    drop(wallet.unlock());
    assert_eq!(wallet.tries_left(), 16);
}

#[test]
fn unusual_activity_needs_the_pin_and_the_pin_clears_it() {
    let (backend, wallet) = Backend::enrolled();
    Backend::accept(&wallet, &backend.lock(&wallet, "unusual"));
    let LockStatus::Locked { reason, remedies, .. } = wallet.status() else { panic!("not locked") };
    assert_eq!((reason, &remedies[0]), (LockReason::UnusualActivity, &Remedy::EnterPin));
    assert_eq!(wallet.guess_wrong(1).tries_left, Some(15), "a wrong PIN counts as ever");
    assert!(!wallet.status().is_ready());
    drop(wallet.unlock());
    assert_eq!(wallet.status(), LockStatus::Ready { tries_left: Some(16) });
    assert!(kinds(&wallet).contains(&Kind::LockCleared));
}

#[test]
fn a_lock_that_comes_while_a_pin_is_checked_opens_nothing() {
    for (reason, is_cleared_by_pin) in [("lost", false), ("unusual", true)] {
        let (backend, wallet) = Backend::enrolled();
        let (lock, order) = (wallet.lock.clone(), backend.lock(&wallet, reason));
        wallet.phone.hooks.once_before(crate::wallet::is_pins_mac, move || {
            assert_eq!(lock.provider().accept(&order), done(WordDone::Locked));
        });
        assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)), "{reason}");
        assert_eq!(wallet.phone.hooks.unmet(), 0);
        assert!(!wallet.status().is_ready(), "{reason}: a PIN that was entered before the lock clears nothing");
        assert_eq!(matches!(wallet.verify(PIN), PinOutcome::Right(_)), is_cleared_by_pin, "{reason}");
    }
}

#[test]
fn a_lock_that_comes_while_the_pin_is_changed_or_everything_removed_stops_that() {
    let is_new_key = |call: Call<'_>| call.is("create", "pin");
    let (backend, wallet) = Backend::enrolled();
    let session = wallet.unlock();
    let (lock, order) = (wallet.lock.clone(), backend.lock(&wallet, "lost"));
    wallet.phone.hooks.once_before(is_new_key, move || drop(lock.provider().accept(&order)));
    let changed = session.access().change_pin(&entry(PIN), &entry("816349"), &[], true).expect("an outcome");
    assert!(matches!(changed, PinChange::Refused(Refusal::Locked(_))), "{changed:?}");
    drop(session);
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    drop(wallet.unlock());

    let session = wallet.unlock();
    let (lock, order) = (wallet.lock.clone(), backend.lock(&wallet, "lost"));
    wallet.phone.hooks.once_after(crate::wallet::is_pins_mac, move || drop(lock.provider().accept(&order)));
    let set = session.access().set_wipe_pin(&entry(PIN), &entry("816349")).expect("an outcome");
    assert!(matches!(set, PinChange::Refused(Refusal::Locked(_))), "{set:?}");
    drop(session);
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    assert!(!wallet.unlock().access().has_wipe_pin().expect("told"));

    let (lock, order) = (wallet.lock.clone(), backend.lock(&wallet, "lost"));
    wallet.phone.hooks.once_after(crate::wallet::is_pins_mac, move || drop(lock.provider().accept(&order)));
    assert!(matches!(wallet.lock.remove(&entry(PIN)), Ok(Removal::Refused(Refusal::Locked(_)))));
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    drop(wallet.unlock());
}

#[test]
fn a_lock_takes_the_prompt_away_and_after_the_grant_a_finger_is_not_enough() {
    let (backend, wallet) = Backend::enrolled();
    let session = wallet.unlock();
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    assert_eq!(session.access().enable_biometrics(PromptId(1)), Ok(BiometricChange::Done));
    session.close();
    let (lock, order) = (wallet.lock.clone(), backend.lock(&wallet, "lost"));
    let meanwhile = move || assert_eq!(lock.provider().accept(&order), done(WordDone::Locked));
    wallet.phone.biometrics.queue([Act::Meanwhile(Box::new(meanwhile))]);
    let asked = wallet.lock.verify_biometrics(&BiometricRequest::default());
    assert!(matches!(asked, BiometricOutcome::Ended(PromptEnd::CancelledBySystem)), "{asked:?}");
    assert!(matches!(wallet.lock.verify_biometrics(&BiometricRequest::default()), BiometricOutcome::Denied(_)));
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    assert!(matches!(wallet.lock.verify_biometrics(&BiometricRequest::default()), BiometricOutcome::Denied(_)));
    drop(wallet.unlock());
    wallet.phone.biometrics.queue([Act::OwnerTouches]);
    let asked = wallet.lock.verify_biometrics(&BiometricRequest::default());
    assert!(matches!(asked, BiometricOutcome::Unlocked(_)), "{asked:?}");
}

#[test]
fn a_phone_without_its_provider_warns_and_then_locks_itself() {
    let (backend, wallet) = Backend::enrolled();
    let listener = Arc::new(FakeListener::default());
    wallet.lock.add_listener(listener.clone());
    let told = |kind: Kind| listener.events().iter().filter(|event| event.kind == kind).count();
    let state = || wallet.lock.provider().state().expect("a state");
    assert_eq!((state().allowance_left_ms, state().warns), (Some(168 * HOUR), false));
    wallet.phone.clock.advance_ms(135 * HOUR);
    let session = wallet.unlock();
    drop(wallet.status());
    assert_eq!((state().warns, told(Kind::HeartbeatDue)), (true, 1));
    wallet.phone.clock.advance_ms(1_000);
    drop(wallet.status());
    assert_eq!(told(Kind::HeartbeatDue), 1, "it warns once");
    session.vault().write("card-token", b"1234").expect("written");

    wallet.phone.clock.change(|now| now.wall_ms += 33 * HOUR as i64);
    assert_eq!(session.vault().read("card-token").map(drop), Err(LockError::SessionEnded), "before anybody looks");
    let LockStatus::Locked { reason, by, remedies, message } = wallet.status() else { panic!("not locked") };
    assert_eq!((reason, by, message), (LockReason::HeartbeatExpired, WhoLocked::Phone, None));
    assert_eq!(remedies[0], Remedy::Connect(RemedyState::Available));
    assert_eq!(told(Kind::HeartbeatExpired), 1);
    wallet.phone.clock.change(|now| now.wall_ms -= 400 * HOUR as i64);
    assert!(!wallet.status().is_ready(), "a clock that is set back gives nothing back");
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)));

    assert_eq!(backend.beat(&wallet, &[]), WordOutcome::Done(WordDone::HeartbeatTaken));
    assert_eq!(state().allowance_left_ms, Some(168 * HOUR));
    drop(wallet.unlock());
}

#[test]
fn a_heartbeat_carries_out_the_orders_that_come_with_it() {
    let (backend, wallet) = Backend::enrolled();
    let lost = backend.lock(&wallet, "lost");
    assert_eq!(backend.beat(&wallet, &["nonsense", &lost]), WordOutcome::Done(WordDone::HeartbeatTaken));
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
}

#[test]
fn a_wipe_order_wipes_only_where_the_owner_allowed_it() {
    let (backend, wallet) = Backend::enrolled();
    let order = backend.wipe(&wallet);
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Locked));
    assert_eq!(reason(&wallet), Some(LockReason::ProviderOrder));
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    let session = wallet.unlock();
    assert_eq!(session.access().allow_remote_wipe(true), Ok(()));
    drop(session);
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Locked), "the same text: the same answer");
    assert!(wallet.status().is_ready());

    let order = backend.wipe(&wallet);
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Wiped));
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Wiped));
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/pin/")));
}

#[test]
fn a_freeze_is_no_lock_and_the_providers_needs_its_grant() {
    let (backend, wallet) = Backend::enrolled();
    let is_frozen = |wallet: &Wallet| wallet.lock.provider().state().expect("a state").is_frozen;
    assert_eq!(
        Backend::accept(&wallet, &backend.order(&wallet, r#""act":"freeze""#)),
        WordOutcome::Done(WordDone::Frozen)
    );
    assert_eq!(wallet.lock.payments().freeze(None), Ok(()));
    assert!(wallet.status().is_ready() && is_frozen(&wallet));
    assert_eq!(wallet.unlock().access().unfreeze(None), Ok(Unfreezing::Done));
    assert_eq!(wallet.unlock().access().unfreeze(None), Ok(Unfreezing::NothingFrozen));
    assert!(is_frozen(&wallet), "the PIN does not end the provider's");
    let request = backend.request(&wallet, walletlock_core::RequestKind::Unfreeze);
    let grant = backend.grant(&wallet, "unfreeze", &request, 1);
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unfrozen));
    assert!(!is_frozen(&wallet));
}

#[test]
fn the_owners_lock_is_set_only_if_something_can_clear_it() {
    let alone = Wallet::enrolled("walletlock");
    assert_eq!(alone.lock.lock_as_owner(), Ok(OwnerLock::Frozen));
    drop(alone.unlock());
    let (backend, wallet) = Backend::enrolled();
    let session = wallet.unlock();
    assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked));
    assert!(!session.is_live());
    let LockStatus::Locked { reason, by, .. } = wallet.status() else { panic!("not locked") };
    assert_eq!((reason, by), (LockReason::LockedByOwner, WhoLocked::Owner));
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)), "the PIN alone is not enough");
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    drop(wallet.unlock());
}

#[test]
fn an_order_reaches_a_damaged_wallet_as_a_mark() {
    let (backend, wallet) = Backend::enrolled();
    let (lost, freeze) = (backend.lock(&wallet, "lost"), backend.order(&wallet, r#""act":"freeze""#));
    let wallet =
        wallet.between_runs(|folder| std::fs::write(folder.join("wallet.db"), b"not a database").expect("written"));
    let wallet = wallet.expect("it opens as damaged");
    assert_eq!(reason(&wallet), Some(LockReason::DataDamaged));
    let keys = backend.revoke_online_of(&backend.wallet_id(), 1, None);
    assert_eq!(wallet.lock.provider().accept(&keys), Err(LockError::DataDamaged), "to be sent again");
    assert_eq!(wallet.lock.provider().accept(&freeze), done(WordDone::Frozen));
    assert_eq!(wallet.lock.provider().accept(&lost), done(WordDone::Locked));
    assert_eq!(wallet.lock.provider().accept(&format!("{lost}A")), Ok(refused(WordError::Malformed)));
    let marks = wallet.phone.device_key.all_aliases();
    for mark in ["-1-lost", "-2-freeze"] {
        assert_eq!(marks.iter().filter(|alias| alias.contains("/lost/") && alias.ends_with(mark)).count(), 1, "{mark}");
    }
    assert_eq!(wallet.policy.contacts[0], Contact::Phone("+31 20 555 0100".to_owned()));
}
