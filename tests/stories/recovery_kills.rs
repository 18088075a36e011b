//! A process that is killed between any two steps of a recovery, or of a change of the code, leaves a wallet that the
//! owner opens: as before, or as after. An attacker gains nothing.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tempfile::TempDir;
use walletlock_core::platform::testing::{Call, FakeDeviceKey, write_down};
use walletlock_core::{CodeRefusal, LockReason, LockStatus, PinOutcome};

use crate::recovery_code::{NEW_PIN, enter, finish, recover_with, with_code};
use crate::wallet::{PIN, Wallet, copy_files, entry, open, picture};

const DAY_MS: u64 = 86_400_000;
const OTHER_PIN: &str = "846205";

/// What the phone holds at one moment.
struct Moment {
    what: String,
    folder: TempDir,
    device_key: FakeDeviceKey,
}

/// Takes pictures before and after each call to the device key while `happens` runs.
fn film(wallet: &Wallet, happens: impl FnOnce()) -> Vec<Moment> {
    let moments = Arc::<Mutex<Vec<Moment>>>::default();
    let take = |when: &'static str| {
        let (moments, device_key, folder) =
            (moments.clone(), wallet.phone.device_key.clone(), wallet.folder.path().to_owned());
        move |call: Call<'_>| {
            if let Some((operation, alias)) = call.on_key() {
                let what = format!("{when} {operation} {alias}");
                let moment = Moment { what, folder: picture(&folder), device_key: device_key.picture() };
                moments.lock().unwrap_or_else(PoisonError::into_inner).push(moment);
            }
            Ok(())
        }
    };
    wallet.phone.hooks.before(take("before"));
    wallet.phone.hooks.after(take("after"));
    happens();
    std::mem::take(&mut moments.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Starts the app again on the phone as it was at that moment.
fn reopen(wallet: &Wallet, moment: &Moment) -> Wallet {
    let phone = wallet.phone.with_keystore(moment.device_key.picture());
    let folder = picture(moment.folder.path());
    let lock = open(&folder, &phone, &wallet.policy).expect("it opens again");
    Wallet { phone, policy: wallet.policy.clone(), lock, folder }
}

fn sql(path: &Path, statement: &str) {
    Connection::open(path).expect("a database").execute_batch(statement).expect("done");
}

/// The old code opens the wallet, or the new one does, and never both. Afterwards everything is there and nothing is
/// left over. Returns whether it was the new one.
fn opens_with_one_code(wallet: Wallet, old: &str, new: &str, what: &str) -> bool {
    let (by_old, by_new) = (enter(&wallet, old), enter(&wallet, new));
    let is_new = by_new.is_ok();
    assert_ne!(by_old.is_ok(), is_new, "{what}: {by_old:?}, {by_new:?}");
    let rescue = by_old.or(by_new).expect("one of them opened");
    let (session, paper) = finish(&rescue, OTHER_PIN);
    assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4111", "{what}");
    drop((session, rescue));
    let wallet = wallet.restart();
    let PinOutcome::Right(session) = wallet.verify(OTHER_PIN) else { panic!("{what}: locked out") };
    drop(session);
    let keys = wallet.phone.device_key.all_aliases();
    let of = |kind: &str| keys.iter().filter(|alias| alias.contains(kind)).count();
    assert_eq!((of("/pin/"), of("/rescue/"), of("/biometric/")), (1, 1, 0), "{what}: {keys:?}");
    assert!(enter(&wallet, &paper).is_ok(), "{what}");
    is_new
}

#[test]
fn a_recovery_cut_short_leaves_the_old_code_or_the_new_one() {
    type Damage = fn(Wallet) -> Wallet;
    let starts: [(&str, Damage); 5] = [
        ("intact", |wallet| wallet),
        ("locked", |wallet| {
            for nth in 1..=16 {
                wallet.guess(nth);
                wallet.wait();
            }
            wallet
        }),
        ("no record", |wallet| {
            wallet.between_runs(|folder| sql(&folder.join("wallet.db"), "DELETE FROM record")).expect("it opens")
        }),
        ("no keys", |wallet| {
            wallet.phone.device_key.lose_all();
            wallet.restart()
        }),
        ("another phone", |wallet| {
            let backup = picture(wallet.folder.path());
            let other = Wallet::unconfigured("walletlock");
            other.between_runs(|folder| copy_files(backup.path(), folder)).expect("it opens")
        }),
    ];
    for (start, damage) in starts {
        let (wallet, old) = with_code("walletlock");
        let wallet = damage(wallet);
        let mut new = None;
        let moments = film(&wallet, || {
            let rescue = enter(&wallet, &old).expect("opened");
            let code = rescue.new_code().expect("a code");
            let paper = write_down(&code);
            let outcome = rescue.finish(&entry(NEW_PIN), &[], &code);
            assert!(outcome.is_ok(), "{start}: {outcome:?}");
            new = Some(paper);
        });
        let new = new.expect("recovered");
        let mut turns = 0;
        let mut was_new = false;
        for moment in &moments {
            let what = format!("{start}: killed {}", moment.what);
            let wallet = reopen(&wallet, moment);
            match wallet.status() {
                // Before the commit: as it was.
                LockStatus::Locked { reason, .. } => {
                    let expected =
                        if start == "locked" { LockReason::TooManyAttempts } else { LockReason::DataDamaged };
                    assert_eq!((reason, was_new), (expected, false), "{what}");
                }
                status => {
                    assert!(status.is_ready() && (start == "intact" || was_new || turns == 0), "{what}: {status:?}")
                }
            }
            let is_new = opens_with_one_code(wallet, &old, &new, &what);
            turns += u32::from(is_new != was_new);
            was_new = is_new;
        }
        assert_eq!((turns, was_new), (1, true), "{start}: one moment decides, in {} moments", moments.len());
    }
}

#[test]
fn a_first_code_cut_short_is_in_force_or_there_is_none() {
    let wallet = Wallet::unconfigured("walletlock");
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    let code = session.access().create_recovery_code().expect("a code");
    let paper = write_down(&code);
    let moments = film(&wallet, || {
        session.access().set_recovery_code(&code).expect("set");
    });
    let mut was_set = false;
    for moment in &moments {
        let wallet = reopen(&wallet, moment);
        let is_set = match enter(&wallet, &paper) {
            Ok(_) => true,
            Err(refusal) => {
                assert_eq!(refusal, CodeRefusal::NotSetUp, "{}", moment.what);
                false
            }
        };
        assert!(is_set >= was_set, "{}", moment.what);
        was_set = is_set;
        drop(wallet.unlock());
        let marks = wallet.phone.device_key.all_aliases().iter().filter(|alias| alias.contains("/rescue/")).count();
        assert_eq!(marks, usize::from(is_set), "{}: a mark without a row is cleared away", moment.what);
    }
    assert!(was_set, "in force at the end");
}

#[test]
fn a_replacement_cut_short_leaves_the_old_code_or_the_new_one() {
    let (wallet, old) = with_code("walletlock");
    let new = {
        let session = wallet.unlock();
        let code = session.access().create_recovery_code().expect("a code");
        let paper = write_down(&code);
        session.access().set_recovery_code(&code).expect("it waits");
        paper
    };
    wallet.phone.clock.advance_ms(DAY_MS);
    let moments = film(&wallet, || drop(wallet.unlock()));
    let mut turns = 0;
    let mut was_new = false;
    for moment in &moments {
        let is_new = opens_with_one_code(reopen(&wallet, moment), &old, &new, &moment.what);
        turns += u32::from(is_new != was_new);
        was_new = is_new;
        // The PIN stays, and opens at each moment.
        let again = reopen(&wallet, moment);
        drop(again.unlock());
        assert!(enter(&again, &new).is_ok(), "{}: the next right PIN finishes it", moment.what);
    }
    assert_eq!((turns, was_new), (1, true));
}

#[test]
fn a_withdrawal_cut_short_leaves_the_code_or_none() {
    let (wallet, paper) = with_code("walletlock");
    wallet.unlock().access().withdraw_recovery_code().expect("it waits");
    wallet.phone.clock.advance_ms(DAY_MS);
    let moments = film(&wallet, || drop(wallet.unlock()));
    let mut was_gone = false;
    for moment in &moments {
        let wallet = reopen(&wallet, moment);
        let is_gone = enter(&wallet, &paper).err() == Some(CodeRefusal::NotSetUp);
        assert!(is_gone >= was_gone, "{}", moment.what);
        was_gone = is_gone;
        assert_eq!(wallet.unlock().vault().read("card").expect("read").expect("there").as_slice(), b"4111");
        assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp), "{}", moment.what);
    }
    assert!(was_gone, "withdrawn at the end");
}

/// At each moment an attacker has the file of an earlier moment: the code that was replaced opens nothing with it on
/// this phone, once the new one is in force and the app was started again.
#[test]
fn no_earlier_file_brings_an_old_code_back() {
    let (wallet, old) = with_code("walletlock");
    let before = picture(wallet.folder.path());
    let moments = film(&wallet, || drop(recover_with(&wallet, &old, NEW_PIN)));
    for moment in &moments {
        let started = reopen(&wallet, moment);
        if enter(&started, &old).is_ok() {
            continue;
        }
        let again = started.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
        assert_eq!(enter(&again, &old).err(), Some(CodeRefusal::OldCode), "{}", moment.what);
    }
}

/// The old code's mark is made by the recovery itself where the keystore had none, and goes with it.
#[test]
fn on_an_emptied_keystore_no_earlier_file_brings_the_old_code_back_either() {
    let (wallet, old) = with_code("walletlock");
    let before = picture(wallet.folder.path());
    wallet.phone.device_key.lose_all();
    let wallet = wallet.restart();
    drop(recover_with(&wallet, &old, NEW_PIN));
    // The recovered file is never opened again.
    let again = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert_eq!(enter(&again, &old).err(), Some(CodeRefusal::OldCode));
}
