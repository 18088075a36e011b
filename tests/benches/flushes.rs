//! Counts the flushes that really reach the kernel from this process.
#![allow(unsafe_code, reason = "stands in for two functions of the C library")]

use std::ffi::{c_int, c_long};
use std::sync::atomic::{AtomicU64, Ordering};

static FLUSHES: AtomicU64 = AtomicU64::new(0);

/// The flushes of the whole process so far, SQLite's and all others.
pub(crate) fn count() -> u64 {
    FLUSHES.load(Ordering::Relaxed)
}

// SQLite is linked into this program, so its calls reach the functions below instead of the C library's. They count
// every flush that is made. SQLite's VFS would also count flushes that SQLite only plans.

/// The C library's `fdatasync`, counted.
// SAFETY: it does what the C library's function of that name does; no other one is linked into this program.
#[unsafe(no_mangle)]
extern "C" fn fdatasync(file: c_int) -> c_int {
    flush(libc::SYS_fdatasync, file)
}

/// The C library's `fsync`, counted.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn fsync(file: c_int) -> c_int {
    flush(libc::SYS_fsync, file)
}

fn flush(call: c_long, file: c_int) -> c_int {
    FLUSHES.fetch_add(1, Ordering::Relaxed);
    // SAFETY: both calls take a file descriptor and touch no memory of ours. On failure `syscall` sets errno and
    // returns -1, as they do.
    unsafe { libc::syscall(call, file) as c_int }
}
