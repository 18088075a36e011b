//! Measures two things by turns: A B A B … Noise hits both alike, so the ratio of a pair says more than either time.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::Result;

/// The result of all pairs of one figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) pairs: usize,
}

/// A ratio, and the median times behind it.
pub(crate) struct Ratio {
    pub(crate) figure: Figure,
    pub(crate) ours_ms: f64,
    pub(crate) theirs_ms: f64,
}

impl Figure {
    /// `values` must not be empty.
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        let last = values.len().saturating_sub(1);
        Self { median: (at(last / 2) + at(last.div_ceil(2))) / 2.0, min: at(0), max: at(last), pairs: values.len() }
    }
}

/// Pairs of times: ours, and the one that it is compared with.
#[derive(Default)]
pub(crate) struct Pairs(Vec<(Duration, Duration)>);

impl Pairs {
    pub(crate) fn add(&mut self, ours: Duration, theirs: Duration) {
        self.0.push((ours, theirs));
    }

    pub(crate) fn ratio(&self) -> Ratio {
        let median_ms = |of: fn(&(Duration, Duration)) -> Duration| {
            Figure::of(self.0.iter().map(|pair| of(pair).as_secs_f64() * 1e3).collect()).median
        };
        Ratio {
            figure: Figure::of(self.0.iter().map(|(ours, theirs)| ours.as_secs_f64() / theirs.as_secs_f64()).collect()),
            ours_ms: median_ms(|pair| pair.0),
            theirs_ms: median_ms(|pair| pair.1),
        }
    }
}

/// Measures by turns. The first pair is a warm-up and does not count.
pub(crate) fn paired(
    pairs: usize,
    mut ours: impl FnMut() -> Result<Duration>,
    mut theirs: impl FnMut() -> Result<Duration>,
) -> Result<Ratio> {
    let mut measured = Pairs::default();
    for pair in 0..=pairs {
        let (ours, theirs) = (ours()?, theirs()?);
        if pair > 0 {
            measured.add(ours, theirs);
        }
    }
    Ok(measured.ratio())
}

/// The time that `work` takes, including the drop of its result.
pub(crate) fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let begin = Instant::now();
    drop(black_box(work()?));
    Ok(begin.elapsed())
}
