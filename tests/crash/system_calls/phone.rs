//! A phone whose parts outlast the process: its keystore is a folder, and its clock stands where the scenario put it.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::{FakeClock, FakeEntropy};
use walletlock_core::platform::{
    Answer, Biometrics, DeviceKey, DeviceKeyFault, Entropy, KeyPurpose, Platform, PlatformFault, Prompt, PromptEnd,
    PromptOperation, SensorAvailability, WRAPPED_SLOT_KEY_BYTES,
};
use walletlock_core::policy::AntiRollback;
use walletlock_core::policy::Policy;
use walletlock_core::{LockError, Options, WalletLock};
use zeroize::Zeroizing;

use crate::scenario::PROVIDER;
use crate::{backend, life, net};

/// The folder with everything of one phone.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    pub(crate) fn make(path: PathBuf) -> Self {
        let home = Self(path);
        fs::create_dir_all(home.wallet()).expect("a folder for the wallet");
        fs::create_dir_all(home.keys()).expect("a folder for the keys");
        fs::create_dir_all(home.paper()).expect("a folder for the codes");
        fs::create_dir_all(home.desk()).expect("a folder for the provider");
        home
    }

    /// A home that was made before.
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The folder whose calls are caught.
    pub(crate) fn wallet(&self) -> PathBuf {
        self.0.join("wallet")
    }

    fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// The recovery codes that the owner wrote down.
    pub(crate) fn paper(&self) -> PathBuf {
        self.0.join("paper")
    }

    /// What the provider keeps of this phone.
    pub(crate) fn desk(&self) -> PathBuf {
        self.0.join("desk")
    }

    /// Copies the phone.
    pub(crate) fn copy_to(&self, path: PathBuf) -> Self {
        let copy = Self::make(path);
        for part in [Self::wallet, Self::keys, Self::paper, Self::desk] {
            let (from, to) = (part(self), part(&copy));
            for file in fs::read_dir(from).expect("a folder") {
                let file = file.expect("a file");
                fs::copy(file.path(), to.join(file.file_name())).expect("copied");
            }
        }
        copy
    }

    pub(crate) fn remove(self) {
        fs::remove_dir_all(self.0).expect("removed");
    }

    pub(crate) fn aliases(&self) -> Vec<String> {
        let files = fs::read_dir(self.keys()).expect("the keys");
        files.map(|file| alias_of(&file.expect("a key").file_name().to_string_lossy())).collect()
    }
}

/// One process's view of a phone.
pub(crate) struct Phone {
    pub(crate) home: Home,
    pub(crate) policy: Policy,
    pub(crate) clock: Arc<FakeClock>,
    /// The seed of this process's randomness: no two processes may draw the same values.
    pub(crate) seed: u64,
    /// Whether the keystore reports on standard output that it was asked for a PIN's HMAC.
    pub(crate) tells: bool,
}

impl Phone {
    pub(crate) fn new(home: Home, preset: &str, clock_ms: u64, seed: u64) -> Self {
        let clock = Arc::new(FakeClock::default());
        clock.advance_ms(clock_ms);
        let policy = if preset == PROVIDER { backend::policy() } else { Policy::preset(preset).expect("a preset") };
        Self { home, policy, clock, seed, tells: false }
    }

    pub(crate) fn open(&self) -> Result<Arc<WalletLock>, LockError> {
        let sensor = Sensor { folder: self.home.keys() };
        let keystore = Keystore { folder: self.home.keys(), entropy: FakeEntropy::new(!self.seed), tells: self.tells };
        let platform = Platform {
            clock: self.clock.clone(),
            entropy: Arc::new(FakeEntropy::new(self.seed)),
            device_key: Arc::new(keystore),
            biometrics: Arc::new(sensor),
        };
        let options = Options {
            path: self.home.wallet().join("wallet.db"),
            policy: self.policy.clone(),
            platform,
            calibration: Calibration::Fixed(KdfCost::CHEAP),
            anti_rollback: AntiRollback::default(),
        };
        WalletLock::open(options).map(Arc::new)
    }
}

pub(crate) fn entry(pin: &str) -> PinEntry {
    let entry = PinEntry::new();
    for digit in pin.chars() {
        assert_eq!(entry.push(digit.to_digit(10).expect("a digit")), Ok(true));
    }
    entry
}

/// A keystore with one file for each key. A call that has returned survives a kill of the process.
struct Keystore {
    folder: PathBuf,
    entropy: FakeEntropy,
    tells: bool,
}

impl Keystore {
    fn file(&self, alias: &str) -> PathBuf {
        self.folder.join(alias.replace('/', "~"))
    }

    /// The key pair of an installation.
    fn pair(&self, alias: &str) -> Result<EcdsaKeyPair, DeviceKeyFault> {
        let pair = fs::read(self.file(alias)).map_err(|_| DeviceKeyFault::Gone)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pair, &SystemRandom::new())
            .map_err(|_| DeviceKeyFault::Failed)
    }
}

fn alias_of(file: &str) -> String {
    file.replace('~', "/")
}

impl DeviceKey for Keystore {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        let files = fs::read_dir(&self.folder).map_err(|_| DeviceKeyFault::Failed)?;
        let aliases = files.flatten().map(|file| alias_of(&file.file_name().to_string_lossy()));
        Ok(aliases.filter(|alias| alias.starts_with(prefix)).collect())
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        self.file(alias).try_exists().map_err(|_| DeviceKeyFault::Failed)
    }

    fn create(&self, alias: &str, purpose: KeyPurpose) -> Result<(), DeviceKeyFault> {
        let key = if purpose == KeyPurpose::Installation {
            let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
            pair.map_err(|_| DeviceKeyFault::Failed)?.as_ref().to_vec()
        } else {
            let mut key = vec![0; 32];
            self.entropy.fill(&mut key).map_err(|_| DeviceKeyFault::Failed)?;
            key
        };
        let mut file = fs::File::create_new(self.file(alias)).map_err(|_| DeviceKeyFault::Failed)?;
        file.write_all(&key).map_err(|_| DeviceKeyFault::Failed)
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.file(alias).exists().then_some(()).ok_or(DeviceKeyFault::Gone)
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let key = fs::read(self.file(alias)).map_err(|_| DeviceKeyFault::Gone)?;
        if self.tells && alias.contains("/pin/") {
            life::tell("asked");
            net::asked();
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        Ok(Zeroizing::new(hmac::sign(&key, input).as_ref().to_vec()))
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        match fs::remove_file(self.file(alias)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(DeviceKeyFault::Failed),
            _ => Ok(()),
        }
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        Ok(self.pair(alias)?.public_key().as_ref().to_vec())
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        let signature = self.pair(alias)?.sign(&SystemRandom::new(), message);
        Ok(signature.map_err(|_| DeviceKeyFault::Failed)?.as_ref().to_vec())
    }

    /// A hash of its folder: the sweep opens copies of one phone side by side, and each copy has its own keys.
    fn instance(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.folder.hash(&mut hasher);
        hasher.finish()
    }
}

/// A sensor on which the owner's finger always lies. Its keys are those of the keystore.
struct Sensor {
    folder: PathBuf,
}

impl Biometrics for Sensor {
    fn availability(&self) -> Result<SensorAvailability, PlatformFault> {
        Ok(SensorAvailability::Ready)
    }

    fn show(&self, prompt: Prompt, answer: Answer) -> Result<(), PlatformFault> {
        let Ok(key) = fs::read(self.folder.join(prompt.alias.replace('/', "~"))) else {
            answer.ended(PromptEnd::KeyInvalidated);
            return Ok(());
        };
        let pad = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), b"wraps");
        let crossed = |bytes: &[u8]| bytes.iter().zip(pad.as_ref()).map(|(byte, pad)| byte ^ pad).collect::<Vec<_>>();
        answer.authenticated(Zeroizing::new(match prompt.operation {
            PromptOperation::Wrap => {
                let mut wrapped = crossed(&prompt.input);
                wrapped.resize(WRAPPED_SLOT_KEY_BYTES, 0);
                wrapped
            }
            PromptOperation::Unwrap => crossed(&prompt.input[..32]),
        }));
        Ok(())
    }

    fn dismiss(&self) -> Result<(), PlatformFault> {
        Ok(())
    }
}
