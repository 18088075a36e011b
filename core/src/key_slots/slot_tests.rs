use super::*;
use crate::platform::testing;

const WALLET: [u8; 16] = [0x11; 16];
const KEK: [u8; 32] = [0x22; 32];

fn slot() -> (PinSlot, DataKey) {
    let mut random = testing::random(7);
    let data_key = DataKey::make(&mut random);
    let parts =
        SlotParts { wallet_id: &WALLET, cost: KdfCost::FLOOR, salt: [0x33; 16], key_number: 3, place: Place::OF_TESTS };
    let slot = PinSlot::make(&mut random, &parts, &KEK, &data_key).expect("short");
    (slot, data_key)
}

#[test]
fn it_opens_with_its_key_and_no_other() {
    let (slot, data_key) = slot();
    assert_eq!(slot.open(&WALLET, &KEK).expect("its key").bytes(), data_key.bytes());
    assert!(slot.open(&WALLET, &[0x23; 32]).is_none());
    assert!(slot.open(&[0x12; 16], &KEK).is_none(), "another wallet's");
}

#[test]
fn what_it_stores_it_reads() {
    let (slot, data_key) = slot();
    let read = PinSlot::parse(slot.as_bytes()).expect("its own bytes");
    assert_eq!((read.cost(), read.key_number(), read.salt()), (KdfCost::FLOOR, 3, &[0x33; 16]));
    assert_eq!(read.place(), Some(Place::OF_TESTS));
    assert_eq!(read.open(&WALLET, &KEK).expect("its key").bytes(), data_key.bytes());
}

#[test]
fn every_flipped_bit_of_header_and_first_ciphertext_is_noticed() {
    let (slot, _) = slot();
    for bit in 0..8 * (HEADER_BYTES + WRAPPED_BYTES) {
        let mut bytes = slot.bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = PinSlot::parse(&bytes).ok().and_then(|slot| slot.open(&WALLET, &KEK));
        assert!(opened.is_none(), "bit {bit}");
    }
}

#[test]
fn the_second_ciphertext_opens_too_and_only_with_its_own_index() {
    let (slot, data_key) = slot();
    let mut random = testing::random(9);
    let header = &slot.bytes[..HEADER_BYTES];
    for (index, opens) in [(1, true), (0, false)] {
        let second =
            aead_seal(&mut random, &KEK, &associated_data(header, &WALLET, index), data_key.bytes()).expect("short");
        let mut bytes = slot.bytes.clone();
        bytes[HEADER_BYTES..HEADER_BYTES + WRAPPED_BYTES].fill(0);
        bytes[HEADER_BYTES + WRAPPED_BYTES..].copy_from_slice(&second);
        assert_eq!(PinSlot::parse(&bytes).expect("well formed").open(&WALLET, &KEK).is_some(), opens);
    }
}

#[test]
fn bytes_that_are_no_slot_are_refused() {
    let (slot, _) = slot();
    let changed = |at: usize, to: u8| {
        let mut bytes = slot.bytes.clone();
        bytes[at] = to;
        PinSlot::parse(&bytes).map(|_| ())
    };
    assert_eq!(PinSlot::parse(&slot.bytes[1..]).map(|_| ()), Err(SlotError), "too short");
    assert_eq!(PinSlot::parse(&[slot.as_bytes(), &[0]].concat()).map(|_| ()), Err(SlotError), "too long");
    assert_eq!(changed(0, 3), Err(SlotError), "a later format");
    assert_eq!(changed(0, 1), Err(SlotError), "of another length than format 1");
    assert_eq!(changed(HEADER_BYTES_1, 2), Err(SlotError), "no place");
    assert_eq!(changed(1, 2), Err(SlotError), "another kind");
    assert_eq!(changed(2, 2), Err(SlotError), "another key derivation");
    assert_eq!(changed(4, 0xff), Err(SlotError), "more memory than a phone has");
}

fn frozen(hex: &str) -> PinSlot {
    let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    PinSlot::parse(&hex.trim().as_bytes().chunks(2).map(digits).collect::<Vec<u8>>()).expect("a slot")
}

/// The bytes of each format, as released versions write them. If this fails, old databases no longer open.
#[test]
fn the_formats_are_frozen() {
    let (slot, data_key) = slot();
    let hex: String = slot.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("../../vectors/slot_v2.hex").trim());
    let first = frozen(include_str!("../../vectors/slot_v1.hex"));
    assert_eq!((first.cost(), first.key_number(), first.place()), (KdfCost::FLOOR, 3, None));
    assert_eq!(first.open(&WALLET, &KEK).expect("its key").bytes(), data_key.bytes());
    let kdf_output = [0x44; 32];
    let kek = derive_kek(&kdf_output, &[0x55; 32], &[0x66; 16]);
    // Computed independently of this code, by RFC 5869.
    let hex: String = kek.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "4b0d6d78624c0586c136a977106865cc3ca1afe8787169b22f494d6195e3979c");
}

/// From the HMAC's input, nobody can compute what the key-encryption key is derived from.
#[test]
fn the_device_keys_input_is_one_way_from_format_2_on() {
    let (slot, _) = slot();
    let kdf_output = [0x44; 32];
    let first = frozen(include_str!("../../vectors/slot_v1.hex")).device_key_input(&WALLET, &kdf_output);
    assert_eq!(*first, [b"walletlock v1 pin slot device key".as_slice(), &WALLET, &kdf_output].concat());
    let second = slot.device_key_input(&WALLET, &kdf_output);
    let (label, rest) = second.split_at(33);
    assert_eq!((label, &rest[..16]), (b"walletlock v2 pin slot device key".as_slice(), WALLET.as_slice()));
    // Computed independently of this code, by RFC 5869: HKDF of Argon2id's output, with the wallet's id as salt.
    let hex: String = rest[16..].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "1382cff4fd2e28375b5fa98a6d46114d95d734ef30cb6d7bcba6b9c1444d2966");
}
