//! What a try needs and leaves in memory: Argon2id's memory block, the wrong guesses of the last minutes, and tries
//! that are not settled.

use std::sync::Mutex;

use zeroize::Zeroizing;

use super::lock;
use super::wrong_guesses::WrongGuesses;
use crate::crypto::kdf::{KdfFault, KdfMemory};
use crate::crypto::{KdfCost, Random};
use crate::lockout::ChargeId;
use crate::pin::Pin;
use crate::policy::LockoutPolicy;
use crate::time::Now;

/// What a try needs and leaves in memory.
pub(crate) struct Attempts {
    memory: Mutex<SharedMemory>,
    /// The Argon2id cost that `prepare` chose for the PIN slot. The next right PIN makes the slot anew with it.
    pending_kdf_cost: Mutex<Option<KdfCost>>,
    wrong_guesses: Mutex<WrongGuesses>,
    /// Tries whose settlement could not be written. The next charge counts them as wrong.
    unsettled: Mutex<Vec<ChargeId>>,
}

/// Argon2id's memory, and how many tries have reserved it.
#[derive(Default)]
struct SharedMemory {
    memory: KdfMemory,
    reservations: u32,
    /// Release the memory when the last reservation ends.
    is_released: bool,
}

/// A reservation of Argon2id's memory. While it lives, the memory is not released, so that a charged try can be
/// checked.
pub(crate) struct ReservedMemory<'a>(&'a Attempts);

impl Drop for ReservedMemory<'_> {
    fn drop(&mut self) {
        let mut shared = lock(&self.0.memory);
        shared.reservations = shared.reservations.saturating_sub(1);
        shared.release_if_unused();
    }
}

impl SharedMemory {
    fn release_if_unused(&mut self) {
        if self.reservations == 0 && std::mem::take(&mut self.is_released) {
            self.memory.release();
        }
    }
}

impl Attempts {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            memory: Mutex::default(),
            pending_kdf_cost: Mutex::default(),
            wrong_guesses: Mutex::new(WrongGuesses::new(random)),
            unsettled: Mutex::default(),
        }
    }

    /// Computes Argon2id of the PIN.
    pub(crate) fn derive(&self, pin: &Pin, salt: &[u8], cost: &KdfCost) -> Result<Zeroizing<[u8; 32]>, KdfFault> {
        lock(&self.memory).memory.derive(pin.ascii(), salt, cost)
    }

    /// Reserves the memory for a try of this cost.
    pub(crate) fn reserve(&self, cost: &KdfCost) -> Result<ReservedMemory<'_>, KdfFault> {
        let mut shared = lock(&self.memory);
        shared.memory.prepare(cost)?;
        shared.reservations += 1;
        Ok(ReservedMemory(self))
    }

    /// Uses the memory for anything but a try: to prepare it, or to measure this phone.
    pub(crate) fn with_memory<T>(&self, call: impl FnOnce(&mut KdfMemory) -> T) -> T {
        let mut shared = lock(&self.memory);
        // A call that prepares the memory again wants it kept.
        shared.is_released = false;
        call(&mut shared.memory)
    }

    /// Gives the memory back to the system. While a try has reserved it, it is given back when that try ends.
    pub(crate) fn release_memory(&self) {
        let mut shared = lock(&self.memory);
        shared.is_released = true;
        shared.release_if_unused();
    }

    pub(crate) fn set_pending_kdf_cost(&self, cost: Option<KdfCost>) {
        *lock(&self.pending_kdf_cost) = cost;
    }

    pub(crate) fn take_pending_kdf_cost(&self) -> Option<KdfCost> {
        lock(&self.pending_kdf_cost).take()
    }

    /// Whether the PIN with this Argon2id output was settled as wrong a short while ago.
    pub(crate) fn is_repeated(&self, kdf_output: &[u8; 32], now: Now) -> bool {
        lock(&self.wrong_guesses).contains(kdf_output, now)
    }

    pub(crate) fn remember_wrong(&self, policy: &LockoutPolicy, kdf_output: &[u8; 32], now: Now) {
        lock(&self.wrong_guesses).add(policy, kdf_output, now);
    }

    pub(crate) fn forget_wrong(&self) {
        lock(&self.wrong_guesses).clear();
    }

    pub(crate) fn take_unsettled(&self) -> Vec<ChargeId> {
        std::mem::take(&mut *lock(&self.unsettled))
    }

    pub(crate) fn add_unsettled(&self, charges: impl IntoIterator<Item = ChargeId>) {
        lock(&self.unsettled).extend(charges);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::testing;

    #[test]
    fn what_a_try_was_promised_is_not_given_back_under_it() {
        let attempts = Attempts::new(&mut testing::random(1));
        let is_there = || lock(&attempts.memory).memory.is_prepared();
        let [first, second] = [(); 2].map(|()| attempts.reserve(&KdfCost::CHEAP).expect("room"));
        attempts.release_memory();
        assert!(is_there());
        drop(first);
        assert!(is_there(), "another try still needs it");
        drop(second);
        assert!(!is_there(), "given back with the last");
        drop(attempts.reserve(&KdfCost::CHEAP).expect("room"));
        assert!(is_there(), "not released without `release_memory`");
        let reserved = attempts.reserve(&KdfCost::CHEAP).expect("room");
        attempts.release_memory();
        attempts.with_memory(|memory| memory.prepare(&KdfCost::CHEAP)).expect("room");
        drop(reserved);
        assert!(is_there(), "preparing again cancels the release");
        attempts.release_memory();
        assert!(!is_there());
    }
}
