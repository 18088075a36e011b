//! What trying a PIN needs and leaves in memory: Argon2id's block, the wrong guesses of the last minutes, tries that are not settled.

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

/// What trying a PIN needs and leaves in memory.
pub(crate) struct Attempts {
    memory: Mutex<KdfMemory>,
    /// What the PIN slot should cost from now on, as `prepare` found it. The next right PIN brings the slot there.
    pending_kdf_cost: Mutex<Option<KdfCost>>,
    wrong_guesses: Mutex<WrongGuesses>,
    /// Tries whose settlement could not be written. The next charge counts them as wrong.
    unsettled: Mutex<Vec<ChargeId>>,
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

    /// Argon2id of the PIN.
    pub(crate) fn derive(&self, pin: &Pin, salt: &[u8], cost: &KdfCost) -> Result<Zeroizing<[u8; 32]>, KdfFault> {
        lock(&self.memory).derive(pin.ascii(), salt, cost)
    }

    /// Uses the memory for something else than a PIN: reserving it, or measuring this phone.
    pub(crate) fn with_memory<T>(&self, call: impl FnOnce(&mut KdfMemory) -> T) -> T {
        call(&mut lock(&self.memory))
    }

    pub(crate) fn set_pending_kdf_cost(&self, cost: Option<KdfCost>) {
        *lock(&self.pending_kdf_cost) = cost;
    }

    pub(crate) fn take_pending_kdf_cost(&self) -> Option<KdfCost> {
        lock(&self.pending_kdf_cost).take()
    }

    /// Whether the PIN of this Argon2id output was settled as wrong a short while ago.
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
