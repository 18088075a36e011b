//! Opens a wallet from its files and its keystore, without the core. It is written from the documentation of the
//! formats alone.
//!
//! It computes the lock's secrets for the tests, and proves that the documentation of keys and slots is right. In the
//! record it looks for the slots by what they begin with, and reads nothing else.

use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, Mac};
use rusqlite::{Connection, OpenFlags};
use sha2::Sha256;

pub(crate) type Secret = [u8; 32];

/// What can be read of a wallet before its PIN is known.
pub(crate) struct Opener {
    wallet_id: [u8; 16],
    slot: Vec<u8>,
    biometric_slot: Option<Vec<u8>>,
    rescue_row: Option<Vec<u8>>,
    /// The key that the record is sealed with.
    pub(crate) seal_key: Secret,
}

/// Everything that a PIN leads to, in the order of derivation.
pub(crate) struct Derived {
    pub(crate) kdf_output: Secret,
    pub(crate) device_output: Secret,
    pub(crate) key_encryption_key: Secret,
    /// `None` if the PIN is wrong.
    pub(crate) data_key: Option<Secret>,
}

impl Opener {
    /// Reads the record. `device_key` computes HMAC-SHA256 of the input under the key of the alias.
    pub(crate) fn read(database: &Path, device_key: impl Fn(&str, &[u8]) -> Secret) -> Self {
        let Row { epoch, wallet_id, sealed, place } = stored_record(database);
        let input = [b"walletlock v1 record seal device key".as_slice(), &wallet_id, &epoch.to_be_bytes()].concat();
        let alias = alias(&place, &wallet_id, "seal", &epoch.to_string());
        let seal_key = hkdf(&device_key(&alias, &input), &[], b"walletlock v1 record seal");
        let (format, epoch) = (2_u32.to_be_bytes(), epoch.to_be_bytes());
        // Role 0 means: sealed under the key of the record's own epoch. That is why the epoch stands in the associated
        // data twice.
        let aad = [b"walletlock v2 record".as_slice(), &format, &[0], &epoch, &epoch, &wallet_id, &place].concat();
        let record = decrypt(&seal_key, &aad, &sealed).expect("its seal");
        // The record has no names. But each slot stands behind its length, and tells what it is.
        let biometric_slot = find(&record, 217, &[2, 2, 1, 0]);
        let rescue_row = [154, 234].iter().find_map(|length| find(&record, *length, &[&[1], &wallet_id[..]].concat()));
        let slot = find(&record, 165, &[2, 1, 1]).expect("a slot");
        Self { wallet_id, slot, biometric_slot, rescue_row, seal_key }
    }

    /// Computes the slot key, the key derived from it, and the data key, as a fingerprint opens them. `unwrap` stands
    /// in for the keystore's key.
    pub(crate) fn follow_finger(&self, unwrap: impl Fn(&str, &[u8]) -> Secret) -> [Secret; 3] {
        let slot = self.biometric_slot.as_ref().expect("biometrics are on");
        assert_eq!(&slot[..4], [2, 2, 1, 0], "format 2, a finger, AES-GCM");
        let number = u64::from_be_bytes(slot[4..12].try_into().expect("eight"));
        let alias = alias(&slot[88..97], &self.wallet_id, "biometric", &format!("{number:016x}"));
        let slot_key = unwrap(&alias, &slot[28..88]);
        let key_encryption_key = hkdf(&slot_key, &slot[12..28], b"walletlock v1 biometric slot");
        let aad = [&slot[..97], &self.wallet_id, &[0]].concat();
        let data_key = decrypt(&key_encryption_key, &aad, &slot[97..157]).expect("it opens");
        [slot_key, key_encryption_key, data_key.try_into().expect("32 bytes")]
    }

    /// Computes the bytes of a recovery code from its digits, and the X25519 private key that opens the code's slot.
    pub(crate) fn follow_code(&self, digits: &[u8]) -> (Vec<u8>, Secret) {
        let row = self.rescue_row.as_ref().expect("a recovery code");
        let has_escrow = row[25] == 3;
        let (slots, length) = if has_escrow { (3, 234) } else { (1, 154) };
        assert_eq!(
            (row[0], &row[1..17], row[25], row.len()),
            (1, &self.wallet_id[..], slots, length),
            "with a code, of this wallet"
        );
        let number = |group: &[u8]| group.iter().fold(0, |number, digit| number * 10 + u32::from(*digit));
        let pieces = (1..).zip(digits.chunks(6)).map(|(nth, group)| (number(group) - nth) / 11);
        let code: Vec<_> = pieces.flat_map(|piece| (piece as u16).to_be_bytes()).collect();
        let private_key = hkdf(&code, &row[26..42], b"walletlock v1 recovery code");
        (code, private_key)
    }

    /// Computes everything from a PIN down to the data key.
    pub(crate) fn follow(&self, pin: &[u8], device_key: impl Fn(&str, &[u8]) -> Secret) -> Derived {
        let number = |at: usize| u32::from_be_bytes(self.slot[at..at + 4].try_into().expect("four bytes"));
        assert_eq!(&self.slot[..3], [2, 1, 1], "format 2, a PIN, Argon2id");
        let params = Params::new(number(4), number(8), self.slot[3].into(), Some(32)).expect("its cost");
        let (key, salt) = (u64::from_be_bytes(self.slot[12..20].try_into().expect("eight")), &self.slot[20..36]);
        let mut kdf_output = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(pin, salt, &mut kdf_output)
            .expect("accepted");
        let one_way = hkdf(&kdf_output, &self.wallet_id, b"walletlock v2 pin slot device key input");
        let input = [b"walletlock v2 pin slot device key".as_slice(), &self.wallet_id, &one_way].concat();
        let alias = alias(&self.slot[36..45], &self.wallet_id, "pin", &format!("{key:016x}"));
        let device_output = device_key(&alias, &input);
        let key_encryption_key = hkdf(&[kdf_output, device_output].concat(), salt, b"walletlock v1 pin slot");
        let aad = [&self.slot[..45], &self.wallet_id, &[0]].concat();
        let data_key = decrypt(&key_encryption_key, &aad, &self.slot[45..105]);
        let data_key = data_key.map(|key| key.try_into().expect("32 bytes"));
        Derived { kdf_output, device_output, key_encryption_key, data_key }
    }
}

/// The keys derived from the data key, by purpose.
pub(crate) fn subkeys(data_key: &Secret) -> impl Iterator<Item = (&'static str, Secret)> {
    [
        "vault",
        "journal private key",
        "journal details key",
        "journal signing key",
        "pin history",
        "rescue row",
        "survivors",
    ]
    .into_iter()
    .map(|purpose| (purpose, hkdf(data_key, &[], format!("walletlock v1 {purpose}").as_bytes())))
}

/// The record's row.
struct Row {
    epoch: u64,
    wallet_id: [u8; 16],
    sealed: Vec<u8>,
    /// A byte that says that a place is known, and eight bytes of a hash.
    place: [u8; 9],
}

fn stored_record(database: &Path) -> Row {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("a database");
    connection
        .query_row("SELECT format, epoch, wallet_id, sealed, place FROM record", [], |row| {
            assert_eq!(row.get::<_, u32>(0)?, 2, "format 2");
            let epoch = row.get::<_, i64>(1)? as u64;
            Ok(Row { epoch, wallet_id: row.get(2)?, sealed: row.get(3)?, place: row.get(4)? })
        })
        .expect("a record")
}

/// Finds bytes of this length that begin so. Before them stands their length, seven bits to a byte, the lowest first.
fn find(record: &[u8], length: usize, begin: &[u8]) -> Option<Vec<u8>> {
    let begin = [&[length as u8 | 0x80, (length >> 7) as u8], begin].concat();
    let at = record.windows(begin.len()).position(|window| window == begin)?;
    Some(record[at + 2..][..length].to_vec())
}

/// `PLACE/WALLET/KIND/NUMBER`, in lower-case hexadecimal.
fn alias(place: &[u8], wallet_id: &[u8], kind: &str, number: &str) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("{}/{}/{kind}/{number}", hex(&place[1..]), hex(wallet_id))
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

/// AES-256-GCM; the first 12 bytes of `sealed` are the nonce.
fn decrypt(key: &Secret, aad: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<12>()?;
    Aes256Gcm::new(<&Key<Aes256Gcm>>::from(key)).decrypt(&Nonce::from(*nonce), Payload { msg, aad }).ok()
}
