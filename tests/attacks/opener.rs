//! Opens a wallet from its files and its keystore, without the core: written from what its documentation says of the formats.
//!
//! It says what the lock's secrets are, and that the documentation is right.

use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, Mac};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use sha2::Sha256;

pub(crate) type Secret = [u8; 32];

/// What there is in a wallet before its PIN is known.
pub(crate) struct Opener {
    wallet_id: [u8; 16],
    slot: Vec<u8>,
    biometric_slot: Option<Vec<u8>>,
    /// What the record is sealed with.
    pub(crate) seal_key: Secret,
}

/// Everything that a PIN leads to, in the order in which it does.
pub(crate) struct Derived {
    pub(crate) kdf_output: Secret,
    pub(crate) device_output: Secret,
    pub(crate) key_encryption_key: Secret,
    /// `None`: it is not the right PIN.
    pub(crate) data_key: Option<Secret>,
}

impl Opener {
    /// Reads the record. `device_key` is HMAC-SHA256 under the key of an alias.
    pub(crate) fn read(database: &Path, device_key: impl Fn(&str, &[u8]) -> Secret) -> Self {
        let (epoch, wallet_id, sealed) = stored_record(database);
        let name = database.file_name().and_then(|name| name.to_str()).expect("a name");
        let input = [b"walletlock v1 record seal device key".as_slice(), &wallet_id, &epoch.to_be_bytes()].concat();
        let seal_key = hkdf(&device_key(&format!("{name}/seal/{epoch}"), &input), &[], b"walletlock v1 record seal");
        let aad = [b"walletlock v1 record".as_slice(), &1_u32.to_be_bytes(), &epoch.to_be_bytes(), &wallet_id].concat();
        let record: Value =
            serde_json::from_slice(&decrypt(&seal_key, &aad, &sealed).expect("its seal")).expect("JSON");
        let biometric_slot = record["biometric"]["slot"].as_str().map(from_hex);
        Self { wallet_id, slot: from_hex(record["pin_slot"].as_str().expect("a slot")), biometric_slot, seal_key }
    }

    /// Follows a finger down to the data key: the slot key, what is derived of it, and what that opens. `unwrap` is the keystore's key.
    pub(crate) fn follow_finger(&self, unwrap: impl Fn(&str, &[u8]) -> Secret, name: &str) -> [Secret; 3] {
        let slot = self.biometric_slot.as_ref().expect("biometrics are on");
        assert_eq!(&slot[..4], [1, 2, 1, 0], "format 1, a finger, AES-GCM");
        let number = u64::from_be_bytes(slot[4..12].try_into().expect("eight"));
        let slot_key = unwrap(&format!("{name}/biometric/{number:016x}"), &slot[28..88]);
        let key_encryption_key = hkdf(&slot_key, &slot[12..28], b"walletlock v1 biometric slot");
        let aad = [&slot[..88], &self.wallet_id].concat();
        let data_key = decrypt(&key_encryption_key, &aad, &slot[88..]).expect("it opens");
        [slot_key, key_encryption_key, data_key.try_into().expect("32 bytes")]
    }

    /// Follows a PIN down to the data key.
    pub(crate) fn follow(&self, pin: &[u8], device_key: impl Fn(&str, &[u8]) -> Secret, name: &str) -> Derived {
        let number = |at: usize| u32::from_be_bytes(self.slot[at..at + 4].try_into().expect("four bytes"));
        assert_eq!(&self.slot[..3], [1, 1, 1], "format 1, a PIN, Argon2id");
        let params = Params::new(number(4), number(8), self.slot[3].into(), Some(32)).expect("its cost");
        let (alias, salt) = (u64::from_be_bytes(self.slot[12..20].try_into().expect("eight")), &self.slot[20..36]);
        let mut kdf_output = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(pin, salt, &mut kdf_output)
            .expect("accepted");
        let input = [b"walletlock v1 pin slot device key".as_slice(), &self.wallet_id, &kdf_output].concat();
        let device_output = device_key(&format!("{name}/pin/{alias:016x}"), &input);
        let key_encryption_key = hkdf(&[kdf_output, device_output].concat(), salt, b"walletlock v1 pin slot");
        let aad = [&self.slot[..36], &self.wallet_id, &[0]].concat();
        let data_key = decrypt(&key_encryption_key, &aad, &self.slot[36..96]);
        let data_key = data_key.map(|key| key.try_into().expect("32 bytes"));
        Derived { kdf_output, device_output, key_encryption_key, data_key }
    }
}

/// The keys that hang on the data key, by what they are for.
pub(crate) fn subkeys(data_key: &Secret) -> impl Iterator<Item = (&'static str, Secret)> {
    ["vault", "journal private key", "journal signing key", "pin history"]
        .into_iter()
        .map(|purpose| (purpose, hkdf(data_key, &[], format!("walletlock v1 {purpose}").as_bytes())))
}

fn stored_record(database: &Path) -> (u64, [u8; 16], Vec<u8>) {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("a database");
    connection
        .query_row("SELECT format, epoch, wallet_id, sealed FROM record", [], |row| {
            assert_eq!(row.get::<_, u32>(0)?, 1, "format 1");
            Ok((row.get::<_, i64>(1)? as u64, row.get(2)?, row.get(3)?))
        })
        .expect("a record")
}

/// HKDF-SHA256 (RFC 5869), one block.
fn hkdf(secret: &[u8], salt: &[u8], info: &[u8]) -> Secret {
    hmac(&hmac(salt, secret), &[info, &[1]].concat())
}

pub(crate) fn hmac(key: &[u8], input: &[u8]) -> Secret {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    mac.update(input);
    mac.finalize().into_bytes().into()
}

/// AES-256-GCM: a nonce of 12 bytes comes first.
fn decrypt(key: &Secret, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<12>()?;
    Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key)).decrypt(&Nonce::from(*nonce), Payload { msg, aad }).ok()
}

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
}
