//! The part of the library that Kotlin reaches over JNI. All else goes over uniffi.
//!
//! It holds the unlock path, by PIN and by biometrics: uniffi's Kotlin runs on JNA, which starts slowly, and a person
//! should not wait for it. And it holds what the phone itself gives: its keystore and its clocks. JNI and uniffi reach
//! the same objects, by the same handles.
//!
//! This crate uses `unsafe` for the handles that Kotlin holds, for what the VM passes in, and for reading a clock.
#![allow(unsafe_code, reason = "JNI; each use says why it is sound")]

mod android;
mod answer;
mod biometric;
mod items;
mod java;
mod load;
mod logging;
mod object;
mod phone;
mod prompt;
mod unlock;

pub use load::JNI_OnLoad;
