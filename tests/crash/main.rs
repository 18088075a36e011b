//! What a phone's disk can do to a wallet: lose power (`power_cuts.rs`), flip a byte (`flips.rs`), bring back old
//! copies (`old_copies.rs`).
//!
//! The core runs unchanged on a disk in memory. `disk.rs` says what that disk may do; `mount.rs` puts it where SQLite
//! looks.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;

mod account;
mod alert_cuts;
mod app;
mod disk;
mod disk_tests;
mod due_code;
mod escrow_cuts;
mod failed_flush;
mod flips;
mod inode;
mod life;
mod mount;
mod old_copies;
mod orders;
mod payment_cuts;
mod phone;
mod power_cuts;
mod proof_cuts;
mod random_copies;
mod scripted;
mod seed;
mod survivor;
mod unflushed_enrolment;
mod vfs;

/// Writes one line about the run, which libtest shows even if the test passes.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("written");
}
