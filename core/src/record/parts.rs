//! The record's parts. Each capability owns its own.

use serde::{Deserialize, Serialize};

use crate::biometric::Biometric;
use crate::crypto::SlotBytes;
use crate::hex;
use crate::journal::Head;
use crate::key_slots::{BiometricSlot, PinSlot, WipeCheck};
use crate::lockout::Lockout;
use crate::pin::Reminders;
use crate::policy::{Policy, RollbackProtection};
use crate::time::Now;

/// Everything that decides. Each capability owns its part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    #[serde(deserialize_with = "crate::policy::deserialize")]
    pub(crate) policy: Policy,
    pub(crate) lockout: Lockout,
    /// Whether there is anything to open. A field of its own from format 2 on.
    #[serde(default)]
    pub(crate) life: Life,
    /// `None` once it was wiped.
    pub(crate) pin_slot: Option<SlotBytes>,
    pub(crate) reminders: Reminders,
    /// Version of the calibration that chose the slot's cost.
    pub(crate) calibration: u32,
    pub(crate) journal: Head,
    #[serde(with = "hex::array")]
    pub(crate) journal_key: [u8; 32],
    /// Version of the vault's index. An older index does not open.
    pub(crate) vault_version: u64,
    /// Whether the epoch moves on with each change that must not be taken back.
    #[serde(default)]
    pub(crate) rollback_protection: RollbackProtection,
    /// Biometrics: their slot, and how far they reach until the next PIN.
    #[serde(default)]
    pub(crate) biometric: Biometric,
    /// Always there, and compared with every try, whether a wipe PIN is set or not.
    #[serde(default)]
    pub(crate) wipe_check: WipeCheck,
}

/// Whether what a wallet protects is there. One that is being made has no record yet; its row says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Life {
    /// It is.
    #[default]
    Alive,
    /// It was destroyed.
    Wiped,
}

impl Record {
    /// Whether its epoch moves on. With nothing left to take back it does not.
    pub(crate) fn is_protected(&self) -> bool {
        self.rollback_protection == RollbackProtection::On && self.is_alive()
    }

    /// Whether there is anything to open.
    pub(crate) fn is_alive(&self) -> bool {
        self.life == Life::Alive
    }

    /// Whether `policy` may replace the one in force without the PIN: it eases nothing, and stops nobody who has tries left.
    pub(crate) fn adopts(&self, policy: &Policy, now: Now) -> bool {
        policy.is_at_least_as_strict_as(&self.policy)
            && self.lockout.leaves_a_try(&self.policy.lockout, &policy.lockout, now)
    }

    /// The PIN slot; `None` once it was wiped.
    pub(crate) fn slot(&self) -> Option<PinSlot> {
        self.pin_slot.as_ref().and_then(|slot| PinSlot::parse(slot.as_bytes()).ok())
    }

    /// The biometric slot, while biometrics are on.
    pub(crate) fn biometric_slot(&self) -> Option<BiometricSlot> {
        self.biometric.slot().and_then(|slot| BiometricSlot::parse(slot).ok())
    }
}
