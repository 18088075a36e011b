//! Where things are: the sources, and what is built from them. Nothing that is built lies outside the target folder.

use std::path::PathBuf;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};

/// The two libraries that Kotlin runs on, each with the Kotlin generated from it.
#[derive(Clone, Copy)]
pub(crate) enum Flavour {
    /// What ships, and what the demo shows.
    Shipped,
    /// With the `testing` feature: fakes, and Argon2id costs that a test can afford.
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
    /// Asks cargo's environment.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let root = Utf8Path::new(&manifest).ancestors().nth(2).context("xtask is not at android/xtask")?.to_owned();
        let target = match std::env::var("CARGO_TARGET_DIR") {
            Ok(elsewhere) => utf8(std::env::current_dir()?)?.join(elsewhere),
            Err(_) => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// A copy of the workspace.
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

    /// What Maven builds from one library. Emptied before every build.
    pub(crate) fn maven(&self, flavour: Flavour) -> Utf8PathBuf {
        self.target.join("maven").join(flavour.name())
    }

    /// What Maven builds for the Android archive.
    pub(crate) fn maven_aar(&self) -> Utf8PathBuf {
        self.target.join("maven/aar")
    }

    /// The Kotlin generated from one library.
    pub(crate) fn kotlin_bindings(&self, flavour: Flavour) -> Utf8PathBuf {
        self.target.join(match flavour {
            Flavour::Shipped => "kotlin-bindings",
            Flavour::Testing => "kotlin-bindings-testing",
        })
    }

    /// What the fakes carry of the testing library: `native/<os>-<arch>/`.
    pub(crate) fn host_library(&self) -> Utf8PathBuf {
        self.target.join("host-library")
    }

    /// What a phone adds to the facade.
    pub(crate) fn aar(&self) -> Utf8PathBuf {
        self.android().join("aar")
    }

    /// The pictures of its screens, as they should be.
    pub(crate) fn pictures(&self) -> Utf8PathBuf {
        self.aar().join("src/test/pictures")
    }

    /// Its resources, compiled.
    pub(crate) fn android_resources(&self) -> Utf8PathBuf {
        self.target.join("android-resources")
    }

    /// An app of its own, which takes our artifacts by their coordinates.
    pub(crate) fn consumer(&self) -> Utf8PathBuf {
        self.root.join("tests/consumer/jvm")
    }

    /// One that takes the Android archive.
    pub(crate) fn android_consumer(&self) -> Utf8PathBuf {
        self.root.join("tests/consumer/android")
    }

    /// Where both are built, and the Maven repository it takes everything from.
    pub(crate) fn consumer_build(&self) -> Utf8PathBuf {
        self.target.join("consumer")
    }

    /// The stripped libraries for Android, a folder for each ABI.
    pub(crate) fn android_libraries(&self) -> Utf8PathBuf {
        self.target.join("android")
    }

    /// The tests that run those libraries.
    pub(crate) fn bionic(&self) -> Utf8PathBuf {
        self.root.join("tests/bionic")
    }

    /// Where those tests are built.
    pub(crate) fn bionic_build(&self) -> Utf8PathBuf {
        self.target.join("bionic")
    }

    /// What a step printed, kept for a look after it failed.
    pub(crate) fn log(&self, step: &str) -> Utf8PathBuf {
        self.target.join("logs").join(format!("{step}.log"))
    }
}

fn utf8(path: PathBuf) -> Result<Utf8PathBuf> {
    Utf8PathBuf::from_path_buf(path).map_err(|path| anyhow::anyhow!("this path is not UTF-8: {}", path.display()))
}
