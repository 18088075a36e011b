//! `cargo xtask aar`: builds the Android archive, and a Maven repository with the archive, its POM, sources and
//! documentation.

mod checks;
mod contents;
mod controls;
mod jvm_only;
mod pom;
mod release;
mod rules;

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

pub(crate) use self::checks::list;
use self::contents::Classes;
use crate::android::Library;
use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::publish::VERSION;
use crate::{android, jar, kotlin, library, maven, resources};

/// The archive's coordinates in a repository.
const GROUP: &str = "dev/walletlock";
const ARTIFACT: &str = "walletlock-android";

const NEEDS: [Need; 7] = [
    Need::CCompiler,
    Need::Jdk,
    Need::Maven,
    Need::AndroidResources,
    Need::AndroidC,
    Need::AndroidRust,
    Need::StdSources,
];

/// Builds the archive. `--install` also copies it into the user's local Maven repository. `--release-check` checks
/// whether it could be published.
pub(crate) fn make(places: &Places, options: &[String]) -> Result<ExitCode> {
    let option = match options {
        [] => "",
        [option] if ["--install", "--release-check"].contains(&option.as_str()) => option,
        _ => bail!("cargo xtask aar takes --install or --release-check, and nothing else"),
    };
    doctor::require(&NEEDS)?;
    let made = build(places)?;
    if option == "--install" {
        let own = maven::own_repository()?;
        jar::copy_folder(&repository(places), &own)?;
        println!("Installed in {own}.");
    }
    println!("{made}");
    if option == "--release-check" {
        release::check(places, &repository(places))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The Maven repository that the archive is built into.
pub(crate) fn repository(places: &Places) -> Utf8PathBuf {
    places.target().join("aar/repository")
}

/// The archive's folder in a repository.
pub(crate) fn folder_in(repository: &Utf8Path) -> Utf8PathBuf {
    repository.join(GROUP).join(ARTIFACT).join(VERSION)
}

/// A file of the archive's artifact. `ending`: the part of the file's name after the artifact's name and version.
pub(crate) fn file_in(repository: &Utf8Path, ending: &str) -> Utf8PathBuf {
    folder_in(repository).join(format!("{ARTIFACT}-{VERSION}{ending}"))
}

/// Builds the archive and all that belongs to it, checks it, and checks that each check can fail. Returns its path and
/// its size, as text.
pub(crate) fn build(places: &Places) -> Result<String> {
    let folder = places.target().join("aar");
    for gone in ["contents", "repository", "symbols", "unpacked"] {
        remove_folder(&folder.join(gone))?;
    }
    let libraries = android::build_all(places)?;
    // The Kotlin is generated from the uniffi metadata in this machine's library. Android's libraries have none, to be
    // smaller.
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
    maven::write_kdoc(places, "aar", &kdoc)?;
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

/// Fails unless packing the same contents again gives the same bytes.
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
