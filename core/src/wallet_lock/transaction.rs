//! Reading the sealed record, and changing it together with what belongs to it.

use super::{State, WalletLock, lock};
use crate::error::LockError;
use crate::journal::{Details, Event, Kind};
use crate::platform::{Platform, Random};
use crate::record::{Record, RecordHeader, SealKey};
use crate::store::{Changes, Durability, Store, StoreError, StoredRecord};
use crate::time::Now;

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

    /// Lets nobody be told of this change before it is on the disk.
    pub(super) fn flush(&mut self) {
        self.flush = true;
    }
}

impl WalletLock {
    /// Reads the record, checked. Nothing may be called out from `read`.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Store, &Record, &RecordHeader) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        let mut state = lock(&self.state);
        let result = match &*state {
            State::Sealed { store, header, key } => store.record().map_err(LockError::from).and_then(|row| {
                let record = check(row, header, key)?;
                read(store, &record, header)
            }),
            State::Damaged => Err(LockError::DataDamaged),
            State::Unconfigured(_) | State::Busy => Err(LockError::WrongState),
        };
        self.notice_damage(&mut state, result)
    }

    /// Changes the record: read and checked inside the transaction, changed by `change`, sealed and committed with its journal lines.
    /// What `change` refuses is undone. Nothing may be called out from it; listeners hear of the lines afterwards.
    pub(super) fn transact<T>(
        &self,
        now: Now,
        durability: Durability,
        change: impl FnOnce(&mut Changing<'_>) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        let mut random = draw(&self.platform)?;
        let (result, events) = {
            let mut state = lock(&self.state);
            let result = match &mut *state {
                State::Sealed { store, header, key } => {
                    commit(store, header, key, &mut random, now, durability, change)
                }
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
        let listeners: Vec<_> = lock(&self.listeners).iter().map(|(_, listener)| listener.clone()).collect();
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

/// The record in a row, if it is the one that belongs here.
pub(super) fn check(row: Option<StoredRecord>, header: &RecordHeader, key: &SealKey) -> Result<Record, LockError> {
    match row {
        Some(StoredRecord::Sealed(found, sealed)) if found == *header => {
            Record::unseal(&sealed, key, header).ok_or(LockError::DataDamaged)
        }
        _ => Err(LockError::DataDamaged),
    }
}

/// One transaction over the record. Returns what `change` said and the lines that were written.
pub(super) fn commit<T>(
    store: &mut Store,
    header: &RecordHeader,
    key: &SealKey,
    random: &mut Random,
    now: Now,
    durability: Durability,
    change: impl FnOnce(&mut Changing<'_>) -> Result<T, LockError>,
) -> Result<(T, Vec<Event>), LockError> {
    let rows = store.begin(durability)?;
    let mut record = check(rows.record()?, header, key)?;
    let before = record.clone();
    let mut changing = Changing {
        record: &mut record,
        wallet_id: &header.wallet_id,
        rows: &rows,
        random,
        lines: Vec::new(),
        flush: false,
    };
    let result = change(&mut changing)?;
    let Changing { record, random, lines, flush, .. } = changing;
    let mut events = Vec::new();
    for (kind, details) in lines {
        events.push(append(&rows, record, random, now, kind, &details)?);
    }
    if *record == before {
        return Ok((result, events));
    }
    write(&rows, record, random, header, key)?;
    rows.commit()?;
    if flush {
        store.flush()?;
    }
    Ok((result, events))
}

/// Writes a line and moves the record's chain on to it.
pub(super) fn append(
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

/// Seals the record and writes it.
pub(super) fn write(
    rows: &Changes<'_>,
    record: &Record,
    random: &mut Random,
    header: &RecordHeader,
    key: &SealKey,
) -> Result<(), LockError> {
    let sealed = record.seal(random, key, header).ok_or(LockError::Invalid("record size"))?;
    Ok(rows.put_record(header, &sealed)?)
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
