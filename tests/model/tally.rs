//! How often each thing happened, so that a run that misses most of them is noticed.

use std::collections::BTreeMap;
use std::fmt;

use crate::outcome::Outcome;
use crate::script::Ask;
use crate::steps::Twist;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) steps: u64,
    pub(crate) lives: u64,
    counts: BTreeMap<&'static str, u64>,
}

/// What must have happened in a run of some thousand steps. Otherwise the run proves little.
const NEEDED: [&str; 71] = [
    "right",
    "wrong",
    "wrong, and a wait",
    "repeated",
    "not a PIN",
    "try again",
    "no verdict",
    "enrolled",
    "changed",
    "removed",
    "forbidden",
    "unconfigured",
    "ready",
    "cooling down",
    "too many attempts",
    "until restart",
    "data damaged",
    "wiped",
    "busy",
    "session ended",
    "wrong state",
    "fault",
    "unlocked by a finger",
    "paid by a finger",
    "a payment that waits no more",
    "not recognised",
    "key invalidated",
    "timed out",
    "prompt ended",
    "PIN needed",
    "not now: locked",
    "not now: switched off",
    "not now: enrolment changed",
    "not now: off after failures",
    "not now: too many failures",
    "not now: first unlock",
    "not now: PIN too long ago",
    "not now: too many uses",
    "not now: over budget",
    "not now: risk raised",
    "not now: the sensor",
    // Events that no outcome shows.
    "no verdict, given back",
    "no verdict, counted",
    "budget spent",
    "the PIN was replaced meanwhile",
    "open tries counted",
    "a policy adopted at opening",
    "a policy adopted with the right PIN",
    "a stricter policy waits for the right PIN",
    "a wait saved by the app",
    "a finger switched off with the PIN's change",
    "an older copy found out",
    "rotated at opening",
    "a wipe finished",
    "a damaged wallet wiped",
    "a wipe PIN set",
    "a wipe PIN that is a slip of the PIN",
    "a wipe PIN cleared",
    "wiped by its PIN",
    "a hooked answer",
    "one prompt at a time",
    // Where a twist came in between.
    "the phone lied",
    "killed at the clock",
    "killed at the device key",
    "killed at the listener",
    "killed with a try open",
    "overtaken at the clock",
    "overtaken at the device key",
    "overtaken at the listener",
    "failed at the device key",
    "failed at the clock",
];

impl Tally {
    pub(crate) fn count(&mut self, outcome: &Outcome) {
        self.add(outcome.name(), 1);
    }

    pub(crate) fn count_twist(&mut self, twist: &Twist, at: Ask) {
        let place = |clock, entropy, key, listener| match at {
            Ask::Clock => clock,
            Ask::Entropy => entropy,
            Ask::Told(..) => listener,
            _ => key,
        };
        self.add(
            match twist {
                Twist::Kill | Twist::KillAndLose => place(
                    "killed at the clock",
                    "killed at the randomness",
                    "killed at the device key",
                    "killed at the listener",
                ),
                Twist::Fault(_) => place(
                    "failed at the clock",
                    "failed at the randomness",
                    "failed at the device key",
                    "failed at the listener",
                ),
                Twist::Lie => "the phone lied",
                Twist::Before(_) | Twist::After(_) => place(
                    "overtaken at the clock",
                    "overtaken at the randomness",
                    "overtaken at the device key",
                    "overtaken at the listener",
                ),
            },
            1,
        );
    }

    pub(crate) fn add(&mut self, what: &'static str, times: u64) {
        *self.counts.entry(what).or_default() += times;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        self.steps += other.steps;
        self.lives += other.lives;
        other.counts.iter().for_each(|(what, times)| self.add(what, *times));
    }

    /// What should have happened and never did.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        NEEDED.into_iter().filter(|what| !self.counts.contains_key(what)).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts: Vec<_> = self.counts.iter().map(|(what, times)| format!("{what} {times}")).collect();
        f.write_str(&counts.join("; "))
    }
}
