//! The record of format 1: JSON, with the fields that it had while it was the format in use.

use serde::Deserialize;

use super::parts::{Life, Record};
use crate::biometric::Biometric;
use crate::cards::Cards;
use crate::crypto::SlotBytes;
use crate::hex;
use crate::journal::Head;
use crate::json;
use crate::key_slots::WipeCheck;
use crate::lockout::Lockout;
use crate::locks::Locks;
use crate::payment::Payments;
use crate::policy::{Policy, RollbackProtection};
use crate::provider::Provider;
use crate::recovery::Recovery;
use crate::reminders::Reminders;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Record1 {
    policy: Policy,
    lockout: Lockout,
    /// `None` after a wipe.
    pin_slot: Option<SlotBytes>,
    reminders: Reminders,
    calibration: u32,
    journal: Head,
    #[serde(with = "hex::array")]
    journal_key: [u8; 32],
    vault_version: u64,
    // These came while it was the format in use.
    #[serde(default)]
    rollback_protection: RollbackProtection,
    #[serde(default)]
    biometric: Biometric,
    #[serde(default)]
    wipe_check: WipeCheck,
}

/// Reads a record of format 1, in which a wallet without a PIN slot was a wiped wallet. `None`: it is none.
pub(super) fn read(json: &[u8]) -> Option<Record> {
    let old: Record1 = json::from_slice(json).ok()?;
    Some(Record {
        policy: old.policy,
        lockout: old.lockout,
        life: if old.pin_slot.is_some() { Life::Alive } else { Life::Wiped },
        pin_slot: old.pin_slot,
        reminders: old.reminders,
        calibration: old.calibration,
        journal: old.journal,
        journal_key: old.journal_key,
        vault_version: old.vault_version,
        rollback_protection: old.rollback_protection,
        biometric: old.biometric,
        wipe_check: old.wipe_check,
        data_key_number: 0,
        recovery: Recovery::default(),
        locks: Locks::default(),
        provider: Provider::default(),
        payments: Payments::default(),
        cards: Cards::default(),
        deleted: None,
        alerts_seen: 0,
    })
}
