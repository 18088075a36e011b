//! What clears which lock: one table. The locks are cleared by it, and the status names the remedies by it.

use super::reason::LockReason;
use crate::policy::ClearsUnusual;

/// A way to clear a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Opening the wallet again finds it whole.
    Recheck,
    /// The phone restarts.
    Restart,
    /// The right PIN.
    Pin,
    /// A grant `unlock` of the provider that knows of every order.
    Grant,
    /// A heartbeat of the provider. The orders that it carries are carried out first.
    Heartbeat,
    /// The recovery code.
    RecoveryCode,
    /// The recovery code, and a wait of 72 hours.
    RecoveryCodeAndWait,
    /// The data key, which the provider keeps sealed.
    Escrow,
}

/// What clears a lock of this reason, first choice first. Every lock has a way that needs only what was confirmed when
/// the lock was set: a lock of the provider has the provider's grant, because the phone can always be registered.
///
/// `LockedByOwner` needs the PIN and one other method. The other method is in this table; the PIN is asked for after
/// it, because nothing else opens the wallet then.
pub(crate) fn ways(reason: LockReason, unusual: ClearsUnusual) -> &'static [Way] {
    match reason {
        LockReason::DataDamaged => &[Way::Recheck, Way::RecoveryCode, Way::Escrow],
        LockReason::LostOrStolen | LockReason::ProviderOrder => &[Way::Grant, Way::RecoveryCodeAndWait],
        LockReason::TooManyAttempts => &[Way::Grant, Way::RecoveryCode, Way::Escrow],
        LockReason::LockedByOwner => &[Way::Grant, Way::RecoveryCode, Way::Escrow],
        LockReason::UnusualActivity if unusual == ClearsUnusual::Pin => &[Way::Pin, Way::Grant, Way::RecoveryCode],
        LockReason::UnusualActivity => &[Way::Grant, Way::RecoveryCode],
        LockReason::HeartbeatExpired => &[Way::Heartbeat, Way::RecoveryCode],
        LockReason::UntilRestart => &[Way::Restart],
    }
}
