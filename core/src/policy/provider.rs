//! The policy's part about the provider: whose signed words count, and how long the phone may stay without any.

use serde::{Deserialize, Serialize};

use super::ranges::{problem, within, within_some};
use crate::base64url;
use crate::crypto::{can_seal_to, sha256};
use crate::error::PolicyError;
use crate::hex;

/// Fewest and most keys: one online key and two guarded ones; our own choice for the most.
const KEYS: (usize, usize) = (3, 6);
/// Guarded keys that a policy names at least: if one is lost, the other still replaces a stolen online key.
const LEAST_GUARDED: usize = 2;
/// Longest allowance: a year. Our own choice.
const MAX_ALLOWANCE_H: u32 = 366 * 24;

/// The provider: the backend of the app, whose signed words may lock the wallet and unlock it.
/// `core/src/provider/README.md` says what it may say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderPolicy {
    /// The provider's keys, 3 to 6, at least one online and two guarded.
    pub keys: Vec<ProviderKey>,
    /// For how many hours the phone may stay without a heartbeat of the provider before it locks itself, 1 to 8784.
    /// `None`: for ever. A week, 168, is what we suggest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowance_h: Option<u32>,
    /// How much of the allowance is used up when the owner is warned, in percent, 1 to 99.
    #[serde(default = "warn_percent")]
    pub warn_percent: u32,
    /// What clears a lock for unusual activity.
    #[serde(default)]
    pub unusual: ClearsUnusual,
    /// The key to which the data key is sealed where the owner switches escrow on. `None`: no escrow is offered. Keep
    /// its private key apart from the keys that sign. When another key takes its place, the next right PIN makes a new
    /// data key and seals it to that key; when none does, it switches escrow off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrow_key: Option<EscrowKey>,
}

/// The provider's public X25519 key (RFC 7748) for escrow, 32 bytes. In JSON as base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EscrowKey(#[serde(with = "base64url::array")] pub [u8; 32]);

/// One of the provider's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderKey {
    /// The public Ed25519 key, 32 bytes (RFC 8032). In JSON as base64url, as in the `x` of a JWK (RFC 8037).
    #[serde(with = "base64url::array")]
    pub key: [u8; 32],
    /// What the key may sign.
    pub role: KeyRole,
}

/// What a key of the provider may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRole {
    /// The orders `lock` and `freeze`, and heartbeats. The backend has such a key at hand, so it may be stolen.
    Online,
    /// Grants, the order `wipe`, and the words that revoke or replace an online key. At least one of these keys is kept
    /// offline.
    Guarded,
}

/// What clears a lock for unusual activity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClearsUnusual {
    /// The right PIN, or a grant.
    #[default]
    Pin,
    /// A grant only.
    Grant,
}

/// A key's id, as words name it: the first 8 bytes of SHA-256 of the public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct KeyId(#[serde(with = "hex::array")] pub(crate) [u8; 8]);

impl KeyId {
    pub(crate) fn of(key: &[u8; 32]) -> Self {
        let mut id = [0; 8];
        id.iter_mut().zip(sha256(&[key])).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// Reads 16 lower-case hexadecimal digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        hex::decode_array(text).map(Self)
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl std::fmt::Debug for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// RECOVERY_NOTES: the warning comes at 80 %.
fn warn_percent() -> u32 {
    80
}

impl ProviderPolicy {
    /// The allowance in milliseconds. `None`: the phone may stay without a heartbeat for ever.
    pub(crate) fn allowance_ms(&self) -> Option<u64> {
        self.allowance_h.map(|hours| u64::from(hours) * 3_600_000)
    }

    pub(super) fn validate(&self) -> Result<(), PolicyError> {
        within("provider.keys", self.keys.len(), KEYS.0, KEYS.1)?;
        for (i, key) in self.keys.iter().enumerate() {
            if self.keys.iter().take(i).any(|earlier| KeyId::of(&earlier.key) == KeyId::of(&key.key)) {
                return Err(problem(format!("provider.keys[{i}].key"), "is named twice"));
            }
        }
        let count = |role| self.keys.iter().filter(|key| key.role == role).count();
        if count(KeyRole::Online) == 0 {
            return Err(problem("provider.keys", "needs an online key"));
        }
        if count(KeyRole::Guarded) < LEAST_GUARDED {
            return Err(problem("provider.keys", "needs two guarded keys: one of them is kept offline"));
        }
        within_some("provider.allowance_h", self.allowance_h, 1, MAX_ALLOWANCE_H)?;
        within("provider.warn_percent", self.warn_percent, 1, 99)?;
        if self.escrow_key.is_some_and(|EscrowKey(key)| !can_seal_to(&key)) {
            return Err(problem("provider.escrow_key", "is no key to which anything can be sealed"));
        }
        Ok(())
    }

    /// Whether this policy eases nothing that `sealed` asks for: no key is added and none gets another role, every
    /// online key stays (it may lock), the allowance does not grow, and the key for escrow is the same. The warning may
    /// change freely.
    pub(super) fn is_at_least_as_strict_as(&self, sealed: &Self) -> bool {
        let Self { keys, allowance_h, warn_percent: _, unusual, escrow_key } = self;
        let online_stay = sealed.keys.iter().all(|key| key.role == KeyRole::Guarded || keys.contains(key));
        let no_more_time = match (allowance_h, sealed.allowance_h) {
            (_, None) => true,
            (Some(mine), Some(sealed)) => *mine <= sealed,
            (None, Some(_)) => false,
        };
        keys.iter().all(|key| sealed.keys.contains(key))
            && online_stay
            && no_more_time
            && *escrow_key == sealed.escrow_key
            && (*unusual == sealed.unusual || *unusual == ClearsUnusual::Grant)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Policy;
    use super::*;

    fn key(byte: u8, role: KeyRole) -> ProviderKey {
        ProviderKey { key: [byte; 32], role }
    }

    fn policy() -> ProviderPolicy {
        let keys = vec![key(1, KeyRole::Online), key(2, KeyRole::Guarded), key(3, KeyRole::Guarded)];
        let unusual = ClearsUnusual::Pin;
        ProviderPolicy { keys, allowance_h: Some(168), warn_percent: 80, unusual, escrow_key: None }
    }

    fn with_keys(keys: &[ProviderKey]) -> ProviderPolicy {
        ProviderPolicy { keys: keys.to_vec(), ..policy() }
    }

    #[test]
    fn a_policy_with_a_provider_is_read_from_json() {
        let [online, guarded, offline] = [1, 2, 3].map(|byte| base64url::encode(&[byte; 32]));
        let json = format!(
            r#"{{"provider":{{"keys":[{{"key":"{online}","role":"online"}},{{"key":"{guarded}","role":"guarded"}},
               {{"key":"{offline}","role":"guarded"}}],"allowance_h":168}}}}"#
        );
        let read = Policy::from_json(&json).expect("a policy");
        assert_eq!(read.provider, Some(policy()));
        assert_eq!(Policy::from_json(&read.to_json()), Ok(read), "it survives JSON");
        assert_eq!(Policy::default().provider, None, "no preset has a provider");
        let with_escrow = Policy {
            provider: Some(ProviderPolicy { escrow_key: Some(EscrowKey([9; 32])), ..policy() }),
            ..Policy::default()
        };
        assert_eq!(Policy::from_json(&with_escrow.to_json()), Ok(with_escrow), "so does the key for escrow");
        let padded = json.replacen(&online, &format!("{online}="), 1);
        assert_eq!(Policy::from_json(&padded).expect_err("refused").field, "provider.keys[0].key");
    }

    #[test]
    fn a_provider_out_of_range_is_refused_by_name() {
        use KeyRole::{Guarded, Online};
        let three = policy().keys;
        let seven: Vec<_> = (1..=7).map(|byte| key(byte, if byte == 1 { Online } else { Guarded })).collect();
        for (policy, field) in [
            (with_keys(&three[..2]), "provider.keys"),
            (with_keys(&seven), "provider.keys"),
            (with_keys(&[key(1, Guarded), key(2, Guarded), key(3, Guarded)]), "provider.keys"),
            (with_keys(&[key(1, Online), key(2, Online), key(3, Guarded)]), "provider.keys"),
            (with_keys(&[key(1, Online), key(2, Guarded), key(2, Guarded)]), "provider.keys[2].key"),
            (with_keys(&[key(1, Online), key(2, Guarded), key(3, Guarded), key(1, Guarded)]), "provider.keys[3].key"),
            (ProviderPolicy { allowance_h: Some(0), ..policy() }, "provider.allowance_h"),
            (ProviderPolicy { allowance_h: Some(8_785), ..policy() }, "provider.allowance_h"),
            (ProviderPolicy { warn_percent: 0, ..policy() }, "provider.warn_percent"),
            (ProviderPolicy { warn_percent: 100, ..policy() }, "provider.warn_percent"),
            (ProviderPolicy { escrow_key: Some(EscrowKey([0; 32])), ..policy() }, "provider.escrow_key"),
        ] {
            assert_eq!(policy.validate().expect_err(field).field, field, "{policy:?}");
        }
        assert_eq!(policy().validate(), Ok(()), "the control");
        assert_eq!(ProviderPolicy { allowance_h: None, ..with_keys(&seven[..6]) }.validate(), Ok(()));
    }

    #[test]
    fn a_new_key_a_new_role_and_a_longer_allowance_ease() {
        use KeyRole::{Guarded, Online};
        let sealed = with_keys(&[key(1, Online), key(2, Guarded), key(3, Guarded), key(4, Guarded)]);
        let with = |keys: &[ProviderKey]| with_keys(keys);
        for (policy, is_as_strict, why) in [
            (sealed.clone(), true, "the same"),
            (with(&policy().keys), true, "one guarded key less may loosen"),
            (with(&[key(5, Online), key(2, Guarded), key(3, Guarded)]), false, "another online key"),
            (with(&[key(1, Online), key(2, Guarded), key(5, Guarded)]), false, "another guarded key"),
            (with(&[key(1, Online), key(2, Online), key(3, Guarded), key(4, Guarded)]), false, "another role"),
            (ProviderPolicy { allowance_h: Some(167), warn_percent: 10, ..sealed.clone() }, true, "less time"),
            (ProviderPolicy { allowance_h: Some(169), ..sealed.clone() }, false, "more time"),
            (ProviderPolicy { allowance_h: None, ..sealed.clone() }, false, "all time"),
            (ProviderPolicy { unusual: ClearsUnusual::Grant, ..sealed.clone() }, true, "a grant for the PIN"),
            (ProviderPolicy { escrow_key: Some(EscrowKey([7; 32])), ..sealed.clone() }, false, "another way in"),
        ] {
            assert_eq!(policy.is_at_least_as_strict_as(&sealed), is_as_strict, "{why}");
        }
        let by_grant = ProviderPolicy { unusual: ClearsUnusual::Grant, ..policy() };
        assert!(!policy().is_at_least_as_strict_as(&by_grant));
        let two_online = with_keys(&[key(1, Online), key(5, Online), key(2, Guarded), key(3, Guarded)]);
        assert!(!policy().is_at_least_as_strict_as(&two_online), "a key less may lock");
        let whole = |provider| Policy { provider, ..Policy::default() };
        assert!(!whole(Some(policy())).is_at_least_as_strict_as(&whole(None)), "its keys are new");
        assert!(!whole(None).is_at_least_as_strict_as(&whole(Some(policy()))), "no allowance and no orders any more");
        assert!(whole(None).is_at_least_as_strict_as(&whole(None)));
    }

    /// The id that the provider writes into its words.
    #[test]
    fn a_keys_id_is_the_beginning_of_its_hash() {
        let id = KeyId::of(&[0; 32]);
        assert_eq!(id.to_string(), "66687aadf862bd77", "SHA-256 of 32 zeros begins so");
        assert_eq!(KeyId::parse("66687aadf862bd77"), Some(id));
        for text in ["66687AADF862BD77", "66687aadf862bd7", "66687aadf862bd7700", ""] {
            assert_eq!(KeyId::parse(text), None, "{text}");
        }
    }
}
