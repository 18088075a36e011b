//! Walletlock's core: everything that decides. It knows nothing of Android, JNI or uniffi.
//!
//! [`WalletLock`] is the one way in. A call goes straight down: the facade reads the clock once, loads the sealed record, applies one
//! capability (a pure function), commits record and journal lines in one transaction, and only then tells anyone.
//!
//! `core/DESIGN.md` says why it is built this way; `SECURITY.md` says what it holds against and what not.
#![forbid(unsafe_code)]

mod anti_rollback;
pub mod biometric;
mod crypto;
mod error;
mod hex;
pub mod journal;
pub mod key_slots;
pub mod lockout;
pub mod money;
pub mod pin;
pub mod platform;
mod record;
mod stack;
mod store;
mod time;
mod vault;
mod wallet_lock;

pub use anti_rollback::{AntiRollback, RollbackProtection};
pub use error::LockError;
pub use time::{Lease, Now, Wait};
pub use vault::{MAX_ID_BYTES, MAX_ITEM_BYTES, MAX_ITEMS};
pub use wallet_lock::{
    AccessHandle, AuthMethod, BiometricAvailability, BiometricChange, BiometricOutcome, Enrolment, FRESH_PIN_MS,
    JournalHandle, Judgement, LockReason, LockStatus, NoVerdict, Options, PinChange, PinOutcome, Refusal, Remedy,
    Removal, Session, VaultHandle, WalletLock, WhoLocked, WrongPin,
};
