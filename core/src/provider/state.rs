//! The record's part about the provider, and what each word changes in it.

use serde::{Deserialize, Serialize};

use super::allowance::{Allowance, AllowanceState};
use super::claims::{Claims, Grant, GrantAct, Heartbeat, Keys, MAX_NUMBER, Order, OrderAct, Word};
use super::jws::{KeysInForce, Opened, WordType};
use super::outcome::{WordDone, WordError};
use super::request::RequestKind;
use crate::crypto::sha256;
use crate::hex;
use crate::policy::{KeyId, KeyRole, ProviderKey, ProviderPolicy};
use crate::time::{Lease, Now};

/// How long a grant may take: the person types codes meanwhile. PROVIDER_WORDS.
const GRANT_MS: u64 = 600_000;
/// How long a heartbeat may take on its way. Longer, and its time would be too old. PROVIDER_WORDS.
const HEARTBEAT_MS: u64 = 60_000;
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
    kind: RequestKind,
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

/// Which call takes the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Accept,
    Redeem,
    Heartbeat,
}

/// What a word is judged by, besides the record's part.
pub(crate) struct Scene<'a> {
    pub(crate) policy: &'a ProviderPolicy,
    pub(crate) wallet_id: &'a [u8; 16],
    /// A lock stands because of an order that the phone has not seen.
    pub(crate) order_is_missing: bool,
    pub(crate) now: Now,
}

/// A word that was read, or the answer that its text got before.
#[derive(Debug)]
pub(crate) enum Reading {
    New(Word, TextHash),
    Again(WordDone),
}

/// SHA-256 of a word's text.
pub(crate) type TextHash = [u8; 32];

/// What a word does to the rest of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// An order locks, freezes or wipes.
    Order(Order),
    /// The locks and freezes of a key go.
    KeyRevoked {
        revoked: KeyId,
        added: Option<KeyId>,
    },
    Registered,
    /// A grant clears locks.
    Unlock(Grant),
    Unfreeze,
    /// `withheld`: the number of an order that the provider sent and the phone does not know.
    Heartbeat {
        withheld: Option<u64>,
    },
}

impl Provider {
    /// The keys whose words count: the policy's without the revoked ones, and the added ones.
    pub(crate) fn keys(&self, policy: &ProviderPolicy) -> KeysInForce {
        let of_policy = policy.keys.iter().filter(|key| !self.revoked.contains(&KeyId::of(&key.key)));
        let is_new = |key: &&[u8; 32]| policy.keys.iter().all(|known| known.key != **key);
        let added = self.added.iter().filter(is_new).map(|key| ProviderKey { key: *key, role: KeyRole::Online });
        KeysInForce::new(of_policy.copied().chain(added).collect())
    }

    /// Reads a word: its shape, key, signature, kind, claims, role, wallet and installation, in this order. Then, whether
    /// this text was answered before.
    pub(crate) fn read(&self, call: Call, scene: &Scene<'_>, text: &str) -> Result<Reading, WordError> {
        let word = read(call, &self.keys(scene.policy), text)?;
        if word.wallet_id != *scene.wallet_id {
            return Err(WordError::WrongWallet);
        }
        let is_known = |id: &[u8; 16]| self.installation.as_ref().is_some_and(|known| known.id == *id);
        let is_ours = match &word.claims {
            Claims::Order(_) | Claims::Keys(_) => true,
            Claims::Heartbeat(heartbeat) => is_known(&heartbeat.installation),
            Claims::Grant(grant) => {
                let is_pending = self.pending.as_ref().is_some_and(|pending| pending.id == grant.installation);
                is_known(&grant.installation) || (is_pending && grant.act == GrantAct::Register)
            }
        };
        if !is_ours {
            return Err(WordError::WrongInstallation);
        }
        let hash = sha256(&[text.as_bytes()]);
        let answered = self.answered.iter().find(|answered| answered.hash == hash);
        Ok(answered.map_or(Reading::New(word, hash), |answered| Reading::Again(answered.done)))
    }

    /// The state after this word, and what it does to the rest of the record. An error changes nothing.
    pub(crate) fn take(&self, word: &Word, scene: &Scene<'_>) -> Result<(Self, Effect), WordError> {
        match &word.claims {
            Claims::Order(order) => self.take_order(word.kid, order, scene.policy),
            Claims::Keys(keys) => self.take_keys(word.kid, keys, scene.policy),
            Claims::Grant(grant) => self.take_grant(grant, scene),
            Claims::Heartbeat(heartbeat) => self.take_heartbeat(heartbeat, scene.now),
        }
    }

    fn take_order(&self, kid: KeyId, order: &Order, policy: &ProviderPolicy) -> Result<(Self, Effect), WordError> {
        if self.installation.is_none() {
            // Nothing was confirmed that could clear a lock. A provider learns the wallet's id with the first request to
            // register, so an honest one sends no order before.
            return Err(WordError::NotAllowed);
        }
        let mut next = self.clone();
        raise(&mut next.orders, &self.keys(policy), kid, order.seq)?;
        next.changes += 1;
        Ok((next, Effect::Order(order.clone())))
    }

    fn take_keys(&self, kid: KeyId, keys: &Keys, policy: &ProviderPolicy) -> Result<(Self, Effect), WordError> {
        let mut next = self.clone();
        let in_force = self.keys(policy);
        raise(&mut next.key_words, &in_force, kid, keys.seq)?;
        if in_force.role_of(keys.revoke) != Some(KeyRole::Online) {
            return Err(WordError::NotAllowed);
        }
        next.added.retain(|key| KeyId::of(key) != keys.revoke);
        // The oldest goes whose key the policy does not name any more. The policy names fewer keys than fit.
        let is_named = |id: &KeyId| policy.keys.iter().any(|key| KeyId::of(&key.key) == *id);
        if next.revoked.len() >= MAX_REVOKED
            && let Some(oldest) = next.revoked.iter().position(|id| !is_named(id))
        {
            next.revoked.remove(oldest);
        }
        next.revoked.push(keys.revoke);
        if let Some(add) = keys.add {
            let id = KeyId::of(&add);
            let is_new = in_force.role_of(id).is_none() && !next.revoked.contains(&id);
            if !is_new || next.added.len() >= MAX_ADDED {
                return Err(WordError::NotAllowed);
            }
            next.added.push(add);
        }
        next.orders.retain(|floor| floor.kid != keys.revoke);
        next.changes += 1;
        let added = keys.add.as_ref().map(KeyId::of);
        Ok((next, Effect::KeyRevoked { revoked: keys.revoke, added }))
    }

    fn take_grant(&self, grant: &Grant, scene: &Scene<'_>) -> Result<(Self, Effect), WordError> {
        let place = self.requests.iter().position(|request| request.hash == grant.request);
        let request = place.and_then(|place| self.requests.get(place)).ok_or(WordError::NotAsked)?;
        if !Lease::start(GRANT_MS, request.asked).is_live(scene.now) {
            return Err(WordError::Late);
        }
        let is_register = grant.act == GrantAct::Register;
        if !is_register {
            if request.changes != self.changes || grant.after < self.last_order() {
                return Err(WordError::Superseded);
            }
            if grant.after > self.last_order() || scene.order_is_missing {
                return Err(WordError::OrderMissing);
            }
        }
        let mut next = self.clone();
        next.requests.retain(|request| request.hash != grant.request);
        let effect = match (&grant.act, request.kind) {
            (GrantAct::Register, RequestKind::Register) => {
                next.register(grant, scene)?;
                Effect::Registered
            }
            (GrantAct::Unlock, RequestKind::Unlock) => Effect::Unlock(grant.clone()),
            (GrantAct::Unfreeze, RequestKind::Unfreeze) => Effect::Unfreeze,
            _ => return Err(WordError::NotAllowed),
        };
        Ok((next, effect))
    }

    /// Puts the pending installation in force. Orders up to the grant's `after` do not count any more, whichever key
    /// signed them.
    fn register(&mut self, grant: &Grant, scene: &Scene<'_>) -> Result<(), WordError> {
        let pending = self.pending.take().filter(|pending| pending.id == grant.installation);
        self.installation = Some(pending.ok_or(WordError::NotAsked)?);
        self.allowance = self.allowance.or(Some(Allowance::start(scene.now)));
        let in_force = self.keys(scene.policy);
        for kid in in_force.ids() {
            // A key whose floor is higher keeps it.
            raise(&mut self.orders, &in_force, kid, grant.after).ok();
        }
        self.changes += 1;
        Ok(())
    }

    fn take_heartbeat(&self, heartbeat: &Heartbeat, now: Now) -> Result<(Self, Effect), WordError> {
        let is_it =
            |request: &&OpenRequest| request.hash == heartbeat.request && request.kind == RequestKind::Heartbeat;
        let request = self.requests.iter().find(is_it).ok_or(WordError::NotAsked)?;
        if !Lease::start(HEARTBEAT_MS, request.asked).is_live(now) {
            return Err(WordError::Late);
        }
        if heartbeat.time_s < self.trusted_s {
            return Err(WordError::Old);
        }
        let mut next = self.clone();
        next.requests.retain(|request| request.hash != heartbeat.request);
        next.trusted_s = heartbeat.time_s;
        let withheld = Some(heartbeat.last_order).filter(|last| *last > self.last_order());
        if withheld.is_none() {
            next.allowance = Some(Allowance::start(now));
        }
        Ok((next, Effect::Heartbeat { withheld }))
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
    pub(crate) fn note_request(&mut self, text: &str, kind: RequestKind, now: Now, changes: u64) {
        if self.requests.len() >= MAX_REQUESTS {
            self.requests.remove(0);
        }
        self.requests.push(OpenRequest { hash: sha256(&[text.as_bytes()]), kind, asked: now, changes });
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

    /// Whether the owner allowed that an order destroys everything.
    pub(crate) fn allows_wipe(&self) -> bool {
        self.allows_wipe
    }

    pub(crate) fn allow_wipe(&mut self, is_allowed: bool) {
        self.allows_wipe = is_allowed;
    }

    /// What is left of it after a recovery: the phone has new keys, so the provider has to register it again, and a new
    /// allowance begins. What the provider said about keys and orders stays.
    pub(crate) fn after_recovery(self, now: Now) -> Self {
        Self {
            installation: None,
            pending: None,
            requests: Vec::new(),
            allowance: self.allowance.map(|_| Allowance::start(now)),
            ..self
        }
    }

    /// The state of the allowance. `None`: this policy has none, or the phone was never registered, so that no heartbeat
    /// could be asked for.
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

/// Reads a word without the record's part: its shape, key, signature, kind, claims and role.
pub(crate) fn read(call: Call, keys: &KeysInForce, text: &str) -> Result<Word, WordError> {
    let opened = Opened::open(text, keys)?;
    let expects: &[_] = match call {
        Call::Accept => &[WordType::Order, WordType::Keys],
        Call::Redeem => &[WordType::Grant],
        Call::Heartbeat => &[WordType::Heartbeat],
    };
    let word = Word::read(&opened, expects)?;
    let role = match &word.claims {
        Claims::Order(Order { act: OrderAct::Lock { .. } | OrderAct::Freeze, .. }) | Claims::Heartbeat(_) => {
            KeyRole::Online
        }
        Claims::Order(Order { act: OrderAct::Wipe, .. }) | Claims::Grant(_) | Claims::Keys(_) => KeyRole::Guarded,
    };
    if opened.role == role { Ok(word) } else { Err(WordError::WrongRole) }
}

/// Raises a key's floor. [`WordError::Old`]: it is as high already.
fn raise(floors: &mut Vec<Floor>, in_force: &KeysInForce, kid: KeyId, seq: u64) -> Result<(), WordError> {
    match floors.iter_mut().find(|floor| floor.kid == kid) {
        Some(floor) if floor.seq >= seq => return Err(WordError::Old),
        Some(floor) => floor.seq = seq,
        None if seq == 0 => {}
        None => {
            if floors.len() >= MAX_FLOORS {
                // Fewer keys count than fit.
                floors.retain(|floor| in_force.role_of(floor.kid).is_some());
            }
            floors.push(Floor { kid, seq });
        }
    }
    Ok(())
}
