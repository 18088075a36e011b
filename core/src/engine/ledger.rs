//! The ledger: the state of the wallet's file, and the three ways to its record: read, commit, commit irrevocably.

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
use crate::key_slots::RowSlots;
use crate::platform::DeviceKeyFault;
use crate::record::{Record, RecordHeader};
use crate::store::{Durability, Store};
use crate::time::Now;

/// The state of the wallet's file, and the parts that a commit concerns.
pub(crate) struct Ledger {
    state: Mutex<State>,
    seal_keys: Arc<SealKeys>,
    sessions: Arc<Sessions>,
    listeners: Arc<Listeners>,
}

/// What the file holds.
pub(crate) enum State {
    /// There is no wallet. The database is empty, or its row says that an enrolment or removal was not finished.
    Unconfigured(Store),
    /// A call is working on file and keys: a PIN is being set, everything is being removed, or the file is being opened
    /// anew.
    Working,
    /// Opening failed with this error, so it is not known what the file holds. Nothing was changed.
    Failed(LockError),
    /// A sealed record.
    Sealed(SealedStore),
    /// The wallet was wiped, and no record is open. The database holds only the row that says so; after a failed write
    /// it may still hold that wallet's row.
    Wiped(Store),
    /// The wallet does not open. The file is left as it is.
    Damaged {
        /// The slots of the rescue row that the file holds: what opens them may open the wallet.
        slots: RowSlots,
    },
}

impl State {
    /// Whether opening the file anew may give another result.
    pub(crate) fn may_change_by_opening(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Failed(_) => true,
            other => other.is_shut(),
        }
    }

    /// Whether the store refuses every call: a flush failed, or an order could not be written.
    pub(crate) fn is_shut(&self) -> bool {
        match self {
            Self::Sealed(sealed) => sealed.store.is_broken(),
            Self::Unconfigured(store) | Self::Wiped(store) => store.is_broken(),
            Self::Damaged { .. } | Self::Failed(_) | Self::Working => false,
        }
    }

    /// Whether a recovery code, or the provider, is tried on what the file holds beside the record, because no record
    /// can be read.
    pub(crate) fn is_rescued_from_file(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Failed(LockError::DeviceKey(_)))
    }

    /// The slots of the rescue row. `None`: they are not known, because the file was not read.
    pub(crate) fn rescue_slots(&self) -> Option<RowSlots> {
        match self {
            Self::Damaged { slots } => Some(*slots),
            Self::Sealed(sealed) => Some(sealed.rescue_slots()),
            Self::Unconfigured(_) | Self::Wiped(_) => Some(RowSlots::default()),
            Self::Working | Self::Failed(_) => None,
        }
    }

    /// The error of a call that needs the record, while there is none to read.
    fn refusal(&self) -> LockError {
        match self {
            Self::Damaged { .. } => LockError::DataDamaged,
            Self::Failed(fault) => fault.clone(),
            Self::Unconfigured(_) | Self::Wiped(_) | Self::Working | Self::Sealed(_) => LockError::WrongState,
        }
    }
}

/// A wallet's record and rows at one moment.
pub(crate) struct View<'a> {
    pub(crate) header: &'a RecordHeader,
    pub(crate) record: &'a Record,
    pub(crate) store: &'a Store,
}

/// An irrevocable commit that is on the disk.
pub(crate) struct Irrevocable<T> {
    pub(crate) value: T,
    /// Whether the previous epoch's seal key is deleted. Until it is, a copy from before the commit still opens.
    pub(crate) old_key_deleted: Result<(), DeviceKeyFault>,
}

impl Ledger {
    /// A ledger in [`State::Working`], until [`Self::put`] sets the state.
    pub(super) fn new(seal_keys: Arc<SealKeys>, sessions: Arc<Sessions>, listeners: Arc<Listeners>) -> Self {
        Self { state: Mutex::new(State::Working), seal_keys, sessions, listeners }
    }

    /// Reads the record, after checking its row. `read` must not call the platform or a listener: a mutex is held.
    pub(crate) fn read<T>(&self, read: impl FnOnce(View<'_>) -> Result<T, LockError>) -> Result<T, LockError> {
        let (mut read, mut value) = (Some(read), None);
        self.read_once(&mut |view| {
            let read = read.take().ok_or(LockError::WrongState)?;
            value = Some(read(view)?);
            Ok(())
        })?;
        value.ok_or(LockError::WrongState)
    }

    /// [`Self::read`] without a type parameter, so that it is compiled once for all callers.
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

    /// Changes the record in one transaction. If `change` fails, everything is undone. `change` must not call the
    /// platform or a listener; listeners are told of its journal lines afterwards.
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

    /// Changes the record so that nobody can roll the change back: it is flushed, sealed under the next epoch's key,
    /// and then the previous key is deleted, so that no copy from before opens any more.
    ///
    /// If the keystore cannot make the next key, or cannot delete a key of an earlier epoch, the call fails before the
    /// commit and changes nothing. Without rollback protection the call is only a flushed commit.
    pub(crate) fn commit_irrevocably<T>(
        &self,
        random: &mut Random,
        now: Now,
        change: impl FnOnce(&mut UnitOfWork<'_>) -> Result<T, LockError>,
    ) -> Result<Irrevocable<T>, LockError> {
        let (value, old_key_deleted) = with_value(change, |change| self.commit_and_rotate(random, now, false, change))?;
        Ok(Irrevocable { value, old_key_deleted })
    }

    /// Like [`Self::commit_irrevocably`], but it rotates the seal key even without rollback protection. The new key's
    /// alias names the place where the file is now.
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
            let Committed { events, ended_epochs } = committed?;
            let deleted = match (ended_epochs, next) {
                (Some(ended_epochs), Some(next)) => lease.rotated(&next.header, &ended_epochs),
                _ => Ok(()),
            };
            if deleted.is_ok()
                && let State::Sealed(sealed) = &mut *lock(&self.state)
            {
                sealed.forget_previous_key();
            }
            // The commit stands, even if the record cannot be read again now.
            if needs_new_key && matches!(self.protected_header(), Ok(None)) {
                // Without rollback protection this one rotation is enough: no more keys are made ahead.
                self.seal_keys.stop();
            }
            (events, deleted)
        };
        self.listeners.tell(&events);
        Ok(deleted)
    }

    /// The header of a record whose seal key is rotated with each irrevocable commit. `None`: it is not rotated.
    pub(crate) fn protected_header(&self) -> Result<Option<RecordHeader>, LockError> {
        self.header_if(false)
    }

    /// The header of a record whose seal key is rotated with each irrevocable commit, or is to be rotated now.
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

    /// After damage was found nothing is read or written any more, so that what is left may still be rescued.
    fn notice_damage<T>(&self, state: &mut State, result: Result<T, LockError>) -> Result<T, LockError> {
        if matches!(result, Err(LockError::DataDamaged)) {
            let slots = state.rescue_slots().unwrap_or_default();
            *state = State::Damaged { slots };
            self.sessions.end_all(SessionEnd::Locked);
        }
        result
    }

    /// Refuses every call that needs the record until the wallet is opened anew: the record lacks a lock or freeze of
    /// an order.
    pub(crate) fn distrust(&self) {
        if let State::Sealed(sealed) = &mut *lock(&self.state) {
            sealed.store.distrust();
        }
    }

    /// Replaces the state.
    pub(crate) fn put(&self, state: State) {
        *lock(&self.state) = state;
    }

    /// If `is_expected` returns `true`, takes the state to work on it and leaves [`State::Working`], so that no other
    /// call begins meanwhile. `None`: the state stays.
    pub(crate) fn take_if(
        &self,
        is_expected: impl FnOnce(&State) -> Result<bool, LockError>,
    ) -> Result<Option<State>, LockError> {
        let mut state = lock(&self.state);
        Ok(is_expected(&state)?.then(|| std::mem::replace(&mut *state, State::Working)))
    }

    /// Treats this wallet as wiped from now on, whatever its record says.
    pub(crate) fn take_for_wiped(&self, wallet_id: &[u8; 16]) {
        let mut state = lock(&self.state);
        let is_it = matches!(&*state, State::Sealed(sealed) if sealed.header.wallet_id == *wallet_id);
        if is_it && let State::Sealed(sealed) = std::mem::replace(&mut *state, State::Working) {
            *state = State::Wiped(sealed.store);
        }
    }

    /// Calls `ask` with the state itself.
    pub(crate) fn with_state<T>(&self, ask: impl FnOnce(&State) -> T) -> T {
        ask(&lock(&self.state))
    }
}

/// Has `commit` make the change. Returns the results of both.
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
