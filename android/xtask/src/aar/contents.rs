//! Gathers the contents of the archive.

use std::fs;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

use crate::android::{Abi, Library};
use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{jar, licences, maven};

/// `minCompileSdk`: our resources may refer to Android's up to API 29. `minAndroidGradlePluginVersion`: its D8 is the
/// first that reads our class files.
const METADATA: &str = "\
aarFormatVersion=1.0
aarMetadataVersion=1.0
minCompileSdk=29
minAndroidGradlePluginVersion=7.0.0
";

/// The folders of compiled classes: those of the facade with the Kotlin generated for it, and those of Android's part.
pub(crate) struct Classes {
    facade: Utf8PathBuf,
    android: Utf8PathBuf,
}

impl Classes {
    /// Compiles them for the library that ships.
    pub(crate) fn compile(places: &Places, host: &Utf8Path) -> Result<Self> {
        let built = maven::build_aar(places, host)?;
        Ok(Self { facade: built.join("walletlock/classes"), android: built.join("walletlock-android/classes") })
    }

    /// Copies all classes into one folder, except R: an app's build makes its own R, with the app's resource ids.
    fn merge(&self, folder: &Utf8Path) -> Result<()> {
        remove_folder(folder)?;
        jar::copy_folder(&self.facade, folder)?;
        for entry in jar::entries(&self.android)? {
            let name = entry.file_name().unwrap_or_default();
            if name != "R.class" && !name.starts_with("R$") {
                jar::copy(&self.android.join(&entry), &folder.join(&entry))?;
            }
        }
        Ok(())
    }
}

/// Copies everything into `folder`, in the layout of an AAR.
pub(crate) fn gather(places: &Places, libraries: &[Library], classes: &Classes, folder: &Utf8Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let source = places.aar().join("src/main");
    jar::copy(&source.join("AndroidManifest.xml"), &folder.join("AndroidManifest.xml"))?;
    jar::copy_folder(&source.join("res"), &folder.join("res"))?;
    jar::copy(&places.android_resources().join("R.txt"), &folder.join("R.txt"))?;
    jar::copy(&places.aar().join("proguard.txt"), &folder.join("proguard.txt"))?;
    let merged = places.target().join("aar/classes");
    classes.merge(&merged)?;
    jar::pack(&merged, &folder.join("classes.jar"))?;
    for library in libraries {
        jar::copy(&library.stripped, &folder.join("jni").join(library.abi.name()).join("libwalletlock.so"))?;
    }
    let metadata = folder.join("META-INF/com/android/build/gradle/aar-metadata.properties");
    fs::create_dir_all(metadata.parent().context("it has a folder")?)?;
    fs::write(metadata, METADATA)?;
    licences::lay_into(places, folder, Abi::Arm64.rust_target())
}

/// Packs the sources, so that a debugger can step into them.
pub(crate) fn pack_sources(places: &Places, archive: &Utf8Path) -> Result<()> {
    let folder = places.target().join("aar/sources");
    remove_folder(&folder)?;
    for sources in [
        places.android().join("kotlin/src/main/kotlin"),
        places.kotlin_bindings(Flavour::Shipped),
        places.aar().join("src/main/kotlin"),
    ] {
        jar::copy_folder(&sources, &folder)?;
    }
    jar::pack(&folder, archive)
}
