//! What each word changes in the record's part: an error, or the part after the word and what the word does to the rest
//! of the record.

use super::{Floor, MAX_ADDED, MAX_FLOORS, MAX_REVOKED, OpenRequest, Provider};
use crate::crypto::sha256;
use crate::policy::{KeyId, KeyRole, ProviderPolicy};
use crate::proof::{ChannelId, Proof};
use crate::provider::allowance::Allowance;
use crate::provider::claims::{Claims, Grant, GrantAct, Heartbeat, Keys, Order, OrderAct, Settle, Word};
use crate::provider::jws::{KeysInForce, Opened, WordType};
use crate::provider::outcome::{WordDone, WordError};
use crate::provider::request::{Asked, ProofPurpose};
use crate::time::{Lease, Now};

/// How long a grant may take: the person types codes meanwhile. PROVIDER_WORDS.
pub(crate) const GRANT_MS: u64 = 600_000;
/// How long a heartbeat may take on its way. Longer, and its time would be too old. PROVIDER_WORDS.
const HEARTBEAT_MS: u64 = 60_000;

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
    /// A lock or a freeze stands because of an order that the phone has not seen.
    pub(crate) order_is_missing: bool,
    /// There is a recovery code, which clears what an order locks.
    pub(crate) has_code: bool,
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
    /// The provider verified what the request told of.
    Proven {
        purpose: ProofPurpose,
        channel: Option<ChannelId>,
        is_first: bool,
        proofs: Vec<Proof>,
    },
    /// `withheld`: the number of an order that the provider sent and the phone does not know.
    Heartbeat {
        withheld: Option<u64>,
    },
    /// What became of a payment.
    Settled(Settle),
}

impl Provider {
    /// Reads a word: its shape, key, signature, kind, claims, role, wallet and installation, in this order. Then,
    /// whether this text was answered before.
    pub(crate) fn read(&self, call: Call, scene: &Scene<'_>, text: &str) -> Result<Reading, WordError> {
        let word = read(call, &self.keys(scene.policy), text)?;
        if word.wallet_id != *scene.wallet_id {
            return Err(WordError::WrongWallet);
        }
        let is_known = |id: &[u8; 16]| self.installation.as_ref().is_some_and(|known| known.id == *id);
        let is_ours = match &word.claims {
            Claims::Order(_) | Claims::Keys(_) => true,
            Claims::Heartbeat(heartbeat) => is_known(&heartbeat.installation),
            Claims::Settle(settle) => is_known(&settle.installation),
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
            Claims::Order(order) => self.take_order(word.kid, order, scene),
            Claims::Keys(keys) => self.take_keys(word.kid, keys, scene.policy),
            Claims::Grant(grant) => self.take_grant(grant, scene),
            Claims::Heartbeat(heartbeat) => self.take_heartbeat(heartbeat, scene.now),
            Claims::Settle(settle) => Ok((self.clone(), Effect::Settled(settle.clone()))),
        }
    }

    fn take_order(&self, kid: KeyId, order: &Order, scene: &Scene<'_>) -> Result<(Self, Effect), WordError> {
        if self.installation.is_none() && !scene.has_code {
            // Nothing was confirmed that could clear a lock. A provider learns the wallet's id with the first request
            // to register, so an honest one sends no order before.
            return Err(WordError::NotAllowed);
        }
        let mut next = self.clone();
        raise(&mut next.orders, &self.keys(scene.policy), kid, order.seq)?;
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
            (GrantAct::Register, Asked::Register) => {
                next.register(grant, scene)?;
                Effect::Registered
            }
            (GrantAct::Unlock, Asked::Unlock) => Effect::Unlock(grant.clone()),
            (GrantAct::Unfreeze, Asked::Unfreeze) => Effect::Unfreeze,
            (GrantAct::Proof, Asked::Proof { purpose, channel, is_first, .. }) => {
                Effect::Proven { purpose, channel, is_first, proofs: grant.proofs.clone() }
            }
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
        let is_it = |request: &&OpenRequest| request.hash == heartbeat.request && request.kind == Asked::Heartbeat;
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
}

/// Reads a word without the record's part: its shape, key, signature, kind, claims and role.
pub(crate) fn read(call: Call, keys: &KeysInForce, text: &str) -> Result<Word, WordError> {
    let opened = Opened::open(text, keys)?;
    let expects: &[_] = match call {
        Call::Accept => &[WordType::Order, WordType::Keys, WordType::Settle],
        Call::Redeem => &[WordType::Grant],
        Call::Heartbeat => &[WordType::Heartbeat],
    };
    let word = Word::read(&opened, expects)?;
    let role = match &word.claims {
        Claims::Order(Order { act: OrderAct::Lock { .. } | OrderAct::Freeze, .. })
        | Claims::Heartbeat(_)
        | Claims::Settle(_) => KeyRole::Online,
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
