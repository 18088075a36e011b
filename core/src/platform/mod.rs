//! The traits that the phone implements for the core: clocks, randomness, keys that cannot be copied, biometrics and
//! listeners.
//!
//! Every call may fail, may take long, and may call back into the lock: the core holds no mutex and no transaction
//! while it calls.

mod biometrics;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use std::sync::Arc;

use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

pub use biometrics::{
    Answer, Biometrics, NoBiometrics, Prompt, PromptOperation, SLOT_KEY_BYTES, SensorAvailability,
    WRAPPED_SLOT_KEY_BYTES,
};
pub(crate) use biometrics::{PromptChannel, PromptEvent};

pub use crate::error::{DeviceKeyFault, PlatformFault};
use crate::events::Event;
pub use crate::request::{PromptEnd, PromptId, PromptPurpose, SecurityLevel};
use crate::time::Now;

/// The phone's parts, as the core uses them.
#[derive(Clone)]
pub struct Platform {
    /// Reads the clocks.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Holds the keys that never leave the phone.
    pub device_key: Arc<dyn DeviceKey>,
    /// Asks for a finger or face. [`NoBiometrics`] on a phone that has no sensor.
    pub biometrics: Arc<dyn Biometrics>,
}

/// The clocks of the phone.
pub trait Clock: Send + Sync {
    /// Reads all clocks at once.
    fn now(&self) -> Result<Now, PlatformFault>;

    /// By how many seconds the zone in which the person is differs from UTC at an instant, which may lie ahead
    /// (milliseconds since 1970 UTC). Android: `TimeZone.getDefault().getOffset`. The limits on payments need it: days
    /// begin at local midnight. The default is UTC.
    fn utc_offset_s(&self, _wall_ms: i64) -> Result<i32, PlatformFault> {
        Ok(0)
    }
}

/// A cryptographically secure source of randomness.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault>;
}

/// The phone's keystore. It holds HMAC-SHA256 keys, the AES key of biometrics, and the key with which this phone signs
/// requests to its provider. They can be used on this phone and cannot be copied.
pub trait DeviceKey: Send + Sync {
    /// The existing aliases that begin with `prefix`. With an empty prefix: all aliases, also those of keys that the
    /// lock did not make.
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault>;

    /// Whether a key with this alias exists. If the keystore cannot tell, that is a fault, never `false`.
    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault>;

    /// Makes a new random key. If a key with this alias exists, that is a fault: replacing the key would destroy what
    /// it protects.
    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault>;

    /// Checks whether the key can be used now, without computing an HMAC. A fault that is found here costs the person
    /// no try.
    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault>;

    /// Computes HMAC-SHA256 of `input` under the key, 32 bytes.
    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault>;

    /// Destroys the key. A key that does not exist is not a fault.
    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault>;

    /// Where the key is kept. [`SecurityLevel::Unknown`] if the phone does not say.
    fn security_level(&self, _alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        Ok(SecurityLevel::Unknown)
    }

    /// The public key of an installation's key: the uncompressed point on P-256, 65 bytes that begin with 4 (SEC 1,
    /// section 2.3.3). These are the last 65 bytes of what Android's `PublicKey.getEncoded` gives.
    ///
    /// [`DeviceKeyFault::NoHardware`], as in this default: the keystore makes no signing keys. Then the phone cannot be
    /// registered with a provider.
    fn public_key(&self, _alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        Err(DeviceKeyFault::NoHardware)
    }

    /// Signs a message with an installation's key: ECDSA over P-256 with SHA-256 (FIPS 186-5), as DER (RFC 3279,
    /// section 2.2.3), which is what Android's `SHA256withECDSA` gives.
    ///
    /// [`DeviceKeyFault::NoHardware`], as in this default: the keystore makes no signing keys.
    fn sign(&self, _alias: &str, _message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        Err(DeviceKeyFault::NoHardware)
    }

    /// Identifies this keystore if a process has several, as tests do. A phone has one keystore.
    fn instance(&self) -> u64 {
        0
    }
}

/// Is told of every journal line after the line is committed.
pub trait Listener: Send + Sync {
    /// Called after a line is committed. The core holds no mutex, so the listener may call the lock. An error changes
    /// nothing and is ignored.
    fn on_event(&self, event: Event) -> Result<(), PlatformFault>;
}

/// What a device key is for. The purpose decides when the phone allows its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Its HMAC opens the PIN slot. It works only while the phone is unlocked, on phones that can guarantee that.
    PinSlot,
    /// Its HMAC gives the key that seals the record. It must work while the phone is locked.
    Seal,
    /// An AES-256-GCM key that wraps the biometric slot's key. Each use needs a strong biometric, and the enrolment of
    /// another finger or face destroys it. It computes no HMAC: only [`Biometrics::show`] uses it.
    Biometric,
    /// A key of ECDSA over P-256. It signs this phone's requests to its provider, and must work while the wallet is
    /// locked. It computes no HMAC. A keystore that makes no such key answers [`DeviceKeyFault::NoHardware`].
    Installation,
}

/// The operating system's randomness, through ring.
#[derive(Debug)]
pub struct SystemEntropy(SystemRandom);

impl Default for SystemEntropy {
    fn default() -> Self {
        Self(SystemRandom::new())
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        self.0.fill(bytes).map_err(|_| PlatformFault)
    }
}
