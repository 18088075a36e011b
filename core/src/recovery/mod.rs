//! Getting back in: the recovery code, how it is typed, and what the record keeps of it and of escrow.
//!
//! Whoever has the recovery code opens the wallet without its PIN and without its phone. The code is 128 random bits,
//! so nobody guesses it, and no counter is needed.

mod code;
mod entry;
mod state;

pub(crate) use code::CodeBytes;
pub use code::{GROUP_DIGITS, GROUPS, RecoveryCode};
pub use entry::{CodeEntry, CodeStep};
pub(crate) use state::{Change, CodeKey, Recovery, WayBack, WaysBack};
