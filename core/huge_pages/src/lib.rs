//! Asks the kernel to keep memory in huge pages. This is a crate of its own because it needs one line of `unsafe`,
//! which the core forbids.
//!
//! Argon2id accesses tens of MiB in random order. With pages of 4 KiB most accesses miss the processor's address cache
//! (TLB), and each page costs a page fault when it is first touched. `core/DESIGN.md` has the figures.

use std::mem::MaybeUninit;

/// The size of a huge page on systems with pages of 4 KiB. It is a multiple of every page size; `madvise` needs an
/// address that is aligned to the page size.
#[cfg(any(target_os = "linux", target_os = "android"))]
const ALIGNMENT: usize = 2 * 1024 * 1024;

/// Asks for huge pages for memory that was reserved and not yet touched. It is only a hint: on a system without huge
/// pages nothing happens.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "madvise has no safe form")]
pub fn prefer_huge_pages<T>(memory: &mut [MaybeUninit<T>]) {
    // Only the huge pages that lie completely within `memory`: the request must not affect other memory.
    let bytes = size_of_val(memory);
    let skipped = memory.as_ptr().addr().wrapping_neg() % ALIGNMENT;
    let whole = bytes.saturating_sub(skipped) / ALIGNMENT * ALIGNMENT;
    if whole > 0 {
        let begin = memory.as_mut_ptr().wrapping_byte_add(skipped);
        // SAFETY: `begin` and the `whole` bytes after it lie in `memory`, which is borrowed exclusively. MADV_HUGEPAGE
        // changes neither the content nor the address of the memory. A kernel without huge pages returns an error and
        // changes nothing.
        let _ = unsafe { libc::madvise(begin.cast(), whole, libc::MADV_HUGEPAGE) };
    }
}

/// Asks for huge pages for memory that was reserved and not yet touched. It is only a hint: on a system without huge
/// pages nothing happens.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub fn prefer_huge_pages<T>(_: &mut [MaybeUninit<T>]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_of_any_size_and_place_stays_as_it_is() {
        for bytes in [0, 1, 4096, 2 * 1024 * 1024, 5 * 1024 * 1024] {
            for offset in [0, 1, 64] {
                let mut memory: Vec<u8> = vec![0xa5; offset];
                memory.reserve_exact(bytes);
                prefer_huge_pages(memory.spare_capacity_mut());
                memory.resize(offset + bytes, 0x5a);
                assert!(memory.iter().take(offset).all(|byte| *byte == 0xa5));
                assert!(memory.iter().skip(offset).all(|byte| *byte == 0x5a));
            }
        }
    }

    /// Reads back what the kernel noted for each mapping (`man 5 proc_pid_smaps`, VmFlags): `hg` is MADV_HUGEPAGE.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_kernel_is_asked() -> std::io::Result<()> {
        if !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return Ok(());
        }
        let mut memory: Vec<u8> = Vec::with_capacity(64 * 1024 * 1024);
        prefer_huge_pages(memory.spare_capacity_mut());
        let maps = std::fs::read_to_string("/proc/self/smaps")?;
        let asked = maps.lines().filter(|line| line.starts_with("VmFlags:")).any(|flags| flags.contains(" hg"));
        assert!(asked, "no mapping asked for huge pages");
        Ok(())
    }
}
