//! The calls that a person makes, or an app on the person's behalf: one file for each kind of call, and the few steps
//! that several of them share (`in_session`, `make_slot`, `renew_slot`, `carry_out`, `lost_marks`). A flow calls the
//! engine's parts from top to bottom and returns how the call ended. It reads the clock once, at its top; it reads the
//! clock again only after it waited for a person, or where an older reading would be wrong.

pub(crate) mod accept;
pub(crate) mod ask_escrow;
mod carry_out;
pub(crate) mod change_pin;
pub(crate) mod enrol;
pub(crate) mod enter_code;
pub(crate) mod escrow;
pub(crate) mod freeze;
pub(crate) mod heartbeat;
mod in_session;
pub(crate) mod journal;
pub(crate) mod judge_pin;
pub(crate) mod key_protection;
pub(crate) mod lock_now;
mod lost_marks;
mod make_slot;
pub(crate) mod open;
mod open_row;
mod outcome;
pub(crate) mod prepare;
pub(crate) mod provider_state;
mod recovery_change;
pub(crate) mod recovery_code;
pub(crate) mod recovery_status;
pub(crate) mod redeem;
pub(crate) mod register;
mod rekey;
pub(crate) mod remind;
pub(crate) mod remove;
mod renew_slot;
pub(crate) mod request;
pub(crate) mod rescue;
mod rescue_base;
pub(crate) mod status;
pub(crate) mod switch_biometrics;
pub(crate) mod unlock_biometric;
pub(crate) mod unlock_pin;
pub(crate) mod vault_items;
pub(crate) mod wipe;
pub(crate) mod wipe_pin;

pub(crate) use ask_escrow::{EscrowAsk, GrantRefusal};
pub use enter_code::CodeRefusal;
pub use freeze::OwnerLock;
pub use judge_pin::Judgement;
pub(crate) use open_row::OpenedByRow;
pub(crate) use outcome::BiometricRefusal;
pub use outcome::{BiometricAvailability, BiometricChange, NoVerdict, PinChange, Refusal, Removal, WrongPin};
pub use provider_state::ProviderState;
pub use recovery_change::RecoveryChange;
pub use recovery_status::{PendingChange, RecoveryStatus};
pub(crate) use rescue::Recovered;
