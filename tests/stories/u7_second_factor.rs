//! U7: a second factor. A code of an authenticator app is asked for beside the PIN, also offline; and whoever merely
//! knows the PIN neither adds one nor takes it away.

use walletlock_core::events::Kind;
use walletlock_core::platform::Clock;
use walletlock_core::platform::testing::authenticator_code;
use walletlock_core::policy::{GuardedAction, Policy, SecondFactorPolicy};
use walletlock_core::proof::ChannelKind;
use walletlock_core::recovery::FactorKind;
use walletlock_core::request::PromptId;
use walletlock_core::{
    FactorOutcome, LockError, NewAuthenticator, PendingFactorChange, PinOutcome, RecoveryChange, SecondFactorInfo,
    Session, Unfreezing,
};

use crate::recovery_code::{NEW_PIN, recover, with_code_on};
use crate::u8_escrow::{delete_record, kinds};
use crate::wallet::{PIN, Wallet, entry};

const DAY_MS: u64 = 86_400_000;
const STEP_MS: u64 = 30_000;
const MINUTE_MS: u64 = 60_000;

fn policy(at_unlock: bool) -> Policy {
    Policy { second_factor: SecondFactorPolicy { at_unlock, ..SecondFactorPolicy::default() }, ..Policy::default() }
}

/// The secret as the authenticator app reads it.
pub(crate) fn secret_of(new: &NewAuthenticator) -> String {
    (0..NewAuthenticator::LETTERS).filter_map(|place| new.letter(place)).collect()
}

/// The code that the authenticator app shows now.
pub(crate) fn shown(wallet: &Wallet, secret: &str) -> String {
    authenticator_code(secret, wallet.phone.clock.now().expect("a clock").wall_ms)
}

/// Sets an authenticator up in this session.
pub(crate) fn set_up(wallet: &Wallet, session: &Session) -> (String, RecoveryChange) {
    let new = session.access().make_authenticator().expect("a secret");
    let secret = secret_of(&new);
    let uri = new.uri("Walletlock", "anna@example.org").expect("a URI");
    let uri = std::str::from_utf8(&uri).expect("ASCII");
    assert!(uri.starts_with("otpauth://totp/Walletlock:anna%40example.org?secret="), "{uri}");
    assert!(uri.contains(&secret));
    assert_eq!(session.access().set_authenticator(&new), Ok(RecoveryChange::NotConfirmed));
    assert_eq!(session.access().confirm_authenticator(&new, &entry("000000")), Ok(false), "not the app's code");
    assert_eq!(session.access().confirm_authenticator(&new, &entry(&shown(wallet, &secret))), Ok(true));
    (secret, session.access().set_authenticator(&new).expect("set"))
}

/// A wallet whose owner set an authenticator up with the first PIN.
fn with_factor(at_unlock: bool) -> (Wallet, String) {
    with_factor_under(policy(at_unlock).second_factor)
}

fn with_factor_under(second_factor: SecondFactorPolicy) -> (Wallet, String) {
    let wallet = Wallet::with_policy(Policy { second_factor, ..Policy::default() });
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    let (secret, change) = set_up(&wallet, &session);
    assert_eq!(change, RecoveryChange::InForce, "at once in a new wallet");
    drop(session);
    wallet.phone.clock.advance_ms(2 * STEP_MS);
    (wallet, secret)
}

fn prove(wallet: &Wallet, session: &Session, secret: &str) -> FactorOutcome {
    session.access().prove_second_factor(&entry(&shown(wallet, secret))).expect("judged")
}

fn wrong_code(wallet: &Wallet, secret: &str) -> String {
    let shown = shown(wallet, secret);
    if shown == "111111" { "222222".to_owned() } else { "111111".to_owned() }
}

#[test]
fn at_unlock_nothing_is_read_before_the_code_was_right() {
    let (wallet, secret) = with_factor(true);
    let session = wallet.unlock();
    assert_eq!(session.access().needs_second_factor(None), Ok(true));
    assert_eq!(session.vault().read("card").expect_err("closed"), LockError::SecondFactorNeeded);
    assert_eq!(session.vault().write("card", b"0"), Err(LockError::SecondFactorNeeded));
    assert_eq!(wallet.lock.open_sessions().expect("sessions").next_end_ms, None, "the wallet is not open yet");
    let info = SecondFactorInfo { in_force: Some(FactorKind::Authenticator), pending: None };
    assert_eq!(session.access().second_factor(), Ok(info), "what is asked for may be asked");
    assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Right);
    assert_eq!(session.vault().read("card").expect("read").expect("there").as_slice(), b"4111");
    assert_eq!(session.access().needs_second_factor(None), Ok(false));
    assert!(wallet.lock.open_sessions().expect("sessions").next_end_ms.is_some());
    let other = wallet.unlock();
    assert_eq!(other.vault().read("card").expect_err("closed"), LockError::SecondFactorNeeded, "each session anew");
    let kinds = kinds(&session);
    assert!(kinds.contains(&Kind::SecondFactorOn) && kinds.contains(&Kind::SecondFactorTried));
    assert!(kinds.contains(&Kind::SecondFactorRight));
}

#[test]
fn where_the_policy_names_actions_only_they_ask() {
    let (wallet, secret) = with_factor(false);
    let session = wallet.unlock();
    assert!(session.vault().read("card").expect("read").is_some());
    session.vault().write("card", b"4112").expect("written");
    assert_eq!(session.access().needs_second_factor(Some(GuardedAction::Write)), Ok(false));
    assert_eq!(session.access().needs_second_factor(Some(GuardedAction::ChangeRecovery)), Ok(true));
    assert_eq!(session.access().create_recovery_code().expect_err("asks"), LockError::SecondFactorNeeded);
    assert_eq!(session.access().make_authenticator().expect_err("asks"), LockError::SecondFactorNeeded);
    assert_eq!(session.access().remove_second_factor(), Err(LockError::SecondFactorNeeded));
    assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Right);
    session.access().create_recovery_code().expect("a code");
    assert_eq!(session.access().remove_second_factor(), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
}

/// Where the policy guards every action, a call of each asks, and nothing changes before the code.
#[test]
fn a_call_of_each_guarded_action_asks() {
    let actions = vec![
        GuardedAction::Write,
        GuardedAction::ChangePin,
        GuardedAction::SwitchBiometrics,
        GuardedAction::ChangeRecovery,
        GuardedAction::Unfreeze,
        GuardedAction::AllowRemoteWipe,
    ];
    let (wallet, secret) = with_factor_under(SecondFactorPolicy { at_unlock: false, actions });
    let session = wallet.unlock();
    assert_eq!(wallet.lock.payments().freeze(None), Ok(()));
    let calls: [(&str, &dyn Fn() -> Option<LockError>); 12] = [
        ("write", &|| session.vault().write("card", b"0").err()),
        ("delete", &|| session.vault().delete("card").err()),
        ("change_pin", &|| session.access().change_pin(&entry(PIN), &entry(NEW_PIN), &[], false).err()),
        ("set_wipe_pin", &|| session.access().set_wipe_pin(&entry(PIN), &entry(NEW_PIN)).err()),
        ("clear_wipe_pin", &|| session.access().clear_wipe_pin(&entry(PIN)).err()),
        ("has_wipe_pin", &|| session.access().has_wipe_pin().err()),
        ("enable_biometrics", &|| session.access().enable_biometrics(PromptId::default()).err()),
        ("disable_biometrics", &|| session.access().disable_biometrics().err()),
        ("switch_escrow", &|| session.access().switch_escrow(true).err()),
        ("add_channel", &|| session.access().add_channel(ChannelKind::Mail, "zoe@mi.com").err()),
        ("unfreeze", &|| session.access().unfreeze(None).err()),
        ("allow_remote_wipe", &|| session.access().allow_remote_wipe(true).err()),
    ];
    let asked: Vec<_> = calls.iter().map(|(name, call)| (*name, call())).collect();
    let refused: Vec<_> = calls.iter().map(|(name, _)| (*name, Some(LockError::SecondFactorNeeded))).collect();
    assert_eq!(asked, refused);
    assert_eq!(session.vault().read("card").expect("read").as_deref().map(Vec::as_slice), Some(&b"4111"[..]));
    assert!(wallet.lock.provider().state().expect("known").is_frozen);
    assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Right);
    assert_eq!(session.access().unfreeze(None), Ok(Unfreezing::Done));
    assert_eq!(session.access().has_wipe_pin(), Ok(false));
}

#[test]
fn each_code_counts_once_and_wrong_ones_bring_waits_that_no_restart_and_no_kill_shortens() {
    let (mut wallet, secret) = with_factor(true);
    let session = wallet.unlock();
    let code = shown(&wallet, &secret);
    assert_eq!(session.access().prove_second_factor(&entry(&code)), Ok(FactorOutcome::Right));
    let other = wallet.unlock();
    let used = FactorOutcome::Wrong { tries_left: 4, wait_ms: 0 };
    assert_eq!(other.access().prove_second_factor(&entry(&code)), Ok(used), "used up");
    assert_eq!(other.access().prove_second_factor(&entry("12345")), Ok(FactorOutcome::NotACode));
    drop((session, other));
    for tries_left in (1..=3).rev() {
        wallet = wallet.restart();
        let session = wallet.unlock();
        let outcome = session.access().prove_second_factor(&entry(&wrong_code(&wallet, &secret)));
        assert_eq!(outcome, Ok(FactorOutcome::Wrong { tries_left, wait_ms: 0 }), "counted across restarts");
    }
    let session = wallet.unlock();
    let outcome = session.access().prove_second_factor(&entry(&wrong_code(&wallet, &secret)));
    assert_eq!(outcome, Ok(FactorOutcome::Wrong { tries_left: 5, wait_ms: 15 * MINUTE_MS }));
    drop(session);
    wallet = wallet.restart();
    let session = wallet.unlock();
    assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Waiting { left_ms: 15 * MINUTE_MS });
    drop(session);
    wallet.phone.clock.advance_ms(15 * MINUTE_MS);
    let session = wallet.unlock();
    assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Right, "never for good");
}

#[test]
fn a_factor_that_somebody_adds_who_knows_the_pin_waits_and_the_owner_cancels_it() {
    let wallet = Wallet::with_policy(policy(true));
    wallet.enrol(PIN).close();
    let thief = wallet.unlock();
    let (_, change) = set_up(&wallet, &thief);
    assert_eq!(change, RecoveryChange::Pending { left_ms: DAY_MS });
    drop(thief);
    let owner = wallet.unlock();
    let pending = Some(PendingFactorChange { left_ms: DAY_MS, to: Some(FactorKind::Authenticator) });
    assert_eq!(owner.access().second_factor(), Ok(SecondFactorInfo { in_force: None, pending }));
    assert_eq!(owner.access().cancel_second_factor_change(), Ok(true));
    assert_eq!(owner.access().cancel_second_factor_change(), Ok(false));
    drop(owner);
    wallet.phone.clock.advance_ms(2 * DAY_MS);
    assert!(!wallet.unlock().access().needs_second_factor(None).expect("known"));
}

#[test]
fn what_waits_counts_when_the_wait_is_over_and_removing_waits_too() {
    let wallet = Wallet::with_policy(policy(true));
    wallet.enrol(PIN).close();
    let (secret, _) = set_up(&wallet, &wallet.unlock());
    wallet.phone.clock.advance_ms(DAY_MS - 1);
    assert_eq!(wallet.unlock().access().needs_second_factor(None), Ok(false));
    wallet.phone.clock.advance_ms(1);
    let session = wallet.unlock();
    assert_eq!(session.access().needs_second_factor(None), Ok(true), "by itself");
    assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Right);
    assert_eq!(session.access().remove_second_factor(), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    drop(session);
    assert_eq!(wallet.unlock().access().needs_second_factor(None), Ok(true), "it holds until then");
    wallet.phone.clock.advance_ms(DAY_MS);
    let session = wallet.unlock();
    assert_eq!(session.access().needs_second_factor(None), Ok(false));
    assert_eq!(session.access().remove_second_factor(), Err(LockError::WrongState), "there is none");
    assert!(kinds(&session).contains(&Kind::SecondFactorOff));
}

/// Who lost the authenticator too comes in by the recovery code, and replaces it in that session. The factor itself is
/// not switched off behind anybody's back, also if somebody deletes the record.
#[test]
fn a_recovery_leaves_the_factor_on_and_lets_its_owner_replace_it() {
    for is_record_lost in [false, true] {
        let (wallet, paper) = with_code_on(Wallet::with_policy(policy(true)));
        let (secret, _) = set_up(&wallet, &wallet.unlock());
        wallet.phone.clock.advance_ms(DAY_MS);
        drop(wallet.unlock());
        let wallet = if is_record_lost { delete_record(wallet) } else { wallet };
        let (session, _) = recover(&wallet, &paper);
        assert_eq!(session.access().needs_second_factor(None), Ok(false), "the session of the recovery");
        assert_eq!(session.access().second_factor().expect("known").in_force, Some(FactorKind::Authenticator));
        drop(session);
        let session = match wallet.verify(NEW_PIN) {
            PinOutcome::Right(session) => session,
            other => panic!("not opened: {other:?}"),
        };
        assert_eq!(session.access().needs_second_factor(None), Ok(true), "the next one asks");
        assert_eq!(prove(&wallet, &session, &secret), FactorOutcome::Right, "for the same app");
    }
}
