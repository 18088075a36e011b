//! A disk that can lose power: it knows what was written, and what of that was flushed.
//!
//! The model follows SQLite's own account of what it relies on ("Atomic Commit In SQLite", sections 2 and 9, and
//! "Powersafe Overwrite", on sqlite.org) and the worst that a journaling file system does:
//!
//! - A process reads what was written last, flushed or not (the page cache). A killed process loses nothing of it.
//! - A flush of a file (`fdatasync`) makes its content and its length durable. Nothing else does: no flush happens by
//!   itself as time passes.
//! - At a power cut each sector of 512 bytes is decided by itself: it may hold what it held at the last flush, or
//!   anything that it held since. So writes may be lost, torn and reordered. A sector never holds half of one write and
//!   half of another, and bytes beside those written are never damaged: that is powersafe overwrite, on which SQLite is
//!   told to rely on Unix.
//! - The length of a file is kept in a journal of its own: after a cut it is one of those that the file had since the
//!   last flush, whichever sectors arrived. A file that grew without its content shows zeros, noise, or what had once
//!   been cut off there (stale blocks). If a truncation is lost, what was written after it is lost too: it went to
//!   blocks that the file does not have yet.
//! - The directory is a journal too: entries made and removed arrive in order, up to some point, and are durable only
//!   once the directory is flushed. A flush of a file does not flush its entry (POSIX promises no more, though ext4 and
//!   F2FS do more).
//! - A flush that was under way at the cut has flushed anything or nothing.
//!
//! Not in the model: flushed sectors that rot (`flips.rs` does that), and a disk that reports a flush that it did not
//! make. That disk is the control: see [`Flushes`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use walletlock_core::platform::testing::TestRng;

use crate::inode::{CutOutcome, Inode};

/// Clones of this handle refer to the same disk.
#[derive(Clone)]
pub(crate) struct Disk(Arc<Mutex<Platters>>);

/// A file that was opened. It lives on when its name is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(u64);

/// The power is off.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Off;

/// Which flushes this disk really makes: all, except in the controls that show that the checks can fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Flushes {
    /// Every one.
    #[default]
    Honest,
    /// None.
    Dropped,
    /// None for files whose name ends like this.
    DroppedOf(&'static str),
}

/// The operations that change a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Write,
    Truncate,
    Flush,
    Delete,
}

#[derive(Clone, Default)]
struct Platters {
    files: BTreeMap<FileId, Inode>,
    names: BTreeMap<String, FileId>,
    /// The directory as it was flushed last, and the changes since then: a name made (with its file) or removed.
    flushed_names: BTreeMap<String, FileId>,
    directory_changes: Vec<(String, Option<FileId>)>,
    last: u64,
    flushes: Flushes,
    /// Operations until the power goes. `None`: the power stays on.
    left: Option<u64>,
    /// The operation that the power cut interrupted.
    cut: Option<(Operation, String)>,
    /// After this many more flushes one fails; nothing else does.
    flushes_left: Option<u32>,
}

impl Disk {
    /// An empty disk.
    pub(crate) fn new(flushes: Flushes) -> Self {
        Self::of(Platters { flushes, ..Platters::default() })
    }

    /// A disk on which these files are flushed.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let disk = Self::new(Flushes::Honest);
        let mut platters = disk.lock();
        for (name, bytes) in files {
            platters.last += 1;
            let id = FileId(platters.last);
            platters.files.insert(id, Inode::flushed(bytes.to_vec()));
            platters.names.insert((*name).to_owned(), id);
        }
        platters.flushed_names = platters.names.clone();
        drop(platters);
        disk
    }

    /// Cuts the power after this many more operations: the next operation is interrupted.
    pub(crate) fn cut_after(&self, operations: u64) {
        self.lock().left = Some(operations);
    }

    /// The next flush fails once, as on a disk that could not write for a moment.
    pub(crate) fn fail_next_flush(&self) {
        self.fail_flush_after(0);
    }

    /// The flush after this many more fails once.
    pub(crate) fn fail_flush_after(&self, flushes: u32) {
        self.lock().flushes_left = Some(flushes);
    }

    /// Whether a flush that must fail is still to come.
    pub(crate) fn will_fail_flush(&self) -> bool {
        self.lock().flushes_left.is_some()
    }

    /// Whether this flush must fail. Counts it.
    pub(crate) fn fails_this_flush(&self) -> bool {
        let mut platters = self.lock();
        let left = platters.flushes_left.take();
        platters.flushes_left = left.and_then(|left| left.checked_sub(1));
        left == Some(0)
    }

    /// The interrupted operation and its file, if the power is off.
    pub(crate) fn cut(&self) -> Option<(Operation, String)> {
        self.lock().cut.clone()
    }

    pub(crate) fn is_off(&self) -> bool {
        self.lock().cut.is_some()
    }

    /// A disk that holds what a cut at this moment may leave. Each call draws one of the possible outcomes.
    pub(crate) fn after_cut(&self, chance: &mut TestRng) -> Self {
        let platters = self.lock();
        let outcome = CutOutcome::of(chance);
        let mut names = platters.flushed_names.clone();
        let journaled = outcome.reach(platters.directory_changes.len(), chance);
        for (name, file) in &platters.directory_changes[..journaled] {
            match file {
                Some(file) => names.insert(name.clone(), *file),
                None => names.remove(name),
            };
        }
        let files = names.values().map(|id| (*id, platters.files[id].after_cut(&outcome, chance))).collect();
        let (last, flushes) = (platters.last, platters.flushes);
        Self::of(Platters { files, flushed_names: names.clone(), names, last, flushes, ..Platters::default() })
    }

    /// A separate disk with the same contents, flushed or not: what a killed process leaves to the next one.
    pub(crate) fn after_kill(&self) -> Self {
        Self::of(Platters { left: None, cut: None, ..self.lock().clone() })
    }

    /// What a process would read in the file, or `None` if there is no such file.
    pub(crate) fn content(&self, name: &str) -> Option<Vec<u8>> {
        let platters = self.lock();
        platters.names.get(name).map(|id| platters.files[id].content.clone())
    }

    pub(crate) fn length_of(&self, name: &str) -> Result<Option<usize>, Off> {
        let platters = self.on()?;
        Ok(platters.names.get(name).map(|id| platters.files[id].content.len()))
    }

    /// Opens a file, and makes it if it is not there and `create` is set. A file without a name is a temporary one.
    pub(crate) fn open(&self, name: Option<&str>, create: bool) -> Result<Option<FileId>, Off> {
        let found = name.and_then(|name| self.lock().names.get(name).copied());
        if found.is_some() || !create {
            return self.on().map(|_| found);
        }
        let mut platters = self.operate(Operation::Create, name.unwrap_or_default())?;
        platters.last += 1;
        let id = FileId(platters.last);
        platters.files.insert(id, Inode::default());
        if let Some(name) = name {
            platters.names.insert(name.to_owned(), id);
            platters.directory_changes.push((name.to_owned(), Some(id)));
        }
        Ok(Some(id))
    }

    /// Removes a name. `false` if there was none.
    pub(crate) fn delete(&self, name: &str) -> Result<bool, Off> {
        let mut platters = self.operate(Operation::Delete, name)?;
        let removed = platters.names.remove(name).is_some();
        if removed {
            platters.directory_changes.push((name.to_owned(), None));
        }
        Ok(removed)
    }

    /// Reads what is there. Returns how many bytes that were.
    pub(crate) fn read(&self, file: FileId, at: usize, into: &mut [u8]) -> Result<usize, Off> {
        let platters = self.on()?;
        let from = platters.files[&file].content.get(at..).unwrap_or_default();
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        Ok(length)
    }

    pub(crate) fn write(&self, file: FileId, name: &str, at: usize, bytes: &[u8]) -> Result<(), Off> {
        self.change(Operation::Write, file, name, |inode| inode.write(at, bytes))
    }

    pub(crate) fn truncate(&self, file: FileId, name: &str, length: usize) -> Result<(), Off> {
        self.change(Operation::Truncate, file, name, |inode| inode.truncate(length))
    }

    pub(crate) fn flush(&self, file: FileId, name: &str) -> Result<(), Off> {
        let mut platters = self.operate(Operation::Flush, name)?;
        if platters.really_flushes(name)
            && let Some(inode) = platters.files.get_mut(&file)
        {
            inode.flush();
        }
        Ok(())
    }

    /// Flushes the directory because of the file `name`.
    pub(crate) fn flush_directory(&self, name: &str) -> Result<(), Off> {
        let mut platters = self.operate(Operation::Flush, name)?;
        if platters.really_flushes(name) {
            platters.flushed_names = platters.names.clone();
            platters.directory_changes.clear();
        }
        Ok(())
    }

    pub(crate) fn length(&self, file: FileId) -> Result<usize, Off> {
        Ok(self.on()?.files[&file].content.len())
    }

    fn change(
        &self,
        operation: Operation,
        file: FileId,
        name: &str,
        change: impl FnOnce(&mut Inode),
    ) -> Result<(), Off> {
        let mut platters = self.operate(operation, name)?;
        if let Some(inode) = platters.files.get_mut(&file) {
            change(inode);
        }
        Ok(())
    }

    /// The platters, if there is power left for this operation.
    fn operate(&self, operation: Operation, name: &str) -> Result<MutexGuard<'_, Platters>, Off> {
        let mut platters = self.on()?;
        if let Some(left) = platters.left {
            let Some(left) = left.checked_sub(1) else {
                platters.cut = Some((operation, name.to_owned()));
                return Err(Off);
            };
            platters.left = Some(left);
        }
        Ok(platters)
    }

    fn on(&self) -> Result<MutexGuard<'_, Platters>, Off> {
        let platters = self.lock();
        if platters.cut.is_some() { Err(Off) } else { Ok(platters) }
    }

    fn of(platters: Platters) -> Self {
        Self(Arc::new(Mutex::new(platters)))
    }

    fn lock(&self) -> MutexGuard<'_, Platters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Platters {
    fn really_flushes(&self, name: &str) -> bool {
        match self.flushes {
            Flushes::Honest => true,
            Flushes::Dropped => false,
            Flushes::DroppedOf(ending) => !name.ends_with(ending),
        }
    }
}
