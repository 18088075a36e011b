//! Reading and changing the wallet with a session's data key.

use crate::crypto::DataKey;
use crate::engine::{Action, Engine, OpenSession, SessionId, UnitOfWork, View};
use crate::error::LockError;
use crate::record::Record;
use crate::stack::with_stack_wiped;
use crate::store::StoreError;
use crate::vault::{EARLIER_KEYS_ROW, EarlierKeys, INDEX_ROW, Index, Vault};

/// Reads with the session's data key, if the session is live and its wallet is still there.
pub(super) fn with_key<T>(
    engine: &Engine,
    id: SessionId,
    read: impl FnOnce(&DataKey, View<'_>) -> Result<T, LockError>,
) -> Result<T, LockError> {
    with_key_for(engine, id, Action::Read, read)
}

/// Like [`with_key`], if the session may do `action`.
pub(super) fn with_key_for<T>(
    engine: &Engine,
    id: SessionId,
    action: Action,
    read: impl FnOnce(&DataKey, View<'_>) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let (mut read, mut value) = (Some(read), None);
    with_key_once(engine, id, action, &mut |data_key, view| {
        let read = read.take().ok_or(LockError::WrongState)?;
        value = Some(read(data_key, view)?);
        Ok(())
    })?;
    value.ok_or(LockError::WrongState)
}

/// [`with_key_for`] without type parameters, so that it is compiled once for all callers.
fn with_key_once(
    engine: &Engine,
    id: SessionId,
    action: Action,
    read: &mut dyn FnMut(&DataKey, View<'_>) -> Result<(), LockError>,
) -> Result<(), LockError> {
    with_stack_wiped(|| {
        let session = engine.sessions.open(id, action)?;
        let read = engine.ledger.read(|view| {
            if !is_open(&session, &view.header.wallet_id, view.record) {
                return Err(LockError::SessionEnded);
            }
            read(&session.data_key, view)
        });
        end_if_over(engine, id, &read);
        read
    })
}

/// Whether the session is live, its wallet is still there, and the session may do `action`.
pub(super) fn check(engine: &Engine, id: SessionId, action: Action) -> Result<(), LockError> {
    with_key_for(engine, id, action, |_, _| Ok(()))
}

/// Changes the record with the session's data key, if the session is live, its wallet is still there, and the session
/// may do `action`.
pub(super) fn modify<T>(
    engine: &Engine,
    id: SessionId,
    action: Action,
    change: impl FnOnce(&DataKey, &mut UnitOfWork<'_>) -> Result<T, LockError>,
) -> Result<T, LockError> {
    let (mut change, mut value) = (Some(change), None);
    modify_once(engine, id, action, &mut |data_key, work| {
        let change = change.take().ok_or(LockError::WrongState)?;
        value = Some(change(data_key, work)?);
        Ok(())
    })?;
    value.ok_or(LockError::WrongState)
}

/// [`modify`] without type parameters, so that it is compiled once for all callers.
fn modify_once(
    engine: &Engine,
    id: SessionId,
    action: Action,
    change: &mut dyn FnMut(&DataKey, &mut UnitOfWork<'_>) -> Result<(), LockError>,
) -> Result<(), LockError> {
    with_stack_wiped(|| {
        let session = engine.sessions.open(id, action)?;
        let changed = engine.ledger.commit_irrevocably(&mut engine.draw()?, session.now, |work| {
            if !is_open(&session, work.wallet_id, work.record) {
                return Err(LockError::SessionEnded);
            }
            work.use_data_key(&session.data_key);
            change(&session.data_key, work)
        });
        engine.seal_keys.make_ahead();
        end_if_over(engine, id, &changed);
        // If the previous seal key could not be deleted, the change stands all the same. Deleting that key is tried
        // again before anything else is committed irrevocably.
        changed.map(drop)
    })
}

/// Whether the wallet that the session opened is still there under the same data key, and no lock came since the call
/// began: it was neither removed nor wiped, neither recovered nor locked. A session that began before a second factor
/// came into force ends, because nobody asked it for that. The one in which the wallet was set up or
/// recovered goes on.
pub(super) fn is_open(session: &OpenSession, found: &[u8; 16], record: &Record) -> bool {
    session.wallet_id == *found
        && session.data_key_number == record.data_key_number
        && !record.standing(session.now).suspends_sessions()
        && (session.is_first || session.knows_factor || record.recovery.second_factor.now(session.now).is_none())
}

/// Ends a session for which a call found no open wallet any more: an allowance that is used up ends no session by
/// itself.
fn end_if_over<T>(engine: &Engine, id: SessionId, result: &Result<T, LockError>) {
    if matches!(result, Err(LockError::SessionEnded)) {
        engine.sessions.end_locked(id);
    }
}

pub(super) fn open_index(view: &View<'_>, data_key: &DataKey) -> Result<Index, LockError> {
    let bytes = view.store.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
    Ok(Vault::open(data_key, &view.header.wallet_id).open_index(view.record.vault_version, &bytes)?)
}

/// The keys of the data keys before this one.
pub(super) fn earlier_keys(view: &View<'_>, data_key: &DataKey) -> Result<EarlierKeys, LockError> {
    let read = || view.store.item(EARLIER_KEYS_ROW);
    open_earlier_keys(read, &view.header.wallet_id, view.record.data_key_number, data_key)
}

/// The keys of the data keys before this one, in a transaction.
pub(super) fn earlier_keys_in(work: &UnitOfWork<'_>, data_key: &DataKey) -> Result<EarlierKeys, LockError> {
    let read = || work.rows.item(EARLIER_KEYS_ROW);
    open_earlier_keys(read, work.wallet_id, work.record.data_key_number, data_key)
}

fn open_earlier_keys(
    read: impl FnOnce() -> Result<Option<Vec<u8>>, StoreError>,
    wallet_id: &[u8; 16],
    number: u64,
    data_key: &DataKey,
) -> Result<EarlierKeys, LockError> {
    if number == 0 {
        return Ok(EarlierKeys::none(data_key));
    }
    let row = read()?.ok_or(LockError::DataDamaged)?;
    Vault::open(data_key, wallet_id).open_earlier_keys(number, &row).ok_or(LockError::DataDamaged)
}
