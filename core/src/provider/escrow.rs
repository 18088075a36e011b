//! Escrow: the provider keeps the key to the data key. The wallet's file holds the data key, sealed to the provider's
//! public key; the provider opens it for an owner whom it has verified, and seals it again to the request that asked.

use zeroize::Zeroizing;

use super::claims::{Claims, GrantAct, SEALED_BYTES};
use super::jws::KeysInForce;
use super::outcome::WordError;
use super::state::{Call, GRANT_MS, read};
use crate::crypto::{DataKey, Random, derive_public_key, open_with_private_key, seal_to_public_key, sha256};
use crate::proof::Proof;
use crate::time::{Lease, Now};

const SLOT_INFO: &[u8] = b"walletlock v1 escrow slot";
const GRANT_INFO: &[u8] = b"walletlock v1 escrow grant";

/// Seals the data key to the provider's key with HPKE. The associated data is the wallet id. `None` if `key` is not a
/// valid X25519 key.
pub(crate) fn seal_slot(
    random: &mut Random,
    key: &[u8; 32],
    wallet_id: &[u8; 16],
    data_key: &DataKey,
) -> Option<Vec<u8>> {
    seal_to_public_key(random, key, SLOT_INFO, wallet_id, data_key.bytes())
}

/// What the provider keeps of a slot, so that it opens no other one: SHA-256 of its bytes.
pub(crate) fn digest(slot: &[u8]) -> [u8; 32] {
    sha256(&[slot])
}

/// The key to which the provider seals the data key for one request.
pub(crate) struct RequestKey {
    private_key: Box<Zeroizing<[u8; 32]>>,
    pub(crate) public_key: [u8; 32],
}

impl RequestKey {
    /// `None` cannot happen: every 32 bytes are an X25519 private key.
    pub(crate) fn make(random: &mut Random) -> Option<Self> {
        let mut private_key = Box::new(Zeroizing::new([0; 32]));
        private_key.copy_from_slice(random.bytes::<32>().as_slice());
        Some(Self { public_key: derive_public_key(&private_key)?, private_key })
    }
}

/// A request for the data key that waits for its grant. It is kept in memory only, because a damaged wallet has no
/// record to keep it in, and no longer than until a grant opens the wallet.
pub(crate) struct AskedEscrow {
    pub(crate) wallet_id: [u8; 16],
    /// The id of the installation that signed the request.
    pub(crate) installation: [u8; 16],
    /// SHA-256 of the request's text.
    pub(crate) request: [u8; 32],
    /// The highest number among the orders that the request reported.
    pub(crate) last_order: u64,
    pub(crate) key: RequestKey,
    pub(crate) asked: Now,
}

impl AskedEscrow {
    /// Reads the grant, and opens the data key in it. `last_order`: the highest number of an order that the phone knows
    /// now.
    pub(crate) fn take(
        &self,
        keys: &KeysInForce,
        last_order: u64,
        text: &str,
        now: Now,
    ) -> Result<(DataKey, Vec<Proof>), WordError> {
        let word = read(Call::Redeem, keys, text)?;
        let Claims::Grant(grant) = word.claims else { return Err(WordError::WrongType) };
        if word.wallet_id != self.wallet_id {
            return Err(WordError::WrongWallet);
        }
        if grant.installation != self.installation {
            return Err(WordError::WrongInstallation);
        }
        if grant.request != self.request {
            return Err(WordError::NotAsked);
        }
        if !Lease::start(GRANT_MS, self.asked).is_live(now) {
            return Err(WordError::Late);
        }
        if last_order != self.last_order || grant.after < last_order {
            return Err(WordError::Superseded);
        }
        if grant.after > last_order {
            return Err(WordError::OrderMissing);
        }
        let GrantAct::Escrow(sealed) = grant.act else { return Err(WordError::NotAllowed) };
        let data_key = open_granted(&self.key.private_key, &self.wallet_id, &self.request, &sealed);
        Ok((data_key.ok_or(WordError::Malformed)?, grant.proofs))
    }
}

/// Opens the data key in a grant. The associated data is the wallet id and SHA-256 of the request's text.
fn open_granted(
    private_key: &[u8; 32],
    wallet_id: &[u8; 16],
    request: &[u8; 32],
    sealed: &[u8; SEALED_BYTES],
) -> Option<DataKey> {
    let opened = open_with_private_key(private_key, GRANT_INFO, &granted_to(wallet_id, request), sealed)?;
    DataKey::from_bytes(&opened)
}

/// The provider's side: opens the slot and seals the data key to the request. For tests and the fakes.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn grant(
    random: &mut Random,
    private_key: &[u8; 32],
    wallet_id: &[u8; 16],
    slot: &[u8],
    request: &[u8; 32],
    key: &[u8; 32],
) -> Option<Vec<u8>> {
    let data_key = open_with_private_key(private_key, SLOT_INFO, wallet_id, slot)?;
    seal_to_public_key(random, key, GRANT_INFO, &granted_to(wallet_id, request), &data_key)
}

fn granted_to(wallet_id: &[u8; 16], request: &[u8; 32]) -> Vec<u8> {
    [wallet_id.as_slice(), request].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    const WALLET: [u8; 16] = [0x11; 16];
    const PROVIDER: [u8; 32] = [0x77; 32];
    const REQUEST_KEY: [u8; 32] = [0x55; 32];
    const REQUEST: [u8; 32] = [0x33; 32];

    #[test]
    fn the_provider_opens_the_slot_and_only_the_request_opens_its_grant() {
        let mut random = testing::random(5);
        let data_key = DataKey::make(&mut random);
        let [provider, request_key] = [PROVIDER, REQUEST_KEY].map(|key| derive_public_key(&key).expect("a key"));
        let slot = seal_slot(&mut random, &provider, &WALLET, &data_key).expect("sealed");
        let mut grant = |private_key, wallet_id| {
            let granted = grant(&mut random, private_key, wallet_id, &slot, &REQUEST, &request_key)?;
            <[u8; SEALED_BYTES]>::try_from(granted).ok()
        };
        assert_eq!(grant(&REQUEST_KEY, &WALLET), None, "another provider");
        assert_eq!(grant(&PROVIDER, &[0x12; 16]), None, "another wallet");
        let granted = grant(&PROVIDER, &WALLET).expect("granted");
        let open = |key, wallet_id, request| open_granted(key, wallet_id, request, &granted);
        assert_eq!(open(&REQUEST_KEY, &WALLET, &REQUEST).expect("opened").bytes(), data_key.bytes());
        assert!(open(&PROVIDER, &WALLET, &REQUEST).is_none(), "another request's key");
        assert!(open(&REQUEST_KEY, &[0x12; 16], &REQUEST).is_none(), "another wallet");
        assert!(open(&REQUEST_KEY, &WALLET, &[0x34; 32]).is_none(), "another request");
    }
}
