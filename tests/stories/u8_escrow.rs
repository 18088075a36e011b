//! Escrow: the provider keeps the key to the wallet, and opens it for an owner whom it has verified and for nobody
//! else.

use rusqlite::Connection;
use walletlock_core::events::Kind;
use walletlock_core::journal::Query;
use walletlock_core::platform::testing::write_down;
use walletlock_core::policy::{Policy, ProviderPolicy};
use walletlock_core::{
    CodeRefusal, EscrowOutcome, EscrowRequest, GrantOutcome, LockError, LockReason, LockStatus, OwnerLock,
    PendingChange, PinOutcome, ProviderRequest, RecoveryChange, RecoveryOutcome, Remedy, RemedyState, RequestKind,
    Rescue, Session, WordDone, WordError, WordOutcome,
};

use crate::backend::{Backend, done};
use crate::recovery_code::{NEW_PIN, enter, finish, recover_with, with_code_on};
use crate::wallet::{PIN, Wallet, copy_files, entry, picture};

const DAY_MS: u64 = 86_400_000;
const OTHER_PIN: &str = "846205";

/// A wallet with an item, whose owner switched escrow on when the PIN was set, and whose provider has the deposit.
pub(crate) fn with_escrow() -> (Backend, Wallet) {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::InForce), "at once in a new wallet");
    drop(session);
    backend.register(&wallet);
    backend.deposit(&wallet);
    (backend, wallet)
}

/// Makes a recovery code beside escrow, and waits until it is in force. Returns what stands on the paper.
pub(crate) fn add_code(wallet: &Wallet) -> String {
    let session = wallet.unlock();
    let code = session.access().create_recovery_code().expect("a code");
    let paper = write_down(&code);
    assert_eq!(session.access().set_recovery_code(&code), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    drop(session);
    wallet.phone.clock.advance_ms(DAY_MS);
    drop(wallet.unlock());
    paper
}

pub(crate) fn ask(wallet: &Wallet) -> EscrowRequest {
    match wallet.lock.recovery().ask_escrow(&ProviderRequest::default()) {
        Ok(EscrowOutcome::Asked(request)) => request,
        other => panic!("not asked: {other:?}"),
    }
}

fn refusal(wallet: &Wallet) -> CodeRefusal {
    match wallet.lock.recovery().ask_escrow(&ProviderRequest::default()) {
        Ok(EscrowOutcome::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Asks, and has the provider open the wallet.
pub(crate) fn open_for_owner(backend: &Backend, wallet: &Wallet) -> Rescue {
    let request = ask(wallet);
    let grant = backend.grant_escrow(request.text()).expect("granted");
    match request.redeem(&grant) {
        GrantOutcome::Opened(rescue) => rescue,
        other => panic!("not opened: {other:?}"),
    }
}

pub(crate) fn is_there(session: &Session) -> bool {
    session.vault().read("card").expect("read").is_some_and(|item| item.as_slice() == b"4111")
}

pub(crate) fn kinds(session: &Session) -> Vec<Kind> {
    let query = Query { limit: 200, ..Query::default() };
    session.journal().page(&query).expect("a page").entries.iter().filter_map(|entry| entry.kind).collect()
}

pub(crate) fn delete_record(wallet: Wallet) -> Wallet {
    let damaged = wallet.between_runs(|folder| {
        let file = Connection::open(folder.join("wallet.db")).expect("a database");
        file.execute_batch("DELETE FROM record").expect("done");
    });
    damaged.expect("it opens as damaged")
}

fn lock_for_good(wallet: Wallet) -> Wallet {
    for nth in 1..=16 {
        wallet.guess(nth);
        wallet.wait();
    }
    wallet
}

fn has_remedy(wallet: &Wallet) -> bool {
    let LockStatus::Locked { remedies, .. } = wallet.status() else { return false };
    remedies.contains(&Remedy::AskEscrow(RemedyState::Available))
}

#[test]
fn the_provider_opens_what_nothing_else_opens() {
    type Damage = fn(Wallet) -> Wallet;
    let starts: [(&str, LockReason, Damage); 4] = [
        ("PIN forgotten", LockReason::TooManyAttempts, lock_for_good),
        ("no record", LockReason::DataDamaged, delete_record),
        ("no keys", LockReason::DataDamaged, |wallet| {
            wallet.phone.device_key.lose_all();
            wallet.restart()
        }),
        ("another phone", LockReason::DataDamaged, |wallet| {
            let backup = picture(wallet.folder.path());
            let other = Wallet::with_policy(wallet.policy.clone());
            other.between_runs(|folder| copy_files(backup.path(), folder)).expect("it opens")
        }),
    ];
    for (what, reason, damage) in starts {
        let (backend, wallet) = with_escrow();
        let wallet = damage(wallet);
        assert!(matches!(wallet.status(), LockStatus::Locked { reason: found, .. } if found == reason), "{what}");
        assert!(has_remedy(&wallet), "{what}: {:?}", wallet.status());
        let (session, paper) = finish(&open_for_owner(&backend, &wallet), NEW_PIN);
        assert!(is_there(&session), "{what}");
        let page = session.journal().page(&Query { limit: 200, ..Query::default() }).expect("a page");
        let recovered = page.entries.iter().find(|entry| entry.kind == Some(Kind::Recovered)).expect("a line");
        let details = recovered.details.clone().expect("it reads");
        assert_eq!(details.0["by"], "escrow", "{what}");
        assert!(details.0["proofs"].starts_with("person elsewhere"), "{what}: {details:?}");
        drop(session);
        let wallet = wallet.restart();
        assert!(matches!(wallet.verify(PIN), PinOutcome::Wrong(_)), "{what}: the old PIN is over");
        assert_eq!(wallet.lock.recovery().status().expect("a status").has_escrow, Some(true), "{what}: it stays on");
        // After the next deposit the provider opens it again, and the new code does too.
        backend.register(&wallet);
        backend.deposit(&wallet);
        drop(open_for_owner(&backend, &wallet));
        assert!(is_there(&recover_with(&wallet, &paper, OTHER_PIN).0), "{what}");
        let keys = wallet.phone.device_key.all_aliases();
        assert!(keys.iter().filter(|alias| alias.contains("/installation/")).count() <= 1, "{what}: {keys:?}");
    }
}

#[test]
fn it_is_switched_on_and_off_by_someone_who_waits_and_can_be_stopped() {
    let backend = Backend::new();
    let (wallet, paper) = with_code_on(Wallet::with_policy(backend.policy()));
    let switch = |is_on| wallet.unlock().access().switch_escrow(is_on);
    let status = || wallet.lock.recovery().status().expect("a status");
    let pending = |withdraws| Some(PendingChange { left_ms: DAY_MS, withdraws });
    assert_eq!(switch(false), Err(LockError::WrongState), "it is off");
    assert_eq!(switch(true), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    assert_eq!((status().pending_escrow, status().has_escrow), (pending(false), Some(false)));
    assert_eq!(wallet.unlock().access().cancel_escrow_change(), Ok(true));
    assert_eq!(wallet.unlock().access().cancel_escrow_change(), Ok(false));
    assert_eq!(switch(true), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    wallet.phone.clock.advance_ms(DAY_MS);
    assert_eq!(refusal(&wallet), CodeRefusal::NotSetUp, "only the right PIN brings it");
    let other = wallet.unlock();
    assert!(other.is_live() && is_there(&other));
    assert_eq!((status().pending_escrow, status().has_escrow), (None, Some(true)));
    assert_eq!(other.access().switch_escrow(true), Err(LockError::WrongState));
    drop(other);
    assert!(enter(&wallet, &paper).is_ok(), "the code opens as before");
    backend.register(&wallet);
    backend.deposit(&wallet);
    drop(open_for_owner(&backend, &wallet));
    assert_eq!(switch(false), Ok(RecoveryChange::Pending { left_ms: DAY_MS }));
    assert_eq!(status().pending_escrow, pending(true));
    let before = ask(&wallet);
    let grant = backend.grant_escrow(before.text()).expect("granted");
    wallet.phone.clock.advance_ms(DAY_MS);
    let session = wallet.unlock();
    assert!(is_there(&session));
    assert_eq!(refusal(&wallet), CodeRefusal::NotSetUp);
    assert!(matches!(before.redeem(&grant), GrantOutcome::Refused(WordError::Late)));
    for kind in [Kind::EscrowPending, Kind::EscrowCancelled, Kind::EscrowOn, Kind::EscrowOff] {
        assert!(kinds(&session).contains(&kind), "{kind:?}");
    }
    drop(session);
    assert!(is_there(&recover_with(&wallet, &paper, NEW_PIN).0), "the code opens the new data key, too");
}

#[test]
fn a_replaced_code_keeps_escrow_and_both_changes_may_fall_due_at_once() {
    let (backend, wallet) = with_escrow();
    let paper = add_code(&wallet);
    assert!(enter(&wallet, &paper).is_ok());
    backend.deposit(&wallet);
    drop(open_for_owner(&backend, &wallet));
    let session = wallet.unlock();
    assert!(session.access().withdraw_recovery_code().is_ok() && session.access().switch_escrow(false).is_ok());
    drop(session);
    wallet.phone.clock.advance_ms(DAY_MS);
    assert!(is_there(&wallet.unlock()));
    assert_eq!(refusal(&wallet), CodeRefusal::NotSetUp);
    assert_eq!(enter(&wallet, &paper).err(), Some(CodeRefusal::NotSetUp));
    let wallet = delete_record(wallet);
    assert!(!has_remedy(&wallet), "nothing is left beside the record");
}

#[test]
fn the_provider_opens_no_other_slot_than_the_one_that_was_deposited() {
    let (backend, wallet) = with_escrow();
    let old = picture(wallet.folder.path());
    drop(finish(&open_for_owner(&backend, &wallet), NEW_PIN));
    assert_eq!(backend.grant_escrow(ask(&wallet).text()), None, "the new slot was not deposited");
    backend.register(&wallet);
    backend.deposit(&wallet);
    // A thief has the file from before, and another phone.
    let other = Wallet::with_policy(wallet.policy.clone());
    let other = other.between_runs(|folder| copy_files(old.path(), folder)).expect("it opens");
    assert_eq!(backend.grant_escrow(ask(&other).text()), None);
}

#[test]
fn an_older_file_and_a_wiped_wallet_ask_for_nothing() {
    let (backend, wallet) = with_escrow();
    let old = picture(wallet.folder.path());
    drop(finish(&open_for_owner(&backend, &wallet), NEW_PIN));
    let wallet = wallet.between_runs(|folder| copy_files(old.path(), folder)).expect("it opens");
    assert_eq!(refusal(&wallet), CodeRefusal::OldCode);
    let (_, wallet) = with_escrow();
    let before = picture(wallet.folder.path());
    wallet.lock.wipe().expect("wiped");
    assert_eq!(refusal(&wallet), CodeRefusal::Locked(LockStatus::Wiped));
    let wallet = wallet.between_runs(|folder| copy_files(before.path(), folder)).expect("it opens");
    assert_eq!(refusal(&wallet), CodeRefusal::Locked(LockStatus::Wiped));
}

#[test]
fn a_grant_that_is_not_for_this_request_opens_nothing() {
    let (backend, wallet) = with_escrow();
    let request = ask(&wallet);
    let grant = backend.grant_escrow(request.text()).expect("granted");
    let word = |request: &EscrowRequest, grant: &str| match request.redeem(grant) {
        GrantOutcome::Refused(error) => error,
        other => panic!("{other:?}"),
    };
    let another = ask(&wallet);
    assert_eq!(word(&another, &grant), WordError::NotAsked);
    assert_eq!(wallet.lock.provider().redeem(&grant), Ok(WordOutcome::Refused(WordError::NotAsked)), "not there");
    let unlock = backend.request(&wallet, RequestKind::Unlock);
    let granted = backend.grant(&wallet, "unlock", request.text(), 0);
    assert_eq!(word(&request, &granted), WordError::NotAllowed);
    assert_eq!(word(&request, &backend.grant(&wallet, "unlock", &unlock, 0)), WordError::NotAsked);
    assert_eq!(word(&request, &grant[1..]), WordError::Malformed);
    assert_eq!(word(&request, &backend.lock(&wallet, "lost")), WordError::WrongType);
    // Right but for the key in it.
    let sealed = walletlock_core::provider::signer::encode(&[7; 80]);
    let act = format!(r#""act":"escrow","sealed":"{sealed}""#);
    let sub = backend.installation();
    let broken = backend.grant_to(&backend.wallet_id(), &sub, &act, request.text(), 0);
    assert_eq!(word(&request, &broken), WordError::Malformed);
    let elsewhere = backend.grant_to(&backend.wallet_id(), &sub[1..], &act, request.text(), 0);
    assert_eq!(word(&request, &elsewhere), WordError::Malformed, "no id");
    wallet.phone.clock.advance_ms(600_000);
    assert_eq!(word(&request, &grant), WordError::Late);
}

#[test]
fn escrow_clears_no_lock_of_the_provider_and_knows_of_every_order() {
    let (backend, wallet) = with_escrow();
    let request = ask(&wallet);
    let grant = backend.grant_escrow(request.text()).expect("granted");
    assert_eq!(Backend::accept(&wallet, &backend.lock(&wallet, "lost")), WordOutcome::Done(WordDone::Locked));
    assert!(
        matches!(request.redeem(&grant), GrantOutcome::Refused(WordError::Superseded)),
        "in ignorance of the order"
    );
    assert!(!has_remedy(&wallet), "it does not clear that lock");
    drop(request);
    let wallet = delete_record(wallet);
    // The mark tells a request of a damaged wallet of the order. A later one comes on the way.
    let (request, order) = (ask(&wallet), backend.order_unseen());
    let grant = backend.grant_escrow(request.text()).expect("granted");
    assert_eq!(wallet.lock.provider().accept(&order), done(WordDone::Locked));
    assert!(matches!(request.redeem(&grant), GrantOutcome::Refused(WordError::Superseded)));
    let rescue = open_for_owner(&backend, &wallet);
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    let outcome = rescue.finish(&entry(NEW_PIN), &[], &code);
    let Ok(RecoveryOutcome::Locked { status, .. }) = outcome else { panic!("the lock does not stand: {outcome:?}") };
    assert!(
        matches!(&status, LockStatus::Locked { reason: LockReason::LostOrStolen, remedies, .. }
        if remedies.contains(&Remedy::RecoveryCode(RemedyState::Available))),
        "no wait began: {status:?}"
    );
    backend.register(&wallet);
    assert_eq!(backend.unlock(&wallet), WordOutcome::Done(WordDone::Unlocked));
    assert!(matches!(wallet.verify(NEW_PIN), PinOutcome::Right(_)));
}

#[test]
fn a_lock_between_the_grant_and_the_new_pin_voids_it() {
    let (backend, wallet) = with_escrow();
    let rescue = open_for_owner(&backend, &wallet);
    assert_eq!(Backend::accept(&wallet, &backend.lock(&wallet, "lost")), WordOutcome::Done(WordDone::Locked));
    let code = rescue.new_code().expect("a code");
    write_down(&code);
    assert!(matches!(rescue.finish(&entry(NEW_PIN), &[], &code), Err(LockError::WrongState)));
}

#[test]
fn without_a_key_of_the_provider_there_is_no_escrow() {
    let without = |backend: &Backend| {
        let policy = backend.policy();
        let provider = policy.provider.clone().map(|provider| ProviderPolicy { escrow_key: None, ..provider });
        Policy { provider, ..policy }
    };
    let backend = Backend::new();
    let wallet = Wallet::with_policy(without(&backend));
    let session = wallet.enrol(PIN);
    assert_eq!(session.access().switch_escrow(true), Err(LockError::WrongState));
    drop(session);
    assert_eq!(refusal(&wallet), CodeRefusal::NotSetUp);
    backend.register(&wallet);
    let deposit = wallet.lock.provider().request(RequestKind::Deposit, &ProviderRequest::default());
    assert_eq!(deposit, Err(LockError::WrongState));
    let long = ProviderRequest { what: Some("x".repeat(201)), ..ProviderRequest::default() };
    assert!(matches!(wallet.lock.recovery().ask_escrow(&long), Err(LockError::Invalid("request"))));
    // An app that does not offer it any more: the next right PIN switches it off.
    let (backend, wallet) = with_escrow();
    let wallet = Wallet { policy: without(&backend), ..wallet }.restart();
    drop(wallet.unlock());
    let session = wallet.unlock();
    assert!(kinds(&session).contains(&Kind::EscrowOff));
    drop(session);
    assert_eq!(refusal(&wallet), CodeRefusal::NotSetUp);
}

#[test]
fn escrow_clears_the_owners_lock() {
    let (backend, wallet) = with_escrow();
    assert_eq!(wallet.lock.lock_as_owner(), Ok(OwnerLock::Locked));
    assert!(has_remedy(&wallet));
    let (session, _) = finish(&open_for_owner(&backend, &wallet), NEW_PIN);
    assert!(is_there(&session) && kinds(&session).contains(&Kind::LockCleared));
}
