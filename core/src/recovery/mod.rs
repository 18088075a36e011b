//! Getting back in: the recovery code and escrow, proofs and the wait that follows them, channels, the second factor,
//! which account passwords may be set, and what is tidied up afterwards. The decisions are pure functions of their part
//! of the record, an event and the instant.
//!
//! Whoever has the recovery code opens the wallet without its PIN and without its phone. The code is 128 random bits,
//! so nobody guesses it, and no counter is needed.

mod authenticator;
mod channels;
mod checklist;
mod code;
mod code_use;
mod entry;
mod health;
mod mask;
mod password;
mod proofs;
mod second_factor;
mod sent_codes;
mod state;
mod totp;

pub(crate) use authenticator::{Authenticator, WaitLeft, step_of};
pub use channels::ChannelState;
pub(crate) use channels::{Channel, Channels};
#[cfg(test)]
pub(crate) use checklist::Checklist;
pub(crate) use checklist::Facts;
pub use checklist::{ChecklistLine, Task};
pub(crate) use code::CodeBytes;
pub use code::{GROUP_DIGITS, GROUPS, RecoveryCode};
pub(crate) use code_use::CodeUse;
pub use entry::{CodeEntry, CodeStep};
pub(crate) use health::SetUp;
pub use health::{Advice, HealthLine, Loss};
pub(crate) use mask::Address;
pub use password::{MAX_PASSWORD_CHARS, PasswordEntry, PasswordFault, PasswordFinding};
pub(crate) use password::{PasswordHistory, judge};
pub use proofs::Enough;
pub(crate) use proofs::Proofs;
pub(crate) use proofs::{RecoveryEvent, RecoveryStep};
pub use second_factor::FactorKind;
pub(crate) use second_factor::{Factor, SecondFactor};
pub use sent_codes::SentCode;
pub(crate) use state::{Change, CodeKey, Recovery, WayBack, WaysBack};
#[cfg(any(test, feature = "testing"))]
pub(crate) use totp::code_at;
pub(crate) use totp::{Code, DIGITS as CODE_DIGITS, SECRET_LETTERS, Secret};
