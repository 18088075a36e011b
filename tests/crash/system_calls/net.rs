//! The net: catches every system call of this process that writes, flushes or truncates below the wallet's folder, and
//! counts the calls by name. At the call that the plan names the fault happens: the process is killed, or the call
//! fails, wholly or in part.
//!
//! SQLite is linked into this program, so its calls end up here instead of in the C library. [`crate::trace`] proves
//! that no call gets past the net.
#![allow(unsafe_code, reason = "stands in for six functions of the C library")]

use std::collections::BTreeMap;
use std::ffi::{CStr, OsStr, c_char, c_int, c_long, c_void};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::fault::{Ending, Fault, Plan};

/// The kinds of calls that are caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Call {
    /// An `open` that creates the file if it is not there.
    Create,
    /// A write at a given offset: used by SQLite.
    Write,
    /// A write at the file's current position: used by everyone else.
    WriteOn,
    Flush,
    Truncate,
    Unlink,
}

impl Call {
    pub(crate) const ALL: [Self; 6] =
        [Self::Create, Self::Write, Self::WriteOn, Self::Flush, Self::Truncate, Self::Unlink];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Create => "open",
            Self::Write => "pwrite64",
            Self::WriteOn => "write",
            Self::Flush => "fdatasync",
            Self::Truncate => "ftruncate",
            Self::Unlink => "unlink",
        }
    }
}

/// The one net of this process. It is taken out while a caught call is handled, so that the file operations of the
/// handling itself are not caught.
static NET: Mutex<Option<Net>> = Mutex::new(None);

struct Net {
    folder: PathBuf,
    plan: Option<Plan>,
    counts: BTreeMap<Call, u32>,
    caught: Vec<(Call, String)>,
    fault_happened: bool,
    /// The fault also hits later calls.
    aftermath: Option<Aftermath>,
    /// The files as they were flushed last. Kept only for faults that lose what was not flushed.
    flushed: BTreeMap<PathBuf, Vec<u8>>,
    /// The smallest length that a file was cut to since its last flush. What is written behind that goes to new blocks,
    /// so a failed flush leaves zeros there and nothing older.
    cut: BTreeMap<PathBuf, usize>,
    /// The pages that a failed flush lost, as they were before. A page that is written again is removed from here.
    forgotten: BTreeMap<(PathBuf, usize), Vec<u8>>,
}

/// The size of the pages that Linux reads and writes.
const PAGE: usize = 4096;

#[derive(Clone, Copy)]
enum Aftermath {
    /// A write was cut short; the write of the rest fails with ENOSPC.
    NextWriteIsFull,
    Broken,
    Full,
}

/// What happens to one call.
enum Fate {
    Passes,
    IsKilled { done: Done },
    Fails { error: c_int, done: Done },
    IsCutShort,
    IsForgotten,
}

/// How much of a call is done although it fails or the process is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    Nothing,
    Half,
    All,
}

/// Begins to catch the calls below `folder`. Counting starts here.
pub(crate) fn install(folder: &Path, plan: Option<Plan>) {
    let mut flushed = BTreeMap::new();
    if plan.is_some_and(|plan| plan.fault.loses()) {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        flushed.extend(files.map(|file| (file.path(), fs::read(file.path()).unwrap_or_default())));
    }
    put_back(Net {
        folder: folder.to_owned(),
        plan,
        counts: BTreeMap::new(),
        caught: Vec::new(),
        fault_happened: false,
        aftermath: None,
        flushed,
        cut: BTreeMap::new(),
        forgotten: BTreeMap::new(),
    });
}

/// Whether the planned fault has happened.
pub(crate) fn fault_happened() -> bool {
    NET.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|net| net.fault_happened)
}

/// Called when the device key is about to compute the HMAC of a PIN.
pub(crate) fn asked() {
    let net = take_out();
    let dies = net
        .as_ref()
        .is_some_and(|net| net.fault_happened && net.plan.is_some_and(|plan| plan.ending == Ending::KilledWhenAsked));
    net.into_iter().for_each(put_back);
    if dies {
        die();
    }
}

/// The calls caught since this was last asked, in order: the call and the file.
pub(crate) fn take_caught() -> Vec<(Call, String)> {
    NET.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .as_mut()
        .map(|net| std::mem::take(&mut net.caught))
        .unwrap_or_default()
}

/// Ends this process as Android's low-memory killer does: at once, without a chance to clean up.
pub(crate) fn die() -> ! {
    take_out().iter().for_each(Net::lose_what_was_forgotten);
    // SAFETY: both touch no memory. The signal cannot be caught.
    unsafe { libc::kill(libc::getpid(), libc::SIGKILL) };
    std::process::abort()
}

fn take_out() -> Option<Net> {
    NET.lock().unwrap_or_else(PoisonError::into_inner).take()
}

fn put_back(net: Net) {
    *NET.lock().unwrap_or_else(PoisonError::into_inner) = Some(net);
}

impl Net {
    fn catches(&self, file: &Path) -> bool {
        file.starts_with(&self.folder)
    }

    /// After a failed flush Linux treats the pages as written, although they are not. This keeps what they held before.
    fn forget(&mut self, file: &Path) {
        let before: &[u8] = self.flushed.get(file).map_or(&[], Vec::as_slice);
        let before = self.cut.get(file).and_then(|cut| before.get(..*cut)).unwrap_or(before);
        let page =
            |bytes: &[u8], number: usize| bytes.iter().skip(number * PAGE).take(PAGE).copied().collect::<Vec<_>>();
        let now = fs::read(file).unwrap_or_default();
        for number in 0..now.len().div_ceil(PAGE) {
            let old = page(before, number);
            if old != page(&now, number) {
                self.forgotten.insert((file.to_owned(), number), old);
            }
        }
    }

    fn remember(&mut self, file: &Path, offset: usize, bytes: usize) {
        for number in offset / PAGE..(offset + bytes).div_ceil(PAGE) {
            self.forgotten.remove(&(file.to_owned(), number));
        }
    }

    fn lose_what_was_forgotten(&self) {
        for ((file, number), old) in &self.forgotten {
            let Ok(mut now) = fs::read(file) else { continue };
            let place = now.iter_mut().skip(number * PAGE).take(PAGE);
            place.zip(old.iter().chain(std::iter::repeat(&0))).for_each(|(byte, old)| *byte = *old);
            let _there_is_room = fs::write(file, now);
        }
    }

    fn decide(&mut self, call: Call, file: &Path) -> Fate {
        let count = self.counts.entry(call).or_default();
        let nth = *count;
        *count += 1;
        let name = file.strip_prefix(&self.folder).unwrap_or(file).to_string_lossy().into_owned();
        self.caught.push((call, name));
        let fails = |error| Fate::Fails { error, done: Done::Nothing };
        match (self.aftermath, call) {
            (Some(Aftermath::NextWriteIsFull), Call::Write | Call::WriteOn) => {
                self.aftermath = None;
                return fails(libc::ENOSPC);
            }
            (Some(Aftermath::Broken), _) => return fails(libc::EIO),
            (Some(Aftermath::Full), Call::Write | Call::WriteOn | Call::Create) => return fails(libc::ENOSPC),
            _ => {}
        }
        let Some(Plan { fault, .. }) = self.plan.filter(|plan| plan.call == call && plan.nth == nth) else {
            return Fate::Passes;
        };
        self.fault_happened = true;
        match fault {
            Fault::Killed => Fate::IsKilled { done: Done::Nothing },
            Fault::KilledHalfway => Fate::IsKilled { done: Done::Half },
            Fault::KilledAfter => Fate::IsKilled { done: Done::All },
            Fault::Eio => fails(libc::EIO),
            Fault::EioThoughDone => Fate::Fails { error: libc::EIO, done: Done::All },
            Fault::EioFromHere => {
                self.aftermath = Some(Aftermath::Broken);
                fails(libc::EIO)
            }
            Fault::Enospc => fails(libc::ENOSPC),
            Fault::EnospcFromHere => {
                self.aftermath = Some(Aftermath::Full);
                fails(libc::ENOSPC)
            }
            Fault::Short => Fate::IsCutShort,
            Fault::ShortThenFull => {
                self.aftermath = Some(Aftermath::NextWriteIsFull);
                Fate::IsCutShort
            }
            Fault::FlushLost | Fault::FlushForgotten => Fate::Fails { error: libc::EIO, done: Done::Nothing },
            Fault::Pretended => Fate::IsForgotten,
        }
    }
}

/// Handles one call. `perform` does what the C library's function does, with the given number of bytes.
fn pass(call: Call, file: Option<PathBuf>, bytes: usize, perform: impl Fn(usize) -> c_long) -> c_long {
    let Some(mut net) = take_out() else { return perform(bytes) };
    let Some(file) = file.filter(|file| net.catches(file)) else {
        put_back(net);
        return perform(bytes);
    };
    let returned = match net.decide(call, &file) {
        Fate::Passes => perform(bytes),
        Fate::IsKilled { done } => {
            do_part(done, bytes, &perform);
            die()
        }
        Fate::Fails { error, done } => {
            do_part(done, bytes, &perform);
            match net.plan.map(|plan| plan.fault) {
                Some(Fault::FlushLost) => go_back(&file, net.flushed.get(&file).map_or(&[], Vec::as_slice)),
                Some(Fault::FlushForgotten) => net.forget(&file),
                _ => {}
            }
            // SAFETY: the C library's errno of this thread is there as long as the thread.
            unsafe { *libc::__errno_location() = error };
            -1
        }
        Fate::IsCutShort => perform(bytes / 2),
        Fate::IsForgotten if matches!(call, Call::Write | Call::WriteOn) => c_long::try_from(bytes).unwrap_or(-1),
        Fate::IsForgotten => 0,
    };
    if returned == 0 && !net.fault_happened && net.plan.is_some_and(|plan| plan.fault.loses()) {
        match call {
            Call::Flush => {
                net.flushed.insert(file.clone(), fs::read(&file).unwrap_or_default());
                net.cut.remove(&file);
            }
            Call::Truncate => {
                let length = fs::metadata(&file).map_or(0, |file| file.len() as usize);
                let cut = net.cut.entry(file.clone()).or_insert(length);
                *cut = length.min(*cut);
            }
            _ => {}
        }
    }
    put_back(net);
    returned
}

/// A page that is written again is flushed by the next flush.
fn rewrites(file: Option<&Path>, offset: libc::off64_t, count: usize) {
    let (Some(file), Ok(offset)) = (file, usize::try_from(offset)) else { return };
    if let Some(mut net) = take_out() {
        net.remember(file, offset, count);
        put_back(net);
    }
}

fn do_part(done: Done, bytes: usize, perform: &impl Fn(usize) -> c_long) {
    match done {
        Done::Nothing => {}
        Done::Half => {
            perform(bytes / 2);
        }
        Done::All => {
            perform(bytes);
        }
    }
}

/// Leaves the file as a failed flush does on Linux when memory runs short: pages that never reached the disk read as
/// they were before.
fn go_back(file: &Path, flushed: &[u8]) {
    if file.is_file() {
        // Overwrites the file instead of making it anew, so that open descriptors see the change. The write succeeds: a
        // folder in memory has room.
        let _there_is_room = fs::write(file, flushed);
    }
}

/// The path under which this file descriptor was opened.
fn file_of(descriptor: c_int) -> Option<PathBuf> {
    fs::read_link(format!("/proc/self/fd/{descriptor}")).ok()
}

/// # Safety
/// `path` ends with a zero byte.
unsafe fn path_of(path: *const c_char) -> PathBuf {
    // SAFETY: as said above.
    let path = unsafe { CStr::from_ptr(path) };
    PathBuf::from(OsStr::from_bytes(path.to_bytes()))
}

/// The C library's `open`, caught when it creates the file if it is not there.
// SAFETY: it does what the C library's function of that name does; no other one is linked into this program. The C
// library's function takes a variable number of arguments. On Linux a caller passes the third one, an integer, like a
// fixed argument. If the caller passes no third argument, the value of `mode` is not used.
#[unsafe(no_mangle)]
unsafe extern "C" fn open64(path: *const c_char, flags: c_int, mode: libc::mode_t) -> c_int {
    // SAFETY: the caller gives a path, as to the C library.
    let perform = |_: usize| unsafe { libc::syscall(libc::SYS_openat, libc::AT_FDCWD, path, flags, mode) };
    // SAFETY: as above.
    let file = (flags & libc::O_CREAT != 0).then(|| unsafe { path_of(path) });
    pass(Call::Create, file, 0, perform) as c_int
}

/// The C library's `pwrite`, caught.
// SAFETY: as above.
#[unsafe(no_mangle)]
unsafe extern "C" fn pwrite64(
    descriptor: c_int,
    bytes: *const c_void,
    count: libc::size_t,
    offset: libc::off64_t,
) -> libc::ssize_t {
    // SAFETY: the caller gives `count` bytes at least, and not more of them are used.
    let perform = |count: usize| unsafe { libc::syscall(libc::SYS_pwrite64, descriptor, bytes, count, offset) };
    let file = file_of(descriptor);
    rewrites(file.as_deref(), offset, count);
    pass(Call::Write, file, count, perform) as libc::ssize_t
}

/// The C library's `write`, caught.
// SAFETY: as above.
#[unsafe(no_mangle)]
unsafe extern "C" fn write(descriptor: c_int, bytes: *const c_void, count: libc::size_t) -> libc::ssize_t {
    // SAFETY: as above.
    let perform = |count: usize| unsafe { libc::syscall(libc::SYS_write, descriptor, bytes, count) };
    // SAFETY: it takes a file descriptor and two numbers.
    let offset = unsafe { libc::lseek64(descriptor, 0, libc::SEEK_CUR) };
    let file = file_of(descriptor);
    rewrites(file.as_deref(), offset, count);
    pass(Call::WriteOn, file, count, perform) as libc::ssize_t
}

/// The C library's `fdatasync`, caught.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn fdatasync(descriptor: c_int) -> c_int {
    // SAFETY: it takes a file descriptor and touches no memory of ours.
    let perform = |_: usize| unsafe { libc::syscall(libc::SYS_fdatasync, descriptor) };
    pass(Call::Flush, file_of(descriptor), 0, perform) as c_int
}

/// The C library's `ftruncate`, caught.
// SAFETY: as above.
#[unsafe(no_mangle)]
extern "C" fn ftruncate64(descriptor: c_int, length: libc::off64_t) -> c_int {
    // SAFETY: it takes a file descriptor and a number.
    let perform = |_: usize| unsafe { libc::syscall(libc::SYS_ftruncate, descriptor, length) };
    pass(Call::Truncate, file_of(descriptor), 0, perform) as c_int
}

/// The C library's `unlink`, caught.
// SAFETY: as above.
#[unsafe(no_mangle)]
unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    // SAFETY: the caller gives a path, as to the C library.
    let perform = |_: usize| unsafe { libc::syscall(libc::SYS_unlinkat, libc::AT_FDCWD, path, 0) };
    // SAFETY: as above.
    let file = unsafe { path_of(path) };
    pass(Call::Unlink, Some(file), 0, perform) as c_int
}
