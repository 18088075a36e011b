//! Compares our C headers with Rust's `libc`, which knows Android: every number, every structure, every function, for
//! one ABI. Clang reads all declarations from the headers, so none can be forgotten here. They become a Rust file that
//! compiles only if both sides agree, so nothing has to run on Android.

mod declarations;
mod locks;
mod rust_types;

use std::fs;
use std::process::Output;

use anyhow::{Context, Result, bail};
use camino::Utf8Path;

use self::declarations::Declarations;
use self::rust_types::rust_type;
use super::digest;
use super::toolchain::Toolchain;
use crate::process;

/// Constants that libc does not have. `proof.c` must check them.
const NUMBERS: [&str; 1] = ["PT_ARM_EXIDX"];

/// Functions that libc does not have. The compiler knows their types, and refuses other declarations
/// (`-Wincompatible-library-redeclaration`).
const KNOWN_TO_THE_COMPILER: [&str; 2] = ["fabs", "log"];

/// Variables that Rust's libc does not have. They are pointers, and the phone's C library has them under this name.
const VARIABLES: [&str; 1] = ["stderr"];

/// Functions for which libc has another Rust type than the C declaration gives: the function, a part of the type by C,
/// and the same part in libc. For `pthread_create` libc adds that the thread's function is not null, and may be called
/// by safe code.
const TYPED_OTHERWISE: [(&str, &str, &str); 1] = [(
    "pthread_create",
    "Option<unsafe extern \"C\" fn(*mut libc::c_void) -> *mut libc::c_void>",
    "extern \"C\" fn(*mut libc::c_void) -> *mut libc::c_void",
)];

/// Constants that libc has only in another form.
const SAID_OTHERWISE: [(&str, &str); 1] = [("NSIG", "(8 * size_of::<libc::sigset64_t>() + 1)")];

/// Compares the headers. Returns how much was compared, as text.
pub(crate) fn compare(toolchain: &Toolchain) -> Result<String> {
    compare_folder(toolchain, &toolchain.sources().join("include"))
}

/// Changes to the headers that the comparison must find: file, old text, new text, and a name that the error must
/// contain.
const CONTROLS: [(&str, &str, &str, &str); 12] = [
    ("fcntl.h", "O_CREAT 0100", "O_CREAT 0101", "O_CREAT"),
    ("time.h", "int tm_mon;\n    int tm_year;", "int tm_year;\n    int tm_mon;", "tm_mon"),
    ("time.h", "long tm_gmtoff;", "void *tm_gmtoff;", "tm_gmtoff"),
    ("pthread.h", "__opaque[10]", "__opaque[9]", "pthread_mutex_t"),
    ("bits/types.h", "typedef unsigned int uid_t", "typedef int uid_t", "uid_t"),
    ("unistd.h", "void *bytes, size_t count);", "void *bytes, int count);", "read"),
    ("unistd.h", "#define F_OK 0", "#define F_OK 0\n#define NOVEL(it) it", "NOVEL"),
    ("math.h", "double log(double", "double log(float", "log"),
    ("pthread.h", "void *(*body)(void *)", "int (*body)(void *)", "pthread_create"),
    ("pthread.h", "void *argument);", "int argument);", "pthread_create"),
    ("pthread.h", "MUTEX_INITIALIZER { { 0 } }", "MUTEX_INITIALIZER { { 0, 1 } }", "PTHREAD_MUTEX_INITIALIZER"),
    ("signal.h", "NSIG 65", "NSIG 64", "NSIG"),
];

/// Makes each of these changes in a copy of the headers, and fails unless the comparison finds it.
pub(crate) fn every_comparison_can_fail(toolchain: &Toolchain) -> Result<()> {
    let (own, altered) = (toolchain.sources().join("include"), toolchain.folder().join("altered"));
    for (file, from, to, named) in CONTROLS {
        for header in digest::files_below(&own)? {
            let copy = altered.join(header.strip_prefix(&own)?);
            fs::create_dir_all(copy.parent().context("it lies in a folder")?)?;
            let text = fs::read_to_string(&header)?;
            let text = if header == own.join(file) { text.replacen(from, to, 1) } else { text };
            fs::write(copy, text)?;
        }
        let original = fs::read_to_string(own.join(file))?;
        if !original.contains(from) {
            bail!("control: {file} no longer says {from:?}");
        }
        match compare_folder(toolchain, &altered) {
            Err(found) if format!("{found:#}").contains(named) => {}
            Err(found) => bail!("control: {from:?} as {to:?} in {file} is refused, but not for {named}: {found:#}"),
            Ok(_) => bail!("control: {from:?} as {to:?} in {file} goes unnoticed"),
        }
    }
    Ok(())
}

fn compare_folder(toolchain: &Toolchain, include: &Utf8Path) -> Result<String> {
    let folder = toolchain.folder().join("headers");
    fs::create_dir_all(&folder)?;
    let proof = toolchain.sources().join("proof.c");
    let strict =
        ["-fsyntax-only", "-std=c11", "-DNDEBUG", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror", "-Wformat=2"];
    accepted(&toolchain.clang(include).args(strict).arg(&proof).output()?)?;
    let proven = fs::read_to_string(&proof)?;

    let found = Declarations::read(toolchain, include, &folder)?;
    let on_the_phone = super::stubs::all_names(toolchain)?;
    let mut rust = String::new();
    let (elsewhere, in_libc): (Vec<_>, Vec<_>) =
        found.constants.iter().partition(|(name, _)| NUMBERS.contains(&name.as_str()));
    for (name, value) in in_libc {
        let otherwise = SAID_OTHERWISE.iter().find(|(said, _)| said == name);
        let of_libc = otherwise.map_or_else(|| format!("libc::{name}"), |(_, otherwise)| (*otherwise).to_owned());
        rust += &format!("const _: () = assert!({of_libc} as i128 == {value}, \"{name}\");\n");
    }
    for name in found.other_macros.iter().chain(elsewhere.iter().map(|(name, _)| name)) {
        if !mentions(&proven, name) {
            bail!("{name} is not compared with libc, and proof.c does not mention it");
        }
    }
    for typedef in &found.typedefs {
        let (name, bytes, signed) = (rust_type(&typedef.name)?, typedef.bytes, typedef.signed);
        rust += &format!(
            "const _: () = assert!(size_of::<{name}>() == {bytes} && (<{name}>::MIN != 0) == {signed}, \"{name}\");\n"
        );
    }
    for structure in &found.structures {
        let (name, bytes, alignment) = (&structure.name, structure.bytes, structure.alignment);
        rust += &format!(
            "const _: () = assert!(size_of::<libc::{name}>() == {bytes} && align_of::<libc::{name}>() == {alignment}, \"{name}\");\n"
        );
        // A field whose name begins with an underscore is padding, or private in Rust. Its place follows from the other
        // fields'.
        for field in structure.fields.iter().filter(|field| !field.name.starts_with('_')) {
            let (field, at, of) = (&field.name, field.offset, rust_type(&field.of)?);
            rust += &format!(
                "const _: () = assert!(core::mem::offset_of!(libc::{name}, {field}) == {at}, \"{name}.{field}\");\n"
            );
            rust += &format!("const _: fn(&libc::{name}) -> &{of} = |it| &it.{field};\n");
        }
    }
    for function in &found.functions {
        if !on_the_phone.contains(&function.symbol) {
            bail!("{} is not in the oldest Android", function.symbol);
        }
        if KNOWN_TO_THE_COMPILER.contains(&function.name.as_str()) {
            continue;
        }
        let mut of = function.rust_type()?;
        if let Some((name, by_c, by_libc)) = TYPED_OTHERWISE.iter().find(|(name, ..)| *name == function.name) {
            if !of.contains(by_c) {
                bail!("{name} is declared as {of}, without {by_c}");
            }
            of = of.replacen(by_c, by_libc, 1);
        }
        rust += &format!("const _: {of} = libc::{};\n", function.symbol);
    }
    for name in &found.variables {
        if !VARIABLES.contains(&name.as_str()) || !on_the_phone.contains(name) {
            bail!("{name} is a variable that is not compared");
        }
    }
    rust += &locks::initialised_alike(toolchain, include, &folder)?;
    let says = folder.join("headers.rs");
    fs::write(&says, &rust)?;
    let mut cargo = process::cargo(toolchain.places());
    cargo.args(["check", "--quiet", "--package", "walletlock-ndkfree", "--target", toolchain.abi.rust_target()]);
    // A target folder of its own, so that this build does not wait for another.
    cargo.args(["--target-dir", toolchain.places().target().join("ndkfree/compared").as_str()]);
    cargo.env("WALLETLOCK_HEADERS_SAY", &says);
    accepted(&cargo.output()?)?;
    Ok(format!(
        "headers agree with libc: {} numbers, {} structures, {} types, {} functions",
        found.constants.len(),
        found.structures.len(),
        found.typedefs.len(),
        found.functions.len()
    ))
}

fn accepted(output: &Output) -> Result<()> {
    if !output.status.success() {
        bail!("the headers are wrong:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

fn mentions(text: &str, name: &str) -> bool {
    text.split(|character: char| !character.is_alphanumeric() && character != '_').any(|word| word == name)
}
