//! Walletlock's core: all decisions are made here. It knows nothing of Android, JNI or uniffi.
//!
//! [`WalletLock`] is the only entry point; an open wallet is a [`Session`] with three handles. A call goes one way: a
//! method of these types calls a flow in `flows/`, and the flow uses the parts of `engine/`. The flow reads the sealed
//! record, applies one capability (a pure function), and commits the record and the journal lines in one transaction.
//! The caller and the listeners are told only after that.
//!
//! `core/DESIGN.md` says why it is built this way; `SECURITY.md` says what it protects against and what not.
#![forbid(unsafe_code)]

mod alerts_handle;
mod base64url;
mod binary;
mod biometric;
pub mod calendar;
pub mod cards;
pub mod crypto;
mod digits;
pub mod disputes;
mod engine;
mod error;
mod escrow_request;
pub mod events;
mod flows;
#[cfg(test)]
mod fuzz;
mod hex;
pub mod journal;
mod json;
pub mod key_slots;
mod lockout;
mod locks;
pub mod money;
mod outcomes;
pub mod payment;
mod payments_handle;
pub mod pin;
mod place;
pub mod platform;
pub mod policy;
pub mod proof;
pub mod provider;
mod provider_handle;
mod record;
pub mod recovery;
mod recovery_handle;
pub mod reminders;
pub mod request;
pub mod risk;
mod session;
mod stack;
mod store;
mod text_field;
mod time;
mod vault;
mod wallet_lock;
mod weak_lock;

pub use alerts_handle::AlertsHandle;
pub use engine::{AuthMethod, FRESH_PIN_MS, OpenSessions, Options, PaymentContext, PaymentHandle, SessionEnd};
pub use error::LockError;
pub use escrow_request::{EscrowOutcome, EscrowRequest, GrantOutcome};
pub use flows::{
    Alert, BiometricAvailability, BiometricChange, BiometricRefusal, ChannelInfo, Closed, CodeRefusal, CodeRequest,
    FactorOutcome, Frozen, Judgement, LeadsTo, LimitState, NeedsProof, NewAuthenticator, NoVerdict, OwnerLock,
    PanicOutcome, PaymentOutcome, PaymentRefusal, PaymentsState, PendingAlerts, PendingChange, PendingFactorChange,
    PinChange, ProviderState, RecoveryChange, RecoveryProgress, RecoveryStatus, RecoveryWay, Refusal, Removal,
    SecondFactorInfo, SwitchedOff, Unfreezing, WayKind, WayState, Why, WrongPin,
};
pub use locks::{LockReason, WhoLocked};
pub use outcomes::{BiometricOutcome, Enrolment, PinOutcome};
pub use payments_handle::PaymentsHandle;
pub use provider::{MAX_WORD_BYTES, ProviderRequest, RequestKind, WordDone, WordError, WordOutcome};
pub use provider_handle::ProviderHandle;
pub use record::{FinderMessage, LockStatus, Remedy, RemedyState};
pub use recovery_handle::{CodeOutcome, RecoveryHandle, RecoveryOutcome, Rescue};
pub use session::{
    AccessHandle, CardsHandle, DisputesHandle, JournalHandle, LimitsHandle, Session, SessionPaymentsHandle, VaultHandle,
};
pub use time::{Lease, Now, Wait};
pub use vault::{MAX_ID_BYTES, MAX_ITEM_BYTES, MAX_ITEMS};
pub use wallet_lock::WalletLock;
pub use weak_lock::WeakWalletLock;
