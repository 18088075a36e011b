use super::format::associated_data;
use super::*;
use crate::biometric::Biometric;
use crate::cards::{Cards, NewCard};
use crate::crypto::{AEAD_OVERHEAD, DataKey, KdfCost, Random, aead_seal};
use crate::journal::Head;
use crate::key_slots::{BiometricSlot, PinSlot, RescueRow, RowKeys, SlotParts, WipeCheck, WrappingKey};
use crate::lockout::Lockout;
use crate::locks::Locks;
use crate::money::{Currency, Money};
use crate::payment::{BookSeal, Counted, Payments, Windows};
use crate::place::Place;
use crate::platform::testing;
use crate::policy::{BiometricPolicy, Budget, EscrowKey, Limit, Period, Policy, RecoveryPolicy, RollbackProtection};
use crate::proof::{ChannelId, ChannelKind, Proof, ProofMethod};
use crate::provider::Provider;
use crate::recovery::{
    Authenticator, Change, Checklist, CodeKey, CodeUse, Factor, Recovery, RecoveryEvent, Secret, Task, WaysBack,
};
use crate::reminders::Reminders;
use crate::request::{BiometricDenial, Channel, OwnerPublicKey, ProofLevel, Scope};
use crate::time::{Now, Wait};
use zeroize::Zeroizing;

pub(super) const HEADER: RecordHeader = RecordHeader { format: FORMAT, epoch: 0, wallet_id: [0x11; 16], place: None };

pub(super) fn seal(record: &Record, header: &RecordHeader) -> Vec<u8> {
    record.seal(&mut random(), &key(), header, SealedUnder::CurrentKey).expect("sealed")
}

pub(super) fn unseal(sealed: &[u8], header: &RecordHeader) -> Result<Record, UnsealError> {
    Record::unseal(sealed, &key(), header, SealedUnder::CurrentKey)
}

pub(super) const NOW: Now = Now { boot: Some(2), since_boot_ms: 60_000, wall_ms: 1_767_225_600_000 };

fn random() -> Random {
    testing::random(3)
}

fn key() -> SealKey {
    SealKey::derive(&[0x22; 32])
}

/// Biometrics that are switched on and were used.
fn biometric() -> Biometric {
    let mut random = random();
    let (data_key, slot_key) = (DataKey::make(&mut random), random.bytes());
    let key = WrappingKey { number: 9, place: Place::OF_TESTS, wrapped: &[0x66; 60] };
    let slot = BiometricSlot::make(&mut random, &HEADER.wallet_id, &key, &slot_key, &data_key);
    let currency = Currency::new("EUR").expect("a currency");
    let budget = Budget { currency, per_payment_minor: 900, total_minor: 900 };
    let policy = BiometricPolicy { budgets: vec![budget], ..BiometricPolicy::default() };
    let mut biometric = Biometric::new(NOW);
    biometric.switch_on(slot.expect("short").to_stored());
    biometric.note_use(&policy, Money::new(800, currency).ok());
    assert!(!biometric.note_failure(&policy));
    assert!(biometric.note_refusal(BiometricDenial::OverBudget));
    biometric
}

pub(super) fn record() -> Record {
    let mut random = random();
    let policy = Policy::default();
    let data_key = DataKey::make(&mut random);
    let cost = KdfCost::FLOOR;
    let parts =
        SlotParts { wallet_id: &HEADER.wallet_id, cost, salt: [0x33; 16], key_number: 1, place: Place::OF_TESTS };
    let slot = PinSlot::make(&mut random, &parts, &[0x44; 32], &data_key).expect("short");
    let mut lockout = Lockout::new(&policy.lockout);
    for _ in 0..5 {
        let now = Now { boot: Some(2), since_boot_ms: 70_000, wall_ms: 1_767_225_600_000 };
        lockout.charge(&policy.lockout, now).expect("a try is allowed");
    }
    Record {
        lockout,
        policy,
        life: Life::Alive,
        pin_slot: Some(slot.to_stored()),
        reminders: Reminders::start(NOW),
        calibration: 1,
        journal: Head::start(&HEADER.wallet_id),
        journal_key: [0x55; 32],
        vault_version: 1,
        rollback_protection: RollbackProtection::On,
        biometric: biometric(),
        wipe_check: WipeCheck::make(&mut random, &[0x66; 32]),
        data_key_number: 3,
        recovery: recovery(&data_key),
        locks: Locks::default(),
        provider: Provider::default(),
        payments: payments(),
        cards: cards(),
        deleted: Some(Head::start(&HEADER.wallet_id)),
        alerts_seen: 3,
    }
}

/// A card that was removed and is frozen, and one that was destroyed.
fn cards() -> Cards {
    let mut cards = Cards::default();
    for (id, token) in [("c-1", true), ("c-2", false)] {
        let [id, label, network, last4] = [id, "Blue", "Visa", "1111"].map(str::to_owned);
        cards.add(&mut random(), &NewCard { id, label, network, last4 }, token, NOW.wall_ms);
    }
    cards.freeze("c-1");
    assert!(cards.remove("c-1", 86_400_000, NOW) && cards.remove("c-2", 0, NOW));
    assert_eq!(cards.settle(NOW), ["c-2"]);
    cards
}

/// A record in which every stored type appears.
pub(in crate::record) fn full_record() -> Record {
    let kid = "01".repeat(8);
    let locks = serde_json::json!({
        "set": [
            { "reason": "lost_or_stolen", "by": { "provider": { "kid": kid, "seq": 7 } } },
            { "reason": "provider_order", "by": { "missing": { "kid": kid, "seq": 9 } } },
        ],
        "freezes": ["owner"],
        "finder": { "kid": kid, "message": "m", "contact": { "kind": "police", "value": "110" } },
        "opening": { "left_ms": 72, "boot": 1, "since_boot_ms": 5 },
    });
    let proof = serde_json::json!({
        "proof": { "purpose": "confirm", "channel": "02".repeat(8), "is_first": false, "is_typed": true },
    });
    let provider = serde_json::json!({
        "installation": { "id": "0a".repeat(16), "alias": "a", "owner_key": "88".repeat(32) },
        "pending": { "id": "0b".repeat(16), "alias": "b", "owner_key": null },
        "revoked": [kid],
        "added": ["03".repeat(32)],
        "orders": [{ "kid": kid, "seq": 9 }],
        "key_words": [{ "kid": kid, "seq": 4 }],
        "changes": 3,
        "requests": [
            { "hash": "04".repeat(32), "kind": "heartbeat", "asked": NOW, "changes": 2 },
            { "hash": "05".repeat(32), "kind": proof, "asked": NOW, "changes": 3 },
        ],
        "answered": [{ "hash": "06".repeat(32), "done": "locked" }],
        "allowance": {
            "on_ms": 6, "saved": NOW, "from_wall_ms": NOW.wall_ms, "latest_wall_ms": NOW.wall_ms, "noted": "warning",
        },
        "trusted_s": 1_767_225_600,
        "allows_wipe": true,
    });
    let mut full = serde_json::to_value(record()).expect("a value");
    (full["locks"], full["provider"]) = (locks, provider);
    full["recovery"]["second_factor"]["in_force"]["authenticator"]["used"] =
        serde_json::json!([{ "from": 58_907_518, "to": 58_907_519 }]);
    full["payments"]["limits"][0]["raise"] = serde_json::json!({ "to": 60_000, "wait": Wait::start(5, NOW) });
    serde_json::from_value(full).expect("a record")
}

/// A payment that counts in the present window, two limits of the owner's, and a channel that is frozen.
fn payments() -> Payments {
    let currency = Currency::new("EUR").expect("a currency");
    let day = Limit::amount(Scope::All, currency, Period::Day, 50_000);
    let mut payments = Payments::new(Some(OwnerPublicKey([0x88; 32])));
    payments.limits.set(&day, Some(50_000), 0, 0, NOW).expect("room");
    payments.limits.set(&day, Some(60_000), 0, 86_400_000, NOW).expect("it is there");
    payments.windows = Some(Windows::start(NOW, &mut |_| 3_600_000));
    let counted = Counted {
        channel: Channel::Online,
        card: Some("c-1".to_owned()),
        currency,
        minor: 1_250,
        level: ProofLevel::Pin,
        window: 1,
        night: Some(1),
        seq: 1,
    };
    payments.totals.add(&[day], &counted);
    payments.seq = 1;
    payments.book = Some(BookSeal { key: [0x99; 32], version: 2 });
    payments.freeze_channel(Channel::CodeShown);
    payments.panic(86_400_000, NOW);
    payments
        .limits
        .set(&Limit::amount(Scope::Remote, currency, Period::ThirtyDays, 9), Some(9), 0, 0, NOW)
        .expect("room");
    payments.after_recovery(true, Some(86_400_000), NOW)
}

/// A recovery code and escrow in force, and changes of both that wait; channels, a second factor, what was proven by
/// somebody who wants to get back in, and a list to tidy up.
fn recovery(data_key: &DataKey) -> Recovery {
    let mut random = random();
    let [first, second] = [0x77, 0x78].map(|byte| CodeKey::make(&mut random, &Box::new(Zeroizing::new([byte; 16]))));
    let keys = RowKeys { code: first.as_ref(), escrow: Some(&[0x09; 32]) };
    let row = RescueRow::make(&mut random, &HEADER.wallet_id, 7, keys, data_key).expect("sealed");
    let mut recovery = Recovery::default();
    recovery.replace(7, Some(row.to_stored()), WaysBack { code: first, escrow: Some(EscrowKey([0x09; 32])) }, NOW);
    recovery.plan(Change::SetCode(second.expect("a key")), 86_400_000, NOW);
    recovery.plan(Change::EscrowOff, 86_400_000, NOW);
    let policy = RecoveryPolicy::default();
    let wait_ms = policy.pending_change_ms();
    for (number, kind, wait_ms) in
        [(1, ChannelKind::Sms, 0), (2, ChannelKind::Mail, wait_ms), (3, ChannelKind::BackupMail, 0)]
    {
        let id = ChannelId([number; 8]);
        recovery.channels.propose(id, kind, "138****5678".to_owned(), NOW);
        recovery.channels.note_asked(id, CodeUse::Session, NOW);
        recovery.channels.confirm(id, CodeUse::Session, wait_ms, NOW).expect("it is new");
        recovery.channels.note_asked(id, CodeUse::Recovery, NOW);
        recovery.channels.charge(id, CodeUse::Recovery, NOW);
    }
    recovery.channels.settle(NOW);
    recovery.channels.remove(ChannelId([1; 8]), wait_ms, NOW).expect("it is there");
    recovery.channels.remove(ChannelId([3; 8]), 0, NOW).expect("it is there");
    recovery.channels.settle(NOW);
    let mut authenticator = Authenticator::new(Secret::make(&mut random), 58_907_520, NOW);
    authenticator.charge(CodeUse::Recovery, NOW).expect("a try is allowed");
    recovery.second_factor.put(Some(Factor::Authenticator(Box::new(authenticator))));
    recovery.second_factor.plan(Some(Factor::Sms), 86_400_000, NOW);
    for (method, challenge) in [(ProofMethod::Sms, [1; 16]), (ProofMethod::Authenticator, [2; 16])] {
        let proof = Proof::new(method, false, challenge);
        let event = RecoveryEvent::Proven { proof, wait_ms: policy.proofs_wait_ms(), now: NOW };
        recovery.proofs = recovery.proofs.after(event).0;
    }
    recovery.checklist = Checklist::begin();
    recovery.checklist.note_done(Task::Sheet);
    recovery.checklist.dismiss(Task::Biometrics);
    recovery
}

#[test]
fn it_opens_to_what_was_sealed_and_only_with_its_key_and_header() {
    let header = RecordHeader { epoch: 7, place: Some(Place::OF_TESTS), ..HEADER };
    let sealed = seal(&record(), &header);
    assert_eq!(unseal(&sealed, &header), Ok(record()));
    let other_key = SealKey::derive(&[0x23; 32]);
    assert_eq!(Record::unseal(&sealed, &other_key, &header, SealedUnder::CurrentKey), Err(UnsealError::Damaged));
    for other in [
        RecordHeader { epoch: 1, ..header },
        RecordHeader { format: 1, ..header },
        RecordHeader { wallet_id: [0x12; 16], ..header },
        RecordHeader { place: None, ..header },
        RecordHeader { place: Some(Place::of(std::path::Path::new("/elsewhere/wallet.db"))), ..header },
    ] {
        assert_eq!(unseal(&sealed, &other), Err(UnsealError::Damaged), "{other:?}");
    }
    for format in [0, FORMAT + 1] {
        assert_eq!(unseal(&sealed, &RecordHeader { format, ..header }), Err(UnsealError::Newer), "format {format}");
    }
}

#[test]
fn the_copy_opens_as_the_copy_of_its_epochs_and_as_nothing_else() {
    let header = RecordHeader { epoch: 7, place: Some(Place::OF_TESTS), ..HEADER };
    let under = SealedUnder::PreviousKey { epoch: 6 };
    let copy = record().seal(&mut random(), &key(), &header, under).expect("sealed");
    let open = |header: &RecordHeader, under| Record::unseal(&copy, &key(), header, under);
    assert_eq!(open(&header, under), Ok(record()));
    assert_eq!(open(&header, SealedUnder::CurrentKey), Err(UnsealError::Damaged));
    assert_eq!(open(&header, SealedUnder::PreviousKey { epoch: 5 }), Err(UnsealError::Damaged));
    assert_eq!(open(&RecordHeader { epoch: 6, ..header }, under), Err(UnsealError::Damaged));
    let sealed = seal(&record(), &header);
    assert_eq!(
        Record::unseal(&sealed, &key(), &header, under),
        Err(UnsealError::Damaged),
        "a record does not open as a copy"
    );
}

#[test]
fn every_flipped_bit_is_noticed() {
    let sealed = seal(&record(), &HEADER);
    for bit in 0..8 * sealed.len() {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(unseal(&flipped, &HEADER), Err(UnsealError::Damaged), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(unseal(&sealed[..length], &HEADER), Err(UnsealError::Damaged), "cut to {length}");
    }
}

/// Seals a record with these fields changed, and opens it.
fn with(changes: &[(&str, serde_json::Value)]) -> Result<Record, UnsealError> {
    let mut json = serde_json::to_value(record()).expect("a value");
    for (field, value) in changes {
        *json.pointer_mut(field).expect("the field") = value.clone();
    }
    let record: Record = serde_json::from_value(json).expect("values of the right types");
    unseal(&seal(&record, &HEADER), &HEADER)
}

/// Seals bytes that are in place of a record.
fn seal_bytes(bytes: &[u8], header: &RecordHeader) -> Vec<u8> {
    let aad = associated_data(header, SealedUnder::CurrentKey);
    aead_seal(&mut random(), key().bytes(), &aad, bytes).expect("sealed")
}

fn bytes_of(value: &impl serde::Serialize) -> Vec<u8> {
    crate::binary::to_bytes(value, MAX_BYTES).expect("bytes").to_vec()
}

/// Numbers that are sealed properly, but that no version writes: a bug elsewhere must not become a free try.
#[test]
fn counters_out_of_range_are_damage() {
    assert_eq!(with(&[]), Ok(record()), "the control");
    for (field, value) in [
        ("/lockout/wrong", serde_json::json!(1_000_001)),
        ("/lockout/no_verdict_left", serde_json::json!(101)),
        ("/lockout/cooldown/wait/left_ms", serde_json::json!(u64::MAX)),
        ("/vault_version", serde_json::json!(1_u64 << 62)),
        ("/journal/number", serde_json::json!(1_u64 << 62)),
        ("/wipe_check/is_set", serde_json::json!(2)),
        ("/deleted/number", serde_json::json!(1_u64 << 62)),
        ("/alerts_seen", serde_json::json!(1_u64 << 62)),
        ("/cards/destroyed", serde_json::json!(vec!["00".repeat(8); 33])),
    ] {
        assert_eq!(with(&[(field, value)]), Err(UnsealError::Damaged), "{field}");
    }
}

/// The record was sealed with the right key, so another version wrote it.
#[test]
fn what_is_authentic_and_not_understood_is_of_a_newer_version() {
    for (field, value) in [
        ("/pin_slot", serde_json::json!(null)),
        ("/pin_slot", serde_json::json!("00")),
        ("/biometric/slot", serde_json::json!("00")),
        ("/biometric/slot", serde_json::json!("02".repeat(148))),
    ] {
        assert_eq!(with(&[(field, value)]), Err(UnsealError::Newer), "{field}");
    }
    let bytes = bytes_of(&record());
    assert_eq!(unseal(&seal_bytes(&bytes, &HEADER), &HEADER), Ok(record()), "the control");
    for length in 0..bytes.len() {
        let cut = seal_bytes(&bytes[..length], &HEADER);
        assert_eq!(unseal(&cut, &HEADER), Err(UnsealError::Newer), "cut to {length}");
    }
    let more = seal_bytes(&[bytes.as_slice(), &[0]].concat(), &HEADER);
    assert_eq!(unseal(&more, &HEADER), Err(UnsealError::Newer), "a field of a later version");
    let policy = record().policy.to_json();
    let changed = policy.replacen("name", "nama", 1).into_bytes();
    let at = bytes.windows(policy.len()).position(|window| window == policy.as_bytes()).expect("it begins with it");
    let unknown = [&bytes[..at], &changed, &bytes[at + policy.len()..]].concat();
    assert_eq!(unseal(&seal_bytes(&unknown, &HEADER), &HEADER), Err(UnsealError::Newer), "a later policy");
}

/// If a later version narrows a range or raises a floor, the records of old wallets still open.
#[test]
fn what_may_not_be_set_any_more_may_still_be_read() {
    let mut opened = with(&[("/policy/lockout/lock_at", serde_json::json!(3_000_000))]).expect("it opens");
    assert!(opened.policy.validate().is_err(), "it could not be set");
    opened.policy = record().policy;
    assert_eq!(opened, record());
    let cheap = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };
    let parts = SlotParts {
        wallet_id: &HEADER.wallet_id,
        cost: cheap,
        salt: [0x33; 16],
        key_number: 1,
        place: Place::OF_TESTS,
    };
    let slot = PinSlot::make(&mut random(), &parts, &[0x44; 32], &DataKey::make(&mut random())).expect("short");
    let of_old = Record { pin_slot: Some(slot.to_stored()), ..record() };
    assert_eq!(unseal(&seal(&of_old, &HEADER), &HEADER), Ok(of_old));
}

#[test]
fn what_is_too_large_is_not_even_opened() {
    let sealed = |size: usize| unseal(&seal_bytes(&vec![0; size - AEAD_OVERHEAD], &HEADER), &HEADER);
    assert_eq!(sealed(MAX_BYTES), Err(UnsealError::Newer), "the control: it is opened, and holds no record");
    assert_eq!(sealed(MAX_BYTES + 1), Err(UnsealError::Damaged));
    let of_length = |length: usize| {
        let mut record = record();
        record.policy.name = "n".repeat(length);
        record
    };
    let rest = bytes_of(&of_length(60_000)).len() - 60_000;
    let longest = of_length(MAX_BYTES - AEAD_OVERHEAD - rest);
    assert_eq!(unseal(&seal(&longest, &HEADER), &HEADER), Ok(longest), "what is written opens");
    let longer = of_length(MAX_BYTES - AEAD_OVERHEAD - rest + 1);
    assert_eq!(longer.seal(&mut random(), &key(), &HEADER, SealedUnder::CurrentKey), None);
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

/// Opens a frozen sealed record.
fn open_vector(hex: &str, header: &RecordHeader) -> Record {
    let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    let sealed: Vec<u8> = hex.trim().as_bytes().chunks(2).map(digits).collect();
    unseal(&sealed, header).expect("a record that was written")
}

/// The record of format 2. If this fails, old databases no longer open.
///
/// The order of fields is the order in the bytes, and JSON has it too: so two fields of equal values cannot change
/// their places unnoticed.
#[test]
fn format_2_is_frozen() {
    let header = RecordHeader { format: 2, epoch: 7, place: Some(Place::OF_TESTS), ..HEADER };
    let opened = open_vector(include_str!("../../vectors/record_v2.hex"), &header);
    let json = |record: &Record| serde_json::to_string_pretty(record).expect("JSON") + "\n";
    let expected = include_str!("../../vectors/record_v2.json");
    assert!(json(&opened) == expected, "{}", json(&opened));
    assert!(json(&full_record()) == expected, "a new field is a new vector");
}

#[test]
fn a_variant_of_a_later_version_is_of_a_newer_version() {
    let wiped = bytes_of(&Record { life: Life::Wiped, ..record() });
    let mut bytes = bytes_of(&record());
    let at: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at] != wiped[*at]).collect();
    let [life] = at.as_slice() else { panic!("one byte: {at:?}") };
    bytes[*life] = 2;
    assert_eq!(unseal(&seal_bytes(&bytes, &HEADER), &HEADER), Err(UnsealError::Newer));
}

/// Two records of format 1: the last version of it, and one from before there were epochs, biometrics and wipe PINs.
/// The second has no fields for these, and opens without them.
#[test]
fn format_1_is_still_read() {
    let header = RecordHeader { format: 1, ..HEADER };
    let has_fields_of = |record: &Record, json: &str| {
        let json: serde_json::Value = serde_json::from_str(json).expect("JSON");
        let record = serde_json::to_value(record).expect("a value");
        for (name, field) in json.as_object().expect("an object") {
            assert!(has(&record[name], field), "{name}: {} for {field}", record[name]);
        }
    };
    let last = open_vector(include_str!("../../vectors/record_v1_all.hex"), &RecordHeader { epoch: 7, ..header });
    has_fields_of(&last, include_str!("../../vectors/record_v1_all.json"));
    assert_eq!(last.slot().map(|slot| slot.place()), Some(None));
    let first = open_vector(include_str!("../../vectors/record_v1.hex"), &header);
    has_fields_of(&first, include_str!("../../vectors/record_v1.json"));
    assert_eq!(first.rollback_protection, RollbackProtection::Off);
    assert_eq!(first.biometric, Biometric::default());
    assert!(!first.wipe_check.is_set());
    for record in [first, last] {
        assert_eq!((&record.cards, &record.deleted, record.alerts_seen), (&Cards::default(), &None, 0));
        let Record { life, data_key_number, recovery, locks, provider, payments, .. } = record;
        assert_eq!((life, data_key_number), (Life::Alive, 0));
        assert_eq!((recovery, locks), (Recovery::default(), Locks::default()));
        assert_eq!((provider, payments), (Provider::default(), Payments::default()));
    }
}

/// Whether a value is the expected one, apart from fields that were added later.
fn has(value: &serde_json::Value, expected: &serde_json::Value) -> bool {
    match (value.as_object(), expected.as_object()) {
        (Some(fields), Some(expected)) => {
            expected.iter().all(|(name, field)| fields.get(name).is_some_and(|value| has(value, field)))
        }
        _ => value == expected,
    }
}

/// In format 1, a wallet without a PIN slot was a wiped wallet. What this version adds is no part of that format.
#[test]
fn a_wiped_record_of_format_1_is_a_wiped_one() {
    let header = RecordHeader { format: 1, ..HEADER };
    let read = |field: &str, value: serde_json::Value| {
        let json = include_str!("../../vectors/record_v1_all.json");
        let mut json: serde_json::Value = serde_json::from_str(json).expect("JSON");
        json[field] = value;
        unseal(&seal_bytes(json.to_string().as_bytes(), &header), &header).map(|record| record.life)
    };
    assert_eq!(read("pin_slot", serde_json::json!(null)), Ok(Life::Wiped));
    assert_eq!(read("calibration", serde_json::json!(1)), Ok(Life::Alive), "the control");
    assert_eq!(read("calibration", serde_json::json!("1")), Err(UnsealError::Newer));
    assert_eq!(read("life", serde_json::json!("alive")), Err(UnsealError::Newer), "a field of format 2");
}

#[test]
fn a_wiped_wallet_is_not_alive_and_starts_no_epoch() {
    let with = |life, rollback_protection| Record { life, rollback_protection, ..record() };
    let is = |record: &Record| (record.is_alive(), record.is_protected());
    assert_eq!(is(&with(Life::Alive, RollbackProtection::On)), (true, true));
    assert_eq!(is(&with(Life::Alive, RollbackProtection::Off)), (true, false));
    assert_eq!(is(&with(Life::Wiped, RollbackProtection::On)), (false, false));
    assert!(with(Life::Wiped, RollbackProtection::On).standing(NOW).is_wiped());
    assert!(!with(Life::Alive, RollbackProtection::On).standing(NOW).is_wiped());
}

#[test]
fn a_policy_is_adopted_if_it_eases_nothing_and_leaves_a_try() {
    let record = record();
    let with = |lock_at| {
        let mut policy = record.policy.clone();
        policy.lockout.lock_at = lock_at;
        policy
    };
    // Five tries are open.
    for (lock_at, is_adopted) in [(Some(16), true), (Some(6), true), (Some(5), false), (Some(17), false)] {
        assert_eq!(record.adopts(&with(lock_at), NOW), is_adopted, "{lock_at:?}");
    }
}

#[test]
fn its_biometric_slot_is_the_one_that_was_switched_on() {
    let with = |biometric| Record { biometric, ..record() };
    assert_eq!(with(biometric()).biometric_slot().map(|slot| slot.key_number()), Some(9));
    assert!(with(Biometric::new(NOW)).biometric_slot().is_none());
}

#[test]
fn the_next_epochs_header_is_of_todays_format_and_place() {
    let old = RecordHeader { format: 1, epoch: 4, ..HEADER };
    let next = RecordHeader { format: FORMAT, epoch: 5, place: Some(Place::OF_TESTS), ..HEADER };
    assert_eq!(old.next(Place::OF_TESTS), next);
    assert_eq!(old.as_written(), RecordHeader { format: FORMAT, epoch: 4, ..HEADER });
}

#[test]
fn only_a_status_that_takes_a_pin_is_ready() {
    assert!(LockStatus::Ready { tries_left: None }.is_ready());
    assert!(!LockStatus::Busy.is_ready());
}
