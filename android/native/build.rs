//! The linker's options for the Android library. They are the same for `cargo xtask`, `cargo ndk` and Gradle.
#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("android") {
        for option in [
            // The soname: a loader that is asked for the library by another name sees that it is loaded already.
            "-soname,libwalletlock.so",
            // Google Play requires it: on newer phones a memory page has 16 KB.
            "-z,max-page-size=16384",
            // Packed, relocations take a tenth of the space. Android reads this form from 6.0 on.
            "--pack-dyn-relocs=android",
            // By this id a crash report finds the symbols that were stripped.
            "--build-id=sha1",
            // Strings that are the end of another one are stored once.
            "-O2",
            // An undefined symbol fails here, at link time, and not when a phone loads the library.
            "-z,defs",
        ] {
            println!("cargo::rustc-cdylib-link-arg=-Wl,{option}");
        }
    }
}
