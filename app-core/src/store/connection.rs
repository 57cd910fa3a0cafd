//! Settings of a connection, set and read back, and the migrations. It does not open files: the
//! connection is given, so that a simulator can pass one on a file system that loses power.

use rusqlite::{Connection, config::DbConfig};

use super::{Doing as _, StoreError};

/// The first SQLite without the WAL-reset bug (two connections, a checkpoint, a corrupt file).
pub const SQLITE_MIN: i32 = 3_051_003;

/// What a commit is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On the disk when it returns: the outbox.
    Full,
    /// Never corrupt, but the last commits may be lost with the power: the replica.
    Normal,
    /// A planted bug of the simulator: may be lost, and corrupt.
    #[cfg(feature = "planted")]
    Off,
}

impl Durability {
    const fn level(self) -> i64 {
        match self {
            Self::Full => 2,
            Self::Normal => 1,
            #[cfg(feature = "planted")]
            Self::Off => 0,
        }
    }
}

/// Sets a connection up and reads every setting back.
///
/// # Errors
/// [`StoreError::Setting`] when one did not take, else what SQLite says.
///
/// # Panics
/// When SQLite is older than [`SQLITE_MIN`]: it is compiled in, so that is a wrong build.
pub(super) fn prepare(conn: &Connection, durability: Durability) -> Result<(), StoreError> {
    assert!(rusqlite::version_number() >= SQLITE_MIN, "the bundled SQLite is too old to be safe");
    // One program owns the file, so the lock stays and no shared memory is needed.
    let _: String = conn
        .query_row("pragma locking_mode = exclusive", [], |row| row.get(0))
        .doing("lock the database")?;
    let mode: String = conn
        .query_row("pragma journal_mode = wal", [], |row| row.get(0))
        .doing("switch to a write-ahead log")?;
    if mode != "wal" && mode != "memory" {
        let (setting, wanted) = ("journal_mode", "wal".to_owned());
        return Err(StoreError::Setting { setting, wanted, got: mode });
    }
    for (setting, value) in [
        ("synchronous", durability.level()),
        ("fullfsync", 1),
        ("foreign_keys", 1),
        ("busy_timeout", 5_000),
        ("temp_store", 2),
        ("cache_size", -4_096),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("secure_delete", i64::from(durability == Durability::Normal)),
    ] {
        set(conn, setting, value)?;
    }
    // Or the values of parameters are part of the plan, and statements are compiled at each use.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).doing("keep plans")?;
    conn.set_prepared_statement_cache_capacity(128);
    Ok(())
}

fn set(conn: &Connection, setting: &'static str, value: i64) -> Result<(), StoreError> {
    // Some pragmas answer with the new value and some with nothing; both are read back below.
    let _ = conn
        .query_row(&format!("pragma {setting} = {value}"), [], |_| Ok(()))
        .or_else(|e| if e == rusqlite::Error::QueryReturnedNoRows { Ok(()) } else { Err(e) });
    let got: i64 = conn
        .query_row(&format!("pragma {setting}"), [], |row| row.get(0))
        .doing("read a setting back")?;
    if got == value {
        Ok(())
    } else {
        Err(StoreError::Setting { setting, wanted: value.to_string(), got: got.to_string() })
    }
}

/// Runs the steps that this file has not seen; `user_version` counts them.
///
/// # Errors
/// What SQLite says; a step is done whole or not at all.
pub(super) fn migrate(conn: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    let done = version(conn)?;
    for (step, number) in steps.iter().zip(1_i64..).filter(|(_, number)| *number > done) {
        let tx = conn.transaction().doing("begin a migration")?;
        tx.execute_batch(step).doing("migrate")?;
        tx.pragma_update(None, "user_version", number).doing("count a migration")?;
        tx.commit().doing("commit a migration")?;
    }
    Ok(())
}

/// How many migrations the file has seen.
pub(super) fn version(conn: &Connection) -> Result<i64, StoreError> {
    conn.query_row("pragma user_version", [], |row| row.get(0)).doing("read the schema's version")
}

/// SQLite's own check of the file's structure; `Ok(false)` is a damaged file.
pub(super) fn is_sound(conn: &Connection) -> bool {
    conn.query_row("pragma quick_check(1)", [], |row| row.get::<_, String>(0))
        .is_ok_and(|answer| answer == "ok")
}
