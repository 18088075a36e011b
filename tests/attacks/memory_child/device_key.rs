//! A keystore whose keys are derived from their aliases, so that another process that knows the alias can compute its
//! answers. The key pair of an installation is an exception: it signs, and no secret of the wallet depends on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use walletlock_core::platform::testing::FakeDeviceKey;
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose};
use zeroize::Zeroizing;

#[derive(Default)]
pub(crate) struct NamedKeys {
    aliases: Mutex<BTreeSet<String>>,
    /// The key pairs of installations. Each of these aliases is in `aliases` too.
    installations: FakeDeviceKey,
}

impl NamedKeys {
    /// The keys that another process wrote down there. None, if no process did.
    pub(crate) fn read(place: &Path) -> Self {
        let aliases = fs::read_to_string(place).unwrap_or_default();
        Self { aliases: Mutex::new(aliases.lines().map(str::to_owned).collect()), ..Self::default() }
    }

    pub(crate) fn write(&self, place: &Path) {
        let aliases: Vec<_> = self.aliases().iter().cloned().collect();
        fs::write(place, aliases.join("\n")).expect("written");
    }

    fn aliases(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.aliases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.aliases().contains(alias).then_some(()).ok_or(DeviceKeyFault::Gone)
    }
}

impl DeviceKey for NamedKeys {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        Ok(self.aliases().iter().filter(|alias| alias.starts_with(prefix)).cloned().collect())
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        Ok(self.aliases().contains(alias))
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        if purpose == KeyPurpose::Installation {
            self.installations.create(alias, purpose)?;
        }
        self.aliases().insert(alias.to_owned()).then_some(()).ok_or(DeviceKeyFault::Failed)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.check(alias)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        self.check(alias)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(alias)).map_err(|_| DeviceKeyFault::Failed)?;
        mac.update(input);
        Ok(Zeroizing::new(mac.finalize().into_bytes().to_vec()))
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.aliases().remove(alias);
        self.installations.delete(alias)
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        self.installations.public_key(alias)
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        self.installations.sign(alias, message)
    }
}
