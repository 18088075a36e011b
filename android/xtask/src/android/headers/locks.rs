//! Compares `PTHREAD_*_INITIALIZER` in our headers with the crate `libc`: clang's bytes must equal Rust's.

use std::fs;

use anyhow::{Context, Result};
use camino::Utf8Path;
use goblin::elf::{Elf, section_header};

use super::super::toolchain::Toolchain;
use crate::process;

/// The kinds of lock that have an initialiser.
const LOCKS: [&str; 2] = ["mutex", "rwlock"];

/// Returns Rust code that compiles only if the bytes are the same.
pub(crate) fn initialised_alike(toolchain: &Toolchain, include: &Utf8Path, folder: &Utf8Path) -> Result<String> {
    let (source, object) = (folder.join("locks.c"), folder.join("locks.o"));
    let variables = LOCKS.map(|lock| format!("pthread_{lock}_t {lock} = {};\n", initialiser(lock)));
    fs::write(&source, format!("#include <pthread.h>\n{}", variables.concat()))?;
    process::run(toolchain.clang(include).args(["-c", source.as_str(), "-o", object.as_str()]))?;
    let object = fs::read(object)?;
    let elf = Elf::parse(&object).context("clang made no object")?;
    let mut rust = String::new();
    for lock in LOCKS {
        let bytes = initial(&elf, &object, lock).with_context(|| format!("the object has no {lock}"))?;
        let (of, initialiser) = (format!("libc::pthread_{lock}_t"), initialiser(lock));
        rust += &format!(
            "const _: () = {{
    // SAFETY: a lock of bionic's is made of integers, its padding initialised as they are.
    let rust: [u8; size_of::<{of}>()] = unsafe {{ core::mem::transmute(libc::{initialiser}) }};
    let c: [u8; size_of::<{of}>()] = {bytes:?};
    let mut at = 0;
    while at < rust.len() {{
        assert!(rust[at] == c[at], \"{initialiser}\");
        at += 1;
    }}
}};\n"
        );
    }
    Ok(rust)
}

fn initialiser(lock: &str) -> String {
    format!("PTHREAD_{}_INITIALIZER", lock.to_uppercase())
}

/// The initial bytes of a variable in an object file.
fn initial(elf: &Elf, object: &[u8], name: &str) -> Option<Vec<u8>> {
    let variable = elf.syms.iter().find(|symbol| elf.strtab.get_at(symbol.st_name) == Some(name))?;
    let section = elf.section_headers.get(variable.st_shndx)?;
    let bytes = usize::try_from(variable.st_size).ok()?;
    if section.sh_type == section_header::SHT_NOBITS {
        return Some(vec![0; bytes]);
    }
    let at = usize::try_from(section.sh_offset + variable.st_value).ok()?;
    Some(object.get(at..at.checked_add(bytes)?)?.to_vec())
}
