//! A library that is bad in every way that is checked for. A check that has nothing against it is none.

use std::fs;

use anyhow::{Result, bail};

use super::abi::Abi;
use super::inspect::{self, CHECKS};
use super::toolchain::Toolchain;

/// Makes the bad library and sees that each check refuses it.
pub(crate) fn every_check_can_fail(toolchain: &Toolchain) -> Result<()> {
    let folder = toolchain.folder().join("controls");
    fs::create_dir_all(&folder)?;
    let source = folder.join("bad.c");
    let (helper, library) = (folder.join("libother.so"), folder.join("libbad.so"));
    // Newer than the oldest Android, from a library that no phone has; exported under a name that is not ours; too large, with a path in
    // it. The pointer in the code's section has to be written when the library is loaded.
    fs::write(
        &source,
        format!(
            "int getentropy(void *bytes, unsigned long count);
const char padding[2000000] = \"{root}/core\";
__attribute__((section(\".text.pointer\"))) int (*const pointer)(void *, unsigned long) = getentropy;
int sqlite3_open(void) {{ return getentropy(0, 0); }}
",
            root = toolchain.paths_of_this_machine()?.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(" "),
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
