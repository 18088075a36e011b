//! `cargo xtask test --deep rules`: checks that the archive's rules for R8 keep enough, and that none of them is
//! superfluous.
//!
//! R8 is not available here; ProGuard reads the same rules. ProGuard shrinks and renames the demo, and the result plays
//! the demo's tour. With all rules every story must be ok. Without any one rule, except those of [`NOT_NOTICED`], the
//! tour must fail.

use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use super::fetch::fetch;
use crate::doctor::{self, Need};
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{demo, process};

/// Rules that the demo needs for itself, and options that switch off what ProGuard does in another way than R8.
const OF_THE_APP: &str = "
-dontoptimize
-dontwarn **
-dontnote **
-keeppackagenames dev.walletlock.demo
-keep class dev.walletlock.demo.MainKt { void main(java.lang.String[]); }
";

/// Rules without which the tour does not fail, and why they are there.
const NOT_NOTICED: [(&str, &str); 4] = [
    ("-dontwarn java.awt.**", "R8 asks for it; here every warning is off"),
    ("-keep class * implements com.sun.jna.** { *; }", "for the app's own classes; ours are kept by their package"),
    ("-keepclassmembers class * extends com.sun.jna.** { public *; }", "for the app's own classes, too"),
    ("byte[] randomBytes(int);", "the demo takes the system's randomness"),
];

/// A tour that takes longer than this has failed, in seconds. It normally takes a tenth.
const AT_MOST: &str = "300";

/// Plays the tour with all rules, and then without each single rule.
pub(crate) fn prove(places: &Places) -> Result<ExitCode> {
    doctor::require(&[Need::CCompiler, Need::Jdk, Need::Maven])?;
    let proof = Proof::prepare(places)?;
    let rules = fs::read_to_string(places.aar().join("proguard.txt"))?;
    if !proof.holds(&rules)? {
        bail!("with all rules the tour fails: {}", proof.log());
    }
    println!("with all rules: every story is ok");
    let mut wrong = Vec::new();
    for Without { rule, rest } in without_each(&rules) {
        let is_noticed = !proof.holds(&rest)?;
        let reason = NOT_NOTICED.iter().find(|(known, _)| *known == rule).map(|(_, reason)| *reason);
        println!("without {rule}: {}", if is_noticed { "the tour fails" } else { "every story is ok" });
        if is_noticed == reason.is_some() {
            wrong.push(rule);
        }
    }
    if !wrong.is_empty() {
        bail!("superfluous, or listed in NOT_NOTICED and noticed:\n    {}", wrong.join("\n    "));
    }
    Ok(ExitCode::SUCCESS)
}

struct Proof {
    folder: Utf8PathBuf,
    proguard: Utf8PathBuf,
    classpath: Vec<Utf8PathBuf>,
    library: Utf8PathBuf,
    java_base: Utf8PathBuf,
}

impl Proof {
    fn prepare(places: &Places) -> Result<Self> {
        let folder = places.apk_build().join("shrunk");
        remove_folder(&folder)?;
        fs::create_dir_all(&folder)?;
        let (classpath, library) = demo::build_parts(places)?;
        let classpath = std::env::split_paths(&classpath).map(Utf8PathBuf::from_path_buf).collect::<Result<_, _>>();
        let settings = process::answer(&doctor::java_program("java"), &["-XshowSettings:properties", "-version"]);
        let settings = settings.context("java does not say where it is")?;
        let home = settings.lines().find_map(|line| line.trim().strip_prefix("java.home = "));
        Ok(Self {
            proguard: fetch(places, "proguard")?,
            folder,
            classpath: classpath.map_err(|path| anyhow::anyhow!("this path is not UTF-8: {}", path.display()))?,
            library,
            java_base: Utf8Path::new(home.context("java does not say where it is")?).join("jmods/java.base.jmod"),
        })
    }

    /// The log with the output of the last tour.
    fn log(&self) -> Utf8PathBuf {
        self.folder.join("tour.log")
    }

    /// Whether every story is ok after ProGuard has shrunk the demo with these rules.
    fn holds(&self, rules: &str) -> Result<bool> {
        let shrunk = self.folder.join("shrunk.jar");
        let mut settings =
            format!("{rules}\n{OF_THE_APP}\n-libraryjars {}(!**.jar;!module-info.class)\n", self.java_base);
        for path in &self.classpath {
            settings.push_str(&format!("-injars {path}(!META-INF/versions/**,!module-info.class)\n"));
        }
        settings.push_str(&format!("-outjars {shrunk}\n"));
        let file = self.folder.join("settings.pro");
        fs::write(&file, settings)?;
        process::run_logged(
            Command::new(doctor::java_program("java"))
                .args(super::dex::JAVA_OPTIONS)
                .args(["-classpath", &format!("{}/*", self.proguard), "proguard.ProGuard"])
                .arg(format!("@{file}")),
            &self.folder.join("proguard.log"),
        )?;
        let log = fs::File::create(self.log())?;
        let tour = demo::java(shrunk.as_str(), &self.library);
        let status = Command::new("timeout")
            .arg(AT_MOST)
            .arg(tour.get_program())
            // The JVM verifies all classes; by default it leaves some out. Without the second option the facade would
            // use uniffi when a rule for JNI is missing, and the tour would not notice.
            .args(["-Xverify:all", "-Dwalletlock.unlock=jni"])
            .args(tour.get_args())
            .arg("--tour")
            .env("CLASSPATH", shrunk.as_str())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
            .context("could not start timeout")?;
        Ok(status.success())
    }
}

/// A rule, and the text of all other rules.
#[derive(Debug, PartialEq)]
struct Without {
    rule: String,
    rest: String,
}

/// Leaves out each rule once, and each member of a rule that names its members line by line.
fn without_each(rules: &str) -> Vec<Without> {
    let lines: Vec<_> = rules.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let dropped = |from: usize, to: usize| {
        let (kept, rest) = (lines.iter().take(from), lines.iter().skip(to));
        kept.chain(rest).map(|line| format!("{line}\n")).collect()
    };
    let mut all = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        // A closing brace is left out together with the rule that it ends.
        if *line == "}" {
            continue;
        }
        let end = match line.ends_with('{') {
            true => lines.iter().skip(number).position(|line| *line == "}").map_or(lines.len(), |at| number + at + 1),
            false => number + 1,
        };
        let rule = line.trim().trim_end_matches('{').trim_end().to_owned();
        all.push(Without { rule, rest: dropped(number, end) });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::{Without, without_each};

    #[test]
    fn each_rule_and_each_member_is_left_out_once() {
        let rules = "# why\n-keep class a\n\n-keep class b {\n    int c();\n    int d();\n}\n";
        let expected = [
            ("-keep class a", "-keep class b {\n    int c();\n    int d();\n}\n"),
            ("-keep class b", "-keep class a\n"),
            ("int c();", "-keep class a\n-keep class b {\n    int d();\n}\n"),
            ("int d();", "-keep class a\n-keep class b {\n    int c();\n}\n"),
        ];
        let expected = expected.map(|(rule, rest)| Without { rule: rule.to_owned(), rest: rest.to_owned() });
        assert_eq!(without_each(rules), expected);
    }
}
