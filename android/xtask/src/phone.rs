//! `cargo xtask demo --phone`: the sample app on a phone in the browser. Its tests are in the module android/phone.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use camino::Utf8PathBuf;

use crate::doctor::{self, Need};
use crate::places::{Flavour, Places};
use crate::{demo, jar, kotlin, library, manifest, maven, process, resources};

const MAIN_CLASS: &str = "dev.walletlock.phone.MainKt";

const NEEDS: [Need; 4] = [Need::CCompiler, Need::Jdk, Need::Maven, Need::AndroidResources];

/// Builds what is not up to date, and replaces this process by the phone, which runs until Ctrl-C.
pub(crate) fn play(places: &Places, options: &[String]) -> Result<ExitCode> {
    let port = match options {
        [] => 0,
        [name, port] if name == "--port" => port.parse::<u16>().with_context(|| format!("not a port: {port}"))?,
        _ => bail!("cargo xtask demo --phone takes --port N, and nothing else"),
    };
    doctor::require(&NEEDS)?;
    let library = prepare(places)?;
    let (classpath, android) = maven::build_phone(places, &library)?;
    let mut java = Command::new(doctor::java_program("java"));
    java.args([
        // Only the fast compiler (C1): the program starts in half the time, and the phone does not need code that is
        // optimised further.
        "-XX:TieredStopAtLevel=1",
        "-Dfile.encoding=UTF-8",
        "-Dsun.net.httpserver.nodelay=true",
        "-Drobolectric.offline=true",
        &format!("-Drobolectric.dependency.dir={android}"),
        &format!("-Dwalletlock.phone.port={port}"),
        MAIN_CLASS,
    ]);
    demo::become_program(java.env("CLASSPATH", classpath))
}

/// Tests the phone's page in a browser, from the first run of the app on. Not part of `cargo xtask test`, which should
/// need no browser; `.ci/run` calls it.
pub(crate) fn test_in_browser(places: &Places) -> Result<ExitCode> {
    doctor::require(&[&NEEDS[..], &[Need::Browser]].concat())?;
    let library = prepare(places)?;
    // The person verifies a dispute's evidence on the command line.
    process::run(process::cargo(places).args(["build", "--package", "walletlock-verifier"]))?;
    println!("{}", maven::test_phone_in_browser(places, &library)?);
    Ok(ExitCode::SUCCESS)
}

/// Builds everything that the phone is made from, and returns the testing library, because the phone uses the fakes.
fn prepare(places: &Places) -> Result<Utf8PathBuf> {
    let library = library::build(places, Flavour::Testing)?;
    kotlin::generate(places, Flavour::Testing, &library)?;
    library::pack_for_fakes(places, &library)?;
    resources::compile(places)?;
    gather(places)?;
    Ok(library)
}

/// Does what an app's build does with an app and an AAR: makes one manifest, one table of resources, and a class R
/// for each of the two. Adds the classes of AndroidX that Robolectric calls. An app gets those from Google's Maven
/// repository.
pub(crate) fn gather(places: &Places) -> Result<()> {
    let app = places.sample().join("src/main");
    let archive = places.aar().join("src/main");
    let folder = places.phone();
    fs::create_dir_all(&folder)?;
    let manifest = folder.join("AndroidManifest.xml");
    manifest::merge_files(&app.join("AndroidManifest.xml"), &archive.join("AndroidManifest.xml"), &manifest)?;
    let resources = folder.join("resources");
    resources::compile_app(&manifest, &[&archive.join("res"), &app.join("res")], &resources)?;
    jar::copy_folder(&places.aar().join("src/test/java/androidx"), &resources.join("java/androidx"))
}
