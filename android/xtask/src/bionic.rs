//! Runs the libraries for Arm on Android's own C library (bionic) in an emulator: see tests/bionic.

use anyhow::{Result, bail};

use crate::android::Abi;
use crate::kotlin::remove_folder;
use crate::maven;
use crate::places::Places;

/// The ABIs that the emulator can run. The third, x86_64, is for emulated phones. Its code runs in all other tests, on
/// this machine.
const RUN: [Abi; 2] = [Abi::Arm64, Abi::Arm32];

/// Runs the libraries that an earlier step has built, stripped and checked.
pub(crate) fn test(places: &Places) -> Result<()> {
    let libraries = places.android_libraries();
    if let Some(abi) = RUN.iter().find(|abi| !libraries.join(abi.name()).join("libwalletlock.so").exists()) {
        bail!("there is no library for {} yet: the step before this one builds it", abi.name());
    }
    let build = places.bionic_build();
    remove_folder(&build)?;
    let log = places.log("bionic");
    let counts = maven::run_tests(
        maven::program()
            .current_dir(places.bionic())
            .args([format!("-Dwalletlock.build={build}"), format!("-Dwalletlock.libraries={libraries}")])
            .arg("test"),
        &log,
    )?;
    println!("{counts}");
    Ok(())
}
