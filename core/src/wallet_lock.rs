//! The lock of one wallet: one line a method. What a call does stands in `flows/`.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Engine, OpenSessions, Options, SessionEnd};
use crate::error::LockError;
use crate::flows;
use crate::flows::{BiometricAvailability, Judgement, Removal};
use crate::journal::Chain;
use crate::outcomes::{BiometricOutcome, Enrolment, PinOutcome};
use crate::pin::{Personal, PinEntry, Reminder};
use crate::platform::{Listener, SecurityLevel};
use crate::policy::{Policy, RollbackProtection};
use crate::record::LockStatus;
use crate::request::{BiometricRequest, PromptId};
use crate::weak_lock::WeakWalletLock;

/// The lock of one wallet. A clone is another hold of the same lock; the database is closed with the last hold, those of sessions included.
///
/// Safe to use from any thread, and from the platform's and listeners' callbacks: no mutex is held while they are called.
#[derive(Clone)]
pub struct WalletLock {
    engine: Arc<Engine>,
}

impl WalletLock {
    pub(crate) fn of(engine: &Arc<Engine>) -> Self {
        Self { engine: engine.clone() }
    }

    /// Opens the lock. Tries that a killed process left unsettled count as wrong from here on.
    ///
    /// Damage and a keystore that does not answer are no errors here: the lock opens and says that it is locked, or busy. Errors are what may
    /// be gone at the next attempt (the clock or the storage does not answer), another process, a newer version, or a policy that is not valid.
    pub fn open(options: Options) -> Result<Self, LockError> {
        flows::open::open(options).map(|engine| Self { engine: Arc::new(engine) })
    }

    /// What the person is told now. While it cools down, what is left is saved once a minute.
    pub fn status(&self) -> Result<LockStatus, LockError> {
        flows::status::status(&self.engine)
    }

    /// Opens a wallet anew that is damaged or busy, or whose storage failed; one in order stays as it is. Returns what the person is told then.
    pub fn recheck(&self) -> Result<LockStatus, LockError> {
        flows::open::recheck(&self.engine)
    }

    /// The policy in force: the sealed one, or the one asked for while there is none.
    pub fn policy(&self) -> Result<Policy, LockError> {
        flows::status::policy(&self.engine)
    }

    /// Reserves the memory that checking a PIN takes, has the next key made that protects against older copies and, when a newer version of
    /// Walletlock asks for it, measures this phone again. Call it when the PIN pad opens; without it the first check takes longer.
    ///
    /// [`LockError::NoMemory`]: checking a PIN gives no verdict until there is memory again, and counts nothing.
    pub fn prepare(&self) -> Result<(), LockError> {
        flows::prepare::prepare(&self.engine)
    }

    /// Gives back the memory that [`Self::prepare`] reserved. Call it when the PIN pad closes.
    pub fn release_memory(&self) {
        flows::prepare::release_memory(&self.engine);
    }

    /// How good the PIN in `entry` is, every reason named. The entry keeps its digits.
    ///
    /// Whether it was used before is not said here: only changing the PIN in a session tells.
    pub fn judge_pin(&self, entry: &PinEntry, personal: &[Personal]) -> Result<Judgement, LockError> {
        flows::judge_pin::judge_pin(&self.engine, entry, personal)
    }

    /// Sets the first PIN: makes the keys and an empty vault, and opens it. The entry is left empty once the PIN is set.
    ///
    /// Only while [`LockStatus::Unconfigured`] or [`LockStatus::Wiped`], else [`LockError::WrongState`]. Cut short at any
    /// point, it leaves an unconfigured wallet; only after a flush that failed may the next opening find the wallet that was being made.
    pub fn enrol(&self, entry: &PinEntry, personal: &[Personal]) -> Result<Enrolment, LockError> {
        flows::enrol::enrol(&self.engine, entry, personal).map(|outcome| Enrolment::of(&self.engine, outcome))
    }

    /// Checks the PIN and leaves the entry empty. A right one opens the wallet.
    pub fn verify_pin(&self, entry: &PinEntry) -> PinOutcome {
        PinOutcome::of(&self.engine, flows::unlock_pin::unlock(&self.engine, entry))
    }

    /// Whether biometrics may be used now for this.
    pub fn biometric_availability(&self, request: &BiometricRequest) -> Result<BiometricAvailability, LockError> {
        flows::unlock_biometric::availability(&self.engine, request)
    }

    /// Asks the person for a finger or face, and waits until the phone has an answer. Opens the wallet, or confirms the payment of `request`.
    ///
    /// One prompt is shown at a time: for a second one there is [`crate::NoVerdict::TryAgain`]. Their failures are counted apart from the
    /// PIN's and never charge it; a success never clears it. No lock is held while the prompt is shown.
    pub fn verify_biometrics(&self, request: &BiometricRequest) -> BiometricOutcome {
        BiometricOutcome::of(&self.engine, flows::unlock_biometric::unlock(&self.engine, request))
    }

    /// Takes this prompt away, if it is shown: whoever waits for it hears that the system cancelled it.
    pub fn cancel_biometrics(&self, prompt: PromptId) {
        self.engine.prompts.cancel(prompt);
    }

    /// Ends every session, and the biometric prompt that is shown. For 'lock now', and when the app goes to the background.
    pub fn lock_now(&self) {
        flows::lock_now::lock_now(&self.engine, SessionEnd::Locked);
    }

    /// [`Self::lock_now`], because the screen went off: that is what [`Self::open_sessions`] says then.
    pub fn screen_went_off(&self) {
        flows::lock_now::lock_now(&self.engine, SessionEnd::ScreenOff);
    }

    /// What is open now, when the next of it ends, and why the last that ended did so. Asking prolongs nothing.
    pub fn open_sessions(&self) -> Result<OpenSessions, LockError> {
        Ok(self.engine.sessions.open_now()?)
    }

    /// Saves what is left of a wait. It is saved once a minute while somebody looks at it; what passed since is lost when the phone is switched
    /// off, but for what the next start proves. So call it when the app goes to the background, when the phone is switched off, and every hour
    /// or so: then a wait of a day ends on a phone that is switched off each night. Nothing to save is no error.
    pub fn save_time(&self) -> Result<(), LockError> {
        flows::status::save_time(&self.engine)
    }

    /// Destroys the PIN, the keys, the vault and the journal, once the PIN is proven. The lock is as new after it.
    ///
    /// If the storage or the device key fails halfway, what is left is destroyed at the next opening or enrolment.
    pub fn remove(&self, entry: &PinEntry) -> Result<Removal, LockError> {
        flows::remove::remove(&self.engine, entry)
    }

    /// Destroys the PIN, its keys, and everything that is kept, at once and without the PIN: for an order of the provider, or when the
    /// phone is lost. Whoever runs the app can do that anyway, by deleting the app's data.
    ///
    /// Every session ends. From the first step on nothing opens the vault any more; cut short, the rest goes at the next opening. An
    /// error says that something is left to that. [`LockStatus::Wiped`] is what remains, and the journal. A damaged wallet is
    /// wiped too. [`LockError::WrongState`]: no PIN was set yet, or one is being set.
    pub fn wipe(&self) -> Result<(), LockError> {
        flows::wipe::wipe(&self.engine)
    }

    /// What to remind the person of now, if anything. Asking counts as reminding: the next comes in a week at the earliest.
    pub fn take_reminder(&self) -> Result<Option<Reminder>, LockError> {
        flows::remind::take_reminder(&self.engine)
    }

    /// What keeps the PIN's device key. [`LockError::WrongState`] while no PIN is set.
    pub fn security_level(&self) -> Result<SecurityLevel, LockError> {
        flows::key_protection::security_level(&self.engine)
    }

    /// Whether an older copy of the database is found out: chosen with the first PIN. [`LockError::WrongState`] while none is set.
    pub fn rollback_protection(&self) -> Result<RollbackProtection, LockError> {
        flows::key_protection::rollback_protection(&self.engine)
    }

    /// Checks every line of the journal against the chain's end in the sealed record. Takes time in proportion to its length.
    pub fn verify_journal(&self) -> Result<Chain, LockError> {
        flows::journal::verify(&self.engine)
    }

    /// Lets `listener` hear of every journal line from now on. Returns a number for [`Self::remove_listener`].
    pub fn add_listener(&self, listener: Arc<dyn Listener>) -> u64 {
        self.engine.listeners.add(listener)
    }

    /// The listener hears nothing any more.
    pub fn remove_listener(&self, number: u64) {
        self.engine.listeners.remove(number);
    }

    /// Before this hold is dropped: waits at most `patience` for the seal key that is being made. `false`: dropping would still wait for it.
    pub fn drops_at_once(&self, patience: Duration) -> bool {
        Engine::drops_at_once(&self.engine, patience)
    }

    /// Whether both are holds of one lock.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.engine, &other.engine)
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// For finding the lock again without keeping it open.
    pub fn downgrade(&self) -> WeakWalletLock {
        WeakWalletLock::of(&self.engine)
    }
}

impl std::fmt::Debug for WalletLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WalletLock")
    }
}
