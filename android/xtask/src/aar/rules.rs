//! Compares the rules for R8 with the classes: R8 silently ignores a rule for a class or member that does not exist.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use super::checks::list;
use crate::doctor;
use crate::places::Places;

const OURS: &str = "dev.walletlock.";

/// A rule `-keep class NAME { MEMBERS }` for a class of ours.
struct Rule {
    class: String,
    members: Vec<String>,
}

/// Checks that every class of ours in a rule exists, with every member that the rule names.
pub(crate) fn check(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let rules = read(folder)?;
    let mut faults = Vec::new();
    for rule in &rules {
        if let Some(package) = rule.class.strip_suffix(".**") {
            if !folder.join("classes").join(package.replace('.', "/")).is_dir() {
                faults.push(format!("no package {package}"));
            }
            continue;
        }
        if !folder.join("classes").join(format!("{}.class", rule.class.replace('.', "/"))).exists() {
            faults.push(format!("no class {}", rule.class));
            continue;
        }
        let found = members_of(folder, &rule.class)?;
        let is_there = |member: &str| match member {
            "native <methods>" => found.iter().any(|line| line.contains(" native ")),
            member => found.iter().any(|line| line.ends_with(&format!(" {member}"))),
        };
        let missing = rule.members.iter().filter(|member| !is_there(member));
        faults.extend(missing.map(|member| format!("{} has no {member}", rule.class)));
    }
    if rules.is_empty() {
        faults.push("no rule is about ours".to_owned());
    }
    Ok(list(faults.iter()))
}

/// Checks that the rules keep every public member of `Phone`. Only the native library calls them, so R8 would remove
/// them all.
pub(crate) fn check_phone(_: &Places, folder: &Utf8Path) -> Result<Option<String>> {
    let class = format!("{OURS}Phone");
    if !folder.join("classes/dev/walletlock/Phone.class").exists() {
        return Ok(Some(format!("no class {class}")));
    }
    let rules = read(folder)?;
    let kept: Vec<_> = rules.iter().filter(|rule| rule.class == class).flat_map(|rule| &rule.members).collect();
    let found = members_of(folder, &class)?;
    let lost = found.iter().filter(|line| line.starts_with("public ") && !line.contains(&format!(" {class}(")));
    Ok(list(lost.filter(|line| !kept.iter().any(|member| line.ends_with(&format!(" {member}"))))))
}

/// The members of a class as `javap` prints them: one on each line, without the semicolon.
pub(crate) fn members_of(folder: &Utf8Path, class: &str) -> Result<Vec<String>> {
    let shown = Command::new(doctor::java_program("javap"))
        .args(["-private", "-classpath", folder.join("classes").as_str(), class])
        .output()
        .context("could not start javap")?;
    if !shown.status.success() {
        bail!("javap: {}", String::from_utf8_lossy(&shown.stderr));
    }
    let shown = String::from_utf8(shown.stdout)?;
    let members = shown.lines().filter_map(|line| line.trim().strip_suffix(';'));
    Ok(members.map(str::to_owned).collect())
}

fn read(folder: &Utf8Path) -> Result<Vec<Rule>> {
    let text = fs::read_to_string(folder.join("proguard.txt")).unwrap_or_default();
    let text: String = text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line} ")).collect();
    let mut rules = Vec::new();
    for rule in text.split("-keep class ").skip(1) {
        let (class, rest) = rule.trim().split_once(' ').unwrap_or((rule.trim(), ""));
        if !class.starts_with(OURS) {
            continue;
        }
        let members =
            rest.split_once('{').and_then(|(_, after)| after.split_once('}')).map_or("", |(within, _)| within);
        let members = members.split(';').map(str::trim).filter(|member| !member.is_empty() && *member != "*");
        rules.push(Rule { class: class.to_owned(), members: members.map(str::to_owned).collect() });
    }
    Ok(rules)
}
