//! Compiles for an Android target only if our C headers say what Rust's `libc` says of it. What is compared is written by
//! `cargo xtask test` from the headers themselves; for other targets there is nothing to compare.
#![no_std]
#![cfg_attr(target_os = "android", allow(unsafe_code, reason = "an initialiser is compared byte by byte"))]

#[cfg(target_os = "android")]
include!(env!("WALLETLOCK_HEADERS_SAY"));
