//! What an attacker would measure or search for: time differences, secrets in memory, secrets in text and files.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;
mod memory;
mod opener;
mod seed;
mod timing;
mod words;
