//! The record's parts about locks and the provider, as the rest of the record sees them.

use super::tests::{HEADER, NOW, record, seal, unseal};
use super::*;
use crate::lockout::AttemptGate;
use crate::locks::{Finder, LockReason, SetBy, SetLock, WhoLocked};
use crate::money::Currency;
use crate::payment::{BookSeal, Counted, Payments, Windows};
use crate::policy::{ClearsUnusual, Contact, KeyId, KeyRole, Limit, Period, Policy, ProviderKey, ProviderPolicy};
use crate::provider::{Asked, Installation, Provider, WordDone};
use crate::request::{Channel, OwnerPublicKey, ProofLevel, Scope};
use crate::time::Now;

const HOUR: u64 = 3_600_000;

fn with_provider(allowance_h: Option<u32>) -> Policy {
    let key = |byte: u8, role| ProviderKey { key: [byte; 32], role };
    let keys = vec![key(1, KeyRole::Online), key(2, KeyRole::Guarded), key(3, KeyRole::Guarded)];
    let unusual = ClearsUnusual::Pin;
    let provider = ProviderPolicy { keys, allowance_h, warn_percent: 80, unusual, escrow_key: None };
    Policy { provider: Some(provider), ..Policy::default() }
}

/// A record of a phone that was registered so many hours ago.
fn registered(allowance_h: Option<u32>, hours_ago: u64) -> Record {
    let json = serde_json::json!({
        "installation": { "id": "22".repeat(16), "alias": "place/wallet/installation/7" },
        "allowance": {
            "on_ms": hours_ago * HOUR, "saved": NOW, "from_wall_ms": NOW.wall_ms, "latest_wall_ms": NOW.wall_ms, "noted": "nothing",
        },
    });
    let provider = serde_json::from_value(json).expect("a provider");
    Record { policy: with_provider(allowance_h), provider, ..record() }
}

#[test]
fn an_allowance_that_is_used_up_locks_beside_the_counter() {
    let hardest = |record: &Record| record.standing(NOW).hardest();
    assert_eq!(hardest(&registered(Some(10), 9)), None);
    assert_eq!(hardest(&registered(Some(10), 10)), Some((LockReason::HeartbeatExpired, WhoLocked::Phone)));
    assert_eq!(hardest(&registered(None, 10_000)), None, "without an allowance");
    let never = Record { provider: Provider::default(), ..registered(Some(10), 10) };
    assert_eq!(hardest(&never), None, "a phone that was never registered could ask for no heartbeat");
}

#[test]
fn a_shorter_allowance_waits_for_the_pin_if_it_would_lock_at_once() {
    let adopts =
        |used_h: u64, from: Option<u32>, to: Option<u32>| registered(from, used_h).adopts(&with_provider(to), NOW);
    assert!(adopts(9, Some(20), Some(10)));
    assert!(!adopts(10, Some(20), Some(10)), "it would lock an owner whom nothing locks");
    assert!(adopts(20, Some(20), Some(10)), "that owner is locked already");
    assert!(adopts(9, None, Some(10)));
    assert!(!adopts(10, None, Some(10)));
    assert!(!adopts(0, Some(10), Some(20)), "it eases");
}

#[test]
fn the_status_names_the_hardest_lock_and_its_remedies() {
    let kid = KeyId([1; 8]);
    let mut locked = registered(Some(10), 10);
    locked.policy.contacts = vec![Contact::Police("110".to_owned())];
    locked.locks.set(SetLock { reason: LockReason::LockedByOwner, by: SetBy::Owner });
    let police = Remedy::Contact(Contact::Police("110".to_owned()));
    let grant = Remedy::AskProvider(RemedyState::Available);
    let code = Remedy::RecoveryCode(RemedyState::Available);
    let by_owner = LockStatus::Locked {
        reason: LockReason::LockedByOwner,
        by: WhoLocked::Owner,
        message: None,
        remedies: vec![grant.clone(), code.clone(), Remedy::AskEscrow(RemedyState::Available), police.clone()],
    };
    assert_eq!(LockStatus::of(&locked, NOW), by_owner);
    locked.locks.set(SetLock { reason: LockReason::UnusualActivity, by: SetBy::Provider { kid, seq: 1 } });
    locked.locks.set_finder(Finder { kid, message: "Please call".to_owned(), contact: None });
    assert_eq!(LockStatus::of(&locked, NOW), by_owner, "the message belongs to a lock that is not named");
    locked.locks.set(SetLock { reason: LockReason::ProviderOrder, by: SetBy::Missing { kid, seq: 2 } });
    locked.provider = Provider::default();
    let message = Some(FinderMessage { text: "Please call".to_owned(), contact: None });
    let by_provider = LockStatus::Locked {
        reason: LockReason::ProviderOrder,
        by: WhoLocked::Provider,
        message,
        remedies: vec![Remedy::AskProvider(RemedyState::NotSetUp), code.clone(), police],
    };
    assert_eq!(LockStatus::of(&locked, NOW), by_provider);
    let unusual_and_expired = {
        let mut record = registered(Some(10), 10);
        record.locks.set(SetLock { reason: LockReason::UnusualActivity, by: SetBy::Provider { kid, seq: 1 } });
        LockStatus::of(&record, NOW)
    };
    assert!(
        matches!(unusual_and_expired, LockStatus::Locked { remedies, .. } if remedies == [grant, code]),
        "the PIN would be refused, so it is not offered"
    );
}

#[test]
fn while_the_pin_has_to_wait_the_lock_that_it_clears_says_how_long() {
    let mut record = registered(None, 0);
    record
        .locks
        .set(SetLock { reason: LockReason::UnusualActivity, by: SetBy::Provider { kid: KeyId([1; 8]), seq: 1 } });
    let remedies = |record: &Record, now| match LockStatus::of(record, now) {
        LockStatus::Locked { remedies, .. } => remedies,
        other => panic!("{other:?}"),
    };
    let just_tried = Now { since_boot_ms: 70_000, ..NOW };
    let AttemptGate::CoolingDown { remaining_ms, .. } = record.standing(just_tried).gate() else {
        panic!("five tries failed")
    };
    let grant = Remedy::AskProvider(RemedyState::Available);
    let code = Remedy::RecoveryCode(RemedyState::Available);
    assert_eq!(remedies(&record, just_tried), [Remedy::Wait(remaining_ms), grant.clone(), code.clone()]);
    let later = Now { since_boot_ms: just_tried.since_boot_ms + remaining_ms, ..NOW };
    assert_eq!(remedies(&record, later), [Remedy::EnterPin, grant.clone(), code.clone()]);
    record.locks.set(SetLock { reason: LockReason::LockedByOwner, by: SetBy::Owner });
    let escrow = Remedy::AskEscrow(RemedyState::Available);
    assert_eq!(remedies(&record, just_tried), [grant, code, escrow], "the PIN does not clear the other lock");
}

#[test]
fn a_remedy_says_whether_it_can_be_used() {
    assert_eq!(Remedy::EnterPin.state(), RemedyState::Available);
    assert_eq!(Remedy::Wait(7).state(), RemedyState::Waiting { left_ms: 7 });
    assert_eq!(Remedy::Connect(RemedyState::NotSetUp).state(), RemedyState::NotSetUp);
    assert_eq!(Remedy::AskProvider(RemedyState::UsedUp).state(), RemedyState::UsedUp);
}

/// A month in which somebody paid on every third day, with one limit on a day and one on thirty.
fn ordinary_payments() -> Payments {
    let currency = Currency::new("EUR").expect("a currency");
    let limits = [Period::Day, Period::ThirtyDays].map(|per| Limit::amount(Scope::All, currency, per, 500_000));
    let mut payments = Payments::new(Some(OwnerPublicKey([0x88; 32])));
    payments.windows = Some(Windows::start(NOW, &mut |_| 0));
    for seq in 1..=10 {
        let (channel, level) = (Channel::Online, ProofLevel::Pin);
        let counted = Counted { channel, card: None, currency, minor: 1_250, level, window: 3 * seq, night: None, seq };
        payments.totals.add(&limits, &counted);
    }
    payments.book = Some(BookSeal { key: [0x99; 32], version: 20 });
    payments
}

/// DESIGN 1: the record stays within 32 KiB when it is full, and within 8 KiB in ordinary use.
#[test]
fn a_record_with_all_locks_and_a_busy_provider_stays_small() {
    let mut full = registered(Some(10), 3);
    let ordinary = Record { payments: ordinary_payments(), ..full.clone() };
    let sealed = |record: &Record| {
        let sealed = seal(record, &HEADER);
        assert_eq!(unseal(&sealed, &HEADER).as_ref(), Ok(record));
        sealed.len()
    };
    let bytes = sealed(&ordinary);
    assert!(bytes < 4 * 1024, "registered, and paying now and then: {bytes}");
    for key in 0..10 {
        let kid = KeyId([key; 8]);
        for reason in [LockReason::LostOrStolen, LockReason::ProviderOrder, LockReason::UnusualActivity] {
            full.locks.set(SetLock { reason, by: SetBy::Provider { kid, seq: (1 << 53) - 1 } });
        }
        full.locks.set(SetLock { reason: LockReason::ProviderOrder, by: SetBy::Missing { kid, seq: (1 << 53) - 1 } });
        full.locks.freeze(SetBy::Provider { kid, seq: (1 << 53) - 1 });
    }
    let message = "\u{1f4f1}".repeat(160);
    full.locks.set_finder(Finder { kid: KeyId([1; 8]), message, contact: Some(Contact::Form("x".repeat(200))) });
    for nth in 0..9_u8 {
        full.provider.note_answer([nth; 32], WordDone::HeartbeatTaken);
        full.provider.note_request(&nth.to_string(), Asked::Heartbeat, NOW, 1 << 61);
    }
    full.provider.note_pending(Installation { id: [9; 16], alias: "x".repeat(100), owner_key: None });
    let bytes = sealed(&full);
    assert!((4 * 1024..32 * 1024).contains(&bytes), "{bytes}");
    assert!(full.locks.is_in_range() && full.provider.is_in_range());
    let later = Now { since_boot_ms: NOW.since_boot_ms + HOUR, ..NOW };
    assert_eq!(full.standing(later).hardest().map(|(reason, _)| reason), Some(LockReason::LostOrStolen));
}
