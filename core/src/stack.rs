//! What a call leaves on the stack.
//!
//! Secrets wipe themselves where they end up, but not where they were on their way: a function that returns 32 bytes copies them, a cipher
//! keeps its key schedule in a frame, the compiler puts aside what does not fit into registers. Those places stay as they are until
//! another call happens to need them. `tests/attacks/memory.rs` found Argon2id outputs, key-encryption keys and PINs there.

/// How much is wiped. What was found lay within 12 KiB, with and without optimisation; five times as much takes about two microseconds.
const DEPTH_BYTES: usize = 64 * 1024;

/// Runs `call` and wipes what it left on the stack, also when it panics. What it returns must not be a secret itself, except on the heap.
pub(crate) fn with_stack_wiped<T>(call: impl FnOnce() -> T) -> T {
    let _guard = WipeOnDrop;
    apart(call)
}

/// Its frame, and all that are called from it, lie where [`wipe`] has its own later on.
#[inline(never)]
fn apart<T>(call: impl FnOnce() -> T) -> T {
    call()
}

/// Wipes when `call` is over, however it ended.
struct WipeOnDrop;

impl Drop for WipeOnDrop {
    fn drop(&mut self) {
        wipe();
    }
}

#[inline(never)]
fn wipe() {
    let below = [0_u8; DEPTH_BYTES];
    // Keeps the compiler from leaving it out.
    zeroize::optimization_barrier(&below);
}
