//! Compiles LLVM's libunwind, with which a panic unwinds, from the sources that come with Rust's standard library. The
//! NDK brings its own; Debian's is compiled for glibc.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use super::digest;
use super::toolchain::{Rust, Toolchain};
use crate::process;

const SOURCES: [&str; 6] = [
    "UnwindLevel1.c",
    "UnwindLevel1-gcc-ext.c",
    "UnwindRegistersRestore.S",
    "UnwindRegistersSave.S",
    "Unwind-EHABI.cpp",
    "libunwind.cpp",
];

/// The same flags as in Rust's own build of libunwind, except for the path of its headers and `-Oz`.
const FLAGS: [&str; 9] = [
    "-Oz",
    "-fPIC",
    "-fvisibility=hidden",
    "-ffunction-sections",
    "-funwind-tables",
    "-DNDEBUG",
    "-D_GNU_SOURCE",
    "-D_LIBUNWIND_IS_NATIVE_ONLY",
    "-D_LIBUNWIND_DISABLE_VISIBILITY_ANNOTATIONS",
];

/// Builds `libunwind.a`, unless it is up to date.
pub(crate) fn make(toolchain: &Toolchain, rust: &Rust) -> Result<()> {
    let own = toolchain.sources();
    let (include, prelude) = (own.join("include"), own.join("unwinder.hpp"));
    let archive = toolchain.folder().join("libunwind.a");
    let made_from = toolchain.folder().join("libunwind.made-from");
    let now = digest::of(
        &[digest::files_below(&include)?, vec![prelude.clone()]].concat(),
        &[&[rust.version.as_str()], FLAGS.as_slice()].concat(),
    )?;
    if archive.exists() && fs::read_to_string(&made_from).is_ok_and(|before| before == now) {
        return Ok(());
    }
    let objects = toolchain.folder().join("unwinder");
    fs::create_dir_all(&objects)?;
    let libunwind = rust.sources().join("src/llvm-project/libunwind");
    let mut ar = Command::new(toolchain.tools.ar());
    // D: no times and no owners, so that the archive has the same bytes on every machine.
    ar.args(["rcsD", archive.as_str()]);
    for source in SOURCES {
        let object = objects.join(format!("{source}.o"));
        let mut clang = toolchain.clang(&include);
        clang.args(FLAGS).arg(format!("-I{}", libunwind.join("include")));
        clang.arg(format!("-ffile-prefix-map={}=/rustc", rust.sources()));
        if source.ends_with(".cpp") {
            clang.args(["-std=c++17", "-nostdinc++", "-fno-exceptions", "-fno-rtti", "-include", prelude.as_str()]);
        }
        clang.args(["-c", libunwind.join("src").join(source).as_str(), "-o", object.as_str()]);
        process::run(&mut clang).context("could not compile the unwinder: is the component rust-src there?")?;
        ar.arg(object);
    }
    if archive.exists() {
        fs::remove_file(&archive)?;
    }
    process::run(&mut ar)?;
    fs::write(&made_from, now)?;
    Ok(())
}
