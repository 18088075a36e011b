use super::*;
use crate::platform::testing;

const WALLET: [u8; 16] = [0x11; 16];
const KEK: [u8; 32] = [0x22; 32];

fn slot() -> (PinSlot, DataKey) {
    let mut random = testing::random(7);
    let data_key = DataKey::make(&mut random);
    let slot = PinSlot::make(&mut random, &WALLET, KdfCost::FLOOR, 3, [0x33; 16], &KEK, &data_key).expect("short");
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
    assert_eq!(read.open(&WALLET, &KEK).expect("its key").bytes(), data_key.bytes());
}

#[test]
fn every_flipped_bit_of_header_and_first_ciphertext_is_noticed() {
    let (slot, _) = slot();
    for bit in 0..8 * (HEADER_BYTES + WRAPPED_BYTES) {
        let mut bytes = slot.bytes;
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = PinSlot::parse(&bytes).ok().and_then(|slot| slot.open(&WALLET, &KEK));
        assert!(opened.is_none(), "bit {bit}");
    }
}

#[test]
fn the_second_ciphertext_opens_too_and_only_in_its_place() {
    let (slot, data_key) = slot();
    let mut random = testing::random(9);
    let header = &slot.bytes[..HEADER_BYTES];
    for (place, opens) in [(1, true), (0, false)] {
        let second =
            aead_seal(&mut random, &KEK, &associated_data(header, &WALLET, place), data_key.bytes()).expect("short");
        let mut bytes = slot.bytes;
        bytes[HEADER_BYTES..HEADER_BYTES + WRAPPED_BYTES].fill(0);
        bytes[HEADER_BYTES + WRAPPED_BYTES..].copy_from_slice(&second);
        assert_eq!(PinSlot::parse(&bytes).expect("well formed").open(&WALLET, &KEK).is_some(), opens);
    }
}

#[test]
fn bytes_that_are_no_slot_are_refused() {
    let (slot, _) = slot();
    let changed = |at: usize, to: u8| {
        let mut bytes = slot.bytes;
        bytes[at] = to;
        PinSlot::parse(&bytes).map(|_| ())
    };
    assert_eq!(PinSlot::parse(&slot.bytes[1..]).map(|_| ()), Err(SlotError), "too short");
    assert_eq!(PinSlot::parse(&[slot.as_bytes(), &[0]].concat()).map(|_| ()), Err(SlotError), "too long");
    assert_eq!(changed(0, 2), Err(SlotError), "a later format");
    assert_eq!(changed(1, 2), Err(SlotError), "another kind");
    assert_eq!(changed(2, 2), Err(SlotError), "another key derivation");
    assert_eq!(changed(4, 0xff), Err(SlotError), "more memory than a phone has");
}

/// The bytes of format 1, as the first release writes them. If this fails, old databases no longer open.
#[test]
fn the_format_is_frozen() {
    let (slot, _) = slot();
    let hex: String = slot.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, include_str!("../../vectors/slot_v1.hex").trim());
    let kdf_output = [0x44; 32];
    let kek = derive_kek(&kdf_output, &[0x55; 32], &[0x66; 16]);
    // Computed apart from this code, by RFC 5869.
    let hex: String = kek.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "4b0d6d78624c0586c136a977106865cc3ca1afe8787169b22f494d6195e3979c");
    assert_eq!(&device_key_input(&WALLET, &kdf_output)[..33], b"walletlock v1 pin slot device key");
}
