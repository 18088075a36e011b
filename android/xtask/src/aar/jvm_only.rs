//! On a phone, some of uniffi's functions are there only by name. This finds a class that would call one.

use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use super::checks::list;
use crate::places::Places;
use crate::{android, doctor, jar};

/// The class that calls them, which a phone never chooses.
const ON_A_JVM: &str = "classes/dev/walletlock/OverUniffi";

/// The generated classes, as `javap` names them.
const GENERATED: &str = "dev/walletlock/ffi/";

/// Finds calls of the generated Kotlin from a class that runs on a phone, to a function that is there only on a JVM.
pub(super) fn check(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let entries = jar::entries(&folder.join("classes"))?;
    let files = entries.iter().map(|entry| folder.join("classes").join(entry));
    let files = files.filter(|file| {
        let path = file.as_str();
        path.ends_with(".class")
            && !path.contains(&format!("classes/{GENERATED}"))
            && !path.contains(&format!("{ON_A_JVM}."))
            && !path.contains(&format!("{ON_A_JVM}$"))
    });
    let shown = Command::new(doctor::java_program("javap"))
        .args(["-private", "-c"])
        .args(files)
        .output()
        .context("could not start javap")?;
    if !shown.status.success() {
        bail!("javap: {}", String::from_utf8_lossy(&shown.stderr));
    }
    let shown = String::from_utf8(shown.stdout)?;
    let called = shown.lines().filter_map(|line| {
        let (_, after) = line.split_once(&format!("Method {GENERATED}"))?;
        after.split_once(':').map(|(method, _)| method)
    });
    Ok(list(called.filter(|method| uniffi_name(method).is_some_and(|name| android::is_only_on_a_jvm(&name)))))
}

/// The name in the library of a method in the generated Kotlin, such as `WalletLock.verifyPin`.
fn uniffi_name(method: &str) -> Option<String> {
    let (class, method) = method.split_once('.')?;
    let (class, kind) = match class.strip_suffix("$Companion") {
        Some(class) => (class, "constructor"),
        None => (class, "method"),
    };
    let mut name = format!("uniffi_walletlock_bindings_fn_{kind}_{}_", class.to_lowercase());
    for letter in method.chars() {
        if letter.is_uppercase() {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_has_its_name_in_the_library() {
        for (method, name) in [
            ("WalletLock.verifyPin", "uniffi_walletlock_bindings_fn_method_walletlock_verify_pin"),
            ("WalletLock$Companion.open", "uniffi_walletlock_bindings_fn_constructor_walletlock_open"),
        ] {
            assert_eq!(uniffi_name(method).as_deref(), Some(name));
            assert!(android::is_only_on_a_jvm(name), "{name}");
        }
        // The second makes a Kotlin object from a handle, without a call.
        for both in ["WalletLock.judgePin", "PinEntry.\"<init>\""] {
            assert!(!android::is_only_on_a_jvm(&uniffi_name(both).unwrap()), "{both}");
        }
    }
}
