//! What a wallet may be once a process has ended, derived from what that process was seen to do and was told. Written
//! from the design and not from the code: as long as it is open how a step ended, several worlds are possible; a world
//! that is none of them is a violation.

use std::collections::BTreeSet;

use crate::fault::Plan;
use crate::scenario::Step;

/// The failure at which both policies that are played here stop.
pub(crate) const LIMIT: u32 = 16;

/// A wallet as its owner could describe it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum World {
    Unconfigured,
    /// Lost or not, what was written of it: the keystore says so too.
    Wiped,
    Enrolled(Wallet),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wallet {
    pub(crate) pin: &'static str,
    pub(crate) failures: u32,
    pub(crate) word: &'static str,
    /// Lines in the journal that say that a PIN is about to be checked.
    pub(crate) tried: u32,
    /// Biometrics are on.
    pub(crate) finger: bool,
    /// Lines that say that they were used, or switched.
    pub(crate) fingered: u32,
    /// The policy wipes at the limit, and does not only lock.
    pub(crate) wipes: bool,
}

pub(crate) type Worlds = BTreeSet<World>;

/// What the parent saw of a step.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// How often the device key was asked for a PIN's HMAC.
    pub(crate) asked: u32,
    /// What the person was told. `None`: the process was killed before.
    pub(crate) told: Option<String>,
}

/// What no person wants to hear.
pub(crate) const STORAGE_FAILED: &str = "failed: the storage failed";
const NO_VERDICT: &str = "no verdict: Storage";
const NO_LONGER: [&str; 3] = ["not open", "no session", "failed: the PIN is needed"];
const WRONG_STATE: &str = "failed: not possible in this state";

impl World {
    pub(crate) fn status(&self) -> String {
        match self {
            Self::Unconfigured => "unconfigured".to_owned(),
            Self::Wiped => "wiped".to_owned(),
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
}

/// What a process knows, and what the next one may find.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    /// What the process goes on with.
    live: World,
    /// What was flushed last. A settlement needs no flush, so a flush that loses what it was to flush may go back to
    /// here.
    flushed: World,
    /// What a change comes to that was reported as failed. The log may hold all of it; the next process then takes it
    /// for done, until this one has written over it.
    ghost: Option<World>,
}

/// What is possible after a life that was seen so. An error names the step that was told what cannot be. `wipes` is the
/// policy's.
pub(crate) fn possible(
    start: &Worlds,
    steps: &[Step],
    seen: &[Seen],
    plan: Option<Plan>,
    wipes: bool,
) -> Result<Worlds, String> {
    let leaves_doubt = plan.is_some_and(|plan| plan.leaves_doubt());
    let loses = plan.is_some_and(|plan| plan.fault.loses());
    let begin = |world: &World| State { live: world.clone(), flushed: world.clone(), ghost: None };
    let mut states: BTreeSet<State> = start.iter().map(begin).collect();
    // What this process was told is wrong, and has not forgotten since.
    let mut known_wrong = BTreeSet::new();
    for (number, (step, seen)) in steps.iter().zip(seen).enumerate() {
        let rules = Rules { step, seen, leaves_doubt, loses, wipes, known_wrong: &known_wrong };
        let next: BTreeSet<State> = states.iter().flat_map(|state| rules.after(state)).collect();
        if next.is_empty() {
            return Err(format!("step {number}, {step:?}: {seen:?} cannot be in {states:?}"));
        }
        states = next;
        let told = seen.told.as_deref().unwrap_or_default();
        match step {
            Step::Verify(pin) if told.starts_with("wrong") => {
                known_wrong.insert(*pin);
            }
            Step::Verify(_) if told == "right" => known_wrong.clear(),
            Step::Reopen => known_wrong.clear(),
            // Once it comes to replacing the PIN, the current one was right.
            Step::Change(..) if seen.asked > 0 => known_wrong.clear(),
            _ => {}
        }
    }
    let found = |State { live, flushed, ghost }| {
        let is_wiped = live == World::Wiped;
        [Some(live), ghost, (loses && !is_wiped).then_some(flushed)]
    };
    Ok(states.into_iter().flat_map(found).flatten().collect())
}

struct Rules<'a> {
    step: &'a Step,
    seen: &'a Seen,
    /// What failed may nevertheless have been done.
    leaves_doubt: bool,
    /// What was not flushed may be lost.
    loses: bool,
    wipes: bool,
    known_wrong: &'a BTreeSet<&'static str>,
}

/// A change that was flushed.
fn durable(world: World) -> State {
    State { live: world.clone(), flushed: world, ghost: None }
}

/// A try that was charged, and settled without a flush.
fn settled_so(charged: &World, settled: World) -> State {
    State { live: settled, flushed: charged.clone(), ghost: None }
}

impl State {
    fn haunted_by(&self, ghost: World) -> Self {
        Self { ghost: Some(ghost), ..self.clone() }
    }
}

impl Rules<'_> {
    fn told(&self) -> Option<&str> {
        self.seen.told.as_deref()
    }

    /// What may have become of a state. Nothing: what was told cannot be told in it.
    fn after(&self, state: &State) -> Vec<State> {
        // Nothing is tried without a lock or a session; that there is none is a matter of the step that should have
        // brought it.
        if self.told().is_some_and(|told| NO_LONGER.contains(&told)) {
            return vec![state.clone()];
        }
        let next = self.played(state);
        // After a flush that failed nothing is done, and nothing charged, until the lock is opened again.
        let is_broken =
            self.leaves_doubt && self.seen.asked == 0 && matches!(self.told(), Some(STORAGE_FAILED | NO_VERDICT));
        if next.is_empty() && is_broken { vec![state.clone()] } else { next }
    }

    fn played(&self, state: &State) -> Vec<State> {
        match (*self.step, &state.live) {
            (Step::Close, _) => vec![state.clone()],
            (Step::Open, world) => {
                let fits = self.told().is_none_or(|told| told == STORAGE_FAILED || told == world.status());
                fits.then(|| state.clone()).into_iter().collect()
            }
            (Step::Reopen, _) => self.reopened(state),
            (Step::Enrol(pin), _) => self.enrolled(state, pin),
            (_, World::Enrolled(wallet)) => self.used(state, wallet),
            (_, world) => {
                self.told().is_none_or(|told| told == world.status()).then(|| state.clone()).into_iter().collect()
            }
        }
    }

    /// The process finds what the next one would.
    fn reopened(&self, state: &State) -> Vec<State> {
        let lost = (self.loses && state.live != World::Wiped).then_some(&state.flushed);
        let found = [Some(&state.live), state.ghost.as_ref(), lost].into_iter().flatten();
        let fits = |world: &&World| self.told().is_none_or(|told| told == STORAGE_FAILED || told == world.status());
        found.filter(fits).map(|world| State { live: world.clone(), ..state.clone() }).collect()
    }

    fn enrolled(&self, state: &State, pin: &'static str) -> Vec<State> {
        if let World::Enrolled(_) = state.live {
            let fits = self.told().is_none_or(|told| told == WRONG_STATE);
            return fits.then(|| state.clone()).into_iter().collect();
        }
        let made = World::Enrolled(Wallet {
            pin,
            failures: 0,
            word: "nothing",
            tried: 0,
            finger: false,
            fingered: 0,
            wipes: self.wipes,
        });
        // First goes what is left of an earlier wallet. As long as it has not gone, the next process finds it.
        let emptied = State { live: World::Unconfigured, ..state.haunted_by(state.live.clone()) };
        let cut_short = vec![state.clone(), emptied, durable(World::Unconfigured)];
        match (self.told(), self.seen.asked > 0) {
            (Some("enrolled"), true) => vec![durable(made)],
            (Some(STORAGE_FAILED), true) if self.leaves_doubt => {
                [cut_short, vec![durable(World::Unconfigured).haunted_by(made)]].concat()
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
            // The keys go before anything is written: whatever becomes of that, it is a wipe.
            Step::Wipe => match self.told() {
                Some("wiped" | STORAGE_FAILED) | None => {
                    vec![State { live: World::Wiped, ghost: None, ..state.clone() }]
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
            Step::Disable | Step::Finger => {
                let fits = self.told().is_none_or(|told| ["off already", "not now", STORAGE_FAILED].contains(&told));
                fits.then(|| state.clone()).into_iter().collect()
            }
            _ => {
                let read = format!("read {}", wallet.word);
                let fits = self.told().is_none_or(|told| told == read);
                fits.then(|| state.clone()).into_iter().collect()
            }
        }
    }

    /// A change that is on the disk once it is told of.
    fn written(&self, state: &State, wallet: Wallet, told_so: &str) -> Vec<State> {
        let written = World::Enrolled(wallet);
        match self.told() {
            Some(told) if told == told_so => vec![durable(written)],
            Some(STORAGE_FAILED) if self.leaves_doubt => vec![state.clone(), state.haunted_by(written)],
            Some(STORAGE_FAILED) => vec![state.clone()],
            None => vec![state.clone(), durable(written)],
            _ => Vec::new(),
        }
    }

    /// A PIN was entered. The try is counted, on the disk, before the device key is asked, and settled before anything
    /// is told.
    fn verified(&self, state: &State, wallet: &Wallet, pin: &'static str) -> Vec<State> {
        let Some((charged, settled)) = self.tried(wallet, pin) else {
            let fits = self.seen.asked == 0 && self.told().is_none_or(|told| told == "locked");
            return fits.then(|| state.clone()).into_iter().collect();
        };
        let verdict = match &settled {
            World::Enrolled(_) if pin == wallet.pin => "right".to_owned(),
            World::Enrolled(now) if self.known_wrong.contains(pin) => {
                format!("repeated, {} left", LIMIT - now.failures)
            }
            World::Enrolled(now) => format!("wrong, {} left", LIMIT - now.failures),
            other => other.status(),
        };
        match (self.told(), self.seen.asked > 0) {
            (None, false) => vec![state.clone(), durable(charged)],
            (None, true) => vec![settled_so(&charged, settled), durable(charged)],
            (Some(told), true) if told == verdict => vec![settled_so(&charged, settled)],
            (Some(NO_VERDICT), false) if self.leaves_doubt => vec![state.clone(), state.haunted_by(charged)],
            (Some(NO_VERDICT), false) => vec![state.clone()],
            (Some(NO_VERDICT), true) if self.leaves_doubt => vec![durable(charged).haunted_by(settled)],
            (Some(NO_VERDICT), true) => vec![durable(charged)],
            _ => Vec::new(),
        }
    }

    fn changed(&self, state: &State, wallet: &Wallet, old: &'static str, new: &'static str) -> Vec<State> {
        let Some((charged, World::Enrolled(proven))) = self.tried(wallet, old) else { return Vec::new() };
        let changed = World::Enrolled(Wallet { pin: new, ..proven });
        let proven_only = settled_so(&charged, World::Enrolled(proven));
        let came_to_it = self.seen.asked > 1;
        match self.told() {
            Some("changed") => vec![durable(changed)],
            Some(STORAGE_FAILED) if self.leaves_doubt && came_to_it => vec![proven_only.haunted_by(changed)],
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
            // It is told so too when what is left goes at the next opening or enrolment.
            Some(STORAGE_FAILED) => {
                let proven_only = settled_so(&charged, proven);
                let haunted = self.leaves_doubt.then(|| proven_only.haunted_by(World::Unconfigured));
                [proven_only, gone].into_iter().chain(haunted).collect()
            }
            None if self.seen.asked > 0 => [self.verified(state, wallet, pin), vec![gone]].concat(),
            _ => self.verified(state, wallet, pin),
        }
    }

    /// The wallet with the try charged, and with it settled. `None` at the limit, where none is taken.
    fn tried(&self, wallet: &Wallet, pin: &'static str) -> Option<(World, World)> {
        (wallet.failures < LIMIT).then_some(())?;
        let charged = Wallet { failures: wallet.failures + 1, tried: wallet.tried + 1, ..*wallet };
        let settled = if pin == wallet.pin {
            World::Enrolled(Wallet { failures: 0, ..charged })
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
