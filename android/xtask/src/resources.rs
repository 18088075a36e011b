//! Compiles the resources of Android's part with Debian's tools, without an SDK.
//!
//! The result is only used here: the table of resources that Android reads in the tests, and a class `R` to compile
//! against. The AAR contains the sources of the resources, and an app's build makes its own table and `R` from them.

use std::fs;
use std::process::Command;

use anyhow::Result;
use camino::Utf8Path;

use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::process;

/// Android's own resources, to which ours refer. They are those of API 29, so our XML cannot refer to newer ones.
const FRAMEWORK: &str = "/usr/share/android-framework-res/framework-res.apk";

/// Whether the tools are installed.
pub(crate) fn can_be_compiled() -> bool {
    process::answer("aapt2", &["version"]).is_some() && Utf8Path::new(FRAMEWORK).exists()
}

/// Compiles our own resources. Empties the folder and writes `resources.apk`, `java/` and `R.txt`.
pub(crate) fn compile(places: &Places) -> Result<()> {
    let source = places.aar().join("src/main");
    link(&source.join("AndroidManifest.xml"), &[&source.join("res")], &places.android_resources(), &[])
}

/// Compiles the resources of the AAR and of an app together, with new resource ids, and makes one class R for each. A
/// colour or text of the app replaces one of ours with the same name, as in an app's build. `manifest`: the merged one.
pub(crate) fn compile_app(manifest: &Utf8Path, aar_and_app: &[&Utf8Path; 2], folder: &Utf8Path) -> Result<()> {
    link(
        manifest,
        aar_and_app,
        folder,
        &[
            "--extra-packages",
            "dev.walletlock.android",
            // aapt2 uses these only if the manifest has none. An app's build passes its own.
            "--version-code",
            "1",
            "--version-name",
            env!("CARGO_PKG_VERSION"),
        ],
    )
}

fn link(manifest: &Utf8Path, resources: &[&Utf8Path], folder: &Utf8Path, options: &[&str]) -> Result<()> {
    remove_folder(folder)?;
    fs::create_dir_all(folder)?;
    let mut link = Command::new("aapt2");
    link.arg("link")
        .args(["-I", FRAMEWORK, "--manifest", manifest.as_str()])
        // Final ids would be compiled into our classes as constants, but an app's build gives the resources new
        // numbers.
        .arg("--non-final-ids")
        .args(["--java", folder.join("java").as_str()])
        .args(["--output-text-symbols", folder.join("R.txt").as_str()])
        .args(["-o", folder.join("resources.apk").as_str()])
        .arg("--auto-add-overlay")
        .args(options);
    for (number, source) in resources.iter().enumerate() {
        let compiled = folder.join(format!("compiled-{number}.zip"));
        process::run(Command::new("aapt2").args(["compile", "--dir", source.as_str(), "-o", compiled.as_str()]))?;
        if number > 0 {
            link.arg("-R");
        }
        link.arg(compiled.as_str());
    }
    process::run(&mut link)
}
