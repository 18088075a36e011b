//! Measures two classes in random order, and judges the result.

use std::io::Write;
use std::sync::{Mutex, PoisonError};

use super::welch::test;
use crate::seed::Dice;

/// The |t| above which dudect says 'definitely not constant time'.
const LEAK: f64 = 10.0;
/// How often in a row a difference must show, with the same sign and in new wallets each time, before it counts as a
/// leak. One run proves little on a busy machine, or where the address of some object matters.
const TIMES: usize = 3;

/// Which of the two kinds of secret a sample uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Class {
    A,
    B,
}

/// Performs one sample and returns its times in nanoseconds.
pub(super) type Sample<'a, const N: usize> = Box<dyn FnMut(Class, &mut Dice) -> [f64; N] + 'a>;

/// The number of samples in a measurement. `WALLETLOCK_SAMPLES` overrides it.
pub(super) fn samples(unless_told: usize) -> usize {
    std::env::var("WALLETLOCK_SAMPLES").map_or(unless_told, |samples| samples.parse().expect("a number"))
}

/// Measures, and returns the t of each label. Only one measurement runs at a time.
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
        // The first samples, a tenth as many as counted, are a warm-up.
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

/// Fails if the classes differ in `TIMES` measurements in a row, each time in the same direction. `prepare` makes new
/// wallets for each measurement.
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

/// The control: fails unless the classes clearly differ.
pub(super) fn assert_differs<const N: usize>(name: &str, labels: [&str; N], samples: usize, sample: Sample<'_, N>) {
    let mut dice = Dice::of(&format!("timing, {name}"));
    let ts = measure(name, labels, samples, &mut dice, sample);
    assert!(ts.iter().all(|t| t.abs() > LEAK), "{name}: this test would not see a leak: {ts:?}");
}
