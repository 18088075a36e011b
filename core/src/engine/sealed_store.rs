//! The store of a wallet that has a record, and the only code that changes that record.

use super::claims::WalletClaim;
use super::seal_keys::EpochKey;
use super::unit_of_work::{CommitKeys, NewLine, NewLines, UnitOfWork};
use crate::crypto::{DataKey, Random};
use crate::error::LockError;
use crate::events::{Event, Kind};
use crate::journal::{Details, DetailsSealer};
use crate::key_slots::RowSlots;
use crate::record::{Record, RecordHeader, SealedUnder, Survivors, SurvivorsKey, UnsealError};
use crate::store::{Durability, SealedCopy, SealedRow, Store, StoreError, StoredRecord, Transaction};
use crate::time::Now;

/// A wallet's store, its record, and the keys that seal it.
pub(crate) struct SealedStore {
    pub(crate) store: Store,
    /// The header of the last commit that is certain.
    pub(crate) header: RecordHeader,
    /// The seals that the record's row may hold: the one committed last, and those of later commits that failed but may
    /// have been written. Any other row, such as an older one that someone put back while the lock is open, is damage.
    seals: Vec<Seal>,
    /// Ensures that no other lock of this process has this wallet open.
    _claim: WalletClaim,
}

/// A sealed record that this process opened or sealed. A row with the same bytes need not be opened again.
pub(crate) struct Seal {
    /// The exact bytes of the row.
    row: SealedRow,
    /// The key that opens the row: the key of the row's epoch, or the previous epoch's if only the copy opens.
    epoch: EpochKey,
    /// The previous epoch's key, until the keystore has deleted it. Until then each new row also holds a copy under
    /// this key.
    before: Option<EpochKey>,
    record: Record,
}

/// The change that a commit makes. It is called at most once.
///
/// A trait object and not a type parameter: a commit is several KiB of code, which would be compiled again for each
/// change.
pub(super) type Change<'a> = &'a mut dyn FnMut(&mut UnitOfWork<'_>) -> Result<(), LockError>;

/// The result of a commit.
pub(crate) struct Committed {
    pub(crate) events: Vec<Event>,
    /// After a commit under the next epoch's key: the headers of the epochs that are over.
    pub(crate) ended_epochs: Option<Vec<RecordHeader>>,
}

/// The first record of a wallet, after it was written.
pub(crate) struct FirstRecord(Seal);

impl Seal {
    /// Opens a row with the key of its epoch.
    pub(crate) fn open(row: SealedRow, key: EpochKey) -> Result<Self, UnsealError> {
        let record = Record::unseal(&row.sealed, &key.key, &row.header, SealedUnder::CurrentKey)?;
        Ok(Self { row, epoch: key, before: None, record })
    }

    /// Opens the copy in a row with the key of the previous epoch.
    pub(crate) fn open_copy(row: SealedRow, key: EpochKey) -> Result<Self, UnsealError> {
        let copy = row.copy.as_ref().ok_or(UnsealError::Damaged)?;
        let under = SealedUnder::PreviousKey { epoch: key.header.epoch };
        let record = Record::unseal(&copy.sealed, &key.key, &row.header, under)?;
        Ok(Self { row, epoch: key, before: None, record })
    }

    /// The header of the epoch whose key opened the row.
    pub(crate) fn header(&self) -> &RecordHeader {
        &self.epoch.header
    }

    /// Whether only the copy opened. Then the row is written again even if nothing changes.
    fn is_by_copy(&self) -> bool {
        self.row.header.epoch != self.epoch.header.epoch
    }

    /// Whether one of the wallet's keys was made in format 1, which named keys after the file.
    pub(crate) fn has_keys_named_after_file(&self) -> bool {
        let of_copy = self.row.copy.as_ref().map(|copy| copy.place);
        let of_slot = self.record.slot().map(|slot| slot.place());
        [Some(self.row.header.place), of_copy, of_slot].contains(&Some(None))
    }

    /// The opened record.
    pub(crate) fn record(&self) -> &Record {
        &self.record
    }
}

/// What a first record is written with.
pub(crate) struct FirstCommit<'a> {
    pub(crate) now: Now,
    pub(crate) data_key: &'a DataKey,
}

impl SealedStore {
    /// Takes a store and the record that was found in it.
    pub(crate) fn open(store: Store, seal: Seal, claim: WalletClaim) -> Self {
        Self { store, header: seal.epoch.header, seals: vec![seal], _claim: claim }
    }

    /// [`Self::open`] for a first record that was just written.
    pub(crate) fn with(store: Store, first: FirstRecord, claim: WalletClaim) -> Self {
        Self::open(store, first.0, claim)
    }

    /// The slots of the rescue row, as far as this process knows.
    pub(crate) fn rescue_slots(&self) -> RowSlots {
        let ways = self.last_record().map(|record| record.recovery.ways());
        ways.map_or(RowSlots::default(), |ways| RowSlots { code: ways.code.is_some(), escrow: ways.escrow.is_some() })
    }

    /// Takes the store out, with the claim on the wallet and the record that the row must hold.
    pub(crate) fn into_parts(self) -> Result<(Store, WalletClaim, RecordHeader, Record), LockError> {
        let (header, record) = self.row()?;
        let (header, record) = (*header, record.clone());
        Ok((self.store, self._claim, header, record))
    }

    /// Called once the keystore has deleted the previous epoch's key: wipes that key in memory, so that nothing is
    /// sealed with it any more.
    pub(crate) fn forget_previous_key(&mut self) {
        self.seals.iter_mut().for_each(|seal| seal.before = None);
    }

    /// The record as this process last read or wrote it, whatever happened to the file since.
    pub(crate) fn last_record(&self) -> Result<&Record, LockError> {
        Ok(&self.seals.last().ok_or(LockError::DataDamaged)?.record)
    }

    /// The record and its header, after checking that the row holds the bytes that this process knows.
    pub(crate) fn row(&self) -> Result<(&RecordHeader, &Record), LockError> {
        let seal = check(self.store.record()?, &self.seals)?;
        Ok((&seal.epoch.header, &seal.record))
    }

    /// Changes the record in one transaction: the row is read and checked, `change` changes the record, the record is
    /// sealed and committed with its journal lines. With `next`, which must be the key after the one in force, the
    /// record is sealed under `next`, and a copy under the key in force: if the keystore loses the key that it just
    /// made, the copy opens. The seal key of a wiped wallet is not rotated.
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
        let (NewLines { lines, keys }, flush) = work.into_parts();
        let sealer = DetailsSealer {
            wallet_id: &epoch.header.wallet_id,
            public_key: record.journal_key,
            key: keys.as_ref().map(|keys| &keys.details),
        };
        let mut events = Vec::new();
        for NewLine { kind, details } in lines {
            events.push(append(&rows, &mut record, random, now, &sealer, kind, &details)?);
        }
        if record == last.record && !last.is_by_copy() {
            return Ok(Committed { events, ended_epochs: None });
        }
        if let Some(keys) = &keys {
            put_survivors(&rows, &record, random, &epoch.header.wallet_id, &keys.survivors)?;
        }
        // A commit within the epoch keeps the copy too, while the previous key could not be deleted: the keystore may
        // still lose the epoch's own key.
        let before = if next.is_some() { Some(last.epoch.clone()) } else { last.before.clone() };
        let seal = seal(record, random, epoch, before)?;
        rows.put_record(&seal.row)?;
        let header = seal.epoch.header;
        seals.push(seal);
        rows.commit()?;
        // Only now it is certain which seal the row holds.
        *certain = header;
        let before: Vec<_> = seals.drain(..seals.len() - 1).map(|seal| seal.epoch.header).collect();
        let ended_epochs = before.into_iter().filter(|before| before.epoch != header.epoch).collect();
        if flush {
            // The change is committed even if this flush fails. Without the flush a power cut may undo the change. Then
            // the try counts as failed, or the next opening completes the wipe because of the keystore's mark.
            store.flush().ok();
        }
        Ok(Committed { events, ended_epochs: next.map(|_| ended_epochs) })
    }
}

impl FirstRecord {
    /// Writes the first record that this process has of a wallet, in one transaction with the rows that `fill` adds and
    /// the journal lines that it returns. `fill` may change the record.
    pub(crate) fn write(
        store: &mut Store,
        epoch: EpochKey,
        mut record: Record,
        random: &mut Random,
        first: &FirstCommit<'_>,
        fill: impl FnOnce(&Transaction<'_>, &mut Random, &mut Record) -> Result<Vec<NewLine>, LockError>,
    ) -> Result<(Self, Vec<Event>), LockError> {
        let rows = store.begin(Durability::Flushed)?;
        let lines = fill(&rows, random, &mut record)?;
        let FirstCommit { now, data_key } = *first;
        let keys = CommitKeys::derive(data_key);
        let wallet_id = &epoch.header.wallet_id;
        let sealer = DetailsSealer { wallet_id, public_key: record.journal_key, key: Some(&keys.details) };
        let mut events = Vec::new();
        for NewLine { kind, details } in lines {
            events.push(append(&rows, &mut record, random, now, &sealer, kind, &details)?);
        }
        put_survivors(&rows, &record, random, wallet_id, &keys.survivors)?;
        let seal = seal(record, random, epoch, None)?;
        rows.put_record(&seal.row)?;
        rows.commit()?;
        Ok((Self(seal), events))
    }
}

/// Writes the survivors anew, if there is a rescue row.
fn put_survivors(
    rows: &Transaction<'_>,
    record: &Record,
    random: &mut Random,
    wallet_id: &[u8; 16],
    key: &SurvivorsKey,
) -> Result<(), LockError> {
    if record.recovery.row().is_some() {
        let sealed = Survivors::of(record).seal(random, key, wallet_id, record.recovery.version());
        rows.put_survivors(&sealed.ok_or(LockError::Invalid("record size"))?)?;
    }
    Ok(())
}

/// The seal whose bytes the row holds. No such seal: damage.
fn check(row: Option<StoredRecord>, seals: &[Seal]) -> Result<&Seal, LockError> {
    let Some(StoredRecord::Sealed(row)) = row else { return Err(LockError::DataDamaged) };
    seals.iter().find(|seal| seal.row == row).ok_or(LockError::DataDamaged)
}

/// Writes a journal line and advances the record's chain to it.
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

/// Seals the record in an epoch and, if the previous epoch's key is given, a copy under that key.
fn seal(record: Record, random: &mut Random, epoch: EpochKey, before: Option<EpochKey>) -> Result<Seal, LockError> {
    let header = epoch.header;
    let mut seal =
        |key: &EpochKey, under| record.seal(random, &key.key, &header, under).ok_or(LockError::Invalid("record size"));
    let sealed = seal(&epoch, SealedUnder::CurrentKey)?;
    let copy = before.as_ref().map(|before| {
        let sealed = seal(before, SealedUnder::PreviousKey { epoch: before.header.epoch })?;
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
