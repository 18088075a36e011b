//! The checks of a library for another system, as far as they are possible without such a machine. Every check is also
//! tried on a bad library: see `controls`.

use anyhow::{Context, Result, bail};
use goblin::Object;
use goblin::mach::load_command::CommandVariant;
use goblin::mach::{Mach, cputype};

use super::zig::{OLDEST_GLIBC, OLDEST_MACOS};
use super::{Host, signature};
use crate::android::{Rust, contains};
use crate::places::Places;

pub(super) const NEEDS: &str = "only the system's own libraries are needed";
pub(super) const OLDEST: &str = "it loads on the oldest system that we name";
/// On Apple's own processors macOS loads only signed code; a signature without a certificate (ad hoc) is enough. On
/// Intel it loads unsigned code.
pub(super) const SIGNED: &str = "macOS on arm64: every page of it is signed";
pub(super) const NAME: &str = "its name is no path";
pub(super) const PROCESSOR: &str = "it is for this system and processor";
pub(super) const EXPORTS: &str = "what Kotlin calls is exported";
pub(super) const PATHS: &str = "no path of the machine that built it";

/// How the names of the functions that Kotlin calls begin: two prefixes for uniffi, one for JNI.
const CALLED: [&str; 3] = ["uniffi_walletlock_", "ffi_walletlock_", "Java_dev_walletlock_"];

/// The names of all checks.
pub(super) const CHECKS: [&str; 7] = [NEEDS, OLDEST, SIGNED, NAME, PROCESSOR, EXPORTS, PATHS];

/// What a library's file says about it: ELF, Mach-O or PE.
pub(super) struct Facts {
    system: &'static str,
    processor: &'static str,
    pub(super) needed: Vec<String>,
    /// The newest version of the system that the library requires; on Linux that of glibc.
    pub(super) asks_for: Vec<u32>,
    /// What is wrong with its signature. Only a Mach-O file has one.
    unsigned: Option<String>,
    pub(super) name: String,
    exports: Vec<String>,
}

/// The names of the functions that a library exports for Kotlin.
pub(super) fn functions_in(library: &[u8]) -> Result<Vec<String>> {
    let called = |name: &String| CALLED.iter().any(|prefix| name.starts_with(prefix));
    let functions: Vec<_> = Facts::of(library)?.exports.into_iter().filter(called).collect();
    match CALLED.iter().find(|prefix| !functions.iter().any(|name| name.starts_with(*prefix))) {
        Some(prefix) => bail!("it exports no {prefix}"),
        None => Ok(functions),
    }
}

/// The checks that this library fails, each with what it found. `functions`: the names that it must export, taken from
/// this machine's library.
pub(super) fn faults(
    places: &Places,
    host: Host,
    functions: &[String],
    bytes: &[u8],
) -> Result<Vec<(&'static str, String)>> {
    let facts = Facts::of(bytes)?;
    let here = Rust::find()?.paths_of_this_machine(places)?;
    let paths: Vec<_> =
        here.iter().filter(|path| contains(bytes, path.as_str().as_bytes())).map(ToString::to_string).collect();
    let kind = format!("{}-{}", facts.system, facts.processor);
    let strangers: Vec<_> = facts.needed.iter().filter(|name| !is_of_the_system(host, name)).cloned().collect();
    let missing: Vec<_> = functions.iter().filter(|name| !facts.exports.contains(name)).cloned().collect();
    let found = [
        (NEEDS, strangers.join(", ")),
        (OLDEST, if facts.asks_for > oldest(host)? { format!("{:?}", facts.asks_for) } else { String::new() }),
        (SIGNED, if host == Host::MacArm { facts.unsigned.unwrap_or_default() } else { String::new() }),
        (NAME, if is_plain(&facts.name) { String::new() } else { facts.name.clone() }),
        (PROCESSOR, if kind == host.name() { String::new() } else { kind }),
        (EXPORTS, missing.join(", ")),
        (PATHS, paths.join(", ")),
    ];
    Ok(found.into_iter().filter(|(_, found)| !found.is_empty()).collect())
}

impl Facts {
    pub(super) fn of(bytes: &[u8]) -> Result<Self> {
        match Object::parse(bytes).context("no library")? {
            Object::Elf(elf) => Ok(Self::of_elf(&elf)),
            Object::PE(library) => Ok(Self::of_pe(&library)),
            Object::Mach(Mach::Binary(library)) => Ok(Self::of_mach(&library, bytes)),
            _ => bail!("a library of no format that we build"),
        }
    }

    fn of_elf(elf: &goblin::elf::Elf<'_>) -> Self {
        use goblin::elf::header::{EM_AARCH64, EM_X86_64};

        let parts = elf.verneed.iter().flat_map(|versions| versions.iter());
        let names = parts.flat_map(|file| {
            file.iter().filter_map(|version| elf.dynstrtab.get_at(version.vna_name)).collect::<Vec<_>>()
        });
        let versions = names.filter_map(|name| name.strip_prefix("GLIBC_")).map(numbers);
        let exported = elf.dynsyms.iter().filter(|symbol| !symbol.is_import() && symbol.st_shndx != 0);
        Self {
            system: "linux",
            processor: match elf.header.e_machine {
                EM_X86_64 => "x86_64",
                EM_AARCH64 => "aarch64",
                _ => "another",
            },
            needed: elf.libraries.iter().map(ToString::to_string).collect(),
            asks_for: versions.max().unwrap_or_default(),
            unsigned: None,
            name: elf.soname.unwrap_or_default().to_owned(),
            exports: exported.filter_map(|symbol| elf.dynstrtab.get_at(symbol.st_name)).map(str::to_owned).collect(),
        }
    }

    fn of_pe(library: &goblin::pe::PE<'_>) -> Self {
        use goblin::pe::header::{COFF_MACHINE_ARM64, COFF_MACHINE_X86_64};

        let system = library.header.optional_header.map(|header| header.windows_fields);
        let asks_for =
            system.map(|fields| [fields.major_subsystem_version, fields.minor_subsystem_version].map(u32::from));
        Self {
            system: "windows",
            processor: match library.header.coff_header.machine {
                COFF_MACHINE_X86_64 => "x86_64",
                COFF_MACHINE_ARM64 => "aarch64",
                _ => "another",
            },
            needed: library.libraries.iter().map(ToString::to_string).collect(),
            asks_for: asks_for.unwrap_or_default().to_vec(),
            unsigned: None,
            name: library.name.unwrap_or_default().to_owned(),
            exports: library.exports.iter().filter_map(|export| export.name).map(str::to_owned).collect(),
        }
    }

    fn of_mach(library: &goblin::mach::MachO<'_>, bytes: &[u8]) -> Self {
        let oldest = library.load_commands.iter().find_map(|command| match &command.command {
            // A version is packed as xxxx.yy.zz: the major number in 16 bits, the minor in 8 (Apple, `loader.h`).
            CommandVariant::BuildVersion(version) => Some(vec![version.minos >> 16, version.minos >> 8 & 0xff]),
            _ => None,
        });
        let exports = library.exports().unwrap_or_default();
        Self {
            system: "macos",
            processor: match library.header.cputype {
                cputype::CPU_TYPE_X86_64 => "x86_64",
                cputype::CPU_TYPE_ARM64 => "aarch64",
                _ => "another",
            },
            // The first entry is the library itself.
            needed: library.libs.iter().skip(1).map(ToString::to_string).collect(),
            asks_for: oldest.unwrap_or_default(),
            unsigned: signature::check(library, bytes).err().map(|fault| fault.to_string()),
            name: library.name.unwrap_or_default().to_owned(),
            // macOS adds an underscore to a C name. Our names begin with none, so all are removed.
            exports: exports.iter().map(|export| export.name.trim_start_matches('_').to_owned()).collect(),
        }
    }
}

/// Whether every system of this kind has the library `name`.
fn is_of_the_system(host: Host, name: &str) -> bool {
    match host {
        Host::LinuxX86 | Host::LinuxArm => {
            let parts = ["libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1"];
            parts.contains(&name) || name.starts_with("ld-linux-")
        }
        Host::MacArm | Host::MacX86 => {
            let parts = ["libSystem.B.dylib", "libiconv.2.dylib", "libcharset.1.dylib"];
            name.strip_prefix("/usr/lib/").is_some_and(|name| parts.contains(&name))
        }
        Host::WindowsX86 => {
            let parts = [
                "kernel32.dll",
                "ntdll.dll",
                "advapi32.dll",
                "bcrypt.dll",
                "bcryptprimitives.dll",
                "ws2_32.dll",
                "userenv.dll",
            ];
            let name = name.to_lowercase();
            // The universal C runtime (`api-ms-win-*`), which Windows has since version 10.
            parts.contains(&name.as_str()) || name.starts_with("api-ms-win-")
        }
    }
}

/// The oldest system that the library must load on. For Windows, 10.0 is the highest value of that field.
fn oldest(host: Host) -> Result<Vec<u32>> {
    Ok(match host {
        Host::LinuxX86 | Host::LinuxArm => OLDEST_GLIBC.to_vec(),
        Host::MacArm | Host::MacX86 => numbers(OLDEST_MACOS),
        Host::WindowsX86 => vec![10, 0],
    })
}

/// The numbers of a dotted version.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').filter_map(|number| number.parse().ok()).collect()
}

/// Whether the name has no folder in it, except the `@rpath` that macOS's loader searches. An empty name has none.
fn is_plain(name: &str) -> bool {
    let name = name.strip_prefix("@rpath/").unwrap_or(name);
    !name.contains(['/', '\\'])
}
