//! Finds calls in the archive's classes to what the oldest Android does not have. A person has reviewed each of them;
//! an unreviewed call fails.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Result, bail};

use crate::places::Places;
use crate::{maven, process};

/// The list of the reviewed calls.
const REVIEWED: &str = "android/apk/api-levels.txt";

/// Part of a finding in the log: `[ERROR] CLASS-FILE:LINE: Undefined reference: WHAT`.
const FINDING: &str = ": Undefined reference: ";

/// The class R is made from an app's resources, so it is not among the archive's classes.
const R: &str = "dev.walletlock.android.R.";

/// Checks the classes that the archive was made from.
pub(crate) fn test(places: &Places) -> Result<()> {
    let classes = places.target().join("aar/classes");
    if !classes.join("dev/walletlock").exists() {
        bail!("there is no archive yet: cargo xtask aar builds it");
    }
    let log = places.log("api-levels");
    process::run_logged(
        maven::program().args([
            "--file",
            places.apk().join("api-levels.xml").as_str(),
            &format!("-Dwalletlock.build={}", places.apk_build()),
            &format!("-Dwalletlock.classes={classes}"),
            "animal-sniffer:check",
        ]),
        &log,
    )?;
    let found = findings(&fs::read_to_string(log)?, classes.as_str());
    let reviewed = reviewed(&fs::read_to_string(places.root().join(REVIEWED))?);
    judge(&found, &reviewed)?;
    println!("{} calls that Android 7 does not know, all reviewed", found.len());
    Ok(())
}

/// The findings as `CLASS: WHAT`, each once, without line numbers, because these change with every edit.
fn findings(log: &str, classes: &str) -> BTreeSet<String> {
    let found = log.lines().filter_map(|line| {
        let (place, what) = line.strip_prefix("[ERROR] ")?.split_once(FINDING)?;
        if what.contains(R) {
            return None;
        }
        let class = place.split(".class").next()?.trim_start_matches(classes).trim_start_matches('/');
        Some(format!("{class}: {what}"))
    });
    found.collect()
}

/// The calls in the list: all lines except empty ones and comments.
fn reviewed(list: &str) -> BTreeSet<String> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

fn judge(found: &BTreeSet<String>, reviewed: &BTreeSet<String>) -> Result<()> {
    let lines = |calls: Vec<&String>| calls.iter().map(|call| format!("    {call}\n")).collect::<String>();
    let new: Vec<_> = found.difference(reviewed).collect();
    if !new.is_empty() {
        bail!(
            "Android 7 does not know these. If only newer versions reach these calls, add them to {REVIEWED}:\n{}",
            lines(new)
        );
    }
    let gone: Vec<_> = reviewed.difference(found).collect();
    if !gone.is_empty() {
        bail!("in {REVIEWED}, and called no more:\n{}", lines(gone));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{findings, judge, reviewed};

    const LOG: &str = "\
[INFO] Checking unresolved references
[ERROR] /x/dev/walletlock/A.class:12: Undefined reference: int android.os.B.c()
[ERROR] /x/dev/walletlock/A.class:99: Undefined reference: int android.os.B.c()
[ERROR] /x/dev/walletlock/A.class:7: Undefined reference: int[] dev.walletlock.android.R.styleable.F
[ERROR] /x/dev/walletlock/A$D.class: Field e: Undefined reference: android.os.E
[INFO] Signature errors found.";

    #[test]
    fn a_finding_is_named_by_its_class_and_not_by_its_line() {
        let expected = ["dev/walletlock/A$D: android.os.E", "dev/walletlock/A: int android.os.B.c()"];
        assert_eq!(findings(LOG, "/x").into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_found_must_be_reviewed_and_what_is_reviewed_found() {
        let found = findings(LOG, "/x");
        let list = "# why\ndev/walletlock/A: int android.os.B.c()\n\n# why\ndev/walletlock/A$D: android.os.E\n";
        assert!(judge(&found, &reviewed(list)).is_ok());
        let less = list.replace("dev/walletlock/A$D: android.os.E", "");
        assert!(judge(&found, &reviewed(&less)).is_err(), "a new one");
        assert!(judge(&found, &reviewed(&format!("{list}a: b\n"))).is_err(), "a stale one");
        assert!(judge(&findings("", "/x"), &reviewed(list)).is_err(), "nothing was looked at");
    }
}
