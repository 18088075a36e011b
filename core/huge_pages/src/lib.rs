//! Asks the kernel to keep memory in huge pages. A crate of its own, because it takes one line of `unsafe` and the core forbids that.
//!
//! Argon2id jumps about in tens of MiB. In pages of 4 KiB most jumps miss the processor's address cache, and each page costs a fault at
//! its first touch; figures stand in `core/DESIGN.md`.

use std::mem::MaybeUninit;

/// As large as a huge page is where pages have 4 KiB, and a multiple of every page size, which is what `madvise` asks for.
#[cfg(any(target_os = "linux", target_os = "android"))]
const ALIGNMENT: usize = 2 * 1024 * 1024;

/// A hint, for memory that was reserved and not yet touched. Where there are no huge pages nothing happens.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "madvise has no safe form")]
pub fn prefer_huge_pages<T>(memory: &mut [MaybeUninit<T>]) {
    // Only the huge pages that lie within it: nobody else's memory is spoken for.
    let bytes = size_of_val(memory);
    let skipped = memory.as_ptr().addr().wrapping_neg() % ALIGNMENT;
    let whole = bytes.saturating_sub(skipped) / ALIGNMENT * ALIGNMENT;
    if whole > 0 {
        let begin = memory.as_mut_ptr().wrapping_byte_add(skipped);
        // SAFETY: `begin` and `whole` bytes after it lie in `memory`, which is borrowed for us alone. MADV_HUGEPAGE changes
        // neither its contents nor where it is mapped. A kernel that knows no huge pages refuses, and that changes nothing either.
        let _ = unsafe { libc::madvise(begin.cast(), whole, libc::MADV_HUGEPAGE) };
    }
}

/// A hint, for memory that was reserved and not yet touched. Where there are no huge pages nothing happens.
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

    /// The kernel's own account of what a mapping asked for (`man 5 proc_pid_smaps`, VmFlags): `hg` is MADV_HUGEPAGE.
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
