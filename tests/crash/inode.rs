//! A file on the disk, and what a power cut leaves of it. `disk.rs` describes the model.

use walletlock_core::platform::testing::TestRng;

/// The disk writes or loses a sector as a whole.
const SECTOR: usize = 512;

/// A file's content as a process reads it, its content at the last flush, and the changes since then.
#[derive(Clone, Default)]
pub(crate) struct Inode {
    pub(crate) content: Vec<u8>,
    flushed: Vec<u8>,
    changes: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write { at: usize, bytes: Box<[u8]> },
    Truncate(usize),
}

/// What a power cut does to changes that were not flushed. With even chances for each, a cut would hardly ever lose one
/// change and keep the rest.
pub(crate) enum CutOutcome {
    /// All of them are lost.
    Lost,
    /// All of them arrived.
    Arrived,
    /// They arrived in order, up to a point (in parts of 256). The change at that point is torn.
    UpTo(usize),
    /// Each sector is decided by itself: this many of eight are up to date, the others hold some earlier state.
    Scattered(usize),
}

impl CutOutcome {
    pub(crate) fn of(chance: &mut TestRng) -> Self {
        match chance.below(8) {
            0 => Self::Lost,
            1 => Self::Arrived,
            2 | 3 => Self::UpTo(chance.below(256)),
            _ => Self::Scattered(chance.below(8)),
        }
    }

    /// How many of so many changes reached one place on the disk.
    pub(crate) fn reach(&self, changes: usize, chance: &mut TestRng) -> usize {
        match self {
            Self::Lost => 0,
            Self::Arrived => changes,
            // One more or not: the change at that point is torn.
            Self::UpTo(part) => (changes * part / 256 + chance.below(2)).min(changes),
            Self::Scattered(up_to_date) if chance.below(8) < *up_to_date => changes,
            Self::Scattered(_) => chance.below(changes + 1),
        }
    }
}

impl Inode {
    pub(crate) fn flushed(content: Vec<u8>) -> Self {
        Self { flushed: content.clone(), content, changes: Vec::new() }
    }

    pub(crate) fn write(&mut self, at: usize, bytes: &[u8]) {
        apply_write(&mut self.content, at, bytes);
        self.changes.push(Change::Write { at, bytes: bytes.into() });
    }

    pub(crate) fn truncate(&mut self, length: usize) {
        self.content.resize(length, 0);
        self.changes.push(Change::Truncate(length));
    }

    pub(crate) fn flush(&mut self) {
        for change in self.changes.drain(..) {
            match change {
                Change::Write { at, bytes } => apply_write(&mut self.flushed, at, &bytes),
                Change::Truncate(length) => self.flushed.resize(length, 0),
            }
        }
    }

    /// What a cut may leave: a length that the file had, and in each sector something that it held.
    pub(crate) fn after_cut(&self, outcome: &CutOutcome, chance: &mut TestRng) -> Self {
        if self.changes.is_empty() {
            return Self::flushed(self.flushed.clone());
        }
        let journaled = outcome.reach(self.changes.len(), chance);
        let length = self.length_after(journaled);
        let mut bytes = self.flushed.clone();
        let grown_from = bytes.len().min(length);
        bytes.resize(length, 0);
        if chance.one_in(2) {
            chance.fill(&mut bytes[grown_from..]);
        }
        let cut_off_shows = chance.one_in(2);
        let sectors = length.div_ceil(SECTOR);
        let reached: Vec<usize> = (0..sectors).map(|_| outcome.reach(self.changes.len(), chance)).collect();
        for (nth, change) in self.changes.iter().enumerate() {
            match change {
                Change::Write { at, bytes: written } => {
                    let to = (at + written.len()).min(length);
                    let (first, last) = (at / SECTOR, to.div_ceil(SECTOR));
                    for (sector, reached) in reached.iter().enumerate().take(last).skip(first) {
                        let (from, to) = ((*at).max(sector * SECTOR), to.min((sector + 1) * SECTOR));
                        if nth < *reached && from < to {
                            bytes[from..to].copy_from_slice(&written[from - at..to - at]);
                        }
                    }
                }
                // What was written after the truncation stands in new blocks, which the file has only once the
                // truncation is journaled.
                Change::Truncate(_) if nth >= journaled => break,
                Change::Truncate(_) if cut_off_shows => {}
                Change::Truncate(at) => bytes[(*at).min(length)..].fill(0),
            }
        }
        Self::flushed(bytes)
    }

    fn length_after(&self, changes: usize) -> usize {
        self.changes[..changes].iter().fold(self.flushed.len(), |length, change| match change {
            Change::Write { at, bytes } => length.max(at + bytes.len()),
            Change::Truncate(length) => *length,
        })
    }
}

fn apply_write(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at {
        content.resize(at, 0);
    }
    let (over, beyond) = bytes.split_at(bytes.len().min(content.len() - at));
    content[at..at + over.len()].copy_from_slice(over);
    content.extend_from_slice(beyond);
}
