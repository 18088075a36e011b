//! A session: the data key, for as long as the wallet is open.

use std::collections::BTreeMap;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::transaction::Changing;
use super::verify_pin::Proof;
use super::{WalletLock, lock};
use crate::error::LockError;
use crate::journal::{Details, ExportPart, Exporter, Kind, MAX_PAGE, Page, Query, derive_private_key};
use crate::key_slots::DataKey;
use crate::lockout::policy::SessionPolicy;
use crate::platform::Random;
use crate::record::{Record, RecordHeader};
use crate::store::{Durability, Store};
use crate::time::{Lease, Now};
use crate::vault::{self, INDEX_ROW, Index, Vault};

/// New PINs that may be proposed in one session.
const PROPOSALS: u32 = 10;

/// An open wallet. It ends when it is closed or dropped, when its time is over, and with every lock.
pub struct Session {
    pub(super) lock: Arc<WalletLock>,
    id: u64,
}

/// The live sessions. Their data keys stand here and nowhere else, so that ending them is forgetting them.
#[derive(Default)]
pub(super) struct Sessions {
    last: u64,
    live: BTreeMap<u64, Live>,
}

struct Live {
    data_key: DataKey,
    policy: SessionPolicy,
    absolute: Lease,
    idle: Lease,
    proposals_left: u32,
}

impl Session {
    pub(super) fn start(lock_of: &Arc<WalletLock>, proof: Proof) -> Self {
        let Proof { data_key, now, session: policy } = proof;
        let live = Live {
            data_key,
            absolute: Lease::start(u64::from(policy.absolute_s) * 1000, now),
            idle: Lease::start(u64::from(policy.idle_s) * 1000, now),
            policy,
            proposals_left: PROPOSALS,
        };
        let mut sessions = lock(&lock_of.sessions);
        sessions.last += 1;
        let id = sessions.last;
        sessions.live.insert(id, live);
        Self { lock: lock_of.clone(), id }
    }

    /// The item's bytes. `None` if there is no such item.
    pub fn read(&self, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
        vault::check_id(item)?;
        let data_key = self.data_key()?;
        self.lock.read(|store, record, header| {
            let index = open_index(store, record, header, &data_key)?;
            let Some(row) = Vault::row(&index, item) else { return Ok(None) };
            let sealed = store.item(&row)?.ok_or(LockError::DataDamaged)?;
            Vault::open(&data_key, &header.wallet_id).open_item(&index, item, &sealed).map(Some)
        })
    }

    /// Keeps the item, in place of what was kept under its id. It is on the disk when this returns.
    ///
    /// Ids have up to [`vault::MAX_ID_BYTES`], items up to [`vault::MAX_ITEM_BYTES`]; there may be [`vault::MAX_ITEMS`].
    pub fn write(&self, item: &str, bytes: &[u8]) -> Result<(), LockError> {
        let (data_key, now) = self.open()?;
        self.lock.transact(now, Durability::Flushed, |changes| {
            let vault = Vault::open(&data_key, changes.wallet_id);
            let row = changes
                .change_index(&data_key, |random, index| vault.seal_item(random, index, item, bytes).map(Some))?;
            if let Some(row) = row {
                changes.rows.put_item(&row.id, &row.sealed)?;
            }
            changes.note(Kind::ItemWritten, Details::of("item", item));
            Ok(())
        })
    }

    /// Deletes the item. `false` if there was none.
    pub fn delete(&self, item: &str) -> Result<bool, LockError> {
        vault::check_id(item)?;
        let (data_key, now) = self.open()?;
        self.lock.transact(now, Durability::Flushed, |changes| {
            let removed = changes.change_index(&data_key, |_, index| Ok(index.remove(item)))?;
            let Some(row) = removed else { return Ok(false) };
            changes.rows.delete_item(&row)?;
            changes.note(Kind::ItemDeleted, Details::of("item", item));
            Ok(true)
        })
    }

    /// The ids of all items, in order.
    pub fn items(&self) -> Result<Vec<String>, LockError> {
        let data_key = self.data_key()?;
        self.lock.read(|store, record, header| Ok(open_index(store, record, header, &data_key)?.ids()))
    }

    /// A page of the journal, newest first, as a person reads it.
    pub fn journal(&self, query: &Query) -> Result<Page, LockError> {
        let private_key = derive_private_key(&self.data_key()?);
        self.lock.read(|store, _, _| {
            let below = query.below.unwrap_or(u64::MAX);
            Ok(store.lines_below(below, |lines| {
                let limit = query.limit();
                let mut entries: Vec<_> =
                    lines.filter_map(|line| query.select(&line, &private_key)).take(limit + 1).collect();
                let more = entries.len() > limit;
                entries.truncate(limit);
                let next = entries.last().filter(|_| more).map(|entry| entry.number);
                Page { entries, next }
            })?)
        })
    }

    /// A part of the journal as evidence: JSON lines from the line after `after` (0: from the start), up to `limit` of them (1 to
    /// [`MAX_PAGE`]). Ask again with [`ExportPart::next`] until it is `None`; the last part is signed.
    pub fn export_journal(&self, after: u64, limit: usize) -> Result<ExportPart, LockError> {
        let data_key = self.data_key()?;
        let private_key = derive_private_key(&data_key);
        self.lock.read(|store, record, header| {
            let exporter = Exporter::new(&data_key, &header.wallet_id).ok_or(LockError::Invalid("journal key"))?;
            let mut text = String::new();
            let mut last = after;
            let mut add =
                |line: Option<String>| line.map(|line| text.push_str(&line)).ok_or(LockError::Invalid("journal line"));
            if after == 0 {
                add(exporter.first())?;
            }
            store.lines_after(after, |lines| {
                lines.take(limit.clamp(1, MAX_PAGE)).try_for_each(|line| {
                    last = line.number;
                    add(exporter.line(&line, &private_key))
                })
            })??;
            // A gap at the end is the verifier's to find; asking again would not end.
            let is_last = last == after || last >= record.journal.number;
            if is_last {
                add(exporter.last(&record.journal))?;
            }
            Ok(ExportPart { text, next: (!is_last).then_some(last) })
        })
    }

    /// The Ed25519 key that signs exports. An app that registers it with its provider can later show that an export is its own.
    pub fn journal_public_key(&self) -> Result<Vec<u8>, LockError> {
        let data_key = self.data_key()?;
        self.lock.read(|_, _, header| {
            Ok(Exporter::new(&data_key, &header.wallet_id).ok_or(LockError::Invalid("journal key"))?.public_key())
        })
    }

    /// Whether the session still lives. Asking does not prolong it.
    pub fn is_live(&self) -> bool {
        let Ok(now) = self.lock.platform.clock.now() else { return false };
        lock(&self.lock.sessions).live.get(&self.id).is_some_and(|live| live.is_live(now))
    }

    /// Ends the session. The data key is wiped, if no other session holds it.
    pub fn close(&self) {
        lock(&self.lock.sessions).live.remove(&self.id);
    }

    pub(super) fn data_key(&self) -> Result<DataKey, LockError> {
        self.open().map(|(data_key, _)| data_key)
    }

    /// The data key, if the session lives. Its idle time begins anew.
    fn open(&self) -> Result<(DataKey, Now), LockError> {
        let now = self.lock.platform.clock.now()?;
        let mut sessions = lock(&self.lock.sessions);
        match sessions.live.get_mut(&self.id) {
            Some(live) if live.is_live(now) => {
                live.idle = Lease::start(u64::from(live.policy.idle_s) * 1000, now);
                Ok((live.data_key.clone(), now))
            }
            _ => {
                sessions.live.remove(&self.id);
                Err(LockError::SessionEnded)
            }
        }
    }

    pub(super) fn take_proposal(&self) -> Result<(), LockError> {
        let mut sessions = lock(&self.lock.sessions);
        let live = sessions.live.get_mut(&self.id).ok_or(LockError::SessionEnded)?;
        live.proposals_left =
            live.proposals_left.checked_sub(1).ok_or(LockError::LimitReached("PIN proposals in this session"))?;
        Ok(())
    }

    pub(super) fn end_others(&self) {
        lock(&self.lock.sessions).live.retain(|id, _| *id == self.id);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session")
    }
}

impl Sessions {
    pub(super) fn end_all(&mut self) {
        self.live.clear();
    }
}

impl Live {
    fn is_live(&self, now: Now) -> bool {
        self.absolute.is_live(now) && self.idle.is_live(now)
    }
}

impl Changing<'_> {
    /// Changes the vault's index and gives it its next version, unless `change` has nothing to change.
    pub(super) fn change_index<T>(
        &mut self,
        data_key: &DataKey,
        change: impl FnOnce(&mut Random, &mut Index) -> Result<Option<T>, LockError>,
    ) -> Result<Option<T>, LockError> {
        let vault = Vault::open(data_key, self.wallet_id);
        let sealed = self.rows.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
        let mut index = vault.open_index(self.record.vault_version, &sealed)?;
        let Some(changed) = change(self.random, &mut index)? else { return Ok(None) };
        self.record.vault_version += 1;
        let row = vault.seal_index(self.random, self.record.vault_version, &index)?;
        self.rows.put_item(&row.id, &row.sealed)?;
        Ok(Some(changed))
    }
}

pub(super) fn open_index(
    store: &Store,
    record: &Record,
    header: &RecordHeader,
    data_key: &DataKey,
) -> Result<Index, LockError> {
    let sealed = store.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
    Vault::open(data_key, &header.wallet_id).open_index(record.vault_version, &sealed)
}
