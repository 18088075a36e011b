//! Chance that can be played again: the same seed, the same run.

/// A stream of numbers that its seed names: SplitMix64 (Steele, Lea, Flood 2014). Good enough to tell two lives apart, and no more.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    /// The stream that `seed` names.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for each of many runs of one seed.
    pub fn nth(seed: u64, nth: u64) -> Self {
        let mut chance = Self(seed ^ nth.wrapping_mul(0xd605_bbb5_8c8a_bbc9));
        chance.draw();
        chance
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to `bound - 1`; 0 below 1. The bias of a remainder is far below what any check here could notice.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound.max(1) as u64) as usize
    }

    /// Whether it is the one in so many.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these, of which there must be one.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        match from.get(self.below(from.len())) {
            Some(picked) => *picked,
            None => unreachable!("there is something to pick from"),
        }
    }

    /// Noise for all of the bytes.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.iter_mut().zip(self.draw().to_le_bytes()).for_each(|(to, from)| *to = from);
        }
    }
}
