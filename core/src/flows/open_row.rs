//! Opening a wallet by a slot of its rescue row: does the data key of the slot open this wallet, and may it? A damaged
//! wallet is looked at again first; apart from that nothing is written here. `flows/rescue.rs` puts a new PIN, a new
//! code and a new data key in force.

use super::enter_code::CodeRefusal;
use super::open;
use super::outcome::{NoVerdict, Refusal};
use super::rekey::earlier_keys;
use super::status::without_record;
use crate::crypto::{DataKey, Random, SlotBytes};
use crate::engine::{DeviceKeys, Engine, RowAge};
use crate::error::LockError;
use crate::key_slots::RescueRow;
use crate::lockout::AttemptGate;
use crate::locks::Locks;
use crate::pin::history::PinHistory;
use crate::policy::Policy;
use crate::proof::Proof;
use crate::record::{LockStatus, Record, Survivors, SurvivorsKey};
use crate::recovery::WayBack;
use crate::store::StoredRescue;
use crate::time::{Lease, Now};
use crate::vault::{EARLIER_KEYS_ROW, INDEX_ROW, Vault};
use zeroize::Zeroizing;

/// How long an opened row waits for the new PIN, in milliseconds: ten minutes, as long as a grant of the provider.
const RESCUE_MS: u64 = 600_000;

/// A wallet that a slot of its rescue row opened, in memory only. It is always in a box, so that moving it moves a
/// pointer and leaves no copy of a key behind.
pub(crate) struct OpenedByRow {
    pub(super) by: OpenedBy,
    pub(super) data_key: DataKey,
    pub(super) row: RescueRow,
    /// The policy under which the new PIN is chosen.
    pub(super) policy: Policy,
    pub(super) history: PinHistory,
    pub(super) history_key: Zeroizing<[u8; 32]>,
    pub(super) lease: Lease,
    /// `None`: the record could not be read.
    pub(super) seen: Option<Box<Seen>>,
}

/// Who opened the row.
pub(super) enum OpenedBy {
    /// The recovery code.
    Code,
    /// The provider, which verified this; one line for the journal.
    Escrow { proofs: String },
}

/// What the check reads from the file.
pub(super) struct Found {
    pub(super) row: RescueRow,
    /// The record, while it can be read: then only it counts. Otherwise the sealed survivors, if there are any.
    base: Base,
    index: Option<Vec<u8>>,
    earlier_keys: Option<Vec<u8>>,
}

enum Base {
    Record { seen: Box<Seen>, vault_version: u64, data_key_number: u64 },
    Survivors(Option<Vec<u8>>),
}

/// What the record said when the row was opened. If it says something else when the new PIN is set, it has to be opened
/// again.
pub(super) struct Seen {
    policy: Policy,
    /// Without their wait, which every status may save anew.
    locks: Locks,
    /// What somebody proved.
    proofs: Vec<Proof>,
    /// When the PIN was right last.
    last_pin: Option<Now>,
    pin_slot: Option<SlotBytes>,
    row: Option<SlotBytes>,
    is_until_restart: bool,
}

impl Seen {
    pub(super) fn of(record: &Record, now: Now) -> Self {
        Self {
            policy: record.policy.clone(),
            locks: record.locks.without_wait(),
            proofs: record.recovery.proofs.given().to_vec(),
            last_pin: record.biometric.last_pin(),
            pin_slot: record.pin_slot.clone(),
            row: record.recovery.row().cloned(),
            is_until_restart: record.standing(now).gate() == AttemptGate::UntilRestart,
        }
    }

    /// Whether what was opened then still counts, now that the record says `later`. What the provider opened goes with
    /// the right PIN, and with each proof that it rests on; what somebody proves beside that does not matter. The
    /// recovery code outranks them all.
    pub(super) fn still_counts(&self, by: &OpenedBy, later: &Self) -> bool {
        let Self { policy, locks, proofs, last_pin, pin_slot, row, is_until_restart } = self;
        let is_unchanged = *policy == later.policy
            && *locks == later.locks
            && *pin_slot == later.pin_slot
            && *row == later.row
            && *is_until_restart == later.is_until_restart;
        let is_proven = || *last_pin == later.last_pin && proofs.iter().all(|proof| later.proofs.contains(proof));
        is_unchanged && (matches!(by, OpenedBy::Code) || is_proven())
    }
}

/// Why a fault stops the check.
pub(super) fn refused(engine: &Engine, fault: &LockError) -> CodeRefusal {
    match Refusal::from_fault(engine, fault) {
        Refusal::Locked(LockStatus::Unconfigured) => CodeRefusal::NotSetUp,
        Refusal::Locked(status) => CodeRefusal::Locked(status),
        Refusal::NoVerdict(cause) => CodeRefusal::NoVerdict(cause),
        Refusal::Wrong(_) => CodeRefusal::Wrong,
    }
}

/// Reads what the code, or the provider, should open: from the record if it can be read, otherwise from the rescue row.
pub(super) fn find(engine: &Engine, way: WayBack, now: Now) -> Result<Found, CodeRefusal> {
    let found = read(engine, way, now)?;
    let slots = found.row.slots();
    let is_set_up = match way {
        WayBack::Code => slots.code,
        WayBack::Escrow => slots.escrow,
    };
    if !is_set_up {
        return Err(CodeRefusal::NotSetUp);
    }
    if matches!(found.base, Base::Survivors(_)) {
        check_marks(engine, &found.row)?;
    }
    Ok(found)
}

fn read(engine: &Engine, way: WayBack, now: Now) -> Result<Found, CodeRefusal> {
    open::open_if_broken(engine).map_err(|fault| refused(engine, &fault))?;
    let read = engine.ledger.read(|view| {
        let record = view.record;
        let standing = record.standing(now);
        let waits = way == WayBack::Code && record.locks.opening_left_ms(now).is_some_and(|left_ms| left_ms > 0);
        if standing.is_wiped() || standing.gate() == AttemptGate::UntilRestart || waits {
            return Ok(Err(CodeRefusal::Locked(LockStatus::of(record, now))));
        }
        let row = record.recovery.row().and_then(|row| RescueRow::parse(row.as_bytes()));
        let Some(row) = row else { return Ok(Err(CodeRefusal::NotSetUp)) };
        let Record { vault_version, data_key_number, .. } = record;
        let base = Base::Record {
            seen: Box::new(Seen::of(record, now)),
            vault_version: *vault_version,
            data_key_number: *data_key_number,
        };
        Ok(Ok(Found {
            row,
            base,
            index: view.store.item(INDEX_ROW)?,
            earlier_keys: view.store.item(EARLIER_KEYS_ROW)?,
        }))
    });
    match read {
        Ok(found) => found,
        Err(LockError::DataDamaged | LockError::DeviceKey(_)) => find_beside_record(engine),
        Err(LockError::WrongState) => match without_record(engine) {
            LockStatus::Locked { .. } => find_beside_record(engine),
            _ => Err(refused(engine, &LockError::WrongState)),
        },
        Err(fault) => Err(refused(engine, &fault)),
    }
}

/// Reads the rescue row and what belongs to it, while no record can be read. No other call opens the file meanwhile.
fn find_beside_record(engine: &Engine) -> Result<Found, CodeRefusal> {
    // While another call finishes a recovery, or opens the file anew, it holds the lease.
    let lease = engine.seal_keys.lease();
    let _lease = lease.map_err(|fault| CodeRefusal::NoVerdict(NoVerdict::DeviceKey(fault)))?;
    let taken = engine.ledger.take_if(|state| Ok(state.is_rescued_from_file()));
    let Ok(Some(before)) = taken else { return Err(CodeRefusal::NoVerdict(NoVerdict::TryAgain)) };
    let found = open::read_rescue(engine);
    engine.ledger.put(before);
    let (StoredRescue { row, survivors }, index, earlier_keys) = match found {
        Ok(Some(found)) => found,
        Ok(None) | Err(LockError::DataDamaged) => return Err(CodeRefusal::NotSetUp),
        Err(fault) => return Err(CodeRefusal::NoVerdict(NoVerdict::from_fault(&fault))),
    };
    let row = RescueRow::parse(&row).ok_or(CodeRefusal::Altered)?;
    Ok(Found { row, base: Base::Survivors(survivors), index, earlier_keys })
}

/// Asks the keystore's marks: a wallet that was wiped stays wiped, whatever is put in its place, and a row that is
/// older than the one in force is refused.
pub(super) fn check_marks(engine: &Engine, row: &RescueRow) -> Result<(), CodeRefusal> {
    let no_verdict = |fault| CodeRefusal::NoVerdict(NoVerdict::DeviceKey(fault));
    let mark = DeviceKeys::wipe_mark(row.wallet_id());
    if engine.device_keys.is_there(&mark).map_err(no_verdict)? {
        return Err(CodeRefusal::Locked(LockStatus::Wiped));
    }
    match engine.device_keys.judge_rescue_row(row.wallet_id(), row.version()).map_err(no_verdict)? {
        RowAge::Current | RowAge::Unknown => Ok(()),
        RowAge::Older => Err(CodeRefusal::OldCode),
    }
}

/// Opens with the data key what it must open too: a data key that somebody chose, or that belongs to another vault, is
/// refused. A slot that did not open (`None`) takes the same way, with a random key.
pub(super) fn open_with(
    opened: Option<DataKey>,
    by: OpenedBy,
    found: Found,
    requested: &Policy,
    random: &mut Random,
    now: Now,
) -> Result<Box<OpenedByRow>, CodeRefusal> {
    let Found { row, base, index, earlier_keys: earlier } = found;
    let is_right = opened.is_some();
    let data_key = opened.unwrap_or_else(|| DataKey::make(random));
    let vault = Vault::open(&data_key, row.wallet_id());
    let is_authentic = row.is_of(&data_key);
    let index = index.unwrap_or_default();
    let (seen, policy, data_key_number, history) = match base {
        Base::Record { seen, vault_version, data_key_number } => {
            let index = vault.open_index(vault_version, &index).ok();
            let policy = seen.policy.clone();
            (Some(seen), Some(policy), data_key_number, index.map(|index| index.pin_history))
        }
        Base::Survivors(sealed) => {
            let key = SurvivorsKey::derive(&data_key);
            let survivors = sealed.and_then(|sealed| Survivors::open(&sealed, &key, row.wallet_id(), row.version()));
            let (policy, number) =
                survivors.map_or((None, 0), |survivors| (Some(survivors.policy), survivors.data_key_number));
            let index = vault.open_index_of_any_version(&index);
            (None, policy, number, index.map(|(_, index)| index.pin_history))
        }
    };
    if !is_right {
        return Err(CodeRefusal::Wrong);
    }
    match (policy, history) {
        (Some(sealed), Some(history)) if is_authentic => {
            let policy = if requested.is_at_least_as_strict_as(&sealed) { requested.clone() } else { sealed };
            let history_key = earlier_keys(earlier, &vault, data_key_number, &data_key).pin_history;
            let lease = Lease::start(RESCUE_MS, now);
            Ok(Box::new(OpenedByRow { by, row, policy, history, history_key, lease, seen, data_key }))
        }
        _ => Err(CodeRefusal::Altered),
    }
}
