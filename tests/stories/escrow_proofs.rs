//! How much has to be proven before the provider's key opens the wallet: two methods, one of them elsewhere than on
//! this phone; or two on this phone, and the wait. What the provider verified and what this phone knows count together.

use walletlock_core::proof::{ChannelId, ChannelKind};
use walletlock_core::recovery::Enough;
use walletlock_core::{
    CodeRequest, GrantOutcome, LockError, PinOutcome, RecoveryChange, RequestKind, Rescue, Session, WordDone, WordError,
};

use crate::backend::{BY_PERSON, Backend, CALLED_BACK, Verified, done};
use crate::recovery_code::{NEW_PIN, finish};
use crate::u8_escrow::{ask, delete_record, is_there, with_escrow};
use crate::wallet::{PIN, Wallet, entry};

const WAIT_MS: u64 = 72 * 3_600_000;
const BY_SMS: [Verified; 1] = [("sms", "phone")];
const BY_SMS_AND_MAIL: [Verified; 2] = [("sms", "phone"), ("mail", "phone")];
const BY_LINK_AND_MAIL: [Verified; 2] = [("link", "phone"), ("mail", "phone")];

/// Asks for escrow, and hands in the grant of a backend that has verified this.
fn open_with(backend: &Backend, wallet: &Wallet, proofs: &[Verified]) -> Result<Rescue, WordError> {
    let request = ask(wallet);
    let grant = backend.grant_escrow_with(request.text(), proofs).expect("granted");
    match request.redeem(&grant) {
        GrantOutcome::Opened(rescue) => Ok(rescue),
        GrantOutcome::Refused(error) => Err(error),
        other => panic!("{other:?}"),
    }
}

fn not_enough(opened: Result<Rescue, WordError>) -> bool {
    matches!(opened, Err(WordError::NotEnough))
}

fn text(asked: Result<CodeRequest, LockError>) -> String {
    match asked {
        Ok(CodeRequest::Asked(text)) => text.to_string(),
        other => panic!("not asked: {other:?}"),
    }
}

fn confirmed(backend: &Backend, wallet: &Wallet, session: &Session, kind: ChannelKind, address: &str) -> ChannelId {
    let (id, asked) = session.access().add_channel(kind, address).expect("an address");
    let code = backend.send_code(&text(Ok(asked))).expect("sent");
    let request = text(session.access().confirm_channel(id, Some(&entry(&code))));
    let grant = backend.prove(&request).expect("the right code");
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::ChannelConfirmed));
    id
}

/// A wallet as [`with_escrow`] makes it, with a phone number and a mail address.
fn with_channels() -> (Backend, Wallet, [ChannelId; 2]) {
    let backend = Backend::new();
    let wallet = Wallet::with_policy(backend.policy());
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::InForce));
    backend.register(&wallet);
    backend.deposit(&wallet);
    let phone = confirmed(&backend, &wallet, &session, ChannelKind::Sms, "+86 138 1234 5678");
    let mail = confirmed(&backend, &wallet, &session, ChannelKind::Mail, "zhang@mi.com");
    wallet.phone.clock.advance_ms(120_000);
    (backend, wallet, [phone, mail])
}

/// Proves on the phone that a code which was sent to this channel came back.
fn prove(backend: &Backend, wallet: &Wallet, channel: ChannelId) {
    let recovery = wallet.lock.recovery();
    let code = backend.send_code(&text(recovery.send_code(channel))).expect("sent");
    let request = text(recovery.prove(channel, Some(&entry(&code))));
    let grant = backend.prove(&request).expect("the right code");
    assert_eq!(wallet.lock.provider().redeem(&grant), done(WordDone::Proven));
}

#[test]
fn one_proof_is_not_enough_and_two_are_with_one_elsewhere() {
    let (backend, wallet) = with_escrow();
    assert!(not_enough(open_with(&backend, &wallet, &BY_PERSON)));
    assert!(not_enough(open_with(&backend, &wallet, &BY_SMS)));
    assert!(not_enough(open_with(&backend, &wallet, &BY_SMS_AND_MAIL)), "both on the phone");
    let claimed = [("sms", "elsewhere"), ("mail", "elsewhere")];
    assert!(not_enough(open_with(&backend, &wallet, &claimed)), "a thief with the phone has both");
    let rescue = open_with(&backend, &wallet, &CALLED_BACK).expect("opened");
    assert!(is_there(&finish(&rescue, NEW_PIN).0));
}

#[test]
fn a_refused_grant_changes_nothing_and_the_same_request_takes_a_better_one() {
    let (backend, wallet) = with_escrow();
    let request = ask(&wallet);
    let weak = backend.grant_escrow_with(request.text(), &BY_PERSON).expect("granted");
    assert!(matches!(request.redeem(&weak), GrantOutcome::Refused(WordError::NotEnough)));
    drop(wallet.unlock());
    let good = backend.grant_escrow(request.text()).expect("granted");
    assert!(matches!(request.redeem(&good), GrantOutcome::Opened(_)));
}

#[test]
fn two_on_this_phone_are_enough_after_the_wait() {
    let (backend, wallet, [phone, mail]) = with_channels();
    let enough = || wallet.lock.recovery().progress().expect("progress").enough;
    assert_eq!(enough(), Enough::TwoMore);
    prove(&backend, &wallet, phone);
    assert_eq!(enough(), Enough::OneMore);
    assert!(not_enough(open_with(&backend, &wallet, &BY_SMS)), "the same method twice");
    prove(&backend, &wallet, mail);
    assert_eq!(enough(), Enough::After { left_ms: WAIT_MS });
    assert!(not_enough(open_with(&backend, &wallet, &BY_SMS_AND_MAIL)));
    wallet.phone.clock.advance_ms(WAIT_MS - 1);
    assert_eq!(enough(), Enough::After { left_ms: 1 });
    assert!(not_enough(open_with(&backend, &wallet, &BY_SMS)));
    wallet.phone.clock.advance_ms(1);
    assert_eq!(enough(), Enough::Now);
    let (session, _) = finish(&open_with(&backend, &wallet, &BY_SMS).expect("opened"), NEW_PIN);
    assert!(is_there(&session));
    drop(session);
    assert!(matches!(wallet.verify(PIN), PinOutcome::Wrong(_)));
    assert_eq!(enough(), Enough::TwoMore, "what was proven is used up");
}

#[test]
fn a_person_counts_together_with_a_code_on_the_phone() {
    let (backend, wallet, [phone, _]) = with_channels();
    prove(&backend, &wallet, phone);
    assert!(is_there(&finish(&open_with(&backend, &wallet, &BY_PERSON).expect("opened"), NEW_PIN).0));
}

#[test]
fn a_damaged_wallet_needs_something_from_elsewhere() {
    let (backend, wallet, [phone, mail]) = with_channels();
    prove(&backend, &wallet, phone);
    prove(&backend, &wallet, mail);
    wallet.phone.clock.advance_ms(WAIT_MS);
    let wallet = delete_record(wallet);
    assert!(not_enough(open_with(&backend, &wallet, &BY_SMS_AND_MAIL)), "nobody can tell whether the wait is over");
    assert!(not_enough(open_with(&backend, &wallet, &BY_LINK_AND_MAIL)), "one mailbox");
    assert!(not_enough(open_with(&backend, &wallet, &BY_PERSON)), "what the phone knew is lost");
    assert!(is_there(&finish(&open_with(&backend, &wallet, &CALLED_BACK).expect("opened"), NEW_PIN).0));
}

#[test]
fn a_code_counts_once_and_a_report_names_the_channels() {
    let (backend, wallet, [phone, mail]) = with_channels();
    let recovery = wallet.lock.recovery();
    let code = backend.send_code(&text(recovery.send_code(phone))).expect("sent");
    assert_eq!(backend.prove(&text(recovery.prove(phone, Some(&entry("000000"))))), None);
    let request = text(recovery.prove(phone, Some(&entry(&code))));
    assert!(backend.prove(&request).is_some());
    assert_eq!(backend.prove(&request), None, "used up");
    let report = backend.request(&wallet, RequestKind::Report);
    let read = backend.read(&report).and_then(|read| read.report).expect("a report");
    let names = [format!("sms:{phone}"), format!("mail:{mail}")];
    let told: Vec<_> = read.channels.iter().map(|it| (it.channel.clone(), it.state.as_str())).collect();
    assert_eq!(told, names.map(|name| (name, "in_force")));
    assert_eq!((read.second_factor, read.pending), (None, Vec::new()));
}
