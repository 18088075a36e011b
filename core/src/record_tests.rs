use super::*;
use crate::key_slots::{DataKey, KdfCost};
use crate::platform::testing::FakeEntropy;
use crate::time::Now;

const HEADER: RecordHeader = RecordHeader { format: FORMAT, epoch: 0, wallet_id: [0x11; 16] };

fn random() -> Random {
    Random::draw(&FakeEntropy::new(3)).expect("entropy")
}

fn key() -> SealKey {
    SealKey::derive(&[0x22; 32])
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
        pin_slot: Some((&slot).into()),
        reminders: Reminders::start(1_767_225_600_000),
        calibration: 1,
        journal: Head::start(&HEADER.wallet_id),
        journal_key: [0x55; 32],
        vault_version: 1,
    }
}

#[test]
fn it_opens_to_what_was_sealed_and_only_with_its_key_and_header() {
    let sealed = record().seal(&mut random(), &key(), &HEADER).expect("sealed");
    assert_eq!(Record::unseal(&sealed, &key(), &HEADER), Some(record()));
    assert_eq!(Record::unseal(&sealed, &SealKey::derive(&[0x23; 32]), &HEADER), None);
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
        aead_seal(&mut random(), &key().0, &associated_data(&HEADER), &plaintext).expect("sealed")
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
        ("/journal_key", serde_json::json!("5555")),
        ("/vault_version", serde_json::json!(null)),
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
    let mut record = record();
    record.policy.contacts = vec![crate::lockout::Contact::Form("x".repeat(MAX_BYTES)); 1];
    let sealed = record.seal(&mut random(), &key(), &HEADER).expect("sealed");
    assert!(sealed.len() > MAX_BYTES);
    assert_eq!(Record::unseal(&sealed, &key(), &HEADER), None);
}

/// The record of format 1, as the first release writes it. If this fails, old databases no longer open.
#[test]
fn the_format_is_frozen() {
    let sealed: Vec<u8> = include_str!("../vectors/record_v1.hex")
        .trim()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal"))
        .collect();
    let opened = Record::unseal(&sealed, &key(), &HEADER).expect("the first release's record");
    let expected: serde_json::Value = serde_json::from_str(include_str!("../vectors/record_v1.json")).expect("JSON");
    assert_eq!(serde_json::to_value(&opened).expect("a value"), expected);
    let fields = |value: &serde_json::Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        fields(&serde_json::to_value(record()).expect("a value")),
        fields(&expected),
        "a new field is a new format"
    );
}
