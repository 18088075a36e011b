//! What the Android library is linked with, whoever calls the linker: `cargo xtask`, `cargo ndk`, Gradle.
#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("android") {
        for option in [
            // Names it: what loads it by another name finds that it has it.
            "-soname,libwalletlock.so",
            // Google Play asks for it: memory pages have 16 KB on newer phones.
            "-z,max-page-size=16384",
            // Relocations take a tenth of the space. Android reads them in this form from 6.0 on.
            "--pack-dyn-relocs=android",
            // By this a crash report finds the symbols that were stripped.
            "--build-id=sha1",
            // What a phone would not find fails here.
            "-z,defs",
        ] {
            println!("cargo::rustc-cdylib-link-arg=-Wl,{option}");
        }
    }
}
