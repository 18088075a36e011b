//! Phones and locks that break a promise, each in one way. The model has to notice, or it would notice nothing.

use walletlock_core::BiometricAvailability;
use walletlock_core::request::BiometricDenial;
use walletlock_core::{LockStatus, Now, WrongPin};

use crate::outcome::Outcome;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cheat {
    /// Each start of the app finds the files as they were at the start before.
    PutsBackOldFiles,
    /// Who puts back a copy of the files puts back the keystore's too.
    PutsBackTheKeystore,
    /// A kill takes with it what was committed since the phone was asked something the time before.
    LosesWhatWasWrittenLast,
    /// The lock is told that time since boot passes twice as fast.
    ClockRunsFast,
    /// A wrong PIN leaves one more try than it should.
    ForgetsToCount,
    /// A repeated PIN is passed off as a new one.
    HidesRepeats,
    /// The sensor does not say that it saw someone else.
    SwallowsFailures,
    /// What was paid with a finger is paid again.
    ForgetsTheBudget,
    /// A finger takes back the wrong PINs.
    FingerClearsTheCount,
}

/// What a cheat keeps in mind.
#[derive(Debug, Default)]
pub(crate) struct Cheated {
    /// The most tries that were left since the PIN was right.
    most_left: u32,
    /// A finger opened the wallet since.
    by_finger: bool,
}

impl Cheat {
    pub(crate) const ALL: [Self; 9] = [
        Self::PutsBackOldFiles,
        Self::PutsBackTheKeystore,
        Self::LosesWhatWasWrittenLast,
        Self::ClockRunsFast,
        Self::ForgetsToCount,
        Self::HidesRepeats,
        Self::SwallowsFailures,
        Self::ForgetsTheBudget,
        Self::FingerClearsTheCount,
    ];

    /// What the lock is told of the time.
    pub(crate) fn twist_clock(self, now: Now) -> Now {
        let factor = if self == Self::ClockRunsFast { 2 } else { 1 };
        Now { since_boot_ms: now.since_boot_ms * factor, ..now }
    }

    /// What the lock is said to have answered.
    pub(crate) fn twist(self, outcome: Outcome, cheated: &mut Cheated) -> Outcome {
        match outcome {
            Outcome::Wrong(WrongPin { tries_left: Some(left), cooldown_ms, repeated: false })
                if self == Self::ForgetsToCount =>
            {
                Outcome::Wrong(WrongPin { tries_left: Some(left + 1), cooldown_ms, repeated: false })
            }
            Outcome::Wrong(wrong) if self == Self::HidesRepeats => {
                Outcome::Wrong(WrongPin { repeated: false, ..wrong })
            }
            Outcome::Biometrics(BiometricAvailability::Denied(BiometricDenial::OverBudget))
                if self == Self::ForgetsTheBudget =>
            {
                Outcome::Biometrics(BiometricAvailability::Available)
            }
            outcome if self == Self::FingerClearsTheCount => cheated.clear_count(outcome),
            outcome => outcome,
        }
    }
}

impl Cheated {
    fn clear_count(&mut self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Right | Outcome::Enrolled => *self = Self::default(),
            Outcome::Unlocked => self.by_finger = true,
            Outcome::Status(LockStatus::Ready { tries_left: Some(left) }) if self.by_finger => {
                return Outcome::Status(LockStatus::Ready { tries_left: Some(left.max(self.most_left)) });
            }
            Outcome::Status(LockStatus::Ready { tries_left: Some(left) }) => {
                self.most_left = self.most_left.max(left);
            }
            _ => {}
        }
        outcome
    }
}
