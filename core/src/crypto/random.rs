//! Randomness drawn in advance: the platform is asked once, at the top of a call, so that no callback runs inside a
//! transaction.

use std::convert::Infallible;

use hpke::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use super::hmac_sha256;
use crate::error::PlatformFault;

/// A stream of random bytes, stretched from a seed of 32 bytes from the platform: HMAC-SHA256 of a counter, with the
/// seed as key. It serves one call, and its seed is wiped when it is dropped.
pub(crate) struct Random {
    seed: Zeroizing<[u8; 32]>,
    blocks: u64,
}

impl Random {
    /// Draws the seed with `fill`, the platform's source.
    pub(crate) fn draw(fill: impl FnOnce(&mut [u8]) -> Result<(), PlatformFault>) -> Result<Self, PlatformFault> {
        let mut seed = Zeroizing::new([0; 32]);
        fill(seed.as_mut_slice())?;
        // A source that writes nothing leaves the seed at zero, and then every key could be guessed.
        if seed.iter().all(|byte| *byte == 0) {
            return Err(PlatformFault);
        }
        Ok(Self { seed, blocks: 0 })
    }

    /// `N` random bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> Zeroizing<[u8; N]> {
        let mut bytes = Zeroizing::new([0; N]);
        self.fill(bytes.as_mut_slice());
        bytes
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let block = hmac_sha256(self.seed.as_slice(), &[b"walletlock v1 random", &self.blocks.to_be_bytes()]);
            chunk.iter_mut().zip(block.iter()).for_each(|(to, from)| *to = *from);
            self.blocks += 1;
        }
    }
}

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(*self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(*self.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Random {}
