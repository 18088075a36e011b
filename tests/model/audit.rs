//! Checks the promises from outside: it sees only what the lock reports and answers, and does not know the model.

use std::collections::BTreeSet;

use walletlock_core::LockStatus;
use walletlock_core::WrongPin;
use walletlock_core::events::Kind;

use crate::outcome::Outcome;

/// What the lock owes since the last right PIN.
#[derive(Clone, Debug, Default)]
pub(crate) struct Audit {
    /// The different PINs that the lock called wrong.
    wrong: BTreeSet<usize>,
    /// When the wait that the lock named last is over, on the clock that nobody can change.
    not_before_ms: u64,
    /// The numbers of the lines that the listener was told. They arrive out of order: a call made within another call
    /// reports its lines first.
    told: BTreeSet<u64>,
}

impl Audit {
    /// A journal line, reported once it was committed. `pin` is the PIN that was being checked.
    pub(crate) fn see(&mut self, number: u64, kind: Kind, pin: Option<usize>) {
        self.told.insert(number);
        match (kind, pin) {
            (Kind::PinWrong, Some(pin)) => {
                self.wrong.insert(pin);
            }
            (Kind::Enrolled, _) => *self = Self { told: BTreeSet::from([number]), ..Self::default() },
            (Kind::PinRight, _) => *self = Self { told: std::mem::take(&mut self.told), ..Self::default() },
            _ => {}
        }
    }

    /// The process is killed with these lines committed. A right PIN counts even if its line was not reported any more:
    /// a right PIN that brings another policy is reported only once the previous seal key is deleted.
    pub(crate) fn end_with(&mut self, journal: &[Kind]) {
        let right = (1..).zip(journal).filter(|(_, kind)| **kind == Kind::PinRight);
        if right.map(|(number, _)| number).any(|number| !self.told.contains(&number)) {
            *self = Self::default();
        }
        self.told = (1..).zip(journal).map(|(number, _)| number).collect();
    }

    /// Checks the outcome of a call that began and ended at these times, if no other call was in progress. Returns an
    /// objection, if there is one.
    pub(crate) fn hear(&mut self, outcome: &Outcome, began_ms: u64, ended_ms: u64) -> Option<String> {
        match outcome {
            Outcome::Status(LockStatus::Ready { .. }) | Outcome::Wrong(_) if ended_ms < self.not_before_ms => {
                Some(format!("a PIN is taken {} ms too early", self.not_before_ms - ended_ms))
            }
            Outcome::Wrong(WrongPin { cooldown_ms, .. }) => {
                self.not_before_ms = began_ms + cooldown_ms;
                None
            }
            _ => None,
        }
    }

    /// Whether this many tries may be left if `stop_at` wrong PINs stop the wallet.
    pub(crate) fn allows(&self, tries_left: u32, stop_at: u32) -> bool {
        tries_left as usize + self.wrong.len() <= stop_at as usize
    }

    /// The clock that waits run on went backwards, and a call in progress may still use an older reading of it.
    pub(crate) fn forgive_waits(&mut self) {
        self.not_before_ms = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: Outcome = Outcome::Status(LockStatus::Ready { tries_left: None });

    fn wrong(cooldown_ms: u64) -> Outcome {
        Outcome::Wrong(WrongPin { tries_left: None, cooldown_ms, repeated: false })
    }

    #[test]
    fn a_wait_cut_short_is_objected_to() {
        let mut audit = Audit::default();
        assert_eq!(audit.hear(&wrong(500), 1_000, 1_000), None);
        assert_eq!(audit.clone().hear(&READY, 1_499, 1_499), Some("a PIN is taken 1 ms too early".to_owned()));
        assert_eq!(audit.clone().hear(&wrong(0), 1_499, 1_499), Some("a PIN is taken 1 ms too early".to_owned()));
        assert_eq!(audit.clone().hear(&READY, 1_500, 1_500), None);
        audit.see(3, Kind::PinRight, None);
        assert_eq!(audit.hear(&READY, 1_499, 1_499), None);
    }

    #[test]
    fn a_guess_that_was_free_is_objected_to() {
        let mut audit = Audit::default();
        for (number, pin) in [(2, 1), (4, 2), (6, 2)] {
            audit.see(number, Kind::PinWrong, Some(pin));
        }
        assert!(audit.allows(8, 10) && !audit.allows(9, 10));
        let lines = [Kind::PinWrong; 6];
        let mut killed = audit.clone();
        killed.end_with(&[lines.as_slice(), &[Kind::PinTried]].concat());
        assert!(!killed.allows(9, 10), "what was told stays so");
        killed.end_with(&[lines.as_slice(), &[Kind::PinTried, Kind::PinRight]].concat());
        assert!(killed.allows(10, 10), "a right one takes it back, told or not");
        let mut killed = audit.clone();
        killed.see(8, Kind::PinTried, None);
        killed.end_with(&[lines.as_slice(), &[Kind::PinRight, Kind::PinTried]].concat());
        assert!(killed.allows(10, 10), "also if what came after it was told before it");
        audit.see(8, Kind::PinRight, Some(3));
        assert!(audit.allows(10, 10));
    }
}
