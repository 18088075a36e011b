//! Wiping what a call leaves on the stack.
//!
//! Secrets wipe themselves in the place where they end up, but not the copies made on the way: a function that returns
//! 32 bytes copies them, a cipher keeps its key schedule in a stack frame, and the compiler spills registers to the
//! stack. Those bytes stay until another call happens to overwrite them. `tests/attacks/memory.rs` found Argon2id
//! outputs, key-encryption keys and PINs there.

/// How much of the stack is wiped. The secrets that were found lay within 12 KiB, with and without optimisation. Wiping
/// five times as much takes about two microseconds.
const DEPTH_BYTES: usize = 64 * 1024;

/// Runs `call` and wipes what it left on the stack, also if it panics. What it returns must not be a secret, unless
/// that is on the heap.
pub(crate) fn with_stack_wiped<T>(call: impl FnOnce() -> T) -> T {
    let _guard = WipeOnDrop;
    call_in_own_frame(call)
}

/// Never inlined. So its frame, and the frames of everything that it calls, lie where the frame of [`wipe`] lies later.
#[inline(never)]
fn call_in_own_frame<T>(call: impl FnOnce() -> T) -> T {
    call()
}

/// Wipes when `call` has ended, also by a panic.
struct WipeOnDrop;

impl Drop for WipeOnDrop {
    fn drop(&mut self) {
        wipe();
    }
}

#[inline(never)]
fn wipe() {
    let below = [0_u8; DEPTH_BYTES];
    // Keeps the compiler from removing the array.
    zeroize::optimization_barrier(&below);
}
