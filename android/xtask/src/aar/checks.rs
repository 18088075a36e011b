//! The checks that the archive must pass before an app takes it. Every check is also tried on a bad archive: see
//! `controls`.

use std::fs;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use goblin::elf::Elf;

use super::{jvm_only, rules};
use crate::android::{self, Abi};
use crate::places::{Flavour, Places};
use crate::{jar, kotlin};

/// The class file version of Java 11. D8 turns class files into a phone's code; from the Android Gradle Plugin 7.0 on
/// it reads this version and older ones.
const CLASS_FILES_AT_MOST: u16 = 55;

/// A check returns what is wrong, or `None`. It gets the folder with the unpacked archive, in which `classes/` and
/// `pom.xml` were added.
type Check = fn(&Places, &Utf8Path) -> Result<Option<String>>;

pub(crate) const CHECKS: [(&str, Check); 12] = [
    ("everything is there", entries),
    ("each library is sound, and of its ABI", libraries),
    ("the libraries have every function that the classes call", functions),
    ("a phone's classes call nothing that is there only on a JVM", jvm_only::check),
    ("no class but our own", classes),
    ("an app makes its own class R", no_r),
    ("class files that an app's build reads", class_files),
    ("every resource is there, and named", resources),
    ("it asks for the biometric prompt and nothing else, and for Android 7", manifest),
    ("R8's rules name what there is", rules::check),
    ("R8's rules keep all that the library calls", rules::check_phone),
    ("JNA comes once, in its form for phones", dependencies),
];

/// Unpacks the archive in the form that the checks take.
pub(crate) fn unpack(archive: &Utf8Path, pom: &Utf8Path, folder: &Utf8Path) -> Result<()> {
    jar::unpack(archive, folder)?;
    jar::unpack(&folder.join("classes.jar"), &folder.join("classes"))?;
    jar::copy(pom, &folder.join("pom.xml"))
}

/// Runs every check. Returns those that fail, each with what it found.
pub(crate) fn faults(places: &Places, folder: &Utf8Path) -> Result<Vec<(&'static str, String)>> {
    let mut faults = Vec::new();
    for (name, check) in CHECKS {
        faults.extend(check(places, folder)?.map(|found| (name, found)));
    }
    Ok(faults)
}

fn entries(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let mut expected: Vec<Utf8PathBuf> = [
        "AndroidManifest.xml",
        "classes.jar",
        "R.txt",
        "proguard.txt",
        "META-INF/com/android/build/gradle/aar-metadata.properties",
        "LICENSE",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "LICENSES-OF-OTHERS.txt",
        "res/values/strings.xml",
        "classes/dev/walletlock/WalletLock.class",
        "classes/dev/walletlock/android/AutoLock.class",
        "classes/dev/walletlock/ffi/WalletLock.class",
    ]
    .map(Utf8PathBuf::from)
    .to_vec();
    expected.extend(Abi::ALL.map(|abi| library_of(Utf8Path::new(""), abi)));
    let is_missing = |entry: &&Utf8PathBuf| fs::metadata(folder.join(entry)).map_or(0, |file| file.len()) == 0;
    Ok(list(expected.iter().filter(is_missing)))
}

fn libraries(places: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let mut faults = Vec::new();
    for abi in Abi::ALL {
        let library = library_of(folder, abi);
        let Ok(bytes) = fs::read(&library) else { continue };
        let machine = Elf::parse(&bytes)?.header.e_machine;
        if machine != abi.machine() {
            faults.push(format!("{}: it is for machine {machine}", abi.name()));
        }
        let found = android::faults(places, abi, &library)?;
        faults.extend(found.iter().map(|(name, found)| format!("{}: {name}: {found}", abi.name())));
    }
    Ok(list(faults.iter()))
}

/// The functions that Kotlin calls over JNI are found by the native methods of `Native`, those over uniffi in the
/// generated Kotlin.
fn functions(places: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let mut called = kotlin::functions_called(places, Flavour::Shipped)?;
    let natives = rules::members_of(folder, "dev.walletlock.Native")?;
    let natives = natives.iter().filter(|line| line.contains(" native ")).filter_map(|line| {
        let (before, _) = line.split_once('(')?;
        Some(format!("Java_dev_walletlock_Native_{}", before.rsplit(' ').next()?))
    });
    let before = called.len();
    called.extend(natives);
    if before == 0 || before == called.len() {
        return Ok(Some("the classes call nothing over JNI, or nothing over uniffi".to_owned()));
    }
    let mut missing = Vec::new();
    for abi in Abi::ALL {
        let Ok(bytes) = fs::read(library_of(folder, abi)) else { continue };
        let elf = Elf::parse(&bytes)?;
        let exported = elf.dynsyms.iter().filter(|symbol| !symbol.is_import());
        let exported: Vec<_> = exported.filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name)).collect();
        let absent = called.iter().filter(|name| !exported.contains(&name.as_str()));
        missing.extend(absent.map(|name| format!("{}: {name}", abi.name())));
    }
    Ok(list(missing.iter()))
}

/// Finds classes of JNA, which an app gets as an artifact of its own, of Android, of the fakes, and of tests.
fn classes(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let entries = jar::entries(&folder.join("classes"))?;
    Ok(list(entries.iter().filter(|entry| {
        let name = entry.as_str();
        let is_ours = name.starts_with("dev/walletlock/") && !name.starts_with("dev/walletlock/fakes/");
        let is_test = name.ends_with("Test.class");
        let is_about_ours = name.starts_with("META-INF/") && name.ends_with(".kotlin_module");
        !(is_about_ours || is_ours && !is_test && name.ends_with(".class"))
    })))
}

fn no_r(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let entries = jar::entries(&folder.join("classes"))?;
    Ok(list(
        entries
            .iter()
            .filter(|entry| entry.file_name().is_some_and(|name| name == "R.class" || name.starts_with("R$"))),
    ))
}

fn class_files(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let classes = folder.join("classes");
    let mut newer = Vec::new();
    for entry in jar::entries(&classes)?.iter().filter(|entry| entry.extension() == Some("class")) {
        let bytes = fs::read(classes.join(entry))?;
        let version = match bytes.as_slice() {
            [0xca, 0xfe, 0xba, 0xbe, _, _, high, low, ..] => u16::from_be_bytes([*high, *low]),
            _ => u16::MAX,
        };
        if version > CLASS_FILES_AT_MOST {
            newer.push(format!("{entry}: version {version}"));
        }
    }
    Ok(list(newer.iter()))
}

fn resources(places: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let sources = places.aar().join("src/main/res");
    let mut faults = Vec::new();
    let table = fs::read_to_string(folder.join("R.txt")).unwrap_or_default();
    for entry in jar::entries(&sources)? {
        let source = fs::read(sources.join(&entry))?;
        if fs::read(folder.join("res").join(&entry)).ok().as_ref() != Some(&source) {
            faults.push(format!("res/{entry} is missing, or another"));
        }
        if entry.starts_with("values") && entry.extension() == Some("xml") {
            let text = String::from_utf8(source).with_context(|| format!("{entry} is not UTF-8"))?;
            let names = text.split("<string name=\"").skip(1).chain(text.split("<plurals name=\"").skip(1));
            let names = names.filter_map(|after| after.split('"').next());
            let unnamed = names.filter(|name| !table.lines().any(|line| line.split(' ').nth(2) == Some(name)));
            faults.extend(unnamed.map(|name| format!("R.txt lacks {name}")));
        }
    }
    Ok(list(faults.iter()))
}

fn manifest(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let manifest = fs::read_to_string(folder.join("AndroidManifest.xml")).unwrap_or_default();
    // Android grants this permission when the app is installed. Any other would be a new one for the app's users.
    let asked: Vec<_> = manifest.split("<uses-permission").skip(1).collect();
    let asks =
        asked.len() == 1 && asked.iter().all(|it| it.starts_with(" android:name=\"android.permission.USE_BIOMETRIC\""));
    let from = manifest.contains("android:minSdkVersion=\"24\"");
    let package = manifest.contains("package=\"dev.walletlock.android\"");
    Ok((!asks || !from || !package)
        .then(|| format!("that permission alone: {asks}; minSdkVersion 24: {from}; the package of R: {package}")))
}

fn dependencies(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let pom = fs::read_to_string(folder.join("pom.xml"))?;
    let dependencies: Vec<_> = pom.split("<dependency>").skip(1).collect();
    let jna: Vec<_> = dependencies.iter().filter(|it| it.contains("<artifactId>jna</artifactId>")).collect();
    let as_aar = jna.len() == 1 && jna.iter().all(|it| it.contains("<type>aar</type>"));
    let own = dependencies.iter().filter(|it| it.contains("<groupId>dev.walletlock</groupId>")).count();
    let packaging = pom.contains("<packaging>aar</packaging>");
    Ok((!as_aar || own > 0 || !packaging)
        .then(|| format!("JNA {} times, once as aar: {as_aar}; of ours: {own}; an aar: {packaging}", jna.len())))
}

/// The path of an ABI's library in an unpacked archive.
pub(crate) fn library_of(folder: &Utf8Path, abi: Abi) -> Utf8PathBuf {
    folder.join("jni").join(abi.name()).join("libwalletlock.so")
}

pub(crate) fn list<T: ToString>(found: impl Iterator<Item = T>) -> Option<String> {
    let found: Vec<_> = found.map(|it| it.to_string()).collect();
    (!found.is_empty()).then(|| found.join(", "))
}
