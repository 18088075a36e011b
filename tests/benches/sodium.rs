//! libsodium's Argon2id, the fastest library found (`core/DESIGN.md`, 'Which Argon2id?').
//!
//! Loaded from the system when the benches run, so that building the workspace does not need it.
#![allow(unsafe_code, reason = "a library of C")]

use std::ffi::{CStr, c_char, c_int, c_uchar, c_ulonglong, c_void};

use anyhow::{Result, bail};
use walletlock_core::crypto::KdfCost;

/// The names of libsodium 1.0.19 and later, of 1.0.18, and the one without a version.
const NAMES: [&CStr; 3] = [c"libsodium.so.26", c"libsodium.so.23", c"libsodium.so"];
/// `crypto_pwhash_ALG_ARGON2ID13`
const ARGON2ID13: c_int = 2;

type Init = unsafe extern "C" fn() -> c_int;
type Pwhash = unsafe extern "C" fn(
    out: *mut c_uchar,
    out_length: c_ulonglong,
    password: *const c_char,
    password_length: c_ulonglong,
    salt: *const c_uchar,
    passes: c_ulonglong,
    memory_bytes: usize,
    algorithm: c_int,
) -> c_int;

pub(crate) struct Sodium(Pwhash);

impl Sodium {
    pub(crate) fn load() -> Result<Self> {
        // SAFETY: the names end with a zero byte. The code that runs when libsodium is loaded asks nothing of its
        // caller.
        let library = NAMES.iter().map(|name| unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW) });
        let Some(library) = library.into_iter().find(|library| !library.is_null()) else {
            bail!("libsodium is not installed; on Debian: apt-get install libsodium23")
        };
        let (init, pwhash) = (symbol(library, c"sodium_init")?, symbol(library, c"crypto_pwhash")?);
        // SAFETY: `sodium_init` has this type in libsodium's sodium/core.h. The library is never unloaded.
        let init: Init = unsafe { std::mem::transmute(init) };
        // SAFETY: `crypto_pwhash` has this type in libsodium's sodium/crypto_pwhash.h.
        let pwhash: Pwhash = unsafe { std::mem::transmute(pwhash) };
        // SAFETY: it takes no arguments, and this is the first call into the library.
        if unsafe { init() } < 0 {
            bail!("libsodium does not start");
        }
        Ok(Self(pwhash))
    }

    /// Argon2id at one lane, the only number that libsodium supports.
    pub(crate) fn argon2id(&self, password: &[u8], salt: &[u8; 16], cost: &KdfCost) -> Result<[u8; 32]> {
        let mut output = [0; 32];
        // SAFETY: the lengths are those of the slices; a salt has 16 bytes (crypto_pwhash_argon2id_SALTBYTES).
        let failed = unsafe {
            (self.0)(
                output.as_mut_ptr(),
                32,
                password.as_ptr().cast(),
                password.len() as c_ulonglong,
                salt.as_ptr(),
                cost.passes.into(),
                cost.memory_kib as usize * 1024,
                ARGON2ID13,
            )
        };
        if failed != 0 {
            bail!("libsodium's crypto_pwhash failed");
        }
        Ok(output)
    }
}

fn symbol(library: *mut c_void, name: &CStr) -> Result<*mut c_void> {
    // SAFETY: `library` was just opened, and the name ends with a zero byte.
    let symbol = unsafe { libc::dlsym(library, name.as_ptr()) };
    if symbol.is_null() {
        bail!("libsodium has no {}", name.to_string_lossy());
    }
    Ok(symbol)
}
