//! The lock of one wallet. Each method is one line; what a call does is written in `flows/`.

use std::sync::Arc;
use std::time::Duration;

use crate::engine::{Engine, OpenSessions, Options, SessionEnd};
use crate::error::LockError;
use crate::flows::{self, BiometricAvailability, Judgement, OwnerLock, Removal};
use crate::journal::Chain;
use crate::outcomes::{BiometricOutcome, Enrolment, PinOutcome};
use crate::pin::{Personal, PinEntry};
use crate::platform::{Listener, SecurityLevel};
use crate::policy::{Policy, RollbackProtection};
use crate::record::LockStatus;
use crate::reminders::Reminder;
use crate::request::{BiometricRequest, PromptId};
use crate::weak_lock::WeakWalletLock;

/// The lock of one wallet. Clones and sessions refer to the same lock. Dropping the last of them closes the database.
/// Safe to use from any thread, and from callbacks of the platform and of listeners: they run without a mutex held.
#[derive(Clone)]
pub struct WalletLock {
    engine: Arc<Engine>,
}

impl WalletLock {
    pub(crate) fn of(engine: &Arc<Engine>) -> Self {
        Self { engine: engine.clone() }
    }

    /// Opens the lock. Tries that a killed process left unsettled count as wrong. Damage, or a keystore without an
    /// answer, is not an error: the status says so. Errors are: a clock or storage without an answer, another lock that
    /// has the wallet open ([`LockError::InUse`]), a newer version that wrote it, or a policy that is not valid.
    pub fn open(options: Options) -> Result<Self, LockError> {
        flows::open::open(options).map(|engine| Self { engine: Arc::new(engine) })
    }

    /// The lock's status. While the lock cools down, this call saves what is left of the wait once a minute.
    pub fn status(&self) -> Result<LockStatus, LockError> {
        flows::status::status(&self.engine)
    }

    /// Opens a wallet again that is damaged or busy, or whose storage failed, and returns the status after that.
    pub fn recheck(&self) -> Result<LockStatus, LockError> {
        flows::open::recheck(&self.engine)
    }

    /// The policy in force: the sealed policy, or the requested one while there is none.
    pub fn policy(&self) -> Result<Policy, LockError> {
        flows::status::policy(&self.engine)
    }

    /// Makes the next check of a PIN fast. Call it when the PIN pad opens.
    /// [`LockError::NoMemory`]: until there is enough free memory, checking a PIN gives no verdict and counts nothing.
    pub fn prepare(&self) -> Result<(), LockError> {
        flows::prepare::prepare(&self.engine)
    }

    /// Gives back the memory that [`Self::prepare`] reserved.
    pub fn release_memory(&self) {
        flows::prepare::release_memory(&self.engine);
    }

    /// Judges the PIN in `entry`, which keeps its digits. Only changing the PIN tells whether it was used before.
    pub fn judge_pin(&self, entry: &PinEntry, personal: &[Personal]) -> Result<Judgement, LockError> {
        flows::judge_pin::judge_pin(&self.engine, entry, personal)
    }

    /// Sets the first PIN: makes the keys and an empty vault, opens the wallet, and empties the entry.
    /// [`LockError::WrongState`] unless the status is [`LockStatus::Unconfigured`] or [`LockStatus::Wiped`].
    pub fn enrol(&self, entry: &PinEntry, personal: &[Personal]) -> Result<Enrolment, LockError> {
        flows::enrol::enrol(&self.engine, entry, personal).map(|outcome| Enrolment::of(&self.engine, outcome))
    }

    /// Checks the PIN and leaves the entry empty. A right PIN opens the wallet.
    pub fn verify_pin(&self, entry: &PinEntry) -> PinOutcome {
        PinOutcome::of(&self.engine, flows::unlock_pin::unlock(&self.engine, entry))
    }

    /// Whether biometrics may be used now for `request`.
    pub fn biometric_availability(&self, request: &BiometricRequest) -> Result<BiometricAvailability, LockError> {
        flows::unlock_biometric::availability(&self.engine, request)
    }

    /// Shows the biometric prompt and blocks until the phone answers. Opens the wallet. Only one prompt is shown at a
    /// time: a second call gets [`crate::NoVerdict::TryAgain`]. Biometric failures have a
    /// counter of their own, and a success does not reset the PIN's counter.
    pub fn verify_biometrics(&self, request: &BiometricRequest) -> BiometricOutcome {
        BiometricOutcome::of(&self.engine, flows::unlock_biometric::unlock(&self.engine, request))
    }

    /// Cancels this prompt, if it is shown.
    pub fn cancel_biometrics(&self, prompt: PromptId) {
        self.engine.prompts.cancel(prompt);
    }

    /// Locks the wallet, without any proof, until the provider has verified the owner. [`OwnerLock`] says what if it
    /// cannot.
    pub fn lock_as_owner(&self) -> Result<OwnerLock, LockError> {
        flows::freeze::lock_as_owner(&self.engine)
    }

    /// Ends every session and the biometric prompt. For a 'lock now' button, and when the app goes to the background.
    pub fn lock_now(&self) {
        flows::lock_now::lock_now(&self.engine, SessionEnd::Locked);
    }

    /// Like [`Self::lock_now`], but [`Self::open_sessions`] then says that the screen went off.
    pub fn screen_went_off(&self) {
        flows::lock_now::lock_now(&self.engine, SessionEnd::ScreenOff);
    }

    /// The open sessions, and why the last one that ended did so. Asking does not prolong them.
    pub fn open_sessions(&self) -> Result<OpenSessions, LockError> {
        Ok(self.engine.sessions.open_now()?)
    }

    /// Saves what is left of a wait and of the provider's allowance. Time from the last save to the phone's next start
    /// does not count. So call this when the app goes to the background, when the phone is switched off, and every
    /// hour.
    pub fn save_time(&self) -> Result<(), LockError> {
        flows::status::save_time(&self.engine)
    }

    /// Destroys PIN, keys, vault and journal, if the PIN is right. If it fails halfway, the next opening does the rest.
    pub fn remove(&self, entry: &PinEntry) -> Result<Removal, LockError> {
        flows::remove::remove(&self.engine, entry)
    }

    /// Destroys the PIN, its keys, and everything that is kept, at once and without the PIN, also of a damaged wallet.
    /// From the first step on nothing opens the vault; after an error the next opening completes the wipe. The journal
    /// remains if the record was intact. [`LockError::WrongState`]: no PIN was set yet, or a PIN is being set.
    pub fn wipe(&self) -> Result<(), LockError> {
        flows::wipe::wipe(&self.engine)
    }

    /// The reminder that is due now, if any. Returning it counts: the next comes after a week or more.
    pub fn take_reminder(&self) -> Result<Option<Reminder>, LockError> {
        flows::remind::take_reminder(&self.engine)
    }

    /// The hardware or software that keeps the PIN's device key. [`LockError::WrongState`] while no PIN is set.
    pub fn security_level(&self) -> Result<SecurityLevel, LockError> {
        flows::key_protection::security_level(&self.engine)
    }

    /// Whether older copies of the database are detected. [`LockError::WrongState`] while no PIN is set.
    pub fn rollback_protection(&self) -> Result<RollbackProtection, LockError> {
        flows::key_protection::rollback_protection(&self.engine)
    }

    /// Checks every line of the journal against the chain's head in the sealed record, in time linear to its length.
    pub fn verify_journal(&self) -> Result<Chain, LockError> {
        flows::journal::verify(&self.engine)
    }

    /// Adds a listener, which is told of every journal line. Returns a number for [`Self::remove_listener`].
    pub fn add_listener(&self, listener: Arc<dyn Listener>) -> u64 {
        self.engine.listeners.add(listener)
    }

    /// Removes a listener: it is not told of later journal lines.
    pub fn remove_listener(&self, number: u64) {
        self.engine.listeners.remove(number);
    }

    /// Waits at most `patience` for a seal key that is being made. `false`: dropping this would still wait.
    pub fn drops_at_once(&self, patience: Duration) -> bool {
        Engine::drops_at_once(&self.engine, patience)
    }

    /// Whether both refer to the same lock.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.engine, &other.engine)
    }

    /// A weak reference, for finding the lock again without keeping it open.
    pub fn downgrade(&self) -> WeakWalletLock {
        WeakWalletLock::of(&self.engine)
    }

    pub(crate) fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }
}

impl std::fmt::Debug for WalletLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WalletLock")
    }
}
