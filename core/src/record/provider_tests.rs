//! The record's parts about locks and the provider, as the rest of the record sees them.

use super::tests::{HEADER, NOW, record, seal, unseal};
use super::*;
use crate::lockout::AttemptGate;
use crate::locks::{Finder, LockReason, SetBy, SetLock, WhoLocked};
use crate::money::{Currency, MAX_MINOR};
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

/// A record with as many locks, requests and answers of the provider as there may be.
fn busy() -> Record {
    let mut full = registered(Some(10), 3);
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
    assert!(full.locks.is_in_range() && full.provider.is_in_range());
    full
}

fn sealed_length(record: &Record) -> usize {
    let sealed = seal(record, &HEADER);
    assert_eq!(unseal(&sealed, &HEADER).as_ref(), Ok(record));
    sealed.len()
}

#[test]
fn a_record_in_ordinary_use_stays_small() {
    let ordinary = Record { payments: ordinary_payments(), ..registered(Some(10), 3) };
    let bytes = sealed_length(&ordinary);
    assert!(bytes < 4 * 1024, "registered, and paying now and then: {bytes}");
}

#[test]
fn the_hardest_of_all_locks_is_named() {
    let later = Now { since_boot_ms: NOW.since_boot_ms + HOUR, ..NOW };
    assert_eq!(busy().standing(later).hardest().map(|(reason, _)| reason), Some(LockReason::LostOrStolen));
}

/// Beside what the provider fills: as many limits as a policy and an owner may have, each with thirty days in which
/// something was paid.
#[test]
fn the_fullest_record_stays_within_32_kib() {
    let currency = Currency::new("EUR").expect("a currency");
    let limits: Vec<_> = (0..48)
        .map(|nth| Limit::amount(Scope::Card(format!("{nth:0>36}")), currency, Period::ThirtyDays, MAX_MINOR))
        .collect();
    let mut full = busy();
    full.policy.payment.limits = limits[..24].to_vec();
    full.policy.contacts = vec![Contact::Form("x".repeat(200)); 8];
    full.payments = Payments::new(Some(OwnerPublicKey([0x88; 32])));
    full.payments.windows = Some(Windows::start(NOW, &mut |_| 0));
    for limit in &limits[24..] {
        full.payments.limits.set(limit, Some(MAX_MINOR), 0, 0, NOW).expect("room");
    }
    for window in 20_000..20_040 {
        for nth in 0..48 {
            let card = Some(format!("{nth:0>36}"));
            let (channel, level) = (Channel::CodeScanned, ProofLevel::PinAndBiometrics);
            let (minor, seq) = (900_000_000_000, 1_000_000);
            let counted = Counted { channel, card, currency, minor, level, window, night: Some(window), seq };
            full.payments.totals.add(&limits, &counted);
        }
    }
    assert!(full.payments.is_in_range());
    let bytes = sealed_length(&full);
    assert!((16 * 1024..32 * 1024).contains(&bytes), "{bytes}");
}
