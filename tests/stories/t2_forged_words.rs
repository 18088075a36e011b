//! T2: forged, replayed, reordered and withheld words of the provider change nothing, or lock.

use walletlock_core::platform::DeviceKeyFault;
use walletlock_core::platform::testing::Call;
use walletlock_core::policy::{AntiRollback, RollbackProtection};
use walletlock_core::provider::signer::{Signer, encode};
use walletlock_core::{
    LockError, LockReason, LockStatus, ProviderRequest, RequestKind, WordDone, WordError, WordOutcome,
};

use crate::backend::{Backend, done, refused};
use crate::camera::Camera;
use crate::wallet::{PIN, Wallet, copy_files, open, picture};

fn reason(wallet: &Wallet) -> Option<LockReason> {
    match wallet.status() {
        LockStatus::Locked { reason, .. } => Some(reason),
        _ => None,
    }
}

/// Everything that a refused word must not change: the files and the keystore.
fn kept(wallet: &Wallet) -> (Vec<Vec<u8>>, Vec<String>) {
    let mut files: Vec<_> =
        std::fs::read_dir(wallet.folder.path()).expect("a folder").collect::<Result<Vec<_>, _>>().expect("files");
    files.sort_by_key(|file| file.file_name());
    let bytes = files.iter().map(|file| std::fs::read(file.path()).expect("read")).collect();
    (bytes, wallet.phone.device_key.all_aliases())
}

/// An order of the provider for another wallet.
fn lost_for(backend: &Backend, wallet_id: &str) -> String {
    backend.online.sign("order", &format!(r#"{{"v":1,"aud":"{wallet_id}","seq":9,"act":"freeze"}}"#))
}

#[test]
fn a_forged_word_changes_nothing() {
    let (backend, wallet) = Backend::enrolled();
    let session = wallet.unlock();
    let thief = Signer::from_seed(&[9; 32]);
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 0);
    let before = kept(&wallet);
    let header = format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"walletlock-order+jwt"}}"#, backend.online.id());
    let lost = backend.order_with(&backend.online, &wallet, 9, r#""act":"lock","reason":"lost""#);
    let other = lost_for(&backend, &encode(&[0x55; 16]));
    let calls = wallet.lock.provider();
    for (answer, error) in [
        (calls.accept(&backend.order_with(&thief, &wallet, 1, r#""act":"freeze""#)), WordError::UnknownKey),
        (calls.accept(&thief.sign_raw(&header, "{}")), WordError::BadSignature),
        (calls.accept(&lost[..lost.len() - 2]), WordError::Malformed),
        (calls.accept(&"x".repeat(5_000)), WordError::TooLong),
        (calls.accept(&grant), WordError::WrongType),
        (calls.accept(&backend.order_with(&backend.guarded, &wallet, 9, r#""act":"freeze""#)), WordError::WrongRole),
        (calls.accept(&other), WordError::WrongWallet),
        (calls.redeem(&backend.grant(&wallet, "unlock", "another request", 0)), WordError::NotAsked),
        (calls.redeem(&backend.grant(&wallet, "unfreeze", &request, 0)), WordError::NotAllowed),
        (calls.redeem(&backend.grant(&wallet, "unlock", &request, 1)), WordError::OrderMissing),
        (calls.heartbeat(&backend.heartbeat(&wallet, &request, 0), &[]), WordError::NotAsked),
    ] {
        assert_eq!(answer, Ok(refused(error)));
    }
    assert_eq!(kept(&wallet), before);
    assert!(session.is_live());
}

#[test]
fn a_replayed_or_reordered_word_changes_nothing() {
    let (backend, wallet) = Backend::enrolled();
    let (first, second) = (backend.lock(&wallet, "lost"), backend.order(&wallet, r#""act":"freeze""#));
    assert_eq!(Backend::accept(&wallet, &second), WordOutcome::Done(WordDone::Frozen));
    let before = kept(&wallet);
    assert_eq!(Backend::accept(&wallet, &first), refused(WordError::Old), "it comes after a later one");
    assert_eq!(Backend::accept(&wallet, &second), WordOutcome::Done(WordDone::Frozen), "nothing is done twice");
    assert_eq!(kept(&wallet), before);

    assert_eq!(Backend::accept(&wallet, &backend.lock(&wallet, "lost")), WordOutcome::Done(WordDone::Locked));
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 3);
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unlocked));
    drop(wallet.unlock());
    assert_eq!(Backend::accept(&wallet, &backend.lock(&wallet, "lost")), WordOutcome::Done(WordDone::Locked));
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unlocked), "the same answer as before");
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen), "and nothing done");
}

#[test]
fn a_grant_that_does_not_know_of_an_order_does_not_clear_it() {
    let (backend, wallet) = Backend::enrolled();
    Backend::accept(&wallet, &backend.lock(&wallet, "order"));
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 1);
    // The owner reports the phone lost while the grant is on its way.
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    assert_eq!(wallet.lock.provider().redeem(&grant), Ok(refused(WordError::Superseded)));
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
}

#[test]
fn a_clock_set_ahead_outlives_no_order_and_a_restart_ends_a_lease() {
    let (backend, wallet) = Backend::enrolled();
    let lost = backend.lock(&wallet, "lost");
    wallet.phone.clock.change(|now| now.wall_ms += 100 * 365 * 86_400_000);
    assert_eq!(Backend::accept(&wallet, &lost), WordOutcome::Done(WordDone::Locked), "an order has no expiry");
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 1);
    let wallet = wallet.restart();
    wallet.phone.clock.reboot();
    assert_eq!(wallet.lock.provider().redeem(&grant), Ok(refused(WordError::Late)));
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 1);
    let wallet = wallet.restart();
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unlocked), "the app may end meanwhile");
}

#[test]
fn a_withheld_order_locks_with_the_next_heartbeat_until_it_comes() {
    let (backend, wallet) = Backend::enrolled();
    let freeze = backend.order(&wallet, r#""act":"freeze""#);
    let session = wallet.unlock();
    assert_eq!(backend.beat(&wallet, &[]), WordOutcome::Done(WordDone::OrderWithheld));
    assert!(!session.is_live());
    assert_eq!(reason(&wallet), Some(LockReason::ProviderOrder));
    assert_eq!(backend.unlock(&wallet), refused(WordError::OrderMissing));
    let wallet = {
        drop(session);
        wallet.restart()
    };
    assert_eq!(Backend::accept(&wallet, &freeze), WordOutcome::Done(WordDone::Frozen));
    assert!(wallet.status().is_ready(), "nothing is missing any more");
    assert_eq!(backend.beat(&wallet, &[]), WordOutcome::Done(WordDone::HeartbeatTaken));
}

#[test]
fn a_late_heartbeat_does_not_count() {
    let (backend, wallet) = Backend::enrolled();
    let request = backend.request(&wallet, RequestKind::Heartbeat);
    let heartbeat = backend.heartbeat(&wallet, &request, 0);
    wallet.phone.clock.advance_ms(60_000);
    assert_eq!(wallet.lock.provider().heartbeat(&heartbeat, &[]), Ok(refused(WordError::Late)));
}

#[test]
fn a_stolen_online_key_annoys_and_does_not_brick() {
    let (backend, wallet) = Backend::enrolled();
    let highest = (1 << 53) - 1;
    let by_thief =
        backend.order_with(&backend.online, &wallet, highest, r#""act":"lock","reason":"lost","message":"Pay me""#);
    assert_eq!(Backend::accept(&wallet, &by_thief), WordOutcome::Done(WordDone::Locked));
    let request = backend.request(&wallet, RequestKind::Heartbeat);
    let heartbeat = backend.heartbeat(&wallet, &request, highest);
    assert_eq!(wallet.lock.provider().heartbeat(&heartbeat, &[]), done(WordDone::HeartbeatTaken));
    Backend::accept(&wallet, &backend.order_with(&backend.online, &wallet, highest, r#""act":"freeze""#));

    let next = Signer::from_seed(&[4; 32]);
    let keys = backend.revoke_online(&wallet, 1, Some(&next));
    assert_eq!(Backend::accept(&wallet, &keys), WordOutcome::Done(WordDone::KeysChanged));
    assert!(wallet.status().is_ready(), "the thief's lock is void");
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/lost/")));
    assert_eq!(Backend::accept(&wallet, &by_thief), refused(WordError::UnknownKey));
    let wallet = wallet.restart();
    let honest = backend.order_with(&next, &wallet, 1, r#""act":"lock","reason":"lost""#);
    assert_eq!(Backend::accept(&wallet, &honest), WordOutcome::Done(WordDone::Locked), "its numbers are void too");
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    drop(wallet.unlock());
}

#[test]
fn a_heartbeat_of_a_thief_locks_until_its_key_is_revoked() {
    let (backend, wallet) = Backend::enrolled();
    let request = backend.request(&wallet, RequestKind::Heartbeat);
    let heartbeat = backend.heartbeat(&wallet, &request, (1 << 53) - 1);
    assert_eq!(wallet.lock.provider().heartbeat(&heartbeat, &[]), done(WordDone::OrderWithheld));
    assert_eq!(backend.unlock(&wallet), refused(WordError::OrderMissing));
    assert_eq!(
        Backend::accept(&wallet, &backend.revoke_online(&wallet, 1, None)),
        WordOutcome::Done(WordDone::KeysChanged)
    );
    drop(wallet.unlock());
}

/// Whether the keystore can make a key now or not, an order is carried out; a grant waits for the keystore.
#[test]
fn an_order_is_carried_out_also_if_it_cannot_be_made_irrevocable_and_a_grant_is_not() {
    let (backend, wallet) = Backend::enrolled();
    let lost = backend.lock(&wallet, "lost");
    wallet.phone.hooks.before(|call: Call<'_>| match call {
        Call::Create { .. } | Call::Delete { .. } => Err(DeviceKeyFault::Busy),
        _ => Ok(()),
    });
    assert_eq!(Backend::accept(&wallet, &lost), WordOutcome::Done(WordDone::Locked));
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 1);
    let redeemed = wallet.lock.provider().redeem(&grant);
    if redeemed == done(WordDone::Unlocked) {
        // A seal key was made ahead before the keystore failed.
        return;
    }
    assert_eq!(redeemed, Err(LockError::DeviceKey(DeviceKeyFault::Busy)));
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
}

/// The phone at each call to its keystore while an order is carried out, and what a process killed there leaves.
#[test]
fn an_order_cut_short_anywhere_leaves_the_old_or_the_new_and_comes_again() {
    let (backend, wallet) = Backend::enrolled();
    let wallet = wallet.restart();
    let camera = Camera::on(&wallet.phone, wallet.folder.path());
    let lost = backend.lock(&wallet, "lost");
    assert_eq!(Backend::accept(&wallet, &lost), WordOutcome::Done(WordDone::Locked));
    let pictures = camera.pictures();
    assert_eq!(pictures[0].call, "create lost", "the mark comes first");
    assert!(pictures.len() > 3);
    for (nth, picture) in pictures.into_iter().enumerate() {
        let phone = wallet.phone.with_keystore(picture.device_key);
        let lock = open(&picture.folder, &phone, &wallet.policy).expect("it opens again");
        let killed = Wallet { phone, policy: wallet.policy.clone(), lock, folder: picture.folder };
        if nth == 0 {
            assert!(killed.status().is_ready(), "nothing was done yet");
        } else {
            assert_eq!(reason(&killed), Some(LockReason::LostOrStolen), "killed at {}", picture.call);
        }
        assert_eq!(Backend::accept(&killed, &lost), WordOutcome::Done(WordDone::Locked), "it is delivered again");
        assert_eq!(backend.unlock(&killed), WordOutcome::Done(WordDone::Unlocked), "killed at {}", picture.call);
        drop(killed.unlock());
        let killed = killed.restart();
        drop(killed.unlock());
    }
}

#[test]
fn a_grant_cut_short_anywhere_leaves_the_old_or_the_new() {
    let (backend, wallet) = Backend::enrolled();
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    let wallet = wallet.restart();
    let request = backend.request(&wallet, RequestKind::Unlock);
    let grant = backend.grant(&wallet, "unlock", &request, 1);
    let camera = Camera::on(&wallet.phone, wallet.folder.path());
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Unlocked));
    for picture in camera.pictures() {
        let phone = wallet.phone.with_keystore(picture.device_key);
        let lock = open(&picture.folder, &phone, &wallet.policy).expect("it opens again");
        let killed = Wallet { phone, policy: wallet.policy.clone(), lock, folder: picture.folder };
        assert!(matches!(reason(&killed), None | Some(LockReason::LostOrStolen)), "killed at {}", picture.call);
        assert_eq!(killed.lock.provider().redeem(&grant), done(WordDone::Unlocked), "it is delivered again");
        drop(killed.unlock());
        let killed = killed.restart();
        assert!(killed.status().is_ready(), "no mark brings the lock back");
    }
}

#[test]
fn an_older_copy_of_the_files_sheds_no_lock() {
    let (backend, wallet) = Backend::enrolled();
    let before = picture(wallet.folder.path());
    Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
    let restored = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert!(matches!(reason(&restored), Some(LockReason::LostOrStolen | LockReason::DataDamaged)));
}

/// Without rollback protection nothing notices an older copy. The mark in the keystore locks it all the same.
#[test]
fn without_rollback_protection_the_mark_locks_an_older_copy() {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    let wallet = wallet.reopened_with(AntiRollback::Fixed(RollbackProtection::Off));
    wallet.enrol(PIN).close();
    backend.register(&wallet);
    let wallet = wallet.reopened_with(AntiRollback::Fixed(RollbackProtection::Off));
    let before = picture(wallet.folder.path());
    let lost = backend.lock(&wallet, "lost");
    Backend::accept(&wallet, &lost);
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
    assert_eq!(backend.unlock(&wallet), refused(WordError::OrderMissing), "the order itself is missing now");
    assert_eq!(Backend::accept(&wallet, &lost), WordOutcome::Done(WordDone::Locked));
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    drop(wallet.unlock());
}

#[test]
fn without_a_provider_or_a_registration_there_is_nothing_to_say() {
    let alone = Wallet::enrolled("walletlock");
    let said = ProviderRequest::default();
    assert_eq!(alone.lock.provider().register(&said), Err(LockError::WrongState));
    assert_eq!(alone.lock.provider().accept("a.b.c"), Err(LockError::WrongState));
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    wallet.enrol(PIN).close();
    assert_eq!(wallet.lock.provider().request(RequestKind::Unlock, &said), Err(LockError::WrongState));
    let long = ProviderRequest { what: Some("x".repeat(201)), ..ProviderRequest::default() };
    assert_eq!(wallet.lock.provider().register(&long), Err(LockError::Invalid("request")));
    wallet.phone.hooks.fail_next(|call| call.is("public key", "installation"), DeviceKeyFault::NoHardware);
    assert_eq!(wallet.lock.provider().register(&said), Err(LockError::DeviceKey(DeviceKeyFault::NoHardware)));
    assert!(!wallet.phone.device_key.all_aliases().iter().any(|alias| alias.contains("/installation/")));
    assert_eq!(wallet.lock.provider().state().map(|state| state.installation), Ok(None));
}
