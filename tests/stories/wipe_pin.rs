//! The wipe PIN: until the wallet is destroyed, it looks like a wrong PIN.

use std::sync::Arc;

use walletlock_core::events::{Event, Kind};
use walletlock_core::journal::{Chain, Query};
use walletlock_core::pin::{Finding, PinEntry};
use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::platform::testing::{DeviceKeyCalls, FakeListener};
use walletlock_core::policy::AntiRollback;
use walletlock_core::{LockError, LockStatus, NoVerdict, PinChange, PinOutcome, Refusal, Removal, Session};

use crate::camera::{Camera, calls};
use crate::kdf_upgrade::{DEARER, with_version_that_chooses};
use crate::wallet::{PIN, Wallet, copy_files, entry, is_pins_mac, open, open_with, picture};
use crate::wipe::keys_of;

const WIPE_PIN: &str = "111111";
const NEW_PIN: &str = "582941";

fn set(session: &Session, wipe_pin: &str) -> PinChange {
    session.access().set_wipe_pin(&entry(PIN), &entry(wipe_pin)).expect("an answer")
}

/// A wallet with a wipe PIN, and an item that the wipe destroys.
fn armed(preset: &str) -> Wallet {
    let wallet = Wallet::enrolled(preset);
    let session = wallet.unlock();
    session.vault().write("seed", b"correct horse").expect("written");
    assert_eq!(set(&session, WIPE_PIN), PinChange::Changed { biometrics_on: false });
    drop(session);
    wallet
}

fn assert_wiped(wallet: Wallet, outcome: PinOutcome) {
    assert!(matches!(outcome, PinOutcome::Locked(LockStatus::Wiped)), "{outcome:?}");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert_eq!(keys_of(&wallet, "pin"), 0);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Wiped)));
    let wallet = wallet.restart();
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Wiped)));
    let session = wallet.enrol(NEW_PIN);
    assert_eq!(session.vault().names(), Ok(vec![]));
    assert_eq!(session.access().has_wipe_pin(), Ok(false), "nothing of it outlives the wallet");
    drop(session);
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Wrong(_)), "nor does the PIN");
}

#[test]
fn it_destroys_the_wallet_like_the_limit() {
    let wallet = armed("walletlock");
    let session = wallet.unlock();
    let listener = Arc::new(FakeListener::default());
    wallet.lock.add_listener(listener.clone());
    let outcome = wallet.verify(WIPE_PIN);
    let told: Vec<_> = listener.events().iter().map(|event: &Event| event.kind).collect();
    assert_eq!(told, [Kind::PinTried, Kind::PinWrong, Kind::Wiped]);
    assert_eq!(session.vault().read("seed"), Err(LockError::SessionEnded));
    assert!(matches!(wallet.lock.verify_journal(), Ok(Chain::Intact { .. })));
    drop(session);
    assert_wiped(wallet, outcome);
}

#[test]
fn it_does_so_with_the_last_try_too_and_without_a_limit_that_wipes() {
    for (preset, tries) in [("trezor", 15), ("walletlock", 15)] {
        let wallet = armed(preset);
        for nth in 1..=tries {
            wallet.guess_wrong(nth);
            wallet.wait();
        }
        assert_eq!(wallet.tries_left(), 1, "{preset}");
        let outcome = wallet.verify(WIPE_PIN);
        assert_wiped(wallet, outcome);
    }
}

#[test]
fn it_is_taken_wherever_the_pin_is_asked_for() {
    let calls: [fn(&Wallet, &Session) -> Refusal; 4] = [
        |wallet, _| match wallet.lock.remove(&entry(WIPE_PIN)) {
            Ok(Removal::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        },
        |_, session| refused(session.access().change_pin(&entry(WIPE_PIN), &entry(NEW_PIN), &[], true)),
        |_, session| refused(session.access().set_wipe_pin(&entry(WIPE_PIN), &entry(NEW_PIN))),
        |_, session| refused(session.access().clear_wipe_pin(&entry(WIPE_PIN))),
    ];
    for call in calls {
        let wallet = armed("walletlock");
        let session = wallet.unlock();
        assert_eq!(call(&wallet, &session), Refusal::Locked(LockStatus::Wiped));
        assert!(!session.is_live());
        assert_eq!(wallet.status(), LockStatus::Wiped);
    }
}

fn refused(change: Result<PinChange, LockError>) -> Refusal {
    match change {
        Ok(PinChange::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn while_no_pin_is_taken_it_is_none() {
    let wallet = armed("walletlock");
    wallet.guess_all_wrong(1..=5);
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Locked(LockStatus::CoolingDown { .. })));
    wallet.wait();
    assert_eq!(wallet.unlock().vault().names(), Ok(vec!["seed".to_owned()]));
}

/// Compares the calls to the device key, which someone outside could count before the settlement.
#[test]
fn until_the_verdict_it_asks_for_what_a_wrong_pin_asks_for() {
    let asked = |armed_with: Option<&str>, pin: &str| {
        let wallet = Wallet::enrolled("walletlock");
        if let Some(wipe_pin) = armed_with {
            assert_eq!(set(&wallet.unlock(), wipe_pin), PinChange::Changed { biometrics_on: false });
        }
        wallet.lock.prepare().expect("prepared");
        let Wallet { phone, policy, lock, folder } = wallet;
        drop(lock);
        let lock = open_with(&folder, &phone, &policy, AntiRollback::WithoutThread).expect("it opens");
        let camera = Camera::on(&phone, folder.path());
        let before = phone.device_key.calls();
        let wiped = matches!(lock.verify_pin(&entry(pin)), PinOutcome::Locked(LockStatus::Wiped));
        let after = phone.device_key.calls();
        let of = |count: fn(&DeviceKeyCalls) -> usize| count(&after) - count(&before);
        (wiped, of(|calls| calls.ready as usize), of(|calls| calls.hmac as usize), camera.pictures())
    };
    let (wrong_wipes, ready, hmac, wrong) = asked(None, "700001");
    let (set_wipes, set_ready, set_hmac, with_one_set) = asked(Some(WIPE_PIN), "700001");
    let (wipes, wipe_ready, wipe_hmac, wiping) = asked(Some(WIPE_PIN), WIPE_PIN);
    assert_eq!((wrong_wipes, set_wipes, wipes), (false, false, true));
    assert_eq!((ready, hmac), (set_ready, set_hmac));
    assert_eq!(calls(&wrong), calls(&with_one_set), "having one costs nothing");
    // The wipe itself asks for its mark once.
    assert_eq!((ready + 1, hmac), (wipe_ready, wipe_hmac), "entering it makes the same calls until the wipe begins");
    let (wrong, wiping) = (calls(&wrong), calls(&wiping));
    let until_the_verdict = wrong.iter().rposition(|call| call.starts_with("hmac")).expect("asked") + 1;
    assert_eq!(wiping[..until_the_verdict], wrong[..until_the_verdict]);
}

#[test]
fn it_looks_like_no_wipe_pin_from_outside() {
    let length_and_lines = |set_it: bool| {
        let wallet = Wallet::enrolled("walletlock");
        let session = wallet.unlock();
        let before = kinds(&session).len();
        let done = if set_it { Ok(set(&session, WIPE_PIN)) } else { session.access().clear_wipe_pin(&entry(PIN)) };
        assert_eq!(done, Ok(PinChange::Changed { biometrics_on: false }));
        let mut lines = kinds(&session);
        lines.truncate(lines.len() - before);
        drop(session);
        let path = wallet.path();
        drop(wallet.lock);
        let database = rusqlite::Connection::open(path).expect("a database");
        let length = database.query_row("SELECT length(sealed) FROM record", [], |row| row.get::<_, u32>(0));
        (length.expect("a record"), lines)
    };
    let (length, lines) = length_and_lines(true);
    assert_eq!(lines, [Kind::PinRight, Kind::PinTried], "a proven PIN and no more");
    assert_eq!((length, lines), length_and_lines(false));
}

fn kinds(session: &Session) -> Vec<Kind> {
    let page = session.journal().page(&Query::default()).expect("a page");
    page.entries.into_iter().map(|entry| entry.kind.expect("known")).collect()
}

#[test]
fn a_changed_pin_keeps_it_and_cannot_become_it() {
    let wallet = armed("walletlock");
    let session = wallet.unlock();
    let new = entry("739154");
    assert_eq!(session.access().set_wipe_pin(&entry(PIN), &new), Ok(PinChange::Changed { biometrics_on: false }));
    assert_eq!(new.length(), 0);
    let change =
        |from: &str, to: &str| session.access().change_pin(&entry(from), &entry(to), &[], true).expect("an answer");
    assert_eq!(change(PIN, "739154"), PinChange::Forbidden(vec![Finding::UsedBefore]));
    assert_eq!(change(PIN, NEW_PIN), PinChange::Changed { biometrics_on: false });
    assert_eq!(change(NEW_PIN, "739154"), PinChange::Forbidden(vec![Finding::UsedBefore]), "the changed PIN as well");
    assert_eq!(session.access().has_wipe_pin(), Ok(true));
    drop(session);
    let wallet = wallet.restart();
    assert!(matches!(wallet.verify(PIN), PinOutcome::Wrong(_)));
    assert!(matches!(wallet.verify(NEW_PIN), PinOutcome::Right(_)));
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Wrong(_)), "it was replaced");
    assert!(matches!(wallet.verify("739154"), PinOutcome::Locked(LockStatus::Wiped)));
}

#[test]
fn it_is_not_the_pin_and_as_long_as_one() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    assert_eq!(set(&session, PIN), PinChange::Forbidden(vec![Finding::UsedBefore]));
    for short in ["1234", ""] {
        assert_eq!(set(&session, short), PinChange::Forbidden(vec![Finding::TooShort { min: 6 }]));
    }
    assert_eq!(session.access().has_wipe_pin(), Ok(false));
    let (wrong, wipe): (PinEntry, PinEntry) = (entry("700001"), entry(WIPE_PIN));
    assert!(matches!(session.access().set_wipe_pin(&wrong, &wipe), Ok(PinChange::Refused(Refusal::Wrong(_)))));
    assert_eq!((wrong.length(), wipe.length()), (0, 6));
    assert_eq!(wallet.tries_left(), 15, "it is counted like any other");
    assert!(matches!(session.access().clear_wipe_pin(&entry("700002")), Ok(PinChange::Refused(Refusal::Wrong(_)))));
    assert_eq!(wallet.tries_left(), 14);
    drop(wallet.unlock());
    wallet.lock.lock_now();
    assert_eq!(session.access().set_wipe_pin(&entry(PIN), &wipe), Err(LockError::SessionEnded));
    assert_eq!(session.access().clear_wipe_pin(&entry(PIN)), Err(LockError::SessionEnded));
    assert_eq!(session.access().has_wipe_pin(), Err(LockError::SessionEnded));
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Wrong(_)));
}

#[test]
fn cleared_it_is_a_wrong_pin_again() {
    let wallet = armed("walletlock");
    let session = wallet.unlock();
    assert_eq!(session.access().has_wipe_pin(), Ok(true));
    assert_eq!(session.access().clear_wipe_pin(&entry(PIN)), Ok(PinChange::Changed { biometrics_on: false }));
    assert_eq!(session.access().has_wipe_pin(), Ok(false));
    drop(session);
    let wallet = wallet.restart();
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Wrong(_)));
    drop(wallet.unlock());
}

#[test]
fn a_wrong_pin_of_a_moment_ago_that_became_it_is_no_repeated_guess() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Wrong(_)));
    assert_eq!(set(&session, WIPE_PIN), PinChange::Changed { biometrics_on: false });
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Locked(LockStatus::Wiped)));
}

#[test]
fn a_dearer_slot_waits_until_it_is_cleared() {
    let wallet = with_version_that_chooses(armed("walletlock"), DEARER);
    let upgraded = |wallet: &Wallet| {
        wallet.lock.prepare().expect("prepared");
        kinds(&wallet.unlock()).contains(&Kind::KdfUpgraded)
    };
    assert!(!upgraded(&wallet));
    assert_eq!(wallet.unlock().access().clear_wipe_pin(&entry(PIN)), Ok(PinChange::Changed { biometrics_on: false }));
    assert!(upgraded(&wallet));
    assert_eq!(set(&wallet.unlock(), WIPE_PIN), PinChange::Changed { biometrics_on: false }, "on the dearer slot");
    let outcome = wallet.verify(WIPE_PIN);
    assert!(matches!(outcome, PinOutcome::Locked(LockStatus::Wiped)));
}

#[test]
fn a_device_key_that_does_not_answer_tells_nothing_and_wipes_nothing() {
    let wallet = armed("walletlock");
    wallet.phone.hooks.fail_next(is_pins_mac, DeviceKeyFault::Busy);
    let outcome = wallet.verify(WIPE_PIN);
    let busy = NoVerdict::DeviceKey(DeviceKeyFault::Busy);
    assert!(matches!(outcome, PinOutcome::NoVerdict(cause) if cause == busy), "{outcome:?}");
    assert_eq!(wallet.tries_left(), 16, "it is given back like any other");
    let outcome = wallet.verify(WIPE_PIN);
    assert_wiped(wallet, outcome);
}

/// The process is killed at every keystore call while the wipe PIN is tried. Then the wallet is wiped, or one wrong PIN
/// was entered, or none. It is never damaged.
#[test]
fn killed_on_the_way_it_was_a_wrong_pin_or_a_wipe() {
    let wallet = armed("walletlock");
    let Wallet { phone, policy, lock, folder } = wallet;
    drop(lock);
    let lock = open_with(&folder, &phone, &policy, AntiRollback::WithoutThread).expect("it opens");
    let camera = Camera::on(&phone, folder.path());
    assert!(matches!(lock.verify_pin(&entry(WIPE_PIN)), PinOutcome::Locked(LockStatus::Wiped)));
    drop(lock);
    let mut found = Vec::new();
    for picture in camera.pictures() {
        let phone = phone.with_keystore(picture.device_key);
        let lock = open(&picture.folder, &phone, &policy).expect("it opens again");
        let status = lock.status().expect("a status");
        let is_wiped = status == LockStatus::Wiped;
        assert!(is_wiped || matches!(status, LockStatus::Ready { tries_left: Some(15 | 16) }), "{status:?}");
        assert_eq!(matches!(lock.verify_pin(&entry(PIN)), PinOutcome::Right(_)), !is_wiped);
        found.push(is_wiped);
    }
    assert!(found.is_sorted(), "once wiped it stays so: {found:?}");
    assert!(found.contains(&true) && found.contains(&false), "{found:?}");
}

#[test]
fn a_copy_from_before_is_wiped_too() {
    let wallet = armed("walletlock");
    let before = picture(wallet.folder.path());
    assert!(matches!(wallet.verify(WIPE_PIN), PinOutcome::Locked(LockStatus::Wiped)));
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert_eq!(wallet.status(), LockStatus::Wiped);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Locked(LockStatus::Wiped)));
}

/// A copy from before the wipe PIN was set does not remove it, and a copy from before it was cleared does not bring it
/// back.
#[test]
fn setting_and_clearing_it_is_for_good() {
    for set_first in [false, true] {
        let wallet = if set_first { armed("walletlock") } else { Wallet::enrolled("walletlock") };
        let before = picture(wallet.folder.path());
        let session = wallet.unlock();
        let before_it_was_done = picture(wallet.folder.path());
        let done = if set_first { session.access().clear_wipe_pin(&entry(PIN)) } else { Ok(set(&session, WIPE_PIN)) };
        assert_eq!(done, Ok(PinChange::Changed { biometrics_on: false }));
        drop(session);
        let mut wallet = wallet;
        for copy in [before, before_it_was_done] {
            wallet = wallet.between_runs(|folder| copy_files(copy.path(), folder)).expect("it opens");
            assert!(!wallet.status().is_ready() && wallet.status() != LockStatus::Wiped, "{:?}", wallet.status());
        }
    }
}

#[test]
fn a_try_that_the_wipe_pin_overtakes_before_its_charge_is_told_of_the_wipe_and_not_charged() {
    let wallet = armed("walletlock");
    let listener = Arc::new(FakeListener::default());
    wallet.lock.add_listener(listener.clone());
    let lock = wallet.lock.clone();
    wallet.phone.hooks.once_after(
        |call| call.is("ready", "pin"),
        move || assert!(matches!(lock.verify_pin(&entry(WIPE_PIN)), PinOutcome::Locked(LockStatus::Wiped))),
    );
    let overtaken = wallet.verify(PIN);
    assert!(matches!(overtaken, PinOutcome::Locked(LockStatus::Wiped)), "{overtaken:?}");
    assert_eq!(wallet.phone.hooks.unmet(), 0);
    let told: Vec<_> = listener.events().iter().map(|event| event.kind).collect();
    assert_eq!(told, [Kind::PinTried, Kind::PinWrong, Kind::Wiped], "those of the wipe PIN alone");
}

/// One slip of the owner must not destroy the wallet, and the wipe PIN must have a length that the PIN pad can take.
#[test]
fn it_is_no_slip_of_the_pin_and_as_long_as_it() {
    let wallet = Wallet::enrolled("walletlock");
    let session = wallet.unlock();
    for slip in ["493717", "093716", "493616", "943716", "493761", "439716"] {
        assert_eq!(set(&session, slip), PinChange::Forbidden(vec![Finding::NearPin]), "{slip}");
    }
    for (other_length, finding) in [
        ("4937", Finding::TooShort { min: 6 }),
        ("49371", Finding::TooShort { min: 6 }),
        ("4937160", Finding::TooLong { max: 6 }),
        ("11111111", Finding::TooLong { max: 6 }),
    ] {
        assert_eq!(set(&session, other_length), PinChange::Forbidden(vec![finding]), "{other_length}");
    }
    let refused = session.access().set_wipe_pin(&entry("493717"), &entry("493718")).expect("an answer");
    assert!(matches!(refused, PinChange::Refused(Refusal::Wrong(_))), "what it is compared with is proven first");
    assert_eq!(session.access().has_wipe_pin(), Ok(false));
    assert_eq!(
        set(&session, "493671"),
        PinChange::Changed { biometrics_on: false },
        "a wipe PIN that is two slips away is allowed"
    );
}
