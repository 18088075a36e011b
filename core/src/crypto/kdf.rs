//! Argon2id (RFC 9106): how much it costs, the memory it works in, and how the cost is chosen on this phone.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use serde::{Deserialize, Serialize};
use walletlock_huge_pages::prefer_huge_pages;
use zeroize::Zeroizing;

use crate::error::LockError;

/// Bytes of a salt. RFC 9106, section 3.1 recommends 16.
pub(crate) const SALT_BYTES: usize = 16;

/// What one Argon2id costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes, computed one after the other here. More than one helps only who computes them side by side: a guesser.
    pub lanes: u32,
}

impl KdfCost {
    /// The least that is accepted: the OWASP Password Storage Cheat Sheet's second choice for Argon2id.
    pub const FLOOR: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// The most that calibration chooses: RFC 9106's second recommended option, with one lane instead of four.
    pub const CEILING: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// A cost for tests that are about something else.
    #[cfg(any(test, feature = "testing"))]
    pub const CHEAP: Self = Self { memory_kib: 64, passes: 1, lanes: 1 };

    /// What calibration tries, dearest last.
    const STEPS: [Self; 4] = [
        Self::FLOOR,
        Self { memory_kib: 32 * 1024, passes: 3, lanes: 1 },
        Self { memory_kib: 46 * 1024, passes: 3, lanes: 1 },
        Self::CEILING,
    ];

    /// Whether a new slot may cost this. Below the floor only under the feature `testing`.
    pub(crate) fn is_accepted(&self) -> bool {
        let floor = if cfg!(any(test, feature = "testing")) {
            Self { memory_kib: 8, passes: 1, lanes: 1 }
        } else {
            Self::FLOOR
        };
        self.is_readable() && *self == self.raised_to(floor)
    }

    /// Whether a slot that was made may cost this. No floor: what an older version chose still opens, and the next right PIN makes it dearer.
    /// The upper bound keeps a damaged header from asking for all of the phone's memory.
    pub(crate) fn is_readable(&self) -> bool {
        (8..=256 * 1024).contains(&self.memory_kib)
            && (1..=16).contains(&self.passes)
            && (1..=4).contains(&self.lanes)
            && self.memory_kib >= 8 * self.lanes
    }

    /// This, or what is at least accepted now where it is less.
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

    /// KiB written in all: what the time is about proportional to.
    fn work(&self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }
}

/// The memory Argon2id works in: one piece, reserved and touched before it is needed, wiped after each use.
///
/// RustCrypto's argon2 leaves its matrix as it is; whoever finds that in memory can test PINs without the cost.
#[derive(Default)]
pub struct KdfMemory(Vec<Block>);

/// Why there is no Argon2id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KdfFault {
    /// It refused its input. Cannot happen with an accepted cost.
    #[error("Argon2id refused its input")]
    Input,
    /// The phone has not the memory now.
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
    /// Makes sure that there is room for `cost`. Touching each page now takes that time off the path a person waits on.
    ///
    /// [`KdfFault::NoMemory`], and no abort: a try must not be charged for it.
    pub fn prepare(&mut self, cost: &KdfCost) -> Result<(), KdfFault> {
        if self.0.len() < cost.blocks() {
            // Given back first, so that both are never held at once. The blocks are zero, so nothing is left unwiped.
            self.0 = Vec::new();
            self.0.try_reserve_exact(cost.blocks()).map_err(|_| KdfFault::NoMemory)?;
            // Between reserving and touching: a page is huge from its first touch on, or not.
            prefer_huge_pages(self.0.spare_capacity_mut());
            self.0.resize(cost.blocks(), Block::new());
        }
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn is_prepared(&self) -> bool {
        self.0.capacity() > 0
    }

    /// Gives the memory back to the system.
    pub fn release(&mut self) {
        self.0 = Vec::new();
    }

    /// A block at a time, which becomes a `memset`, and then zeroize's barrier, which keeps the compiler from leaving it out.
    /// zeroize's own way, a volatile write of 8 bytes at a time, takes half as long again.
    fn wipe(&mut self) {
        self.0.iter_mut().for_each(|block| block.as_mut().fill(0));
        zeroize::optimization_barrier(self.0.as_slice());
    }

    /// Argon2id version 0x13 of a secret (of a PIN: its ASCII digits), 32 bytes.
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
    /// As given, for tests and for benches. Refused if not accepted.
    Fixed(KdfCost),
}

impl Default for Calibration {
    /// Measured, except in the library that tests use.
    fn default() -> Self {
        #[cfg(any(test, feature = "testing"))]
        return Self::Fixed(KdfCost::CHEAP);
        #[cfg(not(any(test, feature = "testing")))]
        Self::OnThisPhone
    }
}

/// Version of the steps and of the way to choose. A wallet calibrated by an earlier one is measured again.
pub(crate) const CALIBRATION: u32 = 1;
/// How long a PIN may take to check. Long enough to be dear for a guesser, short enough that nobody waits.
const TARGET: Duration = Duration::from_millis(250);
/// Calibration itself must not be felt as a hang.
const BUDGET: Duration = Duration::from_secs(1);

impl Calibration {
    /// The dearest step within the target; the floor if even that takes longer.
    pub fn choose(self, memory: &mut KdfMemory) -> Option<KdfCost> {
        match self {
            Self::Fixed(cost) => cost.is_accepted().then_some(cost),
            Self::OnThisPhone => Some(dearest_within(TARGET, BUDGET, |cost| measure(memory, cost))),
        }
    }

    /// The cost that a slot of cost `current`, chosen by calibration `version`, should have instead. `None`: it may stay.
    pub(crate) fn choose_again(self, current: KdfCost, version: u32, memory: &mut KdfMemory) -> Option<KdfCost> {
        if version >= CALIBRATION && self == Self::OnThisPhone {
            return None;
        }
        // Never cheaper than it is: the phone may merely be busy now.
        let chosen = self.choose(memory).filter(|chosen| chosen.work() > current.work()).unwrap_or(current);
        (version < CALIBRATION || chosen != current).then_some(chosen)
    }
}

fn measure(memory: &mut KdfMemory, cost: &KdfCost) -> Duration {
    if memory.prepare(cost).is_err() {
        // A step that this phone has no memory for is not taken.
        return Duration::MAX;
    }
    let begin = Instant::now();
    // Digits and salt do not matter for the time: Argon2id's memory access depends on them only in its second half, and evenly.
    match memory.derive(b"000000", &[0; SALT_BYTES], cost) {
        Ok(_) => begin.elapsed(),
        Err(_) => Duration::MAX,
    }
}

/// Climbs the steps while each is expected to stay within `target`, judged by the one before it, and within `budget` in all.
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
