//! The store of a wallet that has a record, and the one way to change that record.

use std::sync::Arc;

use super::seal_keys::EpochKey;
use super::unit_of_work::{NewLines, UnitOfWork};
use crate::crypto::{DataKey, Random};
use crate::error::LockError;
use crate::events::{Event, JournalEvent, Kind};
use crate::journal::{Details, DetailsKey, DetailsSealer};
use crate::record::{Record, RecordHeader, SealKey};
use crate::store::{Durability, Store, StoreError, StoredRecord, Transaction};
use crate::time::Now;

/// A wallet's store, its record, and the keys of the seal.
pub(crate) struct SealedStore {
    pub(crate) store: Store,
    /// Its epoch is that of the last commit that is certain.
    pub(crate) header: RecordHeader,
    /// What the record's row may hold: what was committed last, and what was perhaps committed by a commit that failed. An older one that
    /// someone put back while the lock is open is damage.
    seals: Vec<Seal>,
}

/// A sealed record that this process opened or sealed. A row that holds the same bytes needs no opening again.
struct Seal {
    header: RecordHeader,
    key: Arc<SealKey>,
    sealed: Vec<u8>,
    record: Record,
}

/// What changes the record. It is called once at most.
///
/// Not a type of its own for each: what a commit takes is several KiB of code, and each would bring its own.
pub(super) type Change<'a> = &'a mut dyn FnMut(&mut UnitOfWork<'_>) -> Result<(), LockError>;

/// A change that is written.
pub(crate) struct Committed {
    pub(crate) events: Vec<Event>,
    /// With the next epoch's key: the epochs that are over.
    pub(crate) over: Option<Vec<u64>>,
}

/// The first record of a wallet, as it was written.
pub(crate) struct FirstRecord {
    epoch: EpochKey,
    sealed: Vec<u8>,
    record: Record,
}

/// The first line of a wallet's journal.
pub(crate) struct FirstLine<'a> {
    pub(crate) event: &'a JournalEvent<'a>,
    pub(crate) now: Now,
    pub(crate) data_key: &'a DataKey,
}

impl SealedStore {
    /// Takes over a store and the record found in it, which is opened here.
    pub(crate) fn open(store: Store, epoch: EpochKey, sealed: Vec<u8>) -> Result<Self, LockError> {
        let record = Record::unseal(&sealed, &epoch.key, &epoch.header).ok_or(LockError::DataDamaged)?;
        Ok(Self::with(store, FirstRecord { epoch, sealed, record }))
    }

    /// The same with a record that was just written.
    pub(crate) fn with(store: Store, first: FirstRecord) -> Self {
        let FirstRecord { epoch: EpochKey { header, key }, sealed, record } = first;
        Self { store, header, seals: vec![Seal { header, key, sealed, record }] }
    }

    /// The record and its open part, if they are what belongs here.
    pub(crate) fn row(&self) -> Result<(&RecordHeader, &Record), LockError> {
        let seal = check(self.store.record()?, &self.seals)?;
        Ok((&seal.header, &seal.record))
    }

    /// Changes the record in one transaction: read and checked in it, changed by `change`, sealed and committed with its journal lines.
    /// With `next`, which must be the key after the one in force, it is sealed with that, if its epoch moves on.
    pub(crate) fn commit(
        &mut self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        next: Option<&EpochKey>,
        change: Change<'_>,
    ) -> Result<Committed, LockError> {
        let Self { store, header: certain, seals } = self;
        let rows = store.begin(durability)?;
        let last = check(rows.record()?, seals)?;
        let next = next.filter(|_| last.record.is_protected());
        let (header, key) = match next {
            Some(next) if next.header == last.header.next() => (next.header, next.key.clone()),
            Some(_) => return Err(LockError::WrongState),
            None => (last.header, last.key.clone()),
        };
        let mut record = last.record.clone();
        let mut work = UnitOfWork::new(&mut record, &header.wallet_id, &rows, random);
        change(&mut work)?;
        let (NewLines { lines, key: details_key }, flush) = work.into_parts();
        let sealer =
            DetailsSealer { wallet_id: &header.wallet_id, public_key: record.journal_key, key: details_key.as_ref() };
        let mut events = Vec::new();
        for (kind, details) in lines {
            events.push(append(&rows, &mut record, random, now, &sealer, kind, &details)?);
        }
        if record == last.record {
            return Ok(Committed { events, over: None });
        }
        let sealed = seal(&record, random, &key, &header)?;
        rows.put_record(&header, &sealed)?;
        seals.push(Seal { header, key, sealed, record });
        rows.commit()?;
        // Only now is it certain which one stands there.
        *certain = header;
        let before: Vec<_> = seals.drain(..seals.len() - 1).map(|seal| seal.header.epoch).collect();
        let over = before.into_iter().filter(|epoch| *epoch != header.epoch).collect();
        if flush {
            // It is committed whether this succeeds or not. Not flushed, a power cut may undo it: that leaves a count too high, or a
            // wipe that the keystore's mark completes.
            store.flush().ok();
        }
        Ok(Committed { events, over: next.map(|_| over) })
    }
}

impl FirstRecord {
    /// Writes it, in one transaction with what `fill` puts beside it and with its first line.
    pub(crate) fn write(
        store: &mut Store,
        epoch: EpochKey,
        mut record: Record,
        random: &mut Random,
        first_line: &FirstLine<'_>,
        fill: impl FnOnce(&Transaction<'_>, &mut Random) -> Result<(), LockError>,
    ) -> Result<(Self, Event), LockError> {
        let rows = store.begin(Durability::Flushed)?;
        fill(&rows, random)?;
        let FirstLine { event, now, data_key } = *first_line;
        let key = DetailsKey::derive(data_key);
        let wallet_id = &epoch.header.wallet_id;
        let sealer = DetailsSealer { wallet_id, public_key: record.journal_key, key: Some(&key) };
        let event = append(&rows, &mut record, random, now, &sealer, event.kind(), &event.into())?;
        let sealed = seal(&record, random, &epoch.key, &epoch.header)?;
        rows.put_record(&epoch.header, &sealed)?;
        rows.commit()?;
        Ok((Self { epoch, sealed, record }, event))
    }
}

/// The seal whose bytes the row holds.
fn check(row: Option<StoredRecord>, seals: &[Seal]) -> Result<&Seal, LockError> {
    let Some(StoredRecord::Sealed(header, sealed)) = row else { return Err(LockError::DataDamaged) };
    seals.iter().find(|seal| seal.header == header && seal.sealed == sealed).ok_or(LockError::DataDamaged)
}

/// Writes a line and moves the record's chain on to it.
fn append(
    rows: &Transaction<'_>,
    record: &mut Record,
    random: &mut Random,
    now: Now,
    sealer: &DetailsSealer<'_>,
    kind: Kind,
    details: &Details,
) -> Result<Event, LockError> {
    let number = record.journal.number + 1;
    let details = sealer.seal(random, details, number).ok_or(LockError::DataDamaged)?;
    rows.append(&record.journal.append(now, kind, details))?;
    Ok(Event { number, time: now, kind })
}

fn seal(record: &Record, random: &mut Random, key: &SealKey, header: &RecordHeader) -> Result<Vec<u8>, LockError> {
    record.seal(random, key, header).ok_or(LockError::Invalid("record size"))
}

impl From<StoreError> for LockError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::InUse => Self::InUse,
            StoreError::NewerVersion => Self::NewerVersion,
            StoreError::Damaged => Self::DataDamaged,
            StoreError::Failed => Self::Storage,
        }
    }
}
