//! The seal's keys, one an epoch. The next one is made ahead of need, and the last one is deleted as soon as the next seals the record.
//!
//! Whoever makes such a key, commits under a new one or deletes one has the turn, so that no two ever mean different keys by one alias. The
//! turn is no mutex: who finds it taken waits, but not for ever, and not for itself.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use super::lock;
use crate::platform::{DeviceKey, DeviceKeyFault, KeyPurpose};
use crate::record::{RecordHeader, SealKey, derive_seal_key};
use crate::stack::with_stack_wiped;

/// How long a call waits for its turn. Longer than a slow keystore takes for the few keys of the calls before it; a keystore that does not
/// answer at all is told of instead of waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What makes and deletes seal keys.
pub(super) struct Epochs {
    device_key: Arc<dyn DeviceKey>,
    scope: String,
    has_thread: bool,
    state: Mutex<Ahead>,
    freed: Condvar,
}

/// What is known of the keys beyond the one in force.
#[derive(Default)]
struct Ahead {
    turn: Option<ThreadId>,
    /// What the record is sealed with, as far as that is certain. Changed in a turn only: what was read before one may be out of date, and
    /// the key made after it would be the one in force.
    in_force: Option<RecordHeader>,
    /// The thread should make the next one.
    is_wanted: bool,
    made: Option<NextSeal>,
    /// A key of the next alias may exist that something was sealed with, or that nobody here has derived. It goes before another is made.
    is_used: bool,
    /// Keys of earlier epochs that could not be deleted yet.
    left: Vec<String>,
    thread: Option<JoinHandle<()>>,
    thread_runs: bool,
    is_closed: bool,
}

/// The next epoch and its key.
#[derive(Clone)]
pub(super) struct NextSeal {
    pub(super) header: RecordHeader,
    pub(super) key: Arc<SealKey>,
}

/// The right to make, use and destroy seal keys. Dropping it gives it back.
pub(super) struct Turn<'a>(&'a Epochs);

pub(super) fn seal_alias(scope: &str, epoch: u64) -> String {
    format!("{scope}seal/{epoch}")
}

impl Epochs {
    pub(super) fn new(device_key: Arc<dyn DeviceKey>, scope: String, has_thread: bool) -> Arc<Self> {
        Arc::new(Self { device_key, scope, has_thread, state: Mutex::default(), freed: Condvar::new() })
    }

    /// Waits for the turn. Busy: the keystore has not answered the others for long, or it is asking from within its own answer.
    pub(super) fn take_turn(&self) -> Result<Turn<'_>, DeviceKeyFault> {
        let me = thread::current().id();
        let until = Instant::now() + PATIENCE;
        let mut state = lock(&self.state);
        while let Some(whose) = state.turn {
            let left = until.saturating_duration_since(Instant::now());
            if whose == me || left.is_zero() {
                return Err(DeviceKeyFault::Busy);
            }
            state = match self.freed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        state.turn = Some(me);
        drop(state);
        Ok(Turn(self))
    }

    /// Has the next key made, away from whoever waits; without a thread, here and now. `read` tells what is in force, in the turn.
    pub(super) fn prepare(self: &Arc<Self>, read: impl FnOnce() -> Option<RecordHeader>) {
        if self.has_thread {
            self.make_ahead();
        } else if let Ok(turn) = self.take_turn() {
            let _made_when_it_is_needed = read().map(|header| turn.next(&header));
        }
    }

    /// Has the next key made by the thread, if there is one.
    pub(super) fn make_ahead(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        if !self.has_thread || state.is_closed || state.in_force.is_none() || state.made.is_some() {
            return;
        }
        state.is_wanted = true;
        if state.thread_runs {
            return;
        }
        let epochs = self.clone();
        // Started anew for each key: nothing idles, and a phone that cannot start one makes its keys when they are needed.
        state.thread = thread::Builder::new().name("walletlock-seal".to_owned()).spawn(move || epochs.work()).ok();
        state.thread_runs = state.thread.is_some();
    }

    fn work(&self) {
        let _runs = Runs(self);
        while let Some(turn) = self.take_order() {
            with_stack_wiped(|| turn.make_ahead());
        }
    }

    /// The turn, if a key is wanted. `None`: the thread has ended.
    fn take_order(&self) -> Option<Turn<'_>> {
        let mut state = lock(&self.state);
        loop {
            if state.is_closed || !state.is_wanted {
                state.thread_runs = false;
                return None;
            }
            if state.turn.is_none() {
                (state.turn, state.is_wanted) = (Some(thread::current().id()), false);
                return Some(Turn(self));
            }
            state = self.freed.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// The thread ends with the key that it is making, and is waited for: nobody else may find that key half made. Not if it is the thread
    /// itself that closes, from within the keystore's answer.
    pub(super) fn close(&self) {
        {
            let mut state = lock(&self.state);
            state.is_closed = true;
            state.made = None;
        }
        self.finish();
    }

    /// There is nothing left to protect: no more keys are made ahead.
    pub(super) fn stop(&self) {
        let mut state = lock(&self.state);
        (state.in_force, state.is_wanted) = (None, false);
    }

    /// Waits until no key is being made ahead.
    pub(super) fn finish(&self) {
        let thread = {
            let mut state = lock(&self.state);
            state.is_wanted = false;
            state.thread.take()
        };
        self.freed.notify_all();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            let _ended_either_way = thread.join();
        }
    }

    fn alias(&self, epoch: u64) -> String {
        seal_alias(&self.scope, epoch)
    }
}

impl Turn<'_> {
    /// The next key, if it was made ahead.
    pub(super) fn made(&self) -> Option<NextSeal> {
        lock(&self.0.state).made.clone()
    }

    /// The key after `header`, which was read in this turn: the one made ahead, or made now.
    pub(super) fn next(&self, header: &RecordHeader) -> Result<NextSeal, DeviceKeyFault> {
        let next = header.next();
        let made = {
            let mut state = lock(&self.0.state);
            state.in_force = Some(*header);
            state.made.clone().filter(|made| made.header == next)
        };
        made.map_or_else(|| self.make(&next), Ok)
    }

    fn make_ahead(&self) {
        let in_force = lock(&self.0.state).in_force;
        let _made_when_it_is_needed = in_force.map(|header| self.next(&header));
    }

    fn make(&self, header: &RecordHeader) -> Result<NextSeal, DeviceKeyFault> {
        let Epochs { device_key, state, .. } = self.0;
        let alias = self.0.alias(header.epoch);
        let is_stale = {
            let mut state = lock(state);
            let listed = state.left.len();
            // One that was to go by this name goes now. Later, that would be the new one.
            state.left.retain(|left| *left != alias);
            std::mem::replace(&mut state.is_used, true) || state.left.len() < listed
        };
        if is_stale {
            device_key.delete(&alias)?;
        }
        device_key.create(&alias, KeyPurpose::Seal)?;
        let key = Arc::new(derive_seal_key(&**device_key, &alias, header)?);
        let made = NextSeal { header: *header, key };
        let mut state = lock(state);
        if !state.is_closed {
            state.made = Some(made.clone());
        }
        Ok(made)
    }

    /// The record is sealed with the key that was next, on the disk. Those of `before` go, and with them what they sealed.
    pub(super) fn rotated(&self, now: &RecordHeader, before: &[u64]) -> Result<(), DeviceKeyFault> {
        {
            let mut state = lock(&self.0.state);
            (state.in_force, state.made, state.is_used) = (Some(*now), None, false);
        }
        self.delete_with(before.iter().map(|epoch| self.0.alias(*epoch)).collect())
    }

    /// Deletes these too. What fails is tried again before anything is changed for good.
    pub(super) fn delete_with(&self, aliases: Vec<String>) -> Result<(), DeviceKeyFault> {
        lock(&self.0.state).left.extend(aliases);
        self.delete_left()
    }

    /// Deletes what should be gone.
    pub(super) fn delete_left(&self) -> Result<(), DeviceKeyFault> {
        // Cloned, not taken: what fails stays.
        let left = lock(&self.0.state).left.clone();
        for alias in left {
            self.0.device_key.delete(&alias)?;
            lock(&self.0.state).left.retain(|left| *left != alias);
        }
        Ok(())
    }

    /// A commit under the next key failed. What was sealed with it may turn up again, so the next try gets another; and until that try has
    /// read the record, nobody knows which key is in force.
    pub(super) fn spoil(&self) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.made) = (None, None);
    }

    /// What the record of a wallet whose epoch moves on is sealed with, and whether a key of the next alias exists.
    pub(super) fn begin(&self, header: &RecordHeader, next_exists: bool) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.is_used) = (Some(*header), next_exists);
    }

    /// Every key is deleted.
    pub(super) fn forget_all(&self) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.made, state.is_used) = (None, None, false);
        state.left.clear();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).turn = None;
        self.0.freed.notify_all();
    }
}

/// A thread that panicked, in the keystore's code, runs no more either.
struct Runs<'a>(&'a Epochs);

impl Drop for Runs<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.state).thread_runs = false;
        }
    }
}
