//! The checks that an APK must pass before anybody installs it. Every check is also tried on a bad APK: see `controls`.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;
use goblin::elf::Elf;
use goblin::elf::program_header::PT_LOAD;

use super::Parts;
use super::zip::{self, Entry, LIBRARY_ALIGNMENT};
use crate::aar::list;
use crate::android::{API_LEVEL, Abi};
use crate::manifest;

/// The API level of the Android that the tests run on, as in the sample app's manifest.
const TARGET: u32 = 35;

/// What the sample app asks for: the notifications for itself, the biometrics for our archive. Nothing else.
const PERMISSIONS: [&str; 2] = ["android.permission.POST_NOTIFICATIONS", "android.permission.USE_BIOMETRIC"];

/// An APK: what the tools say about it, and what it was made of.
#[derive(Clone)]
pub(crate) struct Apk {
    pub(crate) entries: Vec<Entry>,
    /// The output of apksigner.
    pub(crate) signature: String,
    /// The output of aapt2.
    pub(crate) badging: String,
    /// The classes that dexdump finds, by names with dots.
    pub(crate) classes: BTreeSet<String>,
    /// The names of the files that must be in it, beside those below `res/`.
    expected: Vec<String>,
    /// The classes that are found by their names: by the manifest, by service files, by the native libraries, or by
    /// JNA.
    needed: Vec<String>,
    /// Whether the manifest has an activity that a person can start.
    has_launcher: bool,
    libraries: Vec<(String, Vec<u8>)>,
}

/// A check returns what is wrong, or `None`.
type Check = fn(&Apk) -> Option<String>;

pub(crate) const CHECKS: [(&str, Check); 7] = [
    ("signed for Android 7 and newer", signature),
    ("everything is there, and nothing else", contents),
    ("libraries lie on pages of 16 KB", places),
    ("the libraries are those of the archives, each of its ABI", libraries),
    ("a phone shows name, versions, ABIs and permissions as they should be", badging),
    ("no class is missing that is found by its name", needed),
    ("no class of Android's, of a fake or of a test", classes),
];

/// Runs every check. Returns those that fail, each with what it found.
pub(crate) fn faults(apk: &Apk) -> Vec<(&'static str, String)> {
    CHECKS.iter().filter_map(|(name, check)| Some((*name, check(apk)?))).collect()
}

impl Apk {
    pub(crate) fn read(file: &Utf8Path, parts: &Parts, manifest: &str) -> Result<Self> {
        let entries = zip::read(&fs::read(file)?).with_context(|| format!("{file} is damaged"))?;
        let mut expected: Vec<_> = parts.libraries.iter().map(|(name, _)| name.clone()).collect();
        expected.extend(parts.services.iter().map(|(name, _)| name.clone()));
        expected.extend(["AndroidManifest.xml", "resources.arsc", "classes.dex"].map(str::to_owned));
        let mut needed = manifest::classes(manifest)?;
        for (_, text) in &parts.services {
            needed.extend(text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned));
        }
        let by_name =
            ["Native", "Phone", "DeviceKeyException", "DeviceKeyFault", "ffi.WalletLock", "android.LockActivity"];
        needed.extend(by_name.map(|name| format!("dev.walletlock.{name}")));
        needed.push("com.sun.jna.Native".to_owned());
        let mut libraries = Vec::new();
        for (name, path) in &parts.libraries {
            libraries.push((name.clone(), fs::read(path)?));
        }
        let dex = file.with_file_name("dex").join("classes.dex");
        output_of("dexdump", &["-c", dex.as_str()])?;
        let dumped = output_of("dexdump", &[dex.as_str()])?;
        let described =
            dumped.lines().filter_map(|line| line.trim().strip_prefix("Class descriptor  : 'L")?.strip_suffix(";'"));
        Ok(Self {
            entries,
            signature: output_of(
                "apksigner",
                &["verify", "--verbose", "--min-sdk-version", &API_LEVEL.to_string(), file.as_str()],
            )?,
            badging: output_of("aapt2", &["dump", "badging", file.as_str()])?,
            classes: described.map(|name| name.replace('/', ".")).collect(),
            expected,
            needed,
            has_launcher: manifest.contains("android.intent.category.LAUNCHER"),
            libraries,
        })
    }
}

fn signature(apk: &Apk) -> Option<String> {
    let holds = |scheme: &str| {
        apk.signature
            .lines()
            .any(|line| line.starts_with(&format!("Verified using {scheme} scheme")) && line.ends_with(": true"))
    };
    let warns = apk.signature.contains("WARNING");
    (!holds("v2") || !holds("v3") || warns).then(|| apk.signature.clone())
}

fn contents(apk: &Apk) -> Option<String> {
    let names: BTreeSet<_> = apk.entries.iter().map(|entry| entry.name.as_str()).collect();
    let missing = apk.expected.iter().filter(|name| !names.contains(name.as_str())).map(|name| format!("no {name}"));
    let known = |name: &str| name.starts_with("res/") || apk.expected.iter().any(|expected| expected == name);
    let others = names.iter().filter(|name| !known(name)).map(|name| format!("also {name}"));
    let twice = (names.len() < apk.entries.len()).then(|| "a name twice".to_owned());
    list(missing.chain(others).chain(twice))
}

fn places(apk: &Apk) -> Option<String> {
    list(apk.entries.iter().filter_map(zip::misplaced))
}

fn libraries(apk: &Apk) -> Option<String> {
    let mut faults = Vec::new();
    for abi in Abi::ALL {
        let folder = format!("lib/{}/", abi.name());
        for (name, bytes) in apk.libraries.iter().filter(|(name, _)| name.starts_with(&folder)) {
            let packed = apk.entries.iter().find(|entry| entry.name == *name).and_then(Entry::content);
            if packed != Some(bytes.as_slice()) {
                faults.push(format!("{name} differs from the archive's"));
            }
            match packed.map(Elf::parse) {
                Some(Ok(elf)) => {
                    if elf.header.e_machine != abi.machine() {
                        faults.push(format!("{name} is for machine {}", elf.header.e_machine));
                    }
                    let loaded = elf.program_headers.iter().filter(|header| header.p_type == PT_LOAD);
                    if loaded.clone().any(|header| !header.p_align.is_multiple_of(u64::from(LIBRARY_ALIGNMENT))) {
                        faults.push(format!("{name} does not load on pages of 16 KB"));
                    }
                }
                _ => faults.push(format!("{name} is no library")),
            }
        }
    }
    list(faults.iter())
}

fn badging(apk: &Apk) -> Option<String> {
    let lines: Vec<_> = apk.badging.lines().collect();
    let version = env!("CARGO_PKG_VERSION");
    let abis = Abi::ALL.map(|abi| format!(" '{}'", abi.name())).concat();
    let mut missing = Vec::new();
    for wanted in [
        format!("package: name='com.example.wallet' versionCode='1' versionName='{version}'"),
        format!("sdkVersion:'{API_LEVEL}'"),
        format!("targetSdkVersion:'{TARGET}'"),
        format!("native-code:{abis}"),
    ] {
        if !lines.iter().any(|line| line.starts_with(&wanted)) {
            missing.push(wanted);
        }
    }
    let asked: BTreeSet<_> = lines.iter().copied().filter(|line| line.starts_with("uses-permission")).collect();
    let wanted = PERMISSIONS.map(|name| format!("uses-permission: name='{name}'"));
    if !asked.iter().eq(&wanted) {
        missing.push(format!("the permissions {PERMISSIONS:?}, and not {asked:?}"));
    }
    if apk.has_launcher && !lines.iter().any(|line| line.starts_with("launchable-activity:")) {
        missing.push("an activity that a person can start".to_owned());
    }
    if lines.contains(&"application-debuggable") {
        missing.push("an app that no debugger can look into".to_owned());
    }
    list(missing.iter())
}

fn needed(apk: &Apk) -> Option<String> {
    list(apk.needed.iter().filter(|name| !apk.classes.contains(*name)))
}

fn classes(apk: &Apk) -> Option<String> {
    let is_foreign = |name: &&String| {
        let begins =
            ["android.", "androidx.", "java.", "javax.", "dev.walletlock.fakes.", "org.junit.", "org.robolectric."];
        begins.iter().any(|begin| name.starts_with(begin))
            || name.starts_with("dev.walletlock.") && name.ends_with("Test")
    };
    list(apk.classes.iter().filter(is_foreign))
}

/// Runs a program and returns what it prints to both streams. Fails if the program fails.
fn output_of(program: &str, arguments: &[&str]) -> Result<String> {
    let output =
        Command::new(program).args(arguments).output().with_context(|| format!("could not start {program}"))?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    if !output.status.success() {
        bail!("{program} {}: {text}", arguments.join(" "));
    }
    Ok(text)
}
