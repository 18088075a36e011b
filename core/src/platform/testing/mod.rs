//! Fakes for tests. They are strict: they refuse what the real parts would refuse.

mod biometrics;
mod chance;
mod codes;
mod hooks;
mod lies;
pub mod schedules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use super::{Clock, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Listener, Platform, PlatformFault, SecurityLevel};
pub use biometrics::{Act, FakeBiometrics};
pub use chance::TestRng;
pub use codes::{authenticator_code, code_entry, digits_of, write_down};
pub use hooks::{Call, Hooks};
pub use lies::{FaultyKeystore, Injected, Misbehaviour, tally};

use crate::crypto::{Random, aead_open, aead_seal, hmac_sha256};
use crate::events::Event;
use crate::time::Now;

/// A clock that stands still until it is moved.
pub struct FakeClock(Mutex<Result<Now, PlatformFault>>);

impl Default for FakeClock {
    /// The phone has booted once, an hour ago; the date is 2026-01-01.
    fn default() -> Self {
        Self(Mutex::new(Ok(Now { boot: Some(1), since_boot_ms: 3_600_000, wall_ms: 1_767_225_600_000 })))
    }
}

impl FakeClock {
    /// Moves time since boot and the wall clock forward.
    pub fn advance_ms(&self, ms: u64) {
        self.change(|now| {
            now.since_boot_ms += ms;
            now.wall_ms += ms as i64;
        });
    }

    /// The wall clock, in milliseconds since 1970 UTC; 0 if the clock fails.
    pub fn now_wall_ms(&self) -> i64 {
        lock(&self.0).map_or(0, |now| now.wall_ms)
    }

    /// Restarts the phone, which takes twenty seconds.
    pub fn reboot(&self) {
        self.change(|now| {
            now.boot = now.boot.map(|boot| boot + 1);
            now.since_boot_ms = 10_000;
            now.wall_ms += 20_000;
        });
    }

    /// Changes the clocks to any values, also to impossible ones.
    pub fn change(&self, change: impl FnOnce(&mut Now)) {
        if let Ok(now) = lock(&self.0).as_mut() {
            change(now);
        }
    }

    /// Makes every further reading of the clock fail.
    pub fn break_down(&self) {
        *lock(&self.0) = Err(PlatformFault);
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Result<Now, PlatformFault> {
        *lock(&self.0)
    }
}

/// A source of bytes that look random and are the same in every run.
pub struct FakeEntropy(Mutex<Option<TestRng>>);

impl FakeEntropy {
    /// The stream of bytes for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(Some(TestRng::new(seed))))
    }

    /// Makes every further call fail.
    pub fn break_down(&self) {
        *lock(&self.0) = None;
    }
}

impl Entropy for FakeEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PlatformFault> {
        let mut rng = lock(&self.0);
        let rng = rng.as_mut().ok_or(PlatformFault)?;
        // Each byte takes one number of the stream. The frozen vectors depend on this.
        bytes.iter_mut().for_each(|byte| *byte = rng.draw() as u8);
        Ok(())
    }
}

/// A [`Random`] whose seed comes from [`FakeEntropy`] with `seed`.
pub(crate) fn random(seed: u64) -> Random {
    let Ok(random) = Random::draw(|bytes| FakeEntropy::new(seed).fill(bytes)) else { unreachable!("it does not fail") };
    random
}

/// Calls of a [`FakeDeviceKey`], counted by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceKeyCalls {
    /// Calls of [`DeviceKey::aliases`].
    pub aliases: u32,
    /// Calls of [`DeviceKey::exists`].
    pub exists: u32,
    /// Calls of [`DeviceKey::create`].
    pub create: u32,
    /// Calls of [`DeviceKey::ready`].
    pub ready: u32,
    /// Calls of [`DeviceKey::hmac`].
    pub hmac: u32,
    /// Calls of [`DeviceKey::delete`].
    pub delete: u32,
    /// Calls of [`DeviceKey::security_level`].
    pub security_level: u32,
}

/// A keystore in memory. Clones share it, as the processes of a phone do. A test that reopens a lock gives it the same
/// keystore.
#[derive(Clone, Default)]
pub struct FakeDeviceKey(Arc<Mutex<Keystore>>);

#[derive(Clone, Default)]
struct Keystore {
    keys: BTreeMap<String, (KeyPurpose, [u8; 32])>,
    /// The key pairs of installations (PKCS #8). Each of these aliases is in `keys` too.
    pairs: BTreeMap<String, Vec<u8>>,
    /// Biometric keys that were invalidated by the enrolment of another finger or face. They are still listed, as on a
    /// phone.
    invalidated: BTreeSet<String>,
    made: u64,
    calls: DeviceKeyCalls,
    pin_calls: DeviceKeyCalls,
    fault: Option<DeviceKeyFault>,
    level: Option<SecurityLevel>,
}

impl FakeDeviceKey {
    /// The calls so far.
    pub fn calls(&self) -> DeviceKeyCalls {
        lock(&self.0).calls
    }

    /// The calls so far that were for the key of a PIN slot.
    pub fn pin_calls(&self) -> DeviceKeyCalls {
        lock(&self.0).pin_calls
    }

    /// Makes every call fail with this fault, until it is set to `None`.
    pub fn fail_with(&self, fault: Option<DeviceKeyFault>) {
        lock(&self.0).fault = fault;
    }

    /// Sets the security level that the keystore reports. The default is [`SecurityLevel::Unknown`].
    pub fn say_level(&self, level: SecurityLevel) {
        lock(&self.0).level = Some(level);
    }

    /// The aliases that exist.
    pub fn all_aliases(&self) -> Vec<String> {
        lock(&self.0).keys.keys().cloned().collect()
    }

    /// Enrols another finger or face on the phone, which invalidates every existing biometric key.
    pub fn enrol_another_finger(&self) {
        let mut keystore = lock(&self.0);
        let of_biometrics = |(alias, (purpose, _)): (&String, &(KeyPurpose, [u8; 32]))| {
            (*purpose == KeyPurpose::Biometric).then(|| alias.clone())
        };
        keystore.invalidated = keystore.keys.iter().filter_map(of_biometrics).collect();
    }

    pub(super) fn is_usable_by_biometrics(&self, alias: &str) -> bool {
        lock(&self.0).biometric_key(alias).is_some()
    }

    /// Wraps a slot key with a biometric key, after the sensor has recognised the person. `None` if there is no usable
    /// key.
    pub(super) fn wrap(&self, alias: &str, slot_key: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = lock(&self.0).biometric_key(alias)?;
        let mut random = random(77);
        aead_seal(&mut random, &key, &[], slot_key).map(Zeroizing::new)
    }

    /// Unwraps a slot key with a biometric key. `None` if there is no usable key, or it did not wrap this.
    pub(super) fn unwrap(&self, alias: &str, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let key = lock(&self.0).biometric_key(alias)?;
        aead_open(&key, &[], wrapped)
    }

    /// An independent copy of the keystore as it is now: what the phone holds if its process is killed at this moment.
    pub fn picture(&self) -> Self {
        Self(Arc::new(Mutex::new(lock(&self.0).clone())))
    }

    /// Deletes every key: the same as after a factory reset, or on another phone.
    pub fn lose_all(&self) {
        let mut keystore = lock(&self.0);
        keystore.keys.clear();
        keystore.pairs.clear();
    }
}

impl Keystore {
    fn check(&self) -> Result<(), DeviceKeyFault> {
        self.fault.map_or(Ok(()), Err)
    }

    fn biometric_key(&self, alias: &str) -> Option<[u8; 32]> {
        let (purpose, key) = self.keys.get(alias)?;
        (*purpose == KeyPurpose::Biometric && !self.invalidated.contains(alias)).then_some(*key)
    }

    /// The key pair of an installation. Another key fails, as it would on a phone.
    fn pair(&self, alias: &str) -> Result<EcdsaKeyPair, DeviceKeyFault> {
        self.check()?;
        let (purpose, _) = self.keys.get(alias).ok_or(DeviceKeyFault::Gone)?;
        let pair = self.pairs.get(alias).filter(|_| *purpose == KeyPurpose::Installation);
        let pair = pair.ok_or(DeviceKeyFault::Failed)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pair, &SystemRandom::new())
            .map_err(|_| DeviceKeyFault::Failed)
    }

    fn is_pins(&self, alias: &str) -> u32 {
        u32::from(self.keys.get(alias).is_some_and(|(purpose, _)| *purpose == KeyPurpose::PinSlot))
    }
}

impl DeviceKey for FakeDeviceKey {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.aliases += 1;
        keystore.check()?;
        Ok(keystore.keys.keys().filter(|alias| alias.starts_with(prefix)).cloned().collect())
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.exists += 1;
        keystore.pin_calls.exists += keystore.is_pins(alias);
        keystore.check()?;
        Ok(keystore.keys.contains_key(alias))
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.create += 1;
        keystore.pin_calls.create += u32::from(purpose == KeyPurpose::PinSlot);
        keystore.check()?;
        if keystore.keys.contains_key(alias) {
            return Err(DeviceKeyFault::Failed);
        }
        keystore.made += 1;
        let mut key = [0x5a; 32];
        key.iter_mut().zip(keystore.made.to_be_bytes()).for_each(|(to, from)| *to = from);
        if purpose == KeyPurpose::Installation {
            let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
            let pair = pair.map_err(|_| DeviceKeyFault::Failed)?.as_ref().to_vec();
            keystore.pairs.insert(alias.to_owned(), pair);
        }
        keystore.keys.insert(alias.to_owned(), (purpose, key));
        Ok(())
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.ready += 1;
        keystore.pin_calls.ready += keystore.is_pins(alias);
        keystore.check()?;
        let (purpose, _) = keystore.keys.get(alias).ok_or(DeviceKeyFault::Gone)?;
        if *purpose == KeyPurpose::Biometric { Err(DeviceKeyFault::Failed) } else { Ok(()) }
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.hmac += 1;
        keystore.pin_calls.hmac += keystore.is_pins(alias);
        keystore.check()?;
        let (purpose, key) = keystore.keys.get(alias).copied().ok_or(DeviceKeyFault::Gone)?;
        if matches!(purpose, KeyPurpose::Biometric | KeyPurpose::Installation) {
            return Err(DeviceKeyFault::Failed);
        }
        Ok(Zeroizing::new(hmac_sha256(&key, &[input]).to_vec()))
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.delete += 1;
        keystore.pin_calls.delete += keystore.is_pins(alias);
        keystore.check()?;
        keystore.keys.remove(alias);
        keystore.pairs.remove(alias);
        keystore.invalidated.remove(alias);
        Ok(())
    }

    fn security_level(&self, alias: &str) -> Result<SecurityLevel, DeviceKeyFault> {
        let mut keystore = lock(&self.0);
        keystore.calls.security_level += 1;
        keystore.pin_calls.security_level += keystore.is_pins(alias);
        keystore.check()?;
        keystore.keys.get(alias).ok_or(DeviceKeyFault::Gone)?;
        Ok(keystore.level.unwrap_or(SecurityLevel::Unknown))
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(lock(&self.0).pair(alias)?.public_key().as_ref().to_vec())
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        let pair = lock(&self.0).pair(alias)?;
        let signature = pair.sign(&SystemRandom::new(), message).map_err(|_| DeviceKeyFault::Failed)?;
        Ok(signature.as_ref().to_vec())
    }

    /// The address of the shared keystore: each phone of a test has its own.
    fn instance(&self) -> u64 {
        Arc::as_ptr(&self.0).addr() as u64
    }
}

/// A listener that records its events.
#[derive(Default)]
pub struct FakeListener(Mutex<Vec<Event>>);

impl FakeListener {
    /// The events so far.
    pub fn events(&self) -> Vec<Event> {
        lock(&self.0).clone()
    }
}

impl Listener for FakeListener {
    fn on_event(&self, event: Event) -> Result<(), PlatformFault> {
        lock(&self.0).push(event);
        Ok(())
    }
}

/// A phone made of fakes. Clones share them.
#[derive(Clone)]
pub struct FakePhone {
    /// Its clock.
    pub clock: Arc<FakeClock>,
    /// Its randomness.
    pub entropy: Arc<FakeEntropy>,
    /// Its keystore.
    pub device_key: FakeDeviceKey,
    /// Its sensor.
    pub biometrics: FakeBiometrics,
    /// Functions that run at the calls of a lock to these parts. They do not run at calls that the test itself makes to
    /// a part.
    pub hooks: Hooks,
}

impl Default for FakePhone {
    fn default() -> Self {
        let device_key = FakeDeviceKey::default();
        Self {
            clock: Arc::new(FakeClock::default()),
            entropy: Arc::new(FakeEntropy::new(1)),
            biometrics: FakeBiometrics::new(device_key.clone()),
            device_key,
            hooks: Hooks::default(),
        }
    }
}

impl FakePhone {
    /// The same phone with this keystore, a new sensor beside it, and without hooks.
    pub fn with_keystore(&self, device_key: FakeDeviceKey) -> Self {
        let biometrics = FakeBiometrics::new(device_key.clone());
        Self { biometrics, device_key, hooks: Hooks::default(), ..self.clone() }
    }

    /// The platform with which a lock is opened.
    pub fn platform(&self) -> Platform {
        self.platform_with(Arc::new(self.device_key.clone()))
    }

    /// The same platform with another keystore.
    pub fn platform_with(&self, device_key: Arc<dyn DeviceKey>) -> Platform {
        self.hooks.around(Platform {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            device_key,
            biometrics: Arc::new(self.biometrics.clone()),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
