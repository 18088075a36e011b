//! The seed of this run: always the same one unless `WALLETLOCK_SEED` chooses another, so that a red run means a change and not luck.

use std::io::Write;

const DEFAULT: u64 = 20_261;

/// Pseudo-random numbers: SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Dice(u64);

impl Dice {
    /// For one test, apart from those of the others. Says which seed it is.
    pub(crate) fn of(test: &str) -> Self {
        let seed = std::env::var("WALLETLOCK_SEED").map_or(DEFAULT, |seed| seed.parse().expect("a number"));
        writeln!(std::io::stderr(), "{test}: WALLETLOCK_SEED={seed}").expect("standard error");
        Self(test.bytes().fold(seed, |seed, byte| seed.wrapping_mul(257).wrapping_add(byte.into())))
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
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
