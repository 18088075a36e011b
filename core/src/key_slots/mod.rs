//! Key slots: each holds the data key, wrapped under a PIN or a biometric. Only a slot can give the data key back.

mod biometric_slot;
mod rescue_row;
mod slot;
mod wipe_check;

pub use biometric_slot::BiometricSlot;
pub(crate) use biometric_slot::{SlotKey, WrappingKey};
pub(crate) use rescue_row::{RescueRow, RowKeys, RowSlots};
pub use slot::{PinSlot, SlotError};
pub(crate) use slot::{SlotParts, derive_kek, device_key_input};
pub(crate) use wipe_check::WipeCheck;
