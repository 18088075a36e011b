//! Runs the tests of apps that use Walletlock as a foreign app would: they take the artifacts by their Maven
//! coordinates and see nothing else of this project.

use std::fs;
use std::process::Command;

use anyhow::Result;
use camino::{Utf8Path, Utf8PathBuf};

use crate::hosts::{self, Host};
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{aar, jar, manifest, maven, process, publish, resources, snippets};

/// Installs the artifacts that the Kotlin tests left behind, and runs the app's tests on them.
///
/// The app is copied, so that it sees no other file of this project. It has a Maven repository of its own, so that
/// artifacts that were never released do not get into the user's repository. The price: the first run downloads
/// everything that the app needs.
pub(crate) fn test(places: &Places) -> Result<()> {
    install(places, &repository(places))?;
    test_jvm(places)
}

/// The same test, with the libraries for all systems that `hosts` has built.
pub(crate) fn test_with_every_host(places: &Places) -> Result<()> {
    publish::lay_out(places, &repository(places), &hosts::all_contents(places))?;
    test_jvm(places)
}

fn test_jvm(places: &Places) -> Result<()> {
    let app = places.consumer_build().join("app");
    remove_folder(&app)?;
    jar::copy_folder(&places.consumer().join("src"), &app.join("src"))?;
    jar::copy(&places.consumer().join("pom.xml"), &app.join("pom.xml"))?;
    run(places, &app, "consumer")
}

/// Runs the tests of the sample wallet, which takes the Android archive. They run on Android's own classes, under
/// Robolectric.
pub(crate) fn test_android(places: &Places) -> Result<()> {
    install(places, &repository(places))?;
    let app = lay_out_android(places)?;
    run(places, &app, "consumer-android")
}

/// Compiles the sample wallet. Removes the test dependencies from its POM: an APK needs none of them, and the fakes may
/// not be built yet.
pub(crate) fn compile_android(places: &Places, app: &Utf8Path) -> Result<()> {
    let pom = app.join("pom.xml");
    fs::write(&pom, without_tests(&fs::read_to_string(&pom)?))?;
    process::run_logged(app_maven(places, app).arg("compile"), &places.log("consumer-android-compile"))
}

/// Copies the sample wallet's runtime dependencies, jars and AARs, into `folder`.
pub(crate) fn copy_dependencies(places: &Places, app: &Utf8Path, folder: &Utf8Path) -> Result<()> {
    process::run_logged(
        app_maven(places, app)
            .args(["dependency:copy-dependencies", "-DincludeScope=runtime"])
            .arg(format!("-DoutputDirectory={folder}")),
        &places.log("consumer-android-dependencies"),
    )
}

/// Where the sample wallet is laid out.
pub(crate) fn android_app(places: &Places) -> Utf8PathBuf {
    places.consumer_build().join("android-app")
}

/// Builds the Android archive and lays out the sample wallet, which takes it. Returns the wallet's folder.
///
/// Maven does not know AARs, so this does what an app's build does with one. It puts the AAR's classes into the
/// repository under the same coordinates, and compiles its resources together with the app's, which gives the class R
/// that the AAR's code refers to.
pub(crate) fn lay_out_android(places: &Places) -> Result<Utf8PathBuf> {
    println!("{}", aar::build(places)?);
    let repository = repository(places);
    jar::copy_folder(&aar::repository(places), &repository)?;
    let app = android_app(places);
    remove_folder(&app)?;
    let archive = app.join("aar");
    jar::unpack(&aar::file_in(&repository, ".aar"), &archive)?;
    jar::copy(&archive.join("classes.jar"), &aar::file_in(&repository, ".jar"))?;

    let sources = places.sample();
    jar::copy_folder(&sources.join("src"), &app.join("src"))?;
    jar::copy(&sources.join("pom.xml"), &app.join("pom.xml"))?;
    // The classes of AndroidX that Robolectric calls. An app gets them from Google's Maven repository.
    jar::copy_folder(&places.aar().join("src/test/java/androidx"), &app.join("src/test/java/androidx"))?;
    snippets::write(places, &app)?;
    let main = app.join("src/main");
    let manifest = main.join("AndroidManifest.xml");
    manifest::merge_files(&manifest, &archive.join("AndroidManifest.xml"), &manifest)?;
    resources::compile_app(&manifest, &[&archive.join("res"), &main.join("res")], &app.join("resources"))?;
    Ok(app)
}

/// A POM without the dependencies of the scope `test`.
fn without_tests(pom: &str) -> String {
    let (begin, end) = ("<dependency>", "</dependency>");
    let mut parts = pom.split(begin);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(end) {
            Some((dependency, rest)) if dependency.contains("<scope>test</scope>") => kept.push_str(rest),
            _ => kept.extend([begin, part]),
        }
    }
    kept
}

fn run(places: &Places, app: &Utf8Path, name: &str) -> Result<()> {
    let log = places.log(name);
    println!("{}", maven::run_tests(app_maven(places, app).arg("test"), &log)?);
    Ok(())
}

fn repository(places: &Places) -> Utf8PathBuf {
    places.consumer_build().join("repository")
}

/// Maven in the app's folder, with the repository that the JVM app and the sample wallet share.
fn app_maven(places: &Places, app: &Utf8Path) -> Command {
    let mut maven = maven::program();
    maven.current_dir(app).arg(format!("-Dmaven.repo.local={}", repository(places)));
    maven
}

/// Lays out the facade and the fakes that the Kotlin tests have built, with the library for this machine only.
fn install(places: &Places, repository: &Utf8Path) -> Result<()> {
    publish::lay_out(places, repository, &[(Host::here()?, places.host_library())])
}

#[cfg(test)]
mod tests {
    use super::without_tests;

    #[test]
    fn what_tests_alone_need_is_left_out_of_a_pom() {
        let of = |scope: &str| format!("<dependency><a>{scope}</a>{scope}</dependency>");
        let (ours, provided) = (of(""), of("<scope>provided</scope>"));
        let pom = format!("<p>{ours}{}{provided}{}</p>", of("<scope>test</scope>"), of("<scope>test</scope>"));
        assert_eq!(without_tests(&pom), format!("<p>{ours}{provided}</p>"));
    }
}
