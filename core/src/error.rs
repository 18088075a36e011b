//! Faults. A wrong PIN and a lock are outcomes, not errors.

/// A fault. Its text is fixed and contains no input, so it may be logged. Only [`Self::Policy`] contains some: names of
/// fields, including fields that do not exist, but no values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// This wallet is open already: in another process, or in this process through a copy of its file.
    #[error("this wallet is already open")]
    InUse,
    /// A newer version of Walletlock wrote this wallet.
    #[error("a newer version wrote this wallet")]
    NewerVersion,
    /// The storage failed: full, read-only, or broken. After a failed flush every call that uses the storage returns
    /// this until the file is opened anew: by [`WalletLock::recheck`](crate::WalletLock::recheck), or after the lock
    /// and all its sessions were dropped.
    #[error("the storage failed")]
    Storage,
    /// The protected data is damaged or was tampered with.
    #[error("protected data is damaged")]
    DataDamaged,
    /// The device key did not answer.
    #[error(transparent)]
    DeviceKey(#[from] DeviceKeyFault),
    /// The clock, the source of randomness or the biometric sensor failed.
    #[error(transparent)]
    Platform(#[from] PlatformFault),
    /// The policy is not valid.
    #[error("policy: {0}")]
    Policy(#[from] PolicyError),
    /// The session is over; unlock again.
    #[error("the session is over")]
    SessionEnded,
    /// This needs a PIN: the session was opened by biometrics, or its PIN was entered too long ago.
    #[error("the PIN is needed")]
    PinNeeded,
    /// The second factor is needed: a code that was right in this session.
    #[error("the second factor is needed")]
    SecondFactorNeeded,
    /// Not possible in this state: for example enrolling a wallet that has a PIN, or using a wallet that has none.
    #[error("not possible in this state")]
    WrongState,
    /// The named value is not valid: an argument of the call. If the call has no such argument, the lock made the value
    /// itself, and this is a defect of the library.
    #[error("{0} is not valid")]
    Invalid(&'static str),
    /// A limit is reached for now; the text names what there may be no more of.
    #[error("no more {0}")]
    LimitReached(&'static str),
    /// The phone does not have enough free memory for Argon2id now.
    #[error("not enough memory")]
    NoMemory,
}

/// Why a device key did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceKeyFault {
    /// There is no key with that alias, or it was invalidated permanently.
    #[error("the device key is gone")]
    Gone,
    /// The key cannot be used now: the phone is locked, or the keystore is busy. A later attempt may succeed.
    #[error("the device key cannot be used now")]
    Busy,
    /// The phone has no hardware for such a key.
    #[error("the phone cannot keep device keys")]
    NoHardware,
    /// Any other fault, including a thrown exception.
    #[error("the device key failed")]
    Failed,
}

/// The clock, the source of randomness, the biometric prompt or a listener failed, or threw an exception.
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
