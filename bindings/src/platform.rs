//! The phone's parts, implemented in Kotlin. An exception that they throw becomes a fault here, never a panic.

use std::sync::Arc;

use walletlock_core::platform::{self as core, DeviceKeyFault, KeyPurpose, PlatformFault, SecurityLevel};
use walletlock_core::{Now, events};
use zeroize::{Zeroize, Zeroizing};

use crate::journal::Event;

/// One reading of the clocks. `boot_count` is null if it cannot be read; then no session can live.
#[derive(uniffi::Record)]
pub struct ClockReading {
    pub boot_count: Option<i32>,
    pub since_boot_ms: i64,
    pub wall_ms: i64,
}

/// The clock, the source of randomness, the biometric prompt or a listener failed.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum PlatformError {
    #[error("the platform failed")]
    Failed,
}

/// A device key did not answer.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum DeviceKeyError {
    #[error("the device key is gone")]
    Gone,
    #[error("the device key cannot be used now")]
    Busy,
    #[error("the phone cannot keep device keys")]
    NoHardware,
    #[error("the device key failed")]
    Failed,
}

/// Reads the clocks.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    fn now(&self) -> Result<ClockReading, PlatformError>;
    /// By how many seconds local time differs from UTC at an instant, in milliseconds since 1970.
    fn utc_offset_s(&self, wall_ms: i64) -> Result<i32, PlatformError>;
}

/// Gives random bytes, exactly as many as asked for.
#[uniffi::export(foreign)]
pub trait Entropy: Send + Sync {
    fn random_bytes(&self, count: i32) -> Result<Vec<u8>, PlatformError>;
}

/// Keeps keys that do not leave the phone: HMAC-SHA256 keys, the AES key of biometrics, and the P-256 key that signs
/// requests to the provider.
#[uniffi::export(foreign)]
pub trait DeviceKey: Send + Sync {
    /// The existing aliases that begin with `prefix`. With an empty prefix: all aliases, also those of keys that the
    /// lock did not make.
    fn aliases(&self, prefix: String) -> Result<Vec<String>, DeviceKeyError>;
    /// Whether a key with this alias exists. If the keystore cannot tell, that is an error.
    fn exists(&self, alias: String) -> Result<bool, DeviceKeyError>;
    /// Makes a random key. If a key with this alias exists, that is an error.
    fn create(&self, alias: String, purpose: KeyPurpose) -> Result<(), DeviceKeyError>;
    /// Checks whether the key can be used now.
    fn ready(&self, alias: String) -> Result<(), DeviceKeyError>;
    /// Computes HMAC-SHA256 of `input` under the key, 32 bytes.
    fn hmac(&self, alias: String, input: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError>;
    /// Destroys the key. A key that does not exist is not an error.
    fn delete(&self, alias: String) -> Result<(), DeviceKeyError>;
    /// Where the key is kept.
    fn security_level(&self, alias: String) -> Result<SecurityLevel, DeviceKeyError>;
    /// The public key of an installation's key: an uncompressed point on P-256, 65 bytes.
    fn public_key(&self, alias: String) -> Result<Vec<u8>, DeviceKeyError>;
    /// Signs with an installation's key: ECDSA over P-256 with SHA-256, as DER.
    fn sign(&self, alias: String, message: Vec<u8>) -> Result<Vec<u8>, DeviceKeyError>;
}

/// Is told of every journal line after the line is committed. It may call the lock.
#[uniffi::export(foreign)]
pub trait Listener: Send + Sync {
    fn on_event(&self, event: Event) -> Result<(), PlatformError>;
}

pub(crate) struct ForeignClock(pub(crate) Arc<dyn Clock>);
pub(crate) struct ForeignEntropy(pub(crate) Arc<dyn Entropy>);
pub(crate) struct ForeignDeviceKey(pub(crate) Arc<dyn DeviceKey>);
pub(crate) struct ForeignListener(pub(crate) Arc<dyn Listener>);

impl core::Clock for ForeignClock {
    fn now(&self) -> Result<Now, PlatformFault> {
        let reading = self.0.now()?;
        Ok(Now {
            // A negative boot count is treated as unreadable.
            boot: reading.boot_count.and_then(|count| u32::try_from(count).ok()),
            since_boot_ms: u64::try_from(reading.since_boot_ms).map_err(|_| PlatformFault)?,
            wall_ms: reading.wall_ms,
        })
    }

    fn utc_offset_s(&self, wall_ms: i64) -> Result<i32, PlatformFault> {
        Ok(self.0.utc_offset_s(wall_ms)?)
    }
}

impl core::Entropy for ForeignEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        let count = i32::try_from(bytes.len()).map_err(|_| PlatformFault)?;
        let given = Zeroizing::new(self.0.random_bytes(count)?);
        if given.len() != bytes.len() {
            return Err(PlatformFault);
        }
        bytes.copy_from_slice(&given);
        Ok(())
    }
}

impl core::DeviceKey for ForeignDeviceKey {
    /// Each object of the app counts as a separate keystore: two of them in one process need not have the same keys.
    fn instance(&self) -> u64 {
        Arc::as_ptr(&self.0).cast::<()>().addr() as u64
    }

    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        Ok(self.0.aliases(prefix.to_owned())?)
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        Ok(self.0.exists(alias.to_owned())?)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        Ok(self.0.create(alias.to_owned(), purpose)?)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        Ok(self.0.ready(alias.to_owned())?)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        Ok(Zeroizing::new(self.0.hmac(alias.to_owned(), input.to_vec())?))
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        Ok(self.0.delete(alias.to_owned())?)
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        Ok(self.0.security_level(alias.to_owned())?)
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(self.0.public_key(alias.to_owned())?)
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(self.0.sign(alias.to_owned(), message.to_vec())?)
    }
}

impl core::Listener for ForeignListener {
    fn on_event(&self, event: events::Event) -> Result<(), PlatformFault> {
        Ok(self.0.on_event(event.into())?)
    }
}

impl From<PlatformError> for PlatformFault {
    fn from(_: PlatformError) -> Self {
        Self
    }
}

impl From<DeviceKeyError> for DeviceKeyFault {
    fn from(error: DeviceKeyError) -> Self {
        match error {
            DeviceKeyError::Gone => Self::Gone,
            DeviceKeyError::Busy => Self::Busy,
            DeviceKeyError::NoHardware => Self::NoHardware,
            DeviceKeyError::Failed => Self::Failed,
        }
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PlatformError {
    fn from(mut error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // The text of a Kotlin exception may contain a secret, so it is wiped.
        error.reason.zeroize();
        Self::Failed
    }
}

impl From<uniffi::UnexpectedUniFFICallbackError> for DeviceKeyError {
    fn from(mut error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        error.reason.zeroize();
        Self::Failed
    }
}
