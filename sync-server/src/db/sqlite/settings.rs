//! How a SQLite connection is opened: the version it must have, and every setting read back.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig};

use crate::db::DbError;

/// The first release without the WAL-reset bug (a reset log taken for a checkpointed one).
const VERSION_MIN: i32 = 3_051_003;
/// How long a connection waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the write-ahead log is begun before somebody else is too much in the way.
const LOG_TRIES: u32 = 20;
const WRITER_CACHE_KIB: i64 = 65_536;
const READER_CACHE_KIB: i64 = 16_384;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::db) enum Role {
    /// The one that writes.
    Writer,
    /// One of those that only read.
    Reader,
    /// The one that copies the log into the file.
    Checkpoint,
}

/// Opens a file, creating it for the writer.
pub(in crate::db) fn open(path: &Path, role: Role) -> Result<Connection, DbError> {
    let conn = Connection::open_with_flags(path, flags(role));
    configure(conn.map_err(|error| DbError::open("open the file", error))?, role)
}

/// Opens a file on a virtual file system that is already registered: tests of power cuts.
pub(in crate::db) fn open_with_vfs(path: &Path, vfs: &str) -> Result<Connection, DbError> {
    let conn = Connection::open_with_flags_and_vfs(path, flags(Role::Writer), vfs);
    configure(conn.map_err(|error| DbError::open("open the file", error))?, Role::Writer)
}

/// A database that lives as long as its connection.
pub(in crate::db) fn open_memory() -> Result<Connection, DbError> {
    let conn = Connection::open_in_memory();
    configure(
        conn.map_err(|error| DbError::open("open a database in memory", error))?,
        Role::Writer,
    )
}

fn flags(role: Role) -> OpenFlags {
    // One thread at a time uses a connection: SQLite's own mutex is not needed.
    let shared = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match role {
        Role::Writer => shared | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Role::Checkpoint => shared | OpenFlags::SQLITE_OPEN_READ_WRITE,
        Role::Reader => shared | OpenFlags::SQLITE_OPEN_READ_ONLY,
    }
}

/// Puts every setting in place and reads it back.
///
/// # Errors
/// [`DbError::Unfit`] when the library is too old or a setting did not take.
pub(in crate::db) fn configure(conn: Connection, role: Role) -> Result<Connection, DbError> {
    let version = rusqlite::version_number();
    if version < VERSION_MIN {
        let found = rusqlite::version();
        return Err(DbError::Unfit(format!("SQLite {found} is older than 3.51.3")));
    }
    let failed = |error| DbError::open("set up the connection", error);
    conn.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    // Or the values of parameters are part of the plan, and statements are compiled at each use.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    super::bulk_rows::register(&conn).map_err(failed)?;
    set_journal(&conn, role)?;
    let cache_kib = if role == Role::Writer { WRITER_CACHE_KIB } else { READER_CACHE_KIB };
    for (name, value) in [
        // Each commit reaches the disk before anybody is told of it.
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("temp_store", 2),
        ("cache_size", -cache_kib),
        // The checkpoint thread does it, not whoever happens to commit.
        ("wal_autocheckpoint", 0),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("recursive_triggers", 1),
        ("query_only", i64::from(role == Role::Reader)),
    ] {
        set(&conn, name, value)?;
    }
    // macOS keeps data in the drive's cache otherwise; elsewhere it has no effect.
    set(&conn, "fullfsync", 1)?;
    set(&conn, "checkpoint_fullfsync", 1)?;
    Ok(conn)
}

fn set(conn: &Connection, name: &str, value: i64) -> Result<(), DbError> {
    let failed = |error| DbError::open(format!("set {name}"), error);
    // Some settings answer with their new value and some do not; neither matters here.
    conn.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(failed(error)),
    })?;
    let found: i64 = conn.pragma_query_value(None, name, |row| row.get(0)).map_err(failed)?;
    if found == value {
        return Ok(());
    }
    Err(DbError::Unfit(format!("SQLite setting {name} is {found}, not {value}")))
}

/// Two servers that start at once on a new file are in each other's way here, which SQLite says at once
/// instead of waiting: a transaction waits until the other is through.
fn begin_log(conn: &Connection) -> rusqlite::Result<()> {
    let begin = || conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()));
    for _ in 0..LOG_TRIES {
        match begin() {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                conn.execute_batch("begin immediate; rollback")?;
            }
            done => return done,
        }
    }
    begin()
}

/// A write-ahead log for files. A database in memory keeps its journal there.
fn set_journal(conn: &Connection, role: Role) -> Result<(), DbError> {
    let failed = |error| DbError::open("set journal_mode", error);
    let in_memory = conn.path().is_none_or(str::is_empty);
    if role == Role::Writer && !in_memory {
        begin_log(conn).map_err(failed)?;
    }
    let found: String =
        conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).map_err(failed)?;
    let wanted = if in_memory { "memory" } else { "wal" };
    if found == wanted {
        return Ok(());
    }
    Err(DbError::Unfit(format!("SQLite setting journal_mode is {found}, not {wanted}")))
}
