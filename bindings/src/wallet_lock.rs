//! The lock of one wallet, as uniffi exports it.

use std::sync::Arc;

use walletlock_core as core;
use walletlock_core::crypto::Calibration;
use walletlock_core::platform::{NoBiometrics, Platform, SecurityLevel, SystemEntropy};
use walletlock_core::policy::Policy;
use walletlock_core::policy::RollbackProtection;
use walletlock_core::reminders::Reminder;
use walletlock_core::{OwnerLock, RequestKind, WordOutcome};

use crate::biometric::{BiometricAvailability, BiometricOutcome, BiometricRequest};
use crate::error::LockError;
use crate::escrow::EscrowOutcome;
use crate::journal::Chain;
use crate::outcomes::{Enrolment, PinOutcome, Removal};
use crate::pin_entry::PinEntry;
use crate::platform::{
    Clock, DeviceKey, Entropy, ForeignClock, ForeignDeviceKey, ForeignEntropy, ForeignListener, Listener,
};
use crate::prompt::{Biometrics, ForeignBiometrics};
use crate::provider::{ProviderState, WordKind, said};
use crate::recovery::{CodeEntry, CodeOutcome, RecoveryStatus};
use crate::registry;
use crate::types::{Judgement, LockStatus, OpenSessions, Personal, prompt_id};

#[derive(uniffi::Object)]
pub struct WalletLock {
    core: Option<core::WalletLock>,
    listener: u64,
}

#[uniffi::export]
impl WalletLock {
    /// Opens the lock, or shares it if this process already has it open. A shared lock keeps the policy and the
    /// platform of its first opening; only the listener is added. `policy` is the name of a preset or a JSON text.
    /// Without `entropy`, the system's randomness is used.
    #[uniffi::constructor]
    pub fn open(
        path: String,
        policy: String,
        clock: Arc<dyn Clock>,
        entropy: Option<Arc<dyn Entropy>>,
        device_key: Arc<dyn DeviceKey>,
        biometrics: Option<Arc<dyn Biometrics>>,
        listener: Arc<dyn Listener>,
    ) -> Result<Arc<Self>, LockError> {
        let platform = Platform {
            clock: Arc::new(ForeignClock(clock)),
            entropy: match entropy {
                Some(entropy) => Arc::new(ForeignEntropy(entropy)),
                None => Arc::new(SystemEntropy::default()),
            },
            device_key: Arc::new(ForeignDeviceKey(device_key)),
            biometrics: match biometrics {
                Some(biometrics) => Arc::new(ForeignBiometrics(biometrics)),
                None => Arc::new(NoBiometrics),
            },
        };
        Self::open_on(&path, &policy, platform, Arc::new(ForeignListener(listener)))
    }

    pub fn status(&self) -> Result<LockStatus, LockError> {
        Ok(self.core()?.status()?.into())
    }

    /// Opens a wallet again that is damaged or busy, or whose storage failed, and returns the status after that.
    pub fn recheck(&self) -> Result<LockStatus, LockError> {
        Ok(self.core()?.recheck()?.into())
    }

    pub fn prepare(&self) -> Result<(), LockError> {
        Ok(self.core()?.prepare()?)
    }

    pub fn release_memory(&self) -> Result<(), LockError> {
        self.core()?.release_memory();
        Ok(())
    }

    pub fn judge_pin(&self, entry: &PinEntry, personal: Vec<Personal>) -> Result<Judgement, LockError> {
        let personal: Vec<_> = personal.into_iter().map(Into::into).collect();
        Ok(self.core()?.judge_pin(&entry.0, &personal)?.into())
    }

    pub fn enrol(&self, entry: &PinEntry, personal: Vec<Personal>) -> Result<Enrolment, LockError> {
        let personal: Vec<_> = personal.into_iter().map(Into::into).collect();
        Ok(self.core()?.enrol(&entry.0, &personal)?.into())
    }

    pub fn verify_pin(&self, entry: &PinEntry) -> Result<PinOutcome, LockError> {
        Ok(self.core()?.verify_pin(&entry.0).into())
    }

    pub fn biometric_availability(&self, request: BiometricRequest) -> Result<BiometricAvailability, LockError> {
        Ok(self.core()?.biometric_availability(&request.into())?.into())
    }

    /// Asks the person for a finger or face. Blocks the calling thread until there is an answer.
    pub fn verify_biometrics(&self, request: BiometricRequest) -> Result<BiometricOutcome, LockError> {
        Ok(self.core()?.verify_biometrics(&request.into()).into())
    }

    /// Removes the prompt with this id, if it is shown.
    pub fn cancel_biometrics(&self, prompt: i64) -> Result<(), LockError> {
        self.core()?.cancel_biometrics(prompt_id(prompt));
        Ok(())
    }

    pub fn remove(&self, entry: &PinEntry) -> Result<Removal, LockError> {
        Ok(self.core()?.remove(&entry.0)?.into())
    }

    /// Ends every session and the biometric prompt. With `screen_went_off`, `open_sessions` then says that the screen
    /// went off.
    pub fn lock_now(&self, screen_went_off: bool) -> Result<(), LockError> {
        let core = self.core()?;
        if screen_went_off {
            core.screen_went_off()
        } else {
            core.lock_now()
        }
        Ok(())
    }

    pub fn save_time(&self) -> Result<(), LockError> {
        Ok(self.core()?.save_time()?)
    }

    pub fn open_sessions(&self) -> Result<OpenSessions, LockError> {
        Ok(self.core()?.open_sessions()?.into())
    }

    /// The policy in force, as JSON.
    pub fn policy(&self) -> Result<String, LockError> {
        Ok(self.core()?.policy()?.to_json())
    }

    pub fn security_level(&self) -> Result<SecurityLevel, LockError> {
        Ok(self.core()?.security_level()?)
    }

    pub fn rollback_protection(&self) -> Result<RollbackProtection, LockError> {
        Ok(self.core()?.rollback_protection()?)
    }

    pub fn wipe(&self) -> Result<(), LockError> {
        Ok(self.core()?.wipe()?)
    }

    pub fn take_reminder(&self) -> Result<Option<Reminder>, LockError> {
        Ok(self.core()?.take_reminder()?)
    }

    pub fn verify_journal(&self) -> Result<Chain, LockError> {
        Ok(self.core()?.verify_journal()?.into())
    }

    pub fn recovery_status(&self) -> Result<RecoveryStatus, LockError> {
        Ok(self.core()?.recovery().status()?.into())
    }

    pub fn enter_code(&self, entry: &CodeEntry) -> Result<CodeOutcome, LockError> {
        Ok(self.core()?.recovery().enter_code(&entry.0).into())
    }

    /// Makes a request to the provider for the key to the wallet.
    pub fn ask_escrow(
        &self,
        channel: Option<String>,
        code: Option<String>,
        what: Option<String>,
    ) -> Result<EscrowOutcome, LockError> {
        Ok(self.core()?.recovery().ask_escrow(&said(channel, code, what))?.into())
    }

    pub fn lock_as_owner(&self) -> Result<OwnerLock, LockError> {
        Ok(self.core()?.lock_as_owner()?)
    }

    /// Makes a signed request to the provider. With the kind `Register`: also makes a key for this phone.
    pub fn provider_request(
        &self,
        kind: RequestKind,
        channel: Option<String>,
        code: Option<String>,
        what: Option<String>,
    ) -> Result<String, LockError> {
        Ok(self.core()?.provider().request(kind, &said(channel, code, what))?)
    }

    /// Takes a word of the provider. `orders` come with a heartbeat only.
    pub fn take_word(&self, kind: WordKind, word: &str, orders: Vec<String>) -> Result<WordOutcome, LockError> {
        let core = self.core()?;
        let provider = core.provider();
        let orders: Vec<&str> = orders.iter().map(String::as_str).collect();
        Ok(match kind {
            WordKind::Grant => provider.redeem(word)?,
            WordKind::Order => provider.accept(word)?,
            WordKind::Heartbeat => provider.heartbeat(word, &orders)?,
        })
    }

    pub fn provider_state(&self) -> Result<ProviderState, LockError> {
        Ok(self.core()?.provider().state()?.into())
    }
}

impl WalletLock {
    /// [`Self::open`], for callers in Rust.
    pub fn open_on(
        path: &str,
        policy: &str,
        platform: Platform,
        listener: Arc<dyn core::platform::Listener>,
    ) -> Result<Arc<Self>, LockError> {
        let policy = Policy::parse(policy).map_err(core::LockError::from)?;
        let core = registry::share(path, |path| {
            core::WalletLock::open(core::Options {
                path,
                policy,
                platform,
                calibration: Calibration::default(),
                anti_rollback: core::policy::AntiRollback::default(),
            })
        })?;
        let listener = core.add_listener(listener);
        Ok(Arc::new(Self { core: Some(core), listener }))
    }

    /// The core's lock. It is missing only while this object is being dropped.
    pub(crate) fn core(&self) -> Result<&core::WalletLock, LockError> {
        self.core.as_ref().ok_or(LockError::WrongState)
    }
}

impl Drop for WalletLock {
    fn drop(&mut self) {
        if let Some(core) = self.core.take() {
            core.remove_listener(self.listener);
            registry::release(core);
        }
    }
}

/// Checks a policy without opening a lock. Returns the policy as JSON, with every field that has a value.
#[uniffi::export]
pub fn check_policy(policy: String) -> Result<String, LockError> {
    Ok(Policy::parse(&policy).map_err(core::LockError::from)?.to_json())
}
