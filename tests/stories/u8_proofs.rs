//! U8 and U10: getting back in by what the owner can prove. Two methods, one of them elsewhere than on this phone; or
//! two on this phone, and 72 hours; another way at any time. A thief with the unlocked phone gets in by neither.

use walletlock_core::events::Kind;
use walletlock_core::proof::{ChannelId, ChannelKind, ProofMethod};
use walletlock_core::recovery::{Enough, SentCode};
use walletlock_core::{
    ChannelInfo, CodeRequest, FactorOutcome, GrantOutcome, LeadsTo, LockError, LockReason, LockStatus, RecoveryChange,
    RecoveryOutcome, RecoveryProgress, Session, WayKind, WayState, WordDone, WordError, WordOutcome,
};

use crate::backend::{BY_PERSON, Backend, Verified, done};
use crate::recovery_code::{NEW_PIN, finish};
use crate::u7_second_factor::{set_up, shown};
use crate::u8_escrow::{ask, is_there, kinds};
use crate::wallet::{PIN, Wallet, entry};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
const WAIT_MS: u64 = 72 * HOUR_MS;

/// Nothing but what the phone knows of.
const NOTHING_MORE: [Verified; 1] = [("sms", "phone")];

/// Makes a request, and fails the test if it was not made.
pub(crate) fn text(request: Result<CodeRequest, LockError>) -> String {
    match request {
        Ok(CodeRequest::Asked(text)) => text.to_string(),
        other => panic!("not asked: {other:?}"),
    }
}

pub(crate) fn redeem(wallet: &Wallet, grant: &str) -> WordOutcome {
    wallet.lock.provider().redeem(grant).expect("taken")
}

/// Sets a channel up, with the code that comes to the address.
pub(crate) fn add_channel(
    backend: &Backend,
    wallet: &Wallet,
    session: &Session,
    kind: ChannelKind,
    address: &str,
) -> ChannelId {
    let (id, request) = session.access().add_channel(kind, address).expect("an address");
    let code = backend.send_code(&text(Ok(request))).expect("sent");
    let confirm = text(session.access().confirm_channel(id, Some(&entry(&code))));
    let grant = backend.prove(&confirm).expect("the right code");
    assert_eq!(redeem(wallet, &grant), WordOutcome::Done(WordDone::ChannelConfirmed));
    id
}

/// A wallet with escrow, a phone number and a mail address, all from its first day.
pub(crate) struct Owned {
    pub(crate) backend: Backend,
    pub(crate) wallet: Wallet,
    pub(crate) sms: ChannelId,
    pub(crate) mail: ChannelId,
}

pub(crate) fn owned() -> Owned {
    let backend = Backend::new();
    // Months pass in these stories, and no heartbeat is asked for.
    let mut policy = backend.policy();
    policy.provider.iter_mut().for_each(|provider| provider.allowance_h = None);
    let wallet = Wallet::with_policy(policy);
    let session = wallet.enrol(PIN);
    session.vault().write("card", b"4111").expect("written");
    assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::InForce));
    backend.register(&wallet);
    backend.deposit(&wallet);
    let sms = add_channel(&backend, &wallet, &session, ChannelKind::Sms, "+86 138 1234 5678");
    let mail = add_channel(&backend, &wallet, &session, ChannelKind::Mail, "zoe@mi.example");
    drop(session);
    // The quotas of the first day are over.
    wallet.phone.clock.advance_ms(DAY_MS);
    Owned { backend, wallet, sms, mail }
}

impl Owned {
    pub(crate) fn lock_for_good(&self) {
        for nth in 1..=16 {
            self.wallet.guess(nth);
            self.wallet.wait();
        }
        let LockStatus::Locked { reason: LockReason::TooManyAttempts, .. } = self.wallet.status() else {
            panic!("{:?}", self.wallet.status())
        };
    }

    pub(crate) fn progress(&self) -> RecoveryProgress {
        self.wallet.lock.recovery().progress().expect("known")
    }

    fn state_of(&self, kind: WayKind) -> WayState {
        self.progress().ways.iter().find(|way| way.kind == kind).expect("a way").state
    }

    /// Proves a channel with the code that comes there.
    pub(crate) fn prove(&self, channel: ChannelId) {
        let recovery = self.wallet.lock.recovery();
        let code = self.backend.send_code(&text(recovery.send_code(channel))).expect("sent");
        let grant = self.backend.prove(&text(recovery.prove(channel, Some(&entry(&code))))).expect("right");
        assert_eq!(redeem(&self.wallet, &grant), WordOutcome::Done(WordDone::Proven));
    }

    /// Types the code that comes to a former channel. Returns the provider's grant that pauses its change.
    fn ask_for_pause(&self, former: ChannelId) -> String {
        let recovery = self.wallet.lock.recovery();
        let code = self.backend.send_code(&text(recovery.send_code(former))).expect("sent");
        let request = text(recovery.pause_channel_change(former, Some(&entry(&code))));
        self.backend.prove(&request).expect("right")
    }

    /// Pauses the change that ended a former channel.
    fn pause(&self, former: ChannelId) {
        let paused = WordOutcome::Done(WordDone::ChannelChangePaused);
        assert_eq!(redeem(&self.wallet, &self.ask_for_pause(former)), paused);
    }

    fn prove_by_person(&self) {
        let request = text(self.wallet.lock.recovery().prove_elsewhere(Some("case 7".to_owned())));
        let grant = self.backend.prove(&request).expect("a person vouches");
        assert_eq!(redeem(&self.wallet, &grant), WordOutcome::Done(WordDone::Proven));
    }

    /// Asks the provider to open the wallet; it grants whatever these proofs are.
    pub(crate) fn ask_with(&self, proofs: &[Verified]) -> GrantOutcome {
        let request = ask(&self.wallet);
        let grant = self.backend.grant_escrow_with(request.text(), proofs).expect("granted");
        request.redeem(&grant)
    }

    fn is_refused(&self, proofs: &[Verified]) -> bool {
        matches!(self.ask_with(proofs), GrantOutcome::Refused(WordError::NotEnough))
    }

    fn new_pin(&self, proofs: &[Verified]) -> Session {
        match self.ask_with(proofs) {
            GrantOutcome::Opened(rescue) => finish(&rescue, NEW_PIN).0,
            other => panic!("not opened: {other:?}"),
        }
    }
}

fn journal_has(session: &Session, kind: Kind) -> bool {
    kinds(session).contains(&kind)
}

#[test]
fn two_methods_one_of_them_elsewhere_set_a_new_pin_at_once() {
    let owned = owned();
    owned.lock_for_good();
    let progress = owned.progress();
    let ways: Vec<_> = progress.ways.iter().map(|way| (way.kind, way.mask.as_str(), way.state)).collect();
    let available = WayState::Available;
    assert_eq!(
        ways,
        [
            (WayKind::Channel(ChannelKind::Sms), "+861****5678", available),
            (WayKind::Channel(ChannelKind::Mail), "z***@mi.example", available),
            (WayKind::Person, "", available),
        ]
    );
    assert_eq!((progress.enough, progress.leads_to), (Enough::TwoMore, LeadsTo::NewPin));
    owned.prove(owned.sms);
    assert_eq!((owned.progress().enough, owned.progress().proven), (Enough::OneMore, vec![ProofMethod::Sms]));
    assert_eq!(owned.state_of(WayKind::Channel(ChannelKind::Sms)), WayState::Proven);
    assert!(owned.is_refused(&NOTHING_MORE), "one method");
    owned.prove_by_person();
    assert_eq!(owned.progress().enough, Enough::Now);
    let session = owned.new_pin(&NOTHING_MORE);
    assert!(is_there(&session), "everything is still there");
    assert!(journal_has(&session, Kind::Proven) && !journal_has(&session, Kind::RecoveryWaits));
    assert_eq!(owned.progress().proven, [], "a recovery begins anew");
}

#[test]
fn two_methods_on_the_phone_wait_72_hours_of_powered_on_time() {
    let owned = owned();
    owned.lock_for_good();
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    let progress = owned.progress();
    assert_eq!((progress.enough, progress.wait_left_ms), (Enough::After { left_ms: WAIT_MS }, Some(WAIT_MS)));
    assert!(progress.can_be_cancelled_here);
    assert!(owned.is_refused(&[("sms", "phone"), ("mail", "phone")]), "not yet");
    assert!(owned.is_refused(&[("sms", "elsewhere"), ("mail", "elsewhere")]), "they are never elsewhere");
    owned.wallet.phone.clock.change(|now| now.wall_ms += 100 * DAY_MS as i64);
    assert!(owned.is_refused(&NOTHING_MORE), "a clock that is set ahead");
    owned.wallet.phone.clock.change(|now| now.wall_ms -= 100 * DAY_MS as i64);
    for _ in 0..3 {
        owned.wallet.phone.clock.advance_ms(DAY_MS - MINUTE_MS);
        // An app looks at the status, which saves the wait.
        owned.wallet.status();
        owned.wallet.phone.clock.reboot();
        owned.wallet.status();
    }
    assert!(owned.is_refused(&NOTHING_MORE), "minutes are missing");
    owned.wallet.phone.clock.advance_ms(3 * MINUTE_MS);
    assert_eq!(owned.progress().enough, Enough::Now);
    let session = owned.new_pin(&NOTHING_MORE);
    assert!(is_there(&session) && journal_has(&session, Kind::RecoveryWaits));
}

#[test]
fn a_person_ends_the_wait_and_another_way_is_open_all_the_time() {
    let owned = owned();
    owned.prove(owned.mail);
    owned.prove(owned.sms);
    assert!(matches!(owned.progress().enough, Enough::After { .. }));
    assert!(owned.is_refused(&NOTHING_MORE));
    assert!(is_there(&owned.new_pin(&BY_PERSON)), "a person at the provider vouches in the grant itself");
}

/// The thief has the unlocked phone, so SMS, mail and the authenticator app on it, and not the PIN.
#[test]
fn a_thief_with_the_unlocked_phone_waits_and_the_owner_ends_it() {
    let owned = owned();
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    owned.wallet.phone.clock.advance_ms(WAIT_MS - 1);
    assert!(owned.is_refused(&NOTHING_MORE));
    // The owner has the phone back, and enters the PIN.
    assert!(is_there(&owned.wallet.unlock()));
    assert!(journal_has(&owned.wallet.unlock(), Kind::RecoveryCancelled));
    owned.wallet.phone.clock.advance_ms(WAIT_MS);
    assert_eq!((owned.progress().enough, owned.progress().proven), (Enough::TwoMore, vec![]));
    assert!(owned.is_refused(&NOTHING_MORE));
}

#[test]
fn an_owner_without_the_phone_has_the_provider_lock_it_which_voids_what_was_proven() {
    let owned = owned();
    owned.lock_for_good();
    owned.prove(owned.sms);
    owned.prove(owned.mail);
    owned.wallet.phone.clock.advance_ms(WAIT_MS);
    assert_eq!(owned.progress().enough, Enough::Now, "the wait is over, and nobody has used it yet");
    let lost = owned.backend.lock(&owned.wallet, "lost");
    assert_eq!(owned.wallet.lock.provider().accept(&lost), done(WordDone::Locked));
    assert_eq!((owned.progress().enough, owned.progress().wait_left_ms), (Enough::TwoMore, None));
    assert!(owned.is_refused(&NOTHING_MORE));
}

#[test]
fn who_holds_the_same_channels_cancels_twice_and_then_the_owner_gets_in() {
    let owned = owned();
    owned.lock_for_good();
    for round in 0..3 {
        owned.prove(owned.sms);
        owned.prove(owned.mail);
        owned.wallet.phone.clock.advance_ms(DAY_MS);
        let recovery = owned.wallet.lock.recovery();
        let code = owned.backend.send_code(&text(recovery.send_code(owned.sms))).expect("sent");
        let cancel = recovery.cancel(Some(owned.sms), Some(&entry(&code)));
        assert_eq!(owned.progress().can_be_cancelled_here, round < 2);
        if round == 2 {
            assert!(matches!(cancel, Err(LockError::WrongState)), "a higher rank is needed: {cancel:?}");
        } else {
            let grant = owned.backend.prove(&text(cancel)).expect("the right code");
            assert_eq!(redeem(&owned.wallet, &grant), WordOutcome::Done(WordDone::RecoveryCancelled));
            owned.wallet.phone.clock.advance_ms(DAY_MS);
        }
    }
    owned.wallet.phone.clock.advance_ms(WAIT_MS);
    assert!(is_there(&owned.new_pin(&NOTHING_MORE)), "nobody keeps an owner outside for ever");
}

#[test]
fn a_code_says_how_long_it_is_valid_and_how_often_it_may_be_typed() {
    let owned = owned();
    let recovery = owned.wallet.lock.recovery();
    let sms = WayKind::Channel(ChannelKind::Sms);
    assert!(matches!(recovery.prove(owned.sms, Some(&entry("123456"))), Ok(CodeRequest::NoCode)), "none was sent");
    let code = owned.backend.send_code(&text(recovery.send_code(owned.sms))).expect("sent");
    let sent = |valid_for_ms, tries_left, resend_after_ms| WayState::Sent {
        code: SentCode { valid_for_ms, tries_left },
        resend_after_ms,
    };
    assert_eq!(owned.state_of(sms), sent(600_000, 5, 60_000));
    assert!(matches!(recovery.send_code(owned.sms), Ok(CodeRequest::NotYet { left_ms: 60_000 })));
    for tries_left in (0..5).rev() {
        let wrong = text(recovery.prove(owned.sms, Some(&entry("000000"))));
        assert_eq!(owned.backend.prove(&wrong), None, "the provider says nothing");
        if tries_left > 0 {
            assert_eq!(owned.state_of(sms), sent(600_000, tries_left, 60_000));
        }
    }
    assert!(matches!(recovery.prove(owned.sms, Some(&entry(&code))), Ok(CodeRequest::NoCode)), "typed too often");
    assert_eq!(owned.state_of(sms), WayState::Waiting { left_ms: 60_000 }, "another one");
    owned.wallet.phone.clock.advance_ms(60_000);
    let code = owned.backend.send_code(&text(recovery.send_code(owned.sms))).expect("sent");
    owned.wallet.phone.clock.advance_ms(600_000);
    assert!(matches!(recovery.prove(owned.sms, Some(&entry(&code))), Ok(CodeRequest::NoCode)), "no longer valid");
    // Another way at any time; but wrong codes are counted over all of them.
    text(recovery.send_code(owned.mail));
    for _ in 0..5 {
        text(recovery.prove(owned.mail, Some(&entry("000000"))));
    }
    let waits = WayState::Waiting { left_ms: DAY_MS };
    assert_eq!((owned.state_of(sms), owned.state_of(WayKind::Channel(ChannelKind::Mail))), (waits, waits));
    assert_eq!(owned.state_of(WayKind::Person), WayState::Available, "and a person is there meanwhile");
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    owned.prove(owned.sms);
}

/// A grant counts once, for the request that asked, and never after a lock came between.
#[test]
fn a_proof_is_neither_replayed_nor_kept_for_later_nor_used_for_something_else() {
    let owned = owned();
    let recovery = owned.wallet.lock.recovery();
    let code = owned.backend.send_code(&text(recovery.send_code(owned.sms))).expect("sent");
    let grant = owned.backend.prove(&text(recovery.prove(owned.sms, Some(&entry(&code))))).expect("right");
    assert_eq!(redeem(&owned.wallet, &grant), WordOutcome::Done(WordDone::Proven));
    drop(owned.wallet.unlock());
    assert_eq!(owned.progress().proven, [], "the PIN voided it");
    assert_eq!(redeem(&owned.wallet, &grant), WordOutcome::Done(WordDone::Proven), "the same answer, and nothing done");
    assert_eq!(owned.progress().proven, []);
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    let code = owned.backend.send_code(&text(recovery.send_code(owned.mail))).expect("sent");
    let late = owned.backend.prove(&text(recovery.prove(owned.mail, Some(&entry(&code))))).expect("right");
    owned.wallet.phone.clock.advance_ms(600_000);
    assert_eq!(redeem(&owned.wallet, &late), WordOutcome::Refused(WordError::Late));
    // A person does not vouch for a channel, and a channel does not vouch for a person.
    let request = text(recovery.prove_elsewhere(None));
    let (aud, sub) = (owned.backend.wallet_id(), owned.backend.installation());
    let forged = owned.backend.grant_with(&aud, &sub, r#""act":"proof""#, &request, 0, &[("sms", "elsewhere")]);
    assert_eq!(redeem(&owned.wallet, &forged), WordOutcome::Refused(WordError::NotAllowed));
}

/// An authenticator is one more method on the phone, without the provider.
#[test]
fn an_authenticator_proves_without_the_provider() {
    let owned = owned();
    let session = owned.wallet.unlock();
    let (secret, change) = set_up(&owned.wallet, &session);
    assert_eq!(change, RecoveryChange::Pending { left_ms: DAY_MS });
    drop(session);
    assert!(owned.progress().ways.iter().all(|way| way.kind != WayKind::Authenticator), "it waits");
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    let recovery = owned.wallet.lock.recovery();
    assert_eq!(recovery.prove_authenticator(&entry(&shown(&owned.wallet, &secret))), Ok(FactorOutcome::Right));
    assert_eq!(owned.progress().proven, [ProofMethod::Authenticator]);
    owned.prove(owned.sms);
    assert_eq!(owned.progress().enough, Enough::After { left_ms: WAIT_MS });
    owned.wallet.phone.clock.advance_ms(30_000);
    let cancelled = recovery.cancel_by_authenticator(&entry(&shown(&owned.wallet, &secret)));
    assert_eq!((cancelled, owned.progress().proven), (Ok(FactorOutcome::Right), vec![]));
}

#[test]
fn what_nothing_reaches_any_more_is_said_with_what_is_left() {
    let wallet = Wallet::enrolled("walletlock");
    let progress = wallet.lock.recovery().progress().expect("known");
    assert_eq!((progress.ways, progress.leads_to), (vec![], LeadsTo::StartAnew));
    let (_, wallet) = Backend::enrolled();
    let progress = wallet.lock.recovery().progress().expect("known");
    let kinds: Vec<_> = progress.ways.iter().map(|way| way.kind).collect();
    assert_eq!((kinds, progress.leads_to), (vec![WayKind::Person], LeadsTo::MoreTries), "no slot, so no new PIN");
}

#[test]
fn a_channel_of_somebody_who_merely_knows_the_pin_waits_and_the_old_one_counts_until_then() {
    let owned = owned();
    let thief = owned.wallet.unlock();
    let stolen = add_channel(&owned.backend, &owned.wallet, &thief, ChannelKind::Sms, "+49 30 901820");
    let state_of = |session: &Session, id| {
        let channels = session.access().channels().expect("listed");
        channels.into_iter().find(|channel| channel.id == id).map(|ChannelInfo { state, .. }| state)
    };
    let waiting = walletlock_core::recovery::ChannelState::Waiting { left_ms: DAY_MS };
    assert_eq!(state_of(&thief, stolen), Some(waiting));
    assert!(matches!(owned.wallet.lock.recovery().prove(stolen, Some(&entry("100000"))), Err(LockError::WrongState)));
    drop(thief);
    let owner = owned.wallet.unlock();
    assert_eq!(owner.access().cancel_channel_change(stolen), Ok(true));
    drop(owner);
    owned.wallet.phone.clock.advance_ms(2 * DAY_MS);
    let session = owned.wallet.unlock();
    assert_eq!(state_of(&session, stolen), None);
    assert!(matches!(session.access().remove_channel(owned.mail), Ok(RecoveryChange::Pending { left_ms: DAY_MS })));
    assert_eq!(session.access().order_channels(&[owned.mail]), Ok(()));
    assert_eq!(session.access().channels().expect("listed")[0].id, owned.mail);
    drop(session);
    assert!(owned.progress().ways.iter().any(|way| way.channel == Some(owned.mail)), "until then");
    owned.wallet.phone.clock.advance_ms(DAY_MS);
    assert!(owned.progress().ways.iter().all(|way| way.channel != Some(owned.mail)));
    assert!(journal_has(&owned.wallet.unlock(), Kind::ChannelRemoved));
}

/// A process that is killed between any two steps loses nothing that was proven, and gains nothing.
#[test]
fn a_kill_between_any_two_steps_goes_on_where_it_was() {
    let Owned { backend, mut wallet, sms, mail } = owned();
    wallet = wallet.restart();
    let code = backend.send_code(&text(wallet.lock.recovery().send_code(sms))).expect("sent");
    wallet = wallet.restart();
    let request = text(wallet.lock.recovery().prove(sms, Some(&entry(&code))));
    wallet = wallet.restart();
    let grant = backend.prove(&request).expect("right");
    assert_eq!(redeem(&wallet, &grant), WordOutcome::Done(WordDone::Proven));
    wallet = wallet.restart();
    let owned = Owned { backend, wallet, sms, mail };
    assert_eq!(owned.progress().proven, [ProofMethod::Sms]);
    owned.prove(owned.mail);
    let Owned { backend, mut wallet, sms, mail } = owned;
    wallet = wallet.restart();
    wallet.phone.clock.advance_ms(WAIT_MS);
    let owned = Owned { backend, wallet: wallet.restart(), sms, mail };
    let rescue = match owned.ask_with(&NOTHING_MORE) {
        GrantOutcome::Opened(rescue) => rescue,
        other => panic!("not opened: {other:?}"),
    };
    drop(rescue);
    let Owned { backend, wallet, .. } = owned;
    let owned = Owned { backend, wallet: wallet.restart(), sms, mail };
    assert_eq!(owned.progress().enough, Enough::Now, "nothing was finished, so it still counts");
    let GrantOutcome::Opened(rescue) = owned.ask_with(&NOTHING_MORE) else { panic!("not opened") };
    let code = rescue.new_code().expect("a code");
    assert!(matches!(rescue.finish(&entry(NEW_PIN), &[], &code), Ok(RecoveryOutcome::NotConfirmed)));
}

/// Somebody who knew the PIN put a number of their own in place of the owner's, who missed the announcement. The owner
/// has the old number still, and gets back in without the PIN.
#[test]
fn the_old_number_alone_pauses_a_finished_change_and_its_owner_gets_back_in_meanwhile() {
    let owned = owned();
    let (wallet, recovery) = (&owned.wallet, owned.wallet.lock.recovery());
    let thief = wallet.unlock();
    let new = add_channel(&owned.backend, wallet, &thief, ChannelKind::Sms, "+49 30 901820");
    wallet.phone.clock.advance_ms(DAY_MS);
    let listed: Vec<_> = owned.progress().former.iter().map(|way| (way.channel, way.mask.clone())).collect();
    assert_eq!(listed, [(Some(owned.sms), "+861****5678".to_owned())]);
    let refused = |request: Result<CodeRequest, LockError>| request.map(|_| ()).expect_err("refused");
    assert_eq!(refused(recovery.prove(owned.sms, Some(&entry("123456")))), LockError::WrongState, "it proves nothing");
    assert_eq!(refused(recovery.pause_channel_change(new, Some(&entry("123456")))), LockError::WrongState);
    // The thief has begun to get in with the new number. What is asked for before the pause proves nothing after it.
    let code = owned.backend.send_code(&text(recovery.send_code(new))).expect("sent");
    let begun = owned.backend.prove(&text(recovery.prove(new, Some(&entry(&code))))).expect("right");
    owned.pause(owned.sms);
    assert_eq!(redeem(wallet, &begun), WordOutcome::Refused(WordError::NotAllowed));
    let ways: Vec<_> = owned.progress().ways.iter().map(|way| way.channel).collect();
    assert_eq!((ways, owned.progress().former), (vec![Some(owned.mail), Some(owned.sms), None], vec![]));
    assert_eq!(refused(recovery.send_code(new)), LockError::WrongState);
    wallet.phone.clock.advance_ms(MINUTE_MS);
    owned.prove(owned.sms);
    owned.prove_by_person();
    let session = owned.new_pin(&NOTHING_MORE);
    assert!(is_there(&session) && journal_has(&session, Kind::ChannelChangePaused));
    assert_eq!(session.access().remove_channel(new), Ok(RecoveryChange::InForce), "at once, after a recovery");
    assert_eq!(owned.progress().former, [], "the thief's number does not come back");
}

/// A day later all is as it was before, and a second pause is not to be had.
#[test]
fn a_pause_ends_by_itself_and_does_not_come_again() {
    let owned = owned();
    let (wallet, recovery) = (&owned.wallet, owned.wallet.lock.recovery());
    let session = wallet.unlock();
    let new = add_channel(&owned.backend, wallet, &session, ChannelKind::Sms, "+49 30 901820");
    drop(session);
    wallet.phone.clock.advance_ms(DAY_MS);
    owned.pause(owned.sms);
    // The owner's lock voids what waits. The number in force is not among that.
    let order = owned.backend.lock(wallet, "unusual");
    assert_eq!(Backend::accept(wallet, &order), WordOutcome::Done(WordDone::Locked));
    let session = wallet.unlock();
    let ids: Vec<_> = session.access().channels().expect("listed").into_iter().map(|one| one.id).collect();
    assert_eq!(ids, [owned.mail, new], "the session sees what is in force");
    wallet.phone.clock.reboot();
    wallet.phone.clock.advance_ms(DAY_MS);
    let ways: Vec<_> = owned.progress().ways.iter().filter_map(|way| way.channel).collect();
    assert_eq!((ways, owned.progress().former), (vec![owned.mail, new], vec![]));
    assert_eq!(recovery.send_code(owned.sms).map(|_| ()), Err(LockError::WrongState), "once");
}

/// After seven days no code pauses the change, and no grant does that was asked for before.
#[test]
fn after_seven_days_a_change_is_final() {
    let owned = owned();
    let wallet = &owned.wallet;
    assert!(matches!(wallet.unlock().access().remove_channel(owned.mail), Ok(RecoveryChange::Pending { .. })));
    wallet.phone.clock.advance_ms(DAY_MS);
    drop(wallet.unlock());
    wallet.phone.clock.advance_ms(7 * DAY_MS - MINUTE_MS);
    let late = owned.ask_for_pause(owned.mail);
    wallet.phone.clock.advance_ms(MINUTE_MS);
    assert_eq!(redeem(wallet, &late), WordOutcome::Refused(WordError::NotAllowed), "too late");
    assert_eq!(owned.progress().former, []);
}

/// The codes of the second factor go to the number in force. A pause does not change that.
#[test]
fn a_pause_does_not_move_the_second_factor() {
    let owned = owned();
    let wallet = &owned.wallet;
    let new = add_channel(&owned.backend, wallet, &wallet.unlock(), ChannelKind::Sms, "+49 30 901820");
    assert!(matches!(wallet.unlock().access().set_sms_factor(), Ok(RecoveryChange::Pending { .. })));
    wallet.phone.clock.advance_ms(DAY_MS);
    owned.pause(owned.sms);
    let session = wallet.unlock();
    assert_eq!(session.access().send_code(owned.sms).map(|_| ()), Err(LockError::WrongState));
    let code = owned.backend.send_code(&text(session.access().send_code(new))).expect("sent");
    let request = text(session.access().prove_sms_factor(new, &entry(&code)));
    assert_eq!(
        redeem(wallet, &owned.backend.prove(&request).expect("right")),
        WordOutcome::Done(WordDone::SecondFactorProven)
    );
}
