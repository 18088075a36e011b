//! All memory that a process can read, searched from outside.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use super::needles::Needle;

const PAGE: usize = 4096;
/// Longer than the longest needle.
const LONGEST: usize = 128;

/// The memory of a process, as `/proc` shows it to its parent.
pub(super) struct Haystack {
    process: u32,
}

/// How many bytes were searched, and where needles were found.
pub(super) struct Found {
    pub(super) bytes: usize,
    pub(super) places: Vec<String>,
}

/// The needles by their first two bytes: one look-up rules out nearly every place in memory.
struct Sieve<'a> {
    first: Vec<Vec<&'a Needle>>,
}

impl Haystack {
    pub(super) fn of(process: u32) -> Self {
        Self { process }
    }

    /// Searches all readable memory, whatever its use: heap, stacks, changed pages of the program's own files.
    pub(super) fn search(&self, needles: &[Needle]) -> Found {
        let sieve = Sieve::of(needles);
        let maps = fs::read_to_string(format!("/proc/{}/maps", self.process)).expect("its mappings");
        let memory = File::open(format!("/proc/{}/mem", self.process)).expect("a parent may read its child");
        let mut found = Found { bytes: 0, places: Vec::new() };
        for mapping in maps.lines() {
            // `man 5 proc_pid_maps`: range, permissions, offset, device, inode, name.
            let fields: Vec<_> = mapping.split_ascii_whitespace().collect();
            let name = fields.get(5).copied().unwrap_or("anonymous");
            if !fields[1].starts_with('r') || name.starts_with("[v") {
                // The kernel's own pages, [vvar] and [vsyscall], are not this process's memory.
                continue;
            }
            let (begin, end) = fields[0].split_once('-').expect("a range");
            let address = |text| u64::from_str_radix(text, 16).expect("hexadecimal");
            let (begin, end) = (address(begin), address(end));
            let mut bytes = vec![0; (end - begin) as usize];
            memory.read_exact_at(&mut bytes, begin).unwrap_or_else(|error| panic!("{mapping}: {error}"));
            found.bytes += bytes.len();
            sieve.sift(&bytes, |place, needle| {
                found.places.push(format!("{} at {:#x} in {name}", needle.what, begin + place as u64));
            });
        }
        found
    }
}

impl<'a> Sieve<'a> {
    fn of(needles: &'a [Needle]) -> Self {
        let mut first = vec![Vec::new(); 1 << 16];
        for needle in needles {
            first[Self::index(&needle.bytes)].push(needle);
        }
        Self { first }
    }

    fn index(bytes: &[u8]) -> usize {
        usize::from(bytes[0]) << 8 | usize::from(bytes[1])
    }

    fn sift(&self, bytes: &[u8], mut find: impl FnMut(usize, &Needle)) {
        let mut place = 0;
        while place + 1 < bytes.len() {
            // Most of memory was never written, so skip a page of zeros. Its last `LONGEST` bytes are searched all the
            // same, because a needle may begin with zeros there.
            if place % PAGE == 0 && bytes[place..].starts_with(&[0; PAGE]) {
                place += PAGE - LONGEST;
            }
            for needle in &self.first[Self::index(&bytes[place..])] {
                if bytes[place..].starts_with(&needle.bytes) {
                    find(place, needle);
                }
            }
            place += 1;
        }
    }
}
