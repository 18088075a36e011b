//! Which codes count, and how often one may try, on phones whose clocks are right and on phones whose clocks are not.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::totp::tests::{code_of, rfc_secret};
use super::*;
use crate::time::{SAVE_BEFORE_POWER_OFF_MS, SAVE_WHILE_WATCHED_MS};

const DAY_MS: u64 = 24 * HOUR_MS;
/// In 2026, ten seconds into a step.
const SET_UP_MS: u64 = 1_780_000_000_000 / STEP_MS * STEP_MS + 10_000;
/// In January 2038.
const YEAR_2038_MS: u64 = 2_147_480_000_000;

/// A phone with an authenticator, which was set up at `SET_UP_MS` by a right clock.
#[derive(Clone, Debug)]
struct Phone {
    /// What time it really is.
    true_ms: u64,
    wall_ms: i64,
    up_ms: u64,
    boot: Option<u32>,
    authenticator: Authenticator,
}

impl Phone {
    fn new() -> Self {
        let now = Now { boot: Some(1), since_boot_ms: HOUR_MS, wall_ms: SET_UP_MS as i64 };
        let authenticator = Authenticator::new(rfc_secret(), SET_UP_MS / STEP_MS, now);
        Self { true_ms: SET_UP_MS, wall_ms: now.wall_ms, up_ms: HOUR_MS, boot: now.boot, authenticator }
    }

    fn now(&self) -> Now {
        Now { boot: self.boot, since_boot_ms: self.up_ms, wall_ms: self.wall_ms }
    }

    /// The step that the wall clock shows.
    fn step(&self) -> u64 {
        self.wall_ms as u64 / STEP_MS
    }

    fn pass(&mut self, ms: u64) {
        self.true_ms += ms;
        self.up_ms += ms;
        self.wall_ms += ms as i64;
    }

    /// The phone is off for `off_ms`, and has then been up for `up_ms`.
    fn restart(&mut self, off_ms: u64, up_ms: u64) {
        self.pass(off_ms + up_ms);
        self.up_ms = up_ms;
        self.boot = self.boot.map(|boot| boot + 1);
    }

    fn set_wall(&mut self, ms: u64) {
        self.wall_ms = ms as i64;
    }

    fn set_wall_right(&mut self) {
        self.set_wall(self.true_ms);
    }

    /// Types the code of a step. Whether it was accepted.
    fn enter(&mut self, step: u64) -> bool {
        let code = code_of(&rfc_secret(), step);
        let judged = self.authenticator.judge(&code, self.now());
        judged.is_some_and(|step| self.authenticator.accept(CodeUse::Session, step, self.now()))
    }

    /// Types the code that the wall clock's step has.
    fn enter_present(&mut self) -> bool {
        self.enter(self.step())
    }

    /// Sets the wall clock to a step and types its code.
    fn replay(&mut self, step: u64) -> bool {
        self.set_wall(step * STEP_MS);
        self.enter(step)
    }
}

#[test]
fn the_steps_beside_the_present_one_fit_and_others_do_not() {
    let phone = Phone::new();
    for (offset, fits) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let step = phone.step().saturating_add_signed(offset);
        let code = code_of(&rfc_secret(), step);
        assert_eq!(step_of(&rfc_secret(), &code, phone.now()), fits.then_some(step), "{offset}");
        let mut later = phone.clone();
        later.pass(HOUR_MS);
        assert_eq!(later.enter(later.step().saturating_add_signed(offset)), fits, "{offset}");
    }
    for wall_ms in [-1, 0, i64::MIN, i64::MAX] {
        let now = Now { wall_ms, ..phone.now() };
        assert_eq!(step_of(&rfc_secret(), &code_of(&rfc_secret(), 0), now), None, "{wall_ms}");
    }
}

#[test]
fn each_code_counts_once_and_only_newer_ones_after_it() {
    let mut phone = Phone::new();
    assert!(!phone.enter_present(), "it confirmed the authenticator");
    phone.pass(STEP_MS);
    let step = phone.step();
    assert!(!phone.enter(step - 1));
    assert!(phone.enter(step + 1));
    for used_up in [step + 1, step, step - 1] {
        assert!(!phone.enter(used_up));
    }
    phone.pass(STEP_MS);
    assert!(!phone.enter_present());
    assert!(phone.enter(step + 2));
}

#[test]
fn a_code_that_two_tries_were_judged_right_with_counts_for_one() {
    let mut phone = Phone::new();
    phone.pass(HOUR_MS);
    let code = code_of(&rfc_secret(), phone.step());
    let [first, second] = [(); 2].map(|()| phone.authenticator.judge(&code, phone.now()).expect("right"));
    assert!(phone.authenticator.accept(CodeUse::Session, first, phone.now()));
    let before = phone.authenticator.clone();
    assert!(!phone.authenticator.accept(CodeUse::Session, second, phone.now()));
    assert_eq!(phone.authenticator, before);
}

#[test]
fn a_wall_clock_set_back_brings_no_code_back() {
    let mut phone = Phone::new();
    phone.pass(HOUR_MS);
    let seen_before = phone.step();
    phone.pass(HOUR_MS);
    let used = phone.step();
    assert!(phone.enter(used));
    phone.pass(HOUR_MS);
    let seen_since = phone.step();
    phone.pass(HOUR_MS);
    for step in [seen_before, used, seen_since] {
        assert!(!phone.clone().replay(step), "in the same boot");
    }
    phone.restart(0, 2 * HOUR_MS);
    for step in [seen_before, used, seen_since] {
        assert!(!phone.clone().replay(step), "after a restart, long up");
    }
    phone.restart(DAY_MS, 1_000);
    for step in [seen_before, used] {
        assert!(!phone.clone().replay(step), "after a restart, just now");
    }
    phone.set_wall_right();
    assert!(phone.enter_present());
    assert!(!phone.replay(seen_since), "a code accepted after it ends it for good");
}

#[test]
fn a_visit_to_2038_within_one_boot_costs_nothing() {
    for codes in [0, 1, 2, 20] {
        let mut phone = Phone::new();
        phone.pass(DAY_MS);
        phone.set_wall(YEAR_2038_MS);
        for _ in 0..codes {
            phone.pass(STEP_MS);
            assert!(phone.enter_present());
        }
        let last = phone.step();
        phone.set_wall_right();
        phone.pass(STEP_MS);
        assert!(phone.enter_present(), "the next code, after {codes}");
        assert!((0..codes).all(|back| !phone.clone().replay(last - back)), "none of the {codes} counts again");
    }
}

#[test]
fn a_visit_to_2038_across_a_restart_costs_a_month_at_most() {
    for codes in [1, 2, 20] {
        let mut phone = Phone::new();
        phone.set_wall(YEAR_2038_MS);
        phone.restart(0, MINUTE_MS);
        for _ in 0..codes {
            phone.pass(HOUR_MS);
            assert!(phone.enter_present());
        }
        let last = phone.step();
        phone.set_wall_right();
        phone.pass(31 * DAY_MS + 2 * STEP_MS);
        // A phone that is never switched off. Its time since boot proves every hour, and must not hold the codes off.
        assert!(phone.clone().enter_present(), "after {codes}");
        phone.restart(0, MINUTE_MS);
        assert!(phone.enter_present(), "after {codes}, and a restart");
        assert!((0..codes).all(|back| !phone.clone().replay(last - back * HOUR_MS / STEP_MS)), "{codes}");
    }
}

/// A code is typed at once, or when the next one is shown already; the authenticator's clock may be a step off.
#[test]
fn an_honest_owner_is_never_refused() {
    const HABITS: [(&str, [i64; 2]); 3] = [("right", [0, -1]), ("a step ahead", [1, 0]), ("a step behind", [-1, -1])];
    // Hours off each night; parts per million by which time since boot runs fast; days between two codes.
    for (off_h, ppm, every_days) in
        [(0, 0, 1), (8, 0, 1), (8, 100, 1), (0, 100, 1), (0, -100, 1), (0, 100, 90), (8, -100, 90), (23, 0, 30)]
    {
        for (clock, offsets) in HABITS {
            let mut phone = Phone::new();
            for day in 1..=365_u64 {
                let on_ms = (24 - off_h) * HOUR_MS + 777;
                if off_h > 0 {
                    phone.restart(off_h * HOUR_MS, 0);
                }
                phone.pass(on_ms);
                phone.up_ms = phone.up_ms.saturating_add_signed(on_ms as i64 * ppm / 1_000_000);
                if day % every_days == 0 {
                    let step = phone.step().saturating_add_signed(offsets[day as usize % 2]);
                    assert!(phone.enter(step), "day {day}, {off_h} h off, {ppm} ppm, its clock is {clock}");
                }
            }
        }
    }
}

#[test]
fn codes_typed_one_after_the_other_all_count() {
    let mut phone = Phone::new();
    for _ in 0..200 {
        phone.pass(STEP_MS);
        assert!(phone.enter_present());
    }
}

/// RECOVERY_NOTES: five wrong ones 15 minutes, twenty a day, doubling to a week.
#[test]
fn waits_grow_and_never_become_endless() {
    let mut phone = Phone::new();
    let table = [(5, 15), (10, 15), (15, 15), (20, 24 * 60), (25, 48 * 60), (30, 96 * 60), (35, 168 * 60)];
    let rest = (8..40).map(|fives| (fives * 5, 168 * 60));
    for (wrong, minutes) in table.into_iter().chain(rest) {
        for left in (1..=5).rev() {
            assert_eq!(phone.authenticator.tries_left(CodeUse::Session), left);
            assert_eq!(phone.authenticator.charge(CodeUse::Session, phone.now()), Ok(()), "{wrong}");
        }
        let left_ms = minutes * MINUTE_MS;
        assert_eq!(
            phone.authenticator.admits(CodeUse::Session, phone.now()),
            Err(WaitLeft { left_ms }),
            "after {wrong}"
        );
        let before = phone.authenticator.clone();
        assert_eq!(phone.authenticator.charge(CodeUse::Session, phone.now()), Err(WaitLeft { left_ms }));
        assert_eq!(phone.authenticator, before, "nothing is charged while a wait runs");
        phone.pass(left_ms - 1);
        assert_eq!(phone.authenticator.admits(CodeUse::Session, phone.now()), Err(WaitLeft { left_ms: 1 }));
        phone.pass(1);
        assert_eq!(phone.authenticator.admits(CodeUse::Session, phone.now()), Ok(()));
    }
    phone.authenticator.guesses[1].wrong = u32::MAX;
    assert_eq!(phone.authenticator.charge(CodeUse::Session, phone.now()), Ok(()), "counting does not overflow");
    assert_eq!(phone.authenticator.guesses[1].wrong, u32::MAX);
}

#[test]
fn a_right_code_clears_the_count_and_the_wait_of_its_own_charge() {
    let mut phone = Phone::new();
    for _ in 0..5 {
        phone.authenticator.charge(CodeUse::Session, phone.now()).expect("no wait");
    }
    phone.pass(10_000 + STEP_MS);
    let right = code_of(&rfc_secret(), phone.step());
    let mut wrong = right;
    wrong[5] = (wrong[5] + 5) % 10;
    assert_eq!(phone.authenticator.judge(&wrong, phone.now()), None);
    assert!(phone.enter_present(), "the fifth was this one");
    assert_eq!(
        (phone.authenticator.admits(CodeUse::Session, phone.now()), phone.authenticator.tries_left(CodeUse::Session)),
        (Ok(()), 5)
    );
    assert_eq!(phone.authenticator.saved_waits(), [None, None]);
}

#[test]
fn a_wait_that_was_saved_goes_on_after_a_restart() {
    let mut phone = Phone::new();
    assert!(!phone.authenticator.save_waits(phone.now(), 0), "none runs");
    for _ in 0..5 {
        phone.authenticator.charge(CodeUse::Session, phone.now()).expect("no wait");
    }
    phone.pass(5 * MINUTE_MS);
    assert!(phone.authenticator.save_waits(phone.now(), SAVE_WHILE_WATCHED_MS));
    assert!(!phone.authenticator.save_waits(phone.now(), SAVE_BEFORE_POWER_OFF_MS), "just saved");
    assert_eq!(phone.authenticator.saved_waits(), [None, Some(Wait::start(10 * MINUTE_MS, phone.now()))]);
    phone.restart(DAY_MS, MINUTE_MS);
    phone.set_wall(YEAR_2038_MS);
    let left_ms = 9 * MINUTE_MS;
    assert_eq!(
        phone.authenticator.admits(CodeUse::Session, phone.now()),
        Err(WaitLeft { left_ms }),
        "only time since boot counts"
    );
}

#[test]
fn it_survives_the_record_and_prints_no_secret() {
    let mut phone = Phone::new();
    phone.set_wall(YEAR_2038_MS);
    assert!(phone.enter_present());
    phone.authenticator.charge(CodeUse::Session, phone.now()).expect("no wait");
    let json = serde_json::to_value(&phone.authenticator).expect("JSON");
    assert_eq!(serde_json::from_value::<Authenticator>(json.clone()).expect("the same"), phone.authenticator);
    for place in ["", "/base", "/used/0"] {
        let mut more = json.clone();
        more.pointer_mut(place).expect("an object")["more"] = 1.into();
        assert!(serde_json::from_value::<Authenticator>(more).is_err(), "{place}: unknown field");
    }
    let printed = format!("{:?}", phone.authenticator);
    assert!(printed.contains("Secret(redacted)"), "{printed}");
    assert!(!printed.contains("3132") && !printed.contains("49, 50") && !printed.contains("GEZD"), "{printed}");
}

#[test]
fn what_the_record_could_not_hold_is_out_of_range() {
    let authenticator = || Phone::new().authenticator;
    assert!(authenticator().is_in_range());
    let steps = |from, to| Steps { from, to };
    let many = (0..9).map(|at| steps(at * 2, at * 2)).collect::<Vec<_>>();
    let base = authenticator().base;
    for (used, base, is_in_range) in [
        (many[..8].to_vec(), base, true),
        (many, base, false),
        (vec![steps(5, 4)], base, false),
        (vec![steps(1, 4), steps(4, 5)], base, false),
        (vec![steps(1, 1 << 62)], base, false),
        (vec![], Base { likely_ms: 1 << 62, ..base }, false),
        (vec![], Base { likely_ms: base.certain_ms - 1, ..base }, false),
    ] {
        let changed = Authenticator { used: used.clone(), base, ..authenticator() };
        assert_eq!(changed.is_in_range(), is_in_range, "{used:?}, {base:?}");
    }
}

#[derive(Clone, Debug)]
enum Happens {
    Pass(u64),
    Restart { off_ms: u64, up_ms: u64 },
    BootCountRaised,
    BootCountUnreadable,
    WallClock(u64),
    WallClockRight,
    WallClockOf { accepted: usize },
    Enter(i64),
    EnterAgain { accepted: usize },
}

fn happens() -> impl Strategy<Value = Happens> {
    let times = prop_oneof![
        SET_UP_MS - DAY_MS..SET_UP_MS + DAY_MS,
        YEAR_2038_MS - 20 * STEP_MS..YEAR_2038_MS,
        SET_UP_MS - 40 * 365 * DAY_MS..SET_UP_MS + 40 * 365 * DAY_MS,
    ];
    let spans = || prop_oneof![0..4 * STEP_MS, 0..DAY_MS, 0..60 * DAY_MS];
    prop_oneof![
        3 => spans().prop_map(Happens::Pass),
        1 => (spans(), spans()).prop_map(|(off_ms, up_ms)| Happens::Restart { off_ms, up_ms }),
        1 => Just(Happens::BootCountRaised),
        1 => Just(Happens::BootCountUnreadable),
        2 => times.prop_map(Happens::WallClock),
        2 => Just(Happens::WallClockRight),
        2 => (0..30_usize).prop_map(|accepted| Happens::WallClockOf { accepted }),
        8 => (-2..=2_i64).prop_map(Happens::Enter),
        4 => (0..30_usize).prop_map(|accepted| Happens::EnterAgain { accepted }),
    ]
}

proptest! {
    /// Whatever happens to the clocks: no step is accepted twice, and nothing ends the authenticator. Each accepted
    /// code may put the true time off by a month at most.
    #[test]
    fn no_code_counts_twice_and_the_right_time_always_comes_back(
        history in prop::collection::vec(happens(), 0..120),
    ) {
        let mut phone = Phone::new();
        let mut accepted: Vec<u64> = vec![phone.step()];
        for event in history {
            match event {
                Happens::Pass(ms) => phone.pass(ms),
                Happens::Restart { off_ms, up_ms } => phone.restart(off_ms, up_ms),
                Happens::BootCountRaised => phone.boot = phone.boot.map(|boot| boot + 1),
                Happens::BootCountUnreadable => phone.boot = if phone.boot.is_some() { None } else { Some(500) },
                Happens::WallClock(ms) => phone.set_wall(ms),
                Happens::WallClockRight => phone.set_wall_right(),
                Happens::WallClockOf { accepted: at } => {
                    if let Some(step) = accepted.get(at) {
                        phone.set_wall(step * STEP_MS);
                    }
                }
                Happens::Enter(offset) => {
                    let step = phone.step().saturating_add_signed(offset);
                    if phone.enter(step) {
                        prop_assert!(!accepted.contains(&step), "step {step} was accepted before");
                        accepted.push(step);
                    }
                }
                Happens::EnterAgain { accepted: at } => {
                    if let Some(step) = accepted.get(at).copied() {
                        prop_assert!(!phone.replay(step), "step {step} was accepted before");
                    }
                }
            }
            prop_assert!(phone.authenticator.is_in_range());
        }
        let distinct: BTreeSet<_> = accepted.iter().collect();
        prop_assert_eq!(distinct.len(), accepted.len());
        phone.pass(accepted.len() as u64 * 31 * DAY_MS + HOUR_MS);
        phone.set_wall_right();
        // A clock that was ahead may have used up this very step: then the next day's is tried.
        let is_accepted = phone.enter_present() || {
            phone.pass(DAY_MS);
            phone.enter_present()
        };
        prop_assert!(is_accepted);
    }
}
