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
    link(&source.join("AndroidManifest.xml"), &[&source.join("res")], &places.android_resources(), &[])
}

/// The same of an app that takes the AAR: its own resources and the AAR's together, numbered anew, with an R for each.
pub(crate) fn compile_app(source: &Utf8Path, of_the_aar: &Utf8Path, folder: &Utf8Path) -> Result<()> {
    let manifest = source.join("AndroidManifest.xml");
    link(&manifest, &[of_the_aar, &source.join("res")], folder, &["--extra-packages", "dev.walletlock.android"])
}

fn link(manifest: &Utf8Path, resources: &[&Utf8Path], folder: &Utf8Path, options: &[&str]) -> Result<()> {
    remove_folder(folder)?;
    fs::create_dir_all(folder)?;
    let mut link = Command::new("aapt2");
    link.arg("link")
        .args(["-I", FRAMEWORK, "--manifest", manifest.as_str()])
        // Constants would be compiled into our classes, and an app numbers the resources anew.
        .arg("--non-final-ids")
        .args(["--java", folder.join("java").as_str()])
        .args(["--output-text-symbols", folder.join("R.txt").as_str()])
        .args(["-o", folder.join("resources.apk").as_str()])
        .args(options);
    for (number, source) in resources.iter().enumerate() {
        let compiled = folder.join(format!("compiled-{number}.zip"));
        process::run(Command::new("aapt2").args(["compile", "--dir", source.as_str(), "-o", compiled.as_str()]))?;
        link.arg(compiled.as_str());
    }
    process::run(&mut link)
}
