//! Whether an older copy of the wallet is found out: the choice, made once for a wallet, and what it goes by.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Whether an older copy of the database, put back, is found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollbackProtection {
    /// Each change that must not be taken back has a seal key of its own, and the key before it is deleted: older copies are damage.
    On,
    /// One seal key for the wallet's life: a copy of the same wallet with the same PIN brings back its counters. Also of a record that does
    /// not say: those were written before there was a choice.
    #[default]
    Off,
}

/// How the protection of a new wallet is chosen, and when its keys are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AntiRollback {
    /// On if this phone's keystore is fast enough, which is measured. A thread makes the keys ahead of need.
    OnThisPhone,
    /// As given, for tests and for benches. A thread makes the keys ahead of need.
    Fixed(RollbackProtection),
    /// On, without the thread: [`crate::WalletLock::prepare`] makes the next key, or the call that needs it. The phone is asked the same in
    /// every run.
    #[cfg(any(test, feature = "testing"))]
    InStep,
}

impl Default for AntiRollback {
    /// Measured, except in the library that tests use.
    fn default() -> Self {
        #[cfg(any(test, feature = "testing"))]
        return Self::InStep;
        #[cfg(not(any(test, feature = "testing")))]
        Self::OnThisPhone
    }
}

/// How long making a key, using it once and deleting it may take in all. A person types the next PIN no faster than in about a second, and
/// until then it is made; what they do wait for at each try, the deletion, is the least of the three. And if nothing was made ahead they
/// wait for all of it: a second is where waiting begins to be felt as such (Nielsen, Usability Engineering, 1993, 5.5).
const FAST_ENOUGH: Duration = Duration::from_secs(1);

impl AntiRollback {
    /// `measure` makes, uses and deletes a key, and tells how long that took. A second time, if the first was slow: the choice is for the
    /// wallet's life, and a busy moment says little.
    pub(crate) fn choose<E>(self, mut measure: impl FnMut() -> Result<Duration, E>) -> Result<RollbackProtection, E> {
        match self {
            Self::OnThisPhone => match Self::after(measure()?) {
                RollbackProtection::Off => measure().map(Self::after),
                on => Ok(on),
            },
            Self::Fixed(protection) => Ok(protection),
            #[cfg(any(test, feature = "testing"))]
            Self::InStep => Ok(RollbackProtection::On),
        }
    }

    fn after(took: Duration) -> RollbackProtection {
        if took <= FAST_ENOUGH { RollbackProtection::On } else { RollbackProtection::Off }
    }

    /// Whether a thread makes the keys.
    pub(crate) fn has_thread(self) -> bool {
        match self {
            Self::OnThisPhone | Self::Fixed(_) => true,
            #[cfg(any(test, feature = "testing"))]
            Self::InStep => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_on_where_the_keystore_is_fast_enough() {
        let chosen = |took: u64| AntiRollback::OnThisPhone.choose(|| Ok::<_, ()>(Duration::from_millis(took)));
        assert_eq!(chosen(1000), Ok(RollbackProtection::On));
        assert_eq!(chosen(1001), Ok(RollbackProtection::Off));
        let mut slow_once = [1001, 1000].into_iter();
        let chosen = AntiRollback::OnThisPhone.choose(|| slow_once.next().map(Duration::from_millis).ok_or(()));
        assert_eq!(chosen, Ok(RollbackProtection::On), "the better of two");
        assert_eq!(AntiRollback::OnThisPhone.choose(|| Err(7)), Err(7), "what cannot be measured is not chosen");
    }

    #[test]
    fn as_given_nothing_is_measured() {
        for given in [RollbackProtection::On, RollbackProtection::Off] {
            assert_eq!(AntiRollback::Fixed(given).choose(|| Err(())), Ok(given));
        }
    }
}
