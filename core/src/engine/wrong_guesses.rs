//! The wrong PINs of the last minutes, so that typing the same wrong PIN again costs no try. They are kept in memory
//! only, as keyed MACs: a database never reveals what was guessed.

use std::collections::VecDeque;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::crypto::{Random, hmac_sha256};
use crate::policy::LockoutPolicy;
use crate::time::{Lease, Now};

pub(crate) struct WrongGuesses {
    key: Zeroizing<[u8; 32]>,
    recent: VecDeque<(Zeroizing<[u8; 32]>, Lease)>,
}

impl WrongGuesses {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self { key: random.bytes(), recent: VecDeque::new() }
    }

    /// Whether the PIN of this Argon2id output was settled as wrong within the policy's window.
    pub(crate) fn contains(&self, kdf_output: &[u8; 32], now: Now) -> bool {
        let tag = self.tag(kdf_output);
        let live = self.recent.iter().filter(|(_, lease)| lease.is_live(now));
        live.fold(false, |found, (known, _)| found | bool::from(known.ct_eq(tag.as_slice())))
    }

    /// Remembers a PIN settled as wrong.
    pub(crate) fn add(&mut self, policy: &LockoutPolicy, kdf_output: &[u8; 32], now: Now) {
        let window = Lease::start(u64::from(policy.duplicate_window_s) * 1000, now);
        self.recent.push_back((self.tag(kdf_output), window));
        while self.recent.len() > policy.duplicate_memory as usize {
            self.recent.pop_front();
        }
    }

    /// Forgets all of them.
    pub(crate) fn clear(&mut self) {
        self.recent.clear();
    }

    fn tag(&self, kdf_output: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        hmac_sha256(self.key.as_slice(), &[kdf_output])
    }
}
