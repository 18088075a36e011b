//! Sealing to a public key: HPKE (RFC 9180) in base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.
//! What is sealed is the encapsulated key (32 bytes) and the ciphertext with its tag.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng};
use zeroize::Zeroizing;

use super::Random;

/// Number of bytes that sealing to a public key adds.
pub(crate) const SEALING_OVERHEAD: usize = 32 + 16;

/// The X25519 public key of a private key. `None` cannot happen: every 32 bytes are an X25519 private key.
pub(crate) fn derive_public_key(private_key: &[u8; 32]) -> Option<[u8; 32]> {
    let private_key = <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key).ok()?;
    X25519HkdfSha256::sk_to_pk(&private_key).to_bytes().as_slice().try_into().ok()
}

/// Seals so that only the holder of the private key opens it. `info` names what is sealed, `aad` is authenticated with
/// it. `None` if `public_key` is not a valid X25519 key.
pub(crate) fn seal_to_public_key(
    random: &mut Random,
    public_key: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Option<Vec<u8>> {
    let public_key = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(public_key).ok()?;
    let (encapsulated, ciphertext) = single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &public_key,
        info,
        plaintext,
        aad,
        random,
    )
    .ok()?;
    Some([encapsulated.to_bytes().as_slice(), &ciphertext].concat())
}

/// Whether anything can be sealed to this key. Nothing can be sealed to a point of low order, with which X25519 gives
/// zeros (RFC 7748, section 6.1).
pub(crate) fn can_seal_to(public_key: &[u8; 32]) -> bool {
    let fill = |bytes: &mut [u8]| {
        bytes.fill(1);
        Ok(())
    };
    Random::draw(fill).is_ok_and(|mut random| seal_to_public_key(&mut random, public_key, b"", b"", b"").is_some())
}

/// Opens what [`seal_to_public_key`] made. `None` if any bit of `sealed`, of the key, of `info` or of `aad` differs.
pub(crate) fn open_with_private_key(
    private_key: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, ciphertext) = sealed.split_first_chunk::<32>()?;
    single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &<X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private_key).ok()?,
        &<X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(encapsulated).ok()?,
        info,
        ciphertext,
        aad,
    )
    .map(Zeroizing::new)
    .ok()
}
