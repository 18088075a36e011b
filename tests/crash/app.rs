//! The running app: carries out what a person does, and checks the answers.

use std::collections::VecDeque;
use std::sync::Arc;

use walletlock_core::platform::testing::{FakePhone, TestRng, code_entry, write_down};
use walletlock_core::policy::Policy;
use walletlock_core::request::PromptId;
use walletlock_core::{
    BiometricChange, CodeOutcome, Enrolment, LockError, LockStatus, PinChange, PinOutcome, RecoveryChange,
    RecoveryOutcome, Session, WalletLock,
};

use crate::account::Holding;
use crate::phone::entry;
use crate::survivor::{Violation, read_all};

/// The running app.
pub(crate) struct App {
    pub(crate) lock: Arc<WalletLock>,
    pub(crate) session: Option<Session>,
    /// The session is the one in which the wallet was set up: a first recovery code counts at once.
    pub(crate) is_first: bool,
    /// Wrong PINs of this process, and when they were settled. Entered again, they do not count.
    pub(crate) guessed: VecDeque<(String, i64)>,
}

impl App {
    pub(crate) fn enrol(&mut self, pin: &str) -> Result<(), Violation> {
        match self.lock.enrol(&entry(pin), &[]) {
            Ok(Enrolment::Enrolled(session)) => {
                (self.session, self.is_first) = (Some(session), true);
                Ok(())
            }
            other => Err(format!("{other:?}")),
        }
    }

    /// Whether a PIN can be entered now. Waits out a cool-down in three of four cases.
    pub(crate) fn may_try(&self, phone: &FakePhone, chance: &mut TestRng) -> bool {
        let Ok(LockStatus::CoolingDown { remaining_ms, .. }) = self.lock.status() else { return true };
        if chance.one_in(4) {
            return false;
        }
        phone.clock.advance_ms(remaining_ms);
        true
    }

    pub(crate) fn enter_right(&mut self, held: &Holding) -> Result<(), Violation> {
        match self.lock.verify_pin(&entry(held.pin)) {
            PinOutcome::Right(session) => {
                self.guessed.clear();
                let same = read_all(&session).is_ok_and(|items| items == held.items);
                (self.session, self.is_first) = (Some(session), false);
                expect(same, "the items are there")
            }
            other => Err(format!("{other:?}")),
        }
    }

    pub(crate) fn is_repeated(&self, guess: &str, now_ms: i64, policy: &Policy) -> bool {
        let window_ms = i64::from(policy.lockout.duplicate_window_s) * 1000;
        self.guessed.iter().any(|(guessed, at_ms)| guessed == guess && now_ms - at_ms < window_ms)
    }

    pub(crate) fn guess(
        &mut self,
        guess: String,
        repeated: bool,
        now_ms: i64,
        policy: &Policy,
    ) -> Result<(), Violation> {
        let outcome = self.lock.verify_pin(&entry(&guess));
        if !repeated {
            self.guessed.push_back((guess, now_ms));
            while self.guessed.len() > policy.lockout.duplicate_memory as usize {
                self.guessed.pop_front();
            }
        }
        match outcome {
            PinOutcome::Wrong(wrong) => expect(wrong.repeated == repeated, "a PIN counts once"),
            // The status says which lock it is; it is checked after each call.
            PinOutcome::Locked(LockStatus::Locked { .. } | LockStatus::Wiped) => Ok(()),
            other => Err(format!("{other:?}")),
        }
    }

    pub(crate) fn change(&mut self, current: &str, new: &str) -> Result<PinChange, LockError> {
        let Some(session) = &self.session else { return Err(LockError::SessionEnded) };
        let changed = session.access().change_pin(&entry(current), &entry(new), &[], true);
        if changed.is_err() {
            self.session = None;
        } else {
            self.guessed.clear();
        }
        changed
    }

    /// Makes the first recovery code. Returns its digits, and whether it was set. `None`: the session is over.
    pub(crate) fn set_code(&mut self) -> Option<(String, Result<(), Violation>)> {
        let session = self.session.as_ref()?;
        let made = session.access().create_recovery_code().ok()?;
        let digits = write_down(&made);
        let set = session.access().set_recovery_code(&made);
        Some((digits, expect(set == Ok(RecoveryChange::InForce), "the code was set")))
    }

    /// Enters the recovery code, and sets this PIN and a new code. Returns the new code's digits.
    pub(crate) fn recover(&mut self, held: &Holding, pin: &str) -> (Option<String>, Result<(), Violation>) {
        let digits = held.code.as_deref().unwrap_or_default();
        let rescue = match self.lock.recovery().enter_code(&code_entry(digits)) {
            CodeOutcome::Opened(rescue) => rescue,
            CodeOutcome::Refused(refusal) => return (None, Err(format!("{refusal:?}"))),
        };
        let Ok(made) = rescue.new_code() else { return (None, Err("no randomness".to_owned())) };
        let digits = write_down(&made);
        let done = match rescue.finish(&entry(pin), &[], &made) {
            Ok(RecoveryOutcome::Done { session, lost_items }) => {
                self.guessed.clear();
                let same = lost_items.is_empty() && read_all(&session).is_ok_and(|items| items == held.items);
                (self.session, self.is_first) = (Some(session), true);
                expect(same, "the items are there")
            }
            other => {
                self.session = None;
                Err(format!("{other:?}"))
            }
        };
        (Some(digits), done)
    }

    /// Switches biometrics on or off, just after entering the PIN.
    pub(crate) fn switch(&mut self, pin: &str, on: bool) -> Result<(), Violation> {
        let session = match self.lock.verify_pin(&entry(pin)) {
            PinOutcome::Right(session) => session,
            other => return Err(format!("{other:?}")),
        };
        self.guessed.clear();
        let switched = if on {
            session.access().enable_biometrics(PromptId::default()).map(|change| change == BiometricChange::Done)
        } else {
            session.access().disable_biometrics().map(|_| true)
        };
        (self.session, self.is_first) = (Some(session), false);
        expect(switched == Ok(true), "biometrics were switched")
    }

    pub(crate) fn in_session(&self, work: impl FnOnce(&Session) -> Result<(), LockError>) -> Result<(), LockError> {
        self.session.as_ref().map_or(Err(LockError::SessionEnded), work)
    }
}

pub(crate) fn expect(true_that: bool, what: &str) -> Result<(), Violation> {
    if true_that { Ok(()) } else { Err(format!("it is not so that {what}")) }
}
