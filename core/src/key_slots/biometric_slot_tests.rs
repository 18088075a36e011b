use super::*;
use crate::hex;
use crate::platform::testing;

const WALLET: [u8; 16] = [0x11; 16];

fn slot() -> (BiometricSlot, SlotKey, Vec<u8>) {
    let mut random = testing::random(5);
    let (data_key, slot_key) = (DataKey::make(&mut random), random.bytes());
    let key = WrappingKey { number: 7, place: Place::OF_TESTS, wrapped: &[0x77; 60] };
    let slot = BiometricSlot::make(&mut random, &WALLET, &key, &slot_key, &data_key).expect("short");
    (slot, slot_key, data_key.bytes().to_vec())
}

/// A slot from frozen bytes.
fn frozen(hex: &str) -> BiometricSlot {
    let digits = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    let bytes: Vec<u8> = hex.trim().as_bytes().chunks(2).map(digits).collect();
    BiometricSlot::parse(&SlotBytes::new(&bytes)).expect("a slot that was written")
}

#[test]
fn it_opens_with_its_key_for_its_wallet_and_not_otherwise() {
    let (slot, key, data_key) = slot();
    assert_eq!(slot.open(&WALLET, key.as_slice()).expect("its key").bytes().to_vec(), data_key);
    assert_eq!((slot.key_number(), slot.wrapped(), slot.place()), (7, [0x77; 60], Some(Place::OF_TESTS)));
    assert!(slot.open(&[0x12; 16], key.as_slice()).is_none(), "another wallet");
    for other in [&[][..], &[0; 32], &[1; 32], &key[..31], &[key.as_slice(), &[0]].concat()] {
        assert!(slot.open(&WALLET, other).is_none(), "{} bytes", other.len());
    }
}

#[test]
fn no_bit_of_its_header_and_first_ciphertext_can_be_changed() {
    let (slot, key, _) = slot();
    for bit in 0..8 * (HEADER_BYTES + CIPHERTEXT_BYTES) {
        let mut flipped = slot.clone();
        flipped.0[bit / 8] ^= 1 << (bit % 8);
        assert!(flipped.open(&WALLET, key.as_slice()).is_none(), "bit {bit}");
    }
}

#[test]
fn the_second_ciphertext_opens_too_and_only_with_its_own_index() {
    let (slot, key, data_key) = slot();
    let (header, _) = slot.0.split_at(HEADER_BYTES);
    let kek = derive_biometric_kek(&key, &header[12..12 + SALT_BYTES]);
    for (index, opens) in [(1, true), (0, false)] {
        let aad = [header, &WALLET, &[index]].concat();
        let second = aead_seal(&mut testing::random(9), &kek, &aad, &data_key).expect("short");
        let bytes = [header, &[0; CIPHERTEXT_BYTES], &second].concat();
        let slot = BiometricSlot::parse(&SlotBytes::new(&bytes)).expect("well formed");
        assert_eq!(slot.open(&WALLET, key.as_slice()).is_some(), opens, "made for index {index}");
    }
}

#[test]
fn other_formats_and_kinds_are_refused_when_read() {
    let (slot, ..) = slot();
    assert!(BiometricSlot::parse(&slot.to_stored()).expect("a slot") == slot);
    for (place, byte) in [(0, 0), (0, 1), (0, 3), (1, 1), (2, 2), (3, 1), (HEADER_BYTES_1, 2)] {
        let mut other = slot.clone();
        other.0[place] = byte;
        assert!(BiometricSlot::parse(&other.to_stored()).is_err(), "byte {place} is {byte}");
    }
    for length in [0, HEADER_BYTES + CIPHERTEXT_BYTES, slot.0.len() - 1] {
        assert!(BiometricSlot::parse(&SlotBytes::new(&slot.0[..length])).is_err(), "{length} bytes");
    }
    let longer = [&slot.0[..], &[0]].concat();
    assert!(BiometricSlot::parse(&SlotBytes::new(&longer)).is_err(), "a byte too many");
}

/// The slot of format 2. If this fails, biometrics no longer open existing wallets.
#[test]
fn the_format_is_frozen() {
    let (slot, key, data_key) = slot();
    let vector = include_str!("../../vectors/biometric_slot_v2.hex");
    assert_eq!(hex::encode(&slot.0), vector.trim());
    assert_eq!(frozen(vector).open(&WALLET, key.as_slice()).expect("its key").bytes().to_vec(), data_key);
}

/// A slot of format 1, made with the same keys before there was a second ciphertext.
#[test]
fn format_1_opens() {
    let (_, key, data_key) = slot();
    let slot = frozen(include_str!("../../vectors/biometric_slot_v1.hex"));
    assert_eq!(slot.open(&WALLET, key.as_slice()).expect("its key").bytes().to_vec(), data_key);
    assert_eq!((slot.key_number(), slot.wrapped(), slot.place()), (7, [0x77; 60], None));
    assert!(slot.open(&WALLET, &[1; 32]).is_none());
    let second = [slot.0.as_slice(), &[0; CIPHERTEXT_BYTES]].concat();
    assert!(BiometricSlot::parse(&SlotBytes::new(&second)).is_err(), "it has one ciphertext");
}

#[test]
fn it_prints_its_name_and_nothing_else() {
    assert_eq!(format!("{:?}", slot().0), "BiometricSlot");
}
