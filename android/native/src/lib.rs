//! The only native library that ships, `libwalletlock.so`: the uniffi interface, and the native methods for JNI.
//!
//! Keep all other code out of this crate. It is compiled at opt-level 3, which Argon2id needs (see the release profile
//! in the workspace's `Cargo.toml`), and code grows at that level.

pub use walletlock_bindings::*;
pub use walletlock_jni::JNI_OnLoad;
