//! Chance that can be played again: the same seed, the same run.

/// A stream of numbers that its seed names.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for each of many runs of one seed.
    pub(crate) fn nth(seed: u64, nth: u64) -> Self {
        let mut chance = Self(seed ^ nth.wrapping_mul(0xd605_bbb5_8c8a_bbc9));
        chance.next();
        chance
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `bound - 1`. The bias of a remainder is far below what any check here could notice.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let noise = self.next().to_le_bytes();
            chunk.copy_from_slice(&noise[..chunk.len()]);
        }
    }
}

/// The seed of this run: `WALLETLOCK_SEED`, or the one that CI always takes, so that a red run means a change and not bad luck.
pub(crate) fn seed() -> u64 {
    number_from("WALLETLOCK_SEED").unwrap_or(20_260_101)
}

/// A number that the environment sets, if it does.
pub(crate) fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.trim().parse().ok()
}
