//! Phones and locks that break a promise, each in one way. If the model did not notice them, it would notice nothing.

use std::collections::BTreeMap;

use walletlock_core::request::BiometricDenial;
use walletlock_core::{LockStatus, Now, WrongPin};

use crate::outcome::Outcome;
use crate::steps::Act;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cheat {
    /// At each start of the app, the files are those of the start before.
    PutsBackOldFiles,
    /// With a copy of the files, the keystore's keys of that time are put back too.
    PutsBackTheKeystore,
    /// A kill also loses what was committed since the question to the phone before the last one.
    LosesWhatWasWrittenLast,
    /// The clock tells the lock that time since boot passes twice as fast.
    ClockRunsFast,
    /// A wrong PIN leaves one try more than it should.
    ForgetsToCount,
    /// A repeated PIN is reported as a new wrong one.
    HidesRepeats,
    /// The sensor does not report that it saw another person.
    SwallowsFailures,
    /// A payment confirmed by biometrics does not reduce the budget.
    ForgetsTheBudget,
    /// Unlocking with biometrics takes back the wrong PINs.
    FingerClearsTheCount,
}

/// What a cheat remembers.
#[derive(Debug, Default)]
pub(crate) struct Cheated {
    /// The most tries that were left since the PIN was right.
    most_left: u32,
    /// Whether biometrics have opened the wallet since then.
    by_finger: bool,
    /// The most that was paid at once in each currency since then.
    most_paid: BTreeMap<usize, u64>,
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

    /// The time that the lock is told.
    pub(crate) fn twist_clock(self, now: Now) -> Now {
        let factor = if self == Self::ClockRunsFast { 2 } else { 1 };
        Now { since_boot_ms: now.since_boot_ms * factor, ..now }
    }

    /// The outcome that the lock is claimed to have returned.
    pub(crate) fn twist(self, outcome: Outcome, act: &Act, cheated: &mut Cheated) -> Outcome {
        match outcome {
            Outcome::Wrong(WrongPin { tries_left: Some(left), cooldown_ms, repeated: false })
                if self == Self::ForgetsToCount =>
            {
                Outcome::Wrong(WrongPin { tries_left: Some(left + 1), cooldown_ms, repeated: false })
            }
            Outcome::Wrong(wrong) if self == Self::HidesRepeats => {
                Outcome::Wrong(WrongPin { repeated: false, ..wrong })
            }
            outcome if self == Self::ForgetsTheBudget => cheated.forget_budget(outcome, act),
            outcome if self == Self::FingerClearsTheCount => cheated.clear_count(outcome),
            outcome => outcome,
        }
    }
}

impl Cheated {
    /// An amount that was paid before is paid again, whatever was paid in all.
    fn forget_budget(&mut self, outcome: Outcome, act: &Act) -> Outcome {
        let paid = if let Act::Pay { wanted, .. } = act { wanted.pays } else { None };
        match (outcome, paid) {
            (Outcome::Asked { then: Some(then), any_of }, Some((minor, currency))) => {
                let most_paid = self.most_paid.entry(currency).or_default();
                let then = match *then {
                    Outcome::Denied(BiometricDenial::OverBudget) if minor <= *most_paid => Outcome::Paid,
                    then => then,
                };
                if then == Outcome::Paid {
                    *most_paid = minor.max(*most_paid);
                }
                Outcome::Asked { any_of, then: Some(Box::new(then)) }
            }
            (outcome, _) => {
                if outcome == Outcome::Right || outcome == Outcome::Enrolled {
                    self.most_paid.clear();
                }
                outcome
            }
        }
    }

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
