//! The three ABIs for which the Android archive has a library.

use goblin::elf::header::{EM_AARCH64, EM_ARM, EM_X86_64};

/// An ABI, a kind of processor as Android names it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Abi {
    Arm64,
    Arm32,
    X86,
}

/// The oldest Android that the library runs on: 7.0.
pub(crate) const API_LEVEL: u32 = 24;

impl Abi {
    pub(crate) const ALL: [Self; 3] = [Self::Arm64, Self::Arm32, Self::X86];

    /// The name of the ABI's folder in an APK.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64-v8a",
            Self::Arm32 => "armeabi-v7a",
            Self::X86 => "x86_64",
        }
    }

    /// The machine number in the header of an ELF file.
    pub(crate) fn machine(self) -> u16 {
        match self {
            Self::Arm64 => EM_AARCH64,
            Self::Arm32 => EM_ARM,
            Self::X86 => EM_X86_64,
        }
    }

    /// The target's name in rustc.
    pub(crate) fn rust_target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-android",
            Self::Arm32 => "armv7-linux-androideabi",
            Self::X86 => "x86_64-linux-android",
        }
    }

    /// The target's name in clang, with the API level.
    pub(crate) fn clang_target(self) -> String {
        let target = match self {
            Self::Arm64 => "aarch64-linux-android",
            Self::Arm32 => "armv7a-linux-androideabi",
            Self::X86 => "x86_64-linux-android",
        };
        format!("{target}{API_LEVEL}")
    }
}
