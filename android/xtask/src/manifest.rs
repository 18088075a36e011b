//! Merges the manifest of an archive into the manifest of an app, as the Android Gradle Plugin does.
//!
//! It merges only what our archive needs: permissions, and the contents of `application`. It fails where the result
//! would be wrong.

use std::fs;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

/// Merges the manifest `library` into `app` and writes the result to `to`, which may be the same file as `app`.
pub(crate) fn merge_files(app: &Utf8Path, library: &Utf8Path, to: &Utf8Path) -> Result<()> {
    let read = |file: &Utf8Path| fs::read_to_string(file).with_context(|| format!("could not read {file}"));
    let merged = merge(&read(app)?, &read(library)?).with_context(|| format!("{app} and {library}"))?;
    fs::write(to, merged).with_context(|| format!("could not write {to}"))
}

/// The text of the merged manifest. It sets `extractNativeLibs` to false if the app does not set it: the phone then
/// maps libraries from within the APK, where they are aligned to pages.
fn merge(app: &str, library: &str) -> Result<String> {
    let library = without_comments(library);
    let mut permissions = String::new();
    for permission in library.split("<uses-permission").skip(1) {
        let (attributes, _) = permission.split_once("/>").context("a permission that does not end")?;
        let name = name_in(attributes).context("a permission without a name")?;
        if !without_comments(app).contains(&format!("\"{name}\"")) {
            permissions.push_str(&format!("<uses-permission{attributes}/>\n    "));
        }
    }
    let (_, _, added) = application(&library)?;
    for name in names_in(added) {
        if name.starts_with('.') {
            bail!("{name} would be another class in the app's package");
        }
        if app.contains(&format!("\"{name}\"")) {
            bail!("both manifests have {name}");
        }
    }
    let (before, tag, own) = application(app)?;
    let tag = match tag.contains("android:extractNativeLibs") {
        true => tag.to_owned(),
        false => format!("{tag} android:extractNativeLibs=\"false\""),
    };
    Ok(format!("{before}{permissions}<application{tag}>{own}{added}</application>\n</manifest>\n"))
}

/// The full names of the classes that a manifest names: the application and its components.
pub(crate) fn classes(manifest: &str) -> Result<Vec<String>> {
    let manifest = without_comments(manifest);
    let (_, package) = manifest.split_once("package=\"").context("a manifest without a package")?;
    let package = package.split('"').next().unwrap_or_default();
    let (_, tag, within) = application(&manifest)?;
    let mut classes: Vec<_> = name_in(tag).into_iter().collect();
    for kind in [
        "<activity ",
        "<activity\n",
        "<service ",
        "<service\n",
        "<receiver ",
        "<receiver\n",
        "<provider ",
        "<provider\n",
    ] {
        classes.extend(within.split(kind).skip(1).filter_map(name_in));
    }
    Ok(classes.into_iter().map(|name| if name.starts_with('.') { format!("{package}{name}") } else { name }).collect())
}

/// The text before the element `application`, its attributes, and its contents.
fn application(manifest: &str) -> Result<(&str, &str, &str)> {
    let (before, after) = manifest.split_once("<application").context("a manifest without an application")?;
    let end = end_of_tag(after).context("the tag of the application does not end")?;
    let (tag, rest) = after.split_at(end);
    if let Some(attributes) = tag.strip_suffix('/') {
        return Ok((before, attributes.trim_end(), ""));
    }
    let (within, _) = rest.split_once("</application>").context("the application does not end")?;
    Ok((before, tag, within.strip_prefix('>').unwrap_or(within)))
}

/// The place of the first `>` that is not within quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut is_within = false;
    text.find(|character| {
        is_within ^= character == '"';
        character == '>' && !is_within
    })
}

fn name_in(attributes: &str) -> Option<String> {
    let attributes = attributes.get(..end_of_tag(attributes).unwrap_or(attributes.len()))?;
    names_in(attributes).next()
}

fn names_in(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("android:name=\"").skip(1).filter_map(|after| after.split('"').next()).map(str::to_owned)
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once("-->").map_or("", |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use super::{classes, merge};

    const LIBRARY: &str = r#"<manifest package="b">
    <!-- <uses-permission android:name="none" /> -->
    <uses-permission android:name="finger" />
    <application>
        <activity android:name="b.Lock" android:exported="false" />
    </application>
</manifest>"#;

    #[test]
    fn permissions_and_activities_are_added() {
        let app =
            "<manifest package=\"a\">\n    <application android:name=\".App\" android:label=\"a>b\" />\n</manifest>";
        let merged = merge(app, LIBRARY).unwrap();
        assert!(merged.contains("<uses-permission android:name=\"finger\" />\n    <application android:name=\".App\""));
        assert!(merged.contains("android:label=\"a>b\" android:extractNativeLibs=\"false\">"));
        assert!(!merged.contains("none"));
        assert_eq!(classes(&merged).unwrap(), ["a.App", "b.Lock"]);
    }

    #[test]
    fn what_the_app_has_is_kept_and_asked_for_once() {
        let app = r#"<manifest package="a"><uses-permission android:name="finger" />
<application android:extractNativeLibs="true"><activity
    android:name=".Home"><intent-filter><action android:name="MAIN" /></intent-filter></activity></application></manifest>"#;
        let merged = merge(app, LIBRARY).unwrap();
        assert_eq!(merged.matches("finger").count(), 1);
        assert_eq!(merged.matches("extractNativeLibs").count(), 1);
        assert_eq!(classes(&merged).unwrap(), ["b.Lock", "a.Home"], "the action is no class");
    }

    #[test]
    fn what_would_come_out_wrong_is_refused() {
        let app = r#"<manifest package="a"><application /></manifest>"#;
        assert!(merge(app, &LIBRARY.replace("b.Lock", ".Lock")).is_err());
        let twice = r#"<manifest package="a"><application><activity android:name="b.Lock" /></application></manifest>"#;
        assert!(merge(twice, LIBRARY).is_err());
        assert!(merge("<manifest />", LIBRARY).is_err());
    }
}
