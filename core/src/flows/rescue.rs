//! The end of a recovery: a new PIN, a new code and a new data key are put in force, in one transaction. What the
//! wallet keeps stays, and so does escrow.
//!
//! If the process is killed before the transaction, the old code or the provider opens the wallet again. After it, the
//! new PIN and the new code do.

use super::enrol::measure_rotation;
use super::enter_code::CodeRefusal;
use super::judge_pin::{judge, too_short};
use super::lost_marks;
use super::make_slot::{NewKeys, derive, make_new_keys};
use super::open;
use super::open_row::{OpenedBy, OpenedByRow, Seen, check_marks};
use super::outcome::NoVerdict;
use super::recovery_change::make_row;
use super::rekey::{DataKeys, reseal};
use super::rescue_base::{base_beside_record, base_of_record, next_epoch};
use crate::biometric::Biometric;
use crate::crypto::kdf::CALIBRATION;
use crate::crypto::{DataKey, Random};
use crate::engine::{
    DeviceKeys, Engine, FirstCommit, FirstRecord, NewLine, SealedStore, SessionEnd, SessionId, SessionTerms, State,
    Verified, WalletClaim,
};
use crate::error::LockError;
use crate::events::{Event, JournalEvent};
use crate::key_slots::WipeCheck;
use crate::lockout::Lockout;
use crate::locks::Way;
use crate::pin::history::PinHistory;
use crate::pin::{Finding, Personal, Pin, PinEntry};
use crate::platform::PlatformFault;
use crate::record::{FORMAT, Life, LockStatus, Record, RecordHeader};
use crate::recovery::{CodeKey, Recovery, RecoveryCode, WaysBack};
use crate::reminders::Reminders;
use crate::stack::with_stack_wiped;
use crate::store::Store;
use crate::time::Now;

/// How long a lock of the provider withstands the recovery code: 72 hours of time since boot. DESIGN 3.
const PROVIDERS_LOCK_MS: u64 = 72 * 3_600_000;

/// How a recovery ended.
pub(crate) enum Recovered {
    /// The new PIN and the new code are in force, and this session is open.
    Open {
        session: SessionId,
        /// The names of the items that were damaged and are lost.
        lost_items: Vec<String>,
    },
    /// The new PIN and the new code are in force, and a lock of the provider stands.
    Locked { status: LockStatus, lost_items: Vec<String> },
    /// The proposed PIN is not allowed, for these reasons.
    Forbidden(Vec<Finding>),
    /// The new code was not confirmed.
    NotConfirmed,
    /// The code was entered, or the grant taken, too long ago. That has to be done again.
    Expired,
}

/// The wallet after the commit.
struct Rebuilt {
    header: RecordHeader,
    sealed: SealedStore,
    data_key: DataKey,
    data_key_number: u64,
    key_number: u64,
    is_protected: bool,
    events: Vec<Event>,
    lost_items: Vec<String>,
    /// The keys that are not in force any more.
    retired: Vec<String>,
}

/// Sets the new PIN, puts the new code in force, and opens the wallet. The entry is emptied once the PIN is set.
pub(crate) fn rescue(
    engine: &Engine,
    opened: &OpenedByRow,
    entry: &PinEntry,
    personal: &[Personal],
    code: &RecoveryCode,
) -> Result<Recovered, LockError> {
    with_stack_wiped(|| {
        let now = engine.platform.clock.now()?;
        if now.boot.is_none() {
            return Err(PlatformFault.into());
        }
        if !opened.lease.is_live(now) {
            return Ok(Recovered::Expired);
        }
        if !code.is_confirmed() {
            return Ok(Recovered::NotConfirmed);
        }
        // The same copy of the PIN is judged and set, even if the entry changes meanwhile.
        let Some(pin) = entry.peek() else { return Ok(Recovered::Forbidden(vec![too_short(&opened.policy)])) };
        let judgement = judge(&pin, personal, &opened.policy);
        if !judgement.allowed {
            return Ok(Recovered::Forbidden(judgement.findings));
        }
        let mut history = opened.history.clone();
        let history_output = derive(engine, &pin, &history.salt, &history.cost)?;
        if history.contains(&opened.history_key, &history_output, opened.policy.pin.remember) {
            return Ok(Recovered::Forbidden(vec![Finding::UsedBefore]));
        }
        history.push(&opened.history_key, &history_output);
        let mut random = engine.draw()?;
        let lease = engine.seal_keys.lease()?;
        let taken = engine.ledger.take_if(|state| match state {
            State::Sealed(sealed) => {
                let later = Seen::of(sealed.row()?.1, now);
                Ok(opened.seen.as_deref().is_some_and(|seen| seen.still_counts(&opened.by, &later)))
            }
            state => Ok(state.is_rescued_from_file()),
        })?;
        // Another call changed the wallet since its row was opened, or locked it.
        let taken = taken.ok_or(LockError::WrongState)?;
        lease.forget_all();
        let generation = engine.sessions.end_all(SessionEnd::Replaced);
        engine.prompts.cancel_any();
        let request = Request { opened, pin: &pin, history, code };
        let rebuilt = match rebuild(engine, taken, request, &mut random, now) {
            Ok(rebuilt) => rebuilt,
            Err(fault) => {
                // After a commit that failed nobody knows what the file holds: it is looked at again.
                engine
                    .ledger
                    .put(open::examine_to_state(engine, &lease, &mut random, now).unwrap_or_else(State::Failed));
                return Err(fault);
            }
        };
        let Rebuilt { header, sealed, data_key, data_key_number, key_number, is_protected, .. } = rebuilt;
        let Rebuilt { events, lost_items, retired, .. } = rebuilt;
        if is_protected {
            lease.set_in_force(&header, false);
        }
        engine.ledger.put(State::Sealed(sealed));
        // An order may have come while the wallet was rebuilt: then only its mark is there.
        lost_marks::restore_late(engine, &header.wallet_id, &mut random, now);
        lost_marks::drop_stale(engine);
        // What cannot be deleted now is deleted before the next try, or at the next opening.
        lease.retire(retired).ok();
        drop(lease);
        entry.clear();
        engine.attempts.forget_wrong();
        engine.alerts_given.forget();
        engine.listeners.tell(&events);
        engine.seal_keys.make_ahead();
        let standing = engine.ledger.read(|view| {
            let record = view.record;
            Ok(record.standing(now).hardest().map(|_| LockStatus::of(record, now)))
        });
        if let Some(status) = standing? {
            return Ok(Recovered::Locked { status, lost_items });
        }
        let terms = SessionTerms::first(opened.policy.session.clone());
        let wallet_id = header.wallet_id;
        let verified = Verified { data_key, data_key_number, wallet_id, key_number, now, terms, generation };
        Ok(Recovered::Open { session: engine.sessions.start_first(verified), lost_items })
    })
}

/// For how long payments are off after a recovery of a wallet without a provider. With one they are off until it has
/// registered the phone again.
const PAYMENTS_OFF_MS: u64 = 24 * 3_600_000;

/// What the person chose.
struct Request<'a> {
    opened: &'a OpenedByRow,
    pin: &'a Pin,
    /// The history with the new PIN in it.
    history: PinHistory,
    code: &'a RecoveryCode,
}

fn rebuild(
    engine: &Engine,
    taken: State,
    request: Request<'_>,
    random: &mut Random,
    now: Now,
) -> Result<Rebuilt, LockError> {
    let Request { opened, pin, history, code } = request;
    let device_keys = &engine.device_keys;
    let OpenedByRow { by, data_key: old, row, policy, .. } = opened;
    let wallet_id = row.wallet_id();
    let (mut store, claim, base) = match taken {
        State::Sealed(sealed) => {
            let (store, claim, header, record) = sealed.into_parts()?;
            (store, claim, base_of_record(engine, &header, &record, now))
        }
        _ => {
            let claim = WalletClaim::take(&engine.platform.device_key, wallet_id)?;
            let store = Store::open(&engine.path)?;
            let base = base_beside_record(engine, &store, opened)?;
            (store, claim, base)
        }
    };
    // The record was read, and the book's row is the one that it names.
    let is_known = base.rollback_protection.is_some();
    if !is_known {
        check_marks(engine, row).map_err(|refusal| match refusal {
            CodeRefusal::NoVerdict(NoVerdict::DeviceKey(fault)) => fault.into(),
            _ => LockError::WrongState,
        })?;
    }

    let place = device_keys.place();
    let listed = device_keys.list_of_wallet_twice(wallet_id, base.is_named_after_file())?;
    let header = RecordHeader {
        format: FORMAT,
        epoch: next_epoch(base.header, &listed),
        wallet_id: *wallet_id,
        place: Some(place),
    };
    let key_number = u64::from_be_bytes(*random.bytes());
    let (seal_key, pin_key) = (device_keys.seal(&header), device_keys.new_pin(wallet_id, key_number));
    // A key with this alias may be left from a key that was made ahead, or from a rescue that was cut short.
    device_keys.delete(&seal_key)?;
    let rollback_protection = match base.rollback_protection {
        Some(known) => known,
        None => engine.anti_rollback.choose(|| measure_rotation(engine, &header))?,
    };
    let NewKeys { epoch, data_key: new, slot, .. } = make_new_keys(engine, random, header, key_number, pin)?;
    let version = row.version() + 1;
    let code_key = CodeKey::make(random, code.bytes()).ok_or(LockError::Invalid("recovery code"))?;
    let escrow = policy.escrow_key().copied().filter(|_| row.slots().escrow);
    let loses_escrow = row.slots().escrow && escrow.is_none();
    let ways = WaysBack { code: Some(code_key), escrow };
    let new_row = make_row(random, wallet_id, version, &ways, &new)?;
    let new_row = new_row.ok_or(LockError::Invalid("recovery code"))?;
    let mut recovery = Recovery::after_recovery(base.channels, base.second_factor);
    recovery.replace(version, Some(new_row.clone()), ways, now);
    // The old row's mark comes first. If it was missing (on another phone) and the process were killed after the new
    // one, the old row would be taken for an older one, and the old code would open nothing.
    device_keys.mark_rescue_row(wallet_id, row.version())?;
    device_keys.mark_rescue_row(wallet_id, version)?;

    let mut record = Record {
        policy: policy.clone(),
        lockout: Lockout::new(&policy.lockout),
        life: Life::Alive,
        pin_slot: Some(slot.to_stored()),
        reminders: Reminders::start(now),
        calibration: CALIBRATION,
        journal: base.journal,
        // Set with the new data key.
        journal_key: [0; 32],
        vault_version: base.vault_version,
        rollback_protection,
        biometric: Biometric::new(now),
        wipe_check: WipeCheck::make_filler(random),
        data_key_number: base.data_key_number,
        recovery,
        locks: base.locks,
        provider: base.provider.after_recovery(matches!(by, OpenedBy::Code).then_some(now)),
        payments: base.payments.after_recovery(is_known, policy.provider.is_none().then_some(PAYMENTS_OFF_MS), now),
        cards: base.cards,
        deleted: base.deleted,
        alerts_seen: base.alerts_seen,
    };
    let unknown = lost_marks::unknown(&record, &base.marks);
    let mut lines = lost_marks::restore(&mut record, &unknown);
    let unusual = record.clears_unusual();
    let (cleared, how) = match by {
        OpenedBy::Code => (record.locks.clear_by_code(unusual, PROVIDERS_LOCK_MS, now), "recovery code"),
        OpenedBy::Escrow { .. } => (record.locks.clear(Way::Escrow, unusual, |_| true), "escrow"),
    };
    for lock in &cleared {
        record.note_cleared(lock);
        lines.push((&JournalEvent::LockCleared { reason: lock.reason.name(), by: how }).into());
    }
    lines.extend(base.voided.iter().map(NewLine::from));
    if loses_escrow {
        lines.push((&JournalEvent::EscrowOff).into());
    }
    let is_protected = record.is_protected();
    let device_key = device_keys.noted_security_level(&pin_key);
    let mut lost_items = Vec::new();
    let commit = FirstCommit { now, data_key: &new };
    let (first, events) = FirstRecord::write(&mut store, epoch, record, random, &commit, |rows, random, record| {
        // Lines that do not continue the journal: nobody can tell what they were.
        rows.delete_lines_after(record.journal.number)?;
        lost_items = reseal(rows, random, wallet_id, record, &DataKeys { old, new: &new }, Some(history))?;
        rows.put_rescue_row(new_row.as_bytes())?;
        let lost = lost_items.iter().map(|item| JournalEvent::ItemLost { item });
        let proofs = match by {
            OpenedBy::Code => None,
            OpenedBy::Escrow { proofs } => Some(proofs.as_str()),
        };
        let proven_lines = base.proven_lines;
        let recovered = JournalEvent::Recovered { by: how, proofs, device_key, policy: &policy.name, proven_lines };
        let events = [recovered].into_iter().chain(lost).map(|event| NewLine::from(&event));
        Ok(events.chain(lines).collect())
    })?;
    let sealed = SealedStore::with(store, first, claim);
    let data_key_number = sealed.last_record()?.data_key_number;
    let kept = [seal_key, pin_key, DeviceKeys::rescue_mark(wallet_id, version)];
    let mut retired = base.aliases;
    retired.push(DeviceKeys::rescue_mark(wallet_id, row.version()));
    retired.extend(listed);
    retired.retain(|alias| !kept.contains(alias));
    retired.dedup();
    Ok(Rebuilt {
        header,
        sealed,
        data_key: new,
        data_key_number,
        key_number,
        is_protected,
        events,
        lost_items,
        retired,
    })
}
