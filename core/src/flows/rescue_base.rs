//! What a recovery builds upon: what the record, or without a record the survivors, the journal and the keystore, tell
//! of the wallet.

use super::open_row::OpenedByRow;
use crate::cards::Cards;
use crate::engine::{AliasKind, DeviceKeys, Engine, MarkedOrder};
use crate::error::LockError;
use crate::events::JournalEvent;
use crate::journal::Head;
use crate::locks::Locks;
use crate::payment::Payments;
use crate::policy::RollbackProtection;
use crate::provider::Provider;
use crate::record::{Record, RecordHeader, Survivors, SurvivorsKey};
use crate::recovery::{Channels, Proofs, SecondFactor};
use crate::store::{Store, StoredRecord};
use crate::time::Now;
use crate::vault::{INDEX_ROW, Vault};

/// More epochs than a phone reaches in its life, at one a second. A row that names a later one was written by somebody
/// else.
const MAX_EPOCH: u64 = 1 << 32;

/// What is known of the wallet besides its rows.
pub(super) struct Base {
    /// The header of the record's row, if it could be read.
    pub(super) header: Option<RecordHeader>,
    /// The journal's end.
    pub(super) journal: Head,
    /// How many lines of it the record or the survivors prove.
    pub(super) proven_lines: u64,
    pub(super) vault_version: u64,
    pub(super) data_key_number: u64,
    pub(super) locks: Locks,
    pub(super) provider: Provider,
    /// Orders of the provider whose marks are in the keystore, and whose locks are not among `locks`.
    pub(super) marks: Vec<MarkedOrder>,
    pub(super) channels: Channels,
    pub(super) second_factor: SecondFactor,
    pub(super) payments: Payments,
    pub(super) cards: Cards,
    pub(super) deleted: Option<Head>,
    pub(super) alerts_seen: u64,
    /// The journal's lines about what waited. It is void, because who recovers chooses anew.
    pub(super) voided: Vec<JournalEvent<'static>>,
    /// `None`: the record could not be read, so it is chosen as for a new wallet.
    pub(super) rollback_protection: Option<RollbackProtection>,
    /// The keys that the record names: they are deleted after the commit.
    pub(super) aliases: Vec<String>,
}

impl Base {
    pub(super) fn is_named_after_file(&self) -> bool {
        self.header.is_some_and(|header| header.place.is_none())
    }
}

/// The base of a wallet whose record can be read: only the record counts.
pub(super) fn base_of_record(engine: &Engine, header: &RecordHeader, record: &Record, now: Now) -> Base {
    let (device_keys, id) = (&engine.device_keys, &header.wallet_id);
    // No journal line that it was cancelled: what was proven led here.
    let mut recovery = record.recovery.clone();
    recovery.proofs = Proofs::default();
    let voided = recovery.void(Some(now));
    let pin = record.slot().map(|slot| device_keys.pin(id, &slot));
    let biometric = record.biometric_slot().map(|slot| device_keys.biometric(id, &slot));
    Base {
        header: Some(*header),
        journal: record.journal.clone(),
        proven_lines: record.journal.number,
        vault_version: record.vault_version,
        data_key_number: record.data_key_number,
        locks: record.locks.clone(),
        provider: record.provider.clone(),
        // Their locks are in the record. A later mark is seen after the commit.
        marks: Vec::new(),
        channels: recovery.channels,
        second_factor: recovery.second_factor,
        payments: record.payments.clone(),
        cards: record.cards.clone(),
        deleted: record.deleted.clone(),
        alerts_seen: record.alerts_seen,
        voided,
        rollback_protection: Some(record.rollback_protection),
        aliases: [device_keys.seal(header)].into_iter().chain(pin).chain(biometric).collect(),
    }
}

/// The base of a wallet whose record cannot be read: the survivors, the index as it is, and the journal as far as it
/// continues the survivors' end.
pub(super) fn base_beside_record(engine: &Engine, store: &Store, opened: &OpenedByRow) -> Result<Base, LockError> {
    let OpenedByRow { data_key, row, .. } = opened;
    let wallet_id = row.wallet_id();
    let stored = store.rescue()?.filter(|stored| stored.row == row.to_stored().as_bytes());
    let survivors = stored.ok_or(LockError::WrongState)?.survivors.ok_or(LockError::DataDamaged)?;
    let key = SurvivorsKey::derive(data_key);
    let survivors = Survivors::open(&survivors, &key, wallet_id, row.version()).ok_or(LockError::DataDamaged)?;
    let Survivors { policy: _, journal, data_key_number, provider, locks, channels, second_factor, .. } = survivors;
    let Survivors { payments, cards, deleted, alerts_seen, .. } = survivors;
    let index = store.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
    let index = Vault::open(data_key, wallet_id).open_index_of_any_version(&index);
    let (vault_version, _) = index.filter(|(version, _)| *version < 1 << 62).ok_or(LockError::DataDamaged)?;
    let (proven_lines, mut head) = (journal.number, journal);
    store.lines_after(head.number, |lines| lines.take_while(|line| head.verify_next(line)).for_each(drop))?;
    let header = match store.record() {
        Ok(Some(StoredRecord::Sealed(row))) if row.header.wallet_id == *wallet_id => Some(row.header),
        _ => None,
    };
    let device_keys = &engine.device_keys;
    let marks = device_keys.lost_marks(wallet_id)?;
    let aliases = header.iter().map(|header| device_keys.seal(header)).collect();
    Ok(Base {
        header,
        journal: head,
        proven_lines,
        vault_version,
        data_key_number,
        locks,
        provider,
        marks,
        channels,
        second_factor,
        payments,
        cards,
        deleted,
        alerts_seen,
        voided: Vec::new(),
        rollback_protection: None,
        aliases,
    })
}

/// An epoch that no key of this wallet has had, as far as it is known: then no older row opens again.
pub(super) fn next_epoch(header: Option<RecordHeader>, listed: &[String]) -> u64 {
    let listed = listed.iter().filter_map(|alias| DeviceKeys::number_of(alias, AliasKind::Seal));
    let epochs = header.map(|header| header.epoch).into_iter().chain(listed);
    epochs.filter(|epoch| *epoch < MAX_EPOCH).max().map_or(0, |epoch| epoch + 1)
}
