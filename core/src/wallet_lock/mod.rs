//! The facade: one path down for each call.

mod biometric;
mod biometric_setup;
mod change_pin;
mod enrol;
mod epochs;
mod keys;
mod open;
mod outcome;
mod sealed;
mod session;
mod settle;
mod status;
mod transaction;
mod verify_pin;
mod wipe;
mod wipe_pin;
mod wrong_guesses;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use open::Options;
pub use outcome::{
    BiometricAvailability, BiometricChange, BiometricOutcome, Enrolment, NoVerdict, PinChange, PinOutcome, Refusal,
    Removal, WrongPin,
};
pub use session::{AccessHandle, AuthMethod, FRESH_PIN_MS, JournalHandle, Session, VaultHandle};
pub use status::{LockReason, LockStatus, Remedy, WhoLocked};

use crate::anti_rollback::AntiRollback;
use crate::biometric::PromptId;
use crate::error::LockError;
use crate::journal::{Chain, Head, Line, SCANNED_LINES};
use crate::key_slots::{Calibration, KdfCost, KdfMemory};
use crate::lockout::{ChargeId, Policy};
use crate::pin::{Finding, Personal, Pin, PinEntry, Reminder, Severity, strength};
use crate::platform::{Listener, Platform, PromptChannel};
use crate::stack::with_stack_wiped;
use crate::store::{Durability, Store};
use epochs::Epochs;
use sealed::Sealed;
use session::Sessions;
use wrong_guesses::WrongGuesses;

/// The lock of one wallet. One object a database and process; share it.
///
/// Its mutexes guard memory and SQLite, never a call out: platform and listeners may call back in.
pub struct WalletLock {
    platform: Platform,
    calibration: Calibration,
    /// Where the database is.
    path: PathBuf,
    /// The device keys' aliases begin with it: the database's file name and a slash.
    scope: String,
    /// How the protection of a new wallet against older copies is chosen.
    anti_rollback: AntiRollback,
    epochs: Arc<Epochs>,
    /// What the app asked for when it opened the lock. Easier than what is sealed: it waits for the next right PIN.
    offered: Policy,
    state: Mutex<State>,
    memory: Mutex<KdfMemory>,
    /// What [`Self::prepare`] found the PIN slot should cost from now on; the next right PIN brings it there.
    chosen_again: Mutex<Option<KdfCost>>,
    sessions: Mutex<Sessions>,
    wrong_guesses: Mutex<WrongGuesses>,
    /// Tries whose settlement could not be written; the next charge counts them as wrong.
    unsettled: Mutex<Vec<ChargeId>>,
    listeners: Mutex<Listeners>,
    /// The biometric prompt that is shown.
    prompt: Mutex<Option<(PromptId, Arc<PromptChannel>)>>,
}

#[derive(Default)]
struct Listeners {
    last: u64,
    all: Vec<(u64, Arc<dyn Listener>)>,
}

enum State {
    /// An empty database and no keys.
    Unconfigured(Store),
    /// A PIN is being set, or everything removed; the keys are being worked on.
    Busy,
    /// A sealed record.
    Sealed(Sealed),
    /// An empty database: a wipe of which nothing else was left.
    Wiped(Store),
    /// It does not open, and it is left as it is.
    Damaged,
}

/// How good a proposed PIN is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Every reason against it.
    pub findings: Vec<Finding>,
    /// Whether the policy lets it be set.
    pub allowed: bool,
}

impl WalletLock {
    /// What the person is told now. While it cools down, what is left is saved once a minute.
    pub fn status(&self) -> Result<LockStatus, LockError> {
        let now = self.read_clock()?.0;
        let status = self.read(|_, record| {
            let is_stale = record.lockout.clone().save_wait(now);
            Ok((LockStatus::of(record, now), is_stale.then(|| record.lockout.saved_wait())))
        });
        let status = status.and_then(|(status, stale)| {
            let Some(seen) = stale else { return Ok(status) };
            // That wait may have begun long after this call read the clock: taken for a clock that went backwards, the old reading would
            // end it too early. One that is made after the wait was seen is none too old for it.
            let now = self.read_clock()?.0;
            self.transact(now, Durability::Ordered, |changes| {
                if changes.record.lockout.saved_wait() == seen {
                    changes.record.lockout.save_wait(now);
                }
                Ok(LockStatus::of(changes.record, now))
            })
        });
        match status {
            Err(LockError::WrongState) => Ok(self.without_record()),
            Err(LockError::DataDamaged) => Ok(LockStatus::damaged(&self.offered)),
            status => status,
        }
    }

    /// Reserves the memory that checking a PIN takes, has the next key made that protects against older copies and, when a newer version of
    /// Walletlock asks for it, measures this phone again. Call it when the PIN pad opens; without it the first check takes longer.
    pub fn prepare(&self) -> Result<(), LockError> {
        let found = self.read(|_, record| Ok((record.calibration, record.slot().map(|slot| slot.cost()))));
        let (calibration, cost) = match found {
            Ok((calibration, Some(cost))) => (calibration, cost),
            // Nothing to check: enrolment measures for itself.
            Ok((_, None)) | Err(LockError::WrongState | LockError::DataDamaged) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut memory = lock(&self.memory);
        memory.prepare(&cost);
        *lock(&self.chosen_again) = self.calibration.choose_again(cost, calibration, &mut memory);
        drop(memory);
        self.epochs.prepare(|| self.protected().ok().flatten());
        Ok(())
    }

    /// Gives back the memory that [`Self::prepare`] reserved. Call it when the PIN pad closes.
    pub fn release_memory(&self) {
        lock(&self.memory).release();
    }

    /// How good the PIN in `entry` is, every reason named. The entry keeps its digits.
    ///
    /// Whether it was used before is not said here: only changing the PIN in a session tells.
    pub fn judge_pin(&self, entry: &PinEntry, personal: &[Personal]) -> Result<Judgement, LockError> {
        let policy = self.policy()?;
        Ok(with_stack_wiped(|| match entry.peek() {
            Some(pin) => judge(&pin, personal, &policy),
            None => Judgement { findings: vec![enrol::too_short(&policy)], allowed: false },
        }))
    }

    /// The policy in force: the sealed one, or the offered one while there is none.
    pub fn policy(&self) -> Result<Policy, LockError> {
        match self.read(|_, record| Ok(record.policy.clone())) {
            Err(LockError::WrongState | LockError::DataDamaged) => Ok(self.offered.clone()),
            policy => policy,
        }
    }

    /// What to remind the person of now, if anything. Asking counts as reminding: the next comes in a week at the earliest.
    pub fn take_reminder(&self) -> Result<Option<Reminder>, LockError> {
        let now = self.platform.clock.now()?;
        self.transact(now, Durability::Ordered, |changes| {
            let record = &mut *changes.record;
            Ok(record.reminders.take(&record.policy.pin, now.wall_ms))
        })
    }

    /// Checks every line of the journal against the chain's end in the sealed record. Takes time in proportion to its length.
    pub fn verify_journal(&self) -> Result<Chain, LockError> {
        let mut followed = None;
        loop {
            // In steps, so that a PIN need not wait for the end of a long journal.
            let chain = self.read(|sealed, record| {
                let wallet_id = sealed.header.wallet_id;
                let (whose, mut head) = followed.take().unwrap_or_else(|| (wallet_id, Head::start(&wallet_id)));
                if whose != wallet_id {
                    return Err(LockError::WrongState);
                }
                let from = head.number;
                let steps =
                    |lines: &mut dyn Iterator<Item = Line>| lines.take(SCANNED_LINES).all(|line| head.follow(&line));
                if !sealed.store.lines_after(from, steps)? {
                    return Ok(Some(Chain::BrokenAt { number: head.number + 1 }));
                }
                if head.number - from < SCANNED_LINES as u64 {
                    return Ok(Some(record.journal.compare(&head)));
                }
                followed = Some((whose, head));
                Ok(None)
            })?;
            if let Some(chain) = chain {
                return Ok(chain);
            }
        }
    }

    /// Ends every session, and the biometric prompt that is shown. For 'lock now', and when the app goes to the background.
    pub fn lock_now(&self) {
        lock(&self.sessions).end_all();
        // After that: a prompt that is about to be shown sees either the one or the other.
        self.cancel_prompt(|_| true);
    }

    /// Lets `listener` hear of every journal line from now on. Returns a number for [`Self::remove_listener`].
    pub fn add_listener(&self, listener: Arc<dyn Listener>) -> u64 {
        let mut listeners = lock(&self.listeners);
        listeners.last += 1;
        let number = listeners.last;
        listeners.all.push((number, listener));
        number
    }

    /// The listener hears nothing any more.
    pub fn remove_listener(&self, number: u64) {
        let mut listeners = lock(&self.listeners);
        let place = listeners.all.iter().position(|(listener, _)| *listener == number);
        let removed = place.map(|place| listeners.all.remove(place));
        drop(listeners);
        // Its destructor may call back in.
        drop(removed);
    }

    /// What a person is told while there is no record.
    fn without_record(&self) -> LockStatus {
        match &*lock(&self.state) {
            State::Wiped(_) => LockStatus::Wiped,
            _ => LockStatus::Unconfigured,
        }
    }
}

impl std::fmt::Debug for WalletLock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WalletLock")
    }
}

/// Judges without the history of earlier PINs.
fn judge(pin: &Pin, personal: &[Personal], policy: &Policy) -> Judgement {
    let (min, max) = (policy.pin.min_digits as u8, policy.pin.max_digits as u8);
    let length = strength::judge_length(pin, min, max);
    let findings: Vec<_> = length.into_iter().chain(strength::judge(pin, personal)).collect();
    let refused = |finding: &Finding| finding.severity() == Severity::Forbidden || policy.pin.forbid_weak;
    let allowed = !findings.iter().any(refused);
    Judgement { findings, allowed }
}

/// What the mutexes guard is never left half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
