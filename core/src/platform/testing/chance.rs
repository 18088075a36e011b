//! Random numbers for tests that can be repeated: the same seed gives the same run.

/// A stream of pseudorandom numbers: SplitMix64 (Steele, Lea, Flood 2014). It is good enough to make test runs differ,
/// and not for cryptography.
#[derive(Clone, Debug)]
pub struct TestRng(u64);

impl TestRng {
    /// The stream for `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A separate stream for the `nth` of many runs with one seed.
    pub fn nth(seed: u64, nth: u64) -> Self {
        let mut rng = Self(seed ^ nth.wrapping_mul(0xd605_bbb5_8c8a_bbc9));
        rng.draw();
        rng
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound - 1`; 0 if `bound` is 0. The bias of the remainder is far too small for any check here
    /// to notice.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.draw() % bound.max(1) as u64) as usize
    }

    /// `true` once in `times` calls on average.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One element of `from`, which must not be empty.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        match from.get(self.below(from.len())) {
            Some(picked) => *picked,
            None => unreachable!("there is something to pick from"),
        }
    }

    /// Fills all bytes from the stream.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.iter_mut().zip(self.draw().to_le_bytes()).for_each(|(to, from)| *to = from);
        }
    }
}
