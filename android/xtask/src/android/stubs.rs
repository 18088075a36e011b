//! Makes stubs to link against, in place of the phone's libraries. They hold only the names that the oldest Android
//! has. So the use of a newer function fails when the library is linked here, and not when an old phone loads it.

use std::fs;

use anyhow::{Context, Result};

use super::digest;
use super::toolchain::Toolchain;

/// The libraries of the phone that ours may need.
pub(crate) const LIBRARIES: [&str; 4] = ["libc", "libm", "libdl", "liblog"];

/// Makes the stubs, unless they are up to date.
pub(crate) fn make(toolchain: &Toolchain) -> Result<()> {
    let folder = toolchain.folder();
    fs::create_dir_all(&folder)?;
    for library in LIBRARIES {
        let names = names(toolchain, library)?;
        let stub = folder.join(format!("{library}.so"));
        let made_from = folder.join(format!("{library}.made-from"));
        let now = digest::of(&[], &[&names.join("\n")])?;
        if stub.exists() && fs::read_to_string(&made_from).is_ok_and(|before| before == now) {
            continue;
        }
        let assembly = folder.join(format!("{library}.s"));
        let definitions = names.iter().map(|name| format!(".globl {name}\n{name}:\n"));
        fs::write(&assembly, definitions.collect::<String>())?;
        toolchain.link(&[&format!("-Wl,-soname,{library}.so"), assembly.as_str()], &stub)?;
        fs::write(&made_from, now)?;
    }
    Ok(())
}

/// The names that one of the phone's libraries exports for apps.
pub(crate) fn names(toolchain: &Toolchain, library: &str) -> Result<Vec<String>> {
    let list = toolchain.sources().join(format!("api24/{library}-{}.txt", toolchain.abi.name()));
    let names = fs::read_to_string(&list).with_context(|| format!("could not read {list}"))?;
    Ok(names.split_whitespace().map(str::to_owned).collect())
}

/// The names that all of these libraries export for apps.
pub(crate) fn all_names(toolchain: &Toolchain) -> Result<Vec<String>> {
    Ok(LIBRARIES.iter().map(|library| names(toolchain, library)).collect::<Result<Vec<_>>>()?.concat())
}
