//! The checks that a library must pass before it goes into an app. Every check is also tried on a bad library: see
//! `controls`.

use std::fs;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use goblin::elf::dynamic::{DF_1_NOW, DF_TEXTREL, DT_FLAGS, DT_FLAGS_1, DT_TEXTREL};
use goblin::elf::note::NT_GNU_BUILD_ID;
use goblin::elf::program_header::{PF_W, PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD};
use goblin::elf::{Elf, sym};

use super::abi::Abi;
use super::stubs;
use super::toolchain::{Rust, Toolchain};

/// The size of a memory page on newer phones.
const PAGE_BYTES: u64 = 16 * 1024;

/// The bound for the stripped arm64 library. Most phones have arm64, and each of them downloads the library with the
/// app.
const BYTES_AT_MOST: usize = 2_000_000;

/// Weak imports that the oldest Android does not have. Rust's standard library checks at run time whether they exist,
/// and works without them.
const WEAK_IMPORTS: [&str; 1] = ["getrandom"];

/// The instruction `paciasp`, with which a function signs its return address, in the order of bytes in memory.
const SIGNS_RETURN_ADDRESS: [u8; 4] = [0x3f, 0x23, 0x03, 0xd5];

/// A library, and what the checks compare it with.
pub(crate) struct Library<'a> {
    abi: Abi,
    bytes: &'a [u8],
    elf: Elf<'a>,
    on_the_phone: &'a [String],
    of_this_machine: &'a [Utf8PathBuf],
}

/// A check returns what is wrong, or `None`.
type Check = fn(&Library) -> Option<String>;

pub(crate) const CHECKS: [(&str, Check); 13] = [
    ("loads on pages of 16 KB", alignment),
    ("full RELRO", relro),
    ("the stack is not executable", stack),
    ("code is neither writable nor relocated", code),
    ("the C code has stack protectors", stack_protector),
    ("only the phone's own libraries are needed", needed),
    ("its name is libwalletlock.so", name),
    ("the oldest Android has all that is imported", imports),
    ("only JNI's and uniffi's names are exported", exports),
    ("a crash report finds its symbols (build-id)", build_id),
    ("no path of the machine that built it", paths),
    ("arm64: the C code signs return addresses", signed_returns),
    ("arm64: small", size),
];

/// Runs every check. Returns those that fail, each with what it found.
pub(crate) fn faults(toolchain: &Toolchain, path: &Utf8Path) -> Result<Vec<(&'static str, String)>> {
    let bytes = fs::read(path).with_context(|| format!("could not read {path}"))?;
    let on_the_phone = stubs::all_names(toolchain)?;
    let of_this_machine = Rust::find()?.paths_of_this_machine(toolchain.places())?;
    let elf = Elf::parse(&bytes).with_context(|| format!("{path} is no library"))?;
    let library = Library {
        abi: toolchain.abi,
        bytes: &bytes,
        elf,
        on_the_phone: &on_the_phone,
        of_this_machine: &of_this_machine,
    };
    Ok(CHECKS.iter().filter_map(|(name, check)| Some((*name, check(&library)?))).collect())
}

/// The names that the library imports, without weak ones, which may be absent.
pub(crate) fn imported(elf: &Elf) -> Vec<String> {
    let symbols = elf.dynsyms.iter().filter(|symbol| symbol.is_import() && symbol.st_bind() != sym::STB_WEAK);
    symbols.filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name)).map(str::to_owned).collect()
}

fn alignment(library: &Library) -> Option<String> {
    let mut parts = library.elf.program_headers.iter().filter(|part| part.p_type == PT_LOAD);
    parts.find(|part| part.p_align < PAGE_BYTES).map(|part| format!("a part is aligned to {} bytes", part.p_align))
}

fn relro(library: &Library) -> Option<String> {
    let relro = library.elf.program_headers.iter().any(|part| part.p_type == PT_GNU_RELRO);
    let now = dynamic(library, DT_FLAGS_1).is_some_and(|flags| flags & DF_1_NOW != 0);
    (!relro || !now).then(|| format!("RELRO: {relro}, bound at once: {now}"))
}

fn stack(library: &Library) -> Option<String> {
    let stack = library.elf.program_headers.iter().find(|part| part.p_type == PT_GNU_STACK);
    stack.is_none_or(|stack| stack.p_flags & PF_X != 0).then(|| "the stack is executable".to_owned())
}

fn code(library: &Library) -> Option<String> {
    let both = library.elf.program_headers.iter().any(|part| part.p_flags & (PF_W | PF_X) == PF_W | PF_X);
    let flagged = dynamic(library, DT_FLAGS).is_some_and(|flags| flags & DF_TEXTREL != 0);
    let relocated = flagged || dynamic(library, DT_TEXTREL).is_some();
    (both || relocated).then(|| format!("writable: {both}, relocated: {relocated}"))
}

fn stack_protector(library: &Library) -> Option<String> {
    let imports = imported(&library.elf);
    (!imports.iter().any(|name| name == "__stack_chk_fail")).then(|| "nothing calls __stack_chk_fail".to_owned())
}

fn needed(library: &Library) -> Option<String> {
    let known = |needed: &str| stubs::LIBRARIES.iter().any(|library| needed == format!("{library}.so"));
    list(library.elf.libraries.iter().filter(|needed| !known(needed)).map(|needed| (*needed).to_owned()))
}

fn name(library: &Library) -> Option<String> {
    (library.elf.soname != Some("libwalletlock.so")).then(|| format!("it is {:?}", library.elf.soname))
}

fn imports(library: &Library) -> Option<String> {
    let symbols = library.elf.dynsyms.iter().filter(goblin::elf::Sym::is_import);
    let missing = symbols.filter_map(|symbol| {
        let name = library.elf.dynstrtab.get_at(symbol.st_name)?;
        let may_be_absent = symbol.st_bind() == sym::STB_WEAK && WEAK_IMPORTS.contains(&name);
        let there = may_be_absent || library.on_the_phone.iter().any(|known| known == name);
        (!there).then(|| name.to_owned())
    });
    list(missing)
}

fn exports(library: &Library) -> Option<String> {
    let symbols = library.elf.dynsyms.iter().filter(|symbol| !symbol.is_import() && symbol.st_shndx != 0);
    let names = symbols.filter_map(|symbol| library.elf.dynstrtab.get_at(symbol.st_name));
    let ours = ["Java_dev_walletlock_", "uniffi_", "ffi_"];
    list(names.filter(|name| *name != "JNI_OnLoad" && !ours.iter().any(|it| name.starts_with(it))).map(str::to_owned))
}

fn build_id(library: &Library) -> Option<String> {
    let notes = library.elf.iter_note_headers(library.bytes).into_iter().flatten();
    let mut notes = notes.filter_map(Result::ok);
    let found = notes.any(|note| note.name == "GNU" && note.n_type == NT_GNU_BUILD_ID && note.desc.len() == 20);
    (!found).then(|| "it has none".to_owned())
}

fn paths(library: &Library) -> Option<String> {
    let found = library.of_this_machine.iter().filter(|path| contains(library.bytes, path.as_str().as_bytes()));
    list(found.map(ToString::to_string))
}

fn signed_returns(library: &Library) -> Option<String> {
    let signed = library.abi != Abi::Arm64 || contains(library.bytes, &SIGNS_RETURN_ADDRESS);
    (!signed).then(|| "none is signed".to_owned())
}

fn size(library: &Library) -> Option<String> {
    let bytes = library.bytes.len();
    (library.abi == Abi::Arm64 && bytes > BYTES_AT_MOST).then(|| format!("{bytes} bytes, at most {BYTES_AT_MOST}"))
}

fn dynamic(library: &Library, tag: u64) -> Option<u64> {
    let dynamic = library.elf.dynamic.as_ref()?;
    dynamic.dyns.iter().find(|entry| entry.d_tag == tag).map(|entry| entry.d_val)
}

/// Whether `bytes` contains `part`.
pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn list(names: impl Iterator<Item = String>) -> Option<String> {
    let names: Vec<_> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}
