//! What a phone's disk can do to a wallet: lose power (`power_cuts.rs`), flip a byte (`flips.rs`), bring back old copies (`old_copies.rs`).
//!
//! The core is opened unchanged, on a disk in memory: `disk.rs` says what that disk may do, `mount.rs` puts it where SQLite looks.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;

mod account;
mod app;
mod disk;
mod disk_tests;
mod failed_flush;
mod flips;
mod inode;
mod life;
mod mount;
mod old_copies;
mod phone;
mod power_cuts;
mod random_copies;
mod scripted;
mod seed;
mod survivor;
mod vfs;

/// One line about what was run: libtest shows what is written here also when all is well.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("written");
}
