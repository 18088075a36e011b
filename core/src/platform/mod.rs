//! What the core asks of the phone: clocks, randomness, a key it cannot copy, and someone to tell.
//!
//! Every call may fail, may take long and may call back into the lock: the core holds no lock and no transaction while it calls.

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

/// The pieces of the phone, as one.
#[derive(Clone)]
pub struct Platform {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Holds the keys that never leave the phone.
    pub device_key: Arc<dyn DeviceKey>,
    /// Asks for a finger or face. [`NoBiometrics`] on a phone without.
    pub biometrics: Arc<dyn Biometrics>,
}

/// The clocks of the phone.
pub trait Clock: Send + Sync {
    /// Reads all of them.
    fn now(&self) -> Result<Now, PlatformFault>;
}

/// A cryptographically secure source of randomness.
pub trait Entropy: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault>;
}

/// HMAC-SHA256 keys that the phone's hardware keeps: they can be used here and copied nowhere.
pub trait DeviceKey: Send + Sync {
    /// The aliases that exist and begin with `prefix`; with an empty one all, also those of keys that are not the lock's.
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault>;

    /// Whether there is a key of this alias. A keystore that does not know is a fault, never a no.
    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault>;

    /// Makes a new random key. An existing key of that alias is a fault: replacing it would destroy what it protects.
    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault>;

    /// Whether the key can be used now, found out without input. Faults that show here cost the person no try.
    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault>;

    /// HMAC-SHA256 of `input`, 32 bytes.
    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault>;

    /// Destroys the key. That it does not exist is no fault.
    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault>;

    /// What keeps the key. [`SecurityLevel::Unknown`] if the phone does not say.
    fn security_level(&self, _alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        Ok(SecurityLevel::Unknown)
    }

    /// Which keystore this is, where a process has several: in tests. A phone has one.
    fn instance(&self) -> u64 {
        0
    }
}

/// Hears of every journal line, after it is committed.
pub trait Listener: Send + Sync {
    /// Called with no lock held; may call back in. What it returns changes nothing that was decided.
    fn on_event(&self, event: Event) -> Result<(), PlatformFault>;
}

/// What a device key is for; it decides when the phone lets it be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// Mixed into the PIN slot: only while the phone is unlocked, where the phone can promise that.
    PinSlot,
    /// Seals the record: must work while the phone is locked.
    Seal,
    /// An AES-256-GCM key that wraps the biometric slot's: each use needs a strong biometric, and a new enrolment destroys it. It answers no HMAC;
    /// only [`Biometrics::show`] uses it.
    Biometric,
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
