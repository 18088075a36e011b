//! The archive's POM, in which an app's build reads its dependencies.

use std::fs;

use anyhow::{Context, Result};

use super::release::element;
use super::{ARTIFACT, VERSION};
use crate::places::Places;

/// Takes the versions from the parent POM but does not inherit from it: the parent is for the JVM's artifacts, and does
/// not name JNA's AAR.
pub(crate) fn write(places: &Places) -> Result<String> {
    let path = places.android().join("pom.xml");
    let parent = fs::read_to_string(&path).with_context(|| format!("could not read {path}"))?;
    let version = |property: &str| {
        let (_, after) = parent.split_once(&format!("<{property}>")).with_context(|| format!("no {property}"))?;
        let (version, _) = after.split_once('<').with_context(|| format!("no {property}"))?;
        anyhow::Ok(version.to_owned())
    };
    let dependencies = [
        ("org.jetbrains.kotlin", "kotlin-stdlib", version("kotlin.stdlib.version")?, ""),
        ("org.jetbrains.kotlinx", "kotlinx-coroutines-core-jvm", version("coroutines.version")?, ""),
        ("io.nayuki", "qrcodegen", version("qrcodegen.version")?, ""),
        // JNA's jar has native libraries for computers only; its AAR has those for phones.
        ("net.java.dev.jna", "jna", version("jna.version")?, "\n      <type>aar</type>"),
    ];
    let dependencies = dependencies.map(|(group, artifact, version, kind)| {
        format!(
            "    <dependency>
      <groupId>{group}</groupId>
      <artifactId>{artifact}</artifactId>
      <version>{version}</version>{kind}
      <scope>compile</scope>
    </dependency>
"
        )
    });
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<project xmlns=\"http://maven.apache.org/POM/4.0.0\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"
         xsi:schemaLocation=\"http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd\">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dev.walletlock</groupId>
  <artifactId>{ARTIFACT}</artifactId>
  <version>{VERSION}</version>
  <packaging>aar</packaging>
  <name>Walletlock for Android</name>
  <description>The lock inside a wallet app.</description>
  <url>{url}</url>
  <licenses>{licenses}</licenses>
  <developers>{developers}</developers>
  <scm>{scm}</scm>
  <dependencies>
{dependencies}  </dependencies>
</project>
",
        url = element(&parent, "url")?,
        licenses = element(&parent, "licenses")?,
        developers = element(&parent, "developers")?,
        scm = element(&parent, "scm")?,
        dependencies = dependencies.concat(),
    ))
}
