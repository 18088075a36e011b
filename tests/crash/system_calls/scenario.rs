//! What is played: the state of the phone when a process starts, and what its app does then.

/// The owner's PIN, and the PIN that replaces it.
pub(crate) const PIN: &str = "493716";
pub(crate) const NEW_PIN: &str = "582941";
/// What the vault keeps, and what replaces it.
pub(crate) const WORD: &str = "visa";
pub(crate) const NEW_WORD: &str = "bank";

const WRONG: &str = "700001";
const ANOTHER: &str = "700002";

/// One step of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Opens the lock if it is not open, and asks for its status.
    Open,
    /// Closes the lock and opens it again, as after a fault.
    Reopen,
    Enrol(&'static str),
    Verify(&'static str),
    Change(&'static str, &'static str),
    Remove(&'static str),
    Wipe,
    /// Sets biometrics up.
    Enable,
    Disable,
    /// The owner touches the sensor.
    Finger,
    Write(&'static str),
    Read,
    /// Ends properly, as an app that was not killed.
    Close,
}

/// The state of the phone at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// No wallet was ever there.
    New,
    /// A wallet with a word in its vault and this many wrong PINs since the last right one.
    Wallet { wrong: u32 },
    /// What a process of another scenario left that was killed just after this flush.
    CutShort { scenario: &'static str, flush: u32 },
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) preset: &'static str,
    /// How far the phone's clock has advanced before the scenario begins.
    pub(crate) clock_ms: u64,
    pub(crate) start: Start,
    pub(crate) steps: &'static [Step],
    /// The step from which calls are caught.
    pub(crate) catches_from: usize,
}

/// Long enough for fifteen wrong PINs with the waits of `trezor`, 2^n - 1 s after the n-th.
const AFTER_ALL_WAITS: u64 = 65_534_000;

use Step::{Change, Close, Disable, Enable, Enrol, Finger, Open, Read, Remove, Reopen, Verify, Wipe, Write};

/// The scenario in which SQLite's log is moved into the database after a charge.
pub(crate) const LOG_IS_MOVED: &str = "log moved";

/// A charge and its settlement add four pages to the log, and 100 pages fill it.
const TRIES_BEFORE: usize = 25;

static UNTIL_THE_LOG_IS_FULL: [Step; TRIES_BEFORE + 5] = {
    let mut steps = [Verify(PIN); TRIES_BEFORE + 5];
    steps[0] = Open;
    steps[TRIES_BEFORE + 1] = Verify(WRONG);
    steps[TRIES_BEFORE + 3] = Read;
    steps[TRIES_BEFORE + 4] = Close;
    steps
};

/// Every call that writes, and every state in which a kill leaves work for the next opening. A step that fails is tried
/// again, as a person would.
pub(crate) static SCENARIOS: [Scenario; 18] = [
    Scenario {
        steps: &[Open, Open, Enrol(PIN), Enrol(PIN), Write(WORD), Verify(PIN), Read, Close],
        ..catches_all("enrol", Start::New)
    },
    Scenario { steps: &[Open, Verify(PIN), Read, Close], catches_from: 1, ..a_wallet("right") },
    Scenario {
        steps: &[Open, Verify(WRONG), Verify(WRONG), Verify(PIN), Read, Close],
        catches_from: 1,
        ..a_wallet("wrong")
    },
    Scenario {
        steps: &[Open, Verify(PIN), Change(PIN, NEW_PIN), Verify(PIN), Verify(NEW_PIN), Read, Close],
        catches_from: 2,
        ..a_wallet("change")
    },
    Scenario { steps: &[Open, Verify(PIN), Write(NEW_WORD), Read, Close], catches_from: 2, ..a_wallet("item") },
    Scenario { steps: &[Open, Remove(PIN), Open, Enrol(NEW_PIN), Close], catches_from: 1, ..a_wallet("remove") },
    Scenario {
        name: "wipe",
        preset: "trezor",
        clock_ms: AFTER_ALL_WAITS,
        start: Start::Wallet { wrong: 15 },
        steps: &[Open, Verify(WRONG), Open, Verify(PIN), Enrol(NEW_PIN), Close],
        catches_from: 1,
    },
    Scenario { steps: &[Open, Wipe, Open, Verify(PIN), Enrol(NEW_PIN), Close], catches_from: 1, ..a_wallet("lost") },
    // After a failed flush the lock reads nothing any more, but it can still wipe.
    Scenario {
        steps: &[Open, Verify(WRONG), Wipe, Reopen, Verify(PIN), Enrol(NEW_PIN), Close],
        catches_from: 1,
        ..a_wallet("lost after a try")
    },
    Scenario {
        steps: &[Open, Verify(PIN), Enable, Finger, Verify(PIN), Enable, Disable, Finger, Close],
        catches_from: 2,
        ..a_wallet("finger")
    },
    Scenario {
        steps: &[Open, Verify(PIN), Enable, Wipe, Open, Enrol(NEW_PIN), Close],
        catches_from: 3,
        ..a_wallet("lost with a finger")
    },
    Scenario {
        steps: &[Open, Verify(WRONG), Verify(ANOTHER), Reopen, Verify(ANOTHER), Close],
        catches_from: 1,
        ..a_wallet("reopen")
    },
    Scenario { steps: &UNTIL_THE_LOG_IS_FULL, catches_from: TRIES_BEFORE, ..a_wallet(LOG_IS_MOVED) },
    Scenario {
        steps: &[Open, Open, Enrol(PIN), Close],
        ..catches_all("open after enrol", Start::CutShort { scenario: "enrol", flush: 2 })
    },
    Scenario {
        steps: &[Open, Open, Verify(PIN), Read, Close],
        ..catches_all("open after wrong", Start::CutShort { scenario: "wrong", flush: 0 })
    },
    Scenario {
        steps: &[Open, Open, Verify(PIN), Verify(NEW_PIN), Read, Close],
        ..catches_all("open after change", Start::CutShort { scenario: "change", flush: 1 })
    },
    Scenario {
        steps: &[Open, Open, Enrol(NEW_PIN), Close],
        ..catches_all("open after lost", Start::CutShort { scenario: "lost", flush: 0 })
    },
    Scenario {
        steps: &[Open, Open, Enrol(NEW_PIN), Close],
        ..catches_all("open after remove", Start::CutShort { scenario: "remove", flush: 1 })
    },
];

const fn a_wallet(name: &'static str) -> Scenario {
    Scenario { name, preset: "walletlock", clock_ms: 0, start: Start::Wallet { wrong: 1 }, steps: &[], catches_from: 0 }
}

const fn catches_all(name: &'static str, start: Start) -> Scenario {
    Scenario { start, ..a_wallet(name) }
}

impl Scenario {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.name == name)
    }
}
