//! A wallet to measure: the core on a fake phone, its database on a real disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use tempfile::TempDir;
use walletlock_core::crypto::{Calibration, KdfCost};
use walletlock_core::money::Currency;
use walletlock_core::pin::PinEntry;
use walletlock_core::platform::testing::FakePhone;
use walletlock_core::platform::{DeviceKey, DeviceKeyFault, KeyPurpose, Platform};
use walletlock_core::policy::{AntiRollback, RollbackProtection};
use walletlock_core::policy::{ClearsUnusual, KeyRole, Limit, PaymentPolicy, Period, Policy, ProviderPolicy};
use walletlock_core::provider::signer::{Signer, encode, read_request, request_hash};
use walletlock_core::request::Scope;
use walletlock_core::{Enrolment, Options, PinOutcome, ProviderRequest, Session, WalletLock, WordDone, WordOutcome};
use zeroize::Zeroizing;

pub(crate) const PIN: u32 = 493_716;
/// The least Argon2id there is, some ten microseconds, for figures about the work around it.
pub(crate) const LEAST: KdfCost = KdfCost { memory_kib: 8, passes: 1, lanes: 1 };

pub(crate) struct Wallet {
    pub(crate) lock: Arc<WalletLock>,
    place: Place,
    guesses: u32,
}

/// Where a wallet lies while no process has it open.
pub(crate) struct Place {
    folder: TempDir,
    keys: Keys,
    cost: KdfCost,
    rollback_protection: RollbackProtection,
    /// The app's policy has a provider and limits.
    pays: bool,
}

impl Wallet {
    /// A wallet with a PIN, prepared for a try.
    pub(crate) fn enrolled(cost: KdfCost) -> Result<Self> {
        Self::enrolled_on(Keys::default(), cost, RollbackProtection::On)
    }

    /// Like `enrolled`, with another keystore or without rollback protection.
    pub(crate) fn enrolled_on(keys: Keys, cost: KdfCost, rollback_protection: RollbackProtection) -> Result<Self> {
        let wallet = Place { folder: folder()?, keys, cost, rollback_protection, pays: false }.open()?;
        match wallet.lock.enrol(&entry(PIN), &[])? {
            Enrolment::Enrolled(session) => session.close(),
            refused => bail!("not enrolled: {refused:?}"),
        }
        wallet.lock.prepare()?;
        Ok(wallet)
    }

    /// The same wallet in an app that pays, on a phone that its provider has registered, so that the phone signs its
    /// payments.
    pub(crate) fn registered(self) -> Result<Self> {
        let mut wallet = Place { pays: true, ..self.closed() }.open()?;
        wallet.lock.prepare()?;
        // A right PIN adopts the policy.
        wallet.try_right()?;
        let provider = wallet.lock.provider();
        let request = provider.register(&ProviderRequest::default())?;
        let read = read_request(&request, None).context("a request")?;
        let (aud, sub, req) = (&read.wallet, &read.installation, request_hash(&request));
        let challenge = encode(&[1; 16]);
        let proof = format!(r#"{{"method":"person","place":"elsewhere","challenge":"{challenge}"}}"#);
        let claims = format!(
            r#"{{"v":1,"aud":"{aud}","sub":"{sub}","act":"register","req":"{req}","after":0,"proofs":[{proof}]}}"#
        );
        match provider.redeem(&guarded().sign("grant", &claims))? {
            WordOutcome::Done(WordDone::Registered) => Ok(wallet),
            refused => bail!("not registered: {refused:?}"),
        }
    }

    /// Closes the database, as the end of an app does.
    pub(crate) fn closed(self) -> Place {
        self.place
    }

    /// Tries a wrong PIN that was not tried before, and then the right one, so that the count of failures does not
    /// grow.
    pub(crate) fn try_wrong_and_right(&mut self) -> Result<Duration> {
        Ok(self.try_wrong()? + self.try_right()?)
    }

    pub(crate) fn try_right(&mut self) -> Result<Duration> {
        self.type_slowly();
        self.try_right_at_once()
    }

    pub(crate) fn try_right_at_once(&mut self) -> Result<Duration> {
        let entry = entry(PIN);
        let begin = Instant::now();
        let outcome = self.lock.verify_pin(&entry);
        let took = begin.elapsed();
        match outcome {
            PinOutcome::Right(session) => session.close(),
            other => bail!("not right: {other:?}"),
        }
        Ok(took)
    }

    /// Unlocks the wallet. The clock stands still, so the session does not end.
    pub(crate) fn unlocked(&mut self) -> Result<Session> {
        self.type_slowly();
        match self.lock.verify_pin(&entry(PIN)) {
            PinOutcome::Right(session) => Ok(session),
            other => bail!("not right: {other:?}"),
        }
    }

    pub(crate) fn try_wrong(&mut self) -> Result<Duration> {
        self.type_slowly();
        self.guesses += 1;
        let entry = entry(500_000 + self.guesses);
        let begin = Instant::now();
        let outcome = self.lock.verify_pin(&entry);
        let took = begin.elapsed();
        match outcome {
            PinOutcome::Wrong(_) => Ok(took),
            other => bail!("not wrong: {other:?}"),
        }
    }

    /// Waits until the next seal key is made, if there is rollback protection: a person types more slowly than that.
    pub(crate) fn type_slowly(&self) {
        let is_on = self.place.rollback_protection == RollbackProtection::On;
        while is_on && self.place.keys.state().seals_made() < 2 {
            std::thread::yield_now();
        }
    }

    /// How long the last charge took: from the end of the probe until the device key is asked. It includes the least
    /// Argon2id.
    pub(crate) fn last_charge(&self) -> Duration {
        self.place.keys.state().last_charge
    }
}

impl Place {
    pub(crate) fn open(self) -> Result<Wallet> {
        let anti_rollback = AntiRollback::Fixed(self.rollback_protection);
        let options = options(self.database(), self.keys.clone(), self.cost)?;
        let policy = if self.pays { paying(options.policy.clone())? } else { options.policy.clone() };
        let lock = WalletLock::open(Options { anti_rollback, policy, ..options })?;
        Ok(Wallet { lock: Arc::new(lock), place: self, guesses: 0 })
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("wallet.db")
    }

    /// The aliases of all keys in the phone's keystore.
    pub(crate) fn aliases(&self) -> Vec<String> {
        self.keys.state().aliases.iter().cloned().collect()
    }
}

/// Options of a lock on a phone whose keystore has these keys.
pub(crate) fn options(database: PathBuf, keys: Keys, cost: KdfCost) -> Result<Options> {
    let platform = Platform { device_key: Arc::new(keys), ..FakePhone::default().platform() };
    Ok(Options {
        path: database,
        policy: policy()?,
        platform,
        calibration: Calibration::Fixed(cost),
        anti_rollback: AntiRollback::default(),
    })
}

/// The provider's key that signs grants.
fn guarded() -> Signer {
    Signer::from_seed(&[2; 32])
}

/// A folder on the disk that holds this program: folders for temporary files are often in memory, where a flush costs
/// nothing.
pub(crate) fn folder() -> Result<TempDir> {
    let program = std::env::current_exe()?;
    Ok(TempDir::new_in(program.parent().unwrap_or(Path::new(".")))?)
}

/// Allows many failures and has no waits: a wait costs nothing, and the benches would have to sit it out.
fn policy() -> Result<Policy> {
    Ok(Policy::from_json(r#"{ "name": "benches", "lockout": { "cooldowns": [], "lock_at": 1000 } }"#)?)
}

/// The same policy with a provider, and with limits on a day and on thirty.
fn paying(policy: Policy) -> Result<Policy> {
    let currency = Currency::new("EUR")?;
    let limits = [Period::Day, Period::ThirtyDays].map(|per| Limit::amount(Scope::All, currency, per, 1_000_000_000));
    let online = Signer::from_seed(&[1; 32]).key(KeyRole::Online);
    let keys = vec![online, guarded().key(KeyRole::Guarded), Signer::from_seed(&[3; 32]).key(KeyRole::Guarded)];
    let unusual = ClearsUnusual::Pin;
    let provider = Some(ProviderPolicy { keys, allowance_h: None, warn_percent: 80, unusual, escrow_key: None });
    let payment = PaymentPolicy { limits: limits.to_vec(), ..policy.payment };
    Ok(Policy { provider, payment, ..policy })
}

pub(crate) fn entry(pin: u32) -> PinEntry {
    let entry = PinEntry::new();
    for digit in format!("{pin:06}").chars().filter_map(|digit| digit.to_digit(10)) {
        // `push` succeeds: this is a digit, and an entry holds more digits than a PIN of ours has.
        let _ = entry.push(digit);
    }
    entry
}

/// A keystore in which each key is its alias, so that another process can have the same keys. It measures the charge:
/// from the probe just before it to the HMAC just after Argon2id.
#[derive(Clone, Default)]
pub(crate) struct Keys(Arc<Mutex<KeysState>>, Duration);

#[derive(Default)]
struct KeysState {
    aliases: BTreeSet<String>,
    /// How many answers each existing seal key has given. A seal key counts as made after two answers.
    seals: BTreeMap<String, u32>,
    /// The installations' key pairs, as PKCS #8.
    pairs: BTreeMap<String, Vec<u8>>,
    probed: Option<Instant>,
    last_charge: Duration,
}

impl KeysState {
    fn seals_made(&self) -> usize {
        self.seals.values().filter(|answers| **answers >= 2).count()
    }
}

impl Keys {
    pub(crate) fn named(aliases: impl IntoIterator<Item = String>) -> Self {
        let keys = Self::default();
        keys.state().aliases.extend(aliases);
        keys
    }

    /// A keystore that takes this long for each call, except for listings and `exists`.
    pub(crate) fn slow(call: Duration) -> Self {
        Self(Arc::default(), call)
    }

    /// Answers when the time of a call is over. What this computes is a part of that time.
    fn in_time<T>(&self, answer: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let answer = answer();
        let left = self.1.saturating_sub(begin.elapsed());
        if !left.is_zero() {
            std::thread::sleep(left);
        }
        answer
    }

    fn state(&self) -> MutexGuard<'_, KeysState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key pair of an installation, which the first call makes.
    fn signing_key(&self, alias: &str) -> Result<EcdsaKeyPair, DeviceKeyFault> {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let mut state = self.state();
        let pkcs8 = match state.pairs.get(alias) {
            Some(pkcs8) => pkcs8.clone(),
            None => {
                let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| DeviceKeyFault::Failed)?;
                state.pairs.insert(alias.to_owned(), made.as_ref().to_vec());
                made.as_ref().to_vec()
            }
        };
        EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8, &random).map_err(|_| DeviceKeyFault::Failed)
    }

    fn has(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.state().aliases.contains(alias).then_some(()).ok_or(DeviceKeyFault::Gone)
    }
}

impl DeviceKey for Keys {
    fn aliases(&self, prefix: &str) -> Result<Vec<String>, DeviceKeyFault> {
        Ok(self.state().aliases.iter().filter(|alias| alias.starts_with(prefix)).cloned().collect())
    }

    fn exists(&self, alias: &str) -> Result<bool, DeviceKeyFault> {
        Ok(self.state().aliases.contains(alias))
    }

    fn create(&self, alias: &str, _: KeyPurpose) -> Result<(), DeviceKeyFault> {
        self.in_time(|| self.state().aliases.insert(alias.to_owned()).then_some(()).ok_or(DeviceKeyFault::Failed))
    }

    fn ready(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.in_time(|| self.has(alias))?;
        self.state().probed = Some(Instant::now());
        Ok(())
    }

    fn hmac(&self, alias: &str, input: &[u8]) -> Result<Zeroizing<Vec<u8>>, DeviceKeyFault> {
        let mut state = self.state();
        if alias.contains("/pin/")
            && let Some(probed) = state.probed.take()
        {
            state.last_charge = probed.elapsed();
        }
        drop(state);
        self.in_time(|| {
            self.has(alias)?;
            if alias.contains("/seal/") {
                *self.state().seals.entry(alias.to_owned()).or_default() += 1;
            }
            let key = hmac::Key::new(hmac::HMAC_SHA256, alias.as_bytes());
            Ok(Zeroizing::new(hmac::sign(&key, input).as_ref().to_vec()))
        })
    }

    fn public_key(&self, alias: &str) -> Result<Vec<u8>, DeviceKeyFault> {
        self.has(alias)?;
        Ok(self.signing_key(alias)?.public_key().as_ref().to_vec())
    }

    fn sign(&self, alias: &str, message: &[u8]) -> Result<Vec<u8>, DeviceKeyFault> {
        self.in_time(|| {
            self.has(alias)?;
            let signature = self.signing_key(alias)?.sign(&SystemRandom::new(), message);
            Ok(signature.map_err(|_| DeviceKeyFault::Failed)?.as_ref().to_vec())
        })
    }

    fn delete(&self, alias: &str) -> Result<(), DeviceKeyFault> {
        self.in_time(|| {
            let mut state = self.state();
            state.aliases.remove(alias);
            state.seals.remove(alias);
        });
        Ok(())
    }

    /// The address of the state: wallets that are measured side by side have the same id, and each has its own
    /// keystore.
    fn instance(&self) -> u64 {
        Arc::as_ptr(&self.0).addr() as u64
    }
}
