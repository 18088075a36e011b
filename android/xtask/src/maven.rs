//! The Maven project: everything Kotlin.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::process;

/// Compiles what the demo needs, unless it is up to date. Returns the demo's classpath.
pub(crate) fn build_demo(places: &Places, library: &Utf8Path) -> Result<String> {
    let folder = places.maven(Flavour::Shipped);
    let stamp = folder.join("stamp");
    let inputs = demo_inputs(places)?;
    if fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == inputs)
        && let Ok(classpath) = demo_classpath(places)
    {
        return Ok(classpath);
    }
    let log = places.log("maven-shipped");
    eprintln!("    Building the Kotlin modules with Maven (log: {log})");
    remove_folder(&folder)?;
    process::run_logged(
        maven(places, Flavour::Shipped, library).args(["--projects", "demo", "--also-make", "process-classes"]),
        &log,
    )?;
    fs::write(&stamp, inputs)?;
    demo_classpath(places)
}

/// Compiles everything and runs the tests on the testing library. Returns what the test runner counted.
pub(crate) fn verify(places: &Places, library: &Utf8Path) -> Result<String> {
    let log = places.log("maven-testing");
    remove_folder(&places.maven(Flavour::Testing))?;
    process::run_logged(maven(places, Flavour::Testing, library).arg("verify"), &log)?;
    counts_in(&log)
}

/// Runs the tests that draw the screens, and keeps what they draw. Returns what the test runner counted.
pub(crate) fn keep_pictures(places: &Places, library: &Utf8Path) -> Result<String> {
    let log = places.log("maven-pictures");
    process::run_logged(
        maven(places, Flavour::Testing, library)
            .args(["--projects", "aar", "--also-make", "verify"])
            .args(["-Dtest=ScreensTest", "-Dsurefire.failIfNoSpecifiedTests=false", "-Dwalletlock.every.test=false"])
            .arg("-Dwalletlock.pictures.keep=true"),
        &log,
    )?;
    counts_in(&log)
}

/// Compiles what goes into the Android archive, on the library that ships. Returns the folder of both modules.
pub(crate) fn build_aar(places: &Places, library: &Utf8Path) -> Result<Utf8PathBuf> {
    let folder = places.maven_aar();
    remove_folder(&folder)?;
    process::run_logged(
        maven(places, Flavour::Shipped, library).arg(format!("-Dwalletlock.build={folder}")).args([
            "--projects",
            "aar",
            "--also-make",
            "process-classes",
        ]),
        &places.log("maven-aar"),
    )?;
    Ok(folder)
}

/// Writes the pages of the facade's and of Android's KDoc into a folder.
pub(crate) fn write_kdoc(places: &Places, folder: &Utf8Path) -> Result<()> {
    remove_folder(folder)?;
    process::run_logged(
        program().current_dir(places.aar().join("kdoc")).args([
            &format!("-Dwalletlock.build={}", places.maven_aar()),
            &format!("-Dwalletlock.kdoc={folder}"),
            "dokka:dokka",
        ]),
        &places.log("kdoc"),
    )
}

/// The repository of whoever runs this.
pub(crate) fn own_repository() -> Result<Utf8PathBuf> {
    let home = std::env::home_dir().context("there is no home folder")?;
    let home = Utf8PathBuf::from_path_buf(home).map_err(|_| anyhow::anyhow!("the home folder's path is not UTF-8"))?;
    Ok(home.join(".m2/repository"))
}

/// What the test runner counted, by a log of Maven.
pub(crate) fn counts_in(log: &Utf8Path) -> Result<String> {
    let said = fs::read_to_string(log)?;
    let counts: Vec<_> = said.lines().filter(|line| line.contains("Tests run:")).collect();
    if counts.is_empty() {
        bail!("Maven ran no test\nall of its output: {log}");
    }
    Ok(counts.join("\n"))
}

/// The Java property from which the facade takes the library instead of searching for it.
pub(crate) fn library_override(library: &Utf8Path) -> String {
    format!("-Dwalletlock.library={library}")
}

/// Maven, saying no more than a log needs.
pub(crate) fn program() -> Command {
    let mut maven = Command::new("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress"]);
    maven
}

fn maven(places: &Places, flavour: Flavour, library: &Utf8Path) -> Command {
    let mut maven = program();
    maven.current_dir(places.android()).args([
        &format!("-Dwalletlock.build={}", places.maven(flavour)),
        &format!("-Dwalletlock.bindings={}", places.kotlin_bindings(flavour)),
        &format!("-Dwalletlock.native={library}"),
        &format!("-Dwalletlock.host={}", places.host_library()),
        &format!("-Dwalletlock.resources={}", places.android_resources()),
    ]);
    maven
}

/// Fails if something that it names is not there any more.
fn demo_classpath(places: &Places) -> Result<String> {
    let demo = places.maven(Flavour::Shipped).join("walletlock-demo");
    let libraries = demo.join("classpath");
    let libraries = fs::read_to_string(&libraries).with_context(|| format!("could not read {libraries}"))?;
    let mut paths = vec![demo.join("classes").into_std_path_buf()];
    paths.extend(std::env::split_paths(libraries.trim()));
    if let Some(gone) = paths.iter().find(|path| !path.exists()) {
        bail!("the demo needs {}, which is not there", gone.display());
    }
    std::env::join_paths(paths)?.into_string().map_err(|_| anyhow::anyhow!("the demo's classpath is not UTF-8"))
}

/// A digest of every file that the demo is compiled from.
fn demo_inputs(places: &Places) -> Result<String> {
    let android = places.android();
    let mut digest = DefaultHasher::new();
    hash_file(&android.join("pom.xml"), &mut digest)?;
    for folder in [android.join("kotlin"), android.join("demo"), places.kotlin_bindings(Flavour::Shipped)] {
        hash_folder(&folder, &mut digest)?;
    }
    Ok(format!("{:016x}", digest.finish()))
}

fn hash_folder(folder: &Utf8Path, digest: &mut DefaultHasher) -> Result<()> {
    let entries = folder.read_dir_utf8().with_context(|| format!("could not read {folder}"))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by(|one, other| one.path().cmp(other.path()));
    for entry in entries {
        if entry.file_type()?.is_dir() {
            hash_folder(entry.path(), digest)?;
        } else {
            hash_file(entry.path(), digest)?;
        }
    }
    Ok(())
}

fn hash_file(file: &Utf8Path, digest: &mut DefaultHasher) -> Result<()> {
    file.hash(digest);
    fs::read(file).with_context(|| format!("could not read {file}"))?.hash(digest);
    Ok(())
}
