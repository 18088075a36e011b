//! The device keys of a wallet, and the questions that the keystore is asked about them. `aliases.rs` makes their
//! aliases.
//!
//! One answer of the keystore is not enough. Android's keystore answers an empty list, `null` or `false` when it failed
//! (AOSP, `AndroidKeyStoreSpi.java`). So the lock believes that a key is gone only if the keystore has just answered
//! correctly for a probe key, and an answer that a commit depends on is asked for twice.

use std::path::Path;
use std::sync::Arc;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::aliases::AliasKind;
use crate::key_slots::BiometricSlot;
use crate::place::Place;
use crate::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, SecurityLevel};
use crate::provider::der_to_fixed;
use crate::record::{RecordHeader, SealKey, seal_key_input};

/// The phone's keystore, as far as it holds keys of the wallet in one file.
pub(crate) struct DeviceKeys {
    keystore: Arc<dyn DeviceKey>,
    /// Where the file is now.
    pub(super) place: Place,
    /// The first part of the aliases of format 1: the database's file name.
    pub(super) file_name: String,
}

impl DeviceKeys {
    pub(crate) fn new(keystore: Arc<dyn DeviceKey>, path: &Path, file_name: &str) -> Self {
        Self { keystore, place: Place::of(path), file_name: file_name.to_owned() }
    }

    /// Where the file is now.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// The aliases that the keystore lists for this place, and those that format 1 named after the file. The list may
    /// be incomplete: a missing alias proves nothing.
    fn list_here(&self) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list(&format!("{}/", self.place.name()))?;
        aliases.extend(self.list_of_format_1()?);
        Ok(aliases)
    }

    fn list_of_format_1(&self) -> Result<Vec<String>, DeviceKeyFault> {
        self.list(&format!("{}/", self.file_name))
    }

    /// The aliases that the keystore lists for a wallet, at all places: a file may have been moved, and the process
    /// killed before it deleted the keys of the old place. The marks of its rescue rows are included, the mark of its
    /// wipe is not. With `named_after_file` also the aliases of format 1, which begin with the file's name.
    pub(crate) fn list_of_wallet(
        &self,
        wallet_id: &[u8; 16],
        named_after_file: bool,
    ) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list("")?;
        aliases.retain(|alias| Self::is_of_wallet(alias, wallet_id));
        if named_after_file {
            aliases.extend(DeviceKeys::of_wallets(self.list_of_format_1()?));
        }
        Ok(aliases)
    }

    /// All aliases of two calls of [`Self::list_of_wallet`]. Used before deleting, so that no key stays because the
    /// keystore left it out once.
    pub(crate) fn list_of_wallet_twice(
        &self,
        wallet_id: &[u8; 16],
        named_after_file: bool,
    ) -> Result<Vec<String>, DeviceKeyFault> {
        let listed = self.list_of_wallet(wallet_id, named_after_file)?;
        Ok(all_of(listed, self.list_of_wallet(wallet_id, named_after_file)?))
    }

    /// Lists the aliases with this prefix. `Gone` makes no sense for a list, so it is taken for `Busy`.
    pub(super) fn list(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        self.keystore.aliases(prefix).map_err(busy_if_gone)
    }

    /// The wallets whose seal keys are at this place. The lock believes that there are none only if the keystore's list
    /// shows a probe key that was made for this question.
    pub(crate) fn wallets_here(&self) -> Result<WalletsHere, DeviceKeyFault> {
        let mut aliases = self.list_here()?;
        let is_seal = |alias: &String| Self::kind_of(alias) == Some(AliasKind::Seal);
        if !aliases.iter().any(is_seal) {
            aliases = self.with_probe(|| {
                let aliases = self.list_here()?;
                let sees_it = aliases.contains(&self.probe());
                sees_it.then_some(aliases).ok_or(DeviceKeyFault::Busy)
            })?;
        }
        let mut ids: Vec<_> =
            aliases.iter().filter(|alias| is_seal(alias)).filter_map(|alias| self.wallet_of(alias)).collect();
        ids.dedup();
        let orphan_biometric_keys = self.without_pin_key(&aliases)?;
        let legacy =
            |alias: &String| is_seal(alias) && alias.starts_with(&self.file_name) && self.wallet_of(alias).is_none();
        Ok(WalletsHere {
            has_seal_key: aliases.iter().any(is_seal),
            has_seal_key_of_format_1: aliases.iter().any(legacy),
            ids,
            orphan_biometric_keys,
        })
    }

    /// Of these aliases, the biometric keys of this place whose wallet has no PIN key at any place: after a move the
    /// PIN's key may have another place in its alias. Format 1's aliases do not name the wallet, so those keys are
    /// never included.
    fn without_pin_key(&self, aliases: &[String]) -> Result<Vec<String>, DeviceKeyFault> {
        let has_pin_key = |all: &[String], wallet_id: &[u8; 16]| {
            all.iter().any(|alias| Self::kind_of(alias) == Some(AliasKind::Pin) && Self::is_of_wallet(alias, wallet_id))
        };
        let is_orphan = |all: &[String], alias: &String| {
            Self::kind_of(alias) == Some(AliasKind::Biometric)
                && self.wallet_of(alias).is_some_and(|wallet_id| !has_pin_key(all, &wallet_id))
        };
        let mut orphan_biometric_keys: Vec<_> =
            aliases.iter().filter(|alias| is_orphan(aliases, alias)).cloned().collect();
        if !orphan_biometric_keys.is_empty() {
            let all = self.list("")?;
            orphan_biometric_keys.retain(|alias| is_orphan(&all, alias));
        }
        Ok(orphan_biometric_keys)
    }

    /// Whether there is a key with this alias. The lock believes a 'no' only if the keystore gives it twice and, in
    /// between, answers correctly for a probe key.
    pub(crate) fn is_there(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        if self.exists(alias)? {
            return Ok(true);
        }
        self.with_probe(|| self.exists(&self.probe())?.then_some(()).ok_or(DeviceKeyFault::Busy))?;
        self.exists(alias)
    }

    /// What the keystore says now about whether this key exists. Use [`Self::is_there`] where a wrong 'no' would have
    /// consequences. `Gone` makes no sense here, so it is taken for `Busy`.
    pub(crate) fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        self.keystore.exists(alias).map_err(busy_if_gone)
    }

    /// Makes a probe key, checks that it gives two equal HMACs, calls `ask`, and deletes the probe key. If one of these
    /// steps fails, the answer of `ask` is not returned.
    fn with_probe<T>(&self, ask: impl FnOnce() -> Result<T, DeviceKeyFault>) -> Result<T, DeviceKeyFault> {
        let probe = self.probe();
        // A probe key may be left from a process that was killed here.
        let made = self.delete(&probe).and_then(|()| self.create(&probe, KeyPurpose::Seal));
        let answer = made.and_then(|()| {
            let answer = self.equal_macs(&probe, b"walletlock v2 awake", Self::mac_once).and_then(|_| ask());
            self.delete(&probe)?;
            answer
        });
        // A `Gone` here is about the probe key that was just made, and says nothing about another key.
        answer.map_err(busy_if_gone)
    }

    pub(crate) fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.keystore.create(alias, purpose)
    }

    pub(crate) fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.unless_gone(alias, || self.keystore.ready(alias))
    }

    /// HMAC-SHA256 of `input`, checked to have its 32 bytes.
    pub(crate) fn mac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        self.unless_gone(alias, || self.mac_once(alias, input))
    }

    fn mac_once(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        let output = self.keystore.hmac(alias, input)?;
        let bytes: &[u8; 32] = output.as_slice().try_into().map_err(|_| DeviceKeyFault::Failed)?;
        Ok(Zeroizing::new(*bytes))
    }

    /// Calls [`Self::mac`] twice, for an answer that a commit depends on. Two different answers are a fault.
    pub(crate) fn mac_twice(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        self.equal_macs(alias, input, Self::mac)
    }

    fn equal_macs(
        &self,
        alias: &str,
        input: &[u8],
        mac: impl Fn(&Self, &str, &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault>,
    ) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        let (first, second) = (mac(self, alias, input)?, mac(self, alias, input)?);
        if bool::from(first.ct_eq(&*second)) { Ok(first) } else { Err(DeviceKeyFault::Busy) }
    }

    /// Returns [`DeviceKeyFault::Gone`] in two cases only: the key exists and answers 'gone' twice, or the key is
    /// believed not to exist.
    fn unless_gone<T>(&self, alias: &str, ask: impl Fn() -> Result<T, DeviceKeyFault>) -> Result<T, DeviceKeyFault> {
        match ask() {
            Err(DeviceKeyFault::Gone) if self.is_there(alias)? => ask(),
            answer => answer,
        }
    }

    /// The key that seals the record in this header's epoch.
    pub(crate) fn seal_key(&self, header: &RecordHeader) -> Result<SealKey, DeviceKeyFault> {
        Ok(SealKey::derive(&*self.mac_twice(&self.seal(header), &seal_key_input(header))?))
    }

    pub(crate) fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keystore.delete(alias)
    }

    /// Deletes these keys in this order, and stops at the first that fails.
    pub(crate) fn delete_all(&self, aliases: &[String]) -> Result<(), DeviceKeyFault> {
        aliases.iter().try_for_each(|alias| self.delete(alias))
    }

    pub(crate) fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        self.unless_gone(alias, || self.keystore.security_level(alias))
    }

    /// The security level of a key that was just made, for the journal. A phone that does not tell it may still use the
    /// key.
    pub(crate) fn noted_security_level(&self, alias: &str) -> SecurityLevel {
        self.security_level(alias).unwrap_or(SecurityLevel::Unknown)
    }

    /// The public key of an installation's key, asked for twice: the provider will trust it.
    pub(crate) fn public_key(&self, alias: &str) -> Result<[u8; 65], DeviceKeyFault> {
        let ask = || self.unless_gone(alias, || self.keystore.public_key(alias));
        let (first, second) = (ask()?, ask()?);
        let point: [u8; 65] = first.as_slice().try_into().map_err(|_| DeviceKeyFault::Failed)?;
        match point.first() {
            _ if first != second => Err(DeviceKeyFault::Busy),
            Some(4) => Ok(point),
            _ => Err(DeviceKeyFault::Failed),
        }
    }

    /// Signs a message with an installation's key: r and s, 32 bytes each.
    pub(crate) fn sign(&self, alias: &str, message: &[u8]) -> Result<[u8; 64], DeviceKeyFault> {
        let signature = self.unless_gone(alias, || self.keystore.sign(alias, message))?;
        der_to_fixed(&signature).ok_or(DeviceKeyFault::Failed)
    }

    /// Deletes a biometric key. If that fails, the next opening deletes it; the key opens nothing any more.
    pub(crate) fn drop_biometric(&self, wallet_id: &[u8; 16], slot: &BiometricSlot) {
        self.delete(&self.biometric(wallet_id, slot)).ok();
    }
}

/// The aliases of two lists, each once.
pub(super) fn all_of(mut listed: Vec<String>, more: Vec<String>) -> Vec<String> {
    for alias in more {
        if !listed.contains(&alias) {
            listed.push(alias);
        }
    }
    listed
}

/// Turns `Gone` into `Busy`, for a question that was not about that key.
pub(super) fn busy_if_gone(fault: DeviceKeyFault) -> DeviceKeyFault {
    if fault == DeviceKeyFault::Gone { DeviceKeyFault::Busy } else { fault }
}

/// The keys that the keystore has for a place.
pub(crate) struct WalletsHere {
    /// Whether there is a seal key.
    pub(crate) has_seal_key: bool,
    /// Whether there is a seal key whose alias begins with the file's name.
    pub(crate) has_seal_key_of_format_1: bool,
    /// The wallets of the seal keys, as far as the aliases name them.
    pub(crate) ids: Vec<[u8; 16]>,
    /// Biometric keys of wallets that have no PIN key at any place.
    pub(crate) orphan_biometric_keys: Vec<String>,
}

#[cfg(test)]
pub(super) mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;
    use crate::platform::testing::{self, FakePhone};

    const WALLET: [u8; 16] = [0x11; 16];
    const PATH: &str = "/data/data/com.example/files/wallet.db";

    pub(in crate::engine) fn of(keystore: Arc<dyn DeviceKey>) -> DeviceKeys {
        DeviceKeys::new(keystore, Path::new(PATH), "wallet.db")
    }

    #[test]
    fn that_a_key_is_missing_is_believed_of_a_keystore_that_answers_for_a_probe_key_and_of_no_other() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let alias = keys.new_pin(&WALLET, 7);
        assert_eq!(keys.is_there(&alias), Ok(false));
        keys.create(&alias, KeyPurpose::PinSlot).expect("made");
        assert_eq!(keys.is_there(&alias), Ok(true));
        phone.device_key.lose_all();
        for asleep in ["exists", "hmac", "create"] {
            phone.hooks.fail_next(move |call| call.is(asleep, "probe"), DeviceKeyFault::Gone);
            assert_eq!(keys.is_there(&alias), Err(DeviceKeyFault::Busy), "{asleep}");
            assert_eq!(phone.hooks.unmet(), 0);
        }
        assert!(phone.device_key.all_aliases().is_empty(), "the probes are gone");
    }

    #[test]
    fn a_key_that_is_there_is_gone_only_if_that_is_said_twice() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let alias = keys.new_pin(&WALLET, 7);
        keys.create(&alias, KeyPurpose::PinSlot).expect("made");
        let is_pins = |call: testing::Call<'_>| call.is("ready", "pin");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.ready(&alias), Ok(()), "one 'gone' is not believed");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.ready(&alias), Err(DeviceKeyFault::Gone), "invalidated for good");
    }

    #[test]
    fn what_keeps_a_key_is_told_also_when_the_key_was_called_gone_once() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let alias = keys.new_pin(&WALLET, 7);
        keys.create(&alias, KeyPurpose::PinSlot).expect("made");
        let is_pins = |call: testing::Call<'_>| matches!(call, testing::Call::SecurityLevel { .. });
        let level = keys.security_level(&alias).expect("told");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.security_level(&alias), Ok(level), "one 'gone' is not believed");
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        phone.hooks.fail_next(is_pins, DeviceKeyFault::Gone);
        assert_eq!(keys.security_level(&alias), Err(DeviceKeyFault::Gone));
    }

    #[test]
    fn an_installations_key_signs_and_no_other_key_does() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let (alias, pin) = (keys.new_installation(&WALLET, 7), keys.new_pin(&WALLET, 7));
        keys.create(&alias, KeyPurpose::Installation).expect("made");
        keys.create(&pin, KeyPurpose::PinSlot).expect("made");
        let point = keys.public_key(&alias).expect("a point");
        let signature = keys.sign(&alias, b"message").expect("signed");
        let verify = |message: &[u8]| {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, &signature).is_ok()
        };
        assert!(verify(b"message") && !verify(b"another"));
        assert_eq!(keys.mac(&alias, b"in"), Err(DeviceKeyFault::Failed), "it computes no HMAC");
        assert_eq!(keys.sign(&pin, b"message"), Err(DeviceKeyFault::Failed));
        assert_eq!(keys.public_key(&pin), Err(DeviceKeyFault::Failed));
        keys.delete(&alias).expect("deleted");
        assert_eq!(keys.sign(&alias, b"message"), Err(DeviceKeyFault::Gone));
    }

    /// A keystore that answers these public keys in turn, and that otherwise is the default of the trait.
    struct Points(std::sync::Mutex<Vec<Vec<u8>>>);

    impl DeviceKey for Points {
        fn aliases(&self, _: &str) -> Result<Vec<String>, DeviceKeyFault> {
            Ok(Vec::new())
        }

        fn exists(&self, _: &str) -> Result<bool, DeviceKeyFault> {
            Ok(true)
        }

        fn create(&self, _: &str, _: KeyPurpose) -> Result<(), DeviceKeyFault> {
            Ok(())
        }

        fn ready(&self, _: &str) -> Result<(), DeviceKeyFault> {
            Ok(())
        }

        fn hmac(&self, _: &str, _: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
            Err(DeviceKeyFault::Failed)
        }

        fn delete(&self, _: &str) -> Result<(), DeviceKeyFault> {
            Ok(())
        }

        fn public_key(&self, _: &str) -> Result<Vec<u8>, DeviceKeyFault> {
            Ok(self.0.lock().expect("free").remove(0))
        }
    }

    #[test]
    fn a_public_key_is_believed_if_it_is_a_point_and_is_told_twice() {
        let point = |first: u8, last: u8| [vec![first; 1], vec![last; 64]].concat();
        let ask = |answers: [Vec<u8>; 2]| of(Arc::new(Points(answers.to_vec().into()))).public_key("alias");
        assert_eq!(ask([point(4, 7), point(4, 7)]).map(|told| told.to_vec()), Ok(point(4, 7)));
        assert_eq!(ask([point(4, 7), point(4, 8)]), Err(DeviceKeyFault::Busy));
        assert_eq!(ask([point(2, 7), point(2, 7)]), Err(DeviceKeyFault::Failed), "compressed");
        assert_eq!(ask([vec![4; 64], vec![4; 64]]), Err(DeviceKeyFault::Failed), "too short");
        let keys = of(Arc::new(Points(Vec::new().into())));
        assert_eq!(keys.sign("alias", b"message"), Err(DeviceKeyFault::NoHardware), "the trait's default");
    }

    #[test]
    fn a_list_that_fails_as_if_a_key_were_gone_says_that_of_none() {
        let phone = FakePhone::default();
        let keys = of(phone.platform().device_key);
        let is_list = |call: testing::Call<'_>| matches!(call, testing::Call::Aliases { .. });
        let fail = || phone.hooks.fail_next(is_list, DeviceKeyFault::Gone);
        fail();
        assert_eq!(keys.list_here(), Err(DeviceKeyFault::Busy));
        fail();
        assert_eq!(keys.list_of_wallet(&WALLET, false), Err(DeviceKeyFault::Busy));
    }
}
