//! What the owner of a wallet was told, and what may follow from that.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use walletlock_core::{CodeRefusal, LockReason, LockStatus, PinOutcome, Refusal, Session, WalletLock, WrongPin};

use crate::files::Files;
use crate::stage::entry;

/// A broken promise, in words.
pub(crate) type Violation = String;

/// The tries that the policy allows.
pub(crate) const TRIES: u32 = 16;
pub(crate) const ITEMS: [&str; 3] = ["card", "seed", "note"];

/// The state of a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Life {
    Unconfigured,
    Alive,
    Wiped,
}

/// What an owner knows. After a call that failed or was killed, both outcomes are possible until a later answer
/// decides.
#[derive(Clone, Debug)]
pub(crate) struct Knows {
    pub(crate) may_be: BTreeSet<Life>,
    pub(crate) pins: BTreeSet<&'static str>,
    /// The recovery codes of which one is in force. `None`: there may be none.
    pub(crate) codes: BTreeSet<Option<String>>,
    /// The codes that were asked for and may take effect with a later right PIN. `None`: the withdrawal of a code.
    pub(crate) waiting: Vec<Option<String>>,
    pub(crate) items: BTreeMap<&'static str, BTreeSet<Option<String>>>,
    /// At most this many tries are left.
    pub(crate) left: u32,
    /// At most this many tries were made since the last right one.
    pub(crate) tried: u32,
    /// The keystore lost a key for good.
    pub(crate) has_lost: bool,
    /// A wipe or a removal failed or was killed, so the wallet may be incomplete.
    pub(crate) half: bool,
}

pub(crate) struct Owner {
    pub(crate) folder: PathBuf,
    /// `None` if opening failed or the process has ended.
    pub(crate) lock: Option<Arc<WalletLock>>,
    pub(crate) knows: Knows,
    /// Earlier files of wallets in this folder, for attempts to put them back.
    pub(crate) copies: Vec<Files>,
}

impl Knows {
    fn new() -> Self {
        Self {
            may_be: BTreeSet::from([Life::Unconfigured]),
            pins: BTreeSet::new(),
            codes: BTreeSet::from([None]),
            waiting: Vec::new(),
            items: BTreeMap::new(),
            left: TRIES,
            tried: 0,
            has_lost: false,
            half: false,
        }
    }

    pub(crate) fn is_surely(&self, life: Life) -> bool {
        self.may_be.len() == 1 && self.may_be.contains(&life)
    }

    /// The owner was told that this is the state.
    pub(crate) fn settle(&mut self, life: Life) {
        self.may_be = BTreeSet::from([life]);
        self.half = false;
    }

    /// The wallet was removed. An older file of it and its code open on any phone, and so they do here, whatever is
    /// wiped at this place later.
    pub(crate) fn forget_codes(&mut self) {
        (self.codes, self.waiting) = (BTreeSet::from([None]), Vec::new());
    }

    /// After a kill: the state is that before the step, that after it, or anything in between.
    pub(crate) fn or(mut self, after: Self) -> Self {
        if !self.is_surely(Life::Alive) {
            // The new wallet may be there, and its first code not yet.
            self.codes.insert(None);
        }
        self.may_be.extend(after.may_be);
        self.pins.extend(after.pins);
        self.codes.extend(after.codes);
        after.waiting.into_iter().for_each(|change| self.note_waiting(change));
        for item in ITEMS {
            let nothing = BTreeSet::from([None]);
            let both = self.item(item).union(after.items.get(item).unwrap_or(&nothing)).cloned().collect();
            self.items.insert(item, both);
        }
        self.left = self.left.max(after.left);
        self.tried = self.tried.max(after.tried);
        self.has_lost |= after.has_lost;
        self.half |= after.half;
        self
    }

    fn item(&self, item: &str) -> BTreeSet<Option<String>> {
        self.items.get(item).cloned().unwrap_or_else(|| BTreeSet::from([None]))
    }

    pub(crate) fn enrolled(&mut self, pin: &'static str) {
        *self = Self { pins: BTreeSet::from([pin]), ..Self::new() };
        self.settle(Life::Alive);
    }

    /// A change of the code was asked for, and waits. `None`: a withdrawal.
    pub(crate) fn note_waiting(&mut self, change: Option<String>) {
        self.waiting.retain(|other| *other != change);
        self.waiting.push(change);
    }

    /// This is the code in force. `None`: there is none. If it waited, what was asked for before it waits no more.
    pub(crate) fn learn_code(&mut self, code: Option<String>) {
        if let Some(place) = self.waiting.iter().position(|change| *change == code) {
            self.waiting.drain(..=place);
        }
        self.codes = self.waiting.iter().cloned().chain([code]).collect();
    }

    /// The owner recovered the wallet: whatever was lost or half done before, it is whole.
    pub(crate) fn recovered(&mut self, pin: &'static str, code: String) {
        self.pins = BTreeSet::from([pin]);
        (self.codes, self.waiting) = (BTreeSet::from([Some(code)]), Vec::new());
        (self.left, self.tried, self.has_lost) = (TRIES, 0, false);
        self.settle(Life::Alive);
    }

    /// Checks why a code was refused, and learns from it.
    pub(crate) fn check_code_refusal(&mut self, code: &str, refusal: &CodeRefusal) -> Result<(), Violation> {
        let broken = |knows: &Self| Err(format!("{refusal:?} of {code}, and the owner knows {knows:?}"));
        match refusal {
            CodeRefusal::NoVerdict(_) => Ok(()),
            CodeRefusal::Locked(status) => self.check_status(status),
            CodeRefusal::Wrong => {
                self.codes.remove(&Some(code.to_owned()));
                self.codes.extend(self.waiting.iter().cloned());
                if self.codes.is_empty() { broken(self) } else { Ok(()) }
            }
            CodeRefusal::NotSetUp if self.half || !self.is_surely(Life::Alive) => Ok(()),
            CodeRefusal::NotSetUp => {
                if !self.codes.contains(&None) && !self.waiting.contains(&None) {
                    return broken(self);
                }
                self.learn_code(None);
                Ok(())
            }
            CodeRefusal::OldCode | CodeRefusal::Altered | CodeRefusal::NotACode { .. } => broken(self),
        }
    }

    /// An item was written; if `surely` is false, it may also not have been.
    pub(crate) fn wrote(&mut self, item: &'static str, value: &str, surely: bool) {
        let mut values = if surely { BTreeSet::new() } else { self.item(item) };
        values.insert(Some(value.to_owned()));
        self.items.insert(item, values);
    }

    /// Checks a status that the owner was told, and learns from it.
    pub(crate) fn check_status(&mut self, status: &LockStatus) -> Result<(), Violation> {
        let is_locked_for = |reason| matches!(status, LockStatus::Locked { reason: told, .. } if *told == reason);
        match status {
            LockStatus::Busy => Ok(()),
            LockStatus::Ready { tries_left } | LockStatus::CoolingDown { tries_left, .. } => {
                let left = tries_left.ok_or("the policy has a stop")?;
                self.expect(self.may_be.contains(&Life::Alive), "a wallet where there is none", status)?;
                self.expect(left <= self.left, "a try was free", status)?;
                self.expect(left + self.tried >= TRIES, "a try was counted that nobody made", status)?;
                if !self.half {
                    self.settle(Life::Alive);
                }
                Ok(())
            }
            LockStatus::Unconfigured => {
                self.expect(self.may_be.contains(&Life::Unconfigured), "no wallet where there is one", status)?;
                // `Wiped` stays possible: if the next wallet could not be begun, the next opening says `Wiped` again.
                self.may_be.remove(&Life::Alive);
                self.half = false;
                if self.is_surely(Life::Unconfigured) {
                    self.forget_codes();
                }
                Ok(())
            }
            LockStatus::Wiped => {
                self.expect(self.may_be.contains(&Life::Wiped), "wiped, and nobody wiped it", status)?;
                self.settle(Life::Wiped);
                Ok(())
            }
            _ if is_locked_for(LockReason::DataDamaged) => {
                self.expect(self.has_lost || self.half, "damage, and every key is there", status)
            }
            _ if is_locked_for(LockReason::TooManyAttempts) => {
                self.expect(self.tried >= TRIES, "locked before the last try", status)
            }
            _ => Err(format!("nobody asked for this: {status:?}")),
        }
    }

    fn expect(&self, is_so: bool, what: &str, status: &LockStatus) -> Result<(), Violation> {
        if is_so { Ok(()) } else { Err(format!("{what}: {status:?}, and the owner knows {self:?}")) }
    }

    /// Checks the refusal of a PIN, and learns from it.
    pub(crate) fn check_refusal(&mut self, pin: &str, refusal: &Refusal) -> Result<(), Violation> {
        self.tried += 1;
        match refusal {
            Refusal::NoVerdict(_) => Ok(()),
            Refusal::Wrong(wrong) => self.check_wrong(pin, wrong),
            Refusal::Locked(status) => self.check_status(status),
        }
    }

    fn check_wrong(&mut self, pin: &str, wrong: &WrongPin) -> Result<(), Violation> {
        self.pins.remove(pin);
        if self.pins.is_empty() {
            return Err(format!("the right PIN is wrong: {wrong:?}"));
        }
        let left = wrong.tries_left.ok_or("the policy has a stop")?;
        if wrong.repeated || left >= self.left {
            return Err(format!("a wrong PIN was free: {wrong:?}, and {} were left", self.left));
        }
        self.left = left;
        Ok(())
    }

    /// Checks a session that this PIN or biometrics opened, and learns from it.
    pub(crate) fn check_opened(&mut self, pin: Option<&'static str>, session: &Session) -> Result<(), Violation> {
        if !self.may_be.contains(&Life::Alive) {
            return Err(format!("it opened, and there is nothing: {self:?}"));
        }
        if let Some(pin) = pin {
            if !self.pins.contains(pin) {
                return Err(format!("a wrong PIN opened: {pin}, and the owner knows {self:?}"));
            }
            self.pins = BTreeSet::from([pin]);
            (self.left, self.tried) = (TRIES, 0);
        }
        if !self.half {
            self.settle(Life::Alive);
        }
        for item in ITEMS {
            let read = session.vault().read(item).map_err(|fault| format!("reading {item}: {fault}"))?;
            let read = read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            if !self.item(item).contains(&read) {
                return Err(format!("{item} is {read:?}, and the owner knows {self:?}"));
            }
            self.items.insert(item, BTreeSet::from([read]));
        }
        Ok(())
    }
}

impl Owner {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, lock: None, knows: Knows::new(), copies: Vec::new() }
    }

    /// Enters this PIN. Returns the session, or `None` if the PIN was refused or the lock is not open.
    pub(crate) fn enter(&mut self, pin: &'static str) -> Result<Option<Session>, Violation> {
        let Some(lock) = self.lock.clone() else { return Ok(None) };
        let refusal = match lock.verify_pin(&entry(pin)) {
            PinOutcome::Right(session) => {
                self.knows.check_opened(Some(pin), &session)?;
                return Ok(Some(session));
            }
            PinOutcome::Wrong(wrong) => Refusal::Wrong(wrong),
            PinOutcome::Locked(status) => Refusal::Locked(status),
            PinOutcome::NoVerdict(cause) => Refusal::NoVerdict(cause),
        };
        self.knows.check_refusal(pin, &refusal).map(|()| None)
    }

    /// Asks for the status and checks it.
    pub(crate) fn look(&mut self) -> Result<Option<LockStatus>, Violation> {
        let Some(lock) = &self.lock else { return Ok(None) };
        let status = lock.status().map_err(|fault| format!("status: {fault}"))?;
        self.knows.check_status(&status).map(|()| Some(status))
    }
}
