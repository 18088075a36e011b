//! The provider, the backend of the app: requests to it, and its signed words.
//!
//! One function takes every kind of word, because each exported function takes some 500 bytes of the library.

use walletlock_core as core;
use walletlock_core::{OwnerLock, RequestKind, WordDone, WordError, WordOutcome};
use zeroize::Zeroizing;

use crate::types::signed;

#[uniffi::remote(Enum)]
pub enum RequestKind {
    Register,
    Unlock,
    Unfreeze,
    Heartbeat,
    Deposit,
    Report,
    FreezeNotice,
}

/// Which call takes a word.
#[derive(uniffi::Enum)]
pub enum WordKind {
    Grant,
    Order,
    Heartbeat,
}

#[uniffi::remote(Enum)]
pub enum WordOutcome {
    Done(WordDone),
    Refused(WordError),
}

#[uniffi::remote(Enum)]
pub enum WordDone {
    Locked,
    Frozen,
    Wiped,
    KeysChanged,
    Registered,
    Unlocked,
    Unfrozen,
    HeartbeatTaken,
    OrderWithheld,
    Proven,
    RecoveryCancelled,
    ChannelConfirmed,
    ChannelChangePaused,
    SecondFactorProven,
    PaymentSettled,
}

#[uniffi::remote(Enum)]
pub enum WordError {
    TooLong,
    Malformed,
    UnknownKey,
    BadSignature,
    WrongType,
    WrongRole,
    WrongVersion,
    WrongWallet,
    WrongInstallation,
    NotAsked,
    Late,
    Old,
    Superseded,
    OrderMissing,
    NotEnough,
    NotAllowed,
}

#[uniffi::remote(Enum)]
pub enum OwnerLock {
    Locked,
    Frozen,
}

#[derive(uniffi::Record)]
pub struct ProviderState {
    pub wallet: Vec<u8>,
    pub installation: Option<Vec<u8>>,
    pub last_order: i64,
    pub allowance_left_ms: Option<i64>,
    pub warns: bool,
    pub is_frozen: bool,
    pub allows_wipe: bool,
    pub escrow_digest: Option<Vec<u8>>,
}

/// What the app tells the provider in a request. The code is wiped when this is dropped.
pub(crate) fn said(channel: Option<String>, code: Option<String>, what: Option<String>) -> core::ProviderRequest {
    core::ProviderRequest { channel, code: code.map(Zeroizing::new), what }
}

impl From<core::ProviderState> for ProviderState {
    fn from(state: core::ProviderState) -> Self {
        Self {
            wallet: state.wallet.to_vec(),
            installation: state.installation.map(|id| id.to_vec()),
            last_order: signed(state.last_order),
            allowance_left_ms: state.allowance_left_ms.map(signed),
            warns: state.warns,
            is_frozen: state.is_frozen,
            allows_wipe: state.allows_wipe,
            escrow_digest: state.escrow_digest.map(|digest| digest.to_vec()),
        }
    }
}
