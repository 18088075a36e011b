//! Turns class files into a DEX file, which Android runs, with D8. Any message of D8 is a failure: what it warns about
//! would break on the oldest Android.
//!
//! This D8 was built from Android's sources and published by others, in August 2023. It is only used here, and is not
//! part of anything we ship.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use super::fetch::fetch;
use crate::android::API_LEVEL;
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{doctor, jar, process};

/// The one message that is ignored: this D8 was published without a table that it can do without.
const SAID_EVERY_TIME: &str = "Warning: Could not find the api database at resources/new_api_database.ser";

/// Options for a Java program that runs for a few seconds: with them it takes half the processor time.
pub(super) const JAVA_OPTIONS: [&str; 3] = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1500m"];

/// A class that calls a method handle, which Android does from API 26 on, two levels after the oldest that we run on.
const TOO_NEW: &str = "
final class TooNew {
    static void call(java.lang.invoke.MethodHandle method) throws Throwable { method.invokeExact(); }
}
";

/// Writes `classes.dex` into the folder, and returns its path.
pub(crate) fn make(places: &Places, classes: &[Utf8PathBuf], folder: &Utf8Path) -> Result<Utf8PathBuf> {
    let said = run(places, classes, folder)?;
    if !said.is_empty() {
        bail!("D8 warns:\n{said}");
    }
    // D8 writes a second file for more than 65,536 references. Nothing here would pack that file.
    let made = jar::entries(folder)?;
    if made != ["classes.dex"] {
        bail!("D8 made not one file, but {made:?}");
    }
    Ok(folder.join("classes.dex"))
}

/// Control: fails unless D8 refuses a class that the oldest Android cannot run.
pub(crate) fn refuses_what_is_too_new(places: &Places) -> Result<()> {
    let folder = places.apk_build().join("too-new");
    remove_folder(&folder)?;
    fs::create_dir_all(&folder)?;
    let source = folder.join("TooNew.java");
    fs::write(&source, TOO_NEW)?;
    let classes = folder.join("classes");
    process::run(Command::new(doctor::java_program("javac")).args([
        "--release",
        "11",
        "-d",
        classes.as_str(),
        source.as_str(),
    ]))?;
    let archive = folder.join("classes.jar");
    jar::pack(&classes, &archive)?;
    match make(places, &[archive], &folder.join("dex")) {
        Err(refused) if refused.to_string().contains("MethodHandle.invoke") => Ok(()),
        Err(other) => Err(other),
        Ok(_) => bail!("control: D8 makes code for Android 7 of what Android 7 cannot run"),
    }
}

/// Runs D8. Returns its messages, without the one that it always prints. Fails if D8 fails.
fn run(places: &Places, classes: &[Utf8PathBuf], folder: &Utf8Path) -> Result<String> {
    let fetched = fetch(places, "d8")?;
    remove_folder(folder)?;
    fs::create_dir_all(folder)?;
    let mut java = Command::new(doctor::java_program("java"));
    java.args(JAVA_OPTIONS)
        .args(["-classpath", &format!("{fetched}/d8/*")])
        .arg(places.apk().join("Dex.java").as_str())
        .args([fetched.join("android/android-all.jar").as_str(), &API_LEVEL.to_string(), folder.as_str()])
        .args(classes.iter().map(|archive| archive.as_str()))
        .stdin(Stdio::null());
    let output = java.output().context("could not start java")?;
    let said = [output.stdout, output.stderr].concat();
    let said: Vec<_> =
        String::from_utf8_lossy(&said).lines().filter(|line| *line != SAID_EVERY_TIME).map(str::to_owned).collect();
    let said = said.join("\n");
    if !output.status.success() {
        bail!("D8 failed ({}):\n{said}", output.status);
    }
    Ok(said)
}
