//! The unlock path over JNI, in a JVM: how much sooner than over JNA the first call returns, and what a digit costs at
//! the PIN pad.

use std::env;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::pairs::Pairs;
use crate::report::Report;

const FRESH_JVMS: usize = 15;

pub(crate) fn run(report: &mut Report) -> Result<()> {
    first_call(report)?;
    pin_pad(report)
}

/// Makes an empty PIN entry in fresh JVMs, over JNI and JNA by turns. No call does less, so the figure is the loading
/// and the call itself.
fn first_call(report: &mut Report) -> Result<()> {
    let (mut first, mut opened) = (Pairs::default(), Pairs::default());
    for pair in 0..=FRESH_JVMS {
        let ([over_jni, jni_open], [over_jna, jna_open]) = (start("jni")?, start("uniffi")?);
        // The first pair brings the files into the page cache.
        if pair > 0 {
            first.add(over_jni, over_jna);
            opened.add(over_jni + jni_open, over_jna + jna_open);
        }
    }
    report.ratio("jni_first_call_over_jna", &first.ratio(), 0.05);
    report.remark("the library loaded and an empty PIN entry made, the first thing that a JVM does");
    let opened = opened.ratio();
    let times = format!("median times {:.1} ms and {:.1} ms", opened.ours_ms, opened.theirs_ms);
    report.unbounded("jni_open_to_status_over_jna", opened.figure.median, &times);
    report.remark("the same, and then a new wallet opened and its status read");
    Ok(())
}

fn start(unlock: &str) -> Result<[Duration; 2]> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path().to_str().context("a path that is not UTF-8")?;
    let said = jvm("FirstCall", &[&format!("-Dwalletlock.unlock={unlock}")], folder)?;
    nanoseconds(&said)
}

/// A digit at the PIN pad against a native method that does nothing, by turns in one warm JVM.
fn pin_pad(report: &mut Report) -> Result<()> {
    let mut pairs = Pairs::default();
    for line in jvm("PinPad", &["-Dwalletlock.unlock=jni"], &named("WALLETLOCK_RAW_JNI")?)?.lines() {
        let [ours, theirs] = nanoseconds(line)?;
        pairs.add(ours, theirs);
    }
    report.ratio("pin_call_over_raw_jni", &pairs.ratio(), 4.0);
    report.remark("24 000 calls of PinEntry.push, and as many of an empty native method");
    Ok(())
}

/// Runs one of the programs in `tests/benches/jvm`. Java takes the class path from the variable `CLASSPATH`.
fn jvm(program: &str, options: &[&str], argument: &str) -> Result<String> {
    let output = Command::new(named("WALLETLOCK_JAVA")?)
        .arg(format!("-Dwalletlock.library={}", named("WALLETLOCK_LIBRARY")?))
        .args(options)
        .args([&format!("dev.walletlock.bench.{program}"), argument])
        .output()?;
    if !output.status.success() {
        bail!("{program} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn named(variable: &str) -> Result<String> {
    env::var(variable).with_context(|| format!("{variable} is not set: `cargo xtask bench` does that"))
}

fn nanoseconds(line: &str) -> Result<[Duration; 2]> {
    let (ours, theirs) = line.trim().split_once(' ').with_context(|| format!("no pair: {line}"))?;
    Ok([Duration::from_nanos(ours.parse()?), Duration::from_nanos(theirs.parse()?)])
}
