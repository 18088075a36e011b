//! The calls that a person makes, or an app on the person's behalf: one file for each kind of call, and the few steps
//! that several of them share (`in_session`, `make_slot`, `renew_slot`, `carry_out`, `lost_marks`). A flow calls the
//! engine's parts from top to bottom and returns how the call ended. It reads the clock once, at its top; it reads the
//! clock again only after it waited for a person, or where an older reading would be wrong.

pub(crate) mod accept;
pub(crate) mod alerts;
pub(crate) mod ask_escrow;
pub(crate) mod cards;
mod carry_out;
pub(crate) mod change_pin;
pub(crate) mod channels;
pub(crate) mod disputes;
pub(crate) mod enrol;
pub(crate) mod enter_code;
pub(crate) mod escrow;
pub(crate) mod freeze;
pub(crate) mod heartbeat;
mod in_session;
pub(crate) mod journal;
pub(crate) mod judge_pin;
pub(crate) mod key_protection;
pub(crate) mod limits;
pub(crate) mod lock_now;
mod lost_marks;
mod make_slot;
pub(crate) mod open;
mod open_row;
mod outcome;
pub(crate) mod panic;
pub(crate) mod password;
pub(crate) mod pay;
pub(crate) mod payment_state;
pub(crate) mod prepare;
pub(crate) mod provider_state;
mod recovery_change;
pub(crate) mod recovery_code;
pub(crate) mod recovery_progress;
pub(crate) mod recovery_status;
pub(crate) mod redeem;
pub(crate) mod register;
mod rekey;
pub(crate) mod remind;
pub(crate) mod remove;
mod renew_slot;
mod report;
pub(crate) mod request;
pub(crate) mod rescue;
mod rescue_base;
pub(crate) mod second_factor;
pub(crate) mod sent_code;
pub(crate) mod status;
pub(crate) mod switch_biometrics;
pub(crate) mod switched_off;
mod take_proofs;
pub(crate) mod tidy_up;
pub(crate) mod try_authenticator;
pub(crate) mod unlock_biometric;
pub(crate) mod unlock_pin;
pub(crate) mod vault_items;
pub(crate) mod wipe;
pub(crate) mod wipe_pin;

pub use alerts::{Alert, PendingAlerts};
pub(crate) use ask_escrow::{EscrowAsk, GrantRefusal};
pub use channels::ChannelInfo;
pub use enter_code::CodeRefusal;
pub use freeze::{OwnerLock, Unfreezing};
pub use judge_pin::Judgement;
pub use limits::LimitState;
pub(crate) use open_row::OpenedByRow;
pub use outcome::{
    BiometricAvailability, BiometricChange, BiometricRefusal, NoVerdict, PinChange, Refusal, Removal, WrongPin,
};
pub use panic::PanicOutcome;
pub use pay::{Frozen, NeedsProof, PaymentOutcome, PaymentRefusal, Why};
pub use payment_state::PaymentsState;
pub use provider_state::ProviderState;
pub use recovery_change::RecoveryChange;
pub use recovery_progress::{LeadsTo, RecoveryProgress, RecoveryWay, WayKind, WayState};
pub use recovery_status::{PendingChange, RecoveryStatus};
pub(crate) use rescue::Recovered;
pub use second_factor::{NewAuthenticator, PendingFactorChange, SecondFactorInfo};
pub use sent_code::CodeRequest;
pub(crate) use sent_code::HandedIn;
pub use switched_off::{Closed, SwitchedOff};
pub use try_authenticator::FactorOutcome;
pub(crate) use try_authenticator::FactorUse;
