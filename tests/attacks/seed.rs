//! The seed of this run. It is always the same unless `WALLETLOCK_SEED` sets another, so that a failure means a change
//! and not chance.

use std::io::Write;

use walletlock_core::platform::testing::TestRng;

const DEFAULT: u64 = 20_261;

/// Draws random digits and PINs.
pub(crate) struct Dice(TestRng);

impl Dice {
    /// The dice of one test, independent of those of other tests. Prints the seed.
    pub(crate) fn of(test: &str) -> Self {
        let seed = std::env::var("WALLETLOCK_SEED").map_or(DEFAULT, |seed| seed.parse().expect("a number"));
        writeln!(std::io::stderr(), "{test}: WALLETLOCK_SEED={seed}").expect("standard error");
        Self(TestRng::new(test.bytes().fold(seed, |seed, byte| seed.wrapping_mul(257).wrapping_add(byte.into()))))
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0.draw()
    }

    /// A decimal digit, as a value.
    pub(crate) fn digit(&mut self) -> u8 {
        (self.roll() % 10) as u8
    }

    /// `N` random digits.
    pub(crate) fn digits<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.digit())
    }

    /// A random PIN of this length.
    pub(crate) fn pin(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.digit()).collect()
    }
}
