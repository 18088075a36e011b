//! Runs Maven, which builds and tests all Kotlin code.

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
        && let Ok(classpath) = classpath(&folder.join("walletlock-demo"))
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
    classpath(&folder.join("walletlock-demo"))
}

/// Compiles the phone in the browser, unless it is up to date. Returns its classpath, and the folder with Robolectric's
/// Android.
pub(crate) fn build_phone(places: &Places, library: &Utf8Path) -> Result<(String, Utf8PathBuf)> {
    let folder = places.maven_phone();
    let android = folder.join("walletlock-phone/android");
    let stamp = folder.join("stamp");
    let inputs = phone_inputs(places)?;
    if fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == inputs)
        && let Ok(classpath) = classpath(&folder.join("walletlock-phone"))
    {
        return Ok((classpath, android));
    }
    let log = places.log("maven-phone");
    eprintln!("    Building the phone with Maven (log: {log})");
    remove_folder(&folder)?;
    process::run_logged(
        maven(places, Flavour::Testing, library).arg(format!("-Dwalletlock.build={folder}")).args([
            "--projects",
            "phone",
            "--also-make",
            "process-classes",
        ]),
        &log,
    )?;
    fs::write(&stamp, inputs)?;
    Ok((classpath(&folder.join("walletlock-phone"))?, android))
}

/// Runs the one test that needs a browser. Returns what the test runner counted.
pub(crate) fn test_phone_in_browser(places: &Places, library: &Utf8Path) -> Result<String> {
    let log = places.log("maven-browser");
    remove_folder(&places.maven_phone())?;
    run_tests(
        maven(places, Flavour::Testing, library)
            .arg(format!("-Dwalletlock.build={}", places.maven_phone()))
            .arg(format!("-Dwalletlock.verifier={}", places.target().join("debug/walletlock-verifier")))
            .args(["--projects", "phone", "--also-make", "test"])
            .args(["-Dtest=BrowserTest", "-Dsurefire.failIfNoSpecifiedTests=false", "-Dwalletlock.every.test=false"]),
        &log,
    )
}

/// Compiles everything and runs the tests on the testing library. Returns what the test runner counted.
pub(crate) fn verify(places: &Places, library: &Utf8Path) -> Result<String> {
    let log = places.log("maven-testing");
    remove_folder(&places.maven(Flavour::Testing))?;
    run_tests(maven(places, Flavour::Testing, library).arg("verify"), &log)
}

/// Packs the facade and the fakes into jars, without running their tests.
pub(crate) fn package_fakes(places: &Places, library: &Utf8Path) -> Result<()> {
    let log = places.log("maven-fakes");
    remove_folder(&places.maven(Flavour::Testing))?;
    let goals = ["--projects", "fakes", "--also-make", "package", "-Dmaven.test.skip=true"];
    process::run_logged(maven(places, Flavour::Testing, library).args(goals), &log)
}

/// Runs the tests that draw the screens, and keeps their pictures. Returns what the test runner counted.
pub(crate) fn keep_pictures(places: &Places, library: &Utf8Path) -> Result<String> {
    let log = places.log("maven-pictures");
    run_tests(
        maven(places, Flavour::Testing, library)
            .args(["--projects", "aar", "--also-make", "verify"])
            .args(["-Dtest=*ScreensTest", "-Dsurefire.failIfNoSpecifiedTests=false", "-Dwalletlock.every.test=false"])
            .arg("-Dwalletlock.pictures.keep=true"),
        &log,
    )
}

/// Compiles the classes of the Android archive, with the library that ships. Returns the folder of both modules.
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

/// Writes the HTML pages of the KDoc into a folder: the facade's and those of one more module.
pub(crate) fn write_kdoc(places: &Places, module: &str, folder: &Utf8Path) -> Result<()> {
    remove_folder(folder)?;
    process::run_logged(
        program().current_dir(places.aar().join("kdoc")).args([
            &format!("-Dwalletlock.build={}", places.maven_aar()),
            &format!("-Dwalletlock.kdoc={folder}"),
            &format!("-Dwalletlock.kdoc.with={}", places.android().join(module).join("src/main/kotlin")),
            "dokka:dokka",
        ]),
        &places.log("kdoc"),
    )
}

/// The local Maven repository of the user who runs this.
pub(crate) fn own_repository() -> Result<Utf8PathBuf> {
    let home = std::env::home_dir().context("there is no home folder")?;
    let home = Utf8PathBuf::from_path_buf(home).map_err(|_| anyhow::anyhow!("the home folder's path is not UTF-8"))?;
    Ok(home.join(".m2/repository"))
}

/// Runs a Maven goal with tests. Returns what the test runner counted. An error ends with the names of the failed
/// tests: in the log they are hard to find between stack traces and Maven's own messages.
pub(crate) fn run_tests(command: &mut Command, log: &Utf8Path) -> Result<String> {
    let run = process::run_logged(command, log);
    let said = fs::read_to_string(log)?;
    if let Err(error) = run {
        bail!("{error:#}\n{}", failed_in(&said));
    }
    let counts: Vec<_> = said.lines().filter(|line| line.contains("Tests run:")).collect();
    if counts.is_empty() {
        bail!("Maven ran no test\nall of its output: {log}");
    }
    Ok(counts.join("\n"))
}

/// The list of failed tests that Surefire prints after the last test.
fn failed_in(said: &str) -> String {
    said.lines().filter(|line| line.starts_with("[ERROR]   ")).collect::<Vec<_>>().join("\n")
}

/// The Java property that gives the facade the library's path. Without it the facade searches for the library.
pub(crate) fn library_override(library: &Utf8Path) -> String {
    format!("-Dwalletlock.library={library}")
}

/// The Maven command, with as little output as a log needs.
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
        &format!("-Dwalletlock.phone={}", places.phone()),
        &format!("-Dwalletlock.sample={}", places.sample()),
    ]);
    maven
}

/// A program's classpath, which Maven has written to a file in the module's folder. Fails if an entry no longer exists.
fn classpath(module: &Utf8Path) -> Result<String> {
    let libraries = module.join("classpath");
    let libraries = fs::read_to_string(&libraries).with_context(|| format!("could not read {libraries}"))?;
    let mut paths = vec![module.join("classes").into_std_path_buf()];
    paths.extend(std::env::split_paths(libraries.trim()));
    if let Some(gone) = paths.iter().find(|path| !path.exists()) {
        bail!("the program needs {}, which is not there", gone.display());
    }
    std::env::join_paths(paths)?.into_string().map_err(|_| anyhow::anyhow!("the program's classpath is not UTF-8"))
}

/// A digest of all files that the demo is compiled from.
fn demo_inputs(places: &Places) -> Result<String> {
    let android = places.android();
    digest_of(
        &android.join("pom.xml"),
        &[
            android.join("kotlin"),
            android.join("fakes"),
            android.join("demo"),
            places.kotlin_bindings(Flavour::Shipped),
        ],
    )
}

/// The same for the phone, including the native library in the fakes' jar.
fn phone_inputs(places: &Places) -> Result<String> {
    let android = places.android();
    let modules = ["kotlin", "fakes", "aar", "phone"].map(|module| android.join(module));
    let made = [places.kotlin_bindings(Flavour::Testing), places.host_library(), places.phone(), places.sample()];
    digest_of(&android.join("pom.xml"), &[&modules[..], &made[..]].concat())
}

fn digest_of(file: &Utf8Path, folders: &[Utf8PathBuf]) -> Result<String> {
    let mut digest = DefaultHasher::new();
    hash_file(file, &mut digest)?;
    for folder in folders {
        hash_folder(folder, &mut digest)?;
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

#[cfg(test)]
mod tests {
    use super::failed_in;

    #[test]
    fn the_tests_that_failed_are_picked_out_of_a_log() {
        let said = "[ERROR] Tests run: 2, Failures: 1 <<< FAILURE!\n\tat a.Stack\n[ERROR] Failures: \n[ERROR]   LockTest.opens:12 it did not\n\
                    [INFO] \n[ERROR] To see the full stack trace\n";
        assert_eq!(failed_in(said), "[ERROR]   LockTest.opens:12 it did not");
    }
}
