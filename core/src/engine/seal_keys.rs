//! The seal keys, one for each epoch. The next key is made in advance. The previous key is deleted as soon as the next
//! one seals the record.
//!
//! A call that makes a seal key, commits under a new one or deletes one holds the lease, so that one alias never refers
//! to two different keys. The lease is not a mutex: a call that finds it taken waits for a limited time, and a thread
//! that holds it already gets an error at once.

use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use super::device_keys::DeviceKeys;
use super::lock;
use crate::platform::{DeviceKeyFault, KeyPurpose};
use crate::record::{RecordHeader, SealKey};
use crate::stack::with_stack_wiped;

/// How long a call waits for the lease: longer than a slow keystore needs for the few keys of the calls before it. If
/// the keystore does not answer at all, the call reports that instead of waiting longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Makes and deletes seal keys.
pub(crate) struct SealKeys {
    device_keys: Arc<DeviceKeys>,
    has_thread: bool,
    state: Mutex<KeyState>,
    freed: Condvar,
}

/// What is known about the seal keys.
#[derive(Default)]
struct KeyState {
    holder: Option<ThreadId>,
    /// The header of the key that seals the record, as far as it is certain. Set under the lease only (`stop` clears it
    /// at any time): a header that was read before the lease may be out of date, and the 'next' key made from it would
    /// have the alias of the key in force.
    in_force: Option<RecordHeader>,
    /// The thread should make the next key.
    is_wanted: bool,
    prepared: Option<EpochKey>,
    /// A key with the next alias may exist already: it sealed a row that is not in force, its making failed halfway, or
    /// an earlier process made it. That key is deleted before a new one is made.
    is_used: bool,
    /// Aliases of keys that are to be deleted and could not be deleted yet.
    retired: Vec<String>,
    thread: Option<JoinHandle<()>>,
    thread_runs: bool,
    is_closed: bool,
}

/// The record's header in one epoch, and the key that seals the record in that epoch.
#[derive(Clone)]
pub(crate) struct EpochKey {
    pub(crate) header: RecordHeader,
    pub(crate) key: Arc<SealKey>,
}

/// The right to make, use and destroy seal keys. Dropping it returns the right.
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

    /// Waits for the lease. [`DeviceKeyFault::Busy`]: `PATIENCE` has passed because the keystore does not answer the
    /// call that holds the lease, or the keystore called back into the lock from within a call of this thread.
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

    /// Has the next key made by the thread; without a thread, makes it in this call. `read` returns the header in
    /// force; it is called under the lease.
    pub(crate) fn prepare(self: &Arc<Self>, read: impl FnOnce() -> Option<RecordHeader>) {
        if self.has_thread {
            self.make_ahead();
        } else if let Ok(lease) = self.lease() {
            // If this fails, the key is made when it is needed.
            read().map(|header| lease.next(&header));
        }
    }

    /// Has the thread make the next key, if there is a thread.
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
        // A new thread for each key: no thread idles. If none can be started, the next key is made when it is needed.
        state.thread = thread::Builder::new().name("walletlock-seal".to_owned()).spawn(move || keys.work()).ok();
        state.thread_runs = state.thread.is_some();
    }

    fn work(&self) {
        let _guard = ThreadGuard(self);
        while let Some(lease) = self.take_order() {
            with_stack_wiped(|| lease.make_ahead());
        }
    }

    /// Takes the lease, if a key is wanted. `None`: the thread is to end.
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

    /// Closes the seal keys. Waits for the thread, which ends after the key that it is making, so that whoever opens
    /// the file next does not find a key half made. If the thread itself closes, from within a call to the keystore, it
    /// does not wait for itself.
    pub(crate) fn close(&self) {
        {
            let mut state = lock(&self.state);
            state.is_closed = true;
            state.prepared = None;
        }
        self.join_thread();
    }

    /// Stops making keys ahead: no later commit needs one.
    pub(crate) fn stop(&self) {
        let mut state = lock(&self.state);
        (state.in_force, state.is_wanted) = (None, false);
    }

    /// Orders no further key, and waits at most `patience` for the key that is being made ahead. `true`: no key is
    /// being made now.
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

    /// Waits until the thread has ended.
    fn join_thread(&self) {
        let thread = {
            let mut state = lock(&self.state);
            state.is_wanted = false;
            state.thread.take()
        };
        self.freed.notify_all();
        if let Some(thread) = thread.filter(|thread| thread.thread().id() != thread::current().id()) {
            // The thread has ended, even if it panicked.
            thread.join().ok();
        }
    }
}

impl KeyLease<'_> {
    /// The next key, if it was made ahead.
    pub(crate) fn prepared(&self) -> Option<EpochKey> {
        lock(&self.0.state).prepared.clone()
    }

    /// The key after `header`, which the caller read under this lease: the key that was made ahead, or a new one.
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
        // If this fails, the key is made when it is needed.
        in_force.map(|header| self.next(&header));
    }

    fn make(&self, header: &RecordHeader) -> Result<EpochKey, DeviceKeyFault> {
        let SealKeys { device_keys, state, .. } = self.0;
        let alias = device_keys.seal(header);
        let is_stale = {
            let mut state = lock(state);
            let listed = state.retired.len();
            // If a key with this alias is to be deleted, it is deleted now. Later, deleting it would delete the new
            // key.
            state.retired.retain(|left| *left != alias);
            std::mem::replace(&mut state.is_used, true) || state.retired.len() < listed
        };
        if is_stale {
            device_keys.delete(&alias)?;
        }
        if device_keys.create(&alias, KeyPurpose::Seal).is_err() {
            // A recovery that failed halfway may have left a key of this epoch, of which this process does not know. It
            // seals nothing: the record comes to this epoch only now.
            device_keys.delete(&alias)?;
            device_keys.create(&alias, KeyPurpose::Seal)?;
        }
        let key = Arc::new(device_keys.seal_key(header)?);
        let made = EpochKey { header: *header, key };
        let mut state = lock(state);
        if !state.is_closed {
            state.prepared = Some(made.clone());
        }
        Ok(made)
    }

    /// Notes that the record on the disk is now sealed with the next key, and deletes the keys of `before`. After that,
    /// what those keys sealed opens no more.
    pub(crate) fn rotated(&self, now: &RecordHeader, before: &[RecordHeader]) -> Result<(), DeviceKeyFault> {
        {
            let mut state = lock(&self.0.state);
            (state.in_force, state.prepared, state.is_used) = (Some(*now), None, false);
        }
        self.retire(before.iter().map(|header| self.0.device_keys.seal(header)).collect())
    }

    /// Deletes these keys too. A deletion that fails is tried again before anything else is committed irrevocably.
    pub(crate) fn retire(&self, aliases: Vec<String>) -> Result<(), DeviceKeyFault> {
        lock(&self.0.state).retired.extend(aliases);
        self.delete_retired()
    }

    /// Deletes the keys that are still to be deleted.
    pub(crate) fn delete_retired(&self) -> Result<(), DeviceKeyFault> {
        // Cloned, not taken: an alias that cannot be deleted now stays in the list.
        let left = lock(&self.0.state).retired.clone();
        for alias in left {
            self.0.device_keys.delete(&alias)?;
            lock(&self.0.state).retired.retain(|left| *left != alias);
        }
        Ok(())
    }

    /// Called after a commit under the next key failed. The disk may hold a row that was sealed with that key, so the
    /// next commit needs another key. Until a call has read the record again, it is unknown which key is in force.
    pub(crate) fn invalidate(&self) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.prepared) = (None, None);
    }

    /// Sets the header in force of a wallet whose seal key is rotated, and whether a key with the next alias may exist.
    pub(crate) fn set_in_force(&self, header: &RecordHeader, next_may_exist: bool) {
        let mut state = lock(&self.0.state);
        (state.in_force, state.is_used) = (Some(*header), next_may_exist);
    }

    /// Forgets everything about the keys: the caller has deleted them all, or opens the file anew.
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

/// If the thread panics, for example in the keystore's code, notes that it has ended.
struct ThreadGuard<'a>(&'a SealKeys);

impl Drop for ThreadGuard<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            lock(&self.0.state).thread_runs = false;
            self.0.freed.notify_all();
        }
    }
}
