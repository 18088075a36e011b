//! The ledger: the wallet's file in whatever state it is, and the three ways to its record: read, commit, commit irrevocably.

use std::sync::{Arc, Mutex};

use super::listeners::Listeners;
use super::lock;
use super::seal_keys::{EpochKey, SealKeys};
use super::sealed_store::{Change, Committed, SealedStore};
use super::session_end::SessionEnd;
use super::sessions::Sessions;
use super::unit_of_work::UnitOfWork;
use crate::crypto::Random;
use crate::error::LockError;
use crate::platform::DeviceKeyFault;
use crate::record::{Record, RecordHeader};
use crate::store::{Durability, Store};
use crate::time::Now;

/// The wallet's file, and whom a commit concerns.
pub(crate) struct Ledger {
    state: Mutex<State>,
    seal_keys: Arc<SealKeys>,
    sessions: Arc<Sessions>,
    listeners: Arc<Listeners>,
}

/// What the file holds.
pub(crate) enum State {
    /// An empty database and no keys.
    Unconfigured(Store),
    /// A PIN is being set, everything removed, or the file opened anew; the keys are being worked on.
    Working,
    /// It could not be told what there is, for this reason. Nothing was changed.
    Failed(LockError),
    /// A sealed record.
    Sealed(SealedStore),
    /// An empty database: a wipe of which nothing else was left.
    Wiped(Store),
    /// It does not open, and it is left as it is.
    Damaged,
}

impl State {
    /// Whether opening the file anew may find something else.
    pub(crate) fn may_change_by_opening(&self) -> bool {
        match self {
            Self::Damaged | Self::Failed(_) => true,
            Self::Sealed(sealed) => sealed.store.is_broken(),
            Self::Unconfigured(store) | Self::Wiped(store) => store.is_broken(),
            Self::Working => false,
        }
    }

    /// Why there is no record to be read.
    fn refusal(&self) -> LockError {
        match self {
            Self::Damaged => LockError::DataDamaged,
            Self::Failed(fault) => fault.clone(),
            Self::Unconfigured(_) | Self::Wiped(_) | Self::Working | Self::Sealed(_) => LockError::WrongState,
        }
    }
}

/// A wallet's record and rows, as they are in one moment.
pub(crate) struct View<'a> {
    pub(crate) header: &'a RecordHeader,
    pub(crate) record: &'a Record,
    pub(crate) store: &'a Store,
}

/// An irrevocable commit that is on the disk.
pub(crate) struct Irrevocable<T> {
    pub(crate) value: T,
    /// Whether the key of the epoch before is deleted. Until it is, a copy from before the commit still opens.
    pub(crate) old_key_deleted: Result<(), DeviceKeyFault>,
}

impl Ledger {
    /// [`State::Damaged`] until [`Self::put`] says what there is.
    pub(super) fn new(seal_keys: Arc<SealKeys>, sessions: Arc<Sessions>, listeners: Arc<Listeners>) -> Self {
        Self { state: Mutex::new(State::Damaged), seal_keys, sessions, listeners }
    }

    /// Reads the record, checked. Nothing may be called out from `read`.
    pub(crate) fn read<T>(&self, read: impl FnOnce(View<'_>) -> Result<T, LockError>) -> Result<T, LockError> {
        let (mut read, mut value) = (Some(read), None);
        self.read_once(&mut |view| {
            let read = read.take().ok_or(LockError::WrongState)?;
            value = Some(read(view)?);
            Ok(())
        })?;
        value.ok_or(LockError::WrongState)
    }

    /// The same, compiled once for all that read.
    fn read_once(&self, read: &mut dyn FnMut(View<'_>) -> Result<(), LockError>) -> Result<(), LockError> {
        let mut state = lock(&self.state);
        let result = match &*state {
            State::Sealed(sealed) => {
                sealed.row().and_then(|(header, record)| read(View { header, record, store: &sealed.store }))
            }
            other => Err(other.refusal()),
        };
        self.notice_damage(&mut state, result)
    }

    /// Changes the record in one transaction. What `change` refuses is undone. Nothing may be called out from it; listeners hear of its
    /// journal lines afterwards.
    pub(crate) fn commit<T>(
        &self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        change: impl FnOnce(&mut UnitOfWork<'_>) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        let (value, Committed { events, .. }) =
            with_value(change, |change| self.commit_under(random, now, durability, None, change))?;
        self.listeners.tell(&events);
        Ok(value)
    }

    /// Changes the record so that nobody takes it back: on the disk, under the next epoch's key, and the key before it deleted, so that no
    /// copy from before opens any more.
    ///
    /// What fails before the commit (the keystore has no next key, or still an old one that it cannot delete) changes nothing. Without
    /// protection against older copies it is a flushed change and no more.
    pub(crate) fn commit_irrevocably<T>(
        &self,
        random: &mut Random,
        now: Now,
        change: impl FnOnce(&mut UnitOfWork<'_>) -> Result<T, LockError>,
    ) -> Result<Irrevocable<T>, LockError> {
        let (value, old_key_deleted) = with_value(change, |change| self.commit_and_rotate(random, now, false, change))?;
        Ok(Irrevocable { value, old_key_deleted })
    }

    /// The same, under the next epoch's key also where nothing protects against older copies: the key's alias is another one then, of the place
    /// where the file is now.
    pub(crate) fn commit_with_new_key<T>(
        &self,
        random: &mut Random,
        now: Now,
        change: impl FnOnce(&mut UnitOfWork<'_>) -> Result<T, LockError>,
    ) -> Result<Irrevocable<T>, LockError> {
        let (value, old_key_deleted) = with_value(change, |change| self.commit_and_rotate(random, now, true, change))?;
        Ok(Irrevocable { value, old_key_deleted })
    }

    fn commit_and_rotate(
        &self,
        random: &mut Random,
        now: Now,
        needs_new_key: bool,
        change: Change<'_>,
    ) -> Result<Result<(), DeviceKeyFault>, LockError> {
        let (events, deleted) = {
            let lease = self.seal_keys.lease()?;
            lease.delete_retired()?;
            let next = match lease.prepared() {
                None => self.header_if(needs_new_key)?.map(|header| lease.next(&header)).transpose()?,
                prepared => prepared,
            };
            let committed = self.commit_under(random, now, Durability::Flushed, next.as_ref(), change);
            if matches!(committed, Err(LockError::Storage)) {
                lease.invalidate();
            }
            let Committed { events, over } = committed?;
            let deleted = match (over, next) {
                (Some(over), Some(next)) => lease.rotated(&next.header, &over),
                _ => Ok(()),
            };
            if deleted.is_ok()
                && let State::Sealed(sealed) = &mut *lock(&self.state)
            {
                sealed.forget_key_before();
            }
            if needs_new_key && self.protected_header()?.is_none() {
                // Once is enough: no more keys are made ahead.
                self.seal_keys.stop();
            }
            (events, deleted)
        };
        self.listeners.tell(&events);
        Ok(deleted)
    }

    /// The open part of a record whose epoch moves on. `None`: it does not.
    pub(crate) fn protected_header(&self) -> Result<Option<RecordHeader>, LockError> {
        self.header_if(false)
    }

    /// The open part of a record whose epoch moves on, or is to move on now.
    fn header_if(&self, needs_new_key: bool) -> Result<Option<RecordHeader>, LockError> {
        self.read(|view| Ok((view.record.is_protected() || needs_new_key).then_some(*view.header)))
    }

    fn commit_under(
        &self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        next: Option<&EpochKey>,
        change: Change<'_>,
    ) -> Result<Committed, LockError> {
        let mut state = lock(&self.state);
        let result = match &mut *state {
            State::Sealed(sealed) => sealed.commit(random, now, durability, next, change),
            other => Err(other.refusal()),
        };
        self.notice_damage(&mut state, result)
    }

    /// Once damage was seen, nothing is read or written any more: what is left may still be rescued.
    fn notice_damage<T>(&self, state: &mut State, result: Result<T, LockError>) -> Result<T, LockError> {
        if matches!(result, Err(LockError::DataDamaged)) {
            *state = State::Damaged;
            self.sessions.end_all(SessionEnd::Locked);
        }
        result
    }

    /// Puts another state in place of what there is.
    pub(crate) fn put(&self, state: State) {
        *lock(&self.state) = state;
    }

    /// Takes the state to work on, if `is_meant` says so, and leaves [`State::Working`]: nobody else begins meanwhile. `None`: it stays.
    pub(crate) fn take_if(
        &self,
        is_meant: impl FnOnce(&State) -> Result<bool, LockError>,
    ) -> Result<Option<State>, LockError> {
        let mut state = lock(&self.state);
        Ok(is_meant(&state)?.then(|| std::mem::replace(&mut *state, State::Working)))
    }

    /// Says of this wallet that it is wiped, whatever its record says.
    pub(crate) fn take_for_wiped(&self, wallet_id: &[u8; 16]) {
        let mut state = lock(&self.state);
        let is_it = matches!(&*state, State::Sealed(sealed) if sealed.header.wallet_id == *wallet_id);
        if is_it && let State::Sealed(sealed) = std::mem::replace(&mut *state, State::Working) {
            *state = State::Wiped(sealed.store);
        }
    }

    /// Asks something of the state itself.
    pub(crate) fn with_state<T>(&self, ask: impl FnOnce(&State) -> T) -> T {
        ask(&lock(&self.state))
    }
}

/// Has `commit` make the change, and returns what the change and what the commit came to.
fn with_value<T, U>(
    change: impl FnOnce(&mut UnitOfWork<'_>) -> Result<T, LockError>,
    commit: impl FnOnce(Change<'_>) -> Result<U, LockError>,
) -> Result<(T, U), LockError> {
    let (mut change, mut value) = (Some(change), None);
    let committed = commit(&mut |work| {
        let change = change.take().ok_or(LockError::WrongState)?;
        value = Some(change(work)?);
        Ok(())
    })?;
    Ok((value.ok_or(LockError::WrongState)?, committed))
}
