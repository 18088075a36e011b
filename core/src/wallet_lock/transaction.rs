//! Reading and changing the record of whatever state the lock is in, and telling listeners afterwards.

use super::sealed::{Changing, Sealed};
use super::{State, WalletLock, lock};
use crate::error::LockError;
use crate::journal::Event;
use crate::platform::{Platform, Random};
use crate::record::Record;
use crate::store::Durability;
use crate::time::Now;

impl WalletLock {
    /// Reads the record, checked. Nothing may be called out from `read`.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Sealed, &Record) -> Result<T, LockError>) -> Result<T, LockError> {
        let mut state = lock(&self.state);
        let result = match &*state {
            State::Sealed(sealed) => sealed.record().and_then(|record| read(sealed, &record)),
            State::Damaged => Err(LockError::DataDamaged),
            State::Unconfigured(_) | State::Busy => Err(LockError::WrongState),
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
        let (result, events) = {
            let mut state = lock(&self.state);
            let result = match &mut *state {
                State::Sealed(sealed) => sealed.commit(random, now, durability, change),
                State::Damaged => Err(LockError::DataDamaged),
                State::Unconfigured(_) | State::Busy => Err(LockError::WrongState),
            };
            match self.notice_damage(&mut state, result) {
                Ok((result, events)) => (Ok(result), events),
                Err(error) => (Err(error), Vec::new()),
            }
        };
        self.tell(events);
        result
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

/// Randomness for one call.
pub(super) fn draw(platform: &Platform) -> Result<Random, LockError> {
    Ok(Random::draw(&*platform.entropy)?)
}
