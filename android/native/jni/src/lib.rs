//! What of the library goes over JNI, beside uniffi's surface.
//!
//! That is the unlock path, by PIN and by finger, because JNA takes its time to start and a person should not wait for it; and everything that
//! the phone itself gives, its keystore and its clocks. Both ways reach the same objects, by the same handles.
//!
//! `unsafe` is here and nowhere else: for the handles that Kotlin holds, for what the VM passes in, and for reading a clock.
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
