//! Tells whether two classes of timings differ: Welch's t-test, as dudect uses it (Reparaz, Balasch, Verbauwhede: Dude,
//! is my code constant time? DATE 2017).

/// The percentages of samples to keep. Slow samples are mostly interruptions by the machine. As in dudect, the test is
/// made with all samples and with the slowest left out, and the largest |t| counts.
const KEPT_PERCENT: [usize; 6] = [100, 99, 95, 90, 75, 50];

/// The result of the test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Test {
    /// The t of the largest absolute value. Positive: the second class takes longer.
    pub(super) t: f64,
    /// The difference that would give a t of 1, in the unit of the times: the resolution of the measurement.
    pub(super) error: f64,
}

pub(super) fn test(classes: &[Vec<f64>; 2]) -> Test {
    let mut pooled: Vec<f64> = classes.iter().flatten().copied().collect();
    pooled.sort_by(f64::total_cmp);
    let none = Test { t: 0.0, error: f64::INFINITY };
    KEPT_PERCENT.into_iter().fold(none, |so_far, percent| {
        let longest = pooled[(pooled.len() * percent / 100).max(1) - 1];
        let kept = classes.each_ref().map(|class| Moments::of(class.iter().copied().filter(|time| *time <= longest)));
        let Test { t, error } = welch(&kept);
        Test { t: if t.abs() > so_far.t.abs() { t } else { so_far.t }, error: so_far.error.min(error) }
    })
}

#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    /// Sum of the squared distances from the mean.
    squares: f64,
}

impl Moments {
    /// Welford's algorithm, in one pass.
    fn of(times: impl Iterator<Item = f64>) -> Self {
        times.fold(Self::default(), |so_far, time| {
            let count = so_far.count + 1.0;
            let distance = time - so_far.mean;
            let mean = so_far.mean + distance / count;
            Self { count, mean, squares: so_far.squares + distance * (time - mean) }
        })
    }

    fn squared_error(&self) -> f64 {
        self.squares / (self.count - 1.0) / self.count
    }
}

fn welch([first, second]: &[Moments; 2]) -> Test {
    let error = (first.squared_error() + second.squared_error()).sqrt();
    // If all times are equal, or a class has no samples left, nothing can be said.
    if error > 0.0 {
        Test { t: (second.mean - first.mean) / error, error }
    } else {
        Test { t: 0.0, error: f64::INFINITY }
    }
}

#[test]
fn a_difference_is_seen_and_none_is_not() {
    let class = |from: u32| (0..1000).map(|nth| f64::from(from + nth % 100)).collect::<Vec<_>>();
    assert!(test(&[class(500), class(500)]).t.abs() < 1e-9);
    // By hand: the variance is 833.25 * 1000 / 999 of each, so t = 10 / sqrt(2 * 834.08 / 1000).
    let Test { t, error } = welch(&[class(500), class(510)].map(|class| Moments::of(class.into_iter())));
    assert!((t - 7.7425).abs() < 1e-3 && (t * error - 10.0).abs() < 1e-9, "{t} {error}");
    assert!(test(&[class(520), class(500)]).t < -10.0, "the sign says which takes longer");
    let mut noisy = class(500);
    noisy.extend([1e9; 4]);
    assert!(test(&[noisy, class(520)]).t > 10.0, "a few interruptions hide nothing");
}
