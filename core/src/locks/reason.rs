//! Why a wallet is locked, and who locked it.

use serde::{Deserialize, Serialize};

/// Why the wallet is locked, the lock that is hardest to clear first: the status names the first of those that stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockReason {
    /// The protected data, or the phone's key to it, is damaged, missing or not the current one.
    DataDamaged,
    /// The phone was reported lost or stolen.
    LostOrStolen,
    /// The provider ordered the lock, and gave no other reason; or it sent an order that this phone has not seen.
    ProviderOrder,
    /// Too many wrong PINs.
    TooManyAttempts,
    /// The owner locked the wallet.
    LockedByOwner,
    /// The provider has seen something unusual.
    UnusualActivity,
    /// The phone was without a heartbeat of its provider for longer than the policy allows.
    HeartbeatExpired,
    /// Too many wrong PINs since the phone started.
    UntilRestart,
}

impl LockReason {
    /// Whether the record keeps such a lock. The others follow from the counter, the allowance and the file.
    pub(crate) fn is_set(self) -> bool {
        match self {
            Self::LostOrStolen | Self::ProviderOrder | Self::LockedByOwner | Self::UnusualActivity => true,
            Self::DataDamaged | Self::TooManyAttempts | Self::HeartbeatExpired | Self::UntilRestart => false,
        }
    }

    /// The name in the journal.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DataDamaged => "data damaged",
            Self::LostOrStolen => "lost or stolen",
            Self::ProviderOrder => "provider's order",
            Self::TooManyAttempts => "too many attempts",
            Self::LockedByOwner => "locked by the owner",
            Self::UnusualActivity => "unusual activity",
            Self::HeartbeatExpired => "no heartbeat",
            Self::UntilRestart => "until restart",
        }
    }
}

/// Who locked the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhoLocked {
    /// This phone, by itself.
    Phone,
    /// The owner, on this phone.
    Owner,
    /// The owner's account, on another device or a website. No word of today says so; it is here so that an app's
    /// screens are ready.
    Account,
    /// The provider.
    Provider,
}
