//! The control of the checks: a library that is bad in every way that is checked. A check that does not refuse it is
//! worth nothing.

use std::fs;

use anyhow::{Result, bail};

use super::abi::Abi;
use super::inspect::{self, CHECKS};
use super::toolchain::{Rust, Toolchain};

/// Makes the bad library, and fails unless each check refuses it.
pub(crate) fn every_check_can_fail(toolchain: &Toolchain) -> Result<()> {
    let folder = toolchain.folder().join("controls");
    fs::create_dir_all(&folder)?;
    let source = folder.join("bad.c");
    let (helper, library) = (folder.join("libother.so"), folder.join("libbad.so"));
    // It imports a function that the oldest Android does not have, from a library that no phone has. It exports a name
    // that is not ours. It is too large, and contains paths of this machine. The pointer in the code's section needs a
    // relocation when the library is loaded.
    fs::write(
        &source,
        format!(
            "int getentropy(void *bytes, unsigned long count);
const char padding[2000000] = \"{root}/core\";
__attribute__((section(\".text.pointer\"))) int (*const pointer)(void *, unsigned long) = getentropy;
int sqlite3_open(void) {{ return getentropy(0, 0); }}
",
            root = Rust::find()?
                .paths_of_this_machine(toolchain.places())?
                .iter()
                .map(|path| path.as_str())
                .collect::<Vec<_>>()
                .join(" "),
        ),
    )?;
    let helper_source = folder.join("other.c");
    fs::write(&helper_source, "int getentropy(void *bytes, unsigned long count) { return 0; }\n")?;
    toolchain.link(&["-fPIC", "-Wl,-soname,libother.so", helper_source.as_str()], &helper)?;
    let bad_in_many_ways = [
        "-fPIC",
        "-w",
        "-Wl,-z,max-page-size=4096",
        "-Wl,-z,norelro",
        "-Wl,-z,lazy",
        "-Wl,-z,execstack",
        "-Wl,-z,notext",
        "-Wl,--build-id=none",
        "-Wl,-soname,libbad.so",
        source.as_str(),
        helper.as_str(),
    ];
    toolchain.link(&bad_in_many_ways, &library)?;
    let found = inspect::faults(toolchain, &library)?;
    let blind: Vec<_> = CHECKS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !found.iter().any(|(found, _)| found == name))
        .filter(|name| toolchain.abi == Abi::Arm64 || !name.starts_with("arm64"))
        .collect();
    if !blind.is_empty() {
        bail!("{}: a bad library passes the checks: {}", toolchain.abi.name(), blind.join("; "));
    }
    Ok(())
}
