//! Reading and changing the record of whatever state the lock is in, and telling listeners afterwards.

use super::epochs::NextSeal;
use super::sealed::{Change, Changing, Committed, Sealed};
use super::{State, WalletLock, lock};
use crate::error::LockError;
use crate::journal::Event;
use crate::platform::{DeviceKeyFault, Platform, Random};
use crate::record::{Record, RecordHeader};
use crate::store::Durability;
use crate::time::Now;

impl WalletLock {
    /// Reads the record, checked. Nothing may be called out from `read`.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Sealed, &Record) -> Result<T, LockError>) -> Result<T, LockError> {
        self.read_row(|sealed, _, record| read(sealed, record))
    }

    fn read_row<T>(
        &self,
        read: impl FnOnce(&Sealed, &RecordHeader, &Record) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        let mut state = lock(&self.state);
        let result = match &*state {
            State::Sealed(sealed) => sealed.row().and_then(|(header, record)| read(sealed, &header, &record)),
            State::Damaged => Err(LockError::DataDamaged),
            State::Unconfigured(_) | State::Wiped(_) | State::Busy => Err(LockError::WrongState),
        };
        self.notice_damage(&mut state, result)
    }

    /// Changes the record in one transaction. What `change` refuses is undone. Nothing may be called out from it; listeners hear of its
    /// journal lines afterwards.
    pub(super) fn transact<T>(
        &self,
        now: Now,
        durability: Durability,
        change: impl FnOnce(&mut Changing<'_>) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        self.transact_with(&mut draw(&self.platform)?, now, durability, change)
    }

    /// The same with randomness drawn before.
    pub(super) fn transact_with<T>(
        &self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        change: impl FnOnce(&mut Changing<'_>) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        let (result, Committed { events, .. }) =
            with_result(change, |change| self.commit(random, now, durability, None, change))?;
        self.tell(events);
        Ok(result)
    }

    /// Changes the record so that nobody takes it back: on the disk, under the next epoch's key, and the key before it deleted, so that no
    /// copy from before opens any more. Beside the result stands whether that deletion succeeded; until it does, such a copy still opens.
    ///
    /// What fails before the commit (the keystore has no next key, or still an old one that it cannot delete) changes nothing. Without
    /// protection against older copies it is a flushed change and no more.
    pub(super) fn transact_for_good<T>(
        &self,
        random: &mut Random,
        now: Now,
        change: impl FnOnce(&mut Changing<'_>) -> Result<T, LockError>,
    ) -> Result<(T, Result<(), DeviceKeyFault>), LockError> {
        with_result(change, |change| self.change_for_good(random, now, change))
    }

    fn change_for_good(
        &self,
        random: &mut Random,
        now: Now,
        change: Change<'_>,
    ) -> Result<Result<(), DeviceKeyFault>, LockError> {
        let (events, deleted) = {
            let turn = self.epochs.take_turn()?;
            turn.delete_left()?;
            let next = match turn.made() {
                None => self.protected()?.map(|header| turn.next(&header)).transpose()?,
                made => made,
            };
            let committed = self.commit(random, now, Durability::Flushed, next.as_ref(), change);
            if matches!(committed, Err(LockError::Storage)) {
                turn.spoil();
            }
            let Committed { events, over } = committed?;
            let deleted = match (over, next) {
                (Some(over), Some(next)) => turn.rotated(&next.header, &over),
                _ => Ok(()),
            };
            (events, deleted)
        };
        self.tell(events);
        Ok(deleted)
    }

    /// The open part of a record whose epoch moves on. `None`: it does not.
    pub(super) fn protected(&self) -> Result<Option<RecordHeader>, LockError> {
        self.read_row(|_, header, record| Ok(record.is_protected().then_some(*header)))
    }

    fn commit(
        &self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        next: Option<&NextSeal>,
        change: Change<'_>,
    ) -> Result<Committed, LockError> {
        let mut state = lock(&self.state);
        let result = match &mut *state {
            State::Sealed(sealed) => sealed.commit(random, now, durability, next, change),
            State::Damaged => Err(LockError::DataDamaged),
            State::Unconfigured(_) | State::Wiped(_) | State::Busy => Err(LockError::WrongState),
        };
        self.notice_damage(&mut state, result)
    }

    /// Tells the listeners. One that fails is none the less told of the next line: what was decided stands.
    pub(super) fn tell(&self, events: Vec<Event>) {
        let listeners: Vec<_> = lock(&self.listeners).all.iter().map(|(_, listener)| listener.clone()).collect();
        for event in events {
            for listener in &listeners {
                let _decided_already = listener.on_event(event);
            }
        }
    }

    /// Once damage was seen, nothing is read or written any more: what is left may still be rescued.
    fn notice_damage<T>(&self, state: &mut State, result: Result<T, LockError>) -> Result<T, LockError> {
        if matches!(result, Err(LockError::DataDamaged)) {
            *state = State::Damaged;
            lock(&self.sessions).end_all();
        }
        result
    }
}

/// Has `commit` make the change, and returns what the change and what the commit came to.
fn with_result<T, U>(
    change: impl FnOnce(&mut Changing<'_>) -> Result<T, LockError>,
    commit: impl FnOnce(Change<'_>) -> Result<U, LockError>,
) -> Result<(T, U), LockError> {
    let (mut change, mut result) = (Some(change), None);
    let committed = commit(&mut |changes| {
        let change = change.take().ok_or(LockError::WrongState)?;
        result = Some(change(changes)?);
        Ok(())
    })?;
    Ok((result.ok_or(LockError::WrongState)?, committed))
}

/// Randomness for one call.
pub(super) fn draw(platform: &Platform) -> Result<Random, LockError> {
    Ok(Random::draw(&*platform.entropy)?)
}
