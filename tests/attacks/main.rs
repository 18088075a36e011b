//! What an attacker would look for: in time, in memory, in words.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod memory;
mod opener;
mod seed;
mod timing;
mod words;
