//! The record's part about the provider.

mod take;

use serde::{Deserialize, Serialize};

use super::allowance::{Allowance, AllowanceState};
use super::claims::MAX_NUMBER;
use super::jws::KeysInForce;
use super::outcome::WordDone;
use super::request::{Asked, ProofPurpose};
use crate::crypto::sha256;
use crate::hex;
use crate::policy::{KeyId, KeyRole, ProviderKey, ProviderPolicy};
use crate::request::OwnerPublicKey;
use crate::time::{Lease, Now};
pub(crate) use take::{Call, Effect, GRANT_MS, Reading, Scene, TextHash, read};

/// Bounds of the lists, so that the record stays small. All are our own choice.
const MAX_REQUESTS: usize = 4;
const MAX_ANSWERED: usize = 8;
const MAX_REVOKED: usize = 16;
const MAX_ADDED: usize = 4;
const MAX_FLOORS: usize = 16;

/// What the wallet knows about its provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Provider {
    /// This phone as the provider has registered it.
    installation: Option<Installation>,
    /// This phone as it asked to be registered. The provider has not answered yet.
    pending: Option<Installation>,
    /// Keys of the policy that do not count any more.
    revoked: Vec<KeyId>,
    /// Online keys that the provider added. The policy does not name them yet.
    #[serde(with = "key_list")]
    added: Vec<[u8; 32]>,
    /// The last order of each key. Earlier ones do not count.
    orders: Vec<Floor>,
    /// The last word about keys of each guarded key.
    key_words: Vec<Floor>,
    /// How many words have changed which orders the phone knows. A grant that answers a request from before such a
    /// change was given in ignorance of it.
    changes: u64,
    requests: Vec<OpenRequest>,
    /// The last words and what was answered.
    answered: Vec<Answered>,
    allowance: Option<Allowance>,
    /// The time of the last heartbeat, by the provider's clock, in seconds since 1970.
    trusted_s: u64,
    /// The owner allowed that an order destroys everything.
    allows_wipe: bool,
}

/// A phone as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Installation {
    /// The first 16 bytes of SHA-256 of its public key.
    #[serde(with = "hex::array")]
    pub(crate) id: [u8; 16],
    /// The alias of its key.
    pub(crate) alias: String,
    /// The public key of the owner's signatures, as the request to register named it.
    pub(crate) owner_key: Option<OwnerPublicKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    kid: KeyId,
    seq: u64,
}

/// A request that may be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenRequest {
    #[serde(with = "hex::array")]
    hash: [u8; 32],
    kind: Asked,
    asked: Now,
    changes: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    #[serde(with = "hex::array")]
    hash: [u8; 32],
    done: WordDone,
}

mod key_list {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Key(#[serde(with = "crate::hex::array")] [u8; 32]);

    pub(super) fn serialize<S: Serializer>(keys: &[[u8; 32]], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(keys.iter().map(|key| Key(*key)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<[u8; 32]>, D::Error> {
        Ok(Vec::<Key>::deserialize(from)?.into_iter().map(|Key(key)| key).collect())
    }
}

impl Installation {
    /// The installation with this public key.
    pub(crate) fn of(public_key: &[u8; 65], alias: String, owner_key: Option<OwnerPublicKey>) -> Self {
        let mut id = [0; 16];
        id.iter_mut().zip(sha256(&[public_key])).for_each(|(to, from)| *to = from);
        Self { id, alias, owner_key }
    }
}

impl Provider {
    /// The keys whose words count: the policy's without the revoked ones, and the added ones.
    pub(crate) fn keys(&self, policy: &ProviderPolicy) -> KeysInForce {
        let of_policy = policy.keys.iter().filter(|key| !self.revoked.contains(&KeyId::of(&key.key)));
        let is_new = |key: &&[u8; 32]| policy.keys.iter().all(|known| known.key != **key);
        let added = self.added.iter().filter(is_new).map(|key| ProviderKey { key: *key, role: KeyRole::Online });
        KeysInForce::new(of_policy.copied().chain(added).collect())
    }

    /// Notes the answer to a text, so that the same text gets it again.
    pub(crate) fn note_answer(&mut self, hash: TextHash, done: WordDone) {
        if self.answered.len() >= MAX_ANSWERED {
            self.answered.remove(0);
        }
        self.answered.push(Answered { hash, done });
    }

    /// Notes a request that was signed.
    ///
    /// `changes`: [`Self::changes`] of the state from which the request was made.
    pub(crate) fn note_request(&mut self, text: &str, kind: Asked, now: Now, changes: u64) {
        if self.requests.len() >= MAX_REQUESTS {
            self.requests.remove(0);
        }
        self.requests.push(OpenRequest { hash: sha256(&[text.as_bytes()]), kind, asked: now, changes });
    }

    /// Leaves room for one more request for this: of those that are open only the newest stays, because its answer may
    /// be on its way. Returns whether that one still counts.
    pub(crate) fn keep_newest(&mut self, asked: Asked, now: Now) -> bool {
        // No two requests have the same hash: each has a nonce.
        let newest = self.requests.iter().rfind(|open| open.kind == asked).map(|open| (open.hash, open.asked));
        self.requests.retain(|open| open.kind != asked || newest.is_some_and(|(hash, _)| hash == open.hash));
        newest.is_some_and(|(_, asked)| Lease::start(GRANT_MS, asked).is_live(now))
    }

    /// Forgets the open requests of somebody who wants to get back in, because what was proven is void: a grant that is
    /// on its way proves nothing any more.
    pub(crate) fn forget_recovery(&mut self) {
        let is_of_recovery =
            |asked: Asked| matches!(asked, Asked::Proof { purpose: ProofPurpose::Recovery | ProofPurpose::Cancel, .. });
        self.requests.retain(|request| !is_of_recovery(request.kind));
    }

    /// How many words have changed which orders the phone knows.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// Notes that this phone asks to be registered. Returns the alias of a key that is not needed any more.
    pub(crate) fn note_pending(&mut self, pending: Installation) -> Option<String> {
        self.pending.replace(pending).map(|before| before.alias)
    }

    /// This phone as the provider has registered it.
    pub(crate) fn installation(&self) -> Option<&Installation> {
        self.installation.as_ref()
    }

    /// The aliases of the keys of this phone, registered or asked for.
    pub(crate) fn aliases(&self) -> impl Iterator<Item = &str> {
        [&self.installation, &self.pending].into_iter().flatten().map(|installation| installation.alias.as_str())
    }

    /// The last order of each key.
    pub(crate) fn last_orders(&self) -> impl Iterator<Item = (KeyId, u64)> {
        self.orders.iter().map(|floor| (floor.kid, floor.seq))
    }

    /// The highest number of an order that the phone knows. The provider numbers its orders through all of its keys.
    pub(crate) fn last_order(&self) -> u64 {
        self.orders.iter().map(|floor| floor.seq).max().unwrap_or(0)
    }

    /// Whether this order was carried out, or a later one of the same key.
    pub(crate) fn knows(&self, kid: KeyId, seq: u64) -> bool {
        self.orders.iter().any(|floor| floor.kid == kid && floor.seq >= seq)
    }

    /// Notes an order of which perhaps only a mark told, when its lock was cleared without the provider: the mark, if
    /// it is still there, does not set the lock again.
    pub(crate) fn note_order(&mut self, kid: KeyId, seq: u64) {
        let is_full = self.orders.len() >= MAX_FLOORS;
        match self.orders.iter_mut().find(|floor| floor.kid == kid) {
            Some(floor) => floor.seq = floor.seq.max(seq),
            // As many keys as a policy may name fit.
            None if is_full => {}
            None => self.orders.push(Floor { kid, seq }),
        }
        self.changes += 1;
    }

    /// Whether the owner allowed that an order destroys everything.
    pub(crate) fn allows_wipe(&self) -> bool {
        self.allows_wipe
    }

    pub(crate) fn allow_wipe(&mut self, is_allowed: bool) {
        self.allows_wipe = is_allowed;
    }

    /// What is left of it after a recovery: the phone has new keys, so the provider has to register it again. What the
    /// provider said about keys and orders stays. `allowance_from`: a new allowance begins then; otherwise the one that
    /// runs goes on.
    pub(crate) fn after_recovery(self, allowance_from: Option<Now>) -> Self {
        Self {
            installation: None,
            pending: None,
            requests: Vec::new(),
            allowance: self.allowance.map(|allowance| allowance_from.map_or(allowance, Allowance::start)),
            ..self
        }
    }

    /// The state of the allowance. `None`: this policy has none, or the phone was never registered, so that no
    /// heartbeat could be asked for.
    pub(crate) fn allowance(&self, policy: Option<&ProviderPolicy>, now: Now) -> Option<AllowanceState> {
        let policy = policy?;
        Some(self.allowance?.state(policy.allowance_ms()?, policy.warn_percent, now))
    }

    /// Saves the allowance, if that is due. `Some`: something is to be written; the state is one that the journal does
    /// not know of yet.
    pub(crate) fn save_allowance(
        &mut self,
        policy: Option<&ProviderPolicy>,
        now: Now,
        every_ms: u64,
    ) -> Option<Option<AllowanceState>> {
        let state = self.allowance(policy, now)?;
        let before = self.allowance?;
        let saved = before.to_save(state, now, every_ms)?;
        self.allowance = Some(saved);
        Some(saved.begins_more_than(&before).then_some(state))
    }

    /// Whether every number is one that this code could have written.
    pub(crate) fn is_in_range(&self) -> bool {
        // Destructured by name, so that a new field does not compile until someone decides which numbers it may have.
        let Self {
            installation: _,
            pending: _,
            revoked,
            added,
            orders,
            key_words,
            changes,
            requests,
            answered,
            allowance: _,
            trusted_s,
            allows_wipe: _,
        } = self;
        let floors = [orders, key_words]
            .into_iter()
            .all(|floors| floors.len() <= MAX_FLOORS && floors.iter().all(|floor| floor.seq <= MAX_NUMBER));
        floors
            && revoked.len() <= MAX_REVOKED
            && added.len() <= MAX_ADDED
            && requests.len() <= MAX_REQUESTS
            && answered.len() <= MAX_ANSWERED
            && *changes < 1 << 62
            && *trusted_s <= MAX_NUMBER
    }
}
