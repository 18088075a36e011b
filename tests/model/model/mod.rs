//! What the design promises, in as few rules as possible: what is on the disk, what the process remembers, and how a
//! try ends.

mod biometrics;
mod calls;
mod epochs;
mod keystore;
mod opening;
mod payments;
mod policy;
mod prompts;
mod session_calls;
mod spans;
mod tries;
mod wipe;
mod wipe_pin;

use std::collections::{BTreeMap, BTreeSet};

use walletlock_core::events::Kind;
use walletlock_core::platform::{DeviceKeyFault, SensorAvailability};
use walletlock_core::policy::{LockoutPolicy, Policy, SessionPolicy};
use walletlock_core::{LockReason, LockStatus, NoVerdict, Now, Remedy, WhoLocked, WrongPin};

pub(crate) use biometrics::{BioSlot, Biometrics};
pub(crate) use calls::Caller;
use payments::Payments;
pub(crate) use policy::at_least_as_strict;
pub(crate) use spans::Reading;
pub(crate) use tries::Verdict;

use crate::outcome::Outcome;
use crate::script::Key;
use spans::{SAVE_WHILE_WATCHED_MS, Wait, is_live};
use tries::{AttemptGate, Tries};
use wipe::SlotKeys;
use wipe_pin::WipeCheck;

/// A PIN, by its index in the pool.
pub(crate) type PinNumber = usize;

#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// The policy that the app opened the lock with.
    pub(crate) requested_policy: Policy,
    pub(crate) disk: Disk,
    pub(crate) keys: Keys,
    /// What the phone says about its sensor. `None`: it does not answer.
    pub(crate) sensor: Option<SensorAvailability>,
    /// Events that no outcome shows, and how often they happened.
    pub(crate) remarks: Remarks,
    last_number: u64,
    process: Process,
}

/// The device keys that exist, and the wallets that they belong to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    /// In the order in which the phone lists them.
    aliases: Vec<String>,
    /// The list that the current call was given. Another call may have changed the keys since.
    listed: Vec<String>,
    /// The number of the key that each alias names now: a key that is made again has another number.
    made: BTreeMap<String, u64>,
    /// What the random aliases name, including keys that are gone or were never made.
    names: BTreeMap<String, Key>,
    /// The wallet that an id in an alias belongs to.
    ids: BTreeMap<String, u64>,
    /// Biometric keys that the enrolment of another finger invalidated.
    invalidated: BTreeSet<u64>,
}

pub(crate) type Remarks = BTreeMap<&'static str, u64>;

#[derive(Clone, Debug)]
pub(crate) enum Disk {
    Empty,
    /// An enrolment or removal was cut short.
    Unfinished {
        wallet: u64,
        /// The keys that the unfinished row names.
        aliases: Vec<Key>,
    },
    Sealed(Box<Wallet>),
    /// A wipe of which nothing but the row is left.
    Wiped,
}

impl Disk {
    /// The number of the wallet that was enrolled there.
    pub(crate) fn wallet(&self) -> Option<u64> {
        match self {
            Self::Sealed(wallet) => Some(wallet.number),
            Self::Empty | Self::Unfinished { .. } | Self::Wiped => None,
        }
    }
}

/// A wallet that was enrolled.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wallet {
    number: u64,
    /// The epoch of the seal key that the wallet is sealed with.
    epoch: u64,
    /// The number of that seal key: a key that is made again under the same alias has another number.
    seal_key: u64,
    /// The number of the previous seal key, if the row also holds a copy of the record under it.
    copy: Option<u64>,
    /// `None` if the wallet was wiped.
    pub(crate) slot: Option<Slot>,
    wipe_check: WipeCheck,
    /// The cost of the slot must be measured again.
    is_measured_again: bool,
    pub(crate) policy: Policy,
    pub(crate) tries: Tries,
    pub(crate) biometrics: Biometrics,
    payments: Payments,
    items: BTreeMap<String, Vec<u8>>,
    /// All PINs so far, including the one in force.
    pins: Vec<PinNumber>,
    pub(crate) journal: Vec<Kind>,
}

/// The PIN in force. A new PIN gets a new number, even with the same digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    number: u64,
    pub(crate) pin: PinNumber,
}

/// What is lost when the process ends.
#[derive(Clone, Debug, Default)]
struct Process {
    /// A call is setting the first PIN, or removing everything.
    is_busy: bool,
    /// At opening, the seal key was gone or was another one.
    is_damaged: bool,
    /// Why the keystore could not tell what there is.
    fault: Option<DeviceKeyFault>,
    /// The wallet was wiped, and no record says so any more.
    is_wiped: bool,
    /// A call is making, using or destroying seal keys.
    seal_keys_leased: bool,
    /// The next seal key has been made.
    made: bool,
    /// The number of the seal key that was made last.
    last_made: u64,
    /// The seal key that was in force before this process rotated it.
    previous_key: Option<u64>,
    /// A key of the next alias may exist that must not be used.
    is_used: bool,
    /// Keys that should be gone but could not be deleted.
    left: Vec<Key>,
    sessions: BTreeMap<u64, Session>,
    /// The cost of the slot has been measured again.
    kdf_cost_measured: bool,
    /// How many lock events there were.
    generation: u64,
    wrong: Vec<WrongGuess>,
    prompt: Option<prompts::Prompt>,
    /// The payments that wait for a proof, and when they were asked for.
    payments: BTreeMap<u64, Now>,
}

/// A wrong PIN, the slot that it did not open, and how long that is remembered.
#[derive(Clone, Debug)]
struct WrongGuess {
    slot: Slot,
    pin: PinNumber,
    at: Now,
    for_ms: u64,
}

#[derive(Clone, Debug)]
struct Session {
    wallet: u64,
    /// Opened by the PIN and not by biometrics.
    by_pin: bool,
    began: Now,
    used: Now,
    /// How many readings of the clock had begun when the session was used last.
    used_at: u64,
    absolute_ms: u64,
    idle_ms: u64,
    proposals_left: u32,
}

/// What a right PIN proves.
pub(crate) struct PinVerified {
    wallet: u64,
    slot: Slot,
    now: Now,
    generation: u64,
    session: SessionPolicy,
}

/// A try is allowed: what it depends on, read before it is charged.
#[derive(Clone, Copy)]
struct Admission {
    wallet: u64,
    slot: Slot,
    wipe_check: WipeCheck,
    budget_is_spent: bool,
}

/// How a try ended.
#[derive(Clone, Copy)]
struct Ended {
    verdict: Verdict,
    is_wipe_pin: bool,
}

/// How a try was settled.
struct Settled {
    lines: Vec<(u64, Kind)>,
    in_force: bool,
    /// The keys of the wallet, if the settlement wiped it.
    wiped: Option<SlotKeys>,
    status: LockStatus,
    /// The policy in force after the settlement.
    policy: Policy,
}

/// The wait of the last try, and the one since a change.
type Waits = [Option<Wait>; 2];

const PROPOSALS: u32 = 10;
/// A PIN that was entered longer ago than this is not fresh any more.
const FRESH_MS: u64 = 300_000;
const KEPT_PINS: usize = 5;

impl Model {
    pub(crate) fn new(requested_policy: Policy) -> Self {
        Self {
            requested_policy,
            disk: Disk::Empty,
            keys: Keys::default(),
            sensor: Some(SensorAvailability::Ready),
            remarks: Remarks::new(),
            last_number: 0,
            process: Process::default(),
        }
    }

    /// Ends the process. The next opening finds the tries that were open.
    pub(crate) fn end_process(&mut self) {
        self.process = Process::default();
    }

    pub(crate) fn wallet(&self) -> Option<&Wallet> {
        match &self.disk {
            Disk::Sealed(wallet) if self.is_in_use() => Some(wallet),
            _ => None,
        }
    }

    fn wallet_mut(&mut self) -> Option<&mut Wallet> {
        let is_in_use = self.is_in_use();
        match &mut self.disk {
            Disk::Sealed(wallet) if is_in_use => Some(wallet),
            _ => None,
        }
    }

    fn is_in_use(&self) -> bool {
        !self.process.is_busy && !self.process.is_damaged && !self.process.is_wiped && self.process.fault.is_none()
    }

    pub(crate) fn status(&self, now: Now) -> LockStatus {
        if self.process.is_damaged {
            return Self::damaged();
        }
        if self.is_busy() {
            return LockStatus::Busy;
        }
        let no_record = if self.process.is_wiped { LockStatus::Wiped } else { LockStatus::Unconfigured };
        let Some(wallet) = self.wallet() else { return no_record };
        if wallet.slot.is_none() {
            return LockStatus::Wiped;
        }
        let policy = &wallet.policy.lockout;
        let tries_left = wallet.tries.left(policy, now);
        match wallet.tries.evaluate(policy, now) {
            AttemptGate::Ready => LockStatus::Ready { tries_left },
            AttemptGate::CoolingDown(remaining_ms) => {
                LockStatus::CoolingDown { remaining_ms, tries_left, remedies: vec![Remedy::Wait(remaining_ms)] }
            }
            AttemptGate::UntilRestart => locked(LockReason::UntilRestart, vec![Remedy::Restart]),
            AttemptGate::TooManyAttempts => locked(LockReason::TooManyAttempts, vec![]),
        }
    }

    fn damaged() -> LockStatus {
        locked(LockReason::DataDamaged, vec![Remedy::CheckAgain])
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> &Policy {
        self.wallet().map_or(&self.requested_policy, |wallet| &wallet.policy)
    }

    /// The lock does not know what there is: the keystore could not tell, or a call is finding out or changing it.
    pub(crate) fn is_busy(&self) -> bool {
        self.process.is_busy || self.process.fault.is_some()
    }

    pub(crate) fn fault(&self) -> Option<DeviceKeyFault> {
        self.process.fault
    }

    /// The wallet whose record is on the disk, also while the wallet is being opened.
    fn sealed(&self) -> Option<&Wallet> {
        if let Disk::Sealed(wallet) = &self.disk { Some(wallet) } else { None }
    }

    fn sealed_mut(&mut self) -> Option<&mut Wallet> {
        if let Disk::Sealed(wallet) = &mut self.disk { Some(wallet) } else { None }
    }

    /// Changes the wallet under the seal key in force. The row keeps its copy under the previous key if this process
    /// rotated the seal key and could not delete that key.
    fn commit<T>(&mut self, change: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.sealed().cloned();
        let value = change(self);
        let previous_key = self.process.previous_key;
        if let Some(wallet) = self.sealed_mut().filter(|wallet| before.as_ref() != Some(*wallet)) {
            wallet.copy = previous_key;
        }
        value
    }

    /// The outcome of a try if no record can be read.
    fn refusal(&self, now: Now) -> Outcome {
        match self.process.fault {
            Some(fault) => Outcome::NoVerdict(NoVerdict::DeviceKey(fault)),
            None if self.process.is_busy => Outcome::NoVerdict(NoVerdict::TryAgain),
            None => Outcome::Locked(self.status(now)),
        }
    }

    pub(crate) fn is_damaged(&self) -> bool {
        self.process.is_damaged
    }

    /// Whether asking for the status now would save what is left of a wait.
    pub(crate) fn is_wait_due(&self, now: Now) -> bool {
        let wait = self.wallet().and_then(|wallet| wallet.tries.wait());
        wait.is_some_and(|wait| wait.is_due(now, SAVE_WHILE_WATCHED_MS))
    }

    /// The waits as they were last saved, if one of them or the estimate of the time is to be saved.
    fn stale_waits(&self, now: Now, every_ms: u64) -> Option<Waits> {
        let wallet = self.wallet().filter(|wallet| wallet.has_stale_wait(now, every_ms));
        wallet.map(Wallet::waits)
    }

    /// How long the person has to wait, in milliseconds.
    pub(crate) fn remaining_ms(&self, now: Now) -> u64 {
        match self.status(now) {
            LockStatus::CoolingDown { remaining_ms, .. } => remaining_ms,
            _ => 0,
        }
    }

    fn remark(&mut self, what: &'static str) {
        *self.remarks.entry(what).or_default() += 1;
    }

    /// A number that was not used before.
    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    // The count of failures.

    /// Whether a try is allowed. Checked before anything is derived.
    fn admit(&self, now: Now) -> Result<Admission, Outcome> {
        let locked = || Outcome::Locked(self.status(now));
        let wallet = self.wallet().ok_or_else(|| self.refusal(now))?;
        let policy = &wallet.policy.lockout;
        let slot = wallet.slot.ok_or_else(locked)?;
        match wallet.tries.evaluate(policy, now) {
            AttemptGate::Ready => {
                let budget_is_spent = wallet.tries.budget_is_spent(policy);
                Ok(Admission { wallet: wallet.number, slot, wipe_check: wallet.wipe_check, budget_is_spent })
            }
            _ => Err(locked()),
        }
    }

    /// Counts the try as failed, unless another call has made it impossible since.
    fn charge(&mut self, admission: &Admission, now: Now) -> Result<(u64, Vec<(u64, Kind)>), Outcome> {
        let still = self.admit(now)?;
        if still.slot != admission.slot {
            return Err(Outcome::NoVerdict(NoVerdict::TryAgain));
        }
        let Some(wallet) = self.wallet_mut() else { return Err(Outcome::NoVerdict(NoVerdict::TryAgain)) };
        let id = wallet.tries.charge(&wallet.policy.lockout, now);
        Ok((id, wallet.note(&[Kind::PinTried])))
    }

    /// Whether this PIN was found wrong a moment ago.
    fn was_wrong(&self, admission: &Admission, pin: PinNumber, now: Now) -> bool {
        let mut wrong = self.process.wrong.iter();
        wrong.any(|guess| (guess.slot, guess.pin) == (admission.slot, pin) && is_live(guess.at, guess.for_ms, now))
    }

    fn remember_wrong(&mut self, admission: &Admission, pin: PinNumber, policy: &LockoutPolicy, now: Now) {
        let (memory, for_ms) = (policy.duplicate_memory as usize, u64::from(policy.duplicate_window_s) * 1000);
        self.process.wrong.push(WrongGuess { slot: admission.slot, pin, at: now, for_ms });
        let surplus = self.process.wrong.len().saturating_sub(memory);
        self.process.wrong.drain(..surplus);
    }

    /// Writes down how a try ended. `Err` if the wallet or the try is gone.
    fn settle(
        &mut self,
        admission: &Admission,
        id: u64,
        ended: Ended,
        adopt: bool,
        now: Now,
    ) -> Result<Settled, Outcome> {
        let Ended { verdict, is_wipe_pin } = ended;
        let requested = self.requested_policy.clone();
        let removed = self.refusal(now);
        let wallet = self.wallet_mut().ok_or(removed)?;
        if wallet.number != admission.wallet {
            return Err(Outcome::NoVerdict(NoVerdict::TryAgain));
        }
        let in_force = wallet.slot == Some(admission.slot);
        let verdict = if in_force { verdict } else { Verdict::None };
        let policy = wallet.policy.lockout.clone();
        let settled = wallet.tries.settle(&policy, id, verdict);
        let (counts, wipes) = settled.ok_or(Outcome::NoVerdict(NoVerdict::TryAgain))?;
        let by_pin = is_wipe_pin && verdict == Verdict::Wrong && wallet.wipe_check == admission.wipe_check;
        let wipes = wipes || by_pin;
        let keys = wipes.then(|| SlotKeys::of(wallet));
        let mut lines = wallet.note(&[match verdict {
            Verdict::Right => Kind::PinRight,
            Verdict::Wrong => Kind::PinWrong,
            Verdict::Repeated => Kind::PinRepeated,
            Verdict::None => Kind::PinNoVerdict,
        }]);
        if verdict == Verdict::Right {
            wallet.biometrics.note_pin(now);
        }
        if verdict == Verdict::Right && adopt {
            lines.extend(wallet.adopt(&requested, now));
        }
        if wipes {
            lines.extend(wallet.wipe());
        } else if counts {
            lines.extend(wallet.note_lock(now));
        }
        match (verdict, in_force) {
            _ if by_pin => self.remark("wiped by its PIN"),
            (Verdict::None, false) => self.remark("the PIN was replaced meanwhile"),
            (Verdict::None, true) if counts => self.remark("no verdict, counted"),
            (Verdict::None, true) => self.remark("no verdict, given back"),
            (Verdict::Right, _) if lines.len() > 1 => self.remark("a policy adopted with the right PIN"),
            _ => {}
        }
        let status = self.status(now);
        if verdict != Verdict::Right && !matches!(status, LockStatus::Ready { .. }) {
            self.end_sessions();
        }
        Ok(Settled { lines, in_force, wiped: keys, status, policy: self.policy().clone() })
    }

    // Sessions.

    /// Ends the sessions that are over by this reading of the clock. A reading that began before a session was used
    /// says nothing about that session.
    fn end_expired_sessions(&mut self, reading: Reading) {
        self.process.sessions.retain(|_, session| {
            session.used_at >= reading.nth
                || (is_live(session.began, session.absolute_ms, reading.now)
                    && is_live(session.used, session.idle_ms, reading.now))
        });
    }

    /// A lock event: ends every session. A PIN that is being checked does not begin one.
    pub(crate) fn end_sessions(&mut self) {
        self.process.sessions.clear();
        self.process.generation += 1;
    }

    /// Biometrics were switched off: ends the sessions that they opened. A prompt that is answered now opens none.
    fn end_those_of_biometrics(&mut self) {
        self.process.sessions.retain(|_, session| session.by_pin);
        self.process.generation += 1;
    }

    pub(crate) fn close(&mut self, session: u64) {
        self.process.sessions.remove(&session);
    }

    /// Starts the session, unless there was a lock event since that generation.
    fn start_session(&mut self, number: u64, session: Session, generation: u64) {
        if generation == self.process.generation {
            self.process.sessions.insert(number, session);
        }
    }

    /// The wallet of a session, if the session is live. Its idle time begins anew.
    fn use_session(&mut self, session: u64, reading: Reading, readings: u64) -> Option<u64> {
        let session = self.process.sessions.get_mut(&session)?;
        if session.used_at < reading.nth {
            session.used = reading.now;
            session.used_at = readings;
        }
        Some(session.wallet)
    }
}

impl Session {
    /// `readings` is how many readings of the clock have begun.
    fn begin(wallet: u64, by_pin: bool, now: Now, policy: &SessionPolicy, readings: u64) -> Self {
        Self {
            wallet,
            by_pin,
            began: now,
            used: now,
            used_at: readings,
            absolute_ms: u64::from(policy.absolute_s) * 1000,
            idle_ms: u64::from(policy.idle_s) * 1000,
            proposals_left: PROPOSALS,
        }
    }

    fn is_fresh(&self, now: Now) -> bool {
        self.by_pin && is_live(self.began, FRESH_MS, now)
    }
}

impl PinVerified {
    fn begin(&self, readings: u64) -> Session {
        Session::begin(self.wallet, true, self.now, &self.session, readings)
    }
}

impl Wallet {
    /// The seal key that the wallet is sealed with.
    fn seal(&self) -> Key {
        Key::Seal { wallet: self.number, epoch: self.epoch }
    }

    fn next_seal(&self) -> Key {
        Key::Seal { wallet: self.number, epoch: self.epoch + 1 }
    }

    /// Adds lines to the journal. Returns them with their numbers.
    fn note(&mut self, kinds: &[Kind]) -> Vec<(u64, Kind)> {
        let noted = |kind: &Kind| {
            self.journal.push(*kind);
            (self.journal.len() as u64, *kind)
        };
        kinds.iter().map(noted).collect()
    }

    fn has_stale_wait(&self, now: Now, every_ms: u64) -> bool {
        self.tries.wait().is_some_and(|wait| wait.is_due(now, every_ms)) || self.payments.is_due(now, every_ms)
    }

    fn waits(&self) -> Waits {
        [self.tries.wait(), self.payments.wait()]
    }

    fn save_waits(&mut self, now: Now, every_ms: u64) {
        self.tries.save_wait(now, every_ms);
        self.payments.save(now, every_ms);
    }

    /// Removes slot and items.
    fn wipe(&mut self) -> Vec<(u64, Kind)> {
        if self.slot.take().is_none() {
            return vec![];
        }
        self.items.clear();
        (self.biometrics, self.payments) = (Biometrics::default(), Payments::default());
        self.note(&[Kind::Wiped])
    }

    /// Adds a line if the wallet is locked now. A wiped wallet has no PIN left to lock.
    fn note_lock(&mut self, now: Now) -> Vec<(u64, Kind)> {
        if self.slot.is_none() {
            return vec![];
        }
        match self.tries.evaluate(&self.policy.lockout, now) {
            AttemptGate::TooManyAttempts | AttemptGate::UntilRestart => self.note(&[Kind::Locked]),
            _ => vec![],
        }
    }

    /// Puts the requested policy in force. It waits if it would stop a person who has tries left.
    fn adopt(&mut self, requested: &Policy, now: Now) -> Vec<(u64, Kind)> {
        let stops = self.tries.is_stopped_only_by(&requested.lockout, &self.policy.lockout, now);
        if self.policy == *requested || stops {
            return vec![];
        }
        self.policy = requested.clone();
        self.note(&[Kind::PolicyChanged])
    }
}

fn locked(reason: LockReason, remedies: Vec<Remedy>) -> LockStatus {
    LockStatus::Locked { reason, by: WhoLocked::Phone, message: None, remedies }
}

/// The outcome of a try that was not right, with this status after it.
fn wrong(status: LockStatus, repeated: bool) -> Outcome {
    match status {
        LockStatus::Ready { tries_left } => Outcome::Wrong(WrongPin { tries_left, cooldown_ms: 0, repeated }),
        LockStatus::CoolingDown { remaining_ms, tries_left, .. } => {
            Outcome::Wrong(WrongPin { tries_left, cooldown_ms: remaining_ms, repeated })
        }
        status => Outcome::Locked(status),
    }
}
