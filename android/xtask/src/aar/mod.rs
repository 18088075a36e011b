//! `cargo xtask aar`: the Android archive, with what belongs beside it, in a Maven repository.

mod checks;
mod contents;
mod controls;
mod licences;
mod pom;
mod rules;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use self::contents::Classes;
use crate::android::Library;
use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{android, jar, kotlin, library, maven, resources};

/// What it is called in a repository.
const GROUP: &str = "dev/walletlock";
const ARTIFACT: &str = "walletlock-android";
/// The one version of everything here.
const VERSION: &str = env!("CARGO_PKG_VERSION");

const NEEDS: [Need; 7] = [
    Need::CCompiler,
    Need::Jdk,
    Need::Maven,
    Need::AndroidResources,
    Need::AndroidC,
    Need::AndroidRust,
    Need::StdSources,
];

/// Builds it, and with `--install` lays it into this machine's own Maven repository too.
pub(crate) fn make(places: &Places, options: &[String]) -> Result<ExitCode> {
    let installs = match options {
        [] => false,
        [install] if install == "--install" => true,
        _ => bail!("cargo xtask aar takes --install, and nothing else"),
    };
    doctor::require(&NEEDS)?;
    let made = build(places)?;
    if installs {
        let own = maven::own_repository()?;
        jar::copy_folder(&repository(places), &own)?;
        println!("Installed in {own}.");
    }
    println!("{made}");
    Ok(ExitCode::SUCCESS)
}

/// The Maven repository that it is laid into.
pub(crate) fn repository(places: &Places) -> Utf8PathBuf {
    places.target().join("aar/repository")
}

/// Its folder in a repository.
pub(crate) fn folder_in(repository: &Utf8Path) -> Utf8PathBuf {
    repository.join(GROUP).join(ARTIFACT).join(VERSION)
}

/// A file of its, by what comes after its name and version.
pub(crate) fn file_in(repository: &Utf8Path, ending: &str) -> Utf8PathBuf {
    folder_in(repository).join(format!("{ARTIFACT}-{VERSION}{ending}"))
}

/// Builds all of it, checks it, and sees that each check can fail. Returns where it is and how large.
pub(crate) fn build(places: &Places) -> Result<String> {
    let folder = places.target().join("aar");
    for gone in ["contents", "repository", "symbols", "unpacked"] {
        remove_folder(&folder.join(gone))?;
    }
    let libraries = android::build_all(places)?;
    // The Kotlin is generated from what this machine's library says of itself: those of Android say nothing, to be smaller.
    let host = library::build(places, Flavour::Shipped)?;
    kotlin::generate(places, Flavour::Shipped, &host)?;
    resources::compile(places)?;
    let classes = Classes::compile(places, &host)?;

    let contents = folder.join("contents");
    contents::gather(places, &libraries, &classes, &contents)?;
    let repository = repository(places);
    fs::create_dir_all(folder_in(&repository))?;
    let archive = file_in(&repository, ".aar");
    jar::pack(&contents, &archive)?;
    fs::write(file_in(&repository, ".pom"), pom::write(places)?)?;
    contents::pack_sources(places, &file_in(&repository, "-sources.jar"))?;
    let kdoc = folder.join("kdoc");
    maven::write_kdoc(places, &kdoc)?;
    jar::pack(&kdoc, &file_in(&repository, "-javadoc.jar"))?;
    keep_symbols(&libraries, &folder.join("symbols"))?;

    twice_the_same(&contents, &archive)?;
    let unpacked = folder.join("unpacked");
    checks::unpack(&archive, &file_in(&repository, ".pom"), &unpacked)?;
    let faults = checks::faults(places, &unpacked)?;
    if !faults.is_empty() {
        let faults = faults.iter().map(|(name, found)| format!("    not so: {name}: {found}\n"));
        bail!("{archive}\n{}", faults.collect::<String>());
    }
    controls::every_check_can_fail(places, &unpacked)?;
    report(&archive, &libraries)
}

/// Packing depends on nothing but what is packed.
fn twice_the_same(contents: &Utf8Path, archive: &Utf8Path) -> Result<()> {
    let again = archive.with_file_name("again.aar");
    jar::pack(contents, &again)?;
    let same = fs::read(&again)? == fs::read(archive)?;
    fs::remove_file(again)?;
    if !same {
        bail!("packed twice, {archive} has other bytes");
    }
    Ok(())
}

fn keep_symbols(libraries: &[Library], folder: &Utf8Path) -> Result<()> {
    for library in libraries {
        jar::copy(&library.with_symbols, &folder.join(library.abi.name()).join("libwalletlock.so"))?;
    }
    Ok(())
}

fn report(archive: &Utf8Path, libraries: &[Library]) -> Result<String> {
    let mut lines = vec![format!("{archive}: {} bytes", fs::metadata(archive)?.len())];
    for library in libraries {
        let bytes = fs::metadata(&library.stripped).with_context(|| format!("no {}", library.stripped))?.len();
        lines.push(format!("    {:12} {bytes:8} bytes", library.abi.name()));
    }
    Ok(lines.join("\n"))
}
