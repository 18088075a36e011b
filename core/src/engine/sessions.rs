//! The live sessions. Their data keys stand here and nowhere else, so that ending them is forgetting them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::lock;
use super::permissions::{Action, AuthMethod};
use super::session_end::{OpenSessions, SessionEnd};
use crate::crypto::DataKey;
use crate::error::LockError;
use crate::platform::{Clock, PlatformFault};
use crate::policy::SessionPolicy;
use crate::time::{Lease, Now};

/// How long a PIN is fresh, in milliseconds: five minutes, as long as a hand stays on the phone that entered it. Our own choice.
pub const FRESH_PIN_MS: u64 = 5 * 60 * 1000;
/// New PINs that may be proposed in one session.
const PROPOSALS: u32 = 10;

/// Names a session, also once it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(u64);

/// What a right PIN proves and gives, or a finger: the data key of a wallet.
pub(crate) struct Verified {
    pub(crate) data_key: DataKey,
    pub(crate) wallet_id: [u8; 16],
    /// The key of the slot that opened: another PIN has another one.
    pub(crate) key_number: u64,
    pub(crate) now: Now,
    /// How long a session that it opens may live.
    pub(crate) session: SessionPolicy,
    /// The sessions' generation when the PIN was entered: a lock event since then lets it open none.
    pub(crate) generation: u64,
}

/// One reading of the clocks, after which no session lives whose time is over.
#[derive(Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) now: Now,
    /// The sessions' generation at that moment.
    pub(crate) generation: u64,
    number: u64,
}

/// What an open session gives to a call.
pub(crate) struct OpenSession {
    pub(crate) data_key: DataKey,
    pub(crate) wallet_id: [u8; 16],
    pub(crate) now: Now,
}

/// The live sessions.
pub(crate) struct Sessions {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    /// Raised by every event that ends sessions: what was proven before it opens none after it.
    generation: u64,
    /// Readings of the clock that have begun.
    readings: u64,
    sessions: BTreeMap<SessionId, LiveSession>,
    /// Why the one that ended last did so.
    last_end: Option<SessionEnd>,
}

impl State {
    /// Ends all but those that stay.
    fn retain(&mut self, because: SessionEnd, stays: impl Fn(SessionId, &LiveSession) -> bool) {
        let before = self.sessions.len();
        self.sessions.retain(|id, session| stays(*id, session));
        if self.sessions.len() < before {
            self.last_end = Some(because);
        }
    }
}

struct LiveSession {
    data_key: DataKey,
    method: AuthMethod,
    wallet_id: [u8; 16],
    policy: SessionPolicy,
    absolute: Lease,
    idle: Lease,
    fresh: Lease,
    proposals_left: u32,
    /// How many readings of the clock had begun when it was used last.
    used_at: u64,
}

impl LiveSession {
    fn check(&self, action: Action, now: Now) -> Result<(), LockError> {
        if self.method.may(action, self.fresh.is_live(now)) { Ok(()) } else { Err(LockError::PinNeeded) }
    }
}

impl Sessions {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Reads the clock, and ends the sessions whose time is over or whose clock was set back.
    ///
    /// A reading that had begun when a session was used is older than that use, not a clock set back: two threads read the clock in one
    /// order and come here in the other.
    pub(crate) fn read_clock(&self) -> Result<Reading, PlatformFault> {
        let number = {
            let mut live = lock(&self.state);
            live.readings += 1;
            live.readings
        };
        let now = self.clock.now()?;
        let mut live = lock(&self.state);
        live.retain(SessionEnd::Time, |_, session| {
            session.used_at >= number || (session.absolute.is_live(now) && session.idle.is_live(now))
        });
        Ok(Reading { now, generation: live.generation, number })
    }

    pub(crate) fn generation(&self) -> u64 {
        lock(&self.state).generation
    }

    /// Begins a session, unless a lock event came between the right PIN and now: then it is over before it began.
    pub(crate) fn start(&self, verified: Verified, method: AuthMethod) -> SessionId {
        let Verified { data_key, wallet_id, key_number: _, now, session: policy, generation } = verified;
        let mut live = lock(&self.state);
        let session = LiveSession {
            data_key,
            method,
            wallet_id,
            absolute: Lease::start(u64::from(policy.absolute_s) * 1000, now),
            idle: Lease::start(u64::from(policy.idle_s) * 1000, now),
            fresh: Lease::start(FRESH_PIN_MS, now),
            policy,
            proposals_left: PROPOSALS,
            used_at: live.readings,
        };
        live.last += 1;
        let id = SessionId(live.last);
        if live.generation == generation {
            live.sessions.insert(id, session);
        }
        id
    }

    /// What the session holds, if it lives and may do that. Its idle time begins anew, whether it may or not.
    ///
    /// [`LockError::SessionEnded`], or [`LockError::PinNeeded`] where only a PIN, or a fresh one, would do.
    pub(crate) fn open(&self, id: SessionId, action: Action) -> Result<OpenSession, LockError> {
        self.with_live(id, |session, now| {
            session.check(action, now)?;
            Ok(OpenSession { data_key: session.data_key.clone(), wallet_id: session.wallet_id, now })
        })
    }

    /// Whether it lives and may do that, as [`Self::open`] tells, without taking its key out.
    pub(crate) fn check(&self, id: SessionId, action: Action) -> Result<(), LockError> {
        self.with_live(id, |session, now| session.check(action, now))
    }

    /// What opened it. Its idle time begins anew.
    pub(crate) fn method(&self, id: SessionId) -> Result<AuthMethod, LockError> {
        self.with_live(id, |session, _| Ok(session.method.clone()))
    }

    fn with_live<T>(
        &self,
        id: SessionId,
        call: impl FnOnce(&mut LiveSession, Now) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        let Reading { now, number, .. } = self.read_clock()?;
        let mut live = lock(&self.state);
        let readings = live.readings;
        let session = live.sessions.get_mut(&id).ok_or(LockError::SessionEnded)?;
        if session.used_at < number {
            session.idle = Lease::start(u64::from(session.policy.idle_s) * 1000, now);
            session.used_at = readings;
        }
        call(session, now)
    }

    /// Whether it still lives. Asking does not prolong it.
    pub(crate) fn is_live(&self, id: SessionId) -> bool {
        self.read_clock().is_ok_and(|_| lock(&self.state).sessions.contains_key(&id))
    }

    /// What is open now. Asking prolongs nothing. Where nothing is open the clock has no say: whoever has just closed the last session hears so
    /// at once, on any thread, and of a clock that fails too.
    pub(crate) fn open_now(&self) -> Result<OpenSessions, PlatformFault> {
        {
            let live = lock(&self.state);
            if live.sessions.is_empty() {
                return Ok(OpenSessions { next_end_ms: None, last_end: live.last_end });
            }
        }
        let now = self.read_clock()?.now;
        let live = lock(&self.state);
        let left_ms = |session: &LiveSession| session.absolute.left_ms(now).min(session.idle.left_ms(now));
        // Another call may have used one since the clock was read: that one lives, whatever this reading says.
        let next_end_ms = live.sessions.values().map(left_ms).min().map(|left| left.max(1));
        Ok(OpenSessions { next_end_ms, last_end: live.last_end })
    }

    /// Takes one of the few new PINs that a session may propose.
    pub(crate) fn take_proposal(&self, id: SessionId) -> Result<(), LockError> {
        let mut live = lock(&self.state);
        let session = live.sessions.get_mut(&id).ok_or(LockError::SessionEnded)?;
        let left = session.proposals_left.checked_sub(1);
        session.proposals_left = left.ok_or(LockError::LimitReached("PIN proposals in this session"))?;
        Ok(())
    }

    /// Ends one, and wipes its data key.
    pub(crate) fn end(&self, id: SessionId) {
        lock(&self.state).retain(SessionEnd::Closed, |other, _| other != id);
    }

    /// Ends all. Returns the generation that begins with that.
    pub(crate) fn end_all(&self, because: SessionEnd) -> u64 {
        self.retain(because, |_, _| false)
    }

    /// What opens the wallet was replaced, by the one session that stays.
    pub(crate) fn end_all_but(&self, id: SessionId) {
        self.retain(SessionEnd::Replaced, |other, _| other == id);
    }

    pub(crate) fn end_opened_by_biometrics(&self) {
        self.retain(SessionEnd::Replaced, |_, session| session.method == AuthMethod::Pin);
    }

    fn retain(&self, because: SessionEnd, stays: impl Fn(SessionId, &LiveSession) -> bool) -> u64 {
        let mut live = lock(&self.state);
        live.retain(because, stays);
        live.generation += 1;
        live.generation
    }
}
