//! The one library that ships, `libwalletlock.so`: the uniffi surface, and beside it what goes over JNI.
//!
//! Nothing else is here: this crate's level of optimisation is Argon2id's (see the release profile), and all code in it would grow by that.

pub use walletlock_bindings::*;
pub use walletlock_jni::JNI_OnLoad;
