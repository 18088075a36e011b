//! SHA-256 (FIPS 180-4), and the MAC of authenticator apps.

use ring::hmac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// SHA-256 of the concatenated parts.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// HMAC-SHA1 (RFC 2104) of the concatenated `parts`. Only for the codes of authenticator apps, which know no other.
///
/// It is ring's, because ring is in the library already and another SHA-1 would be added to it. ring does not wipe its
/// state, which is on the stack: the caller has to wipe the stack.
pub(crate) fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 20]> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    let mut mac = Zeroizing::new([0; 20]);
    mac.copy_from_slice(context.sign().as_ref());
    mac
}
