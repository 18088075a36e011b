//! Escrow and the marks of orders, attacked: by a thief, by a provider that was robbed, by damage, by a kill at any
//! call of the keystore.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use walletlock_core::events::Kind;
use walletlock_core::platform::testing::write_down;
use walletlock_core::policy::{EscrowKey, Policy, ProviderPolicy};
use walletlock_core::provider::signer::EscrowPair;
use walletlock_core::{
    EscrowOutcome, GrantOutcome, LockReason, LockStatus, OwnerLock, PinOutcome, ProviderRequest, RecoveryChange,
    RecoveryOutcome, Remedy, RemedyState, RequestKind, WordDone, WordError, WordOutcome,
};

use crate::backend::{Backend, done};
use crate::recovery_code::{NEW_PIN, enter, finish, recover_with, with_code_on};
use crate::recovery_under_locks::registered;
use crate::u8_escrow::{add_code, ask, delete_record, is_there, kinds, open_for_owner, with_escrow};
use crate::wallet::{PIN, Wallet, copy_files, entry, open, picture};

const DAY_MS: u64 = 86_400_000;
const OTHER_PIN: &str = "846205";

/// The file cannot be read for a while: these words come meanwhile. Then it is as before.
fn while_unreadable(wallet: Wallet, words: &[&str]) -> Wallet {
    let before = picture(wallet.folder.path());
    let broken = |folder: &std::path::Path| {
        for file in std::fs::read_dir(folder).expect("a folder") {
            std::fs::remove_file(file.expect("a file").path()).expect("removed");
        }
        std::fs::write(folder.join("wallet.db"), b"not a database").expect("written");
    };
    let wallet = wallet.between_runs(broken).expect("it opens as damaged");
    for word in words {
        assert!(matches!(wallet.lock.provider().accept(word), Ok(WordOutcome::Done(_))));
    }
    wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens")
}

fn reason(wallet: &Wallet) -> Option<LockReason> {
    match wallet.status() {
        LockStatus::Locked { reason, .. } => Some(reason),
        _ => None,
    }
}

fn marks(wallet: &Wallet) -> Vec<String> {
    wallet.phone.device_key.all_aliases().into_iter().filter(|alias| alias.contains("/lost/")).collect()
}

/// Two orders come while the file cannot be read. Each opening afterwards finds the same and writes nothing more.
#[test]
fn two_marks_of_one_key_are_restored_once() {
    let (backend, wallet, _) = registered();
    let orders = [backend.lock(&wallet, "lost"), backend.lock(&wallet, "lost")];
    let mut wallet = while_unreadable(wallet, &[&orders[0], &orders[1]]);
    assert_eq!(reason(&wallet), Some(LockReason::LostOrStolen));
    for _ in 0..4 {
        wallet = wallet.restart();
    }
    assert_eq!(Backend::accept(&wallet, &orders[1]), WordOutcome::Done(WordDone::Locked));
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    let session = wallet.unlock();
    let restored = kinds(&session).iter().filter(|kind| **kind == Kind::LockRestored).count();
    assert!(restored <= 2, "{restored} lines about two orders");
}

/// A grant that unfreezes ends the freeze, also if the phone knows of the order by its mark alone.
#[test]
fn a_freeze_that_a_grant_ended_does_not_come_back() {
    let (backend, wallet, _) = registered();
    let freeze = backend.order(&wallet, r#""act":"freeze""#);
    let wallet = while_unreadable(wallet, &[&freeze]);
    let is_frozen = |wallet: &Wallet| wallet.lock.provider().state().expect("a state").is_frozen;
    assert!(is_frozen(&wallet), "its mark counts");
    let request = backend.request(&wallet, RequestKind::Unfreeze);
    let after = wallet.lock.provider().state().expect("a state").last_order;
    let grant = backend.grant(&wallet, "unfreeze", &request, after);
    let outcome = wallet.lock.provider().redeem(&grant);
    if outcome == Ok(WordOutcome::Refused(WordError::OrderMissing)) {
        return; // As for a lock: also good.
    }
    assert_eq!(outcome, done(WordDone::Unfrozen));
    assert!(!is_frozen(&wallet));
    let wallet = wallet.restart();
    assert!(!is_frozen(&wallet), "frozen again without a new order: {:?}", marks(&wallet));
}

/// The PIN clears unusual activity, also if the phone knows of the order by its mark alone.
#[test]
fn unusual_activity_that_the_pin_cleared_does_not_come_back() {
    let (backend, wallet, _) = registered();
    let unusual = backend.lock(&wallet, "unusual");
    let wallet = while_unreadable(wallet, &[&unusual]);
    assert_eq!(reason(&wallet), Some(LockReason::UnusualActivity), "its mark counts");
    drop(wallet.unlock());
    assert!(wallet.status().is_ready());
    let wallet = wallet.restart();
    assert_eq!(reason(&wallet), None, "locked again without a new order: {:?}", marks(&wallet));
}

/// An order that is refused because nothing could clear its lock does not lock by the detour of a damaged file.
#[test]
fn a_mark_sets_no_lock_that_nothing_confirmed_could_clear() {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    wallet.enrol(PIN).close();
    let order = backend.lock(&wallet, "lost");
    assert_eq!(Backend::accept(&wallet, &order), WordOutcome::Refused(WordError::NotAllowed));
    let wallet = while_unreadable(wallet, &[&order]);
    assert_eq!(reason(&wallet), None, "{:?}", wallet.status());
}

/// Whoever stole an online key sends order after order, and the app carries them.
#[test]
fn marks_do_not_pile_up() {
    let (backend, wallet, _) = registered();
    for _ in 0..50 {
        Backend::accept(&wallet, &backend.lock(&wallet, "lost"));
        Backend::accept(&wallet, &backend.order(&wallet, r#""act":"freeze""#));
    }
    assert!(marks(&wallet).len() <= 4, "{} marks in the keystore", marks(&wallet).len());
}

/// The order that was withheld has come: the lock for it does not come back with damage.
#[test]
fn an_order_that_was_withheld_and_came_does_not_lock_after_a_rescue() {
    let (backend, wallet, paper) = registered();
    let order = backend.order(&wallet, r#""act":"freeze""#);
    assert_eq!(backend.beat(&wallet, &[]), WordOutcome::Done(WordDone::OrderWithheld));
    assert_eq!(Backend::accept(&wallet, &order), WordOutcome::Done(WordDone::Frozen));
    assert_eq!(reason(&wallet), None);
    let wallet = delete_record(wallet);
    let (session, _) = recover_with(&wallet, &paper, NEW_PIN);
    assert!(is_there(&session));
}

/// The provider is gone from the app's policy. Nothing may lock then that only escrow could clear.
#[test]
fn the_owners_lock_is_not_set_where_escrow_cannot_be_asked() {
    let (backend, wallet) = with_escrow();
    let wallet = Wallet { policy: Policy { provider: None, ..backend.policy() }, ..wallet }.restart();
    drop(wallet.unlock());
    assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Frozen), "{:?}", wallet.status());
}

/// A status offers nothing that is refused.
#[test]
fn escrow_is_offered_only_where_it_can_be_asked() {
    let (backend, wallet) = with_escrow();
    let wallet = Wallet { policy: Policy { provider: None, ..backend.policy() }, ..wallet }.restart();
    drop(wallet.unlock());
    for nth in 1..=16 {
        wallet.guess(nth);
        wallet.wait();
    }
    let LockStatus::Locked { remedies, .. } = wallet.status() else { panic!("not locked") };
    let is_offered = remedies.contains(&Remedy::AskEscrow(RemedyState::Available));
    let asked = wallet.lock.recovery().ask_escrow(&ProviderRequest::default());
    assert_eq!(is_offered, matches!(asked, Ok(EscrowOutcome::Asked(_))), "{asked:?}");
}

fn with_escrow_key(backend: &Backend, key: [u8; 32]) -> Policy {
    let provider =
        backend.policy().provider.map(|provider| ProviderPolicy { escrow_key: Some(EscrowKey(key)), ..provider });
    Policy { provider, ..backend.policy() }
}

/// A key to which nothing can be sealed (RFC 7748, section 6.1: the result is all zeros) is named when the policy is
/// read.
#[test]
fn a_policy_whose_escrow_key_seals_nothing_is_refused() {
    let policy = with_escrow_key(&Backend::new(), [0; 32]);
    assert!(policy.validate().is_err());
}

/// If such a policy came in force, the owner's code still opens the wallet for good.
#[test]
fn an_escrow_key_that_seals_nothing_locks_no_owner_out() {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    let (wallet, paper) = with_code_on(wallet);
    let session = wallet.unlock();
    assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    drop(session);
    wallet.phone.clock.advance_ms(DAY_MS);
    drop(wallet.unlock());
    let wallet = Wallet { policy: with_escrow_key(&backend, [0; 32]), ..wallet };
    let Ok(wallet) = wallet.try_restart() else { return };
    drop(wallet.unlock());
    let rescue = enter(&wallet, &paper).expect("opened");
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    let outcome = rescue.finish(&entry(NEW_PIN), &[], &code);
    assert!(matches!(outcome, Ok(RecoveryOutcome::Done { .. })), "{outcome:?}");
}

/// The provider's escrow key was stolen, and an update of the app names another one. After the owner's PIN the thief's
/// key opens nothing any more of what the file holds, and the provider's new one does.
#[test]
fn a_new_escrow_key_takes_the_place_of_a_stolen_one() {
    let (mut backend, wallet) = with_escrow();
    backend.escrow = EscrowPair::from_private_key(&[5; 32]);
    let wallet = Wallet { policy: backend.policy(), ..wallet }.restart();
    drop(wallet.unlock());
    drop(wallet.unlock());
    let before = wallet.lock.provider().state().expect("a state").escrow_digest;
    assert!(before.is_some());
    let request = ask(&wallet);
    let read = walletlock_core::provider::signer::read_request(request.text(), None);
    let read = read.or_else(|| {
        let registered = backend.registered_key();
        walletlock_core::provider::signer::read_request(request.text(), Some(&registered))
    });
    let read = read.expect("a request");
    let stolen = EscrowPair::from_private_key(&[4; 32]);
    assert!(stolen.reseal(request.text(), &read, &[9; 32]).is_none(), "the stolen key opens the wallet's file");
    assert!(backend.escrow.reseal(request.text(), &read, &[9; 32]).is_some(), "the provider's key opens it");
}

/// The keystore lost this phone's key for the provider, and nothing else.
#[test]
fn escrow_is_asked_for_also_without_the_installations_key() {
    use walletlock_core::platform::DeviceKey;
    let (_, wallet) = with_escrow();
    let keys = wallet.phone.device_key.all_aliases();
    for alias in keys.iter().filter(|alias| alias.contains("/installation/")) {
        wallet.phone.device_key.delete(alias).expect("deleted");
    }
    let asked = wallet.lock.recovery().ask_escrow(&ProviderRequest::default());
    assert!(matches!(asked, Ok(EscrowOutcome::Asked(_))), "{asked:?}");
}

/// `redeem` refuses a grant of escrow: only the request that asked for it takes it.
#[test]
fn a_grant_of_escrow_is_taken_by_its_request_only() {
    let (backend, wallet) = with_escrow();
    let wallet = delete_record(wallet);
    let request = ask(&wallet);
    let grant = backend.grant_escrow(request.text()).expect("granted");
    let GrantOutcome::Opened(rescue) = request.redeem(&grant) else { panic!("not opened") };
    assert!(matches!(request.redeem(&grant), GrantOutcome::Refused(WordError::NotAsked)), "its key is gone");
    drop(finish(&rescue, OTHER_PIN));
    backend.register(&wallet);
    assert!(matches!(wallet.lock.provider().redeem(&grant), Ok(WordOutcome::Refused(_))));
}

/// The owner asked that escrow be switched off, and recovers meanwhile. That it stays on after all is told.
#[test]
fn a_recovery_tells_of_the_change_that_it_drops() {
    let (backend, wallet) = with_escrow();
    let session = wallet.unlock();
    assert_eq!(session.access().switch_escrow(false), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    drop(session);
    let (session, _) = finish(&open_for_owner(&backend, &wallet), NEW_PIN);
    let status = wallet.lock.recovery().status().expect("a status");
    assert!(status.pending_escrow.is_some() || kinds(&session).contains(&Kind::EscrowCancelled), "{status:?}");
}

/// An owner whose backup is older than the last deposit gets in by code, and has escrow again.
#[test]
fn a_wallet_that_was_brought_back_from_an_older_file_can_be_deposited() {
    let (backend, wallet) = with_escrow();
    let paper = add_code(&wallet);
    backend.deposit(&wallet);
    let backup = picture(wallet.folder.path());
    // Two more changes.
    let (session, _) = recover_with(&wallet, &paper, NEW_PIN);
    drop(session);
    backend.register(&wallet);
    backend.deposit(&wallet);
    let other = Wallet::with_policy(wallet.policy.clone());
    let other = other.between_runs(|folder| copy_files(backup.path(), folder)).expect("it opens");
    drop(recover_with(&other, &paper, OTHER_PIN));
    backend.register(&other);
    backend.deposit(&other);
}

/// A process that dies at any call to the keystore from the question to the new PIN, and one whose due changes are cut
/// short, leaves a wallet that opens by the old way or by the new one, and leaves no key behind.
#[test]
fn escrow_cut_short_anywhere_leaves_the_old_or_the_new() {
    type Damage = fn(Wallet) -> Wallet;
    for (what, damage) in [("intact", (|wallet| wallet) as Damage), ("no record", delete_record as Damage)] {
        let (backend, wallet) = with_escrow();
        let wallet = damage(wallet);
        let moments = Arc::new(Mutex::new(Vec::new()));
        let (film, keys, folder) = (moments.clone(), wallet.phone.device_key.clone(), wallet.folder.path().to_owned());
        wallet.phone.hooks.after(move |call| {
            if let Some((operation, alias)) = call.on_key() {
                let moment = (format!("{operation} {alias}"), picture(&folder), keys.picture());
                film.lock().expect("not poisoned").push(moment);
            }
            Ok(())
        });
        let (session, paper) = finish(&open_for_owner(&backend, &wallet), NEW_PIN);
        drop(session);
        let moments = std::mem::take(&mut *moments.lock().expect("not poisoned"));
        assert!(moments.len() > 10);
        let mut seen = BTreeSet::new();
        for (call, folder, keys) in moments {
            let phone = wallet.phone.with_keystore(keys);
            let lock = open(&folder, &phone, &wallet.policy).expect("it opens");
            let killed = Wallet { phone, policy: wallet.policy.clone(), lock, folder };
            let is_new = enter(&killed, &paper).is_ok();
            seen.insert(is_new);
            if is_new {
                assert!(is_there(&recover_with(&killed, &paper, OTHER_PIN).0), "{what}: {call}");
            } else {
                assert!(is_there(&finish(&open_for_owner(&backend, &killed), OTHER_PIN).0), "{what}: {call}");
            }
            let killed = killed.restart();
            assert!(matches!(killed.verify(OTHER_PIN), PinOutcome::Right(_)), "{what}: {call}");
            let killed = killed.restart();
            let keys = killed.phone.device_key.all_aliases();
            let of = |kind: &str| keys.iter().filter(|alias| alias.contains(kind)).count();
            assert_eq!((of("/pin/"), of("/rescue/"), of("/installation/")), (1, 1, 0), "{what}: {call}: {keys:?}");
        }
        assert_eq!(seen.len(), 2, "{what}");
    }
}

/// The same for a due change of both ways at once.
#[test]
fn due_changes_cut_short_anywhere_leave_the_old_or_the_new() {
    let (backend, wallet) = with_escrow();
    let session = wallet.unlock();
    let code = session.access().create_recovery_code().expect("a code");
    let paper = write_down(&code);
    session.access().set_recovery_code(&code).expect("it waits");
    session.access().switch_escrow(false).expect("it waits");
    drop(session);
    wallet.phone.clock.advance_ms(DAY_MS);
    let moments = Arc::new(Mutex::new(Vec::new()));
    let (film, keys, folder) = (moments.clone(), wallet.phone.device_key.clone(), wallet.folder.path().to_owned());
    wallet.phone.hooks.after(move |call| {
        if let Some((operation, alias)) = call.on_key() {
            film.lock().expect("not poisoned").push((format!("{operation} {alias}"), picture(&folder), keys.picture()));
        }
        Ok(())
    });
    assert!(is_there(&wallet.unlock()));
    let moments = std::mem::take(&mut *moments.lock().expect("not poisoned"));
    let mut seen = BTreeSet::new();
    for (call, folder, keys) in moments {
        let phone = wallet.phone.with_keystore(keys);
        let lock = open(&folder, &phone, &wallet.policy).expect("it opens");
        let killed = Wallet { phone, policy: wallet.policy.clone(), lock, folder };
        let is_new = enter(&killed, &paper).is_ok();
        seen.insert(is_new);
        let killed = delete_record(killed);
        if is_new {
            assert!(is_there(&recover_with(&killed, &paper, OTHER_PIN).0), "{call}");
        } else {
            assert!(is_there(&finish(&open_for_owner(&backend, &killed), OTHER_PIN).0), "{call}");
        }
    }
    assert_eq!(seen.len(), 2);
}

/// An owner who locked the wallet before the first deposit still comes in by escrow.
#[test]
fn a_locked_wallet_is_registered_and_deposited_and_then_opened() {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::InForce));
    drop(session);
    assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked));
    backend.register(&wallet);
    backend.deposit(&wallet);
    assert!(is_there(&finish(&open_for_owner(&backend, &wallet), NEW_PIN).0));
}
