//! Phones that break a promise, for the controls. If the test did not notice a cheat, it would not notice the same
//! fault in the lock either.

/// What goes wrong without being reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cheat {
    /// The keystore denies again and again that keys exist, but answers correctly for the probe key. The lock cannot
    /// detect that.
    DeniesAlways,
    /// The keystore flips the same bit of an HMAC again and again.
    FlipsTheSameBit,
    /// A PIN's key is deleted, and the keystore does not report a lie.
    LosesUntold,
    /// Files and keystore are put back to the time before a wrong PIN, so that this try was free.
    GivesTriesBack,
    /// A wipe also deletes the keys of the other wallet.
    TakesTheOther,
    /// The keystore of the time before the removal is used to open old copies of a removed wallet.
    KeepsOldKeys,
}

impl Cheat {
    pub(crate) const ALL: [Self; 6] = [
        Self::DeniesAlways,
        Self::FlipsTheSameBit,
        Self::LosesUntold,
        Self::GivesTriesBack,
        Self::TakesTheOther,
        Self::KeepsOldKeys,
    ];
}
