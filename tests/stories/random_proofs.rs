//! Somebody proves things, cancels, and asks for the key to the wallet, in the random lives of [`crate::random_life`].
//! A log that is kept beside the wallet says what was proven and when; it is written from the design, not from the
//! code.

use walletlock_core::platform::Clock;
use walletlock_core::platform::testing::authenticator_code;
use walletlock_core::policy::GuardedAction;
use walletlock_core::proof::{ChannelId, ChannelKind, ProofMethod};
use walletlock_core::{
    CodeRequest, EscrowOutcome, FactorOutcome, GrantOutcome, LockError, ProviderRequest, RecoveryChange, Session,
    WordDone, WordError, WordOutcome,
};

use crate::backend::Verified;
use crate::random_life::{Clears, Life};
use crate::u7_second_factor::set_up;
use crate::wallet::entry;

/// The wait after two proofs on this phone.
const WAIT_MS: u64 = 72 * 3_600_000;
/// So often proofs of the same rank cancel.
const CANCELLED_BY_EQUALS: u32 = 2;

/// What a life's owner has set up, besides the recovery code.
pub(crate) struct Ways {
    sms: ChannelId,
    mail: ChannelId,
    /// The authenticator's secret, as the app reads it.
    secret: String,
}

/// What has to happen in some history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Met {
    WaitBegan,
    /// The right PIN, or a lock, voided what waited.
    Voided,
    Cancelled,
    /// It had been cancelled too often, or was proven elsewhere.
    NotCancelled,
    OpenedAfterWait,
    OpenedByPerson,
    /// The provider granted the key, and the phone refused it.
    NotOpened,
}

impl Met {
    pub(crate) const ALL: [Self; 7] = [
        Self::WaitBegan,
        Self::Voided,
        Self::Cancelled,
        Self::NotCancelled,
        Self::OpenedAfterWait,
        Self::OpenedByPerson,
        Self::NotOpened,
    ];
}

/// What was proven since the last right PIN, lock, recovery or cancellation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Log {
    /// Each with whether it was proven elsewhere.
    given: Vec<(ProofMethod, bool)>,
    /// How much time had passed when two were proven on this phone.
    since_ms: Option<u64>,
    /// How often an equal proof cancelled, since the last right PIN or recovery: at least and at most. A process that
    /// was killed leaves it open whether the PIN was still found right.
    cancelled: (u32, u32),
}

impl Log {
    fn void(&mut self) {
        (self.given, self.since_ms) = (Vec::new(), None);
    }

    /// The PIN was right, or a recovery was finished.
    pub(crate) fn begin_anew(&mut self) {
        *self = Self::default();
    }

    fn add(&mut self, method: ProofMethod, now_ms: u64) {
        if !self.given.iter().any(|(given, _)| *given == method) {
            self.given.push((method, method == ProofMethod::Person));
        }
        let is_one_elsewhere = self.given.iter().any(|(_, elsewhere)| *elsewhere);
        if self.given.len() >= 2 && !is_one_elsewhere {
            self.since_ms = self.since_ms.or(Some(now_ms));
        }
    }

    /// Whether this is enough, together with what the provider has verified.
    fn is_enough(&self, also: &[(ProofMethod, bool)], now_ms: u64) -> bool {
        let mut all = self.given.clone();
        all.extend(also.iter().filter(|(method, _)| !self.given.iter().any(|(given, _)| given == method)));
        let waited = self.since_ms.is_some_and(|since| now_ms >= since + WAIT_MS);
        all.len() >= 2 && (waited || self.given.iter().chain(also).any(|(_, elsewhere)| *elsewhere))
    }

    fn is_on_phone(&self) -> bool {
        !self.given.is_empty() && !self.given.iter().any(|(_, elsewhere)| *elsewhere)
    }

    /// Whether a code that was sent, or one of the authenticator, may cancel this.
    fn may_cancel(&self) -> bool {
        self.is_on_phone() && self.cancelled.0 < CANCELLED_BY_EQUALS
    }

    /// Whether it must cancel this.
    fn must_cancel(&self) -> bool {
        self.is_on_phone() && self.cancelled.1 < CANCELLED_BY_EQUALS
    }

    /// Only what ended a wait is counted.
    fn cancel(&mut self) {
        if self.since_ms.is_some() {
            self.cancelled = (self.cancelled.0 + 1, (self.cancelled.1 + 1).min(CANCELLED_BY_EQUALS));
        }
        self.void();
    }
}

impl Life {
    /// Sets everything up in the first session.
    pub(crate) fn set_ways_up(&mut self, session: &Session) {
        assert_eq!(session.access().switch_escrow(true), Ok(RecoveryChange::InForce));
        self.backend.deposit(self.wallet());
        let [sms, mail] =
            [(ChannelKind::Sms, "+86 138 1234 5678"), (ChannelKind::Mail, "zoe@mi.example")].map(|(kind, address)| {
                let (id, request) = session.access().add_channel(kind, address).expect("an address");
                let code = self.backend.send_code(&asked(Ok(request)).expect("asked")).expect("sent");
                let confirm = asked(session.access().confirm_channel(id, Some(&entry(&code)))).expect("asked");
                let grant = self.backend.prove(&confirm).expect("the right code");
                let taken = self.wallet().lock.provider().redeem(&grant);
                assert_eq!(taken, Ok(WordOutcome::Done(WordDone::ChannelConfirmed)));
                id
            });
        let (secret, change) = set_up(self.wallet(), session);
        assert_eq!(change, RecoveryChange::InForce);
        self.ways = Some(Ways { sms, mail, secret });
    }

    /// A lock was set, or the PIN was right.
    pub(crate) fn void_log(&mut self) {
        if self.log.since_ms.is_some() {
            self.met.insert(Met::Voided);
        }
        self.log.void();
    }

    fn note_proof(&mut self, method: ProofMethod) {
        self.log.add(method, self.elapsed_ms);
        if self.log.since_ms.is_some() {
            self.met.insert(Met::WaitBegan);
        }
    }

    fn note_cancelled(&mut self) {
        self.log.cancel();
        self.met.insert(Met::Cancelled);
    }

    /// Somebody proves something, cancels, or asks for the key to the wallet.
    pub(crate) fn use_ways(&mut self) -> Clears {
        if self.ways.is_none() {
            return Clears::Nothing;
        }
        match self.rng.below(10) {
            0 | 1 => self.prove_channel(ChannelKind::Sms, false),
            2 | 3 => self.prove_channel(ChannelKind::Mail, false),
            4 | 5 => self.try_app(false),
            6 if self.rng.one_in(2) => self.prove_by_person(),
            7 if self.rng.one_in(2) => self.prove_channel(ChannelKind::Sms, true),
            7 => self.try_app(true),
            _ => return self.ask_escrow(),
        }
        Clears::Nothing
    }

    /// While the wait runs, whoever proved something waits, and perhaps is too early.
    pub(crate) fn wait_for_key(&mut self) -> Clears {
        if self.rng.one_in(2) {
            self.pass(WAIT_MS);
        }
        self.ask_escrow()
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.log.since_ms.is_some()
    }

    /// What the wallet says was proven must be what the log says, or one of `others`; the log goes on from there. The
    /// wait is never shorter than it should be.
    pub(crate) fn compare_log(&mut self, others: &[Log]) {
        let may_be_void = std::mem::take(&mut self.may_be_void);
        if self.is_damaged() {
            // What was killed did not mend it. The right files still know what they knew.
            if let [before, ..] = others {
                self.log = before.clone();
            }
            return;
        }
        let progress = self.wallet().lock.recovery().progress().expect("known");
        let mut said = progress.proven.clone();
        said.sort();
        let mut possible = vec![self.log.clone()];
        possible.extend_from_slice(others);
        // An order that only left a mark locks when the wallet is opened.
        if may_be_void || self.is_locked_by_order() {
            possible.push(Log { cancelled: self.log.cancelled, ..Log::default() });
        }
        let fits = |log: &&Log| {
            let mut given: Vec<_> = log.given.iter().map(|(method, _)| *method).collect();
            given.sort();
            given == said && log.since_ms.is_some() == progress.wait_left_ms.is_some()
        };
        let found = possible.iter().filter(fits).cloned().reduce(|one, other| {
            let (low, high) = (one.cancelled.0.min(other.cancelled.0), one.cancelled.1.max(other.cancelled.1));
            Log { cancelled: (low, high), ..one }
        });
        let Some(found) = found else { panic!("{progress:?}, and possible is {possible:?}") };
        if let (Some(since_ms), Some(left_ms)) = (found.since_ms, progress.wait_left_ms) {
            assert!(left_ms + (self.elapsed_ms - since_ms) >= WAIT_MS, "the wait shrank to {left_ms}: {found:?}");
        }
        self.log = found;
    }

    /// Types the code that came over a channel, or a wrong one, to get back in or to cancel that.
    fn prove_channel(&mut self, kind: ChannelKind, cancels: bool) {
        let Some(Ways { sms, mail, .. }) = self.ways.as_ref().filter(|_| self.is_known()) else { return };
        let (channel, method) = match kind {
            ChannelKind::Sms => (*sms, ProofMethod::Sms),
            _ => (*mail, ProofMethod::Mail),
        };
        let is_right = !self.rng.one_in(3);
        if let Ok(CodeRequest::NotYet { left_ms }) = self.wallet().lock.recovery().send_code(channel) {
            // Whoever wants one waits for it.
            self.pass(left_ms);
        }
        let (backend, recovery) = (&self.backend, self.wallet().lock.recovery());
        let Some(code) = asked(recovery.send_code(channel)).and_then(|request| backend.send_code(&request)) else {
            return;
        };
        let typed = entry(if is_right { &code } else { "000000" });
        let request =
            if cancels { recovery.cancel(Some(channel), Some(&typed)) } else { recovery.prove(channel, Some(&typed)) };
        if cancels && request.as_ref().is_err_and(|fault| *fault == LockError::WrongState) {
            assert!(!self.log.must_cancel(), "{:?} was not cancelled", self.log);
            if !self.log.given.is_empty() {
                self.met.insert(Met::NotCancelled);
            }
            return;
        }
        let Some(request) = asked(request) else { return };
        let Some(grant) = backend.prove(&request) else {
            assert!(!is_right, "the provider refused the right code");
            return;
        };
        assert!(is_right);
        let outcome = self.wallet().lock.provider().redeem(&grant).expect("taken");
        let (may_cancel, must_cancel) = (self.log.may_cancel(), self.log.must_cancel());
        match outcome {
            WordOutcome::Done(WordDone::Proven) if !cancels => self.note_proof(method),
            WordOutcome::Done(WordDone::RecoveryCancelled) if cancels => {
                assert!(may_cancel, "a sent code cancelled {:?}", self.log);
                self.note_cancelled();
            }
            WordOutcome::Refused(WordError::NotAllowed) if cancels => {
                assert!(!must_cancel, "{:?} was not cancelled", self.log);
                self.met.insert(Met::NotCancelled);
            }
            // The phone waits for an order that did not come.
            WordOutcome::Refused(WordError::OrderMissing) => {}
            other => panic!("{other:?}"),
        }
    }

    fn prove_by_person(&mut self) {
        if !self.is_known() {
            return;
        }
        let Some(request) = asked(self.wallet().lock.recovery().prove_elsewhere(None)) else { return };
        let grant = self.backend.prove(&request).expect("a person vouches");
        let outcome = self.wallet().lock.provider().redeem(&grant);
        match outcome {
            Ok(WordOutcome::Done(WordDone::Proven)) => self.note_proof(ProofMethod::Person),
            Ok(WordOutcome::Refused(WordError::OrderMissing)) => {}
            other => panic!("{other:?}"),
        }
    }

    /// Types a code of the authenticator, or a wrong one. No code is right twice.
    fn try_app(&mut self, cancels: bool) {
        let Some(Ways { secret, .. }) = &self.ways else { return };
        let shown = authenticator_code(secret, self.wallet().phone.clock.now().expect("a clock").wall_ms);
        let is_right = !self.rng.one_in(3);
        let code = if is_right { shown.as_str() } else { "000000" };
        let recovery = self.wallet().lock.recovery();
        let tried = || {
            if cancels {
                recovery.cancel_by_authenticator(&entry(code))
            } else {
                recovery.prove_authenticator(&entry(code))
            }
        };
        match tried() {
            Ok(FactorOutcome::Right) => {}
            Ok(FactorOutcome::NotEnough) => {
                assert!(cancels && !self.log.must_cancel(), "{:?} was not cancelled", self.log);
                if !self.log.given.is_empty() {
                    self.met.insert(Met::NotCancelled);
                }
                return;
            }
            // After a change of the clock a right code may be too old.
            _ => return,
        }
        assert!(is_right || shown == code, "a wrong code was right");
        assert_ne!(recovery.prove_authenticator(&entry(code)), Ok(FactorOutcome::Right), "a code was right twice");
        if cancels {
            assert!(self.log.may_cancel(), "a code of the authenticator cancelled {:?}", self.log);
            self.note_cancelled();
        } else {
            self.note_proof(ProofMethod::Authenticator);
        }
    }

    /// Asks for the key to the wallet. The provider grants it whatever it has verified, and leaves the rest to the
    /// phone.
    fn ask_escrow(&mut self) -> Clears {
        let verified: &[Verified] = if self.rng.one_in(4) { &[("person", "elsewhere")] } else { &[("sms", "phone")] };
        let also = match verified[0].0 {
            "sms" => (ProofMethod::Sms, false),
            _ => (ProofMethod::Person, true),
        };
        let recovery = self.wallet().lock.recovery();
        let Ok(EscrowOutcome::Asked(request)) = recovery.ask_escrow(&ProviderRequest::default()) else {
            return Clears::Nothing;
        };
        // The provider opens no other slot than the one that was deposited.
        let Some(grant) = self.backend.grant_escrow_with(request.text(), verified) else { return Clears::Nothing };
        // A wallet whose record does not open knows of no proof.
        let log = if self.is_damaged() { Log::default() } else { self.log.clone() };
        let is_enough = log.is_enough(&[also], self.elapsed_ms);
        match request.redeem(&grant) {
            GrantOutcome::Opened(rescue) => {
                assert!(is_enough, "{verified:?} opened it, with {log:?}");
                let is_one_elsewhere = log.given.iter().chain([&also]).any(|(_, elsewhere)| *elsewhere);
                self.met.insert(if is_one_elsewhere { Met::OpenedByPerson } else { Met::OpenedAfterWait });
                if self.rng.one_in(2) {
                    return Clears::Nothing;
                }
                self.finish(&rescue, false)
            }
            // Time that a restart did not save does not count.
            GrantOutcome::Refused(WordError::NotEnough) => {
                let is_one_elsewhere = log.given.iter().chain([&also]).any(|(_, elsewhere)| *elsewhere);
                assert!(!is_enough || !is_one_elsewhere, "{verified:?} did not open it, with {log:?}");
                self.met.insert(Met::NotOpened);
                Clears::Nothing
            }
            _ => Clears::Nothing,
        }
    }

    /// Whether the second factor lets this session change a way back in.
    pub(crate) fn is_guarded_no_more(&self, session: &Session) -> bool {
        let Some(Ways { secret, .. }) = &self.ways else { return true };
        let shown = authenticator_code(secret, self.wallet().phone.clock.now().expect("a clock").wall_ms);
        // It may be too late for this code, or a wait may run.
        session.access().prove_second_factor(&entry(&shown)).expect("judged");
        session.access().needs_second_factor(Some(GuardedAction::ChangeRecovery)) == Ok(false)
    }

    /// The owner changes a channel or the second factor, and perhaps takes that back.
    pub(crate) fn meddle(&mut self, session: &Session) {
        let Some(Ways { sms, mail, .. }) = &self.ways else { return };
        let access = session.access();
        access.order_channels(&[*mail, *sms]).expect("ordered");
        if self.rng.one_in(2) {
            // It may be on its way out already.
            let removed = access.remove_channel(*mail);
            assert!(matches!(removed, Ok(RecoveryChange::Pending { .. }) | Err(LockError::WrongState)), "{removed:?}");
            assert!(access.cancel_channel_change(*mail).is_ok());
            assert!(matches!(access.remove_second_factor(), Ok(RecoveryChange::Pending { .. })));
            assert_eq!(access.cancel_second_factor_change(), Ok(true));
        }
    }
}

/// The text of a request, if one was made.
fn asked(request: Result<CodeRequest, LockError>) -> Option<String> {
    match request {
        Ok(CodeRequest::Asked(text)) => Some(text.to_string()),
        Ok(CodeRequest::NotYet { .. } | CodeRequest::NoCode) | Err(LockError::WrongState) => None,
        Err(error) => panic!("{error}"),
    }
}
