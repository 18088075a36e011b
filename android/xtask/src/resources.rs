//! The resources of Android's part, compiled with Debian's tools instead of an SDK.
//!
//! What comes out is for us alone: the table that the tests' Android reads, and a class `R` to compile against. An app's build takes the
//! sources, as the AAR carries them, and makes its own of both.

use std::fs;
use std::process::Command;

use anyhow::Result;
use camino::Utf8Path;

use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::process;

/// Android's own resources, which ours refer to: those of API 29. What is newer cannot be named in XML.
const FRAMEWORK: &str = "/usr/share/android-framework-res/framework-res.apk";

/// Whether the tools are there.
pub(crate) fn can_be_compiled() -> bool {
    process::answer("aapt2", &["version"]).is_some() && Utf8Path::new(FRAMEWORK).exists()
}

/// Writes `resources.apk`, `java/` and `R.txt` afresh.
pub(crate) fn compile(places: &Places) -> Result<()> {
    let source = places.aar().join("src/main");
    let folder = places.android_resources();
    remove_folder(&folder)?;
    fs::create_dir_all(&folder)?;
    let compiled = folder.join("compiled.zip");
    process::run(Command::new("aapt2").args([
        "compile",
        "--dir",
        source.join("res").as_str(),
        "-o",
        compiled.as_str(),
    ]))?;
    process::run(
        Command::new("aapt2")
            .arg("link")
            .args(["-I", FRAMEWORK, "--manifest", source.join("AndroidManifest.xml").as_str()])
            // Constants would be compiled into our classes, and an app numbers the resources anew.
            .arg("--non-final-ids")
            .args(["--java", folder.join("java").as_str()])
            .args(["--output-text-symbols", folder.join("R.txt").as_str()])
            .args(["-o", folder.join("resources.apk").as_str(), compiled.as_str()]),
    )
}
