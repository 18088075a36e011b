//! The paths of the sources, and of what is built from them. Everything that is built goes into the target folder.

use std::path::PathBuf;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// The two libraries that Kotlin runs on, each with the Kotlin generated from it.
#[derive(Clone, Copy)]
pub(crate) enum Flavour {
    /// The library that ships. The demo runs on it too.
    Shipped,
    /// With the `testing` feature: it allows fakes, and Argon2id costs that are low enough for tests.
    Testing,
}

impl Flavour {
    /// Its name in paths, and what Maven calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Testing => "testing",
        }
    }
}

/// The roots of all paths.
pub(crate) struct Places {
    root: Utf8PathBuf,
    target: Utf8PathBuf,
}

impl Places {
    /// The paths of this workspace, from the environment variables that cargo sets.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Utf8Path::new(&manifest).ancestors().nth(2).context("xtask is not at android/xtask")?.to_owned();
        let target = match std::env::var("CARGO_TARGET_DIR") {
            Ok(elsewhere) => utf8(std::env::current_dir()?)?.join(elsewhere),
            Err(_) => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The paths of a copy of the workspace.
    pub(crate) fn at(root: Utf8PathBuf, target: Utf8PathBuf) -> Self {
        Self { root, target }
    }

    /// The workspace.
    pub(crate) fn root(&self) -> &Utf8Path {
        &self.root
    }

    /// The Maven project.
    pub(crate) fn android(&self) -> Utf8PathBuf {
        self.root.join("android")
    }

    /// The crate whose exports become Kotlin.
    pub(crate) fn bindings_crate(&self) -> Utf8PathBuf {
        self.root.join("bindings")
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Utf8Path {
        &self.target
    }

    /// What Maven builds with one of the libraries. Emptied before every build.
    pub(crate) fn maven(&self, flavour: Flavour) -> Utf8PathBuf {
        self.target.join("maven").join(flavour.name())
    }

    /// What Maven builds for the Android archive.
    pub(crate) fn maven_aar(&self) -> Utf8PathBuf {
        self.target.join("maven/aar")
    }

    /// What Maven builds for the phone in the browser.
    pub(crate) fn maven_phone(&self) -> Utf8PathBuf {
        self.target.join("maven/phone")
    }

    /// The Kotlin generated from one library.
    pub(crate) fn kotlin_bindings(&self, flavour: Flavour) -> Utf8PathBuf {
        self.target.join(match flavour {
            Flavour::Shipped => "kotlin-bindings",
            Flavour::Testing => "kotlin-bindings-testing",
        })
    }

    /// The testing library as it lies in the fakes' jar: below `native/<os>-<arch>/`.
    pub(crate) fn host_library(&self) -> Utf8PathBuf {
        self.target.join("host-library")
    }

    /// The module with the part of the library that only Android needs.
    pub(crate) fn aar(&self) -> Utf8PathBuf {
        self.android().join("aar")
    }

    /// The pictures of that module's screens, which its tests compare with.
    pub(crate) fn pictures(&self) -> Utf8PathBuf {
        self.aar().join("src/test/pictures")
    }

    /// That module's compiled resources.
    pub(crate) fn android_resources(&self) -> Utf8PathBuf {
        self.target.join("android-resources")
    }

    /// The tests of an app outside this build, which takes our artifacts by their Maven coordinates.
    pub(crate) fn consumer(&self) -> Utf8PathBuf {
        self.root.join("tests/consumer/jvm")
    }

    /// The sample wallet: an app that takes the Android archive. The phone in the browser runs it too.
    pub(crate) fn sample(&self) -> Utf8PathBuf {
        self.android().join("sample")
    }

    /// The manifest and the resources for the phone in the browser: the app's, merged with the archive's.
    pub(crate) fn phone(&self) -> Utf8PathBuf {
        self.target.join("phone")
    }

    /// Where the app of [`Self::consumer`] and the sample wallet are built, with the Maven repository for both.
    pub(crate) fn consumer_build(&self) -> Utf8PathBuf {
        self.target.join("consumer")
    }

    /// The stripped libraries for Android, a folder for each ABI.
    pub(crate) fn android_libraries(&self) -> Utf8PathBuf {
        self.target.join("android")
    }

    /// The tests that run the libraries for Android in an emulator.
    pub(crate) fn bionic(&self) -> Utf8PathBuf {
        self.root.join("tests/bionic")
    }

    /// Where those tests are built.
    pub(crate) fn bionic_build(&self) -> Utf8PathBuf {
        self.target.join("bionic")
    }

    /// The sources and lists of the tools that make the sample app's APK.
    pub(crate) fn apk(&self) -> Utf8PathBuf {
        self.android().join("apk")
    }

    /// Where the APK is built, and where the key that signs it is kept.
    pub(crate) fn apk_build(&self) -> Utf8PathBuf {
        self.target.join("apk")
    }

    /// The log with the output of a step, to look at after it failed.
    pub(crate) fn log(&self, step: &str) -> Utf8PathBuf {
        self.target.join("logs").join(format!("{step}.log"))
    }
}

fn utf8(path: PathBuf) -> Result<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(path).map_err(|path| anyhow::anyhow!("this path is not UTF-8: {}", path.display()))
}
