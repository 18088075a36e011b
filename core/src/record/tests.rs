use super::format::associated_data;
use super::*;
use crate::biometric::Biometric;
use crate::crypto::{AEAD_OVERHEAD, DataKey, KdfCost, Random, aead_seal};
use crate::journal::Head;
use crate::key_slots::{BiometricSlot, PinSlot, WipeCheck};
use crate::lockout::Lockout;
use crate::money::{Currency, Money};
use crate::pin::Reminders;
use crate::platform::testing;
use crate::policy::{BiometricPolicy, Budget, Policy, RollbackProtection};
use crate::request::{BiometricDenial, BiometricRequest, Payment};
use crate::time::Now;

const HEADER: RecordHeader = RecordHeader { format: FORMAT, epoch: 0, wallet_id: [0x11; 16] };

const NOW: Now = Now { boot: Some(2), since_boot_ms: 60_000, wall_ms: 1_767_225_600_000 };

fn random() -> Random {
    testing::random(3)
}

fn key() -> SealKey {
    SealKey::derive(&[0x22; 32])
}

/// On, and used.
fn biometric() -> Biometric {
    let mut random = random();
    let (data_key, slot_key) = (DataKey::make(&mut random), random.bytes());
    let slot = BiometricSlot::make(&mut random, &HEADER.wallet_id, 9, &[0x66; 60], &slot_key, &data_key);
    let currency = Currency::new("EUR").expect("a currency");
    let budget = Budget { currency, per_payment_minor: 900, in_all_minor: 900 };
    let policy = BiometricPolicy { budgets: vec![budget], ..BiometricPolicy::default() };
    let payment = Payment::new(Money::new(800, currency).expect("an amount"), "Bakery").expect("a payment");
    let mut biometric = Biometric::new(NOW);
    biometric.switch_on(slot.expect("short").to_stored());
    biometric.note_use(&policy, &BiometricRequest { payment: Some(payment), ..BiometricRequest::default() });
    assert!(!biometric.note_failure(&policy));
    assert!(biometric.note_refusal(BiometricDenial::OverBudget));
    biometric
}

fn record() -> Record {
    let mut random = random();
    let policy = Policy::default();
    let data_key = DataKey::make(&mut random);
    let cost = KdfCost::FLOOR;
    let slot =
        PinSlot::make(&mut random, &HEADER.wallet_id, cost, 1, [0x33; 16], &[0x44; 32], &data_key).expect("short");
    let mut lockout = Lockout::new(&policy.lockout);
    for _ in 0..5 {
        let now = Now { boot: Some(2), since_boot_ms: 70_000, wall_ms: 1_767_225_600_000 };
        lockout.charge(&policy.lockout, now).expect("a try is allowed");
    }
    Record {
        lockout,
        policy,
        pin_slot: Some(slot.to_stored()),
        reminders: Reminders::start(NOW),
        calibration: 1,
        journal: Head::start(&HEADER.wallet_id),
        journal_key: [0x55; 32],
        vault_version: 1,
        rollback_protection: RollbackProtection::On,
        biometric: biometric(),
        wipe_check: WipeCheck::make(&mut random, &[0x66; 32]),
    }
}

#[test]
fn it_opens_to_what_was_sealed_and_only_with_its_key_and_header() {
    let sealed = record().seal(&mut random(), &key(), &HEADER).expect("sealed");
    assert_eq!(Record::unseal(&sealed, &key(), &HEADER), Some(record()));
    assert_eq!(Record::unseal(&sealed, &SealKey::derive(&[0x23; 32]), &HEADER), None);
    let later = RecordHeader { format: FORMAT + 1, ..HEADER };
    let of_later = record().seal(&mut random(), &key(), &later).expect("sealed");
    assert_eq!(Record::unseal(&of_later, &key(), &later), None, "a later format");
    for other in [
        RecordHeader { epoch: 1, ..HEADER },
        RecordHeader { format: FORMAT + 1, ..HEADER },
        RecordHeader { format: 0, ..HEADER },
        RecordHeader { wallet_id: [0x12; 16], ..HEADER },
    ] {
        assert_eq!(Record::unseal(&sealed, &key(), &other), None, "{other:?}");
    }
}

#[test]
fn every_flipped_bit_is_noticed() {
    let sealed = record().seal(&mut random(), &key(), &HEADER).expect("sealed");
    for bit in 0..8 * sealed.len() {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(Record::unseal(&flipped, &key(), &HEADER), None, "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(Record::unseal(&sealed[..length], &key(), &HEADER), None, "cut to {length}");
    }
}

/// What is properly sealed and yet nothing this code writes: a bug elsewhere must not become a free try.
#[test]
fn values_out_of_range_are_refused() {
    let json = serde_json::to_value(record()).expect("a value");
    let seal = |json: &serde_json::Value| {
        let plaintext = serde_json::to_vec(json).expect("bytes");
        aead_seal(&mut random(), key().bytes(), &associated_data(&HEADER), &plaintext).expect("sealed")
    };
    assert!(Record::unseal(&seal(&json), &key(), &HEADER).is_some(), "the control");
    for (field, value) in [
        ("/lockout/wrong", serde_json::json!(1_000_001)),
        ("/lockout/wrong", serde_json::json!(-1)),
        ("/lockout/no_verdict_left", serde_json::json!(101)),
        ("/lockout/cooldown/wait/left_ms", serde_json::json!(u64::MAX)),
        ("/policy/lockout/lock_at", serde_json::json!(0)),
        ("/pin_slot", serde_json::json!("00")),
        ("/pin_slot", serde_json::json!("no hexadecimal")),
        ("/biometric/slot", serde_json::json!("00")),
        ("/biometric/slot", serde_json::json!("02".repeat(148))),
        ("/journal_key", serde_json::json!("5555")),
        ("/vault_version", serde_json::json!(null)),
        ("/vault_version", serde_json::json!(1_u64 << 62)),
        ("/journal/number", serde_json::json!(1_u64 << 62)),
        ("/wipe_check/mac", serde_json::json!("5555")),
        ("/wipe_check/is_set", serde_json::json!(2)),
    ] {
        let mut changed = json.clone();
        *changed.pointer_mut(field).expect("the field") = value;
        assert_eq!(Record::unseal(&seal(&changed), &key(), &HEADER), None, "{field}");
    }
    let mut unknown = json.clone();
    unknown["tries_for_free"] = serde_json::json!(1);
    assert_eq!(Record::unseal(&seal(&unknown), &key(), &HEADER), None, "a field of a later format");
}

#[test]
fn what_is_too_large_is_not_even_opened() {
    let json = serde_json::to_vec(&record()).expect("bytes");
    let padded = |size: usize| {
        let spaces = vec![b' '; size - AEAD_OVERHEAD - json.len()];
        let plaintext = [json.as_slice(), &spaces].concat();
        let sealed = aead_seal(&mut random(), key().bytes(), &associated_data(&HEADER), &plaintext).expect("sealed");
        Record::unseal(&sealed, &key(), &HEADER)
    };
    assert_eq!(padded(MAX_BYTES), Some(record()), "the control");
    assert_eq!(padded(MAX_BYTES + 1), None);
}

#[test]
fn the_seals_key_is_bound_to_wallet_and_epoch() {
    let input = seal_key_input(&RecordHeader { epoch: 0x0102, ..HEADER });
    let expected =
        [b"walletlock v1 record seal device key".as_slice(), &[0x11; 16], &[0, 0, 0, 0, 0, 0, 1, 2]].concat();
    assert_eq!(input, expected);
}

#[test]
fn its_slot_is_there_until_it_is_wiped_and_prints_nothing() {
    let record = record();
    assert_eq!(record.slot().map(|slot| slot.key_number()), Some(1));
    assert_eq!(format!("{:?}", record.pin_slot), "Some(SlotBytes)");
    assert!(Record { pin_slot: None, ..record }.slot().is_none());
}

/// What was sealed once, and what it opens to: with values for the parts that came later.
fn check_vector(hex: &str, json: &str, header: &RecordHeader) {
    let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    let sealed: Vec<u8> = hex.trim().as_bytes().chunks(2).map(digits).collect();
    let expected: Record = serde_json::from_str(json).expect("a record");
    assert_eq!(Record::unseal(&sealed, &key(), header).expect("a record that was written"), expected);
}

/// The record of format 1. If this fails, old databases no longer open.
#[test]
fn the_format_is_frozen() {
    let json = include_str!("../../vectors/record_v1_all.json");
    check_vector(include_str!("../../vectors/record_v1_all.hex"), json, &RecordHeader { epoch: 7, ..HEADER });
    let written: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(serde_json::to_value(record()).expect("a value"), written, "a new field is a new vector");
}

/// One from before there were epochs, biometrics and wipe PINs says nothing of them, and has none.
#[test]
fn a_record_from_before_opens_as_one() {
    let json = include_str!("../../vectors/record_v1.json");
    check_vector(include_str!("../../vectors/record_v1.hex"), json, &HEADER);
    let record: Record = serde_json::from_str(json).expect("a record");
    assert_eq!(record.rollback_protection, RollbackProtection::Off);
    assert_eq!(record.biometric, Biometric::default());
    assert!(!record.wipe_check.is_set());
}
