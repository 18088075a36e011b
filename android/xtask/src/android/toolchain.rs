//! Compiler and linker for Android: the NDK's if ANDROID_NDK_HOME is set. Else the system's clang and lld, with our own
//! C headers, with stubs for the libraries that a phone has, and with LLVM's unwinder from the sources of Rust's
//! standard library.

use std::process::Command;

use anyhow::{Context, Result, bail};
use camino::{Utf8Path, Utf8PathBuf};

use super::abi::Abi;
use super::{digest, linker, stubs, unwinder};
use crate::places::Places;
use crate::process;

/// The LLVM version in the names of Debian's packages and programs.
pub(super) const LLVM: &str = "19";

/// Flags of rustc that make the library smaller. Both `-Z` and the standard library's own build need `RUSTC_BOOTSTRAP`.
const SMALLER_RUST: [&str; 10] = [
    // A panic says what happened and not where: no names of files and no numbers of lines.
    "-Zlocation-detail=none",
    // A panic that leaves a `drop` ends the app. None does here; without the flag each call of one needs code for that
    // case.
    "-Zpanic-in-drop=abort",
    // No panic unwinds through a function that LLVM knows to be free of panics, so it needs no table. The price: the
    // backtrace of a crash within such a function ends there.
    "-Cforce-unwind-tables=no",
    // `{:?}` prints nothing. Neither the log nor an error that an app sees has such a text.
    "-Zfmt-debug=none",
    // AES and SHA-256 in short loops, for processors without instructions for them.
    "--cfg",
    "aes_backend_soft=\"compact\"",
    "--cfg",
    "sha2_backend_soft=\"compact\"",
    // A panic unwinds from calls only. Only a debugger and a crash report need tables for every instruction.
    "-Zuse-sync-unwind=yes",
    // LLVM makes functions of code that repeats, if that saves as many bytes. It does not count what each such function
    // takes in the unwind tables, about 40 bytes.
    "-Cllvm-args=-outliner-benefit-threshold=40",
];

/// The programs: compiler, linker, archiver.
pub(crate) struct Tools {
    ndk: Option<Utf8PathBuf>,
}

impl Tools {
    /// Chooses the NDK's or the system's programs. Fails if ANDROID_NDK_HOME is set and is not an NDK.
    pub(crate) fn find() -> Result<Self> {
        let Some(ndk) = std::env::var("ANDROID_NDK_HOME").ok().filter(|home| !home.is_empty()) else {
            return Ok(Self { ndk: None });
        };
        let hosts = Utf8Path::new(&ndk).join("toolchains/llvm/prebuilt");
        let host = hosts.read_dir_utf8().with_context(|| format!("ANDROID_NDK_HOME is no NDK: no {hosts}"))?.next();
        let host = host.with_context(|| format!("{hosts} is empty"))??;
        Ok(Self { ndk: Some(host.path().join("bin")) })
    }

    /// Whether the programs are the NDK's, which brings the C library's headers and stubs itself.
    pub(crate) fn are_the_ndk(&self) -> bool {
        self.ndk.is_some()
    }

    pub(crate) fn clang(&self) -> String {
        self.program("clang")
    }

    pub(crate) fn ar(&self) -> String {
        self.program("llvm-ar")
    }

    pub(crate) fn strip(&self) -> String {
        self.program("llvm-strip")
    }

    /// Whether all programs can be started.
    pub(crate) fn work(&self) -> bool {
        let linker = self.ndk.is_some() || process::answer(&format!("ld.lld-{LLVM}"), &["--version"]).is_some();
        linker && [self.clang(), self.ar(), self.strip()].iter().all(|it| process::answer(it, &["--version"]).is_some())
    }

    fn program(&self, name: &str) -> String {
        match &self.ndk {
            Some(folder) => folder.join(name).into_string(),
            None => format!("{name}-{LLVM}"),
        }
    }
}

/// The programs for one ABI.
pub(crate) struct Toolchain<'a> {
    pub(crate) tools: &'a Tools,
    pub(crate) abi: Abi,
    places: &'a Places,
}

impl<'a> Toolchain<'a> {
    pub(crate) fn new(places: &'a Places, tools: &'a Tools, abi: Abi) -> Self {
        Self { tools, abi, places }
    }

    pub(crate) fn places(&self) -> &'a Places {
        self.places
    }

    /// The folder with our C headers and what belongs to them.
    pub(crate) fn sources(&self) -> Utf8PathBuf {
        self.places.android().join("ndkfree")
    }

    /// The folder for what is made for this ABI before cargo runs.
    pub(crate) fn folder(&self) -> Utf8PathBuf {
        self.places.target().join("ndkfree").join(self.abi.name())
    }

    /// The C compiler, with these headers.
    pub(crate) fn clang(&self, include: &Utf8Path) -> Command {
        let mut clang = Command::new(self.tools.clang());
        clang.args(self.c_flags(include)).current_dir(self.places.root());
        clang
    }

    /// The flags for every C file. A crate's build script may add more.
    fn c_flags(&self, include: &Utf8Path) -> Vec<String> {
        let mut flags = vec![format!("--target={}", self.abi.clang_target()), "-fstack-protector-strong".to_owned()];
        if !self.tools.are_the_ndk() {
            flags.extend(["-nostdlibinc".to_owned(), "-isystem".to_owned(), include.to_string()]);
        }
        if self.abi == Abi::Arm64 {
            // Functions sign their return addresses. On a processor that cannot do that, these instructions do nothing.
            // `standard` would also mark where a jump may land (BTI). Such marks count only if Rust's code has them
            // too.
            flags.push("-mbranch-protection=pac-ret".to_owned());
        }
        flags
    }

    /// Makes what a build for this ABI needs, and sets the environment of `cargo` to it.
    pub(crate) fn equip(&self, cargo: &mut Command) -> Result<()> {
        let rust = Rust::find()?;
        if !self.tools.are_the_ndk() {
            stubs::make(self)?;
            unwinder::make(self, &rust)?;
        }
        let include = self.sources().join("include");
        let mut c_flags = self.c_flags(&include);
        let without = self.places.android().join("native/sqlite_without.h");
        c_flags.extend(["-include".to_owned(), without.to_string()]);
        // No code reads this macro. A build script compiles again when a flag changes, but not when a header changes.
        let headers = [digest::files_below(&include)?, vec![without]].concat();
        c_flags.push(format!("-DWALLETLOCK_HEADERS={}", digest::of(&headers, &[])?));
        // A panic never unwinds through C: rusqlite catches it before. Without these tables the library is 5 % smaller.
        // The price: the backtrace of a crash within SQLite or ring ends there.
        c_flags.extend(["-fno-unwind-tables".to_owned(), "-fno-asynchronous-unwind-tables".to_owned()]);
        // LLVM makes functions of repeated code once more, among the functions that it has made so.
        c_flags.extend(["-mllvm".to_owned(), "-machine-outliner-reruns=1".to_owned()]);
        // Without tables, only a profiler could follow frame pointers.
        c_flags.push("-fomit-frame-pointer".to_owned());
        // Has ring leave out its larger tables for curve arithmetic, 23 kB. Signing takes longer; the lock signs
        // exports only.
        c_flags.push("-DOPENSSL_SMALL".to_owned());
        let renaming = rust.renaming(self.places)?;
        c_flags.extend(renaming.c);
        let mut rust_flags = renaming.rust;
        rust_flags.extend(SMALLER_RUST.map(str::to_owned));
        let target = self.abi.rust_target();
        let lower = target.replace('-', "_");
        let upper = lower.to_uppercase();
        cargo
            .env(format!("CC_{lower}"), self.tools.clang())
            .env(format!("AR_{lower}"), self.tools.ar())
            .env(format!("CFLAGS_{lower}"), c_flags.join(" "))
            .env(format!("CARGO_TARGET_{upper}_LINKER"), linker::write(self)?)
            .env(format!("CARGO_TARGET_{upper}_RUSTFLAGS"), rust_flags.join(" "))
            // These variables would replace our flags.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        Ok(())
    }

    /// Links a shared library from `arguments` alone (`-nostdlib`).
    pub(crate) fn link(&self, arguments: &[&str], library: &Utf8Path) -> Result<()> {
        let mut clang = Command::new(self.tools.clang());
        clang.arg(format!("--target={}", self.abi.clang_target()));
        clang
            .args([&format!("-fuse-ld=lld-{LLVM}"), "-shared", "-nostdlib"])
            .args(arguments)
            .args(["-o", library.as_str()]);
        process::run(&mut clang)
    }
}

/// Compiler flags that replace this machine's folders by names that are the same everywhere.
pub(crate) struct Renaming {
    pub(crate) c: Vec<String>,
    pub(crate) rust: Vec<String>,
}

/// The Rust toolchain.
pub(crate) struct Rust {
    pub(crate) sysroot: Utf8PathBuf,
    pub(crate) version: String,
    commit: String,
}

impl Rust {
    pub(crate) fn find() -> Result<Self> {
        let said = |argument| {
            let mut rustc = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned()));
            let output = rustc.arg(argument).output().context("could not start rustc")?;
            anyhow::Ok(String::from_utf8(output.stdout)?)
        };
        let version = said("-vV")?;
        let commit =
            version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).context("rustc says no commit")?;
        Ok(Self { sysroot: said("--print=sysroot")?.trim().into(), commit: commit.to_owned(), version })
    }

    /// The folder with the sources of the standard library and of LLVM's unwinder: the component `rust-src`.
    pub(crate) fn sources(&self) -> Utf8PathBuf {
        self.sysroot.join("lib/rustlib/src/rust")
    }

    /// Whether those sources are there.
    pub(crate) fn has_sources(&self) -> bool {
        self.sources().join("src/llvm-project/libunwind/src").is_dir()
    }

    /// The flags that replace the folders of this machine in the built files. If several match a path, rustc takes the
    /// last.
    pub(crate) fn renaming(&self, places: &Places) -> Result<Renaming> {
        let renamed = [
            (cargo_home()?, "/cargo".to_owned()),
            (places.root().to_owned(), "/walletlock".to_owned()),
            // The same path as in the standard library that comes with Rust.
            (self.sources(), format!("/rustc/{}", self.commit)),
        ];
        if let Some((path, _)) = renamed.iter().find(|(path, _)| path.as_str().contains([' ', '='])) {
            bail!("flags are divided by spaces and renamings by '=', so what ships cannot be built with {path}");
        }
        Ok(Renaming {
            c: renamed.iter().map(|(here, everywhere)| format!("-ffile-prefix-map={here}={everywhere}")).collect(),
            rust: renamed.iter().map(|(here, everywhere)| format!("--remap-path-prefix={here}={everywhere}")).collect(),
        })
    }

    /// Paths of this machine, none of which may be in a library.
    pub(crate) fn paths_of_this_machine(&self, places: &Places) -> Result<Vec<Utf8PathBuf>> {
        Ok(vec![cargo_home()?, places.root().to_owned(), places.target().to_owned(), self.sysroot.clone()])
    }

    /// Whether the toolchain has a standard library for a target.
    pub(crate) fn compiles_for(&self, target: &str) -> bool {
        self.sysroot.join("lib/rustlib").join(target).join("lib").is_dir()
    }
}

fn cargo_home() -> Result<Utf8PathBuf> {
    if let Ok(home) = std::env::var("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = std::env::home_dir().context("there is no home folder")?;
    Ok(Utf8PathBuf::from_path_buf(home)
        .map_err(|_| anyhow::anyhow!("the home folder's path is not UTF-8"))?
        .join(".cargo"))
}
