//! The engine: the parts that a wallet's calls share. Each part guards its own memory. Flows borrow the parts; no part
//! calls a flow.
//!
//! Mutexes are held for memory and SQLite only, never while the platform or a listener is called: both may call back
//! into the lock.

mod alerts_given;
mod aliases;
mod attempts;
mod claims;
mod device_keys;
mod ledger;
mod listeners;
mod marks;
mod payment_requests;
mod permissions;
mod prompts;
mod seal_keys;
mod sealed_store;
mod session_end;
mod sessions;
mod unit_of_work;
mod wrong_guesses;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::crypto::{Calibration, Random};
use crate::error::LockError;
use crate::platform::Platform;
use crate::policy::{AntiRollback, Policy};
use alerts_given::AlertsGiven;
pub(crate) use aliases::{AliasKind, MarkedEffect, MarkedOrder};
use attempts::Attempts;
pub(crate) use attempts::ReservedMemory;
pub(crate) use claims::WalletClaim;
pub(crate) use device_keys::DeviceKeys;
use ledger::Ledger;
pub(crate) use ledger::{Irrevocable, State, View};
use listeners::Listeners;
pub(crate) use marks::RowAge;
pub(crate) use payment_requests::PaymentRequest;
use payment_requests::PaymentRequests;
pub use payment_requests::{PaymentContext, PaymentHandle};
pub(crate) use permissions::Action;
pub use permissions::AuthMethod;
use prompts::Prompts;
pub(crate) use prompts::ShownPrompt;
use seal_keys::SealKeys;
pub(crate) use seal_keys::{EpochKey, KeyLease};
pub(crate) use sealed_store::{FirstCommit, FirstRecord, Seal, SealedStore};
pub use session_end::{OpenSessions, SessionEnd};
pub use sessions::FRESH_PIN_MS;
pub(crate) use sessions::{OpenSession, SessionId, SessionTerms, Sessions, Verified};
pub(crate) use unit_of_work::{NewLine, UnitOfWork};

/// Everything that is needed to open a lock.
pub struct Options {
    /// The path of the database, which is created if there is none. Two files of one app are two wallets, even if they
    /// have the same name in two folders. After a file was moved, the lock still finds its keys.
    pub path: PathBuf,
    /// The policy that the app asks for. If it is easier than the policy in force, it takes effect with the next right
    /// PIN. So does a policy with a limit that would leave no try to someone who has tries left.
    pub policy: Policy,
    /// The phone's pieces.
    pub platform: Platform,
    /// How the cost of Argon2id is chosen.
    pub calibration: Calibration,
    /// How it is decided whether a new wallet gets rollback protection.
    pub anti_rollback: AntiRollback,
}

/// The parts of one open lock, the platform, and what the app asked for.
pub(crate) struct Engine {
    pub(crate) platform: Platform,
    pub(crate) path: PathBuf,
    pub(crate) calibration: Calibration,
    pub(crate) anti_rollback: AntiRollback,
    /// The policy that the app asked for when it opened the lock. If it is easier than the sealed policy, it waits for
    /// the next right PIN.
    pub(crate) requested_policy: Policy,
    pub(crate) ledger: Ledger,
    pub(crate) seal_keys: Arc<SealKeys>,
    pub(crate) device_keys: Arc<DeviceKeys>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) attempts: Attempts,
    pub(crate) prompts: Prompts,
    pub(crate) payment_requests: PaymentRequests,
    pub(crate) listeners: Arc<Listeners>,
    pub(crate) alerts_given: AlertsGiven,
}

impl Engine {
    /// Makes the parts, before anything is read. [`LockError::Invalid`]: the path names no file, or the file's
    /// name is not UTF-8.
    pub(crate) fn new(options: Options, random: &mut Random) -> Result<Self, LockError> {
        let Options { path, policy, platform, calibration, anti_rollback } = options;
        let file_name = path.file_name().and_then(|name| name.to_str()).ok_or(LockError::Invalid("path"))?;
        let device_keys = Arc::new(DeviceKeys::new(platform.device_key.clone(), &path, file_name));
        let seal_keys = SealKeys::new(device_keys.clone(), anti_rollback.has_thread());
        let sessions = Arc::new(Sessions::new(platform.clock.clone()));
        let listeners = Arc::new(Listeners::default());
        Ok(Self {
            ledger: Ledger::new(seal_keys.clone(), sessions.clone(), listeners.clone()),
            attempts: Attempts::new(random),
            prompts: Prompts::new(platform.biometrics.clone()),
            payment_requests: PaymentRequests::default(),
            platform,
            path,
            calibration,
            anti_rollback,
            requested_policy: policy,
            seal_keys,
            device_keys,
            sessions,
            listeners,
            alerts_given: AlertsGiven::default(),
        })
    }

    /// Whether this reference can be dropped without waiting for a seal key that is being made. If the key is not
    /// finished, waits for it for at most `patience`.
    pub(crate) fn drops_at_once(hold: &Arc<Self>, patience: Duration) -> bool {
        Arc::strong_count(hold) > 1 || hold.seal_keys.finishes_within(patience)
    }

    /// Randomness for one call. It is drawn at the top of the call, because the platform must not be called in a
    /// transaction.
    pub(crate) fn draw(&self) -> Result<Random, LockError> {
        draw(&self.platform)
    }
}

/// Randomness for one call, before there is an engine.
pub(crate) fn draw(platform: &Platform) -> Result<Random, LockError> {
    Ok(Random::draw(|seed| platform.entropy.fill(seed))?)
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.seal_keys.close();
    }
}

/// Locks a mutex. No holder leaves the guarded values half changed, so a poisoned mutex is used like any other.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
