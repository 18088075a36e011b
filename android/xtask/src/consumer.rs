//! The tests of an app that is none of ours: it knows the artifacts by their coordinates, and nothing else of us.

use std::fs;

use anyhow::Result;
use camino::Utf8Path;

use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{aar, jar, maven, process, resources, snippets};

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
    jar::copy_folder(&places.consumer().join("src"), &app.join("src"))?;
    jar::copy(&places.consumer().join("pom.xml"), &app.join("pom.xml"))?;
    run(places, &app, "consumer")
}

/// Builds the Android archive, and runs the tests of an app that takes it, on Android's own classes.
///
/// Maven knows no AAR. What an app's build does with one is done here: its classes stand beside it under the same coordinates, and
/// its resources are compiled together with the app's, which gives the class R that its code asks for.
pub(crate) fn test_android(places: &Places) -> Result<()> {
    println!("{}", aar::build(places)?);
    let build = places.consumer_build();
    let repository = build.join("repository");
    install(places, &repository)?;
    jar::copy_folder(&aar::repository(places), &repository)?;
    let app = build.join("android-app");
    remove_folder(&app)?;
    let archive = app.join("aar");
    jar::unpack(&aar::file_in(&repository, ".aar"), &archive)?;
    jar::copy(&archive.join("classes.jar"), &aar::file_in(&repository, ".jar"))?;

    let sources = places.android_consumer();
    jar::copy_folder(&sources.join("src"), &app.join("src"))?;
    jar::copy(&sources.join("pom.xml"), &app.join("pom.xml"))?;
    // What Robolectric asks of AndroidX, which an app has from Google's Maven.
    jar::copy_folder(&places.aar().join("src/test/java/androidx"), &app.join("src/test/java/androidx"))?;
    snippets::write(places, &app)?;
    resources::compile_app(&app.join("src/main"), &archive.join("res"), &app.join("resources"))?;
    run(places, &app, "consumer-android")
}

fn run(places: &Places, app: &Utf8Path, name: &str) -> Result<()> {
    let repository = places.consumer_build().join("repository");
    let log = places.log(name);
    process::run_logged(
        maven::program().current_dir(app).arg(format!("-Dmaven.repo.local={repository}")).arg("test"),
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
        jar::copy(&pom, &folder.join(format!("{name}.pom")))?;
        if has_jar {
            let jar = format!("{name}.jar");
            jar::copy(&built.join(artifact).join(&jar), &folder.join(jar))?;
        }
    }
    Ok(())
}
