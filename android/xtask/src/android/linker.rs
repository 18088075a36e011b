//! The program that links the library: a script that calls clang.

use anyhow::Result;
use camino::{Utf8Path, Utf8PathBuf};

use super::toolchain::{LLVM, Toolchain};

/// How uniffi's functions begin.
const UNIFFI: &str = "uniffi_walletlock_bindings_fn_";

/// The functions that only a JVM calls over uniffi: a phone opens the lock, checks the PIN and reads its own parts over
/// JNI. What ends with `_` is the beginning of several names.
const ONLY_ON_A_JVM: [&str; 36] = [
    "constructor_walletlock_open",
    "method_walletlock_status",
    "method_walletlock_prepare",
    "method_walletlock_release_memory",
    "method_walletlock_verify_pin",
    "method_walletlock_biometric_availability",
    "method_walletlock_verify_biometrics",
    "method_walletlock_cancel_biometrics",
    "method_walletlock_lock_now",
    "method_walletlock_open_sessions",
    "method_pinentry_push",
    "method_pinentry_pop",
    "method_pinentry_clear",
    "method_pinentry_length",
    "method_pinentry_duplicate",
    "method_pinentry_matches",
    "method_biometricanswer_not_recognised",
    "method_biometricanswer_authenticated",
    "method_biometricanswer_ended",
    "method_session_is_live",
    "method_session_end",
    // The parts of a phone are traits that Kotlin implements. uniffi also exports what Kotlin could call on an
    // implementation in Rust; there is none.
    "method_clock_",
    "clone_clock",
    "free_clock",
    "method_entropy_",
    "clone_entropy",
    "free_entropy",
    "method_devicekey_",
    "clone_devicekey",
    "free_devicekey",
    "method_biometrics_",
    "clone_biometrics",
    "free_biometrics",
    "method_listener_",
    "clone_listener",
    "free_listener",
];

/// The function that stands for all of them on a phone. It ends the process.
const NOT_ON_A_PHONE: &str = "walletlock_only_on_a_jvm";

/// Whether only a JVM calls this function of uniffi's.
pub(crate) fn is_only_on_a_jvm(function: &str) -> bool {
    function.strip_prefix(UNIFFI).is_some_and(|name| {
        ONLY_ON_A_JVM.iter().any(|only| if only.ends_with('_') { name.starts_with(only) } else { name == *only })
    })
}

/// Writes a script that links with rustc's arguments and our fixed ones. They are in a file and not in rustc's flags,
/// because cargo makes the hashes in its names from the flags, and these arguments contain paths of this machine.
pub(super) fn write(toolchain: &Toolchain) -> Result<Utf8PathBuf> {
    let path = toolchain.folder().join("linker");
    let mut own = String::new();
    if !toolchain.tools.are_the_ndk() {
        let folder = toolchain.folder();
        own = format!("-fuse-ld=lld-{LLVM} -nostdlib '-L{folder}' -Wl,--no-as-needed -lc -lm -ldl -llog");
    }
    let only = ONLY_ON_A_JVM.map(|name| if name.ends_with('_') { format!("{name}[a-z_]*") } else { name.to_owned() });
    let script = format!(
        "#!/bin/sh
# rustc exports every name that a crate of ours wants unmangled. uniffi's metadata are of use only to the generator of the Kotlin, which
# reads them from the host's library. Nothing here is async. What is not exported here is left out.
#
# What only a JVM calls stays exported, because JNA looks up every function that the Kotlin declares. But all these names are one function,
# and the linker leaves out the code that they stood for.
for argument do
    case $argument in
    -Wl,--version-script=*)
        exports=${{argument#-Wl,--version-script=}}
        grep -vE 'UNIFFI_META_|_rust_future_|{NOT_ON_A_PHONE}' \"$exports\" >\"$exports.kept\"
        mv \"$exports.kept\" \"$exports\"
        for name in $(grep -oE '{UNIFFI}[a-z_]+' \"$exports\" | grep -xE '{UNIFFI}({only})'); do
            set -- \"$@\" \"-Wl,--defsym=$name={NOT_ON_A_PHONE}\"
        done
        ;;
    esac
done
exec '{clang}' --target={target} \"$@\" {own}
",
        only = only.join("|"),
        clang = toolchain.tools.clang(),
        target = toolchain.abi.clang_target(),
    );
    write_program(&path, &script)?;
    Ok(path)
}

#[cfg(unix)]
fn write_program(path: &Utf8Path, script: &str) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;

    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, script)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

#[cfg(not(unix))]
fn write_program(_: &Utf8Path, _: &str) -> Result<()> {
    anyhow::bail!("the Android library is built on Linux or macOS")
}
