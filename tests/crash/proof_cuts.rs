//! A power cut at every operation on the disk while somebody types a code, proves something, or cancels that. What was
//! told stands: a code is counted, a proof is noted with its wait, a cancellation is final. A cut before that leaves
//! the old, the old with the code counted as wrong, or the new, and nothing between them.

use walletlock_core::platform::testing::{FakePhone, TestRng, authenticator_code};
use walletlock_core::proof::{ChannelId, ChannelKind, ProofMethod};
use walletlock_core::provider::signer::read_request;
use walletlock_core::{
    CodeRequest, Enrolment, FactorOutcome, LockError, NewAuthenticator, ProviderRequest, RecoveryChange, WalletLock,
    WayKind, WayState, WordDone, WordOutcome,
};

use crate::disk::{Disk, Flushes};
use crate::orders::{OUTCOMES, PIN, Place};
use crate::phone::{copy, entry, now};
use crate::say;
use crate::seed::seed;

const WAIT_MS: u64 = 72 * 3_600_000;
/// The app shows another code.
const LATER_MS: u64 = 60_000;
const WRONG: &str = "314159";

/// A wallet with a phone number and an authenticator, and with everything flushed.
struct Before {
    place: Place,
    disk: Disk,
    phone: FakePhone,
    public_key: Vec<u8>,
    channel: ChannelId,
    letters: String,
}

/// What can be seen of a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    proven: Vec<ProofMethod>,
    wait_left_ms: Option<u64>,
    /// How often the code that was sent may still be typed.
    typings_left: Option<u32>,
    /// How many wrong codes of the authenticator are allowed after one more.
    codes_left: u32,
    /// Whether the code that the app shows still counts.
    counts: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    WrongCode,
    RightCode,
    /// Typing a code that was sent: a request.
    Typed,
    /// The answer to it.
    Answered,
    Cancelled,
}

fn text(request: Result<CodeRequest, LockError>) -> Option<String> {
    match request {
        Ok(CodeRequest::Asked(text)) => Some(text.to_string()),
        _ => None,
    }
}

impl Before {
    fn new(flushes: Flushes) -> Self {
        let (place, disk, phone) = (Place::new(), Disk::new(flushes), FakePhone::default());
        let lock = place.open(&disk, &phone);
        let Ok(Enrolment::Enrolled(session)) = lock.enrol(&entry(PIN), &[]) else { panic!("not enrolled") };
        let request = lock.provider().register(&ProviderRequest::default()).expect("a request");
        let read = read_request(&request, None).expect("a request of a phone");
        let grant = place.grant(&lock, &read.installation, "register", &request, 0);
        assert_eq!(lock.provider().redeem(&grant), Ok(WordOutcome::Done(WordDone::Registered)));
        let access = session.access();
        let (channel, _) = access.add_channel(ChannelKind::Sms, "+86 138 1234 5678").expect("a channel");
        let new = access.make_authenticator().expect("a secret");
        let letters: String = (0..NewAuthenticator::LETTERS).filter_map(|at| new.letter(at)).collect();
        let before = Self { place, disk, phone, public_key: read.public_key, channel, letters };
        let confirm = text(access.confirm_channel(channel, Some(&entry(WRONG)))).expect("asked");
        assert_eq!(before.redeem(&lock, &confirm), Ok(WordOutcome::Done(WordDone::ChannelConfirmed)));
        assert_eq!(access.confirm_authenticator(&new, &entry(&before.shown())), Ok(true));
        assert_eq!(access.set_authenticator(&new), Ok(RecoveryChange::InForce));
        before.phone.clock.advance_ms(LATER_MS);
        drop((session, lock));
        let disk = before.disk.after_kill();
        Self { disk, ..before }
    }

    /// The same after more was done.
    fn after(self, more: impl FnOnce(&Self, &WalletLock)) -> Self {
        let lock = self.place.open(&self.disk, &self.phone);
        more(&self, &lock);
        drop(lock);
        self.phone.clock.advance_ms(LATER_MS);
        let disk = self.disk.after_kill();
        Self { disk, ..self }
    }

    fn shown(&self) -> String {
        authenticator_code(&self.letters, now(&self.phone).wall_ms)
    }

    fn grant(&self, request: &str) -> String {
        let read = read_request(request, Some(&self.public_key)).expect("a request of this phone");
        let (aud, sub, act) = (&read.wallet, &read.installation, r#""act":"proof""#);
        self.place.grant_with(aud, sub, act, request, read.last_order, &[("sms", "phone")])
    }

    /// The provider says that the code in the request is right, whichever it is.
    fn redeem(&self, lock: &WalletLock, request: &str) -> Result<WordOutcome, LockError> {
        lock.provider().redeem(&self.grant(request))
    }

    fn type_code(&self, lock: &WalletLock) -> Option<String> {
        text(lock.recovery().prove(self.channel, Some(&entry(WRONG))))
    }

    /// Whether the wallet said that it was done.
    fn act(&self, lock: &WalletLock, act: Act, request: Option<&String>) -> bool {
        let recovery = lock.recovery();
        match act {
            Act::WrongCode => matches!(recovery.prove_authenticator(&entry(WRONG)), Ok(FactorOutcome::Wrong { .. })),
            Act::RightCode => recovery.prove_authenticator(&entry(&self.shown())) == Ok(FactorOutcome::Right),
            Act::Typed => self.type_code(lock).is_some(),
            Act::Answered => {
                let done = Ok(WordOutcome::Done(WordDone::Proven));
                request.is_some_and(|request| self.redeem(lock, request) == done)
            }
            Act::Cancelled => recovery.cancel_by_authenticator(&entry(&self.shown())) == Ok(FactorOutcome::Right),
        }
    }

    /// Looks at a wallet. That uses codes up.
    fn look(&self, disk: &Disk, phone: &FakePhone) -> Result<Seen, LockError> {
        let lock = self.place.try_open(disk, phone)?;
        let progress = lock.recovery().progress()?;
        let sms = WayKind::Channel(ChannelKind::Sms);
        let typings_left = progress.ways.iter().find(|way| way.kind == sms).and_then(|way| match way.state {
            WayState::Sent { code, .. } => Some(code.tries_left),
            _ => None,
        });
        let FactorOutcome::Wrong { tries_left: codes_left, .. } = lock.recovery().prove_authenticator(&entry(WRONG))?
        else {
            panic!("a wrong code is wrong")
        };
        let counts = lock.recovery().prove_authenticator(&entry(&self.shown()))? == FactorOutcome::Right;
        let (proven, wait_left_ms) = (progress.proven, progress.wait_left_ms);
        Ok(Seen { proven, wait_left_ms, typings_left, codes_left, counts })
    }

    /// What is there before the act, once its code is counted, and after it.
    fn states(&self, act: Act) -> Vec<Seen> {
        let look = |disk: &Disk| self.look(disk, &copy(&self.phone, 7)).expect("it opens");
        let old = look(&self.disk.after_kill());
        let (proven, wait_left_ms) = (old.proven.clone(), old.wait_left_ms);
        let charged = Seen { codes_left: old.codes_left - 1, ..old.clone() };
        let with = |method| [proven.clone(), vec![method]].concat();
        let new = match act {
            Act::WrongCode => charged.clone(),
            Act::RightCode => {
                let (proven, wait_left_ms) = (with(ProofMethod::Authenticator), Some(WAIT_MS));
                Seen { proven, wait_left_ms, counts: false, ..old.clone() }
            }
            Act::Typed => Seen { typings_left: old.typings_left.map(|left| left - 1), ..old.clone() },
            Act::Answered => Seen { proven: with(ProofMethod::Sms), typings_left: None, wait_left_ms, ..old.clone() },
            Act::Cancelled => Seen { proven: Vec::new(), wait_left_ms: None, counts: false, ..old.clone() },
        };
        let is_of_app = matches!(act, Act::RightCode | Act::Cancelled);
        if is_of_app { vec![old, charged, new] } else { vec![old, new] }
    }
}

/// Cuts the power at every operation of an act. Returns how often each state was left, and how often something else, or
/// less than was told.
fn cut(before: &Before, act: Act, request: Option<&String>, chance: &mut TestRng) -> (Vec<u32>, u32) {
    let states = before.states(act);
    let (mut left, mut lost) = (vec![0; states.len()], 0);
    for operations in 0.. {
        let call = |lock: &WalletLock, _: &FakePhone| before.act(lock, act, request);
        let (is_told, disk, phone) = before.place.cut((&before.disk, &before.phone), operations, call);
        for _ in 0..OUTCOMES {
            let seen = before.look(&disk.after_cut(chance), &copy(&phone, 3));
            match states.iter().position(|state| seen.as_ref() == Ok(state)) {
                Some(place) if place + 1 == states.len() || !is_told => left[place] += 1,
                _ => lost += 1,
            }
        }
        if !disk.is_off() {
            assert!(is_told && operations > 3, "{act:?}: cut at {operations} places");
            return (left, lost);
        }
    }
    (left, lost)
}

fn before(act: Act, flushes: Flushes) -> (Before, Option<String>) {
    let before = Before::new(flushes);
    let mut request = None;
    let before = match act {
        Act::WrongCode => before,
        Act::Typed | Act::Answered => before.after(|before, lock| {
            text(lock.recovery().send_code(before.channel)).expect("asked");
            request = (act == Act::Answered).then(|| before.type_code(lock).expect("asked"));
        }),
        Act::RightCode | Act::Cancelled => before.after(|before, lock| {
            text(lock.recovery().send_code(before.channel)).expect("asked");
            let request = before.type_code(lock).expect("asked");
            assert_eq!(before.redeem(lock, &request), Ok(WordOutcome::Done(WordDone::Proven)));
            if act == Act::Cancelled {
                assert!(before.act(lock, Act::RightCode, None));
            }
        }),
    };
    (before, request)
}

#[test]
fn what_was_proven_or_counted_stands_through_any_power_cut() {
    for (nth, act) in
        [Act::WrongCode, Act::RightCode, Act::Typed, Act::Answered, Act::Cancelled].into_iter().enumerate()
    {
        let (before, request) = before(act, Flushes::Honest);
        let (left, lost) = cut(&before, act, request.as_ref(), &mut TestRng::nth(seed(), 20 + nth as u64));
        say(&format!("power cuts: {act:?}: {left:?} left the old, (the code counted,) the new"));
        assert_eq!(lost, 0, "{act:?}");
        assert!(left.iter().all(|times| *times > 0), "{act:?}: {left:?}");
    }
}

/// The control.
#[test]
fn a_disk_that_does_not_flush_loses_codes_and_proofs() {
    for (nth, act) in [Act::WrongCode, Act::RightCode, Act::Typed, Act::Cancelled].into_iter().enumerate() {
        let (before, request) = before(act, Flushes::Dropped);
        let (_, lost) = cut(&before, act, request.as_ref(), &mut TestRng::nth(seed(), 30 + nth as u64));
        assert!(lost > 0, "{act:?}");
    }
}
