//! Getting back in, attacked: by a thief with the phone, by one who knows the PIN or has root, by a lock that was kept
//! away, and by the owner's own order of doing things.

use std::sync::{Arc, Mutex};

use walletlock_core::policy::{GuardedAction, Policy, SecondFactorPolicy};
use walletlock_core::proof::ChannelKind;
use walletlock_core::recovery::{ChannelState, FactorKind};
use walletlock_core::{
    CodeRequest, FactorOutcome, GrantOutcome, LockError, RecoveryChange, RecoveryOutcome, WordDone, WordOutcome,
};

use crate::backend::Backend;
use crate::recovery_code::{NEW_PIN, recover};
use crate::recovery_under_locks::registered;
use crate::u7_second_factor::{set_up, shown};
use crate::u8_escrow::delete_record;
use crate::u8_proofs::{add_channel, owned, redeem, text};
use crate::wallet::{PIN, Wallet, copy_files, entry, is_pins_mac, picture};

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const WAIT_MS: u64 = 72 * HOUR_MS;

/// The order is the owner's taste. It decides nothing.
#[test]
fn ordering_the_channels_drops_none() {
    let owned = owned();
    let session = owned.wallet.unlock();
    let new = add_channel(&owned.backend, &owned.wallet, &session, ChannelKind::Sms, "+49 30 901820");
    assert_eq!(session.access().order_channels(&[new, owned.sms, owned.mail]), Ok(()));
    let listed: Vec<_> = session.access().channels().expect("listed").iter().map(|channel| channel.id).collect();
    assert_eq!(listed, [new, owned.sms, owned.mail], "the new number waits still");
}

/// A factor by SMS that comes when the last number goes can never be proven.
#[test]
fn a_number_that_leaves_does_not_become_the_second_factor() {
    let owned = owned();
    let session = owned.wallet.unlock();
    let leaves = session.access().remove_channel(owned.sms);
    let comes = session.access().set_sms_factor();
    drop(session);
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    let session = owned.wallet.unlock();
    let has_number = session.access().channels().expect("listed").iter().any(|one| one.kind == ChannelKind::Sms);
    let in_force = session.access().second_factor().expect("known").in_force;
    assert!(has_number || in_force.is_none(), "{leaves:?}, {comes:?}, and nobody can change that any more");
}

/// The same in the other order.
#[test]
fn the_number_of_a_factor_that_waits_does_not_leave() {
    let owned = owned();
    let session = owned.wallet.unlock();
    let comes = session.access().set_sms_factor();
    let leaves = session.access().remove_channel(owned.sms);
    drop(session);
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    let session = owned.wallet.unlock();
    let has_number = session.access().channels().expect("listed").iter().any(|one| one.kind == ChannelKind::Sms);
    let in_force = session.access().second_factor().expect("known").in_force;
    assert!(has_number || in_force.is_none(), "{comes:?}, {leaves:?}, and nobody can change that any more");
}

/// An update of the app takes the provider away while a factor by SMS waits.
#[test]
fn a_factor_by_sms_that_waits_goes_with_the_provider() {
    let owned = owned();
    let session = owned.wallet.unlock();
    assert!(matches!(session.access().set_sms_factor(), Ok(RecoveryChange::Pending { .. })));
    drop(session);
    let policy = Policy { provider: None, ..owned.wallet.policy.clone() };
    let wallet = Wallet { policy, ..owned.wallet }.restart();
    drop(wallet.unlock());
    wallet.phone.clock.advance_ms(DAY_MS);
    let session = wallet.unlock();
    assert_eq!(session.access().second_factor().expect("known").in_force, None, "nobody could check it");
    assert_eq!(session.access().needs_second_factor(Some(GuardedAction::ChangeRecovery)), Ok(false));
}

/// Somebody who knows the PIN adds an authenticator; the provider's order voids that; the thief breaks the record.
#[test]
fn what_an_order_voided_does_not_come_back_with_damage() {
    let (backend, wallet, paper) = registered();
    let thief = wallet.unlock();
    let (_, change) = set_up(&wallet, &thief);
    assert_eq!(change, RecoveryChange::Pending { left_ms: DAY_MS });
    drop(thief);
    let order = backend.lock(&wallet, "unusual");
    assert_eq!(Backend::accept(&wallet, &order), WordOutcome::Done(WordDone::Locked));
    let wallet = delete_record(wallet);
    wallet.phone.clock.advance_ms(DAY_MS);
    let (session, _) = recover(&wallet, &paper);
    let in_force = session.access().second_factor().expect("known").in_force;
    assert_eq!(in_force, None, "the thief's authenticator guards the owner's wallet");
}

/// Whoever is in after the wait loses it to the right PIN until the new PIN is set.
#[test]
fn the_right_pin_voids_a_wallet_that_is_opened_and_not_finished() {
    let owned = owned();
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    owned.wallet.phone.clock.advance_ms(WAIT_MS);
    let GrantOutcome::Opened(rescue) = owned.ask_with(&[("sms", "phone")]) else { panic!("not opened") };
    drop(owned.wallet.unlock());
    assert_eq!(owned.progress().proven, [], "the PIN voided it");
    let code = rescue.new_code().expect("a code");
    walletlock_core::platform::testing::write_down(&code);
    let finished = rescue.finish(&entry(NEW_PIN), &[], &code);
    assert!(!matches!(finished, Ok(RecoveryOutcome::Done { .. })), "{finished:?}");
}

/// A thief with root copies the file between the charge and the verdict of the owner's PIN, and puts it back.
#[test]
fn an_older_file_does_not_bring_back_what_the_right_pin_voided() {
    let owned = owned();
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    let folder = owned.wallet.folder.path().to_owned();
    let film = Arc::new(Mutex::new(None));
    let copy = film.clone();
    owned.wallet.phone.hooks.after(move |call| {
        if is_pins_mac(call) {
            *copy.lock().expect("not poisoned") = Some(picture(&folder));
        }
        Ok(())
    });
    drop(owned.wallet.unlock());
    owned.wallet.phone.hooks.after(|_| Ok(()));
    assert_eq!(owned.progress().proven, []);
    let copied = film.lock().expect("not poisoned").take().expect("a copy");
    let wallet = owned.wallet.between_runs(|folder| copy_files(copied.path(), folder)).expect("it opens");
    let progress = wallet.lock.recovery().progress().expect("known");
    assert_eq!((progress.proven, progress.wait_left_ms), (vec![], None), "the thief's 72 hours go on");
}

/// The session is over, and its handle still confirms a channel.
#[test]
fn a_session_that_ended_confirms_no_channel_and_proves_no_factor() {
    let owned = owned();
    let session = owned.wallet.unlock();
    let (id, request) = session.access().add_channel(ChannelKind::BackupMail, "b@mi.example").expect("an address");
    let code = owned.backend.send_code(&text(Ok(request))).expect("sent");
    session.close();
    let confirmed = session.access().confirm_channel(id, Some(&entry(&code)));
    assert!(matches!(confirmed, Err(LockError::SessionEnded)), "{}", confirmed.is_ok());
}

/// Confirmed in a session much later, a channel that the first session began waits like any other.
#[test]
fn a_channel_that_the_first_session_began_waits_if_it_is_confirmed_later() {
    let backend = Backend::new();
    let mut policy = backend.policy();
    policy.provider.iter_mut().for_each(|provider| provider.allowance_h = None);
    let wallet = Wallet::with_policy(policy);
    let first = wallet.enrol(PIN);
    backend.register(&wallet);
    let (id, request) = first.access().add_channel(ChannelKind::Sms, "+49 30 901820").expect("an address");
    backend.send_code(&text(Ok(request))).expect("sent");
    drop(first);
    wallet.phone.clock.advance_ms(30 * DAY_MS);
    let later = wallet.unlock();
    let code = backend.send_code(&text(later.access().send_code(id))).expect("sent");
    let confirm = text(later.access().confirm_channel(id, Some(&entry(&code))));
    assert_eq!(
        redeem(&wallet, &backend.prove(&confirm).expect("right")),
        WordOutcome::Done(WordDone::ChannelConfirmed)
    );
    let state = later.access().channels().expect("listed").first().map(|channel| channel.state);
    assert!(matches!(state, Some(ChannelState::Waiting { .. })), "{state:?}");
}

/// The provider hears the address with the first code. Wrong codes that somebody typed without the PIN do not stop it.
#[test]
fn wrong_codes_without_the_pin_do_not_stop_a_channel_from_being_set_up() {
    let owned = owned();
    let recovery = owned.wallet.lock.recovery();
    for channel in [owned.sms, owned.mail] {
        text(recovery.send_code(channel));
        (0..5).for_each(|_| drop(text(recovery.prove(channel, Some(&entry("000000"))))));
    }
    let session = owned.wallet.unlock();
    let (id, request) = session.access().add_channel(ChannelKind::BackupMail, "b@mi.example").expect("an address");
    let code = owned.backend.send_code(&text(Ok(request))).expect("the provider hears the address");
    for _ in 0..5 {
        text(session.access().confirm_channel(id, Some(&entry("000000"))));
    }
    assert!(matches!(session.access().confirm_channel(id, Some(&entry(&code))), Ok(CodeRequest::NoCode)));
}

/// A session that began before the factor was set up is asked like any other.
#[test]
fn a_session_from_before_the_factor_is_asked_for_it_too() {
    let second_factor = SecondFactorPolicy { at_unlock: true, ..SecondFactorPolicy::default() };
    let wallet = Wallet::with_policy(Policy { second_factor, ..Policy::default() });
    let first = wallet.enrol(PIN);
    let other = wallet.unlock();
    assert_eq!(set_up(&wallet, &first).1, RecoveryChange::InForce);
    assert_eq!(other.access().remove_second_factor(), Err(LockError::SessionEnded), "nobody asked it for the factor");
}

/// Whoever holds the locked phone, and does not know the PIN, shuts the owner's second factor for a day.
#[test]
fn wrong_codes_without_the_pin_do_not_shut_the_second_factor_of_a_session() {
    let owned = owned();
    let session = owned.wallet.unlock();
    assert!(matches!(session.access().set_sms_factor(), Ok(RecoveryChange::Pending { .. })));
    drop(session);
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    let recovery = owned.wallet.lock.recovery();
    for channel in [owned.sms, owned.mail] {
        text(recovery.send_code(channel));
        (0..5).for_each(|_| drop(text(recovery.prove(channel, Some(&entry("000000"))))));
    }
    let owner = owned.wallet.unlock();
    assert_eq!(owner.access().second_factor().expect("known").in_force, Some(FactorKind::Sms));
    owned.wallet.phone.clock.advance_ms(60_000);
    let request = owner.access().send_code(owned.sms);
    assert!(matches!(request, Ok(CodeRequest::Asked(_))), "{request:?}");
}

/// A right code of one channel does not pay for wrong ones of another.
#[test]
fn a_right_code_of_one_channel_forgives_no_wrong_ones_of_another() {
    let owned = owned();
    let recovery = owned.wallet.lock.recovery();
    for _ in 0..3 {
        let Ok(CodeRequest::Asked(_)) = recovery.send_code(owned.mail) else { return };
        let guess = || recovery.prove(owned.mail, Some(&entry("000000"))).expect("counted");
        let is_shut = (0..6).any(|_| matches!(guess(), CodeRequest::NotYet { .. }));
        if is_shut {
            return;
        }
        // The thief has the SIM.
        owned.prove(owned.sms);
        owned.wallet.phone.clock.advance_ms(10 * 60_000);
    }
    panic!("15 guesses at the mailbox and no wait");
}

/// With the same secret set a second time, codes that were used do not live again.
#[test]
fn the_same_authenticator_set_twice_forgets_no_used_code() {
    let wallet = Wallet::with_policy(Policy::default());
    let first = wallet.enrol(PIN);
    let new = first.access().make_authenticator().expect("a secret");
    let secret = crate::u7_second_factor::secret_of(&new);
    assert_eq!(first.access().confirm_authenticator(&new, &entry(&shown(&wallet, &secret))), Ok(true));
    assert_eq!(first.access().set_authenticator(&new), Ok(RecoveryChange::InForce));
    wallet.phone.clock.advance_ms(60_000);
    let code = shown(&wallet, &secret);
    assert_eq!(first.access().prove_second_factor(&entry(&code)), Ok(FactorOutcome::Right));
    first.access().set_authenticator(&new).ok();
    let again = first.access().prove_second_factor(&entry(&code));
    assert_ne!(again, Ok(FactorOutcome::Right), "used before");
}

/// Watching the wait saves it, as watching the status does.
#[test]
fn a_wait_that_is_watched_is_saved() {
    let owned = owned();
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    for _ in 0..10 {
        owned.wallet.phone.clock.advance_ms(HOUR_MS);
        owned.progress();
    }
    owned.wallet.phone.clock.reboot();
    let left_ms = owned.progress().wait_left_ms.expect("it waits");
    assert!(left_ms <= WAIT_MS - 9 * HOUR_MS, "{left_ms} ms left after ten hours on the screen");
}

/// The thief hides the file while the order comes, and puts it back a day later: only the order's mark is there then.
#[test]
fn an_order_known_by_its_mark_alone_voids_what_waited_when_it_came() {
    let (backend, wallet, _) = registered();
    let (_, change) = set_up(&wallet, &wallet.unlock());
    assert_eq!(change, RecoveryChange::Pending { left_ms: DAY_MS });
    let order = backend.lock(&wallet, "unusual");
    let hidden = picture(wallet.folder.path());
    let hide = |folder: &std::path::Path| {
        for file in std::fs::read_dir(folder).expect("a folder") {
            std::fs::remove_file(file.expect("a file").path()).expect("removed");
        }
        std::fs::write(folder.join("wallet.db"), b"not a database").expect("written");
    };
    let wallet = wallet.between_runs(hide).expect("it opens as damaged");
    assert!(matches!(wallet.lock.provider().accept(&order), Ok(WordOutcome::Done(_))));
    wallet.phone.clock.advance_ms(DAY_MS);
    let wallet = wallet.between_runs(|folder| copy_files(hidden.path(), folder)).expect("it opens");
    let session = wallet.unlock();
    assert_eq!(session.access().second_factor().expect("known").in_force, None, "the thief's authenticator");
}

/// Cancelling what does not even wait uses nothing up.
#[test]
fn a_thief_does_not_use_up_the_owners_cancellations() {
    let owned = owned();
    owned.lock_for_good();
    let cancel = || {
        owned.wallet.phone.clock.advance_ms(DAY_MS);
        let recovery = owned.wallet.lock.recovery();
        let code = owned.backend.send_code(&text(recovery.send_code(owned.mail))).expect("sent");
        let request = text(recovery.cancel(Some(owned.mail), Some(&entry(&code))));
        redeem(&owned.wallet, &owned.backend.prove(&request).expect("the right code"))
    };
    for _ in 0..2 {
        owned.prove(owned.sms);
        assert_eq!(owned.progress().wait_left_ms, None, "one method, and nothing waits");
        assert_eq!(cancel(), WordOutcome::Done(WordDone::RecoveryCancelled));
        owned.wallet.phone.clock.advance_ms(DAY_MS);
    }
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    assert!(owned.progress().can_be_cancelled_here, "nobody ended a wait yet");
}

/// The app asks every few seconds whether the link was opened, or whether a person has vouched.
#[test]
fn asking_again_pushes_no_other_request_out() {
    let owned = owned();
    let recovery = owned.wallet.lock.recovery();
    let code = owned.backend.send_code(&text(recovery.send_code(owned.sms))).expect("sent");
    let grant = owned.backend.prove(&text(recovery.prove(owned.sms, Some(&entry(&code))))).expect("right");
    text(recovery.send_code(owned.mail));
    (0..4).for_each(|_| drop(text(recovery.prove(owned.mail, None))));
    assert_eq!(redeem(&owned.wallet, &grant), WordOutcome::Done(WordDone::Proven));
}

/// Whatever the policy guards, the number of the factor is not replaced without the factor.
#[test]
fn the_number_of_the_factor_is_not_replaced_by_the_pin_alone() {
    let backend = Backend::new();
    let second_factor = SecondFactorPolicy { at_unlock: false, actions: vec![GuardedAction::Write] };
    let wallet = Wallet::with_policy(Policy { second_factor, ..backend.policy() });
    let first = wallet.enrol(PIN);
    backend.register(&wallet);
    let sms = add_channel(&backend, &wallet, &first, ChannelKind::Sms, "+86 138 1234 5678");
    assert_eq!(first.access().set_sms_factor(), Ok(RecoveryChange::InForce));
    drop(first);
    wallet.phone.clock.advance_ms(60_000);
    let thief = wallet.unlock();
    assert_eq!(thief.vault().write("card", b"0"), Err(LockError::SecondFactorNeeded));
    let added = thief.access().add_channel(ChannelKind::Sms, "+49 30 901820");
    assert!(matches!(added, Err(LockError::SecondFactorNeeded)), "the thief's number is the factor a day later: {sms}");
}
