//! Controls of the checks: archives that are each bad in one way. A check that does not refuse its own bad archive is
//! worth nothing.

use std::fs;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use super::checks::{self, CHECKS, library_of};
use crate::android::Abi;
use crate::jar;
use crate::kotlin::remove_folder;
use crate::places::Places;

/// The name of the check that must notice, and the change that makes a good archive bad.
type Control = (&'static str, fn(&Utf8Path) -> Result<()>);

const CONTROLS: [Control; 21] = [
    ("everything is there", |folder| remove(folder, "META-INF/com/android/build/gradle/aar-metadata.properties")),
    ("everything is there", |folder| Ok(fs::write(folder.join("LICENSES-OF-OTHERS.txt"), "")?)),
    ("everything is there", |folder| Ok(fs::remove_file(library_of(folder, Abi::X86))?)),
    ("each library is sound, and of its ABI", |folder| {
        jar::copy(&library_of(folder, Abi::X86), &library_of(folder, Abi::Arm64))
    }),
    ("the libraries have every function that the classes call", |folder| {
        rename_in(
            &library_of(folder, Abi::Arm32),
            "Java_dev_walletlock_Native_verifyPin",
            "Java_dev_walletlock_Native_verifyPim",
        )
    }),
    ("the libraries have every function that the classes call", |folder| {
        rename_in(
            &library_of(folder, Abi::Arm64),
            "uniffi_walletlock_bindings_fn_method_vault_read",
            "uniffi_walletlock_bindings_fn_method_vault_rear",
        )
    }),
    ("a phone's classes call nothing that is there only on a JVM", |folder| {
        let classes = folder.join("classes/dev/walletlock");
        jar::copy(&classes.join("OverUniffi.class"), &classes.join("OnAPhone.class"))
    }),
    ("no class but our own", |folder| add_class(folder, "com/sun/jna/Native.class", 52)),
    ("no class but our own", |folder| add_class(folder, "android/app/Activity.class", 52)),
    ("no class but our own", |folder| add_class(folder, "dev/walletlock/fakes/FakePhone.class", 55)),
    ("no class but our own", |folder| add_class(folder, "dev/walletlock/android/OpenTest.class", 55)),
    ("an app makes its own class R", |folder| add_class(folder, "dev/walletlock/android/R$plurals.class", 55)),
    ("class files that an app's build reads", |folder| add_class(folder, "dev/walletlock/New.class", 61)),
    ("every resource is there, and named", |folder| remove(folder, "res/values-zh-rCN/strings.xml")),
    ("every resource is there, and named", |folder| Ok(fs::write(folder.join("R.txt"), "int plurals other 0x0\n")?)),
    ("it asks for the biometric prompt and nothing else, and for Android 7", |folder| {
        change(folder, "AndroidManifest.xml", "<uses-sdk", "<uses-permission android:name=\"x\" /><uses-sdk")
    }),
    ("it asks for the biometric prompt and nothing else, and for Android 7", |folder| {
        change(folder, "AndroidManifest.xml", "permission.USE_BIOMETRIC", "permission.USE_CREDENTIALS")
    }),
    ("R8's rules name what there is", |folder| {
        change(folder, "proguard.txt", "boolean hasEntropy;", "boolean hasEntropie;")
    }),
    ("R8's rules name what there is", |folder| remove(folder, "classes/dev/walletlock/DeviceKeyFault.class")),
    ("R8's rules keep all that the library calls", |folder| change(folder, "proguard.txt", "long[] now();", "")),
    ("JNA comes once, in its form for phones", |folder| change(folder, "pom.xml", "<type>aar</type>", "")),
];

/// Makes each bad archive, and fails if its check does not refuse it.
pub(crate) fn every_check_can_fail(places: &Places, good: &Utf8Path) -> Result<()> {
    if let Some((name, _)) = CHECKS.iter().find(|(name, _)| !CONTROLS.iter().any(|(control, _)| control == name)) {
        bail!("no bad archive is there for: {name}");
    }
    let bad = good.with_file_name("bad");
    for (number, (name, spoil)) in CONTROLS.iter().enumerate() {
        remove_folder(&bad)?;
        jar::copy_folder(good, &bad)?;
        spoil(&bad).with_context(|| format!("bad archive {number}, for: {name}"))?;
        let (_, check) = CHECKS.iter().find(|(check, _)| check == name).with_context(|| format!("no check {name}"))?;
        if check(places, &bad)?.is_none() {
            bail!("bad archive {number} passes the check: {name}");
        }
    }
    remove_folder(&bad)?;
    // The good archive has passed all checks before, and only copies were changed.
    let still_good = checks::faults(places, good)?.is_empty();
    if still_good { Ok(()) } else { bail!("the controls have spoiled the archive itself") }
}

fn remove(folder: &Utf8Path, entry: &str) -> Result<()> {
    fs::remove_file(folder.join(entry)).with_context(|| format!("no {entry}"))
}

fn change(folder: &Utf8Path, entry: &str, from: &str, to: &str) -> Result<()> {
    let path = folder.join(entry);
    let text = fs::read_to_string(&path)?;
    if !text.contains(from) {
        bail!("{entry} has no {from}");
    }
    Ok(fs::write(path, text.replace(from, to))?)
}

/// Replaces an exported name by another of the same length, in the library's table of names.
fn rename_in(library: &Utf8Path, from: &str, to: &str) -> Result<()> {
    let mut bytes = fs::read(library)?;
    let name = [b"\0", from.as_bytes(), b"\0"].concat();
    let at = bytes.windows(name.len()).position(|window| window == name).with_context(|| format!("no {from}"))?;
    for (byte, new) in bytes.iter_mut().skip(at + 1).zip(to.bytes()) {
        *byte = new;
    }
    Ok(fs::write(library, bytes)?)
}

/// Adds the first 8 bytes of a class file. The checks read no more of it.
fn add_class(folder: &Utf8Path, name: &str, version: u8) -> Result<()> {
    let path = folder.join("classes").join(name);
    fs::create_dir_all(path.parent().context("it has a folder")?)?;
    Ok(fs::write(path, [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, version])?)
}
