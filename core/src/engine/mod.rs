//! The engine: the parts that a wallet's calls share. Each part guards its own memory; flows borrow them, and no part calls a flow.
//!
//! Mutexes guard memory and SQLite, never a call out: the platform and listeners may call back into the lock.

mod aliases;
mod attempts;
mod claims;
mod device_keys;
mod ledger;
mod listeners;
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
pub(crate) use aliases::AliasKind;
use attempts::Attempts;
pub(crate) use attempts::ReservedMemory;
pub(crate) use claims::WalletClaim;
pub(crate) use device_keys::DeviceKeys;
use ledger::Ledger;
pub(crate) use ledger::{Irrevocable, State, View};
use listeners::Listeners;
pub(crate) use permissions::Action;
pub use permissions::AuthMethod;
use prompts::Prompts;
pub(crate) use prompts::ShownPrompt;
use seal_keys::SealKeys;
pub(crate) use seal_keys::{EpochKey, KeyLease};
pub(crate) use sealed_store::{FirstLine, FirstRecord, Seal, SealedStore};
pub use session_end::{OpenSessions, SessionEnd};
pub use sessions::FRESH_PIN_MS;
pub(crate) use sessions::{SessionId, Sessions, Verified};
pub(crate) use unit_of_work::UnitOfWork;

/// What a lock is opened with.
pub struct Options {
    /// The database, created if there is none. Two files of one app are two wallets, also where they have one name in two folders. A file that
    /// is moved finds its keys.
    pub path: PathBuf,
    /// What the app asks for. One easier than the policy in force takes effect at the next right PIN; so does one whose stop would leave no try
    /// to someone who has tries left.
    pub policy: Policy,
    /// The phone.
    pub platform: Platform,
    /// How the cost of Argon2id is chosen.
    pub calibration: Calibration,
    /// How a new wallet's protection against older copies is chosen.
    pub anti_rollback: AntiRollback,
}

/// The parts of one open lock, the platform, and what the app asked for.
pub(crate) struct Engine {
    pub(crate) platform: Platform,
    pub(crate) path: PathBuf,
    pub(crate) calibration: Calibration,
    pub(crate) anti_rollback: AntiRollback,
    /// What the app asked for when it opened the lock. Where it is easier than what is sealed, it waits for the next right PIN.
    pub(crate) requested_policy: Policy,
    pub(crate) ledger: Ledger,
    pub(crate) seal_keys: Arc<SealKeys>,
    pub(crate) device_keys: Arc<DeviceKeys>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) attempts: Attempts,
    pub(crate) prompts: Prompts,
    pub(crate) listeners: Arc<Listeners>,
}

impl Engine {
    /// The parts, before anything was read. [`LockError::Invalid`]: the path names no file.
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
            platform,
            path,
            calibration,
            anti_rollback,
            requested_policy: policy,
            seal_keys,
            device_keys,
            sessions,
            listeners,
        })
    }

    /// Whether dropping this hold waits for nobody, at the latest after `patience`.
    pub(crate) fn drops_at_once(hold: &Arc<Self>, patience: Duration) -> bool {
        Arc::strong_count(hold) > 1 || hold.seal_keys.finishes_within(patience)
    }

    /// Randomness for one call. Drawn at its top, because the platform is asked for it.
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

/// What the mutexes guard is never left half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
