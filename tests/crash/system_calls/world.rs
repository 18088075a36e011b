//! What a wallet may be once a process has ended, derived from what that process was seen to do and was told. Written from the design and not
//! from the code: as long as it is open how a step ended, several worlds are possible; a world that is none of them is a violation.

use std::collections::BTreeSet;

use crate::scenario::Step;

/// The failure at which both policies that are played here stop.
pub(crate) const LIMIT: u32 = 16;

/// A wallet as its owner could describe it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum World {
    Unconfigured,
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
const WRONG_STATE: &str = "failed: not possible in this state";

impl World {
    pub(crate) fn status(&self) -> String {
        match self {
            Self::Unconfigured => "unconfigured".to_owned(),
            Self::Wiped => "wiped".to_owned(),
            Self::Enrolled(wallet) if wallet.failures == LIMIT => "locked".to_owned(),
            Self::Enrolled(wallet) => format!("ready {}", LIMIT - wallet.failures),
        }
    }

    pub(crate) fn wallet(&self) -> Option<&Wallet> {
        match self {
            Self::Enrolled(wallet) => Some(wallet),
            _ => None,
        }
    }
}

/// What is possible after a life that was seen so. `leaves_doubt`: what failed may nevertheless have been done. `wipes` is the policy's.
///
/// An error names the step that was told what cannot be.
pub(crate) fn possible(
    start: &Worlds,
    steps: &[Step],
    seen: &[Seen],
    leaves_doubt: bool,
    wipes: bool,
) -> Result<Worlds, String> {
    let mut worlds = start.clone();
    // What this process was told is wrong, and has not forgotten since.
    let mut known_wrong = BTreeSet::new();
    for (number, (step, seen)) in steps.iter().zip(seen).enumerate() {
        let rules = Rules { step, seen, leaves_doubt, wipes, known_wrong: &known_wrong };
        let next: Worlds = worlds.iter().flat_map(|world| rules.after(world)).collect();
        if next.is_empty() {
            return Err(format!("step {number}, {step:?}: {seen:?} cannot be in {worlds:?}"));
        }
        worlds = next;
        let told = seen.told.as_deref().unwrap_or_default();
        match step {
            Step::Verify(pin) if told.starts_with("wrong") => {
                known_wrong.insert(*pin);
            }
            Step::Verify(_) if told == "right" => known_wrong.clear(),
            // Once it comes to replacing the PIN, the current one was right.
            Step::Change(..) if seen.asked > 0 => known_wrong.clear(),
            _ => {}
        }
    }
    Ok(worlds)
}

struct Rules<'a> {
    step: &'a Step,
    seen: &'a Seen,
    leaves_doubt: bool,
    wipes: bool,
    known_wrong: &'a BTreeSet<&'static str>,
}

impl Rules<'_> {
    /// What a world may have become. None: what was told cannot be told in it.
    fn after(&self, world: &World) -> Vec<World> {
        let told = self.seen.told.as_deref();
        // Nothing is tried without a lock or a session; that there is none is a matter of the step that should have brought it.
        if matches!(told, Some("not open" | "no session")) {
            return vec![world.clone()];
        }
        match *self.step {
            Step::Open => match told {
                None | Some(STORAGE_FAILED) => vec![world.clone()],
                Some(told) if told == world.status() => vec![world.clone()],
                Some(_) => Vec::new(),
            },
            Step::Enrol(pin) => self.enrolled(world, pin),
            Step::Close => vec![world.clone()],
            Step::Verify(_) | Step::Change(..) | Step::Remove(_) | Step::Write(_) | Step::Read => match world {
                World::Enrolled(wallet) => self.used(wallet),
                other => (told.is_none_or(|told| told == other.status())).then(|| other.clone()).into_iter().collect(),
            },
        }
    }

    fn enrolled(&self, world: &World, pin: &'static str) -> Vec<World> {
        let made = World::Enrolled(Wallet { pin, failures: 0, word: "nothing", tried: 0, wipes: self.wipes });
        if let World::Enrolled(_) = world {
            return matches!(self.seen.told.as_deref(), None | Some(WRONG_STATE))
                .then(|| world.clone())
                .into_iter()
                .collect();
        }
        let before = [world.clone(), World::Unconfigured];
        match (self.seen.told.as_deref(), self.seen.asked > 0) {
            (Some("enrolled"), true) => vec![made],
            (Some(STORAGE_FAILED), asked) => {
                before.into_iter().chain((asked && self.leaves_doubt).then_some(made)).collect()
            }
            (None, asked) => before.into_iter().chain(asked.then_some(made)).collect(),
            _ => Vec::new(),
        }
    }

    fn used(&self, wallet: &Wallet) -> Vec<World> {
        let Seen { asked, told } = self.seen;
        let told = told.as_deref();
        match *self.step {
            Step::Verify(pin) => self.verified(wallet, pin),
            Step::Change(old, new) => {
                let Some(World::Enrolled(proven)) = self.settled(wallet, old) else { return Vec::new() };
                let proven_only = World::Enrolled(proven);
                let changed = World::Enrolled(Wallet { pin: new, ..proven });
                match told {
                    Some("changed") => vec![changed],
                    Some(STORAGE_FAILED) if self.leaves_doubt && *asked > 1 => vec![proven_only, changed],
                    Some(STORAGE_FAILED) => vec![proven_only],
                    None if *asked > 1 => vec![proven_only, changed],
                    _ => self.verified(wallet, old),
                }
            }
            Step::Remove(pin) => {
                let Some(World::Enrolled(proven)) = self.settled(wallet, pin) else { return Vec::new() };
                match told {
                    Some("removed") => vec![World::Unconfigured],
                    Some(STORAGE_FAILED) => vec![World::Enrolled(proven), World::Unconfigured],
                    None if *asked > 0 => [self.verified(wallet, pin), vec![World::Unconfigured]].concat(),
                    _ => self.verified(wallet, pin),
                }
            }
            Step::Write(word) => {
                let (before, written) = (World::Enrolled(*wallet), World::Enrolled(Wallet { word, ..*wallet }));
                match told {
                    Some("written") => vec![written],
                    Some(STORAGE_FAILED) if !self.leaves_doubt => vec![before],
                    None | Some(STORAGE_FAILED) => vec![before, written],
                    _ => Vec::new(),
                }
            }
            _ => {
                let is_right = told.is_none_or(|told| told == format!("read {}", wallet.word));
                is_right.then_some(World::Enrolled(*wallet)).into_iter().collect()
            }
        }
    }

    /// A PIN was entered. The try is counted before the device key is asked, and settled before anything is told.
    fn verified(&self, wallet: &Wallet, pin: &'static str) -> Vec<World> {
        let before = World::Enrolled(*wallet);
        let told = self.seen.told.as_deref();
        if wallet.failures == LIMIT {
            return (self.seen.asked == 0 && told.is_none_or(|told| told == "locked"))
                .then_some(before)
                .into_iter()
                .collect();
        }
        let charged = World::Enrolled(charge(wallet));
        let Some(settled) = self.settled(wallet, pin) else { return Vec::new() };
        let verdict = match &settled {
            World::Enrolled(_) if pin == wallet.pin => "right".to_owned(),
            World::Enrolled(now) if self.known_wrong.contains(pin) => format!("repeated {}", LIMIT - now.failures),
            World::Enrolled(now) => format!("wrong {}", LIMIT - now.failures),
            other => other.status(),
        };
        match (told, self.seen.asked > 0) {
            (None, false) => vec![before, charged],
            (None, true) => vec![charged, settled],
            (Some(told), true) if told == verdict => vec![settled],
            (Some(NO_VERDICT), false) if self.leaves_doubt => vec![before, charged],
            (Some(NO_VERDICT), false) => vec![before],
            (Some(NO_VERDICT), true) if self.leaves_doubt => vec![charged, settled],
            (Some(NO_VERDICT), true) => vec![charged],
            _ => Vec::new(),
        }
    }

    /// What a try comes to. `None` at the limit, where none is taken.
    fn settled(&self, wallet: &Wallet, pin: &'static str) -> Option<World> {
        let charged = charge(wallet);
        (wallet.failures < LIMIT).then_some(())?;
        Some(if pin == wallet.pin {
            World::Enrolled(Wallet { failures: 0, ..charged })
        } else if self.known_wrong.contains(pin) {
            World::Enrolled(Wallet { failures: wallet.failures, ..charged })
        } else if wallet.wipes && charged.failures == LIMIT {
            World::Wiped
        } else {
            World::Enrolled(charged)
        })
    }
}

fn charge(wallet: &Wallet) -> Wallet {
    Wallet { failures: wallet.failures + 1, tried: wallet.tried + 1, ..*wallet }
}
