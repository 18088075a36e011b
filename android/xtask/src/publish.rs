//! Lays out the artifacts for a JVM as a Maven repository: the facade, the fakes, and for each system a jar with the
//! library. The fakes depend on all these jars, so an app's tests need only one dependency.

use std::fs;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

use crate::hosts::{self, Host};
use crate::kotlin::remove_folder;
use crate::places::{Flavour, Places};
use crate::{jar, kotlin, library, maven};

/// The version that all artifacts have.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(crate) const PARENT: &str = "walletlock-parent";
pub(crate) const FAKES: &str = "walletlock-fakes";

/// Replaces the sources and the documentation of a library's jar: it holds no Java.
const NOTE_ON_LIBRARY: &str = "\
The jar beside this one holds a native library, built from the folders core, bindings and android/native of Walletlock's sources by
`cargo xtask hosts`. Its pages are those of walletlock-fakes.
";

/// Compiles the facade and the fakes, without running their tests.
pub(crate) fn compile(places: &Places) -> Result<()> {
    let library = library::build(places, Flavour::Testing)?;
    kotlin::generate(places, Flavour::Testing, &library)?;
    library::pack_for_fakes(places, &library)?;
    maven::package_fakes(places, &library)
}

/// Lays out the artifacts that [`compile`] or the Kotlin tests have built. `hosts`: each host with the folder of its
/// jar's contents.
pub(crate) fn lay_out(places: &Places, repository: &Utf8Path, hosts: &[(Host, Utf8PathBuf)]) -> Result<()> {
    let ours = repository.join("dev/walletlock");
    remove_folder(&ours)?;
    let sources = places.android();
    let built =
        |artifact: &str| places.maven(Flavour::Testing).join(artifact).join(format!("{artifact}-{VERSION}.jar"));
    write_pom(repository, PARENT, &read(&sources.join("pom.xml"))?)?;
    write_pom(repository, "walletlock", &read(&sources.join("kotlin/pom.xml"))?)?;
    jar::copy(&built("walletlock"), &file_in(repository, "walletlock", ".jar"))?;

    let names: Vec<_> = hosts.iter().map(|(host, _)| *host).collect();
    write_pom(repository, FAKES, &with_hosts(&read(&sources.join("fakes/pom.xml"))?, &names)?)?;
    // The Maven build puts this machine's library into the fakes' jar. When published, each library has a jar of its
    // own.
    let classes = places.target().join("publish/fakes");
    jar::unpack(&built(FAKES), &classes)?;
    remove_folder(&classes.join("native"))?;
    jar::pack(&classes, &file_in(repository, FAKES, ".jar"))?;

    for (host, folder) in hosts {
        write_pom(repository, &host.artifact(), &host_pom(*host))?;
        jar::pack(folder, &file_in(repository, &host.artifact(), ".jar"))?;
    }
    Ok(())
}

/// The names of all artifacts for a JVM, without the parent.
pub(crate) fn artifacts() -> Vec<String> {
    let hosts = Host::ALL.map(Host::artifact);
    ["walletlock", FAKES].map(str::to_owned).into_iter().chain(hosts).collect()
}

/// Builds all artifacts for a JVM and lays them out, with their sources and documentation.
pub(crate) fn lay_out_whole(places: &Places, repository: &Utf8Path) -> Result<()> {
    println!("{}", hosts::build_all(places)?);
    compile(places)?;
    let hosts = hosts::all_contents(places);
    lay_out(places, repository, &hosts)?;
    let folder = places.target().join("publish/beside");
    for (module, artifact) in [("kotlin", "walletlock"), ("fakes", FAKES)] {
        remove_folder(&folder)?;
        jar::copy_folder(&places.android().join(module).join("src/main/kotlin"), &folder)?;
        if artifact == "walletlock" {
            jar::copy_folder(&places.kotlin_bindings(Flavour::Testing), &folder)?;
        }
        jar::pack(&folder, &file_in(repository, artifact, "-sources.jar"))?;
        maven::write_kdoc(places, module, &folder)?;
        jar::pack(&folder, &file_in(repository, artifact, "-javadoc.jar"))?;
    }
    for (host, _) in hosts {
        remove_folder(&folder)?;
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("README.txt"), NOTE_ON_LIBRARY)?;
        for ending in ["-sources.jar", "-javadoc.jar"] {
            jar::pack(&folder, &file_in(repository, &host.artifact(), ending))?;
        }
    }
    Ok(())
}

/// An artifact's file. `ending`: the part of the file's name after the artifact's name and version.
pub(crate) fn file_in(repository: &Utf8Path, artifact: &str, ending: &str) -> Utf8PathBuf {
    repository.join("dev/walletlock").join(artifact).join(VERSION).join(format!("{artifact}-{VERSION}{ending}"))
}

fn write_pom(repository: &Utf8Path, artifact: &str, pom: &str) -> Result<()> {
    let path = file_in(repository, artifact, ".pom");
    fs::create_dir_all(path.parent().context("it has a folder")?)?;
    Ok(fs::write(path, pom)?)
}

fn read(file: &Utf8Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("could not read {file}"))
}

/// The POM of the fakes, with a dependency on each host's jar added.
fn with_hosts(pom: &str, hosts: &[Host]) -> Result<String> {
    let (before, after) = pom.split_once("  </dependencies>").context("a POM without dependencies")?;
    let dependencies = hosts.iter().map(|host| {
        format!(
            "    <dependency>
      <groupId>dev.walletlock</groupId>
      <artifactId>{}</artifactId>
      <version>{VERSION}</version>
      <scope>runtime</scope>
    </dependency>
",
            host.artifact()
        )
    });
    Ok(format!("{before}{}  </dependencies>{after}", dependencies.collect::<String>()))
}

pub(crate) fn host_pom(host: Host) -> String {
    let (artifact, name) = (host.artifact(), host.name());
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<project xmlns=\"http://maven.apache.org/POM/4.0.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"
         xsi:schemaLocation=\"http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd\">
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>dev.walletlock</groupId>
    <artifactId>walletlock-parent</artifactId>
    <version>{VERSION}</version>
  </parent>
  <artifactId>{artifact}</artifactId>
  <name>Walletlock's library for {name}</name>
  <description>What Walletlock's fakes run on, on one kind of machine. For tests only: its PIN check is far too cheap to protect anything.</description>
</project>
"
    )
}
