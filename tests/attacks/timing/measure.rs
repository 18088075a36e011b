//! Measuring two classes in random order, and what is made of the result.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::welch::test;
use crate::seed::Dice;

/// dudect's 'definitely not constant time'.
const LEAK: f64 = 10.0;
/// So often a suspicion must come up, each time with the same sign and in new wallets, before it is a leak: on a busy machine, and where
/// it matters which address something happens to lie at, one run says little.
const TIMES: usize = 3;

/// Which of two secrets it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    A,
    B,
}

/// Performs one sample and returns its times in nanoseconds.
pub(super) type Sample<'a, const N: usize> = Box<dyn FnMut(Class, &mut Dice) -> [f64; N] + 'a>;

/// How many samples a measurement has. `WALLETLOCK_SAMPLES` says otherwise.
pub(super) fn samples(unless_told: usize) -> usize {
    std::env::var("WALLETLOCK_SAMPLES").map_or(unless_told, |samples| samples.parse().expect("a number"))
}

/// The t of each of the times. One measurement at a time.
pub(super) fn measure<const N: usize>(
    name: &str,
    labels: [&str; N],
    samples: usize,
    dice: &mut Dice,
    mut sample: Sample<'_, N>,
) -> [f64; N] {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut times: [[Vec<f64>; 2]; N] = std::array::from_fn(|_| [Vec::new(), Vec::new()]);
    for nth in 0..samples + samples / 10 {
        let class = if dice.roll().is_multiple_of(2) { Class::A } else { Class::B };
        let taken = sample(class, dice);
        // The first tenth warms up.
        if nth >= samples / 10 {
            times.iter_mut().zip(taken).for_each(|(times, taken)| times[class as usize].push(taken));
        }
    }
    let tests = times.each_ref().map(test);
    for ((label, test), times) in labels.iter().zip(tests).zip(&times) {
        let mean = times.iter().flatten().sum::<f64>() / samples as f64;
        writeln!(
            std::io::stderr(),
            "timing, {name}, {label}: t = {:.1} ({samples} samples of {:.1} us; a leak shows from {:.2} % on)",
            test.t,
            mean / 1000.0,
            LEAK * test.error / mean * 100.0
        )
        .expect("standard error");
    }
    tests.map(|test| test.t)
}

/// Fails if the classes differ, and again, and again, in the same direction. `prepare` makes everything anew each time.
pub(super) fn assert_alike<'a, const N: usize>(
    name: &str,
    labels: [&str; N],
    samples: usize,
    mut prepare: impl FnMut(&mut Dice) -> Sample<'a, N>,
) {
    let mut dice = Dice::of(&format!("timing, {name}"));
    let mut seen: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for time in 0..TIMES {
        let sample = prepare(&mut dice);
        let ts = measure(name, labels, samples, &mut dice, sample);
        seen.iter_mut().zip(ts).for_each(|(seen, t)| seen.push(t));
        let suspected =
            |seen: &Vec<f64>| seen.iter().all(|t| t.abs() > LEAK && t.is_sign_positive() == seen[0].is_sign_positive());
        let suspected: Vec<_> = labels.iter().zip(&seen).filter(|(_, seen)| suspected(seen)).collect();
        if suspected.is_empty() {
            return;
        }
        assert!(time + 1 < TIMES, "{name} shows in time: {suspected:?}");
    }
}

/// Fails unless the difference is plain: the control.
pub(super) fn assert_differs<const N: usize>(name: &str, labels: [&str; N], samples: usize, sample: Sample<'_, N>) {
    let mut dice = Dice::of(&format!("timing, {name}"));
    let ts = measure(name, labels, samples, &mut dice, sample);
    assert!(ts.iter().all(|t| t.abs() > LEAK), "{name}: this test would not see a leak: {ts:?}");
}
