//! What a wallet may be once a process has ended, derived from what was seen of the process and what it was told. This
//! is written from the design and not from the code. While the outcome of a step is uncertain, several worlds are
//! possible; a wallet that fits none of them is a violation.

use std::collections::BTreeSet;

use crate::codes::Pending;
use crate::escrow::PendingEscrow;
use crate::fault::Plan;
use crate::life::NO_VERDICT;
use crate::payments::Till;
use crate::scenario::{Step, Used};
use crate::ways_back::Back;
use crate::words::OrdersLock;

/// The number of failures at which both policies used here stop.
pub(crate) const LIMIT: u32 = 16;

/// A wallet as its owner could describe it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::large_enum_variant, reason = "almost every world has a wallet")]
pub(crate) enum World {
    Unconfigured,
    /// The keystore's mark also says so, so it does not matter whether what was written of the wipe is lost.
    Wiped,
    Enrolled(Wallet),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wallet {
    pub(crate) pin: &'static str,
    pub(crate) failures: u32,
    pub(crate) word: &'static str,
    /// Journal lines that say that a PIN is about to be checked.
    pub(crate) tried: u32,
    /// Biometrics are on.
    pub(crate) finger: bool,
    /// Journal lines that say that biometrics were used or switched.
    pub(crate) fingered: u32,
    /// At the limit the policy wipes instead of locking.
    pub(crate) wipes: bool,
    /// The recovery code in force.
    pub(crate) code: Option<&'static str>,
    /// A change of the recovery code.
    pub(crate) pending: Option<Pending>,
    /// The provider keeps a key to the wallet.
    pub(crate) escrow: bool,
    /// A change of escrow.
    pub(crate) pending_escrow: Option<PendingEscrow>,
    /// The slot in force is the one that the provider knows.
    pub(crate) is_deposited: bool,
    /// The record is gone.
    pub(crate) is_damaged: bool,
    /// The provider knows this phone.
    pub(crate) is_registered: bool,
    /// The allowance without a heartbeat is used up.
    pub(crate) is_silent: bool,
    /// The provider's lock.
    pub(crate) lock: Option<OrdersLock>,
    /// The number of the last order that the record knows.
    pub(crate) last_order: u64,
    /// The keystore has an order's mark, and the record does not know the order.
    pub(crate) is_marked: bool,
    /// A lock stands for an order that is missing, perhaps beside a harder one.
    pub(crate) is_missing: bool,
    /// The keystore has the mark of such a lock, and the record does not know it.
    pub(crate) is_missing_marked: bool,
    /// A grant was taken.
    pub(crate) is_granted: bool,
    /// The provider's online key was revoked.
    pub(crate) is_revoked: bool,
    /// Journal lines about the recovery code and about the provider's words.
    pub(crate) noted: u32,
    /// The second factor, the channel, and what was proven.
    pub(crate) back: Back,
    /// The payment, the limit and the freeze.
    pub(crate) till: Till,
}

pub(crate) type Worlds = BTreeSet<World>;

/// What the parent saw of a step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// How often the device key was asked for a PIN's HMAC.
    pub(crate) asked: u32,
    /// What the person was told, or `None` if the process was killed before.
    pub(crate) told: Option<String>,
}

/// The answer of a call that failed because the storage failed.
pub(crate) const STORAGE_FAILED: &str = "failed: the storage failed";
/// The status of a wallet whose record is gone.
pub(crate) const DAMAGED: &str = "damaged";
const NO_LONGER: [&str; 3] = ["not open", "no session", "failed: the PIN is needed"];
/// Opening the file anew ends the sessions.
const SESSION_ENDED: &str = "failed: the session is over";
pub(crate) const WRONG_STATE: &str = "failed: not possible in this state";

impl World {
    pub(crate) fn status(&self) -> String {
        match self {
            Self::Unconfigured => "unconfigured".to_owned(),
            Self::Wiped => "wiped".to_owned(),
            Self::Enrolled(Wallet { is_damaged: true, .. }) => DAMAGED.to_owned(),
            Self::Enrolled(Wallet { lock: Some(OrdersLock::Lost), .. }) => "lost".to_owned(),
            Self::Enrolled(Wallet { lock: Some(OrdersLock::Missing), .. }) => "ordered".to_owned(),
            Self::Enrolled(Wallet { is_silent: true, .. }) => "without heartbeat".to_owned(),
            Self::Enrolled(wallet) if wallet.failures == LIMIT => "locked".to_owned(),
            Self::Enrolled(wallet) => format!("{} left", LIMIT - wallet.failures),
        }
    }

    pub(crate) fn wallet(&self) -> Option<&Wallet> {
        match self {
            Self::Enrolled(wallet) => Some(wallet),
            _ => None,
        }
    }

    /// The world as the next process finds it.
    fn opened(self) -> Self {
        match self {
            Self::Enrolled(wallet) => Self::Enrolled(wallet.opened()),
            other => other,
        }
    }
}

impl Wallet {
    /// A wallet that was just enrolled.
    pub(crate) fn new(pin: &'static str, wipes: bool) -> Self {
        Self {
            pin,
            failures: 0,
            word: "nothing",
            tried: 0,
            finger: false,
            fingered: 0,
            wipes,
            code: None,
            pending: None,
            escrow: false,
            pending_escrow: None,
            is_deposited: false,
            is_damaged: false,
            is_registered: false,
            is_silent: false,
            lock: None,
            last_order: 0,
            is_marked: false,
            is_missing: false,
            is_missing_marked: false,
            is_granted: false,
            is_revoked: false,
            noted: 0,
            back: Back::default(),
            till: Till::default(),
        }
    }
}

/// What this process knows, and what the next process may find.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct State {
    /// The state with which this process goes on.
    pub(crate) live: World,
    /// The state that was flushed last. A settlement needs no flush, so a flush that loses its data may go back to this
    /// state.
    pub(crate) flushed: World,
    /// The result of a change that was reported as failed. The log may hold all of it. The next process then takes the
    /// change for done, unless this process has written over it.
    pub(crate) maybe_done: Option<World>,
    /// An order could not be written: until the file is opened anew, this process answers nothing that needs the
    /// record.
    pub(crate) is_shut: bool,
}

/// What is possible after a life in which this was seen. An error names the step in which something impossible was
/// told. `wipes` is whether the policy wipes at the limit.
pub(crate) fn possible(
    start: &Worlds,
    steps: &[Step],
    seen: &[Seen],
    plan: Option<Plan>,
    wipes: bool,
) -> Result<Worlds, String> {
    let leaves_doubt = plan.is_some_and(|plan| plan.leaves_doubt());
    let loses = plan.is_some_and(|plan| plan.fault.loses());
    let begin = |world: &World| durable(world.clone());
    let mut states: BTreeSet<State> = start.iter().map(begin).collect();
    // PINs that this process found wrong and still remembers.
    let mut known_wrong = BTreeSet::new();
    for (number, (step, seen)) in steps.iter().zip(seen).enumerate() {
        let is_disturbed = plan.is_some();
        let asked = steps[..number].iter().rfind(|step| matches!(step, Step::AskEscrow | Step::AskEscrowByProofs));
        let rules = Rules {
            step,
            seen,
            is_disturbed,
            leaves_doubt,
            loses,
            wipes,
            known_wrong: &known_wrong,
            asked_by_proofs: asked == Some(&Step::AskEscrowByProofs),
            typed_for: steps[..number].iter().rev().find_map(|step| match step {
                Step::TypeCode { used_for, .. } => Some(*used_for),
                _ => None,
            }),
        };
        let next: BTreeSet<State> = states.iter().flat_map(|state| rules.after(state)).collect();
        if next.is_empty() {
            return Err(format!("step {number}, {step:?}: {seen:?} cannot be in {states:?}"));
        }
        states = next;
        let told = seen.told.as_deref().unwrap_or_default();
        match step {
            Step::Verify(pin) | Step::Pay(pin) if told.starts_with("wrong") => {
                known_wrong.insert(*pin);
            }
            Step::Verify(_) | Step::Pay(_) if told == "right" || told == "approved" => known_wrong.clear(),
            Step::Reopen => known_wrong.clear(),
            // The current PIN is the right one here, and a right PIN clears the remembered wrong ones.
            Step::Change(..) if seen.asked > 0 && told != NO_VERDICT => known_wrong.clear(),
            _ => {}
        }
    }
    let found = |State { live, flushed, maybe_done, .. }| {
        let is_wiped = live == World::Wiped;
        [Some(live), maybe_done, (loses && !is_wiped).then_some(flushed)]
    };
    Ok(states.into_iter().flat_map(found).flatten().map(World::opened).collect())
}

pub(crate) struct Rules<'a> {
    pub(crate) step: &'a Step,
    pub(crate) seen: &'a Seen,
    /// Whether a fault was planned.
    pub(crate) is_disturbed: bool,
    /// Whether a change that failed may have been made.
    pub(crate) leaves_doubt: bool,
    /// Whether what was not flushed may be lost.
    loses: bool,
    wipes: bool,
    known_wrong: &'a BTreeSet<&'static str>,
    /// The last grant of the data key leaves it to the phone whether enough was proven.
    pub(crate) asked_by_proofs: bool,
    /// What the code was for that was typed last and goes to the provider.
    pub(crate) typed_for: Option<Used>,
}

/// The state after a change that was flushed.
pub(crate) fn durable(world: World) -> State {
    State { live: world.clone(), flushed: world, maybe_done: None, is_shut: false }
}

/// The state after a try that was charged, and settled without a flush.
pub(crate) fn settled_so(charged: &World, settled: World) -> State {
    State { live: settled, ..durable(charged.clone()) }
}

impl State {
    pub(crate) fn with_maybe_done(&self, maybe_done: World) -> Self {
        Self { maybe_done: Some(maybe_done), ..self.clone() }
    }
}

impl Rules<'_> {
    pub(crate) fn told(&self) -> Option<&str> {
        self.seen.told.as_deref()
    }

    /// The states that may follow from this one. Empty if what was told is impossible in it.
    fn after(&self, state: &State) -> Vec<State> {
        // Without a lock or a session a step does nothing. Whether there should have been one was checked at the step
        // that opens it.
        if self.told().is_some_and(|told| NO_LONGER.contains(&told)) {
            return vec![state.clone()];
        }
        let mut next = self.played(state);
        // A PIN and the provider's words first open a file anew that was shut. In this model a failed flush may have
        // shut it at any step before.
        let opens_anew =
            matches!(self.step, Step::Verify(_) | Step::Remove(_) | Step::Order | Step::Beat | Step::BeatAlone);
        if opens_anew && (state.is_shut || self.leaves_doubt) {
            next.extend(self.opened_anew(state).iter().flat_map(|opened| self.played(opened)));
        }
        // After a failed flush nothing is done or charged until the lock is opened again.
        let is_refusal = |told: &str| [STORAGE_FAILED, NO_VERDICT, SESSION_ENDED].contains(&told);
        let is_broken = self.leaves_doubt && self.seen.asked == 0 && self.told().is_some_and(is_refusal);
        if next.is_empty() && is_broken { vec![state.clone()] } else { next }
    }

    fn played(&self, state: &State) -> Vec<State> {
        match (*self.step, &state.live) {
            (Step::Close, _) => vec![state.clone()],
            (Step::Reopen, _) => self.reopened(state),
            _ if state.is_shut => {
                let may_say = [STORAGE_FAILED, NO_VERDICT];
                if self.seen.asked > 0 { Vec::new() } else { self.unchanged(state, &may_say) }
            }
            (Step::Open, world) => {
                let fits = self.told().is_none_or(|told| told == STORAGE_FAILED || told == world.status());
                fits.then(|| state.clone()).into_iter().collect()
            }
            (Step::Enrol(pin), _) => self.enrolled(state, pin),
            (_, World::Enrolled(wallet)) => self.used(state, wallet),
            (_, world) => {
                self.told().is_none_or(|told| told == world.status()).then(|| state.clone()).into_iter().collect()
            }
        }
    }

    /// The reopened lock finds what a next process would find.
    fn reopened(&self, state: &State) -> Vec<State> {
        let fits = |found: &State| self.told().is_none_or(|told| told == STORAGE_FAILED || told == found.live.status());
        self.opened_anew(state).into_iter().filter(fits).collect()
    }

    pub(crate) fn opened_anew(&self, state: &State) -> Vec<State> {
        let lost = (self.loses && state.live != World::Wiped).then_some(&state.flushed);
        let found = [Some(&state.live), state.maybe_done.as_ref(), lost].into_iter().flatten();
        let found = found.map(|world| world.clone().opened());
        found.map(|live| State { live, is_shut: false, ..state.clone() }).collect()
    }

    fn enrolled(&self, state: &State, pin: &'static str) -> Vec<State> {
        if let World::Enrolled(_) = state.live {
            let fits = self.told().is_none_or(|told| told == WRONG_STATE);
            return fits.then(|| state.clone()).into_iter().collect();
        }
        let made = World::Enrolled(Wallet::new(pin, self.wipes));
        // Enrolling first clears what is left of an earlier wallet. Until that is flushed, the next process may still
        // find the earlier wallet.
        let emptied = State { live: World::Unconfigured, ..state.with_maybe_done(state.live.clone()) };
        let cut_short = vec![state.clone(), emptied, durable(World::Unconfigured)];
        match (self.told(), self.seen.asked > 0) {
            (Some("enrolled"), true) => vec![durable(made)],
            (Some(STORAGE_FAILED), true) if self.leaves_doubt => {
                [cut_short, vec![durable(World::Unconfigured).with_maybe_done(made)]].concat()
            }
            (None, true) => [cut_short, vec![durable(made)]].concat(),
            (None | Some(STORAGE_FAILED), _) => cut_short,
            _ => Vec::new(),
        }
    }

    fn used(&self, state: &State, wallet: &Wallet) -> Vec<State> {
        match *self.step {
            Step::Verify(pin) => self.verified(state, wallet, pin),
            Step::Change(old, new) => self.changed(state, wallet, old, new),
            Step::Remove(pin) => self.removed(state, wallet, pin),
            // The keys are deleted before anything is written. Whatever becomes of the write, the wallet is wiped.
            Step::Wipe => match self.told() {
                Some("wiped" | STORAGE_FAILED) | None => {
                    vec![State { live: World::Wiped, maybe_done: None, ..state.clone() }]
                }
                _ => Vec::new(),
            },
            Step::Write(word) => self.written(state, Wallet { word, ..*wallet }, "written"),
            Step::Enable => {
                self.written(state, Wallet { finger: true, fingered: wallet.fingered + 1, ..*wallet }, "on")
            }
            Step::Disable if wallet.finger => {
                self.written(state, Wallet { finger: false, fingered: wallet.fingered + 1, ..*wallet }, "off")
            }
            Step::Finger if wallet.finger => {
                self.written(state, Wallet { fingered: wallet.fingered + 1, ..*wallet }, "unlocked")
            }
            Step::Disable | Step::Finger => self.unchanged(state, &["off already", "not now", STORAGE_FAILED]),
            Step::SetCode(code) => self.code_set(state, wallet, code),
            Step::SwitchEscrow { is_on } => self.escrow_switched(state, wallet, is_on),
            Step::Deposit => self.deposited(state, wallet),
            Step::AskEscrow | Step::AskEscrowByProofs => self.escrow_asked(state, wallet),
            Step::RecoverByEscrow { to, pin } => self.recovered_by_escrow(state, wallet, (to, pin)),
            Step::Recover { from, to, pin } => self.recovered(state, wallet, (from, to, pin)),
            Step::Read => self.unchanged(state, &[&format!("read {}", wallet.word)]),
            Step::SetFactor(_)
            | Step::RemoveFactor
            | Step::CancelFactor
            | Step::Code { .. }
            | Step::AddChannel
            | Step::SendCode
            | Step::TypeCode { .. }
            | Step::TakeProof
            | Step::SetPassword(_)
            | Step::Tick
            | Step::Dismiss => self.on_the_way_back(state, wallet),
            Step::Pay(pin) => self.paid(state, wallet, pin),
            Step::Settle(_) | Step::Capture(_) | Step::Lower(_) | Step::Freeze => self.at_the_till(state, wallet),
            _ => self.told_by_provider(state, wallet),
        }
    }

    /// The step changes nothing, and says one of these things.
    pub(crate) fn unchanged(&self, state: &State, may_say: &[&str]) -> Vec<State> {
        let fits = self.told().is_none_or(|told| may_say.contains(&told));
        fits.then(|| state.clone()).into_iter().collect()
    }

    /// A change that is on the disk once it is reported as done.
    pub(crate) fn written(&self, state: &State, wallet: Wallet, told_so: &str) -> Vec<State> {
        let written = World::Enrolled(wallet);
        match self.told() {
            Some(told) if told == told_so => vec![durable(written)],
            Some(STORAGE_FAILED) if self.leaves_doubt => vec![state.clone(), state.with_maybe_done(written)],
            Some(STORAGE_FAILED) => vec![state.clone()],
            None => vec![state.clone(), durable(written)],
            _ => Vec::new(),
        }
    }

    /// A PIN was entered. The try is charged on the disk before the device key is asked, and settled before the person
    /// is told anything.
    fn verified(&self, state: &State, wallet: &Wallet, pin: &'static str) -> Vec<State> {
        self.verified_so(state, wallet, (pin, "right"), self.tried(wallet, pin))
    }

    /// The same, when a right PIN is told so, and with what is written of the try.
    pub(crate) fn verified_so(
        &self,
        state: &State,
        wallet: &Wallet,
        (pin, right): (&'static str, &str),
        tried: Option<(World, World)>,
    ) -> Vec<State> {
        let Some((charged, settled)) = tried else {
            // A recovery that failed reads the file again, and so does every recovery without a record. That may fail.
            let fails = self.is_disturbed && self.told() == Some(NO_VERDICT);
            let says = if fails { NO_VERDICT.to_owned() } else { state.live.status() };
            let is_asked = self.seen.asked > 0;
            return if is_asked { Vec::new() } else { self.unchanged(state, &[&says]) };
        };
        let verdict = match &settled {
            World::Enrolled(_) if pin == wallet.pin => right.to_owned(),
            World::Enrolled(now) if self.known_wrong.contains(pin) => {
                format!("repeated, {} left", LIMIT - now.failures)
            }
            World::Enrolled(now) => format!("wrong, {} left", LIMIT - now.failures),
            other => other.status(),
        };
        match (self.told(), self.seen.asked > 0) {
            (None, false) => vec![state.clone(), durable(charged)],
            (None, true) => {
                let changed = self.changes_when_due(&settled).map(durable);
                [settled_so(&charged, settled), durable(charged)].into_iter().chain(changed).collect()
            }
            (Some(told), true) if told == verdict => {
                let proven = settled_so(&charged, settled);
                match self.changes_when_due(&proven.live) {
                    None => vec![proven],
                    Some(changed) if !self.is_disturbed => vec![durable(changed)],
                    // The PIN was right, whatever becomes of the change.
                    Some(changed) if self.leaves_doubt => {
                        vec![proven.with_maybe_done(changed.clone()), proven, durable(changed)]
                    }
                    Some(changed) => vec![proven, durable(changed)],
                }
            }
            (Some(NO_VERDICT), false) if self.leaves_doubt => vec![state.clone(), state.with_maybe_done(charged)],
            (Some(NO_VERDICT), false) => vec![state.clone()],
            (Some(NO_VERDICT), true) if self.leaves_doubt => vec![durable(charged).with_maybe_done(settled)],
            (Some(NO_VERDICT), true) => vec![durable(charged)],
            _ => Vec::new(),
        }
    }

    /// The world after a right PIN that makes the change of the recovery code that is due.
    fn changes_when_due(&self, settled: &World) -> Option<World> {
        let wallet = settled.wallet().filter(|wallet| *self.step == Step::Verify(wallet.pin))?;
        wallet.with_due_change().map(World::Enrolled)
    }

    fn changed(&self, state: &State, wallet: &Wallet, old: &'static str, new: &'static str) -> Vec<State> {
        let Some((charged, World::Enrolled(proven))) = self.tried(wallet, old) else { return Vec::new() };
        let changed = World::Enrolled(Wallet { pin: new, ..proven });
        let proven_only = settled_so(&charged, World::Enrolled(proven));
        let came_to_it = self.seen.asked > 1;
        match self.told() {
            Some("changed") => vec![durable(changed)],
            Some(STORAGE_FAILED) if self.leaves_doubt && came_to_it => vec![proven_only.with_maybe_done(changed)],
            Some(STORAGE_FAILED) => vec![proven_only],
            None if came_to_it => vec![proven_only, durable(changed)],
            _ => self.verified(state, wallet, old),
        }
    }

    fn removed(&self, state: &State, wallet: &Wallet, pin: &'static str) -> Vec<State> {
        let Some((charged, proven)) = self.tried(wallet, pin) else { return Vec::new() };
        let gone = durable(World::Unconfigured);
        match self.told() {
            Some("removed") => vec![gone],
            // The call fails like this also if remains are left for the next opening or enrolment to clear.
            Some(STORAGE_FAILED) => {
                let proven_only = settled_so(&charged, proven);
                let in_doubt = self.leaves_doubt.then(|| proven_only.with_maybe_done(World::Unconfigured));
                [proven_only, gone].into_iter().chain(in_doubt).collect()
            }
            None if self.seen.asked > 0 => [self.verified(state, wallet, pin), vec![gone]].concat(),
            _ => self.verified(state, wallet, pin),
        }
    }

    /// The wallet with the try charged, and with it settled. `None` under a lock and without a record, where no try is
    /// accepted.
    pub(crate) fn tried(&self, wallet: &Wallet, pin: &'static str) -> Option<(World, World)> {
        (wallet.failures < LIMIT && !wallet.is_damaged && wallet.lock.is_none() && !wallet.is_silent).then_some(())?;
        let charged = Wallet { failures: wallet.failures + 1, tried: wallet.tried + 1, ..*wallet };
        let settled = if pin == wallet.pin {
            World::Enrolled(Wallet { failures: 0, back: charged.back.voided(), ..charged })
        } else if self.known_wrong.contains(pin) {
            World::Enrolled(Wallet { failures: wallet.failures, ..charged })
        } else if wallet.wipes && charged.failures == LIMIT {
            World::Wiped
        } else {
            World::Enrolled(charged)
        };
        Some((World::Enrolled(charged), settled))
    }
}
