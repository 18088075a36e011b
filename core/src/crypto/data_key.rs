//! The data key.

use zeroize::Zeroizing;

use super::{Purpose, Random, derive_key};

/// The random key from which the keys of the vault and the journal are derived. It is in memory only while a session is
/// live or a call needs it.
pub struct DataKey(Box<Zeroizing<[u8; 32]>>);

impl DataKey {
    /// A key of zeros, to be filled in. It is on the heap from the start, so that moving it moves a pointer and leaves
    /// no copy behind.
    fn zero() -> Self {
        Self(Box::new(Zeroizing::new([0; 32])))
    }

    /// Makes a new random key.
    pub(crate) fn make(random: &mut Random) -> Self {
        let mut key = Self::zero();
        key.0.copy_from_slice(random.bytes::<32>().as_slice());
        key
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::zero();
        (bytes.len() == key.0.len()).then(|| key.0.copy_from_slice(bytes))?;
        Some(key)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The subkey for one purpose.
    pub(crate) fn derive(&self, purpose: Purpose) -> Zeroizing<[u8; 32]> {
        derive_key(&[self.0.as_slice()], &[], purpose)
    }
}

impl Clone for DataKey {
    fn clone(&self) -> Self {
        let mut key = Self::zero();
        key.0.copy_from_slice(self.bytes());
        key
    }
}

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    #[test]
    fn each_purpose_has_its_own_subkey() {
        let key = DataKey::from_bytes(&[0x11; 32]).expect("32 bytes");
        // Computed independently of this code, by RFC 5869.
        let vault = "5bbb3483b3699ae735ab02795057fe3ffee8d3b9e8a43e75daf217713e93fa15";
        assert_eq!(hex::encode(key.derive(Purpose::Vault).as_slice()), vault);
        assert_ne!(hex::encode(key.derive(Purpose::PinHistory).as_slice()), vault);
    }

    #[test]
    fn other_than_32_bytes_are_no_key() {
        assert!(DataKey::from_bytes(&[0x11; 31]).is_none() && DataKey::from_bytes(&[0x11; 33]).is_none());
    }

    #[test]
    fn it_prints_nothing() {
        assert_eq!(format!("{:?}", DataKey::zero()), "DataKey(redacted)");
    }
}
