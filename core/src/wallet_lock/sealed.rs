//! The store of a wallet that has a record, and the one way to read and to change that record.

use std::sync::Arc;

use super::epochs::NextSeal;
use crate::error::LockError;
use crate::journal::{Details, Event, Kind};
use crate::platform::Random;
use crate::record::{Record, RecordHeader, SealKey};
use crate::store::{Changes, Durability, Store, StoreError, StoredRecord};
use crate::time::Now;

/// A wallet's store, its record's open part, and the keys of the seal.
pub(super) struct Sealed {
    pub(super) store: Store,
    /// Its epoch is that of the last commit that is certain.
    pub(super) header: RecordHeader,
    /// What the record's row may be: what was committed last, and what was perhaps committed by a commit that failed. An older one that
    /// someone put back while the lock is open is damage.
    seals: Vec<Seal>,
}

/// A sealed record, and what opens it.
struct Seal {
    header: RecordHeader,
    key: Arc<SealKey>,
    sealed: Vec<u8>,
}

/// What changes the record. It is called once at most.
///
/// Not a type of its own for each: what a commit takes is several KiB of code, and each would bring its own.
pub(super) type Change<'a> = &'a mut dyn FnMut(&mut Changing<'_>) -> Result<(), LockError>;

/// A change that is written.
pub(super) struct Committed {
    pub(super) events: Vec<Event>,
    /// The epochs that are over with it.
    pub(super) over: Option<Vec<u64>>,
}

/// What a call changes: the record, rows beside it, and lines for the journal. It is written whole or not at all.
pub(super) struct Changing<'a> {
    pub(super) record: &'a mut Record,
    pub(super) wallet_id: &'a [u8; 16],
    pub(super) rows: &'a Changes<'a>,
    pub(super) random: &'a mut Random,
    lines: Vec<(Kind, Details)>,
    flush: bool,
}

impl Changing<'_> {
    /// Adds a line to the journal.
    pub(super) fn note(&mut self, kind: Kind, details: Details) {
        self.lines.push((kind, details));
    }

    /// Brings this change to the disk before anyone is told of it.
    pub(super) fn flush(&mut self) {
        self.flush = true;
    }
}

impl Sealed {
    /// Takes over a store and the record found in it.
    pub(super) fn new(store: Store, header: RecordHeader, key: SealKey, sealed: Vec<u8>) -> Self {
        Self { store, header, seals: vec![Seal { header, key: Arc::new(key), sealed }] }
    }

    /// The record, if it is the one that belongs here.
    pub(super) fn record(&self) -> Result<Record, LockError> {
        Ok(self.row()?.1)
    }

    /// The record with its open part as it stands there.
    pub(super) fn row(&self) -> Result<(RecordHeader, Record), LockError> {
        let (seal, record) = check(self.store.record()?, &self.seals)?;
        Ok((seal.header, record))
    }

    /// Changes the record in one transaction: read and checked in it, changed by `change`, sealed and committed with its journal lines.
    /// With `next`, which must be the key after the one in force, it is sealed with that, if its epoch moves on.
    pub(super) fn commit(
        &mut self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        next: Option<&NextSeal>,
        change: Change<'_>,
    ) -> Result<Committed, LockError> {
        let Self { store, header, seals } = self;
        let rows = store.begin(durability)?;
        let (last, mut record) = check(rows.record()?, seals)?;
        let next = next.filter(|_| record.is_protected());
        let (found, key) = match next {
            Some(next) if next.header == last.header.next() => (next.header, next.key.clone()),
            Some(_) => return Err(LockError::WrongState),
            None => (last.header, last.key.clone()),
        };
        let before = record.clone();
        let mut changing = Changing {
            record: &mut record,
            wallet_id: &found.wallet_id,
            rows: &rows,
            random,
            lines: Vec::new(),
            flush: false,
        };
        change(&mut changing)?;
        let Changing { record, random, lines, flush, .. } = changing;
        let mut events = Vec::new();
        for (kind, details) in lines {
            events.push(append(&rows, record, random, now, kind, &details)?);
        }
        if *record == before {
            return Ok(Committed { events, over: None });
        }
        let sealed = seal(record, random, &key, &found)?;
        rows.put_record(&found, &sealed)?;
        seals.push(Seal { header: found, key, sealed });
        rows.commit()?;
        // Only now is it certain which one stands there.
        *header = found;
        let before: Vec<_> = seals.drain(..seals.len() - 1).map(|seal| seal.header.epoch).collect();
        let over = before.into_iter().filter(|epoch| *epoch != found.epoch).collect();
        if flush {
            // It is committed whether this succeeds or not. Not flushed, a power cut may undo it: that leaves a count too high, or a
            // wipe that the keystore's mark completes.
            let _undone_at_worst = store.flush();
        }
        Ok(Committed { events, over: next.map(|_| over) })
    }
}

/// Writes the first record of a wallet, in one transaction with what `fill` puts beside it. Returns the sealed record.
pub(super) fn write_first(
    store: &mut Store,
    header: &RecordHeader,
    key: &SealKey,
    mut record: Record,
    random: &mut Random,
    now: Now,
    fill: impl FnOnce(&Changes<'_>, &mut Random) -> Result<(Kind, Details), LockError>,
) -> Result<(Vec<u8>, Event), LockError> {
    let rows = store.begin(Durability::Flushed)?;
    let (kind, details) = fill(&rows, random)?;
    let event = append(&rows, &mut record, random, now, kind, &details)?;
    let sealed = seal(&record, random, key, header)?;
    rows.put_record(header, &sealed)?;
    rows.commit()?;
    Ok((sealed, event))
}

fn check(row: Option<StoredRecord>, seals: &[Seal]) -> Result<(&Seal, Record), LockError> {
    let Some(StoredRecord::Sealed(header, sealed)) = row else { return Err(LockError::DataDamaged) };
    let seal = seals.iter().find(|seal| seal.header == header && seal.sealed == sealed);
    let seal = seal.ok_or(LockError::DataDamaged)?;
    let record = Record::unseal(&sealed, &seal.key, &header).ok_or(LockError::DataDamaged)?;
    Ok((seal, record))
}

/// Writes a line and moves the record's chain on to it.
fn append(
    rows: &Changes<'_>,
    record: &mut Record,
    random: &mut Random,
    now: Now,
    kind: Kind,
    details: &Details,
) -> Result<Event, LockError> {
    let number = record.journal.number + 1;
    let details = details.seal(random, &record.journal_key, number).ok_or(LockError::DataDamaged)?;
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
