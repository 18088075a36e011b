//! What can go wrong that is nobody's wrong PIN. Verdicts and locks are outcomes, not errors.

/// A fault. Its text is fixed and repeats no input, so it may be logged. Only [`Self::Policy`] repeats something: names of fields, also of
/// one that does not exist, but no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// Another process has this wallet open.
    #[error("another process has this wallet open")]
    InUse,
    /// A newer version of Walletlock wrote this wallet.
    #[error("a newer version wrote this wallet")]
    NewerVersion,
    /// The storage failed: full, read-only, or broken. After a flush that failed every call says so until the lock is dropped, with all
    /// its sessions, and opened again.
    #[error("the storage failed")]
    Storage,
    /// What is protected is damaged or was tampered with.
    #[error("protected data is damaged")]
    DataDamaged,
    /// The device key did not answer.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyFault),
    /// Clock or randomness failed.
    #[error(transparent)]
    Platform(#[from] PlatformFault),
    /// The policy is not valid.
    #[error("policy: {0}")]
    Policy(#[from] PolicyError),
    /// The session is over; unlock again.
    #[error("the session is over")]
    SessionEnded,
    /// The PIN has to be entered for this: the session was opened by biometrics, or its PIN was entered too long ago.
    #[error("the PIN is needed")]
    PinNeeded,
    /// Not in this state: enrolling a wallet that has a PIN, or using one that has none.
    #[error("not possible in this state")]
    WrongState,
    /// An argument is out of range; this names it.
    #[error("{0} is out of range")]
    Invalid(&'static str),
    /// There may be no more of these for now; this names them.
    #[error("no more {0}")]
    LimitReached(&'static str),
    /// The phone has not the memory now that Argon2id takes.
    #[error("not enough memory")]
    NoMemory,
}

/// Why a device key did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeyFault {
    /// There is no key of that alias, or it was invalidated for good.
    #[error("the device key is gone")]
    Gone,
    /// Not now: the phone is locked, or the keystore is busy. Trying again later can help.
    #[error("the device key cannot be used now")]
    Busy,
    /// The phone has no such hardware.
    #[error("the phone cannot keep device keys")]
    NoHardware,
    /// Anything else, a thrown exception included.
    #[error("the device key failed")]
    Failed,
}

/// A clock, source of randomness or listener failed; a thrown exception included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the platform failed")]
pub struct PlatformFault;

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct PolicyError {
    /// The field, as a path: `lockout.cooldowns[2].wait_s`.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}
