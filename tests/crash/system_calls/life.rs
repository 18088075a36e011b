//! The life of one process of the app: its steps, one after the other. It reports the beginning and the outcome of each
//! on standard output, which the parent reads.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use walletlock_core::proof::ChannelId;
use walletlock_core::recovery::Task;
use walletlock_core::request::BiometricRequest;
use walletlock_core::request::PromptId;
use walletlock_core::{
    BiometricChange, BiometricOutcome, Enrolment, LockError, LockReason, LockStatus, NoVerdict, PaymentOutcome,
    PinChange, PinOutcome, Refusal, Removal, Rescue, Session, WalletLock,
};

use crate::fault::{Ending, Plan};
use crate::phone::{Home, Phone, entry};
use crate::scenario::{FIRST, Scenario, Step};
use crate::world::DAMAGED;
use crate::{backend, desk, item, net, paper, paying, proving};

/// The answer of a check that failed because the storage failed.
pub(crate) const NO_VERDICT: &str = "no verdict: Storage";
/// There is nothing to grant: the request failed.
pub(crate) const NO_REQUEST: &str = "no request";

/// The provider did not answer: the code was wrong.
pub(crate) const NO_GRANT: &str = "unanswered";

/// The new PIN is set, and a lock of the provider stands.
pub(crate) const RECOVERED_AND_LOCKED: &str = "recovered and locked";

/// The arguments that a process is started with.
pub(crate) struct Life {
    pub(crate) scenario: &'static Scenario,
    pub(crate) home: Home,
    pub(crate) seed: u64,
    /// Whether calls are caught from the very beginning, instead of from the step that the scenario names.
    pub(crate) catches_all: bool,
    pub(crate) plan: Option<Plan>,
}

/// The first argument of a process that lives such a life.
const LIVE: &str = "live";

impl Life {
    /// These values as arguments of the program.
    pub(crate) fn arguments(&self) -> [String; 6] {
        [
            LIVE.to_owned(),
            self.scenario.name.to_owned(),
            self.home.path().to_string_lossy().into_owned(),
            self.seed.to_string(),
            self.catches_all.to_string(),
            self.plan.map_or_else(|| "undisturbed".to_owned(), |plan| plan.to_string()),
        ]
    }

    /// `None` if this process was not started to live a life.
    pub(crate) fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        if arguments.next()? != LIVE {
            return None;
        }
        let mut next = || arguments.next().expect("one argument more");
        Some(Self {
            scenario: Scenario::named(&next()).expect("a scenario"),
            home: Home::at(PathBuf::from(next())),
            seed: next().parse().expect("a seed"),
            catches_all: next() == "true",
            plan: Plan::parse(&next()),
        })
    }

    pub(crate) fn live(self) {
        let Self { scenario, home, seed, catches_all, plan } = self;
        let folder = home.wallet();
        let mut phone = Phone::new(home, scenario.preset, scenario.clock_ms, seed);
        phone.tells = true;
        let mut app = App {
            phone,
            lock: None,
            session: None,
            wallet: [0; 16],
            request: None,
            typed: None,
            channel: None,
            factor: FIRST,
            granted: None,
            rescue: None,
            authorised: None,
        };
        if catches_all {
            net::install(&folder, plan);
        }
        for (number, step) in scenario.steps.iter().enumerate() {
            if number == scenario.catches_from && !catches_all {
                net::install(&folder, plan);
            }
            tell(&format!("begun {number}"));
            let told = app.take(step);
            tell(&format!("told {told}"));
            if plan.is_none() {
                net::take_caught().iter().for_each(|(call, file)| tell(&format!("caught {} {file}", call.name())));
            }
            if net::fault_happened() {
                tell("fault_happened");
            }
            let is_last = scenario.steps.get(number + 1) == Some(&Step::Close);
            match plan.map(|plan| plan.ending) {
                Some(Ending::KilledOnceTold) if net::fault_happened() => net::die(),
                Some(Ending::KilledAtLast) if is_last => net::die(),
                _ => {}
            }
        }
    }
}

/// Writes a line for the parent.
pub(crate) fn tell(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("the parent listens");
}

/// The app, as far as it is running.
struct App {
    phone: Phone,
    lock: Option<Arc<WalletLock>>,
    session: Option<Session>,
    /// The wallet's id at the provider, once it was known.
    wallet: [u8; 16],
    /// The request that waits for the provider's grant.
    request: Option<String>,
    /// The request with a code that was typed.
    typed: Option<String>,
    /// The channel that is being set up.
    channel: Option<ChannelId>,
    /// The authenticator app that the owner uses.
    factor: &'static str,
    /// The request for the data key, and its grant.
    granted: Option<desk::Granted>,
    /// What that grant opened.
    rescue: Option<Rescue>,
    /// The number of the authorisation that was handed out last.
    authorised: Option<String>,
}

impl App {
    /// Takes a step and says how it ended, in the words that [`crate::world`] knows.
    fn take(&mut self, step: &Step) -> String {
        if matches!(step, Step::Reopen | Step::Close) {
            self.session = None;
            self.forget_grant();
            self.lock = None;
        }
        if matches!(step, Step::Open | Step::Reopen) && self.lock.is_none() {
            match self.phone.open() {
                Ok(lock) => self.lock = Some(lock),
                Err(error) => return failed(&error),
            }
        }
        let Some(lock) = &self.lock else {
            return if *step == Step::Close { "closed".to_owned() } else { "not open".to_owned() };
        };
        match *step {
            Step::Close => "still open".to_owned(),
            Step::Open | Step::Reopen => {
                if let Ok(state) = backend::state(lock) {
                    self.wallet = state.wallet;
                }
                lock.status().map_or_else(|error| failed(&error), |status| status_in_words(&status))
            }
            Step::Enrol(pin) => match lock.enrol(&entry(pin), &[]) {
                Ok(Enrolment::Enrolled(session)) => {
                    self.session = Some(session);
                    "enrolled".to_owned()
                }
                Ok(Enrolment::Forbidden(_)) => "forbidden".to_owned(),
                Err(error) => failed(&error),
            },
            Step::Verify(pin) => match lock.verify_pin(&entry(pin)) {
                PinOutcome::Right(session) => {
                    self.session = Some(session);
                    "right".to_owned()
                }
                PinOutcome::Wrong(wrong) => refusal_in_words(&Refusal::Wrong(wrong)),
                PinOutcome::Locked(status) => refusal_in_words(&Refusal::Locked(status)),
                PinOutcome::NoVerdict(cause) => refusal_in_words(&Refusal::NoVerdict(cause)),
            },
            Step::Change(old, new) => {
                self.in_session(|session| match session.access().change_pin(&entry(old), &entry(new), &[], true)? {
                    PinChange::Changed { .. } => Ok("changed".to_owned()),
                    PinChange::Forbidden(_) => Ok("forbidden".to_owned()),
                    PinChange::Refused(refusal) => Ok(refusal_in_words(&refusal)),
                })
            }
            Step::Remove(pin) => match lock.remove(&entry(pin)) {
                Ok(Removal::Removed) => "removed".to_owned(),
                Ok(Removal::Refused(refusal)) => refusal_in_words(&refusal),
                Err(error) => failed(&error),
            },
            Step::Wipe => match lock.wipe() {
                Ok(()) => "wiped".to_owned(),
                Err(error) => failed(&error),
            },
            Step::Enable => {
                self.in_session(|session| match session.access().enable_biometrics(PromptId::default())? {
                    BiometricChange::Done => Ok("on".to_owned()),
                    other => Ok(format!("{other:?}")),
                })
            }
            Step::Disable => self.in_session(|session| {
                Ok(if session.access().disable_biometrics()? { "off" } else { "off already" }.to_owned())
            }),
            Step::Finger => match lock.verify_biometrics(&BiometricRequest::default()) {
                BiometricOutcome::Unlocked(session) => {
                    self.session = Some(session);
                    "unlocked".to_owned()
                }
                BiometricOutcome::Denied(_) => "not now".to_owned(),
                BiometricOutcome::NoVerdict(NoVerdict::Storage) => failed(&LockError::Storage),
                other => format!("{other:?}"),
            },
            Step::Write(value) => self.in_session(|session| {
                item::write(session, value)?;
                Ok("written".to_owned())
            }),
            Step::Read => self.in_session(|session| Ok(format!("read {}", item::read(session)?))),
            Step::SetCode(name) => self.in_session(|session| paper::set_code(&self.phone.home, session, name)),
            Step::Recover { from, to, pin } => {
                let recovered = paper::recover(&self.phone.home, lock, from, to, pin);
                self.recovered(recovered)
            }
            Step::SwitchEscrow { is_on } => self.in_session(|session| desk::switch(session, is_on)),
            Step::Deposit => desk::deposit(&self.phone.home, lock),
            Step::AskEscrow | Step::AskEscrowByProofs => {
                let verified = if *step == Step::AskEscrow { desk::BY_PERSON } else { desk::BY_SMS };
                let asked = desk::ask(&self.phone.home, lock, verified);
                self.forget_grant();
                match asked {
                    Ok(granted) => {
                        self.granted = Some(granted);
                        "granted".to_owned()
                    }
                    Err(why) => why,
                }
            }
            Step::RecoverByEscrow { to, pin } => {
                let Some(granted) = &self.granted else { return NO_REQUEST.to_owned() };
                let opened = self.rescue.take().map_or_else(|| desk::open(granted), Ok);
                let recovered = opened.and_then(|rescue| {
                    let rescue = self.rescue.insert(rescue);
                    paper::finish(&self.phone.home, rescue, to, pin)
                });
                self.recovered(recovered)
            }
            Step::SetFactor(name) => {
                let told = self.in_session(|session| proving::set_factor(&self.phone, session, name));
                if told == "set" {
                    self.factor = name;
                }
                told
            }
            Step::RemoveFactor => {
                self.in_session(|session| session.access().remove_second_factor().map(paper::in_words))
            }
            Step::CancelFactor => self.in_session(|session| {
                let was_pending = session.access().cancel_second_factor_change()?;
                Ok(if was_pending { "cancelled" } else { "nothing waits" }.to_owned())
            }),
            Step::Code { is_right, used_for } => {
                proving::try_code(&self.phone, lock, self.session.as_ref(), self.factor, is_right, used_for)
            }
            Step::AddChannel => match self.session.as_ref().map(proving::add_channel) {
                None => "no session".to_owned(),
                Some(Err(error)) => failed(&error),
                Some(Ok((channel, told))) => {
                    self.channel = Some(channel);
                    told
                }
            },
            Step::SendCode => match proving::channel_in_force(lock) {
                Some(channel) => proving::send_code(lock, channel),
                None => failed(&LockError::Storage),
            },
            Step::TypeCode { is_right, used_for } => {
                let Some(channel) = self.channel.or_else(|| proving::channel_in_force(lock)) else {
                    return failed(&LockError::Storage);
                };
                let (told, text) = proving::type_code(lock, self.session.as_ref(), channel, is_right, used_for);
                self.typed = text;
                told
            }
            Step::TakeProof => self
                .typed
                .as_ref()
                .map_or_else(|| NO_REQUEST.to_owned(), |request| proving::take_proof(&self.phone.home, lock, request)),
            Step::SetPassword(name) => self.in_session(|session| proving::set_password(session, name)),
            Step::Pay(pin) => match paying::pay(lock, pin) {
                Ok(PaymentOutcome::Approved(authorisation)) => {
                    self.authorised = Some(paying::number_of(&authorisation));
                    "approved".to_owned()
                }
                Ok(PaymentOutcome::PinRefused(refusal)) => refusal_in_words(&refusal),
                Ok(other) => format!("{other:?}"),
                Err(error) => failed(&error),
            },
            Step::Settle(minor) => {
                self.authorised.as_ref().map_or_else(|| NO_REQUEST.to_owned(), |jti| backend::settle(lock, jti, minor))
            }
            Step::Capture(minor) => paying::capture(lock, minor),
            Step::Lower(max) => self.in_session(|session| paying::lower(session, max)),
            Step::Freeze => match lock.payments().freeze(None) {
                Ok(()) => "frozen".to_owned(),
                Err(error) => failed(&error),
            },
            Step::Tick => self.in_session(|session| {
                session.access().note_done(Task::ReviewJournal)?;
                Ok("noted".to_owned())
            }),
            Step::Dismiss => self.in_session(|session| {
                session.access().dismiss(Task::Biometrics)?;
                Ok("dismissed".to_owned())
            }),
            Step::Register => backend::register(&self.phone.home, lock),
            Step::Order => backend::order(lock, &self.wallet),
            Step::Ask => match backend::ask(lock) {
                Ok(request) => {
                    self.request = Some(request);
                    "asked".to_owned()
                }
                Err(error) => failed(&error),
            },
            Step::Grant => {
                self.request.as_ref().map_or_else(|| NO_REQUEST.to_owned(), |request| backend::unlock(lock, request))
            }
            Step::Beat => backend::beat(lock, 0),
            Step::BeatAlone => backend::beat(lock, backend::ORDER),
            Step::Revoke => backend::revoke(lock),
        }
    }

    fn forget_grant(&mut self) {
        (self.granted, self.rescue) = (None, None);
    }

    fn recovered(&mut self, recovered: Result<Option<Session>, String>) -> String {
        match recovered {
            Ok(session) => {
                self.session = session;
                if self.session.is_some() { "recovered" } else { RECOVERED_AND_LOCKED }.to_owned()
            }
            Err(why) => why,
        }
    }

    fn in_session(&self, act: impl FnOnce(&Session) -> Result<String, LockError>) -> String {
        let Some(session) = &self.session else { return "no session".to_owned() };
        act(session).unwrap_or_else(|error| failed(&error))
    }
}

pub(crate) fn failed(error: &LockError) -> String {
    format!("failed: {error}")
}

pub(crate) fn status_in_words(status: &LockStatus) -> String {
    match status {
        LockStatus::Unconfigured => "unconfigured".to_owned(),
        LockStatus::Wiped => "wiped".to_owned(),
        LockStatus::Ready { tries_left: Some(left) } | LockStatus::CoolingDown { tries_left: Some(left), .. } => {
            format!("{left} left")
        }
        LockStatus::Locked { reason: LockReason::TooManyAttempts, .. } => "locked".to_owned(),
        LockStatus::Locked { reason: LockReason::DataDamaged, .. } => DAMAGED.to_owned(),
        LockStatus::Locked { reason: LockReason::LostOrStolen, .. } => "lost".to_owned(),
        LockStatus::Locked { reason: LockReason::ProviderOrder, .. } => "ordered".to_owned(),
        LockStatus::Locked { reason: LockReason::HeartbeatExpired, .. } => "without heartbeat".to_owned(),
        other => format!("{other:?}"),
    }
}

fn refusal_in_words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Wrong(wrong) => {
            let word = if wrong.repeated { "repeated" } else { "wrong" };
            wrong.tries_left.map_or_else(|| word.to_owned(), |left| format!("{word}, {left} left"))
        }
        Refusal::Locked(status) => status_in_words(status),
        Refusal::NoVerdict(cause) => format!("no verdict: {cause:?}"),
    }
}
