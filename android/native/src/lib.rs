//! The one library that ships, `libwalletlock.so`: the uniffi surface, and later the JNI layer beside it.

pub use walletlock_bindings::*;
