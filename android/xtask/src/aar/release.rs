//! `cargo xtask aar --release-check`: whether a public repository would accept the artifacts. No repository is asked.
//!
//! Maven Central requires in a POM: coordinates of a release, name, description, URL, licences, developers, and where
//! the sources are kept (`scm`). Beside each artifact it requires sources and documentation. Signatures and checksums
//! are made at the time of publishing.

use std::fs;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use super::file_in;
use crate::hosts::Host;
use crate::places::Places;
use crate::publish;

/// The elements that a POM inherits from its parent.
const INHERITED: [&str; 6] = ["groupId", "version", "url", "licenses", "developers", "scm"];

/// The files that must lie beside every artifact, by the end of their names.
const BESIDE: [&str; 2] = ["-sources.jar", "-javadoc.jar"];

/// Checks the archive in this repository, and builds and checks the JVM's artifacts in another. Fails if anything is
/// missing, and lists it.
pub(super) fn check(places: &Places, repository: &Utf8Path) -> Result<()> {
    let mut faults = archive_lacks(repository)?;
    if faults.is_empty() {
        println!("The archive is ready to be published, but for its signatures.");
    }
    let others = places.target().join("publish/repository");
    publish::lay_out_whole(places, &others)?;
    faults.extend(others_lack(&others)?);
    if !faults.is_empty() {
        bail!("not ready to be published:\n    {}", faults.join("\n    "));
    }
    println!("So are the facade, the fakes and their libraries, in {others}.");
    Ok(())
}

/// What is missing in the archive's POM, or beside the archive.
fn archive_lacks(repository: &Utf8Path) -> Result<Vec<String>> {
    let pom = read(&file_in(repository, ".pom"))?;
    let mut faults = named("the archive", missing(&pom, None)?);
    for ending in [".aar"].into_iter().chain(BESIDE) {
        faults.extend(absent("the archive", &file_in(repository, ending)));
    }
    Ok(faults)
}

/// What is missing in the POMs of the facade, the fakes and the hosts' libraries, or beside these artifacts.
fn others_lack(repository: &Utf8Path) -> Result<Vec<String>> {
    let parent = publish::file_in(repository, publish::PARENT, ".pom");
    if let Some(absent) = absent("the parent", &parent) {
        return Ok(vec![absent]);
    }
    let parent = read(&parent)?;
    let mut faults = named("the parent", missing(&parent, None)?);
    for artifact in publish::artifacts() {
        let pom = publish::file_in(repository, &artifact, ".pom");
        if let Some(absent) = absent(&artifact, &pom) {
            faults.push(absent);
            continue;
        }
        let pom = read(&pom)?;
        faults.extend(named(&artifact, missing(&pom, Some(&parent))?));
        if artifact == publish::FAKES {
            let hosts = Host::ALL.map(Host::artifact).into_iter();
            let without = hosts.filter(|host| !pom.contains(&format!("<artifactId>{host}</artifactId>")));
            faults.extend(without.map(|host| format!("{artifact}: does not depend on {host}")));
        }
        for ending in [".jar"].into_iter().chain(BESIDE) {
            faults.extend(absent(&artifact, &publish::file_in(repository, &artifact, ending)));
        }
    }
    Ok(faults)
}

fn read(file: &Utf8Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("could not read {file}"))
}

fn named(what: &str, faults: Vec<String>) -> Vec<String> {
    faults.into_iter().map(|fault| format!("{what}: {fault}")).collect()
}

/// A fault if the file does not exist or is empty.
fn absent(what: &str, file: &Utf8Path) -> Option<String> {
    let is_there = fs::metadata(file).is_ok_and(|found| found.len() > 0);
    (!is_there).then(|| format!("{what}: no {}", file.file_name().unwrap_or(file.as_str())))
}

/// The elements that a POM lacks, or that are empty in it.
fn missing(pom: &str, parent: Option<&str>) -> Result<Vec<String>> {
    let inherited = match parent {
        Some(parent) => project(parent)?.into_iter().filter(|(name, _)| INHERITED.contains(name)).collect(),
        None => Vec::new(),
    };
    let mut own = project(pom)?;
    own.extend(inherited);
    let mut missing = Vec::new();
    for name in ["modelVersion", "groupId", "artifactId", "version", "name", "description", "url"] {
        if value(&own, name).is_empty() {
            missing.push(format!("no {name}"));
        }
    }
    if value(&own, "version").ends_with("-SNAPSHOT") {
        missing.push("a version that is no release".to_owned());
    }
    for (list, wanted) in [("licenses", ["name", "url"]), ("developers", ["name", "url"])] {
        let entries = children(value(&own, list))?;
        if entries.is_empty() {
            missing.push(format!("no {list}"));
        }
        for (kind, entry) in &entries {
            let entry = children(entry)?;
            missing.extend(
                wanted
                    .iter()
                    .filter(|name| value(&entry, name).is_empty())
                    .map(|name| format!("a {kind} without {name}")),
            );
        }
    }
    let scm = children(value(&own, "scm"))?;
    for name in ["connection", "developerConnection", "url"] {
        if value(&scm, name).is_empty() {
            missing.push(format!("no {name} in scm"));
        }
    }
    Ok(missing)
}

/// The text within a direct child of a POM's `project`.
pub(super) fn element<'a>(pom: &'a str, name: &str) -> Result<&'a str> {
    let elements = project(pom)?;
    let (_, inner) =
        elements.iter().find(|(found, _)| *found == name).with_context(|| format!("a POM without {name}"))?;
    Ok(inner)
}

fn value<'a>(elements: &[(&str, &'a str)], name: &str) -> &'a str {
    elements.iter().find(|(found, _)| *found == name).map_or("", |(_, inner)| inner.trim())
}

fn project(pom: &str) -> Result<Vec<(&str, &str)>> {
    let project = children(pom)?.into_iter().find(|(name, _)| *name == "project").context("no POM")?;
    children(project.1)
}

/// The outermost elements of a piece of XML, each with its name and the text within it.
fn children(xml: &str) -> Result<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    let mut rest = xml;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").context("a comment that does not end")?.1;
            continue;
        }
        let (tag, within) = after.split_once('>').context("a tag that does not end")?;
        rest = within;
        if tag.starts_with('?') || tag.ends_with('/') {
            continue;
        }
        let name = tag.split_whitespace().next().context("a tag without a name")?;
        // No element that is looked into contains another one of its own name.
        let (inner, after) =
            within.split_once(&format!("</{name}>")).with_context(|| format!("{name} does not end"))?;
        found.push((name, inner));
        rest = after;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use camino::Utf8Path;

    use super::super::pom;
    use super::{children, missing, others_lack};
    use crate::hosts::Host;
    use crate::places::Places;
    use crate::publish::{self, VERSION};

    const POM: &str = "<?xml version=\"1.0\"?><!-- <url>none</url> --><project a=\"b\">
        <modelVersion>4</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version>
        <name>N</name><description>D</description><url>u</url>
        <licenses><license><name>L</name><url>l</url></license></licenses>
        <developers><developer><name>P</name><url>p</url></developer></developers>
        <scm><connection>c</connection><developerConnection>d</developerConnection><url>s</url></scm>
        </project>";

    #[test]
    fn a_complete_one_lacks_nothing() {
        assert_eq!(missing(POM, None).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn whatever_is_taken_away_or_emptied_is_missed() {
        for name in ["modelVersion", "groupId", "artifactId", "version", "name", "description", "url"] {
            let whole = children(POM).unwrap();
            let (_, within) = whole.first().unwrap();
            let (_, text) = *children(within).unwrap().iter().find(|(found, _)| *found == name).unwrap();
            let less = POM.replacen(&format!("<{name}>{text}</{name}>"), &format!("<{name}> </{name}>"), 1);
            let less = if name == "url" { less.replacen("<url>u</url>", "", 1) } else { less };
            assert!(missing(&less, None).unwrap().contains(&format!("no {name}")), "{name}");
        }
        for (taken, said) in [
            ("<url>l</url>", "a license without url"),
            ("<name>P</name>", "a developer without name"),
            ("<connection>c</connection>", "no connection in scm"),
            ("<url>s</url>", "no url in scm"),
            ("<license><name>L</name><url>l</url></license>", "no licenses"),
        ] {
            assert_eq!(missing(&POM.replacen(taken, "", 1), None).unwrap(), [said]);
        }
        assert_eq!(missing(&POM.replacen(">1<", ">1-SNAPSHOT<", 1), None).unwrap(), ["a version that is no release"]);
    }

    fn ours(target: &str) -> Places {
        let root = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        Places::at(root.to_owned(), root.join(target))
    }

    #[test]
    fn our_poms_lack_nothing() {
        let places = ours("target");
        let nothing = Vec::<String>::new();
        assert_eq!(missing(&pom::write(&places).unwrap(), None).unwrap(), nothing);
        let parent = fs::read_to_string(places.android().join("pom.xml")).unwrap();
        assert_eq!(missing(&parent, None).unwrap(), nothing);
        for module in ["kotlin", "fakes"] {
            let pom = fs::read_to_string(places.android().join(module).join("pom.xml")).unwrap();
            assert_eq!(missing(&pom, Some(&parent)).unwrap(), nothing, "{module}");
        }
        for host in Host::ALL {
            assert_eq!(missing(&publish::host_pom(host), Some(&parent)).unwrap(), nothing, "{host:?}");
        }
    }

    #[test]
    fn an_artifact_is_missed_until_it_is_built_with_its_sources_and_its_pages() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Utf8Path::from_path(folder.path()).unwrap();
        let lack = || others_lack(repository).unwrap();
        let lay = |artifact: &str, from: &str| {
            let pom = publish::file_in(repository, artifact, ".pom");
            fs::create_dir_all(pom.parent().unwrap()).unwrap();
            fs::copy(ours("target").android().join(from), pom).unwrap();
        };
        assert_eq!(lack(), [format!("the parent: no walletlock-parent-{VERSION}.pom")]);
        lay(publish::PARENT, "pom.xml");
        let expected: Vec<_> =
            publish::artifacts().iter().map(|artifact| format!("{artifact}: no {artifact}-{VERSION}.pom")).collect();
        assert_eq!(expected.len(), 7, "facade, fakes, five libraries");
        assert_eq!(lack(), expected);
        lay(publish::FAKES, "fakes/pom.xml");
        let of_fakes: Vec<_> = lack().into_iter().filter(|fault| fault.starts_with("walletlock-fakes")).collect();
        // This is the POM of the sources, to which no dependency on the hosts' jars was added yet.
        let hosts = Host::ALL.map(|host| format!("walletlock-fakes: does not depend on {}", host.artifact()));
        let files = [".jar", "-sources.jar", "-javadoc.jar"];
        let files = files.map(|ending| format!("walletlock-fakes: no walletlock-fakes-{VERSION}{ending}"));
        assert_eq!(of_fakes, [hosts.as_slice(), files.as_slice()].concat());
    }

    #[test]
    fn name_and_description_are_each_artifacts_own() {
        let child = "<project><parent><groupId>g</groupId></parent><modelVersion>4</modelVersion><artifactId>c</artifactId></project>";
        assert_eq!(missing(child, Some(POM)).unwrap(), ["no name", "no description"]);
    }
}
