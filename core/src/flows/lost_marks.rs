//! The marks that the orders of the provider leave in the keystore. A mark says that an order locks or freezes, also to
//! a record that does not hold that lock or freeze: an older copy, a wallet without rollback protection, or a record
//! that does not open.

use super::carry_out::{lock_reason, order_reason};
use crate::crypto::Random;
use crate::engine::{DeviceKeys, Engine, MarkedEffect, MarkedOrder, NewLine};
use crate::events::JournalEvent;
use crate::locks::{LockReason, SetBy, SetLock};
use crate::record::Record;
use crate::store::Durability;
use crate::time::Now;

/// The marks whose order the record does not know: the order was cut short between its mark and its commit, or an older
/// record was put back.
pub(super) fn unknown(record: &Record, marks: &[MarkedOrder]) -> Vec<MarkedOrder> {
    // As for the order itself: no lock is set that nothing confirmed could clear.
    let can_clear = record.provider.installation().is_some() || record.recovery.has_code();
    let policy = record.policy.provider.as_ref().filter(|_| record.is_alive() && can_clear);
    let Some(policy) = policy else { return Vec::new() };
    let keys = record.provider.keys(policy);
    let is_unknown = |mark: &&MarkedOrder| {
        let is_known = match mark.effect {
            MarkedEffect::Withheld => {
                let came = |other: &MarkedOrder| other.effect != MarkedEffect::Withheld && other.seq >= mark.seq;
                record.provider.last_order() >= mark.seq || marks.iter().any(came)
            }
            MarkedEffect::Lock(_) | MarkedEffect::Freeze => record.provider.knows(mark.kid, mark.seq),
        };
        keys.role_of(mark.kid).is_some() && !is_known && !stands(record, mark)
    };
    let mut unknown: Vec<_> = marks.iter().filter(is_unknown).copied().collect();
    // A later order takes the place of an earlier one.
    unknown.sort_by_key(|mark| mark.seq);
    unknown
}

/// Whether what the marked order did stands, or what a later order did in its place.
fn stands(record: &Record, mark: &MarkedOrder) -> bool {
    let is_in_its_place = |other: SetBy| other.replaces(by(mark));
    match lock_of(mark.effect) {
        None => record.locks.freezes().iter().copied().any(is_in_its_place),
        Some(reason) => record.locks.all().iter().any(|lock| lock.reason == reason && is_in_its_place(lock.by)),
    }
}

/// The lock that such an order sets. `None`: it freezes.
fn lock_of(effect: MarkedEffect) -> Option<LockReason> {
    match effect {
        MarkedEffect::Freeze => None,
        MarkedEffect::Lock(reason) => Some(lock_reason(reason)),
        MarkedEffect::Withheld => Some(LockReason::ProviderOrder),
    }
}

/// Sets the locks and freezes of these marks. Returns the journal's lines about them.
pub(super) fn restore(record: &mut Record, marks: &[MarkedOrder]) -> Vec<NewLine> {
    let mut lines = Vec::new();
    for mark in marks {
        let Some(reason) = lock_of(mark.effect) else {
            record.locks.freeze(by(mark));
            lines.push((&JournalEvent::Frozen { by: "provider", seq: Some(mark.seq) }).into());
            continue;
        };
        let cancelled = record.set_lock(SetLock { reason, by: by(mark) }, None);
        lines.extend(cancelled.iter().map(NewLine::from));
        let kid = mark.kid.to_string();
        lines.push((&JournalEvent::LockRestored { reason: reason.name(), kid: &kid, seq: mark.seq }).into());
    }
    lines
}

/// Sets the locks and freezes of orders whose marks came while a recovery was under way. If that fails, they are set at
/// the next opening.
pub(super) fn restore_late(engine: &Engine, wallet_id: &[u8; 16], random: &mut Random, now: Now) {
    let Ok(marks) = engine.device_keys.lost_marks(wallet_id) else { return };
    let late = engine.ledger.read(|view| Ok(unknown(view.record, &marks))).unwrap_or_default();
    if late.is_empty() {
        return;
    }
    let set = engine.ledger.commit(random, now, Durability::Flushed, |work| {
        let lines = restore(work.record, &late);
        work.add_lines(lines);
        Ok(())
    });
    set.ok();
}

/// The aliases of marks whose lock or freeze does not stand any more. A mark whose order the record does not know is
/// not among them: that order may be on its way into the record at this moment.
pub(super) fn stale(record: &Record, wallet_id: &[u8; 16], marks: &[MarkedOrder]) -> Vec<String> {
    let unknown = unknown(record, marks);
    let is_set = |mark: &MarkedOrder| {
        let locks = record.locks.all().iter().map(|lock| lock.by);
        locks.chain(record.locks.freezes().iter().copied()).any(|setter| setter == by(mark))
    };
    let stale = marks.iter().filter(|mark| !is_set(mark) && !unknown.contains(mark));
    stale.map(|mark| DeviceKeys::lost_mark(wallet_id, mark)).collect()
}

/// Deletes the marks whose lock or freeze does not stand any more. What fails is left to the next opening.
pub(super) fn drop_stale(engine: &Engine) {
    let Ok(wallet_id) = engine.ledger.read(|view| Ok(view.header.wallet_id)) else { return };
    let Ok(marks) = engine.device_keys.lost_marks(&wallet_id) else { return };
    let stale = engine.ledger.read(|view| Ok(stale(view.record, &wallet_id, &marks)));
    engine.device_keys.delete_all(&stale.unwrap_or_default()).ok();
}

fn by(mark: &MarkedOrder) -> SetBy {
    let MarkedOrder { kid, seq, effect } = *mark;
    if effect == MarkedEffect::Withheld { SetBy::Missing { kid, seq } } else { SetBy::Provider { kid, seq } }
}

/// The marks that should be there and are not listed.
pub(super) fn missing(record: &Record, marks: &[MarkedOrder]) -> Vec<MarkedOrder> {
    let locks = record.locks.all().iter().filter_map(|lock| match lock.by {
        SetBy::Owner => None,
        SetBy::Provider { .. } => Some((lock.by, MarkedEffect::Lock(order_reason(lock.reason)?))),
        SetBy::Missing { .. } => Some((lock.by, MarkedEffect::Withheld)),
    });
    let freezes = record.locks.freezes().iter().map(|by| (*by, MarkedEffect::Freeze));
    let marked = locks.chain(freezes).filter_map(|(by, effect)| {
        let (kid, seq) = by.order()?;
        Some(MarkedOrder { kid, seq, effect })
    });
    marked.filter(|mark| !marks.contains(mark)).collect()
}
