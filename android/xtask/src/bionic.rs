//! The libraries for Arm, run on Android's own C library in an emulator: see tests/bionic.

use anyhow::{Result, bail};

use crate::android::Abi;
use crate::kotlin::remove_folder;
use crate::places::Places;
use crate::{maven, process};

/// Those that the emulator can run. The third is for emulators of phones, and what it is made of runs on this machine in every other test.
const RUN: [Abi; 2] = [Abi::Arm64, Abi::Arm32];

/// Runs the libraries as they were built, stripped and checked before.
pub(crate) fn test(places: &Places) -> Result<()> {
    let libraries = places.android_libraries();
    if let Some(abi) = RUN.iter().find(|abi| !libraries.join(abi.name()).join("libwalletlock.so").exists()) {
        bail!("there is no library for {} yet: the step before this one builds it", abi.name());
    }
    let build = places.bionic_build();
    remove_folder(&build)?;
    let log = places.log("bionic");
    process::run_logged(
        maven::program()
            .current_dir(places.bionic())
            .args([format!("-Dwalletlock.build={build}"), format!("-Dwalletlock.libraries={libraries}")])
            .arg("test"),
        &log,
    )?;
    println!("{}", maven::counts_in(&log)?);
    Ok(())
}
