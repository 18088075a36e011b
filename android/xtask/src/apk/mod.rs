//! `cargo xtask apk`: the sample app as an APK, signed with a debug key.

mod checks;
mod controls;
mod crc32;
mod dex;
mod fetch;
pub(crate) mod levels;
pub(crate) mod shrunk;
mod zip;

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use self::checks::Apk;
use self::zip::Entry;
use crate::android::{API_LEVEL, Abi};
use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{consumer, jar, process};

const NEEDS: [Need; 8] = [
    Need::CCompiler,
    Need::Jdk,
    Need::Maven,
    Need::AndroidResources,
    Need::ApkTools,
    Need::AndroidC,
    Need::AndroidRust,
    Need::StdSources,
];

/// Alias and password of the debug key, the same as in Android's own tools. The key is no secret: it marks an APK as
/// one for trying out.
const KEY: [&str; 2] = ["androiddebugkey", "android"];

/// Builds the archive and the sample app, and packs, signs and checks the APK.
pub(crate) fn make(places: &Places) -> Result<ExitCode> {
    doctor::require(&NEEDS)?;
    let app = consumer::lay_out_android(places)?;
    consumer::compile_android(places, &app)?;
    println!("{}", build(places, &app)?);
    println!("Install it: adb install {}", file(places));
    Ok(ExitCode::SUCCESS)
}

/// Builds the APK of the sample app that an earlier step has compiled and tested.
pub(crate) fn test(places: &Places) -> Result<()> {
    let app = consumer::android_app(places);
    if !app.join("target/classes").exists() {
        bail!("the sample app is not compiled yet: the step with its tests does that");
    }
    dex::refuses_what_is_too_new(places)?;
    println!("{}", build(places, &app)?);
    Ok(())
}

/// `--deep same-bytes`: builds the APK twice, including the Kotlin, and fails unless both have the same bytes.
pub(crate) fn same_bytes(places: &Places) -> Result<()> {
    doctor::require(&NEEDS)?;
    let mut built = Vec::new();
    for _ in 0..2 {
        let app = consumer::lay_out_android(places)?;
        consumer::compile_android(places, &app)?;
        build(places, &app)?;
        built.push(fs::read(file(places))?);
    }
    if built.first() != built.last() {
        bail!("built twice, {} has other bytes", file(places));
    }
    println!("The APK is the same, byte for byte.");
    Ok(())
}

fn file(places: &Places) -> Utf8PathBuf {
    places.apk_build().join("sample.apk")
}

/// Packs, signs and checks the APK. `app`: the folder with the compiled app. Returns the APK's path and sizes, as text.
fn build(places: &Places, app: &Utf8Path) -> Result<String> {
    let start = Instant::now();
    let folder = places.apk_build();
    fs::create_dir_all(&folder)?;
    let parts = Parts::gather(places, app)?;
    let dexed = dex::make(places, &parts.classes, &folder.join("dex"))?;
    let seconds_of_d8 = start.elapsed().as_secs();

    let packed = folder.join("packed");
    remove_folder(&packed)?;
    jar::copy(&dexed, &packed.join("classes.dex"))?;
    for (name, text) in &parts.services {
        let path = packed.join(name);
        fs::create_dir_all(path.parent().context("it has a folder")?)?;
        fs::write(path, text)?;
    }
    let compressed = folder.join("compressed.jar");
    jar::pack(&packed, &compressed)?;

    let mut entries = zip::read(&fs::read(app.join("resources/resources.apk"))?)?;
    entries.extend(zip::read(&fs::read(compressed)?)?);
    for (name, path) in &parts.libraries {
        entries.push(Entry::stored(name, fs::read(path)?)?);
    }
    let unsigned = folder.join("unsigned.apk");
    fs::write(&unsigned, zip::write(&entries)?)?;
    sign(places, &unsigned)?;

    let manifest = fs::read_to_string(app.join("src/main/AndroidManifest.xml"))?;
    let apk = Apk::read(&file(places), &parts, &manifest)?;
    let faults = checks::faults(&apk);
    if !faults.is_empty() {
        let faults = faults.iter().map(|(name, found)| format!("    not so: {name}: {found}\n"));
        bail!("{}\n{}", file(places), faults.collect::<String>());
    }
    controls::every_check_can_fail(&apk)?;
    Ok(format!(
        "{}: {} bytes, of them {} of code before it is compressed; D8 {seconds_of_d8} s, all {} s",
        file(places),
        fs::metadata(file(places))?.len(),
        fs::metadata(dexed)?.len(),
        start.elapsed().as_secs(),
    ))
}

/// The parts of an APK, without the resources.
pub(crate) struct Parts {
    /// Jars with classes, the app's own first.
    classes: Vec<Utf8PathBuf>,
    /// Each native library's name in the APK, and its file.
    pub(crate) libraries: Vec<(String, Utf8PathBuf)>,
    /// The files of `META-INF/services`, by which Java's `ServiceLoader` finds classes: each file's name and text.
    pub(crate) services: Vec<(String, String)>,
}

impl Parts {
    /// Gathers the app's classes and all its runtime dependencies, which its POM lists.
    fn gather(places: &Places, app: &Utf8Path) -> Result<Self> {
        let folder = places.apk_build().join("parts");
        remove_folder(&folder)?;
        let dependencies = folder.join("dependencies");
        consumer::copy_dependencies(places, app, &dependencies)?;
        let own = folder.join("app.jar");
        fs::create_dir_all(&folder)?;
        jar::pack(&app.join("target/classes"), &own)?;
        let mut parts = Self { classes: vec![own], libraries: Vec::new(), services: Vec::new() };
        // Only the libraries: the archive's classes are among the dependencies already, as a jar, because Maven does
        // not know AARs.
        parts.add_libraries(&app.join("aar"))?;
        for entry in jar::entries(&dependencies)? {
            let path = dependencies.join(&entry);
            if entry.extension() == Some("aar") {
                let unpacked = folder.join(entry.file_stem().context("it has a name")?);
                jar::unpack(&path, &unpacked)?;
                parts.add_libraries(&unpacked)?;
                parts.classes.push(unpacked.join("classes.jar"));
            } else {
                parts.classes.push(path);
            }
        }
        for (number, archive) in parts.classes.iter().enumerate() {
            let unpacked = folder.join(format!("unpacked-{number}"));
            jar::unpack(archive, &unpacked)?;
            let services = unpacked.join("META-INF/services");
            if services.exists() {
                for entry in jar::entries(&services)? {
                    let text = fs::read_to_string(services.join(&entry))?;
                    parts.services.push((format!("META-INF/services/{entry}"), text));
                }
            }
        }
        parts.services = merged(parts.services);
        parts.libraries.sort();
        Ok(parts)
    }

    fn add_libraries(&mut self, archive: &Utf8Path) -> Result<()> {
        for abi in Abi::ALL {
            let folder = archive.join("jni").join(abi.name());
            for entry in jar::entries(&folder)? {
                self.libraries.push((format!("lib/{}/{entry}", abi.name()), folder.join(entry)));
            }
        }
        Ok(())
    }
}

/// Merges files of the same name into one with the lines of all.
fn merged(services: Vec<(String, String)>) -> Vec<(String, String)> {
    let mut all = std::collections::BTreeMap::<String, String>::new();
    for (name, text) in services {
        let lines = all.entry(name).or_default();
        lines.push_str(text.trim_end());
        lines.push('\n');
    }
    all.into_iter().collect()
}

/// Signs the APK. Makes the key if there is none yet. The key is kept, because a phone replaces an installed APK only
/// by one with the same key.
fn sign(places: &Places, unsigned: &Utf8Path) -> Result<()> {
    let [alias, password] = KEY;
    let store = places.apk_build().join("debug.p12");
    if !store.exists() {
        process::run_logged(
            Command::new(doctor::java_program("keytool"))
                .args(["-genkeypair", "-keyalg", "RSA", "-keysize", "2048", "-validity", "10000"])
                .args(["-storetype", "PKCS12", "-keystore", store.as_str(), "-storepass", password])
                .args(["-alias", alias, "-dname", "CN=Android Debug, O=Android, C=US"]),
            &places.log("keytool"),
        )?;
    }
    process::run(
        Command::new("apksigner")
            .args(["sign", "--ks", store.as_str(), "--ks-key-alias", alias, "--ks-pass", &format!("pass:{password}")])
            .args(["--min-sdk-version", &API_LEVEL.to_string(), "--v4-signing-enabled", "false"])
            // Without scheme v1, which adds files to the APK: the oldest Android that we support reads the newer
            // schemes.
            .args(["--v1-signing-enabled", "false"])
            .args(["--out", file(places).as_str(), unsigned.as_str()]),
    )
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn services_of_one_name_become_one_file() {
        let services = [("b", "one"), ("a", "two\n"), ("b", "three\n")].map(|(name, text)| (name.into(), text.into()));
        let expected = [("a", "two\n"), ("b", "one\nthree\n")].map(|(name, text)| (name.into(), text.into()));
        assert_eq!(merged(services.to_vec()), expected);
    }
}
