//! The seed of this run: always the same one unless `WALLETLOCK_SEED` chooses another, so that a red run means a change and not luck.

use std::io::Write;

use walletlock_core::platform::testing::Chance;

const DEFAULT: u64 = 20_261;

/// Digits and PINs.
pub(crate) struct Dice(Chance);

impl Dice {
    /// For one test, apart from those of the others. Says which seed it is.
    pub(crate) fn of(test: &str) -> Self {
        let seed = std::env::var("WALLETLOCK_SEED").map_or(DEFAULT, |seed| seed.parse().expect("a number"));
        writeln!(std::io::stderr(), "{test}: WALLETLOCK_SEED={seed}").expect("standard error");
        Self(Chance::new(test.bytes().fold(seed, |seed, byte| seed.wrapping_mul(257).wrapping_add(byte.into()))))
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0.draw()
    }

    /// A decimal digit, as a value.
    pub(crate) fn digit(&mut self) -> u8 {
        (self.roll() % 10) as u8
    }

    /// So many of them.
    pub(crate) fn digits<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.digit())
    }

    /// A PIN of this length.
    pub(crate) fn pin(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.digit()).collect()
    }
}
