//! A session: the data key, for as long as the wallet is open.

use std::collections::BTreeMap;
use std::sync::{Arc, MutexGuard};

use zeroize::Zeroizing;

use super::sealed::{Changing, Sealed};
use super::transaction::draw;
use super::verify_pin::Proof;
use super::{WalletLock, lock};
use crate::biometric::Payment;
use crate::error::LockError;
use crate::journal::{Details, ExportPart, Exporter, Kind, MAX_PAGE, Page, Query, derive_private_key};
use crate::key_slots::DataKey;
use crate::lockout::policy::SessionPolicy;
use crate::platform::{PlatformFault, Random};
use crate::record::Record;
use crate::stack::with_stack_wiped;
use crate::time::{Lease, Now};
use crate::vault::{self, INDEX_ROW, Index, Vault};

/// How long a PIN is fresh, in milliseconds: five minutes, as long as a hand stays on the phone that entered it. Our own choice.
pub const FRESH_PIN_MS: u64 = 5 * 60 * 1000;
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
    generation: u64,
    /// Readings of the clock that have begun.
    readings: u64,
    live: BTreeMap<u64, Live>,
}

struct Live {
    data_key: DataKey,
    auth_method: AuthMethod,
    wallet_id: [u8; 16],
    policy: SessionPolicy,
    absolute: Lease,
    idle: Lease,
    fresh: Lease,
    proposals_left: u32,
    /// How many readings of the clock had begun when it was used last.
    used_at: u64,
}

/// What opened a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// The PIN.
    Pin,
    /// A finger or face: the session reads, and pays what was confirmed.
    Biometrics {
        /// The payment that the person confirmed.
        payment: Option<Payment>,
    },
}

struct Opened {
    data_key: DataKey,
    wallet_id: [u8; 16],
    now: Now,
    auth_method: AuthMethod,
    is_fresh: bool,
}

impl Session {
    /// Begins, unless a lock event came between the right PIN and now: then it is over before it began.
    pub(super) fn start(lock_of: &Arc<WalletLock>, proof: Proof, auth_method: AuthMethod) -> Self {
        let Proof { data_key, wallet_id, now, session: policy, generation, .. } = proof;
        let mut sessions = lock(&lock_of.sessions);
        let live = Live {
            data_key,
            auth_method,
            wallet_id,
            absolute: Lease::start(u64::from(policy.absolute_s) * 1000, now),
            idle: Lease::start(u64::from(policy.idle_s) * 1000, now),
            fresh: Lease::start(FRESH_PIN_MS, now),
            policy,
            proposals_left: PROPOSALS,
            used_at: sessions.readings,
        };
        sessions.last += 1;
        let id = sessions.last;
        if sessions.generation == generation {
            sessions.live.insert(id, live);
        }
        Self { lock: lock_of.clone(), id }
    }

    /// What the wallet keeps.
    pub fn vault(&self) -> VaultHandle<'_> {
        VaultHandle(self)
    }

    /// What happened.
    pub fn journal(&self) -> JournalHandle<'_> {
        JournalHandle(self)
    }

    /// What opens the wallet.
    pub fn access(&self) -> AccessHandle<'_> {
        AccessHandle(self)
    }

    /// What opened it.
    pub fn auth_method(&self) -> Result<AuthMethod, LockError> {
        self.open().map(|opened| opened.auth_method)
    }

    /// Whether the session still lives. Asking does not prolong it.
    pub fn is_live(&self) -> bool {
        self.lock.read_clock().is_ok_and(|(.., sessions)| sessions.live.contains_key(&self.id))
    }

    /// Ends the session. The data key is wiped, if no other session holds it.
    pub fn close(&self) {
        lock(&self.lock.sessions).live.remove(&self.id);
    }

    /// [`WalletLock::before_last_drop`], if the session is the last to hold the lock.
    pub fn before_last_drop(&self) {
        self.lock.before_last_drop();
    }

    pub(super) fn check_live(&self) -> Result<(), LockError> {
        self.open().map(|_| ())
    }

    /// Whether its PIN was entered just now.
    pub(super) fn check_fresh(&self) -> Result<(), LockError> {
        let Opened { auth_method, is_fresh, .. } = self.open()?;
        if is_fresh && auth_method == AuthMethod::Pin { Ok(()) } else { Err(LockError::PinNeeded) }
    }

    pub(super) fn take_proposal(&self) -> Result<(), LockError> {
        let mut sessions = lock(&self.lock.sessions);
        let live = sessions.live.get_mut(&self.id).ok_or(LockError::SessionEnded)?;
        live.proposals_left =
            live.proposals_left.checked_sub(1).ok_or(LockError::LimitReached("PIN proposals in this session"))?;
        Ok(())
    }

    pub(super) fn end_others(&self) {
        lock(&self.lock.sessions).end_all_but(self.id);
    }

    pub(super) fn end_those_of_biometrics(&self) {
        lock(&self.lock.sessions).end_those_of_biometrics();
    }

    /// Reads with the data key, if the session lives and what it opened is still there.
    pub(super) fn look<T>(
        &self,
        look: impl FnOnce(&DataKey, &Sealed, &Record) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        with_stack_wiped(|| {
            let Opened { data_key, wallet_id, .. } = self.open()?;
            self.lock.read(|sealed, record| {
                if !is_kept(&wallet_id, &sealed.header.wallet_id, record) {
                    return Err(LockError::SessionEnded);
                }
                look(&data_key, sealed, record)
            })
        })
    }

    /// Changes with the data key, likewise. Only what the PIN opened.
    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&DataKey, &mut Changing<'_>) -> Result<T, LockError>,
    ) -> Result<T, LockError> {
        with_stack_wiped(|| {
            let Opened { data_key, wallet_id, now, auth_method, .. } = self.open()?;
            if auth_method != AuthMethod::Pin {
                return Err(LockError::PinNeeded);
            }
            let changed = self.lock.transact_for_good(&mut draw(&self.lock.platform)?, now, |changes| {
                if !is_kept(&wallet_id, changes.wallet_id, changes.record) {
                    return Err(LockError::SessionEnded);
                }
                change(&data_key, changes)
            });
            self.lock.epochs.make_ahead();
            // That the key before could not be deleted takes nothing from what is written: it is tried again before anything else is.
            changed.map(|(changed, _)| changed)
        })
    }

    /// What the session holds, if it lives. Its idle time begins anew.
    fn open(&self) -> Result<Opened, LockError> {
        let (now, reading, mut sessions) = self.lock.read_clock()?;
        let readings = sessions.readings;
        let live = sessions.live.get_mut(&self.id).ok_or(LockError::SessionEnded)?;
        if live.used_at < reading {
            live.idle = Lease::start(u64::from(live.policy.idle_s) * 1000, now);
            live.used_at = readings;
        }
        let is_fresh = live.fresh.is_live(now);
        Ok(Opened {
            data_key: live.data_key.clone(),
            wallet_id: live.wallet_id,
            now,
            auth_method: live.auth_method.clone(),
            is_fresh,
        })
    }
}

/// The vault of an open wallet.
#[derive(Clone, Copy, Debug)]
pub struct VaultHandle<'a>(pub(super) &'a Session);

/// The journal of an open wallet.
#[derive(Clone, Copy, Debug)]
pub struct JournalHandle<'a>(pub(super) &'a Session);

/// What opens the wallet: PIN, wipe PIN, biometrics.
#[derive(Clone, Copy, Debug)]
pub struct AccessHandle<'a>(pub(super) &'a Session);

impl VaultHandle<'_> {
    /// The item's bytes. `None` if there is no such item.
    pub fn read(&self, item: &str) -> Result<Option<Zeroizing<Vec<u8>>>, LockError> {
        vault::check_id(item)?;
        self.0.look(|data_key, sealed, record| {
            let index = open_index(sealed, record, data_key)?;
            let Some(row) = Vault::row(&index, item) else { return Ok(None) };
            let bytes = sealed.store.item(&row)?.ok_or(LockError::DataDamaged)?;
            Vault::open(data_key, &sealed.header.wallet_id).open_item(&index, item, &bytes).map(Some)
        })
    }

    /// Keeps the item, in place of what was kept under its id. It is on the disk when this returns. [`LockError::PinNeeded`] in a session that
    /// biometrics opened.
    ///
    /// Ids have up to [`crate::MAX_ID_BYTES`], items up to [`crate::MAX_ITEM_BYTES`]; there may be [`crate::MAX_ITEMS`].
    pub fn write(&self, item: &str, bytes: &[u8]) -> Result<(), LockError> {
        self.0.change(|data_key, changes| {
            let vault = Vault::open(data_key, changes.wallet_id);
            let row = changes
                .change_index(data_key, |random, index| vault.seal_item(random, index, item, bytes).map(Some))?;
            if let Some(row) = row {
                changes.rows.put_item(&row.id, &row.sealed)?;
            }
            changes.note(Kind::ItemWritten, Details::of("item", item));
            Ok(())
        })
    }

    /// Deletes the item. `false` if there was none. [`LockError::PinNeeded`] in a session that biometrics opened.
    pub fn delete(&self, item: &str) -> Result<bool, LockError> {
        vault::check_id(item)?;
        self.0.change(|data_key, changes| {
            let removed = changes.change_index(data_key, |_, index| Ok(index.remove(item)))?;
            let Some(row) = removed else { return Ok(false) };
            changes.rows.delete_item(&row)?;
            changes.note(Kind::ItemDeleted, Details::of("item", item));
            Ok(true)
        })
    }

    /// The names of all items, in order.
    pub fn names(&self) -> Result<Vec<String>, LockError> {
        self.0.look(|data_key, sealed, record| Ok(open_index(sealed, record, data_key)?.ids()))
    }
}

impl JournalHandle<'_> {
    /// A page of the journal, newest first, as a person reads it.
    ///
    /// A call looks at [`crate::journal::SCANNED_LINES`] lines at most, so that a search through a long journal never keeps a PIN waiting: a page may
    /// hold fewer entries than asked for, or none, and still have a next one.
    pub fn page(&self, query: &Query) -> Result<Page, LockError> {
        self.0.look(|data_key, sealed, _| {
            let private_key = derive_private_key(data_key);
            let below = query.below.unwrap_or(u64::MAX);
            Ok(sealed.store.lines_below(below, |lines| query.page(lines, &private_key))?)
        })
    }

    /// A part of the journal as evidence: JSON lines from the line after `after` (0: from the start), up to `limit` of them (1 to
    /// [`MAX_PAGE`]). Ask again with [`ExportPart::next`] until it is `None`; the last part is signed.
    pub fn export(&self, after: u64, limit: usize) -> Result<ExportPart, LockError> {
        self.0.look(|data_key, sealed, record| {
            let exporter =
                Exporter::new(data_key, &sealed.header.wallet_id).ok_or(LockError::Invalid("journal key"))?;
            let limit = limit.clamp(1, MAX_PAGE);
            let part =
                sealed.store.lines_after(after, |lines| exporter.part(after, lines.take(limit), &record.journal))?;
            part.ok_or(LockError::Invalid("journal line"))
        })
    }

    /// The Ed25519 key that signs exports. An app that registers it with its provider can later show that an export is its own.
    pub fn public_key(&self) -> Result<Vec<u8>, LockError> {
        self.0.look(|data_key, sealed, _| {
            let exporter =
                Exporter::new(data_key, &sealed.header.wallet_id).ok_or(LockError::Invalid("journal key"))?;
            Ok(exporter.public_key())
        })
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

impl WalletLock {
    /// The time, the number of this reading, and the sessions that it leaves alive.
    pub(super) fn read_clock(&self) -> Result<(Now, u64, MutexGuard<'_, Sessions>), PlatformFault> {
        let reading = {
            let mut sessions = lock(&self.sessions);
            sessions.readings += 1;
            sessions.readings
        };
        let now = self.platform.clock.now()?;
        let mut sessions = lock(&self.sessions);
        sessions.end_expired(now, reading);
        Ok((now, reading, sessions))
    }
}

impl Sessions {
    /// Raised by every event that ends sessions: what was proven before it opens none after it.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn end_all(&mut self) -> u64 {
        self.live.clear();
        self.generation += 1;
        self.generation
    }

    /// Ends those whose time is over or whose clock was set back. A reading that had begun when a session was used is older than that use,
    /// not a clock set back: two threads read the clock in one order and came here in the other.
    fn end_expired(&mut self, now: Now, reading: u64) {
        self.live.retain(|_, live| live.used_at >= reading || (live.absolute.is_live(now) && live.idle.is_live(now)));
    }

    fn end_those_of_biometrics(&mut self) {
        self.live.retain(|_, live| live.auth_method == AuthMethod::Pin);
        self.generation += 1;
    }

    fn end_all_but(&mut self, id: u64) {
        self.live.retain(|live, _| *live == id);
        self.generation += 1;
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

/// Whether what a session opened is still there: neither removed nor wiped since its call began.
fn is_kept(opened: &[u8; 16], found: &[u8; 16], record: &Record) -> bool {
    opened == found && record.pin_slot.is_some()
}

pub(super) fn open_index(sealed: &Sealed, record: &Record, data_key: &DataKey) -> Result<Index, LockError> {
    let bytes = sealed.store.item(INDEX_ROW)?.ok_or(LockError::DataDamaged)?;
    Vault::open(data_key, &sealed.header.wallet_id).open_index(record.vault_version, &bytes)
}
