//! The store of a wallet that has a record, and the one way to change that record.

use super::claims::WalletClaim;
use super::seal_keys::EpochKey;
use super::unit_of_work::{NewLines, UnitOfWork};
use crate::crypto::{DataKey, Random};
use crate::error::LockError;
use crate::events::{Event, JournalEvent, Kind};
use crate::journal::{Details, DetailsKey, DetailsSealer};
use crate::record::{Record, RecordHeader, SealedUnder, UnsealError};
use crate::store::{Durability, SealedCopy, SealedRow, Store, StoreError, StoredRecord, Transaction};
use crate::time::Now;

/// A wallet's store, its record, and the keys of the seal.
pub(crate) struct SealedStore {
    pub(crate) store: Store,
    /// Its epoch is that of the last commit that is certain.
    pub(crate) header: RecordHeader,
    /// What the record's row may hold: what was committed last, and what was perhaps committed by a commit that failed. An older one that
    /// someone put back while the lock is open is damage.
    seals: Vec<Seal>,
    /// No other lock of this process has this wallet open.
    _claim: WalletClaim,
}

/// A sealed record that this process opened or sealed. A row that holds the same bytes needs no opening again.
pub(crate) struct Seal {
    /// The row, to the byte.
    row: SealedRow,
    /// What opens it: the key of the row's epoch, or of the one before if only the copy opens.
    epoch: EpochKey,
    /// The key of the epoch before, until the keystore has deleted it: as long the copy is kept under it.
    before: Option<EpochKey>,
    record: Record,
}

/// What changes the record. It is called once at most.
///
/// Not a type of its own for each: what a commit takes is several KiB of code, and each would bring its own.
pub(super) type Change<'a> = &'a mut dyn FnMut(&mut UnitOfWork<'_>) -> Result<(), LockError>;

/// A change that is written.
pub(crate) struct Committed {
    pub(crate) events: Vec<Event>,
    /// With the next epoch's key: the headers of the epochs that are over.
    pub(crate) over: Option<Vec<RecordHeader>>,
}

/// The first record of a wallet, as it was written.
pub(crate) struct FirstRecord(Seal);

impl Seal {
    /// Opens a row with the key of its epoch.
    pub(crate) fn open(row: SealedRow, key: EpochKey) -> Result<Self, UnsealError> {
        let record = Record::unseal(&row.sealed, &key.key, &row.header, SealedUnder::ItsKey)?;
        Ok(Self { row, epoch: key, before: None, record })
    }

    /// Opens the copy in a row with the key of the epoch before.
    pub(crate) fn open_copy(row: SealedRow, key: EpochKey) -> Result<Self, UnsealError> {
        let copy = row.copy.as_ref().ok_or(UnsealError::Damaged)?;
        let under = SealedUnder::KeyBefore { epoch: key.header.epoch };
        let record = Record::unseal(&copy.sealed, &key.key, &row.header, under)?;
        Ok(Self { row, epoch: key, before: None, record })
    }

    /// Of the epoch whose key opened it.
    pub(crate) fn header(&self) -> &RecordHeader {
        &self.epoch.header
    }

    /// Whether only the copy opened. Then the row is written again even if nothing changes.
    fn is_by_copy(&self) -> bool {
        self.row.header.epoch != self.epoch.header.epoch
    }

    /// Whether format 1 made one of its keys: it named them after the file.
    pub(crate) fn has_keys_named_after_file(&self) -> bool {
        let of_copy = self.row.copy.as_ref().map(|copy| copy.place);
        let of_slot = self.record.slot().map(|slot| slot.place());
        [Some(self.row.header.place), of_copy, of_slot].contains(&Some(None))
    }

    /// What it says.
    pub(crate) fn record(&self) -> &Record {
        &self.record
    }
}

/// The first line of a wallet's journal.
pub(crate) struct FirstLine<'a> {
    pub(crate) event: &'a JournalEvent<'a>,
    pub(crate) now: Now,
    pub(crate) data_key: &'a DataKey,
}

impl SealedStore {
    /// Takes over a store and the record found in it.
    pub(crate) fn open(store: Store, seal: Seal, claim: WalletClaim) -> Self {
        Self { store, header: seal.epoch.header, seals: vec![seal], _claim: claim }
    }

    /// The same with a record that was just written.
    pub(crate) fn with(store: Store, first: FirstRecord, claim: WalletClaim) -> Self {
        Self::open(store, first.0, claim)
    }

    /// The keystore has deleted the key of the epoch before. It outlives that nowhere, and nothing is sealed with it any more.
    pub(crate) fn forget_key_before(&mut self) {
        self.seals.iter_mut().for_each(|seal| seal.before = None);
    }

    /// The record as it was last read or written here, whatever became of the file since.
    pub(crate) fn last_record(&self) -> Result<&Record, LockError> {
        Ok(&self.seals.last().ok_or(LockError::DataDamaged)?.record)
    }

    /// The record and its open part, if they are what belongs here.
    pub(crate) fn row(&self) -> Result<(&RecordHeader, &Record), LockError> {
        let seal = check(self.store.record()?, &self.seals)?;
        Ok((&seal.epoch.header, &seal.record))
    }

    /// Changes the record in one transaction: read and checked in it, changed by `change`, sealed and committed with its journal lines.
    /// With `next`, which must be the key after the one in force, it is sealed with that, and once more with the one in force: should the keystore
    /// lose the key that it just made, the copy opens. A wiped wallet's epoch does not move on.
    pub(crate) fn commit(
        &mut self,
        random: &mut Random,
        now: Now,
        durability: Durability,
        next: Option<&EpochKey>,
        change: Change<'_>,
    ) -> Result<Committed, LockError> {
        let Self { store, header: certain, seals, _claim } = self;
        let rows = store.begin(durability)?;
        let last = check(rows.record()?, seals)?;
        let next = next.filter(|_| last.record.is_alive());
        let epoch = match next {
            Some(next) if next.header.place.map(|place| last.epoch.header.next(place)) == Some(next.header) => {
                next.clone()
            }
            Some(_) => return Err(LockError::WrongState),
            None => EpochKey { header: last.epoch.header.as_written(), ..last.epoch.clone() },
        };
        let mut record = last.record.clone();
        let mut work = UnitOfWork::new(&mut record, &epoch.header.wallet_id, &rows, random);
        change(&mut work)?;
        let (NewLines { lines, key: details_key }, flush) = work.into_parts();
        let sealer = DetailsSealer {
            wallet_id: &epoch.header.wallet_id,
            public_key: record.journal_key,
            key: details_key.as_ref(),
        };
        let mut events = Vec::new();
        for (kind, details) in lines {
            events.push(append(&rows, &mut record, random, now, &sealer, kind, &details)?);
        }
        if record == last.record && !last.is_by_copy() {
            return Ok(Committed { events, over: None });
        }
        // Also of a commit within the epoch, where the key before could not be deleted: the keystore may yet lose the epoch's own.
        let before = if next.is_some() { Some(last.epoch.clone()) } else { last.before.clone() };
        let seal = seal(record, random, epoch, before)?;
        rows.put_record(&seal.row)?;
        let header = seal.epoch.header;
        seals.push(seal);
        rows.commit()?;
        // Only now is it certain which one stands there.
        *certain = header;
        let before: Vec<_> = seals.drain(..seals.len() - 1).map(|seal| seal.epoch.header).collect();
        let over = before.into_iter().filter(|before| before.epoch != header.epoch).collect();
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
        let seal = seal(record, random, epoch, None)?;
        rows.put_record(&seal.row)?;
        rows.commit()?;
        Ok((Self(seal), event))
    }
}

/// The seal whose bytes the row holds.
fn check(row: Option<StoredRecord>, seals: &[Seal]) -> Result<&Seal, LockError> {
    let Some(StoredRecord::Sealed(row)) = row else { return Err(LockError::DataDamaged) };
    seals.iter().find(|seal| seal.row == row).ok_or(LockError::DataDamaged)
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

/// Seals the record in an epoch, and with the key of the epoch before, if there is one, once more.
fn seal(record: Record, random: &mut Random, epoch: EpochKey, before: Option<EpochKey>) -> Result<Seal, LockError> {
    let header = epoch.header;
    let mut seal =
        |key: &EpochKey, under| record.seal(random, &key.key, &header, under).ok_or(LockError::Invalid("record size"));
    let sealed = seal(&epoch, SealedUnder::ItsKey)?;
    let copy = before.as_ref().map(|before| {
        let sealed = seal(before, SealedUnder::KeyBefore { epoch: before.header.epoch })?;
        Ok::<_, LockError>(SealedCopy { place: before.header.place, sealed })
    });
    let row = SealedRow { header, sealed, copy: copy.transpose()? };
    Ok(Seal { row, epoch, before, record })
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
