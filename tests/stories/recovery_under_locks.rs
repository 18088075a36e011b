//! The recovery code while other locks stand: it clears those that it may clear, and a lock of the provider only after
//! 72 hours. Neither damage nor an older copy sheds a lock.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::testing::write_down;
use walletlock_core::{
    CodeRefusal, LockError, LockReason, LockStatus, OwnerLock, PinChange, PinOutcome, RecoveryOutcome, Remedy,
    RemedyState, RequestKind, Session, Unfreezing, WordDone, WordError, WordOutcome,
};

use crate::backend::{Backend, done, refused};
use crate::recovery_code::{NEW_PIN, enter, finish, recover, recover_with, with_code_on};
use crate::wallet::{PIN, Wallet, entry, is_pins_mac};

const DAY_MS: u64 = 86_400_000;
const WAIT_MS: u64 = 3 * DAY_MS;
const OTHER_PIN: &str = "846205";
const THIRD_PIN: &str = "730518";

/// A wallet with a recovery code, whose phone the provider has registered.
pub(crate) fn registered() -> (Backend, Wallet, String) {
    let backend = Backend::new();
    let (wallet, paper) = with_code_on(Wallet::with_policy(backend.policy()));
    backend.register(&wallet);
    // With the data key at hand, what the wallet knows of its provider goes into the survivors.
    drop(wallet.unlock());
    (backend, wallet, paper)
}

fn accepts(backend: &Backend, wallet: &Wallet, reason: &str) {
    assert_eq!(Backend::accept(wallet, &backend.lock(wallet, reason)), WordOutcome::Done(WordDone::Locked));
}

fn reason(wallet: &Wallet) -> Option<LockReason> {
    match wallet.status() {
        LockStatus::Locked { reason, .. } => Some(reason),
        _ => None,
    }
}

fn code_remedy(status: &LockStatus) -> Option<RemedyState> {
    let LockStatus::Locked { remedies, .. } = status else { return None };
    remedies.iter().find_map(|remedy| if let Remedy::RecoveryCode(state) = remedy { Some(*state) } else { None })
}

/// Enters the code and sets a new PIN and a new code, while a lock of the provider stands.
fn begin(wallet: &Wallet, paper: &str, pin: &str) -> String {
    let rescue = enter(wallet, paper).expect("opened");
    let code = rescue.new_code().expect("a code");
    let paper = write_down(&code);
    match rescue.finish(&entry(pin), &[], &code) {
        Ok(RecoveryOutcome::Locked { status, lost_items }) => {
            assert_eq!(lost_items, Vec::<String>::new());
            assert_eq!(code_remedy(&status), Some(RemedyState::Waiting { left_ms: WAIT_MS }), "{status:?}");
            assert_eq!(status, wallet.status());
        }
        other => panic!("the lock does not stand: {other:?}"),
    }
    paper
}

fn is_there(session: &Session) -> bool {
    session.vault().read("card").expect("read").is_some_and(|item| item.as_slice() == b"4111")
}

fn kinds(session: &Session) -> Vec<Kind> {
    let query = Query { limit: 200, ..Query::default() };
    session.journal().page(&query).expect("a page").entries.iter().filter_map(|entry| entry.kind).collect()
}

fn damage(wallet: Wallet) -> Wallet {
    let meddle = |folder: &Path| {
        Connection::open(folder.join("wallet.db"))
            .expect("a database")
            .execute_batch("DELETE FROM record")
            .expect("done");
    };
    wallet.between_runs(meddle).expect("it opens")
}

#[test]
fn a_lost_phone_that_was_found_opens_by_code_after_72_hours() {
    let (backend, wallet, paper) = registered();
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    assert_eq!(code_remedy(&wallet.status()), Some(RemedyState::Available));
    let paper = begin(&wallet, &paper, NEW_PIN);
    assert!(matches!(wallet.verify(NEW_PIN), PinOutcome::Locked(_)), "the new PIN opens nothing yet");
    wallet.phone.clock.advance_ms(WAIT_MS / 2);
    wallet.lock.save_time().expect("saved");
    wallet.phone.clock.reboot();
    let wallet = wallet.restart();
    wallet.phone.clock.advance_ms(WAIT_MS / 2 - 60_000);
    let refusal = enter(&wallet, &paper).err();
    assert!(
        matches!(&refusal, Some(CodeRefusal::Locked(status))
            if matches!(code_remedy(status), Some(RemedyState::Waiting { left_ms: 1..=60_000 }))),
        "a restart neither shortens nor begins the wait again: {refusal:?}"
    );
    wallet.phone.clock.advance_ms(60_000);
    assert_eq!(code_remedy(&wallet.status()), Some(RemedyState::Available), "and no time alone clears the lock");
    let (session, _) = recover_with(&wallet, &paper, OTHER_PIN);
    assert!(is_there(&session));
    let kinds = kinds(&session);
    assert!(kinds.contains(&Kind::LockOrdered) && kinds.contains(&Kind::LockCleared), "{kinds:?}");
    drop(session);
    let wallet = wallet.restart();
    assert!(wallet.status().is_ready());
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/lost/")), "no mark is left");
}

/// An app asks for the status after every call, and the status saves what is left of a wait.
#[test]
fn a_status_between_the_code_and_the_new_pin_voids_nothing() {
    let (backend, wallet, paper) = registered();
    accepts(&backend, &wallet, "lost");
    let paper = begin(&wallet, &paper, NEW_PIN);
    wallet.phone.clock.advance_ms(WAIT_MS);
    let rescue = enter(&wallet, &paper).expect("opened");
    wallet.status();
    wallet.lock.save_time().expect("saved");
    let (session, _) = finish(&rescue, OTHER_PIN);
    assert!(is_there(&session));
}

#[test]
fn a_grant_does_not_wait_and_a_new_order_lets_the_wait_begin_anew() {
    let (backend, wallet, paper) = registered();
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    let paper = begin(&wallet, &paper, NEW_PIN);
    wallet.phone.clock.advance_ms(WAIT_MS);
    // The recovery made new keys, and the phone is not registered again yet. The code could clear the lock all the
    // same.
    accepts(&backend, &wallet, "lost");
    assert_eq!(code_remedy(&wallet.status()), Some(RemedyState::Available), "the wait is void");
    begin(&wallet, &paper, OTHER_PIN);
    backend.register(&wallet);
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    let PinOutcome::Right(session) = wallet.verify(OTHER_PIN) else { panic!("not unlocked") };
    assert!(is_there(&session));
}

#[test]
fn damage_sheds_no_lock_of_the_provider() {
    for (what, lock) in [("lost", LockReason::LostOrStolen), ("order", LockReason::ProviderOrder)] {
        let (backend, wallet, paper) = registered();
        Backend::accept(&wallet, &backend.lock(&wallet, what));
        let wallet = damage(wallet);
        assert_eq!(reason(&wallet), Some(LockReason::DataDamaged));
        let paper = begin(&wallet, &paper, NEW_PIN);
        assert_eq!(reason(&wallet), Some(lock), "its mark stands in the keystore");
        let wallet = wallet.restart();
        assert_eq!(reason(&wallet), Some(lock));
        wallet.phone.clock.advance_ms(WAIT_MS);
        let (session, _) = recover_with(&wallet, &paper, OTHER_PIN);
        assert!(is_there(&session) && kinds(&session).contains(&Kind::LockRestored));
    }
}

#[test]
fn an_order_that_reached_a_damaged_wallet_stands_after_the_rescue() {
    let (backend, wallet, paper) = registered();
    let order = backend.lock(&wallet, "lost");
    let wallet = damage(wallet);
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Locked));
    begin(&wallet, &paper, NEW_PIN);
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
}

#[test]
fn damage_sheds_no_lock_for_an_order_that_was_withheld() {
    let (backend, wallet, paper) = registered();
    let order = backend.order(&wallet, r#""act":"freeze""#);
    assert_eq!(backend.beat(&wallet, &[]), WordOutcome::Done(WordDone::OrderWithheld));
    let wallet = damage(wallet);
    begin(&wallet, &paper, NEW_PIN);
    assert_eq!(reason(&wallet), Some(LockReason::ProviderOrder), "its mark stands in the keystore");
    assert_eq!(Backend::accept(&wallet, &order), WordOutcome::Done(WordDone::Frozen));
    let wallet = wallet.restart();
    assert!(wallet.status().is_ready(), "nothing is missing any more");
    assert_eq!(marks(&wallet), ["freeze"], "the mark of the withheld order went with its lock");
}

#[test]
fn damage_sheds_no_freeze_of_the_provider() {
    let (backend, wallet, paper) = registered();
    let order = |wallet: &Wallet| backend.order(wallet, r#""act":"freeze""#);
    assert_eq!(Backend::accept(&wallet, &order(&wallet)), WordOutcome::Done(WordDone::Frozen));
    // A later one comes after the damage.
    let later = order(&wallet);
    let wallet = damage(wallet);
    assert_eq!(wallet.lock.provider().accept(&later), done(WordDone::Frozen));
    let is_frozen = |wallet: &Wallet| wallet.lock.provider().state().expect("a state").is_frozen;
    let (session, paper) = recover_with(&wallet, &paper, NEW_PIN);
    assert!(is_frozen(&wallet));
    assert_eq!(session.access().unfreeze(None), Ok(Unfreezing::NothingFrozen), "only the provider's grant ends it");
    drop(session);
    let wallet = damage(wallet);
    drop(recover_with(&wallet, &paper, OTHER_PIN));
    assert!(is_frozen(&wallet), "also the second time");
    backend.register(&wallet);
    let request = backend.request(&wallet, RequestKind::Unfreeze);
    let grant = backend.grant(&wallet, "unfreeze", &request, 2);
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unfrozen));
    assert!(!is_frozen(&wallet) && marks(&wallet).is_empty());
}

/// What the marks of the provider's orders say.
fn marks(wallet: &Wallet) -> Vec<String> {
    let aliases = wallet.phone.device_key.all_aliases();
    let marks = aliases.iter().filter(|alias| alias.contains("/lost/"));
    marks.filter_map(|alias| Some(alias.rsplit_once('-')?.1.to_owned())).collect()
}

#[test]
fn the_code_clears_every_other_lock_at_once() {
    type Locks = fn(&Backend, &Wallet);
    let locks: [(LockReason, Locks); 4] = [
        (LockReason::UnusualActivity, |backend, wallet| accepts(backend, wallet, "unusual")),
        (LockReason::LockedByOwner, |_, wallet| assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked))),
        (LockReason::HeartbeatExpired, |_, wallet| wallet.phone.clock.advance_ms(8 * DAY_MS)),
        (LockReason::TooManyAttempts, |_, wallet| {
            for nth in 1..=16 {
                drop(wallet.guess(nth));
                wallet.wait();
            }
        }),
    ];
    for (lock, locks) in locks {
        let (backend, wallet, paper) = registered();
        locks(&backend, &wallet);
        assert_eq!(reason(&wallet), Some(lock));
        let (session, _) = recover(&wallet, &paper);
        assert!(session.is_live() && is_there(&session), "{lock:?}");
        drop(session);
        let wallet = wallet.restart();
        assert!(wallet.status().is_ready(), "{lock:?}: {:?}", wallet.status());
    }
}

#[test]
fn an_owner_without_a_provider_locks_the_wallet_and_the_code_opens_it() {
    let (wallet, paper) = with_code_on(Wallet::unconfigured("walletlock"));
    assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked), "the code can clear it");
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)));
    let (session, _) = recover(&wallet, &paper);
    assert!(is_there(&session));
}

#[test]
fn an_order_from_before_the_recovery_does_nothing_after_it() {
    let (backend, wallet, paper) = registered();
    let order = backend.lock(&wallet, "unusual");
    Backend::accept(&wallet, &order);
    drop(recover(&wallet, &paper));
    assert!(wallet.status().is_ready());
    Backend::accept(&wallet, &order);
    backend.register(&wallet);
    Backend::accept(&wallet, &order);
    assert!(wallet.status().is_ready(), "the same text, told again");
}

#[test]
fn a_revoked_key_stays_revoked_after_a_rescue() {
    let (backend, wallet, paper) = registered();
    Backend::accept(&wallet, &backend.revoke_online(&wallet, 1, None));
    drop(wallet.unlock());
    let stolen = backend.lock(&wallet, "lost");
    let wallet = damage(wallet);
    drop(recover(&wallet, &paper));
    backend.register(&wallet);
    assert_eq!(Backend::accept(&wallet, &stolen), refused(WordError::UnknownKey));
    assert!(wallet.status().is_ready());
}

#[test]
fn damage_during_the_72_hours_sheds_no_lock() {
    let (backend, wallet, paper) = registered();
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    let paper = begin(&wallet, &paper, NEW_PIN);
    let wallet = damage(wallet);
    let paper = begin(&wallet, &paper, OTHER_PIN);
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen), "the survivors hold it");
    wallet.phone.clock.advance_ms(WAIT_MS);
    assert!(is_there(&recover_with(&wallet, &paper, THIRD_PIN).0));
}

/// The survivors were written when the wait began, and do not know that it ended.
#[test]
fn damage_brings_back_no_wait_that_a_later_lock_ended() {
    let (backend, wallet, paper) = registered();
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    let paper = begin(&wallet, &paper, NEW_PIN);
    assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked));
    wallet.phone.clock.advance_ms(WAIT_MS);
    let wallet = damage(wallet);
    let paper = begin(&wallet, &paper, OTHER_PIN);
    wallet.phone.clock.advance_ms(WAIT_MS);
    assert!(is_there(&recover_with(&wallet, &paper, THIRD_PIN).0));
}

/// The right PIN brings the data key, and must not note the order as carried out where only the record holds its lock.
#[test]
fn a_lock_that_comes_while_the_pin_is_checked_is_not_shed_by_damage() {
    let (backend, wallet, paper) = registered();
    let (lock, order) = (wallet.lock.clone(), backend.lock(&wallet, "lost"));
    wallet.phone.hooks.once_before(is_pins_mac, move || {
        assert_eq!(lock.provider().accept(&order), done(WordDone::Locked));
    });
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(_)));
    let wallet = damage(wallet);
    begin(&wallet, &paper, NEW_PIN);
}

#[test]
fn a_lock_that_comes_between_code_and_pin_voids_the_recovery() {
    type Meanwhile = fn(&Backend, &Wallet);
    let meanwhile: [(&str, Meanwhile); 3] = [
        ("an order", |backend, wallet| accepts(backend, wallet, "unusual")),
        ("the owner's lock", |_, wallet| assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked))),
        ("another PIN", |_, wallet| {
            let changed = wallet.unlock().access().change_pin(&entry(PIN), &entry(OTHER_PIN), &[], true);
            assert_eq!(changed, Ok(PinChange::Changed { biometrics_on: false }));
        }),
    ];
    for (what, happens) in meanwhile {
        let (backend, wallet, paper) = registered();
        let rescue = enter(&wallet, &paper).expect("opened");
        let code = rescue.new_code().expect("a code");
        write_down(&code);
        happens(&backend, &wallet);
        let before = wallet.status();
        assert_eq!(rescue.finish(&entry(NEW_PIN), &[], &code).err(), Some(LockError::WrongState), "{what}");
        assert_eq!(wallet.status(), before, "{what}");
        assert!(is_there(&recover(&wallet, &paper).0), "{what}: the code, entered again, opens");
    }
}

/// At each call to the device key of a recovery, the provider's order arrives. It locks, or the app is told to deliver
/// it again.
#[test]
fn an_order_at_any_moment_of_a_recovery_is_not_lost() {
    for is_damaged in [false, true] {
        for nth in 0.. {
            let (backend, wallet, paper) = registered();
            let wallet = if is_damaged { damage(wallet) } else { wallet };
            let rescue = enter(&wallet, &paper).expect("opened");
            let code = rescue.new_code().expect("a code");
            write_down(&code);
            let (lock, order) = (wallet.lock.clone(), backend.order_unseen());
            let (left, told) = (Arc::new(AtomicUsize::new(nth)), Arc::new(Mutex::new(None)));
            let (counter, teller) = (left.clone(), told.clone());
            wallet.phone.hooks.before(move |call| {
                if call.on_key().is_some() && counter.fetch_sub(1, Ordering::Relaxed) == 0 {
                    *teller.lock().expect("not poisoned") = Some(lock.provider().accept(&order));
                }
                Ok(())
            });
            let outcome = rescue.finish(&entry(NEW_PIN), &[], &code);
            let Some(told) = told.lock().expect("not poisoned").take() else {
                assert!(nth > 10, "only {nth} calls");
                break;
            };
            let was_carried_out = told == done(WordDone::Locked);
            assert!(was_carried_out || told.is_err() || matches!(told, Ok(WordOutcome::Refused(_))), "{told:?}");
            let is_locked = reason(&wallet) == Some(LockReason::LostOrStolen);
            assert!(!was_carried_out || is_locked, "call {nth}: {outcome:?}");
        }
    }
}

#[test]
fn a_lock_cancels_the_change_of_a_code_that_waits() {
    let (backend, wallet, _) = registered();
    let session = wallet.unlock();
    let code = session.access().create_recovery_code().expect("a code");
    write_down(&code);
    session.access().set_recovery_code(&code).expect("it waits");
    drop(session);
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    assert_eq!(wallet.lock.recovery().status().expect("a status").pending, None, "a thief may have asked for it");
    wallet.phone.clock.advance_ms(DAY_MS);
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    let session = wallet.unlock();
    assert!(kinds(&session).contains(&Kind::CodeCancelled) && !kinds(&session).contains(&Kind::CodeWithdrawn));
}

/// Each of them left only its mark, and one lock stands for all of them.
#[test]
fn many_orders_on_a_damaged_wallet_do_not_keep_the_code_out() {
    let (backend, wallet, paper) = registered();
    let wallet = damage(wallet);
    for _ in 0..11 {
        assert_eq!(Backend::accept(&wallet, &backend.order_unseen()), WordOutcome::Done(WordDone::Locked));
    }
    let paper = begin(&wallet, &paper, NEW_PIN);
    wallet.phone.clock.advance_ms(WAIT_MS / 2);
    wallet.lock.save_time().expect("saved");
    let wallet = wallet.restart();
    assert_eq!(
        code_remedy(&wallet.status()),
        Some(RemedyState::Waiting { left_ms: WAIT_MS / 2 }),
        "opening ends no wait"
    );
    wallet.phone.clock.advance_ms(WAIT_MS / 2);
    let (session, _) = recover_with(&wallet, &paper, OTHER_PIN);
    assert!(is_there(&session));
    drop(session);
    let wallet = wallet.restart();
    assert!(wallet.status().is_ready(), "{:?}", wallet.status());
}

#[test]
fn a_freeze_outlives_damage_once_the_wallet_was_open() {
    let (_, wallet, paper) = registered();
    wallet.lock.payments().freeze(None).expect("frozen");
    drop(wallet.unlock());
    let wallet = damage(wallet);
    drop(recover(&wallet, &paper));
    assert!(wallet.lock.provider().state().expect("a state").is_frozen);
}
