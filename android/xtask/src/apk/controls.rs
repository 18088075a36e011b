//! Controls of the checks: APKs that are each bad in one way. A check that does not refuse its own bad APK is worth
//! nothing.

use anyhow::{Context, Result, bail};

use super::checks::{Apk, CHECKS};
use super::zip::Entry;

/// The name of the check that must notice, and the change that makes a good APK bad.
type Control = (&'static str, fn(&mut Apk) -> Result<()>);

const CONTROLS: [Control; 15] = [
    ("signed for Android 7 and newer", |apk| change(&mut apk.signature, "Scheme v2): true", "Scheme v2): false")),
    ("signed for Android 7 and newer", |apk| change(&mut apk.signature, "Scheme v3): true", "Scheme v3): false")),
    ("everything is there, and nothing else", |apk| without(apk, "classes.dex")),
    ("everything is there, and nothing else", |apk| without(apk, "lib/armeabi-v7a/libjnidispatch.so")),
    ("everything is there, and nothing else", |apk| add(apk, "lib/mips/libjnidispatch.so")),
    ("everything is there, and nothing else", |apk| add(apk, "classes.dex")),
    ("libraries lie on pages of 16 KB", |apk| {
        entry(apk, "lib/arm64-v8a/libwalletlock.so")?.offset += 4096;
        Ok(())
    }),
    ("the libraries are those of the archives, each of its ABI", |apk| {
        let other = entry(apk, "lib/x86_64/libwalletlock.so")?.content().context("it is compressed")?.to_vec();
        *entry(apk, "lib/arm64-v8a/libwalletlock.so")? = Entry::stored("lib/arm64-v8a/libwalletlock.so", other)?;
        Ok(())
    }),
    ("a phone shows name, versions, ABIs and permissions as they should be", |apk| {
        change(&mut apk.badging, "sdkVersion:'24'", "sdkVersion:'26'")
    }),
    ("a phone shows name, versions, ABIs and permissions as they should be", |apk| {
        change(&mut apk.badging, "'armeabi-v7a' ", "")
    }),
    ("a phone shows name, versions, ABIs and permissions as they should be", |apk| {
        apk.badging.push_str("uses-permission: name='android.permission.INTERNET'\n");
        Ok(())
    }),
    ("a phone shows name, versions, ABIs and permissions as they should be", |apk| {
        change(&mut apk.badging, "uses-permission: name='android.permission.USE_BIOMETRIC'\n", "")
    }),
    ("no class is missing that is found by its name", |apk| {
        apk.classes.remove("dev.walletlock.android.LockActivity");
        Ok(())
    }),
    ("no class of Android's, of a fake or of a test", |apk| {
        apk.classes.insert("dev.walletlock.fakes.FakePhone".to_owned());
        Ok(())
    }),
    ("no class of Android's, of a fake or of a test", |apk| {
        apk.classes.insert("android.app.Activity".to_owned());
        Ok(())
    }),
];

/// Makes each bad APK from a copy of a good one, and fails if its check does not refuse it.
pub(crate) fn every_check_can_fail(good: &Apk) -> Result<()> {
    if let Some((name, _)) = CHECKS.iter().find(|(name, _)| !CONTROLS.iter().any(|(control, _)| control == name)) {
        bail!("no bad APK is there for: {name}");
    }
    for (number, (name, spoil)) in CONTROLS.iter().enumerate() {
        let mut bad = good.clone();
        spoil(&mut bad).with_context(|| format!("bad APK {number}, for: {name}"))?;
        let (_, check) = CHECKS.iter().find(|(check, _)| check == name).with_context(|| format!("no check {name}"))?;
        if check(&bad).is_none() {
            bail!("bad APK {number} passes the check: {name}");
        }
    }
    Ok(())
}

fn entry<'a>(apk: &'a mut Apk, name: &str) -> Result<&'a mut Entry> {
    apk.entries.iter_mut().find(|entry| entry.name == name).with_context(|| format!("no {name}"))
}

fn without(apk: &mut Apk, name: &str) -> Result<()> {
    entry(apk, name)?;
    apk.entries.retain(|entry| entry.name != name);
    Ok(())
}

fn add(apk: &mut Apk, name: &str) -> Result<()> {
    apk.entries.push(Entry::stored(name, vec![1])?);
    Ok(())
}

fn change(text: &mut String, from: &str, to: &str) -> Result<()> {
    if !text.contains(from) {
        bail!("it does not say {from}");
    }
    *text = text.replace(from, to);
    Ok(())
}
