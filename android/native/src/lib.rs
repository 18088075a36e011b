//! The only native library that ships, `libwalletlock.so`: the uniffi interface, and the native methods for JNI.
//!
//! Keep all other code out of this crate. It is compiled at opt-level 3, which Argon2id needs (see the release profile
//! in the workspace's `Cargo.toml`), and code grows at that level.

pub use walletlock_bindings::*;
pub use walletlock_jni::JNI_OnLoad;

/// Stands for each function that only a JVM calls over uniffi (`ONLY_ON_A_JVM` in `cargo xtask`). Nothing on a phone
/// calls one; if something did, it could not be answered, so the process ends.
#[cfg(target_os = "android")]
#[allow(unsafe_code, reason = "the linker needs the name, and no other crate has it")]
#[unsafe(no_mangle)]
pub extern "C" fn walletlock_only_on_a_jvm() -> ! {
    std::process::abort()
}
