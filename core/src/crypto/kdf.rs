//! Argon2id (RFC 9106): its cost, the memory that it works in, and how the cost is chosen on this phone.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use walletlock_huge_pages::prefer_huge_pages;
use zeroize::Zeroizing;

use crate::error::LockError;

/// Bytes of a salt. RFC 9106, section 3.1 recommends 16.
pub(crate) const SALT_BYTES: usize = 16;

/// The cost parameters of one Argon2id computation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes. This library computes them one after the other, so more than one lane helps only a guesser who computes
    /// them in parallel.
    pub lanes: u32,
}

impl KdfCost {
    /// The lowest cost that is accepted: the second choice for Argon2id in the OWASP Password Storage Cheat Sheet.
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// The highest cost that calibration chooses: the second recommended option of RFC 9106, with one lane instead of
    /// four.
    pub const CEILING: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// A low cost, for tests that do not test Argon2id.
    #[cfg(any(test, feature = "testing"))]
    pub const CHEAP: Self = Self { memory_kib: 64, passes: 1, lanes: 1 };

    /// The costs that calibration tries, from the lowest to the highest.
    const STEPS: [Self; 4] = [
        Self::FLOOR,
        Self { memory_kib: 32 * 1024, passes: 3, lanes: 1 },
        Self { memory_kib: 46 * 1024, passes: 3, lanes: 1 },
        Self::CEILING,
    ];

    /// Whether a new slot may have this cost. Costs below [`Self::FLOOR`] are accepted only under the feature
    /// `testing`.
    pub(crate) fn is_accepted(&self) -> bool {
        let floor = if cfg!(any(test, feature = "testing")) {
            Self { memory_kib: 8, passes: 1, lanes: 1 }
        } else {
            Self::FLOOR
        };
        self.is_readable() && *self == self.raised_to(floor)
    }

    /// Whether an existing slot may have this cost. There is no floor: a slot that an older version made still opens,
    /// and the next right PIN raises its cost. The upper bound stops a damaged header from asking for all of the
    /// phone's memory.
    pub(crate) fn is_readable(&self) -> bool {
        (8..=256 * 1024).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
            && self.memory_kib >= 8 * self.lanes
    }

    /// This cost if it is accepted; otherwise each of its numbers raised to the floor.
    pub(crate) fn at_least_the_floor(self) -> Self {
        if self.is_accepted() { self } else { self.raised_to(Self::FLOOR) }
    }

    fn raised_to(self, floor: Self) -> Self {
        Self {
            memory_kib: self.memory_kib.max(floor.memory_kib),
            passes: self.passes.max(floor.passes),
            lanes: self.lanes.max(floor.lanes),
        }
    }

    fn blocks(&self) -> usize {
        self.memory_kib as usize
    }

    /// KiB written in all passes together. The time is roughly proportional to it.
    fn work(&self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }
}

/// The memory that Argon2id works in. It is one allocation. It is reserved and touched before it is needed, and wiped
/// after each use.
///
/// RustCrypto's argon2 does not wipe its matrix. With a matrix found in memory, a thief could test PINs without the
/// cost of Argon2id.
#[derive(Default)]
pub struct KdfMemory(Vec<Block>);

/// Why Argon2id could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfFault {
    /// Argon2id refused its input. This cannot happen with an accepted cost.
    #[error("Argon2id refused its input")]
    Input,
    /// The phone does not have enough free memory now.
    #[error("not enough memory for Argon2id")]
    NoMemory,
}

impl From<KdfFault> for LockError {
    fn from(fault: KdfFault) -> Self {
        match fault {
            KdfFault::Input => Self::Invalid("Argon2id cost"),
            KdfFault::NoMemory => Self::NoMemory,
        }
    }
}

impl KdfMemory {
    /// Reserves the memory for `cost`, unless there is enough. It also touches each page now, so that a person does not
    /// wait for that later.
    ///
    /// Too little memory is [`KdfFault::NoMemory`] and does not abort the process: a try must not be charged for it.
    pub fn prepare(&mut self, cost: &KdfCost) -> Result<(), KdfFault> {
        if self.0.len() < cost.blocks() {
            // The old memory is freed first, so that both are never held at once. Its blocks are zero, so no secret is
            // left behind.
            self.0 = Vec::new();
            self.0.try_reserve_exact(cost.blocks()).map_err(|_| KdfFault::NoMemory)?;
            // This must happen between reserving and touching: the kernel decides at the first touch whether a page is
            // huge.
            prefer_huge_pages(self.0.spare_capacity_mut());
            self.0.resize(cost.blocks(), Block::new());
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn is_prepared(&self) -> bool {
        self.0.capacity() > 0
    }

    /// Frees the memory.
    pub fn release(&mut self) {
        self.0 = Vec::new();
    }

    /// Fills one block at a time, which compiles to a `memset`. Then zeroize's barrier stops the compiler from removing
    /// the writes. zeroize's own method, volatile writes of 8 bytes each, takes 1.5 times as long.
    fn wipe(&mut self) {
        self.0.iter_mut().for_each(|block| block.as_mut().fill(0));
        zeroize::optimization_barrier(self.0.as_slice());
    }

    /// Computes 32 bytes with Argon2id version 0x13 from a secret (for a PIN: its ASCII digits). Wipes the memory
    /// afterwards.
    pub fn derive(&mut self, secret: &[u8], salt: &[u8], cost: &KdfCost) -> Result<Zeroizing<[u8; 32]>, KdfFault> {
        if !cost.is_readable() {
            return Err(KdfFault::Input);
        }
        self.prepare(cost)?;
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(|_| KdfFault::Input)?;
        let memory = self.0.get_mut(..cost.blocks()).ok_or(KdfFault::Input)?;
        let mut output = Zeroizing::new([0; 32]);
        let done = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
            secret,
            salt,
            output.as_mut_slice(),
            memory,
        );
        self.wipe();
        done.map(|()| output).map_err(|_| KdfFault::Input)
    }
}

/// How the cost of a new slot is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calibration {
    /// Measured on this phone.
    OnThisPhone,
    /// As given, for tests and benches. A cost that is not accepted is refused.
    Fixed(KdfCost),
}

impl Default for Calibration {
    /// [`Self::OnThisPhone`], or `KdfCost::CHEAP` in a build for tests.
    fn default() -> Self {
        #[cfg(any(test, feature = "testing"))]
        return Self::Fixed(KdfCost::CHEAP);
        #[cfg(not(any(test, feature = "testing")))]
        Self::OnThisPhone
    }
}

/// Version of the calibration: of its steps and of how one is chosen. A wallet calibrated by an earlier version is
/// measured again.
pub(crate) const CALIBRATION: u32 = 1;
/// How long one PIN check may take: long enough to slow down a guesser, short enough that a person does not notice the
/// wait.
const TARGET: Duration = Duration::from_millis(250);
/// How long the whole calibration may take. It must not look like a hang.
const BUDGET: Duration = Duration::from_secs(1);

impl Calibration {
    /// The highest step that takes no longer than the target, or the floor if even that takes longer. `None` for a
    /// fixed cost that is not accepted.
    pub fn choose(self, memory: &mut KdfMemory) -> Option<KdfCost> {
        match self {
            Self::Fixed(cost) => cost.is_accepted().then_some(cost),
            Self::OnThisPhone => Some(dearest_within(TARGET, BUDGET, |cost| measure(memory, cost))),
        }
    }

    /// The new cost for a slot of cost `current` that calibration `version` chose. `None`: the slot may stay as it is.
    pub(crate) fn choose_again(self, current: KdfCost, version: u32, memory: &mut KdfMemory) -> Option<KdfCost> {
        if version >= CALIBRATION && self == Self::OnThisPhone {
            return None;
        }
        // The cost never falls: the phone may only be busy now.
        let chosen = self.choose(memory).filter(|chosen| chosen.work() > current.work()).unwrap_or(current);
        (version < CALIBRATION || chosen != current).then_some(chosen)
    }
}

fn measure(memory: &mut KdfMemory, cost: &KdfCost) -> Duration {
    if memory.prepare(cost).is_err() {
        // A step for which the phone does not have enough memory is never chosen.
        return Duration::MAX;
    }
    let begin = Instant::now();
    // Digits and salt do not change the time. Argon2id's memory accesses depend on them only from the second half of
    // the first pass on, and are spread evenly.
    match memory.derive(b"000000", &[0; SALT_BYTES], cost) {
        Ok(_) => begin.elapsed(),
        Err(_) => Duration::MAX,
    }
}

/// Measures one step after the other, from the lowest on, and returns the highest that takes no longer than `target`.
/// From the last step it estimates the next one, and stops if that would take more than a fifth longer than `target`,
/// or exceed `budget` in total.
fn dearest_within(target: Duration, budget: Duration, mut measure: impl FnMut(&KdfCost) -> Duration) -> KdfCost {
    let mut chosen = KdfCost::FLOOR;
    let mut spent = Duration::ZERO;
    let mut last = None::<(Duration, u64)>;
    for step in KdfCost::STEPS {
        let expected = last.map_or(Duration::ZERO, |(took, of)| took.mul_f64(step.work() as f64 / of as f64));
        if expected > target.mul_f64(1.2) || spent + expected > budget {
            break;
        }
        let took = measure(&step);
        spent = spent.saturating_add(took);
        if took > target {
            break;
        }
        chosen = step;
        last = Some((took, step.work()));
    }
    chosen
}

#[cfg(test)]
#[path = "kdf_tests.rs"]
mod tests;
