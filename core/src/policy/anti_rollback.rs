//! Rollback protection: whether the lock detects an older copy of the database. It is chosen once for each wallet, and
//! the choice depends on the keystore's speed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Whether the lock detects that someone has put back an older copy of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollbackProtection {
    /// Each change that must not be rolled back is sealed with a new seal key, and the previous key is deleted. An
    /// older copy then reads as damage.
    On,
    /// One seal key is used for the wallet's life: an older copy of the same wallet with the same PIN brings back its
    /// counters. A record of format 1 without this field counts as `Off`: it was written before there was a choice.
    #[default]
    Off,
}

/// How [`RollbackProtection`] is chosen for a new wallet, and when its seal keys are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AntiRollback {
    /// On if a measurement finds this phone's keystore fast enough. A thread makes the next key in advance.
    Measured,
    /// As given, for tests and benches. A thread makes the next key in advance.
    Fixed(RollbackProtection),
    /// On, without the thread: the next key is made by [`crate::WalletLock::prepare`], or by the call that needs the
    /// key. So the phone gets the same calls in every run.
    #[cfg(any(test, feature = "testing"))]
    WithoutThread,
}

impl Default for AntiRollback {
    /// [`Self::Measured`], or `WithoutThread` in a build for tests.
    fn default() -> Self {
        #[cfg(any(test, feature = "testing"))]
        return Self::WithoutThread;
        #[cfg(not(any(test, feature = "testing")))]
        Self::Measured
    }
}

/// How long making a key, using it once and deleting it may take together. A person needs about a second to type the
/// next PIN, and the key is made in that time. Each try then waits only for the deletion, the shortest of the three. If
/// no key was made in advance, the person waits for all three: up to a second, a wait does not interrupt the flow of
/// thought (Nielsen, Usability Engineering, 1993, 5.5).
const FAST_ENOUGH: Duration = Duration::from_secs(1);

impl AntiRollback {
    /// `measure` makes, uses and deletes a key, and returns how long that took. A slow result is measured once more:
    /// the choice holds for the wallet's life, and the keystore may have been busy for a moment.
    pub(crate) fn choose<E>(self, mut measure: impl FnMut() -> Result<Duration, E>) -> Result<RollbackProtection, E> {
        match self {
            Self::Measured => match Self::after(measure()?) {
                RollbackProtection::Off => measure().map(Self::after),
                on => Ok(on),
            },
            Self::Fixed(protection) => Ok(protection),
            #[cfg(any(test, feature = "testing"))]
            Self::WithoutThread => Ok(RollbackProtection::On),
        }
    }

    fn after(took: Duration) -> RollbackProtection {
        if took <= FAST_ENOUGH { RollbackProtection::On } else { RollbackProtection::Off }
    }

    /// Whether a thread makes the next key in advance.
    pub(crate) fn has_thread(self) -> bool {
        match self {
            Self::Measured | Self::Fixed(_) => true,
            #[cfg(any(test, feature = "testing"))]
            Self::WithoutThread => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_on_where_the_keystore_is_fast_enough() {
        let chosen = |took: u64| AntiRollback::Measured.choose(|| Ok::<_, ()>(Duration::from_millis(took)));
        assert_eq!(chosen(1000), Ok(RollbackProtection::On));
        assert_eq!(chosen(1001), Ok(RollbackProtection::Off));
        let mut slow_once = [1001, 1000].into_iter();
        let chosen = AntiRollback::Measured.choose(|| slow_once.next().map(Duration::from_millis).ok_or(()));
        assert_eq!(chosen, Ok(RollbackProtection::On), "the better of two");
        assert_eq!(AntiRollback::Measured.choose(|| Err(7)), Err(7), "a failed measurement is returned");
    }

    #[test]
    fn a_thread_makes_keys_in_advance_except_in_tests_that_want_none() {
        assert!(AntiRollback::Measured.has_thread());
        assert!(AntiRollback::Fixed(RollbackProtection::On).has_thread());
        assert!(!AntiRollback::WithoutThread.has_thread());
    }

    #[test]
    fn as_given_nothing_is_measured() {
        for given in [RollbackProtection::On, RollbackProtection::Off] {
            assert_eq!(AntiRollback::Fixed(given).choose(|| Err(())), Ok(given));
        }
    }
}
