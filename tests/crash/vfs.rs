//! SQLite on a [`Disk`]: a VFS of our own, which is SQLite's default in this process, so that the core opens its
//! database on it unchanged.
//!
//! Where power is concerned it does what SQLite's own Unix VFS does: the same sector size and powersafe overwrite; the
//! directory is flushed with the first flush of a journal or log, and with a deletion if SQLite asks for it. Every lock
//! is granted, because each disk has one process at a time. Files in a folder where no disk is mounted cannot be
//! opened.
#![allow(unsafe_code, reason = "SQLite calls a VFS through C function pointers")]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::Once;
use std::{ptr, slice};

use rusqlite::ffi;

use crate::disk::{Disk, FileId, Off};
use crate::mount;
use walletlock_core::platform::testing::TestRng;

/// What SQLite takes for an open file: SQLite's own header, then our handle.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

struct Handle {
    disk: Disk,
    file: FileId,
    name: String,
    /// The next flush must also flush the directory.
    is_new: bool,
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // No shared memory: the core's locking mode works without it. If the core needed it, it would fail here.
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(lock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

/// Makes this VFS SQLite's default, once for the process.
pub(crate) fn register() {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        let vfs = Box::leak(Box::new(ffi::sqlite3_vfs {
            iVersion: 1,
            szOsFile: size_of::<OpenFile>() as c_int,
            mxPathname: 1024,
            pNext: ptr::null_mut(),
            zName: c"disk".as_ptr(),
            pAppData: ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_pathname),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        }));
        // SAFETY: the VFS is leaked, so it and the name and functions in it live as long as the process.
        let registered = unsafe { ffi::sqlite3_vfs_register(vfs, 1) };
        assert_eq!(registered, ffi::SQLITE_OK, "without it the core would write to the real disk");
    });
}

/// The disk that a path leads to, and the file's name on it.
///
/// # Safety
/// `path` is a C string.
unsafe fn find(path: *const c_char) -> Option<(Disk, String)> {
    // SAFETY: as promised.
    let path = Path::new(unsafe { CStr::from_ptr(path) }.to_str().ok()?);
    Some((mount::disk_in(path.parent()?)?, path.file_name()?.to_str()?.to_owned()))
}

/// The result code for SQLite.
fn code(done: Result<(), Off>, fault: c_int) -> c_int {
    if done.is_ok() { ffi::SQLITE_OK } else { fault }
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let file = file.cast::<OpenFile>();
    // SAFETY: SQLite gives room for `szOsFile` bytes. A file without methods is one that SQLite will not close.
    unsafe { (*file).base.pMethods = ptr::null() };
    if path.is_null() {
        // A temporary file: it would belong to no disk. The core's statements are small enough to need none.
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: a C string, by SQLite's contract.
    let Some((disk, name)) = (unsafe { find(path) }) else { return ffi::SQLITE_CANTOPEN };
    let creates = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let Ok(Some(id)) = disk.open(Some(&name), creates) else { return ffi::SQLITE_CANTOPEN };
    let is_new = creates && flags & (ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL) != 0;
    let handle = Box::into_raw(Box::new(Handle { disk, file: id, name, is_new }));
    // SAFETY: SQLite gives room for `szOsFile` bytes at `file`; `out_flags` is null or ours to write.
    unsafe {
        (*file).handle = handle;
        (*file).base.pMethods = &raw const METHODS;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, sync_directory: c_int) -> c_int {
    // SAFETY: a C string, by SQLite's contract.
    let Some((disk, name)) = (unsafe { find(path) }) else { return ffi::SQLITE_IOERR_DELETE };
    match disk.delete(&name) {
        Ok(true) if sync_directory != 0 => code(disk.flush_directory(&name), ffi::SQLITE_IOERR_DIR_FSYNC),
        Ok(true) => ffi::SQLITE_OK,
        Ok(false) => ffi::SQLITE_IOERR_DELETE_NOENT,
        Err(Off) => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, path: *const c_char, flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: a C string, by SQLite's contract.
    let length = match unsafe { find(path) }.map(|(disk, name)| disk.length_of(&name)) {
        None => None,
        Some(Ok(length)) => length,
        Some(Err(Off)) => return ffi::SQLITE_IOERR_ACCESS,
    };
    // An empty file does not exist: the Unix VFS says so too.
    let is_there = length.is_some_and(|length| length > 0 || flags != ffi::SQLITE_ACCESS_EXISTS);
    // SAFETY: SQLite passes a valid pointer for us to write.
    unsafe { *out = c_int::from(is_there) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a C string, and `room` bytes to write to.
    unsafe {
        let length = CStr::from_ptr(path).count_bytes() + 1;
        if length > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        ptr::copy_nonoverlapping(path, out, length);
    }
    ffi::SQLITE_OK
}

/// Seeds SQLite's own generator, once, which makes the salts of its log. Their values do not matter as long as they
/// differ.
unsafe extern "C" fn randomness(_: *mut ffi::sqlite3_vfs, length: c_int, out: *mut c_char) -> c_int {
    // SAFETY: `length` bytes to write to.
    TestRng::new(1).fill(unsafe { slice::from_raw_parts_mut(out.cast::<u8>(), length as usize) });
    length
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, _: c_int) -> c_int {
    0
}

/// Noon on 2026-01-01, as a Julian day. No statement of the core asks for it.
unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite passes a valid pointer for us to write.
    unsafe { *out = 2_461_042.0 };
    ffi::SQLITE_OK
}

/// # Safety
/// `file` was opened by [`open`] and is not closed. SQLite calls for one file from one thread at a time.
unsafe fn handle<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Handle {
    // SAFETY: as promised.
    unsafe { &mut *(*file.cast::<OpenFile>()).handle }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: opened by us; SQLite closes a file once and does not use it again.
    drop(unsafe { Box::from_raw((*file.cast::<OpenFile>()).handle) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, out: *mut c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and `length` bytes to write to.
    let (handle, out) = unsafe { (handle(file), slice::from_raw_parts_mut(out.cast::<u8>(), length as usize)) };
    let Ok(read) = handle.disk.read(handle.file, at as usize, out) else { return ffi::SQLITE_IOERR_READ };
    if read == out.len() {
        return ffi::SQLITE_OK;
    }
    out[read..].fill(0);
    ffi::SQLITE_IOERR_SHORT_READ
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, length: c_int, at: i64) -> c_int {
    // SAFETY: an open file, and `length` bytes to read.
    let (handle, from) = unsafe { (handle(file), slice::from_raw_parts(from.cast::<u8>(), length as usize)) };
    code(handle.disk.write(handle.file, &handle.name, at as usize, from), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    code(handle.disk.truncate(handle.file, &handle.name, length as usize), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    if handle.disk.fails_this_flush() {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    let mut flushed = handle.disk.flush(handle.file, &handle.name);
    if flushed.is_ok() && handle.is_new {
        flushed = handle.disk.flush_directory(&handle.name);
        handle.is_new = flushed.is_err();
    }
    code(flushed, ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: an open file; `out` is ours to write.
    let (handle, out) = unsafe { (handle(file), &mut *out) };
    code(handle.disk.length(handle.file).map(|length| *out = length as i64), ffi::SQLITE_IOERR_FSTAT)
}

unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: ours to write.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

/// The value of the Unix VFS, whatever the sectors of the disk are.
unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

unsafe extern "C" fn device_characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}
