//! Opening the lock: what does the database hold, do the keys fit, and what did a killed process leave behind?

mod ask;
mod table;

use std::io::ErrorKind;

use super::lost_marks;
use super::remove::finish_unfinished;
use super::status::{allowance_expires, save_allowance};
use super::wipe::finish_wipe;
use crate::crypto::Random;
use crate::engine::{
    DeviceKeys, Engine, KeyLease, MarkedOrder, Options, Seal, SealedStore, SessionEnd, State, WalletClaim, draw,
};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::key_slots::RescueRow;
use crate::record::{FORMAT, LockStatus};
use crate::store::{Durability, SealedRow, Store, StoreError, StoredRecord, StoredRescue, Unfinished};
use crate::time::{Now, SAVE_WHILE_WATCHED_MS};
use crate::vault::{EARLIER_KEYS_ROW, INDEX_ROW};
use ask::Examination;
use table::{Opening, Row};

/// Makes the engine, and sets its state from what the file and the keystore hold. A keystore that gives no reliable
/// answer is not an error: then the wallet is busy, and `recheck` can look again.
pub(crate) fn open(options: Options) -> Result<Engine, LockError> {
    options.policy.validate()?;
    let mut random = draw(&options.platform)?;
    let now = options.platform.clock.now()?;
    let engine = Engine::new(options, &mut random)?;
    engine.ledger.put(examine_to_state(&engine, &engine.seal_keys.lease()?, &mut random, now)?);
    Ok(engine)
}

/// Opens a wallet again that is damaged or busy, or whose storage failed. A wallet without such a problem stays as it
/// is.
pub(crate) fn recheck(engine: &Engine) -> Result<LockStatus, LockError> {
    let mut random = engine.draw()?;
    let now = engine.platform.clock.now()?;
    {
        let lease = engine.seal_keys.lease()?;
        if let Some(left) = engine.ledger.take_if(|state| Ok(state.may_change_by_opening()))? {
            engine.sessions.end_all(SessionEnd::Locked);
            // Closes the file before it is opened again.
            drop(left);
            lease.forget_all();
            engine.ledger.put(examine_to_state(engine, &lease, &mut random, now).unwrap_or_else(State::Failed));
        }
    }
    super::status::status(engine)
}

/// Opens a wallet again as [`recheck`] does, if it has such a problem: the keystore or the disk may have failed for a
/// moment only. If another call is working on file and keys, this waits for it, as long as a lease may take.
pub(super) fn open_if_broken(engine: &Engine) -> Result<(), LockError> {
    open_if(engine, |state| state.may_change_by_opening() || matches!(state, State::Working))
}

/// Opens a wallet again as [`recheck`] does, if its store refuses every call.
pub(super) fn open_if_shut(engine: &Engine) -> Result<(), LockError> {
    open_if(engine, State::is_shut)
}

fn open_if(engine: &Engine, is_needed: fn(&State) -> bool) -> Result<(), LockError> {
    if engine.ledger.with_state(is_needed) { recheck(engine).map(drop) } else { Ok(()) }
}

/// Examines file and keystore. Damage and a keystore without an answer become states; any other failure is an error.
pub(super) fn examine_to_state(
    engine: &Engine,
    lease: &KeyLease<'_>,
    random: &mut Random,
    now: Now,
) -> Result<State, LockError> {
    match examine(engine, lease, random, now) {
        Err(LockError::DataDamaged) => {
            // A file that cannot be read now is looked at again: it may hold what brings the wallet back.
            let rescue = match read_rescue(engine) {
                Err(LockError::DataDamaged) => None,
                rescue => rescue?,
            };
            let row = rescue.and_then(|(rescue, ..)| RescueRow::parse(&rescue.row));
            Ok(State::Damaged { slots: row.map(|row| row.slots()).unwrap_or_default() })
        }
        Err(fault @ LockError::DeviceKey(_)) => Ok(State::Failed(fault)),
        state => state,
    }
}

fn examine(engine: &Engine, lease: &KeyLease<'_>, random: &mut Random, now: Now) -> Result<State, LockError> {
    let FoundRow { row, store, stored } = read_row(engine)?;
    let examination = ask::ask_keystore(engine, row, stored.as_ref());
    match examination.opening {
        Opening::Newer => Err(LockError::NewerVersion),
        Opening::Damaged => Err(LockError::DataDamaged),
        Opening::Busy => Err(examination.fault.into()),
        Opening::WipeCutShort => {
            drop(store);
            Ok(State::Wiped(finish_wipe(engine)?))
        }
        Opening::WipedWithRecord => Ok(State::Wiped(store.ok_or(LockError::DataDamaged)?)),
        Opening::Unconfigured => begin_unconfigured(engine, store, &examination),
        Opening::BeingMade => match (store, stored) {
            (Some(store), Some(StoredRecord::Unfinished(unfinished))) => {
                finish_being_made(engine, store, &unfinished)?;
                // The row may be an older one that was put in place of a later wallet's row: then that wallet's keys
                // are still here.
                examine(engine, lease, random, now)
            }
            _ => Err(LockError::DataDamaged),
        },
        Opening::Alive | Opening::AliveByCopy | Opening::Wiped => match (store, examination.seal) {
            (Some(store), Some(seal)) => {
                let is_by_copy = examination.opening == Opening::AliveByCopy;
                open_sealed(engine, lease, store, seal, is_by_copy, random, now)
            }
            _ => Err(LockError::DataDamaged),
        },
    }
}

/// What the database holds, as far as it can be read.
struct FoundRow {
    row: Row,
    /// `None`: there is no file, the file is empty, or it is not a readable database.
    store: Option<Store>,
    stored: Option<StoredRecord>,
}

impl FoundRow {
    fn nothing(row: Row) -> Self {
        Self { row, store: None, stored: None }
    }
}

fn read_row(engine: &Engine) -> Result<FoundRow, LockError> {
    // Checked before opening, because opening would create a new file if there is none, and discard a log that lies
    // beside it.
    if has_no_file(engine)? {
        return Ok(FoundRow::nothing(Row::Empty));
    }
    match read_database(engine) {
        Err(StoreError::Damaged) => Ok(FoundRow::nothing(Row::Broken)),
        found => Ok(found?),
    }
}

fn read_database(engine: &Engine) -> Result<FoundRow, StoreError> {
    let store = Store::open(&engine.path)?;
    let stored = store.record()?;
    let row = match &stored {
        Some(StoredRecord::Sealed(SealedRow { header, .. })) if header.format > FORMAT => Row::Newer,
        Some(StoredRecord::Sealed(row)) => Row::Sealed { has_copy: row.copy.is_some() },
        // An unfinished or wiped row stands alone. If there are items or journal lines beside it, someone put or left
        // them there.
        _ if store.has_content()? => Row::Broken,
        Some(StoredRecord::Unfinished(_)) => Row::Unfinished,
        Some(StoredRecord::Wiped) => Row::Wiped,
        None => Row::Empty,
    };
    Ok(FoundRow { row, store: Some(store), stored })
}

/// What a recovery code needs, while no record is open: the rescue row with the survivors, the vault's index, and the
/// keys of earlier data keys. `None`: the file holds no rescue row.
pub(super) fn read_rescue(engine: &Engine) -> Result<Option<FoundRescue>, LockError> {
    if has_no_file(engine)? {
        return Ok(None);
    }
    let store = Store::open(&engine.path)?;
    let Some(rescue) = store.rescue()? else { return Ok(None) };
    Ok(Some((rescue, store.item(INDEX_ROW)?, store.item(EARLIER_KEYS_ROW)?)))
}

type FoundRescue = (StoredRescue, Option<Vec<u8>>, Option<Vec<u8>>);

/// Whether there is no file, or an empty one. Only the error 'not found' means that there is no file: a folder that
/// cannot be read yet, because the phone was not unlocked since it started, may hold a wallet.
fn has_no_file(engine: &Engine) -> Result<bool, LockError> {
    match std::fs::metadata(&engine.path) {
        Ok(file) => Ok(file.len() == 0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(_) => Err(LockError::Storage),
    }
}

fn begin_unconfigured(engine: &Engine, store: Option<Store>, examination: &Examination) -> Result<State, LockError> {
    // No wallet has only biometric keys: these were made by a prompt while everything was being removed. A key that
    // cannot be deleted now opens nothing.
    engine.device_keys.delete_all(&examination.orphan_biometric_keys).ok();
    let store = match store {
        Some(store) => store,
        None => Store::open(&engine.path)?,
    };
    if store.record()?.is_some() || store.has_content()? {
        // The file was empty, but beside it lay the log of another database.
        return Err(LockError::DataDamaged);
    }
    Ok(State::Unconfigured(store))
}

/// Deletes the keys of a wallet that was being made or removed, and then its row. After that the database is empty.
fn finish_being_made(engine: &Engine, mut store: Store, unfinished: &Unfinished) -> Result<(), LockError> {
    // Keys first: while a key is left, the row explains it.
    finish_unfinished(engine, unfinished)?;
    // An earlier wipe at this place was already reported, and a new wallet was begun after it. With no row left, the
    // place's mark would report that wipe again, so the mark goes. But if another wallet's seal key is here, this row
    // is a copy that was put over that wallet, and the mark may belong to that wallet's wipe, which was cut short: then
    // the mark stays.
    if !engine.device_keys.wallets_here()?.has_seal_key {
        engine.device_keys.delete_mark_of_place()?;
    }
    let rows = store.begin(Durability::Flushed)?;
    rows.clear()?;
    Ok(rows.commit()?)
}

fn open_sealed(
    engine: &Engine,
    lease: &KeyLease<'_>,
    store: Store,
    seal: Seal,
    is_by_copy: bool,
    random: &mut Random,
    now: Now,
) -> Result<State, LockError> {
    let device_keys = &engine.device_keys;
    let (wallet_id, named_after_file) = (seal.header().wallet_id, seal.has_keys_named_after_file());
    let (is_alive, is_protected) = (seal.record().is_alive(), seal.record().is_protected());
    let claim = WalletClaim::take(&engine.platform.device_key, &wallet_id)?;
    let mut sealed = SealedStore::open(store, seal, claim);
    // An earlier process may have made a key ahead under the next alias. The lease deletes that key when it makes the
    // next one, and not here, so that opening does not take longer.
    let set_in_force = |sealed: &SealedStore| {
        if is_protected {
            lease.set_in_force(&sealed.header, true);
        }
    };
    if is_by_copy {
        // The record is written again under the key that opened the copy, before a new key gets the lost key's alias.
        // Once such a key exists, the row would not open any more, and the copy would not be tried.
        sealed.commit(random, now, Durability::Flushed, None, &mut |_| Ok(()))?;
    }
    set_in_force(&sealed);
    // A wallet without a provider has no such marks, and asks nothing.
    let has_provider = sealed.row()?.1.policy.provider.is_some();
    let marks = if has_provider { device_keys.lost_marks(&wallet_id)? } else { Vec::new() };
    let unknown = lost_marks::unknown(sealed.row()?.1, &marks);
    apply_pending_changes(engine, &mut sealed, lease, &unknown, random, now)?;
    set_in_force(&sealed);
    if !is_alive && !device_keys.exists(&DeviceKeys::wipe_mark(&wallet_id))? {
        // The process was killed after the record was wiped and before the mark was made. The mark is made before the
        // keys go, so that an older copy that is put back later counts as wiped and not as damaged. If the mark cannot
        // be made, still nothing opens.
        device_keys.mark_as_wiped(&wallet_id).ok();
    }
    restore_rescue_row(&mut sealed, random, now)?;
    let (header, record) = sealed.row()?;
    let version = record.recovery.version();
    let rescue_mark = (version > 0).then(|| DeviceKeys::rescue_mark(&wallet_id, version));
    let in_use = [
        rescue_mark.clone(),
        Some(device_keys.seal(header)),
        record.is_protected().then(|| device_keys.seal(&header.next(device_keys.place()))),
        record.slot().map(|slot| device_keys.pin(&header.wallet_id, &slot)),
        record.biometric_slot().map(|slot| device_keys.biometric(&header.wallet_id, &slot)),
    ];
    // Keys that the list leaves out stay until a later opening.
    let mut left = device_keys.list_of_wallet(&wallet_id, named_after_file)?;
    if rescue_mark.is_some_and(|mark| !left.contains(&mark)) {
        // The keystore lost it, or leaves it out of the list. Without it an older row would not be refused.
        device_keys.mark_rescue_row(&wallet_id, version).ok();
    }
    left.retain(|alias| !in_use.iter().flatten().any(|kept| kept == alias));
    left.retain(|alias| !record.provider.aliases().any(|kept| kept == alias));
    left.extend(lost_marks::stale(record, &wallet_id, &marks));
    for mark in lost_marks::missing(record, &marks) {
        // Its keystore failed when the order came. If it fails again, the record still says that the wallet is locked.
        device_keys.mark_order(&wallet_id, &mark).ok();
    }
    if !left.is_empty() {
        // A change that was cut short, before or after its commit, left these keys. Whether the change was committed is
        // certain: opening has flushed the log. If deleting fails, it is tried again before the next try and at the
        // next opening.
        lease.retire(left).ok();
    }
    Ok(State::Sealed(sealed))
}

/// While the record opens, only its copy of the rescue row counts. A row in the file that differs was put there by
/// somebody else, or belongs to a change that was cut short.
fn restore_rescue_row(sealed: &mut SealedStore, random: &mut Random, now: Now) -> Result<(), LockError> {
    let found = sealed.store.rescue()?.map(|rescue| rescue.row);
    let in_force = sealed.row()?.1.recovery.row().map(|row| row.as_bytes().to_vec());
    if found == in_force {
        return Ok(());
    }
    sealed.commit(random, now, Durability::Flushed, None, &mut |work| {
        match &in_force {
            Some(row) => work.rows.put_rescue_row(row)?,
            None => work.rows.delete_rescue()?,
        }
        work.note(&JournalEvent::RescueRowRestored);
        Ok(())
    })?;
    Ok(())
}

/// Counts the tries that a killed process left unsettled, lets a wait go on after a restart, puts the requested policy
/// in force if it eases nothing, and sets the locks of orders whose marks the record does not know.
///
/// A stricter change rotates the seal key. If no key can be made now, the change still applies; if someone rolls it
/// back, the next opening applies it again.
fn apply_pending_changes(
    engine: &Engine,
    sealed: &mut SealedStore,
    lease: &KeyLease<'_>,
    unknown: &[MarkedOrder],
    random: &mut Random,
    now: Now,
) -> Result<(), LockError> {
    let requested = &engine.requested_policy;
    let record = sealed.row()?.1;
    let adopts = record.policy != *requested && record.adopts(requested, now);
    let expires = allowance_expires(record, now);
    let destroys = record.cards.has_due(now);
    let tightens = record.lockout.open_tries() > 0 || adopts || expires || destroys || !unknown.is_empty();
    let next = if tightens && record.is_protected() { lease.next(&sealed.header).ok() } else { None };
    let is_flushed = next.is_some() || !unknown.is_empty();
    let durability = if is_flushed { Durability::Flushed } else { Durability::Ordered };
    let committed = sealed.commit(random, now, durability, next.as_ref(), &mut |work| {
        let record = &mut *work.record;
        record.save_waits(now, SAVE_WHILE_WATCHED_MS);
        let tries = record.lockout.count_open_as_wrong(now);
        if tries > 0 {
            let standing = record.standing(now);
            work.note(&JournalEvent::OpenTriesCounted { tries });
            work.note_lock(&standing);
        }
        if adopts {
            work.adopt(requested, now);
        }
        let lines = lost_marks::restore(work.record, unknown);
        work.add_lines(lines);
        save_allowance(engine, work, now, SAVE_WHILE_WATCHED_MS);
        work.settle_cards(now);
        Ok(())
    })?;
    if let (Some(ended_epochs), Some(next)) = (committed.ended_epochs, next) {
        // A key that cannot be deleted now is deleted before the next try.
        if lease.rotated(&next.header, &ended_epochs).is_ok() {
            sealed.forget_previous_key();
        }
    }
    Ok(())
}
