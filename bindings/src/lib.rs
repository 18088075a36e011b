//! The uniffi surface of Walletlock: each method only calls the core. Nothing is decided here.
//!
//! Kotlin apps use the facade `dev.walletlock.WalletLock`, which hides the Kotlin code that uniffi generates from this
//! crate.
#![allow(missing_docs, reason = "uniffi's macros generate items without docs")]
#![allow(unreachable_pub, reason = "what uniffi exports is reached from Kotlin")]

mod alerts;
mod biometric;
mod cards;
mod disputes;
mod error;
mod escrow;
mod journal;
mod limits;
mod outcomes;
mod password;
mod payments;
mod pin_entry;
mod platform;
mod prompt;
mod provider;
mod proving;
mod recovery;
mod recovery_progress;
mod registry;
mod session;
mod tidy_up;
mod types;
mod wallet_lock;
mod ways_back;

pub use biometric::{BiometricAvailability, BiometricOutcome, BiometricRequest};
pub use error::LockError;
pub use escrow::EscrowRequest;
pub use outcomes::PinOutcome;
pub use pin_entry::PinEntry;
pub use prompt::{BiometricAnswer, Prompt as BiometricPrompt};
pub use recovery::{CodeEntry, RecoveryCode, Rescue};
pub use session::{Access, Journal, Session, Vault};
pub use wallet_lock::{WalletLock, check_policy};

uniffi::setup_scaffolding!("walletlock");
