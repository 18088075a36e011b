//! `dev.walletlock.bench.RawJni`: what crossing JNI costs by itself. The benches compare a digit at the PIN pad with
//! it.
#![allow(unsafe_code, reason = "an exported name")]

use std::ffi::c_void;

/// Does nothing.
#[unsafe(no_mangle)]
extern "system" fn Java_dev_walletlock_bench_RawJni_nothing(_env: *mut c_void, _class: *mut c_void) {}
