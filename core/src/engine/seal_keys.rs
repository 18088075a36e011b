//! The seal's keys, one an epoch. The next one is prepared ahead of need, and the last one is deleted as soon as the next seals the record.
//!
//! Whoever makes such a key, commits under a new one or deletes one holds the lease, so that one alias never refers to two different keys. The
//! lease is no mutex: a call that finds it taken waits, but not for ever, and not for itself.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use super::device_keys::DeviceKeys;
use super::lock;
use crate::platform::{DeviceKeyFault, KeyPurpose};
use crate::record::{RecordHeader, SealKey};
use crate::stack::with_stack_wiped;

/// How long a call waits for the lease. Longer than a slow keystore takes for the few keys of the calls before it; a keystore that does not
/// answer at all is told of instead of waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What makes and deletes seal keys.
pub(crate) struct SealKeys {
    device_keys: Arc<DeviceKeys>,
    has_thread: bool,
    state: Mutex<KeyState>,
    freed: Condvar,
}

/// What is known of the keys beyond the one in force.
#[derive(Default)]
struct KeyState {
    holder: Option<ThreadId>,
    /// What the record is sealed with, as far as that is certain. Changed under the lease only: what was read before one may be out of date, and
    /// the key made after it would be the one in force.
    in_force: Option<RecordHeader>,
    /// The thread should make the next one.
    is_wanted: bool,
    prepared: Option<EpochKey>,
    /// A key of the next alias may exist that something was sealed with, or that nobody here has derived. It goes before another is made.
    is_used: bool,
    /// Keys of earlier epochs that could not be deleted yet.
    retired: Vec<String>,
    thread: Option<JoinHandle<()>>,
    thread_runs: bool,
    is_closed: bool,
}

/// The record's open part in one epoch, and the key that seals the record in it.
#[derive(Clone)]
pub(crate) struct EpochKey {
    pub(crate) header: RecordHeader,
    pub(crate) key: Arc<SealKey>,
}

/// The right to make, use and destroy seal keys. Dropping it gives it back.
pub(crate) struct KeyLease<'a>(&'a SealKeys);

impl KeyState {
    fn is_own_thread(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| thread.thread().id() == thread::current().id())
    }
}

impl SealKeys {
    pub(crate) fn new(device_keys: Arc<DeviceKeys>, has_thread: bool) -> Arc<Self> {
        Arc::new(Self { device_keys, has_thread, state: Mutex::default(), freed: Condvar::new() })
    }

    /// Waits for the lease. Busy: the keystore has not answered the others for long, or it is asking from within its own answer.
    pub(crate) fn lease(&self) -> Result<KeyLease<'_>, DeviceKeyFault> {
        let me = thread::current().id();
        let until = Instant::now() + PATIENCE;
        let mut state = lock(&self.state);
        while let Some(whose) = state.holder {
            let left = until.saturating_duration_since(Instant::now());
            if whose == me || left.is_zero() {
                return Err(DeviceKeyFault::Busy);
            }
            state = match self.freed.wait_timeout(state, left) {
                Ok((state, _)) => state,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        state.holder = Some(me);
        drop(state);
        Ok(KeyLease(self))
    }

    /// Has the next key made, away from whoever waits; without a thread, here and now. `read` tells what is in force, under the lease.
    pub(crate) fn prepare(self: &Arc<Self>, read: impl FnOnce() -> Option<RecordHeader>) {
        if self.has_thread {
            self.make_ahead();
        } else if let Ok(lease) = self.lease() {
            // If that fails the key is made when it is needed.
            read().map(|header| lease.next(&header));
        }
    }

    /// Has the next key made by the thread, if there is one.
    pub(crate) fn make_ahead(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        if !self.has_thread || state.is_closed || state.in_force.is_none() || state.prepared.is_some() {
            return;
        }
        state.is_wanted = true;
        if state.thread_runs {
            return;
        }
        let keys = self.clone();
        // Started anew for each key: nothing idles, and a phone that cannot start one makes its keys when they are needed.
        state.thread = thread::Builder::new().name("walletlock-seal".to_owned()).spawn(move || keys.work()).ok();
        state.thread_runs = state.thread.is_some();
    }

    fn work(&self) {
        let _runs = Runs(self);
        while let Some(lease) = self.take_order() {
            with_stack_wiped(|| lease.make_ahead());
        }
    }

    /// The lease, if a key is wanted. `None`: the thread has ended.
    fn take_order(&self) -> Option<KeyLease<'_>> {
        let mut state = lock(&self.state);
        loop {
            if state.is_closed || !state.is_wanted {
                state.thread_runs = false;
                self.freed.notify_all();
                return None;
            }
            if state.holder.is_none() {
                (state.holder, state.is_wanted) = (Some(thread::current().id()), false);
                return Some(KeyLease(self));
            }
            state = self.freed.wait(state).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// The thread ends with the key that it is making, and is waited for: nobody else may find that key half made. Not if it is the thread
    /// itself that closes, from within the keystore's answer.
    pub(crate) fn close(&self) {
        {
            let mut state = lock(&self.state);
            state.is_closed = true;
            state.prepared = None;
        }
        self.finish();
    }

    /// There is nothing left to protect: no more keys are made ahead.
    pub(crate) fn stop(&self) {
        let mut state = lock(&self.state);
        (state.in_force, state.is_wanted) = (None, false);
    }

    /// Waits until no key is being made ahead, but no longer than `patience`. Whether that is so now.
    pub(crate) fn finishes_within(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut state = lock(&self.state);
        state.is_wanted = false;
        self.freed.notify_all();
        while state.thread_runs {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || state.is_own_thread() {
                return false;
            }
            state = self
                .freed
                .wait_timeout(state, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        }
        true
    }

    /// Waits until no key is being made ahead.
    fn finish(&self) {
        let thread = {
            let mut state = lock(&self.state);
            state.is_wanted = false;
            state.thread.take()
        };
        self.freed.notify_all();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            // It has ended, whether it panicked or not.
            thread.join().ok();
        }
    }
}

impl KeyLease<'_> {
    /// The next key, if it was made ahead.
    pub(crate) fn prepared(&self) -> Option<EpochKey> {
        lock(&self.0.state).prepared.clone()
    }

    /// The key after `header`, which was read under this lease: the one made ahead, or made now.
    pub(crate) fn next(&self, header: &RecordHeader) -> Result<EpochKey, DeviceKeyFault> {
        let next = header.next(self.0.device_keys.place());
        let prepared = {
            let mut state = lock(&self.0.state);
            state.in_force = Some(*header);
            state.prepared.clone().filter(|prepared| prepared.header == next)
        };
        prepared.map_or_else(|| self.make(&next), Ok)
    }

    fn make_ahead(&self) {
        let in_force = lock(&self.0.state).in_force;
        // If that fails the key is made when it is needed.
        in_force.map(|header| self.next(&header));
    }

    fn make(&self, header: &RecordHeader) -> Result<EpochKey, DeviceKeyFault> {
        let SealKeys { device_keys, state, .. } = self.0;
        let alias = device_keys.seal(header);
        let is_stale = {
            let mut state = lock(state);
            let listed = state.retired.len();
            // One that was to go by this name goes now. Later, that would be the new one.
            state.retired.retain(|left| *left != alias);
            std::mem::replace(&mut state.is_used, true) || state.retired.len() < listed
        };
        if is_stale {
            device_keys.delete(&alias)?;
        }
        device_keys.create(&alias, KeyPurpose::Seal)?;
        let key = Arc::new(device_keys.seal_key(header)?);
        let made = EpochKey { header: *header, key };
        let mut state = lock(state);
        if !state.is_closed {
            state.prepared = Some(made.clone());
        }
        Ok(made)
    }

    /// The record is sealed with the key that was next, on the disk. Those of `before` go, and with them what they sealed.
    pub(crate) fn rotated(&self, now: &RecordHeader, before: &[RecordHeader]) -> Result<(), DeviceKeyFault> {
        {
            let mut state = lock(&self.0.state);
            (state.in_force, state.prepared, state.is_used) = (Some(*now), None, false);
        }
        self.retire(before.iter().map(|header| self.0.device_keys.seal(header)).collect())
    }

    /// Deletes these too. What fails is tried again before anything else is committed irrevocably.
    pub(crate) fn retire(&self, aliases: Vec<String>) -> Result<(), DeviceKeyFault> {
        lock(&self.0.state).retired.extend(aliases);
        self.delete_retired()
    }

    /// Deletes what should be gone.
    pub(crate) fn delete_retired(&self) -> Result<(), DeviceKeyFault> {
        // Cloned, not taken: what fails stays.
        let left = lock(&self.0.state).retired.clone();
        for alias in left {
            self.0.device_keys.delete(&alias)?;
            lock(&self.0.state).retired.retain(|left| *left != alias);
        }
        Ok(())
    }

    /// A commit under the next key failed. What was sealed with it may turn up again, so the next try gets another; and until that try has
    /// read the record, nobody knows which key is in force.
    pub(crate) fn invalidate(&self) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.prepared) = (None, None);
    }

    /// What the record of a wallet whose epoch moves on is sealed with, and whether a key of the next alias may exist.
    pub(crate) fn begin(&self, header: &RecordHeader, next_may_exist: bool) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.is_used) = (Some(*header), next_may_exist);
    }

    /// Every key is deleted.
    pub(crate) fn forget_all(&self) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.prepared, state.is_used) = (None, None, false);
        state.retired.clear();
    }
}

impl Drop for KeyLease<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).holder = None;
        self.0.freed.notify_all();
    }
}

/// A thread that panicked, in the keystore's code, runs no more either.
struct Runs<'a>(&'a SealKeys);

impl Drop for Runs<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.state).thread_runs = false;
            self.0.freed.notify_all();
        }
    }
}
