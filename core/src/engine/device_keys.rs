//! The device keys of a wallet: one inventory of their aliases, and what is asked of them.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::hex;
use crate::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, SecurityLevel};
use crate::record::{RecordHeader, SealKey, seal_key_input};

/// The phone's keystore, as far as it holds keys of the wallet in one file.
pub(crate) struct DeviceKeys {
    keystore: Arc<dyn DeviceKey>,
    /// Every alias begins with it: the database's file name and a slash.
    scope: String,
}

/// What an alias names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AliasKind {
    /// The key of a PIN slot.
    Pin,
    /// The key of a biometric slot.
    Biometric,
    /// The key that seals the record in one epoch.
    Seal,
    /// A key that opens nothing: it says that a wallet was wiped.
    WipeMark,
}

/// The wallet id of a mark for a wallet whose own id is not known any more.
pub(crate) const UNKNOWN_WALLET: [u8; 16] = [0; 16];

impl AliasKind {
    const ALL: [Self; 4] = [Self::Pin, Self::Biometric, Self::Seal, Self::WipeMark];

    fn folder(self) -> &'static str {
        match self {
            Self::Pin => "pin/",
            Self::Biometric => "biometric/",
            Self::Seal => "seal/",
            Self::WipeMark => "wiped/",
        }
    }
}

impl DeviceKeys {
    pub(crate) fn new(keystore: Arc<dyn DeviceKey>, file_name: &str) -> Self {
        Self { keystore, scope: format!("{file_name}/") }
    }

    pub(crate) fn pin(&self, number: u64) -> String {
        self.alias(AliasKind::Pin, &format!("{number:016x}"))
    }

    pub(crate) fn biometric(&self, number: u64) -> String {
        self.alias(AliasKind::Biometric, &format!("{number:016x}"))
    }

    pub(crate) fn seal(&self, epoch: u64) -> String {
        self.alias(AliasKind::Seal, &epoch.to_string())
    }

    pub(crate) fn wipe_mark(&self, wallet_id: &[u8; 16]) -> String {
        self.alias(AliasKind::WipeMark, &hex::encode(wallet_id))
    }

    /// What an alias of this wallet names. `None`: nothing that this version makes.
    pub(crate) fn kind_of(&self, alias: &str) -> Option<AliasKind> {
        let name = alias.strip_prefix(&self.scope)?;
        AliasKind::ALL.into_iter().find(|kind| name.starts_with(kind.folder()))
    }

    fn alias(&self, kind: AliasKind, name: &str) -> String {
        format!("{}{}{name}", self.scope, kind.folder())
    }

    /// The aliases that exist.
    pub(crate) fn list(&self) -> Result<Vec<String>, DeviceKeyFault> {
        self.keystore.aliases(&self.scope)
    }

    /// Those of these kinds.
    pub(crate) fn list_of(&self, kinds: &[AliasKind]) -> Result<Vec<String>, DeviceKeyFault> {
        let mut aliases = self.list()?;
        aliases.retain(|alias| self.kind_of(alias).is_some_and(|kind| kinds.contains(&kind)));
        Ok(aliases)
    }

    pub(crate) fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.keystore.create(alias, purpose)
    }

    pub(crate) fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keystore.ready(alias)
    }

    /// HMAC-SHA256 of `input`, checked to have its 32 bytes.
    pub(crate) fn mac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<[u8; 32]>, DeviceKeyFault> {
        let output = self.keystore.hmac(alias, input)?;
        let bytes: &[u8; 32] = output.as_slice().try_into().map_err(|_| DeviceKeyFault::Failed)?;
        Ok(Zeroizing::new(*bytes))
    }

    /// The seal's key of an epoch.
    pub(crate) fn seal_key(&self, header: &RecordHeader) -> Result<SealKey, DeviceKeyFault> {
        Ok(SealKey::derive(&*self.mac(&self.seal(header.epoch), &seal_key_input(header))?))
    }

    pub(crate) fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.keystore.delete(alias)
    }

    /// Deletes them in this order, up to the first that fails.
    pub(crate) fn delete_all(&self, aliases: &[String]) -> Result<(), DeviceKeyFault> {
        aliases.iter().try_for_each(|alias| self.delete(alias))
    }

    pub(crate) fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        self.keystore.security_level(alias)
    }

    /// What the journal says of a key just made. That the phone does not say is no reason to refuse the key.
    pub(crate) fn noted_security_level(&self, alias: &str) -> SecurityLevel {
        self.security_level(alias).unwrap_or(SecurityLevel::Unknown)
    }

    /// Makes the keystore say that this wallet was wiped.
    pub(crate) fn mark_as_wiped(&self, wallet_id: &[u8; 16]) -> Result<(), DeviceKeyFault> {
        let alias = self.wipe_mark(wallet_id);
        // It stands there already if an earlier wipe was cut short.
        self.create(&alias, KeyPurpose::Seal).or_else(|fault| self.ready(&alias).map_err(|_| fault))
    }

    /// Has a biometric key deleted. If that fails the next opening does it; the key opens nothing any more.
    pub(crate) fn drop_biometric(&self, number: u64) {
        self.delete(&self.biometric(number)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing::FakeDeviceKey;

    #[test]
    fn every_alias_tells_its_kind_and_no_other_does() {
        let keys = DeviceKeys::new(Arc::new(FakeDeviceKey::default()), "wallet.db");
        for (alias, kind) in [
            (keys.pin(7), AliasKind::Pin),
            (keys.biometric(7), AliasKind::Biometric),
            (keys.seal(7), AliasKind::Seal),
            (keys.wipe_mark(&[7; 16]), AliasKind::WipeMark),
        ] {
            assert_eq!(keys.kind_of(&alias), Some(kind), "{alias}");
        }
        for other in ["wallet.db/other/7", "wallet.db/pin", "pin/0000000000000007", "other.db/pin/0000000000000007"] {
            assert_eq!(keys.kind_of(other), None, "{other}");
        }
    }

    /// Wallets on phones have keys of these names.
    #[test]
    fn the_aliases_are_frozen() {
        let keys = DeviceKeys::new(Arc::new(FakeDeviceKey::default()), "wallet.db");
        assert_eq!(keys.pin(0xab), "wallet.db/pin/00000000000000ab");
        assert_eq!(keys.biometric(0xab), "wallet.db/biometric/00000000000000ab");
        assert_eq!(keys.seal(12), "wallet.db/seal/12");
        assert_eq!(keys.wipe_mark(&[0x11; 16]), "wallet.db/wiped/11111111111111111111111111111111");
    }
}
