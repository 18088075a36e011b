//! Phones that break the promise, for the controls: what the test would not notice in them it would not notice in the lock either.

/// What goes wrong, and nobody says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cheat {
    /// The keystore says again and again that keys are not there, and answers correctly for the probe key. Nothing in the lock sees through that.
    DeniesAlways,
    /// The same bit of an HMAC is wrong, again and again.
    FlipsTheSameBit,
    /// A key that a wallet hangs on is lost, and nobody is to blame.
    LosesUntold,
    /// Files and keystore are put back to before a wrong PIN: that try was free.
    GivesTriesBack,
    /// The other wallet's keys go with a wipe.
    TakesTheOther,
    /// Whoever looks for a removed wallet's old copy has the keystore of that time.
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
