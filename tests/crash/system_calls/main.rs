//! A real process of the app, killed and made to fail at every system call that writes, flushes or truncates.
//!
//! The program starts itself again as the app, on a wallet in a real folder with a real SQLite. In each of those
//! processes a fault hits one system call: a SIGKILL before or in the middle of it, EIO, ENOSPC, a short write, a flush
//! that loses its data. Every call, by its name and number, is combined with every fault that it can have. Then the
//! wallet is opened again and must be in one of the possible states: what the person was told holds, no guess was free,
//! no try was lost.
//!
//! An argument restricts the test to cases whose name contains it:
//! `cargo test -p walletlock-crash --test system_calls -- change/pwrite64:7`.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod backend;
mod check;
mod check_escrow;
mod check_payments;
mod check_ways_back;
mod codes;
mod desk;
mod escrow;
mod fault;
mod item;
mod life;
mod net;
mod paper;
mod paying;
mod payments;
mod phone;
mod proving;
mod scenario;
mod stage;
mod sweep;
mod trace;
mod ways_back;
mod words;
mod world;

use life::Life;

fn main() {
    match Life::from_arguments(std::env::args().skip(1)) {
        Some(life) => life.live(),
        None => sweep::prove(std::env::args().nth(1).as_deref().unwrap_or_default()),
    }
}
