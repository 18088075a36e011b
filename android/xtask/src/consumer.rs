//! The tests of an app that is none of ours: it knows the artifacts by their coordinates, and nothing else of us.

use std::fs;

use anyhow::{Context, Result};
use camino::Utf8Path;

use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{maven, process};

/// The one version of everything here.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Installs the artifacts that the Kotlin tests left behind, and runs the app's tests on them.
///
/// The app is copied, so that it sees nothing that lies beside its sources here. It has a Maven repository of its own,
/// so that the one of whoever runs this learns nothing of artifacts that were never released. The price: the first run
/// downloads what the app needs.
pub(crate) fn test(places: &Places) -> Result<()> {
    let build = places.consumer_build();
    let repository = build.join("repository");
    install(places, &repository)?;
    let app = build.join("app");
    remove_folder(&app)?;
    copy_folder(&places.consumer().join("src"), &app.join("src"))?;
    copy(&places.consumer().join("pom.xml"), &app.join("pom.xml"))?;
    let log = places.log("consumer");
    process::run_logged(
        maven::program().current_dir(&app).arg(format!("-Dmaven.repo.local={repository}")).arg("test"),
        &log,
    )?;
    println!("{}", maven::counts_in(&log)?);
    Ok(())
}

/// As `mvn install` would lay them out.
fn install(places: &Places, repository: &Utf8Path) -> Result<()> {
    let ours = repository.join("dev/walletlock");
    remove_folder(&ours)?;
    let sources = places.android();
    let built = places.maven(Flavour::Testing);
    for (artifact, pom, has_jar) in [
        ("walletlock-parent", sources.join("pom.xml"), false),
        ("walletlock", sources.join("kotlin/pom.xml"), true),
        ("walletlock-fakes", sources.join("fakes/pom.xml"), true),
    ] {
        let name = format!("{artifact}-{VERSION}");
        let folder = ours.join(artifact).join(VERSION);
        fs::create_dir_all(&folder)?;
        copy(&pom, &folder.join(format!("{name}.pom")))?;
        if has_jar {
            let jar = format!("{name}.jar");
            copy(&built.join(artifact).join(&jar), &folder.join(jar))?;
        }
    }
    Ok(())
}

fn copy_folder(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in from.read_dir_utf8().with_context(|| format!("could not read {from}"))? {
        let entry = entry?;
        let copied = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(entry.path(), &copied)?;
        } else {
            copy(entry.path(), &copied)?;
        }
    }
    Ok(())
}

fn copy(from: &Utf8Path, to: &Utf8Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("could not copy {from} to {to}"))?;
    Ok(())
}
