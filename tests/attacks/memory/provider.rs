//! The provider of escrow, which the parent plays, and the secrets of a request. They are computed from the
//! documentation alone (`core/src/provider/README.md`, `core/src/crypto/random.rs`, RFC 9180).

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use curve25519_dalek::MontgomeryPoint;
use sha2::{Digest, Sha256};
use walletlock_core::platform::Entropy;
use walletlock_core::platform::testing::FakeEntropy;
use walletlock_core::provider::signer::{EscrowPair, ReadRequest, Signer, decode, encode, read_request, request_hash};

use super::needles::{Needle, of_key};
use crate::opener::{Secret, hmac};

/// More calls than a test makes that draw randomness.
const MOST_DRAWS: usize = 1_000;

/// A request for escrow, as the provider reads it, and the secrets that the phone has for it.
pub(super) struct Request {
    text: String,
    read: ReadRequest,
    /// How many times the phone had drawn randomness before.
    pub(super) draw: usize,
    pub(super) secrets: RequestSecrets,
}

/// What the phone has in memory for a request.
pub(super) struct RequestSecrets {
    /// The 32 bytes from the platform that the key is stretched from.
    seed: Secret,
    private_key: Secret,
}

/// What the phone computes from a grant.
pub(super) struct GrantSecrets {
    /// What X25519 gives for the request's key.
    shared_point: Secret,
    /// The secret of the KEM (RFC 9180, section 4.1).
    shared_secret: Secret,
    /// The key schedule's secret and its AES key (RFC 9180, section 5.1).
    schedule_secret: Secret,
    aead_key: Secret,
    /// What the grant opens.
    pub(super) data_key: Secret,
}

impl RequestSecrets {
    /// The secrets that the phone has if its randomness is this draw of this seed.
    pub(super) fn of_draw(seed: u64, draw: usize) -> Self {
        let mut drawn = vec![0; 32 * (draw + 1)];
        FakeEntropy::new(seed).fill(&mut drawn).expect("it does not fail");
        let seed: Secret = drawn[32 * draw..].try_into().expect("32 bytes");
        // The first block of the call's randomness.
        let private_key = hmac(&seed, &[b"walletlock v1 random".as_slice(), &0_u64.to_be_bytes()].concat());
        Self { seed, private_key }
    }

    pub(super) fn needles(&self, whose: &str) -> Vec<Needle> {
        let seed = of_key(&format!("{whose}'s randomness"), &self.seed);
        [seed, of_key(&format!("{whose}'s key"), &self.private_key)].concat()
    }
}

impl Request {
    /// Finds the draw from which the phone made the key that the request names.
    pub(super) fn follow(text: String, seed: u64) -> Self {
        let read = read_request(&text, None).expect("a request of a phone that is not registered");
        let (_, public_key) = read.escrow.as_ref().expect("a request for escrow");
        let mut drawn = vec![0; 32 * MOST_DRAWS];
        FakeEntropy::new(seed).fill(&mut drawn).expect("it does not fail");
        let is_it = |secrets: &RequestSecrets| x25519_base(&secrets.private_key) == *public_key;
        let found = (0..MOST_DRAWS).map(|draw| (draw, RequestSecrets::of_draw(seed, draw))).find(|(_, it)| is_it(it));
        let (draw, secrets) = found.expect("the documentation leads to the request's key");
        Self { text, read, draw, secrets }
    }

    /// `sealed` of the grant.
    fn sealed(&self) -> String {
        EscrowPair::from_private_key(&[4; 32]).reseal(&self.text, &self.read, &[9; 32]).expect("its own slot")
    }

    /// What the phone computes when it takes the grant.
    pub(super) fn follow_grant(&self) -> GrantSecrets {
        let sealed = decode(&self.sealed()).expect("base64url");
        let (encapsulated, ciphertext) = sealed.split_first_chunk::<32>().expect("its key");
        let (private_key, (_, public_key)) = (&self.secrets.private_key, self.read.escrow.as_ref().expect("it asks"));
        let shared_point = MontgomeryPoint(*encapsulated).mul_clamped(*private_key).to_bytes();
        // RFC 9180, section 7: the KEM is 0x20, the KDF 1, the AEAD 2.
        let (kem, suite) = (b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x02");
        let extract = |suite: &[u8], salt: &[u8], label: &[u8], secret: &[u8]| {
            hmac(salt, &[b"HPKE-v1", suite, label, secret].concat())
        };
        let expand = |suite: &[u8], secret: &[u8], label: &[u8], info: &[u8], length: u8| {
            hmac(secret, &[&[0, length], b"HPKE-v1".as_slice(), suite, label, info, &[1]].concat())
        };
        let extracted = extract(kem, &[], b"eae_prk", &shared_point);
        let shared_secret =
            expand(kem, &extracted, b"shared_secret", &[encapsulated.as_slice(), public_key].concat(), 32);
        let hashes = [("psk_id_hash", b"".as_slice()), ("info_hash", b"walletlock v1 escrow grant")]
            .map(|(label, input)| extract(suite, &[], label.as_bytes(), input));
        let context = [&[0], hashes[0].as_slice(), &hashes[1]].concat();
        let schedule_secret = extract(suite, &shared_secret, b"secret", &[]);
        let aead_key = expand(suite, &schedule_secret, b"key", &context, 32);
        let nonce = expand(suite, &schedule_secret, b"base_nonce", &context, 12);
        let aad = [decode(&self.read.wallet).expect("an id"), Sha256::digest(&self.text).to_vec()].concat();
        let nonce = Nonce::from(*nonce.first_chunk::<12>().expect("12 of 32 bytes"));
        let opened = Aes256Gcm::new(<&Key<Aes256Gcm>>::from(&aead_key))
            .decrypt(&nonce, Payload { msg: ciphertext, aad: &aad })
            .expect("the documentation leads to the data key");
        let data_key = opened.try_into().expect("32 bytes");
        GrantSecrets { shared_point, shared_secret, schedule_secret, aead_key, data_key }
    }
}

impl GrantSecrets {
    /// Without the data key.
    pub(super) fn needles(&self) -> Vec<Needle> {
        let secrets = [
            ("grant's shared point", &self.shared_point),
            ("grant's shared secret", &self.shared_secret),
            ("grant's schedule secret", &self.schedule_secret),
            ("grant's AES key", &self.aead_key),
        ];
        secrets.into_iter().flat_map(|(what, key)| of_key(what, key)).collect()
    }
}

/// The grant for a request, as a provider gives it that has verified the owner. The child's policy names the keys of
/// these seeds.
pub(super) fn sign_grant(request: &Request) -> String {
    let (ReadRequest { wallet, installation, last_order, .. }, sealed) = (&request.read, request.sealed());
    let req = request_hash(&request.text);
    // A person has verified the owner, and called back the account's number.
    let proof = |method: &str, place: &str, challenge: u8| {
        format!(r#"{{"method":"{method}","place":"{place}","challenge":"{}"}}"#, encode(&[challenge; 16]))
    };
    let proofs = format!("[{},{}]", proof("person", "elsewhere", 7), proof("sms", "phone", 8));
    let act = format!(r#""act":"escrow","sealed":"{sealed}""#);
    let named = format!(r#""aud":"{wallet}","sub":"{installation}""#);
    let claims = format!(r#"{{"v":1,{named},{act},"req":"{req}","after":{last_order},"proofs":{proofs}}}"#);
    Signer::from_seed(&[2; 32]).sign("grant", &claims)
}

fn x25519_base(private_key: &Secret) -> Secret {
    MontgomeryPoint::mul_base_clamped(*private_key).to_bytes()
}
