//! The live sessions. They hold the data keys, so ending a session wipes its key. The only other copies of a data key
//! are in calls that are running.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::lock;
use super::permissions::{Action, AuthMethod};
use super::session_end::{OpenSessions, SessionEnd};
use crate::crypto::DataKey;
use crate::error::LockError;
use crate::platform::{Clock, PlatformFault};
use crate::policy::{Policy, SecondFactorPolicy, SessionPolicy};
use crate::record::Record;
use crate::time::{Lease, Now};

/// How long a PIN is fresh, in milliseconds: five minutes, about as long as the person who entered it keeps the phone
/// in hand. Our own choice.
pub const FRESH_PIN_MS: u64 = 5 * 60 * 1000;
/// How many new PINs may be proposed in one session.
const PROPOSALS: u32 = 10;

/// Identifies a session, also after the session has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SessionId(u64);

/// The result of a right PIN, or of a biometric prompt that opened the slot: the wallet's data key, and what a session
/// needs.
pub(crate) struct Verified {
    pub(crate) data_key: DataKey,
    pub(crate) wallet_id: [u8; 16],
    /// The number of the device key of the slot that opened. It differs for every PIN that is set.
    pub(crate) key_number: u64,
    pub(crate) now: Now,
    /// Under which terms a session is opened with it.
    pub(crate) terms: SessionTerms,
    /// The sessions' generation when the call began. If a lock event has come since, no session is opened.
    pub(crate) generation: u64,
    /// The number of the data key.
    pub(crate) data_key_number: u64,
}

/// What a session is bound to from its beginning.
#[derive(Clone, Debug, Default)]
pub(crate) struct SessionTerms {
    /// How long it may live.
    pub(crate) lifetime: SessionPolicy,
    /// When it needs the second factor. `None`: none was in force when the session began, or it is the one in which the
    /// wallet was set up or recovered.
    pub(crate) second_factor: Option<SecondFactorPolicy>,
}

impl SessionTerms {
    /// The terms of a session that begins now.
    pub(crate) fn of(record: &Record, now: Now) -> Self {
        let Policy { session, second_factor, .. } = &record.policy;
        let factor = record.recovery.second_factor.now(now);
        Self { lifetime: session.clone(), second_factor: factor.map(|_| second_factor.clone()) }
    }

    /// The terms of the session in which the wallet was set up, or recovered: it asks for no second factor. There was
    /// none before, or its owner may have lost it and replaces it here.
    pub(crate) fn first(lifetime: SessionPolicy) -> Self {
        Self { lifetime, second_factor: None }
    }
}

/// One reading of the clocks. Sessions whose time was over at that reading have been ended.
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
    pub(crate) data_key_number: u64,
    pub(crate) wallet_id: [u8; 16],
    pub(crate) now: Now,
    /// The session began when the wallet was set up: with its first PIN, or after a recovery.
    pub(crate) is_first: bool,
    /// A second factor was in force when the session began, so that the session asks for it.
    pub(crate) knows_factor: bool,
}

/// The live sessions.
pub(crate) struct Sessions {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: u64,
    /// Raised by every event that ends sessions: a PIN that was proven before the event opens no session after it.
    generation: u64,
    /// How many readings of the clock have begun.
    readings: u64,
    sessions: BTreeMap<SessionId, LiveSession>,
    /// Why the session that ended last did so.
    last_end: Option<SessionEnd>,
}

impl State {
    /// Ends all sessions except those for which `stays` returns `true`.
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
    data_key_number: u64,
    is_first: bool,
    method: AuthMethod,
    wallet_id: [u8; 16],
    terms: SessionTerms,
    /// The second factor was right in this session.
    has_second_factor: bool,
    absolute: Lease,
    idle: Lease,
    fresh: Lease,
    proposals_left: u32,
    /// How many readings of the clock had begun when the session was last used.
    used_at: u64,
}

impl LiveSession {
    fn check(&self, action: Action, now: Now) -> Result<(), LockError> {
        if self.needs_second_factor(action) {
            return Err(LockError::SecondFactorNeeded);
        }
        if self.method.may(action, self.fresh.is_live(now)) { Ok(()) } else { Err(LockError::PinNeeded) }
    }

    fn needs_second_factor(&self, action: Action) -> bool {
        !self.has_second_factor && self.terms.second_factor.as_ref().is_some_and(|policy| action.is_guarded(policy))
    }
}

impl Sessions {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Reads the clock, and ends the sessions whose time is over or for which a clock was set back.
    ///
    /// A reading that began before a session was last used may be older than that use. It is not taken for a clock that
    /// was set back: two threads can read the clock in one order and arrive here in the other.
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

    /// Begins a session. If a lock event came since the call began, the returned session is already over.
    pub(crate) fn start(&self, verified: Verified, method: AuthMethod) -> SessionId {
        self.begin(verified, method, false)
    }

    /// Begins the session of a person who has just set the wallet up: with a first PIN, or after a recovery.
    pub(crate) fn start_first(&self, verified: Verified) -> SessionId {
        self.begin(verified, AuthMethod::Pin, true)
    }

    fn begin(&self, verified: Verified, method: AuthMethod, is_first: bool) -> SessionId {
        let Verified { data_key, data_key_number, wallet_id, key_number: _, now, terms, generation } = verified;
        let policy = &terms.lifetime;
        let mut live = lock(&self.state);
        let session = LiveSession {
            data_key,
            data_key_number,
            is_first,
            method,
            wallet_id,
            absolute: Lease::start(u64::from(policy.absolute_s) * 1000, now),
            idle: Lease::start(u64::from(policy.idle_s) * 1000, now),
            fresh: Lease::start(FRESH_PIN_MS, now),
            terms,
            has_second_factor: false,
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

    /// The session's data key, if the session is live and may do `action`. Using it starts the idle time again, even if
    /// `action` is refused.
    ///
    /// Errors: [`LockError::SessionEnded`]; [`LockError::PinNeeded`] if only a session that a PIN opened, or a fresh
    /// PIN, may do it.
    pub(crate) fn open(&self, id: SessionId, action: Action) -> Result<OpenSession, LockError> {
        self.with_live(id, |session, now| {
            session.check(action, now)?;
            let LiveSession { data_key, data_key_number, wallet_id, is_first, terms, .. } = &*session;
            Ok(OpenSession {
                data_key: data_key.clone(),
                data_key_number: *data_key_number,
                wallet_id: *wallet_id,
                now,
                is_first: *is_first,
                knows_factor: terms.second_factor.is_some(),
            })
        })
    }

    /// Whether the session is live and may do `action`, with the same errors as [`Self::open`], but without copying its
    /// key.
    pub(crate) fn check(&self, id: SessionId, action: Action) -> Result<(), LockError> {
        self.with_live(id, |session, now| session.check(action, now))
    }

    /// What opened the session. Asking starts its idle time again.
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
            session.idle = Lease::start(u64::from(session.terms.lifetime.idle_s) * 1000, now);
            session.used_at = readings;
        }
        call(session, now)
    }

    /// Whether a session that is live needs the second factor for this.
    pub(crate) fn needs_second_factor(&self, id: SessionId, action: Action) -> Result<bool, LockError> {
        self.with_live(id, |session, _| Ok(session.needs_second_factor(action)))
    }

    /// Whether the session is live, and needs no second factor or has proven it.
    pub(crate) fn check_second_factor(&self, id: SessionId) -> Result<(), LockError> {
        self.with_live(id, |session, _| match &session.terms.second_factor {
            Some(_) if !session.has_second_factor => Err(LockError::SecondFactorNeeded),
            _ => Ok(()),
        })
    }

    /// Whether the second factor was right in a session that is live.
    pub(crate) fn has_proven_factor(&self, id: SessionId) -> Result<bool, LockError> {
        self.with_live(id, |session, _| Ok(session.has_second_factor))
    }

    /// The second factor was right in this session; or, without one, in every session that is live: the provider's
    /// grant names no session.
    pub(crate) fn note_second_factor(&self, id: Option<SessionId>) {
        let mut live = lock(&self.state);
        let of = live.sessions.iter_mut().filter(|(live, _)| id.is_none_or(|id| id == **live));
        of.for_each(|(_, session)| session.has_second_factor = true);
    }

    /// Whether the session is live. Asking does not prolong it.
    pub(crate) fn is_live(&self, id: SessionId) -> bool {
        self.read_clock().is_ok_and(|_| lock(&self.state).sessions.contains_key(&id))
    }

    /// The open sessions. Asking does not prolong them. If none is open, the clock is not read: so after the last
    /// session was closed every thread sees that at once, even if the clock fails.
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
        // A session that still needs the second factor to read anything does not count as open.
        let open = live.sessions.values().filter(|session| !session.needs_second_factor(Action::Read));
        // Another call may have used a session since the clock was read. That session is live, so at least 1 ms is
        // reported for it.
        let next_end_ms = open.map(left_ms).min().map(|left| left.max(1));
        Ok(OpenSessions { next_end_ms, last_end: live.last_end })
    }

    /// Uses up one of the few new PINs that a session may propose.
    pub(crate) fn take_proposal(&self, id: SessionId) -> Result<(), LockError> {
        let mut live = lock(&self.state);
        let session = live.sessions.get_mut(&id).ok_or(LockError::SessionEnded)?;
        let left = session.proposals_left.checked_sub(1);
        session.proposals_left = left.ok_or(LockError::LimitReached("PIN proposals in this session"))?;
        Ok(())
    }

    /// Ends a session, and wipes its data key.
    pub(crate) fn end(&self, id: SessionId) {
        lock(&self.state).retain(SessionEnd::Closed, |other, _| other != id);
    }

    /// Ends a session because a call found the wallet locked.
    pub(crate) fn end_locked(&self, id: SessionId) {
        lock(&self.state).retain(SessionEnd::Locked, |other, _| other != id);
    }

    /// Ends all sessions. Returns the new generation.
    pub(crate) fn end_all(&self, because: SessionEnd) -> u64 {
        self.retain(because, |_, _| false)
    }

    /// Ends all other sessions, because the session `id` changed the PIN.
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
