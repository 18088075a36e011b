//! Compiles for an Android target only if our C headers agree with Rust's `libc` about it. `cargo xtask test` writes
//! the assertions from the headers themselves. For other targets there is nothing to compare, and the crate is empty.
#![no_std]
#![cfg_attr(target_os = "android", allow(unsafe_code, reason = "an initialiser is compared byte by byte"))]

#[cfg(target_os = "android")]
include!(env!("WALLETLOCK_HEADERS_SAY"));
