//! Compares the counter with a small model through random histories: overlapping tries, killed processes, restarts, and
//! clocks that are wrong.
//!
//! The model keeps every try that was ever charged, with its result, and the time that really passed. From that it
//! derives what the counter may allow. It does not depend on how the counter computes that.

use std::ops::RangeInclusive;

use proptest::prelude::*;

use super::{AttemptGate, ChargeId, Cooldown, Lockout, LockoutPolicy, Policy, Settled, Verdict};
use crate::policy::presets;
use crate::policy::tests::expected_wait_s;
use crate::time::{Now, SAVE_WHILE_WATCHED_MS};

/// The most tries that may run at the same time.
const MOST_OPEN: usize = 32;
/// How often a watched wait is saved.
const SAVED_EVERY_MS: u64 = 60_000;

#[derive(Clone, Debug)]
enum Op {
    Charge,
    /// Settles the try that was charged this many tries before the last one, whether or not it is open.
    Settle(usize, Verdict),
    /// Settles a try that was never charged.
    SettleBogus(u64, Verdict),
    /// Charges a try and settles it at once.
    Try(Verdict),
    Pass(u64),
    /// Lets the rest of the wait pass, except for one millisecond.
    PassNearlyAll,
    /// Lets the rest of the wait pass.
    PassAll,
    /// Restarts the phone. It has been up for `up_ms` when the lock is opened again.
    Restart {
        up_ms: u64,
    },
    /// Restarts the phone. The boot count grows by `boots`, which may be more than one or none.
    RestartCountedAs {
        boots: u32,
        up_ms: u64,
    },
    SinceBootBackwards(u64),
    /// Makes the boot count too small by this number; 0 makes it correct again.
    BootCountLies(u32),
    BootCountUnreadable(bool),
    WallClock(i64),
    SaveWait,
    /// Kills the process and opens the lock again.
    Kill,
    NoteRefusal,
}

/// The real state of the phone, and what its clocks show.
struct Phone {
    passed_ms: u64,
    up_ms: u64,
    boot: u32,
    boot_count_is_short_by: u32,
    boot_readable: bool,
    wall_ms: i64,
    /// Counts restarts and jumps of the clock. While this number stays the same, time since boot is right.
    disturbed: u32,
    restarts: u32,
    ever_lied: bool,
}

impl Phone {
    fn now(&self) -> Now {
        let boot = self.boot_readable.then_some(self.boot - self.boot_count_is_short_by);
        Now { boot, since_boot_ms: self.up_ms, wall_ms: self.wall_ms }
    }

    fn pass(&mut self, ms: u64) {
        self.passed_ms += ms;
        self.up_ms += ms;
        self.wall_ms = self.wall_ms.saturating_add_unsigned(ms);
    }

    fn restart(&mut self, boots: u32, up_ms: u64) {
        self.boot += boots;
        self.passed_ms += up_ms;
        self.up_ms = up_ms;
        self.disturbed += 1;
        self.restarts += 1;
        self.ever_lied |= boots == 0;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TryState {
    Open,
    Wrong,
    /// Refunded, right, or cleared by a right PIN.
    Gone,
}

struct Try {
    id: ChargeId,
    state: TryState,
    /// The try was settled as wrong, and it is proven that the phone restarted since.
    is_before_restart: bool,
    /// The number of real restarts before the try.
    run: u32,
}

struct Waiting {
    brought_by: ChargeId,
    full_ms: u64,
    begun_ms: u64,
    noted: bool,
    /// What was left of the wait when it was last saved. The next four fields describe the phone at that moment.
    saved_left_ms: u64,
    saved_at_ms: u64,
    saved_reading: Now,
    saved_disturbed: u32,
    saved_restarts: u32,
    /// Both clocks once showed a restart that did not happen: the boot count grew, and time since boot went backwards.
    /// No real phone does that.
    saw_false_restart: bool,
}

impl Waiting {
    /// Whether the boot count grew since the saving.
    fn is_of_a_later_boot(&self, now: Now) -> bool {
        self.saved_reading.boot.zip(now.boot).is_some_and(|(saved, now)| now > saved)
    }

    fn sees_false_restart(&self, phone: &Phone) -> bool {
        let now = phone.now();
        let went_backwards = now.since_boot_ms < self.saved_reading.since_boot_ms;
        let is_false = self.saved_restarts == phone.restarts && self.is_of_a_later_boot(now) && went_backwards;
        self.saw_false_restart || is_false
    }

    /// A reading up to one second before the saving may come from another thread and be used late. Then this is how
    /// much earlier it was: the wait still ends at the same moment.
    fn late_ms(&self, now: Now) -> u64 {
        let behind_ms = self.saved_reading.since_boot_ms.saturating_sub(now.since_boot_ms);
        if self.saved_left_ms > 0 && self.saved_reading.boot == now.boot && behind_ms <= 1000 { behind_ms } else { 0 }
    }
}

/// What may be left of a wait.
enum Left {
    Exactly(u64),
    /// Any time in this range. The phone restarted or a clock jumped, and the clocks do not show it.
    Within(RangeInclusive<u64>),
}

struct Model {
    policy: LockoutPolicy,
    tries: Vec<Try>,
    refunds_left: u32,
    waiting: Option<Waiting>,
    /// The boot count when the lock last counted a try or was opened.
    boot: Option<u32>,
}

impl Model {
    fn count(&self, state: TryState) -> u32 {
        self.tries.iter().filter(|tried| tried.state == state).count() as u32
    }

    fn failures(&self) -> u32 {
        self.count(TryState::Open) + self.count(TryState::Wrong)
    }

    fn restart_is_proven(&self, now: Now) -> bool {
        self.boot.zip(now.boot).is_some_and(|(before, now)| before < now)
    }

    fn failures_this_boot(&self, now: Now) -> u32 {
        let proven = self.restart_is_proven(now);
        let counts = |tried: &&Try| match tried.state {
            TryState::Open => true,
            TryState::Wrong => !tried.is_before_restart && !proven,
            TryState::Gone => false,
        };
        self.tries.iter().filter(counts).count() as u32
    }

    fn note_boot(&mut self, now: Now) {
        if self.restart_is_proven(now) {
            let settled = self.tries.iter_mut().filter(|tried| tried.state == TryState::Wrong);
            settled.for_each(|tried| tried.is_before_restart = true);
        }
    }

    fn stop_at(&self) -> u32 {
        self.policy.lock_at.unwrap_or(u32::MAX).min(self.policy.wipe_at.unwrap_or(u32::MAX))
    }

    fn left(&self, phone: &Phone) -> Left {
        let Some(waiting) = &self.waiting else { return Left::Exactly(0) };
        let now = phone.now();
        if waiting.is_of_a_later_boot(now) {
            // If time since boot is smaller, the phone restarted and has been up for all of it, unless a thread used the
            // reading late: then nothing is certain. If it is not smaller, only the difference is certain.
            let (now_ms, saved_ms) = (now.since_boot_ms, waiting.saved_reading.since_boot_ms);
            let passed_ms = match now_ms.checked_sub(saved_ms) {
                Some(passed_ms) => passed_ms,
                None if saved_ms - now_ms <= 1000 => 0,
                None => now_ms,
            };
            return Left::Exactly(waiting.saved_left_ms.saturating_sub(passed_ms));
        }
        let other_boot = waiting.saved_reading.boot.zip(now.boot).is_some_and(|(saved, now)| saved != now);
        if other_boot || now.since_boot_ms < waiting.saved_reading.since_boot_ms {
            return Left::Exactly(waiting.saved_left_ms + waiting.late_ms(now));
        }
        if waiting.saved_disturbed == phone.disturbed {
            return Left::Exactly(waiting.saved_left_ms.saturating_sub(phone.passed_ms - waiting.saved_at_ms));
        }
        // In real time, the wait is never shorter than the policy says. It is never longer than what was saved.
        let full_ms = if waiting.sees_false_restart(phone) { 0 } else { waiting.full_ms };
        Left::Within(full_ms.saturating_sub(phone.passed_ms - waiting.begun_ms)..=waiting.saved_left_ms)
    }

    /// What the counter must answer if `remaining_ms` is left of the wait.
    fn gate(&self, now: Now, remaining_ms: u64) -> AttemptGate {
        let lasting = self.stop_at().saturating_sub(self.failures());
        let this_boot = self.policy.per_boot_limit.unwrap_or(u32::MAX).saturating_sub(self.failures_this_boot(now));
        let limits = [(self.stop_at(), lasting), (self.policy.per_boot_limit.unwrap_or(u32::MAX), this_boot)];
        let tries_left = limits.into_iter().filter(|(limit, _)| *limit != u32::MAX).map(|(_, left)| left).min();
        if lasting == 0 {
            AttemptGate::TooManyAttempts
        } else if this_boot == 0 {
            AttemptGate::UntilRestart
        } else if remaining_ms > 0 {
            AttemptGate::CoolingDown { remaining_ms, tries_left }
        } else if self.count(TryState::Open) as usize == MOST_OPEN {
            AttemptGate::TooManyAtOnce
        } else {
            AttemptGate::Ready { tries_left }
        }
    }

    fn charge(&mut self, id: ChargeId, phone: &Phone) {
        let now = phone.now();
        self.note_boot(now);
        self.boot = now.boot;
        self.tries.push(Try { id, state: TryState::Open, is_before_restart: false, run: phone.restarts });
        let full_ms = 1000 * expected_wait_s(&self.policy, self.failures());
        self.waiting = (full_ms > 0).then_some(Waiting {
            brought_by: id,
            full_ms,
            begun_ms: phone.passed_ms,
            noted: false,
            saved_left_ms: full_ms,
            saved_at_ms: phone.passed_ms,
            saved_reading: now,
            saved_disturbed: phone.disturbed,
            saved_restarts: phone.restarts,
            saw_false_restart: false,
        });
    }

    fn settle(&mut self, id: ChargeId, verdict: Verdict) -> Option<Settled> {
        let place = self.tries.iter().position(|tried| tried.id == id && tried.state == TryState::Open)?;
        let would_lock_for_good = self.failures() >= self.stop_at();
        let counted = match verdict {
            Verdict::Wrong => true,
            Verdict::Duplicate | Verdict::Right => false,
            Verdict::None => self.refunds_left == 0,
        };
        self.tries[place].state = if counted { TryState::Wrong } else { TryState::Gone };
        match verdict {
            Verdict::None if !counted => self.refunds_left -= 1,
            Verdict::Right => {
                self.tries
                    .iter_mut()
                    .filter(|tried| tried.state == TryState::Wrong)
                    .for_each(|tried| tried.state = TryState::Gone);
                self.refunds_left = self.policy.no_verdict_budget;
            }
            _ => {}
        }
        // A wait lasts as long as the try that caused it still counts.
        let stands = |waiting: &Waiting| {
            self.tries.iter().any(|tried| tried.id == waiting.brought_by && tried.state != TryState::Gone)
        };
        if !self.waiting.as_ref().is_some_and(stands) {
            self.waiting = None;
        }
        let wipe =
            verdict == Verdict::Wrong && self.policy.wipe_at.is_some_and(|limit| self.count(TryState::Wrong) >= limit);
        Some(Settled { counted, wipe, durable: wipe || (would_lock_for_good && !counted) })
    }

    fn open_again(&mut self, now: Now) -> u32 {
        self.note_boot(now);
        self.boot = now.boot.or(self.boot);
        let open = self.count(TryState::Open);
        self.tries
            .iter_mut()
            .filter(|tried| tried.state == TryState::Open)
            .for_each(|tried| tried.state = TryState::Wrong);
        open
    }

    /// Whether saving the wait now should be written. `None`: the clocks do not show what happened, so both answers are
    /// right.
    fn is_worth_saving(&self, phone: &Phone) -> Option<bool> {
        let Some(waiting) = &self.waiting else { return Some(false) };
        match self.left(phone) {
            _ if waiting.saved_left_ms == 0 => Some(false),
            Left::Within(_) => None,
            Left::Exactly(_) if waiting.saved_disturbed != phone.disturbed => Some(waiting.late_ms(phone.now()) == 0),
            Left::Exactly(_) => {
                let other_boot =
                    waiting.saved_reading.boot.zip(phone.now().boot).is_some_and(|(saved, now)| saved != now);
                let passed_ms = phone.passed_ms - waiting.saved_at_ms;
                Some(other_boot || passed_ms >= SAVED_EVERY_MS.min(waiting.saved_left_ms))
            }
        }
    }
}

/// The counter, its model, and the phone on which both run.
struct World {
    phone: Phone,
    lockout: Lockout,
    model: Model,
}

type Checked<T = ()> = Result<T, TestCaseError>;

impl World {
    fn new(policy: LockoutPolicy) -> Self {
        let phone = Phone {
            passed_ms: 0,
            up_ms: 5_000,
            boot: 100,
            boot_count_is_short_by: 0,
            boot_readable: true,
            wall_ms: 1_800_000_000_000,
            disturbed: 0,
            restarts: 0,
            ever_lied: false,
        };
        let lockout = Lockout::new(&policy);
        let refunds_left = policy.no_verdict_budget;
        Self { phone, lockout, model: Model { policy, tries: Vec::new(), refunds_left, waiting: None, boot: None } }
    }

    fn play(&mut self, op: &Op) -> Checked {
        match *op {
            Op::Charge => {
                self.charge()?;
            }
            Op::Settle(back, verdict) => {
                if let Some(place) = self.model.tries.len().checked_sub(back + 1) {
                    self.settle(self.model.tries[place].id, verdict)?;
                }
            }
            Op::SettleBogus(number, verdict) => {
                let bogus: ChargeId = serde_json::from_value(number.into()).unwrap();
                self.settle(bogus, verdict)?;
            }
            Op::Try(verdict) => {
                if let Some(id) = self.charge()? {
                    self.settle(id, verdict)?;
                }
            }
            Op::Pass(ms) => self.phone.pass(ms),
            Op::PassNearlyAll => self.phone.pass(self.remaining_ms()?.saturating_sub(1)),
            Op::PassAll => self.phone.pass(self.remaining_ms()?),
            Op::Restart { up_ms } => {
                self.phone.restart(1, up_ms);
                self.open_again()?;
            }
            Op::RestartCountedAs { boots, up_ms } => {
                self.phone.restart(boots, up_ms);
                self.open_again()?;
            }
            Op::SinceBootBackwards(ms) => {
                self.phone.up_ms = self.phone.up_ms.saturating_sub(ms);
                self.phone.disturbed += 1;
            }
            Op::BootCountLies(short_by) => {
                self.phone.boot_count_is_short_by = short_by;
                self.phone.ever_lied |= short_by > 0;
            }
            Op::BootCountUnreadable(unreadable) => self.phone.boot_readable = !unreadable,
            Op::WallClock(wall_ms) => {
                let before = self.lockout.evaluate(&self.model.policy, self.phone.now());
                self.phone.wall_ms = wall_ms;
                prop_assert_eq!(self.lockout.evaluate(&self.model.policy, self.phone.now()), before);
            }
            Op::SaveWait => self.save_wait()?,
            Op::Kill => self.open_again()?,
            Op::NoteRefusal => {
                let now = self.phone.now();
                let cools_down =
                    matches!(self.lockout.evaluate(&self.model.policy, now), AttemptGate::CoolingDown { .. });
                let waiting = self.model.waiting.as_mut().filter(|_| cools_down);
                let first = waiting.is_some_and(|waiting| !std::mem::replace(&mut waiting.noted, true));
                // A stop that time does not lift may hide a wait. Then the result of `note_refusal` is not checked.
                if cools_down {
                    prop_assert_eq!(self.lockout.note_refusal(now), first);
                }
            }
        }
        self.check()
    }

    fn charge(&mut self) -> Checked<Option<ChargeId>> {
        let gate = self.check_gate()?;
        let before = self.lockout.clone();
        let charged = self.lockout.charge(&self.model.policy, self.phone.now());
        let id = match charged {
            Err(refused) => {
                prop_assert_eq!(refused, gate);
                prop_assert!(!is_ready(gate));
                prop_assert_eq!(&self.lockout, &before, "a refusal changes nothing");
                return Ok(None);
            }
            Ok(id) => id,
        };
        prop_assert!(is_ready(gate));
        prop_assert!(self.model.tries.iter().all(|tried| tried.id != id), "a try is named once");
        if let Some(waiting) = self.model.waiting.as_ref().filter(|waiting| !waiting.sees_false_restart(&self.phone)) {
            let really_passed_ms = self.phone.passed_ms - waiting.begun_ms;
            prop_assert!(really_passed_ms >= waiting.full_ms, "{} of {} ms waited", really_passed_ms, waiting.full_ms);
        }
        self.model.charge(id, &self.phone);
        if let Some(limit) = self.model.policy.per_boot_limit.filter(|_| !self.phone.ever_lied) {
            let run = self.phone.restarts;
            let in_this_run =
                self.model.tries.iter().filter(|tried| tried.run == run && tried.state != TryState::Gone).count();
            prop_assert!(in_this_run <= limit as usize, "{} tries since the phone started", in_this_run);
        }
        Ok(Some(id))
    }

    fn settle(&mut self, id: ChargeId, verdict: Verdict) -> Checked {
        let before = self.lockout.clone();
        let settled = self.lockout.settle(&self.model.policy, id, verdict);
        prop_assert_eq!(settled, self.model.settle(id, verdict));
        if settled.is_none() {
            prop_assert_eq!(&self.lockout, &before);
        }
        Ok(())
    }

    fn open_again(&mut self) -> Checked {
        // A new process knows only what was stored.
        self.lockout = serde_json::from_str(&serde_json::to_string(&self.lockout).unwrap()).unwrap();
        let now = self.phone.now();
        prop_assert_eq!(self.lockout.count_open_as_wrong(now), self.model.open_again(now));
        Ok(())
    }

    fn save_wait(&mut self) -> Checked {
        let expected = self.model.is_worth_saving(&self.phone);
        let before = self.lockout.clone();
        let left_ms = self.unlimited_remaining_ms()?;
        let saved = self.lockout.save_wait(self.phone.now(), SAVE_WHILE_WATCHED_MS);
        prop_assert_eq!(saved, expected.unwrap_or(saved));
        if let Some(waiting) = self.model.waiting.as_mut().filter(|_| saved) {
            waiting.saw_false_restart = waiting.sees_false_restart(&self.phone);
            waiting.saved_restarts = self.phone.restarts;
            waiting.saved_left_ms = left_ms;
            waiting.saved_at_ms = self.phone.passed_ms;
            waiting.saved_reading = self.phone.now();
            waiting.saved_disturbed = self.phone.disturbed;
        } else {
            prop_assert_eq!(&self.lockout, &before);
        }
        Ok(())
    }

    /// What is left of the wait, under the same policy without its stops.
    fn unlimited_remaining_ms(&self) -> Checked<u64> {
        let policy = LockoutPolicy { lock_at: None, wipe_at: None, per_boot_limit: None, ..self.model.policy.clone() };
        let remaining_ms = match self.lockout.evaluate(&policy, self.phone.now()) {
            AttemptGate::CoolingDown { remaining_ms, tries_left } => {
                prop_assert!(remaining_ms > 0 && tries_left.is_none());
                remaining_ms
            }
            AttemptGate::Ready { .. } | AttemptGate::TooManyAtOnce => 0,
            other => return Err(TestCaseError::fail(format!("{other:?} without a limit"))),
        };
        Ok(remaining_ms)
    }

    fn remaining_ms(&self) -> Checked<u64> {
        let remaining_ms = self.unlimited_remaining_ms()?;
        match self.model.left(&self.phone) {
            Left::Exactly(expected) => prop_assert_eq!(remaining_ms, expected),
            Left::Within(bounds) => {
                prop_assert!(bounds.contains(&remaining_ms), "{} is not in {:?}", remaining_ms, bounds)
            }
        }
        Ok(remaining_ms)
    }

    fn check_gate(&self) -> Checked<AttemptGate> {
        let now = self.phone.now();
        let gate = self.lockout.evaluate(&self.model.policy, now);
        prop_assert_eq!(gate, self.model.gate(now, self.remaining_ms()?));
        Ok(gate)
    }

    fn check(&self) -> Checked {
        self.check_gate()?;
        prop_assert_eq!(self.lockout.failures(), self.model.failures());
        prop_assert!(self.lockout.is_in_range());
        Ok(())
    }

    /// Whatever happened before: after it is saved, the wait ends exactly after the time that it says is left, to the
    /// millisecond.
    fn check_that_the_wait_ends(&mut self) -> Checked {
        self.save_wait()?;
        let remaining_ms = self.remaining_ms()?;
        if let Some(nearly_ms) = remaining_ms.checked_sub(1) {
            self.phone.pass(nearly_ms);
            prop_assert_eq!(self.unlimited_remaining_ms()?, 1);
            self.phone.pass(1);
        }
        prop_assert_eq!(self.unlimited_remaining_ms()?, 0);
        self.check()
    }
}

fn is_ready(gate: AttemptGate) -> bool {
    matches!(gate, AttemptGate::Ready { .. })
}

fn any_verdict() -> impl Strategy<Value = Verdict> {
    prop_oneof![
        4 => Just(Verdict::Wrong),
        1 => Just(Verdict::Right),
        1 => Just(Verdict::Duplicate),
        2 => Just(Verdict::None),
    ]
}

fn any_span_ms() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..3, 1_000_u64..200_000, Just(59_999_u64), Just(60_000_u64), 0_u64..100_000_000]
}

fn any_op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => Just(Op::Charge),
        8 => (0_usize..6, any_verdict()).prop_map(|(back, verdict)| Op::Settle(back, verdict)),
        1 => (any::<u64>(), any_verdict()).prop_map(|(number, verdict)| Op::SettleBogus(number, verdict)),
        10 => any_verdict().prop_map(Op::Try),
        6 => any_span_ms().prop_map(Op::Pass),
        3 => Just(Op::PassNearlyAll),
        10 => Just(Op::PassAll),
        3 => any_span_ms().prop_map(|up_ms| Op::Restart { up_ms }),
        1 => (0_u32..4, any_span_ms()).prop_map(|(boots, up_ms)| Op::RestartCountedAs { boots, up_ms }),
        2 => any_span_ms().prop_map(Op::SinceBootBackwards),
        1 => (0_u32..3).prop_map(Op::BootCountLies),
        2 => any::<bool>().prop_map(Op::BootCountUnreadable),
        1 => any::<i64>().prop_map(Op::WallClock),
        5 => Just(Op::SaveWait),
        2 => Just(Op::Kill),
        2 => Just(Op::NoteRefusal),
    ]
}

fn any_wait_s() -> impl Strategy<Value = u64> {
    prop_oneof![1_u64..5, 30_u64..200, Just(43_200_u64)]
}

prop_compose! {
    fn random_policy()(
        steps in prop::collection::vec((0_u32..3, 0_u32..4, any_wait_s()), 0..5),
        endless: bool,
        lock_at in prop::option::of(1_u32..15),
        wipe_at in prop::option::weighted(0.3, 1_u32..10),
        per_boot_limit in prop::option::weighted(0.4, 1_u32..6),
        no_verdict_budget in 0_u32..4,
    ) -> LockoutPolicy {
        let mut next = 1;
        let mut cooldowns = Vec::new();
        for (gap, further, wait_s) in steps {
            let from = next + gap;
            next = from + further + 1;
            cooldowns.push(Cooldown { from, to: Some(from + further), wait_s });
        }
        if let Some(last) = cooldowns.last_mut().filter(|_| endless) {
            last.to = None;
        }
        let (duplicate_window_s, duplicate_memory) = (0, 0);
        LockoutPolicy {
            cooldowns, lock_at, wipe_at, per_boot_limit, duplicate_window_s, duplicate_memory, no_verdict_budget,
        }
    }
}

fn any_policy() -> impl Strategy<Value = LockoutPolicy> {
    let preset = prop::sample::select(presets::NAMES.to_vec()).prop_map(|name| Policy::preset(name).unwrap().lockout);
    prop_oneof![2 => random_policy(), 1 => preset]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn the_lock_does_as_its_model(policy in any_policy(), ops in prop::collection::vec(any_op(), 1..60)) {
        let mut world = World::new(policy);
        for op in &ops {
            world.play(op)?;
        }
        world.check_that_the_wait_ends()?;
    }
}
