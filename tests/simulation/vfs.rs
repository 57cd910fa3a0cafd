//! SQLite's way to a [`Disk`]: a virtual file system of our own. The one file of this program with
//! unsafe code: it answers C callbacks, and does nothing else.
//!
//! Disks live in a list of the thread; a file is named `/disk/name`. There is no shared memory, so a
//! connection must lock its file for itself alone, as the tablet's do; locks always succeed.
#![expect(unsafe_code, reason = "SQLite calls a virtual file system through C function pointers")]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    ffi::{CStr, c_char, c_int, c_void},
    sync::Once,
};

use rusqlite::{Connection, OpenFlags, ffi};

use crate::disk::{Dead, Disk, SECTOR};

const NAME: &CStr = c"simulated";

thread_local! {
    static DISKS: RefCell<BTreeMap<u32, Disk>> = const { RefCell::new(BTreeMap::new()) };
}

/// Names a disk of this thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiskId(u32);

impl DiskId {
    /// Plugs a disk in.
    pub fn plug(disk: Disk) -> Self {
        DISKS.with_borrow_mut(|disks| {
            let id = disks.keys().next_back().map_or(0, |last| last + 1);
            disks.insert(id, disk);
            Self(id)
        })
    }

    /// Does something with the disk.
    pub fn with<T>(self, work: impl FnOnce(&mut Disk) -> T) -> T {
        DISKS.with_borrow_mut(|disks| work(disks.get_mut(&self.0).expect("plugged in")))
    }

    /// Takes the disk out. Every connection to it must be closed.
    pub fn unplug(self) {
        DISKS.with_borrow_mut(|disks| disks.remove(&self.0));
    }

    /// Opens a database on the disk.
    pub fn open(self, name: &str) -> rusqlite::Result<Connection> {
        static REGISTERED: Once = Once::new();
        REGISTERED.call_once(register);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags_and_vfs(format!("/{}/{name}", self.0), flags, NAME)
    }
}

/// What SQLite allocates for an open file.
#[repr(C)]
struct Open {
    base: ffi::sqlite3_file,
    file: *mut Place,
}

/// Where an open file is.
struct Place {
    disk: u32,
    name: String,
    delete_on_close: bool,
}

impl Place {
    fn read(path: &str) -> Option<Self> {
        let (disk, name) = path.strip_prefix('/')?.split_once('/')?;
        Some(Self { disk: disk.parse().ok()?, name: name.to_owned(), delete_on_close: false })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Disk, &str) -> Result<T, Dead>) -> Result<T, Dead> {
        DISKS.with_borrow_mut(|disks| {
            disks.get_mut(&self.disk).map_or(Err(Dead), |disk| work(disk, &self.name))
        })
    }
}

static IO: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
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
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

fn register() {
    let vfs = ffi::sqlite3_vfs {
        iVersion: 1,
        szOsFile: c_int::try_from(size_of::<Open>()).expect("small"),
        mxPathname: 512,
        pNext: std::ptr::null_mut(),
        zName: NAME.as_ptr(),
        pAppData: std::ptr::null_mut(),
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
        xGetLastError: Some(last_error),
        xCurrentTimeInt64: None,
        xSetSystemCall: None,
        xGetSystemCall: None,
        xNextSystemCall: None,
    };
    // SAFETY: the table is valid and lives for ever, as SQLite demands of a registered one.
    let code = unsafe { ffi::sqlite3_vfs_register(Box::leak(Box::new(vfs)), 0) };
    assert_eq!(code, ffi::SQLITE_OK, "SQLite takes the virtual file system");
}

/// The place of an open file.
fn place<'a>(file: *mut ffi::sqlite3_file) -> &'a Place {
    // SAFETY: SQLite passes what `open` filled in, until `close` takes it back.
    unsafe { &*(*file.cast::<Open>()).file }
}

fn code(done: Result<(), Dead>, failed: c_int) -> c_int {
    done.map_or(failed, |()| ffi::SQLITE_OK)
}

fn offset(at: ffi::sqlite3_int64) -> usize {
    usize::try_from(at).expect("SQLite's offsets are not negative")
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes memory of `szOsFile` bytes; an empty method table says "not open".
    unsafe { (*file).pMethods = std::ptr::null() };
    if name.is_null() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: a name is a C string that outlives the call.
    let path = unsafe { CStr::from_ptr(name) };
    let Some(mut place) = path.to_str().ok().and_then(Place::read) else {
        return ffi::SQLITE_CANTOPEN;
    };
    place.delete_on_close = flags & ffi::SQLITE_OPEN_DELETEONCLOSE != 0;
    let may_create = flags & ffi::SQLITE_OPEN_CREATE != 0;
    let opened =
        place.with(
            |disk, name| {
                if may_create || disk.has(name) { disk.create(name) } else { Err(Dead) }
            },
        );
    if opened.is_err() {
        return ffi::SQLITE_CANTOPEN;
    }
    // SAFETY: as above; `out_flags` may be null.
    unsafe {
        (*file.cast::<Open>()).file = Box::into_raw(Box::new(place));
        (*file).pMethods = &raw const IO;
        if !out_flags.is_null() {
            *out_flags = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `open` made the box, and SQLite closes a file once.
    let place = unsafe { Box::from_raw((*file.cast::<Open>()).file) };
    if place.delete_on_close {
        let _ = place.with(Disk::remove);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(
    file: *mut ffi::sqlite3_file,
    into: *mut c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let length = usize::try_from(length).expect("not negative");
    // SAFETY: SQLite passes a buffer of that many bytes.
    let into = unsafe { std::slice::from_raw_parts_mut(into.cast::<u8>(), length) };
    match place(file).with(|disk, name| disk.read(name, offset(at), into)) {
        Ok(count) if count == length => ffi::SQLITE_OK,
        Ok(count) => {
            into[count..].fill(0);
            ffi::SQLITE_IOERR_SHORT_READ
        }
        Err(Dead) => ffi::SQLITE_IOERR_READ,
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let length = usize::try_from(length).expect("not negative");
    // SAFETY: SQLite passes that many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
    let done = place(file).with(|disk, name| disk.write(name, offset(at), bytes));
    code(done, ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    let done = place(file).with(|disk, name| disk.truncate(name, offset(length)));
    code(done, ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    code(place(file).with(Disk::sync), ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(
    file: *mut ffi::sqlite3_file,
    out: *mut ffi::sqlite3_int64,
) -> c_int {
    match place(file).with(|disk, name| disk.length(name)) {
        Ok(length) => {
            // SAFETY: SQLite passes a place for the answer.
            unsafe { *out = ffi::sqlite3_int64::try_from(length).expect("a small file") };
            ffi::SQLITE_OK
        }
        Err(Dead) => ffi::SQLITE_IOERR_FSTAT,
    }
}

unsafe extern "C" fn lock(_: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(_: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *out = 0 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut ffi::sqlite3_file) -> c_int {
    c_int::try_from(SECTOR).expect("small")
}

/// As SQLite takes it of any Unix file: a write changes no byte beside it.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, _: c_int) -> c_int {
    // SAFETY: a name is a C string that outlives the call.
    let path = unsafe { CStr::from_ptr(name) };
    let place = path.to_str().ok().and_then(Place::read);
    let Some(place) = place else { return ffi::SQLITE_IOERR_DELETE };
    match place.with(|disk, name| Ok(disk.has(name))) {
        Ok(true) => code(place.with(Disk::remove), ffi::SQLITE_IOERR_DELETE),
        _ => ffi::SQLITE_IOERR_DELETE_NOENT,
    }
}

unsafe extern "C" fn access(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    _: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: a name is a C string that outlives the call.
    let path = unsafe { CStr::from_ptr(name) };
    let place = path.to_str().ok().and_then(Place::read);
    let found = place.is_some_and(|place| place.with(|disk, name| Ok(disk.has(name))) == Ok(true));
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *out = c_int::from(found) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_pathname(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    room: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: a name is a C string; `out` has room for `room` bytes.
    unsafe {
        let bytes = CStr::from_ptr(name).to_bytes_with_nul();
        if bytes.len() > usize::try_from(room).expect("not negative") {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast::<c_char>(), out, bytes.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(
    _: *mut ffi::sqlite3_vfs,
    length: c_int,
    out: *mut c_char,
) -> c_int {
    // SAFETY: SQLite passes a buffer of that many bytes.
    unsafe { out.write_bytes(0x5a, usize::try_from(length).expect("not negative")) };
    length
}

unsafe extern "C" fn sleep(_: *mut ffi::sqlite3_vfs, microseconds: c_int) -> c_int {
    microseconds
}

unsafe extern "C" fn current_time(_: *mut ffi::sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: SQLite passes a place for the answer.
    unsafe { *out = 2_461_000.5 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn last_error(_: *mut ffi::sqlite3_vfs, _: c_int, _: *mut c_char) -> c_int {
    0
}
