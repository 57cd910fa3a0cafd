//! A damaged `outbox.db`: every row that can still be read is copied to a new file, the damaged file
//! is kept, and it is said loudly. Nothing is guessed: a command whose bytes do not match their
//! SHA-256 is not copied.

use std::path::{Path, PathBuf};

use domain::clock::TimeMs;
use rusqlite::{Connection, types::Value};
use sha2::{Digest as _, Sha256};

use super::{Doing as _, Durability, Outbox, StoreError};

/// Tables and the number of their columns, the most important first.
const TABLES: [(&str, usize); 7] = [
    ("setting", 2),
    ("command", 17),
    ("sscc_block", 5),
    ("lockout", 3),
    ("printer", 4),
    ("print_entry", 12),
    ("verified", 3),
];
/// Columns of `command` that hold the bytes and their hash.
const BODY: usize = 6;
const SHA: usize = 7;
/// Rows looked for where the file does not say how many there are.
const ROWS_BLIND: i64 = 100_000;

/// What could be saved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Salvaged {
    /// Commands copied.
    pub commands: u32,
    /// Rows of any table that could not be read, as far as that can be known.
    pub lost: u32,
    /// Where the damaged file is kept.
    pub kept_as: PathBuf,
}

impl Salvaged {
    /// What a person must know.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!(
            "This tablet's storage was damaged: {} changes were saved, {} rows could not be read. \
             Pair this tablet again and call support.",
            self.commands, self.lost
        )
    }
}

/// Opens the outbox of a data directory; a damaged one is salvaged first.
///
/// # Errors
/// [`StoreError`] when the disk is full, in use, or nothing can be written.
pub fn open_outbox(path: &Path, now: TimeMs) -> Result<(Connection, Option<Salvaged>), StoreError> {
    let opened = open(path).and_then(|conn| Outbox::open(conn, Durability::Full));
    match opened {
        Ok(outbox) => Ok((outbox.into_connection(), None)),
        Err(StoreError::Damaged { .. } | StoreError::Impossible { .. }) => {
            let (conn, salvaged) = salvage(path, now)?;
            Ok((conn, Some(salvaged)))
        }
        Err(other) => Err(other),
    }
}

fn open(path: &Path) -> Result<Connection, StoreError> {
    Connection::open(path).doing("open the outbox")
}

fn salvage(path: &Path, now: TimeMs) -> Result<(Connection, Salvaged), StoreError> {
    let kept_as = path.with_file_name(format!("outbox.damaged-{}.db", now.0));
    for suffix in ["", "-wal"] {
        let from = suffixed(path, suffix);
        if from.exists() {
            let moved = std::fs::rename(&from, suffixed(&kept_as, suffix));
            moved.map_err(|source| StoreError::File {
                doing: "keep the damaged file",
                path: from.display().to_string(),
                source,
            })?;
        }
    }
    let new = Outbox::open(open(path)?, Durability::Full)?.into_connection();
    let mut salvaged = Salvaged { kept_as, ..Salvaged::default() };
    if let Ok(old) = open(&salvaged.kept_as) {
        for (table, columns) in TABLES {
            copy_table(&old, &new, table, columns, &mut salvaged)?;
        }
    }
    Ok((new, salvaged))
}

/// The path of a database's companion file.
pub(crate) fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Row by row, by its place in the table alone: an index may be what is damaged.
fn copy_table(
    old: &Connection,
    new: &Connection,
    table: &'static str,
    columns: usize,
    salvaged: &mut Salvaged,
) -> Result<(), StoreError> {
    let last = format!("select rowid from {table} not indexed order by rowid desc limit 1");
    let last = old.query_row(&last, [], |row| row.get::<_, i64>(0));
    if matches!(last, Err(rusqlite::Error::QueryReturnedNoRows)) {
        return Ok(());
    }
    let Ok(mut read) = old.prepare(&format!("select * from {table} not indexed where rowid = ?1"))
    else {
        salvaged.lost += 1;
        return Ok(());
    };
    let marks: Vec<String> = (1..=columns).map(|n| format!("?{n}")).collect();
    let insert = format!("insert or ignore into {table} values ({})", marks.join(", "));
    new.execute_batch("begin").doing("begin to salvage")?;
    for rowid in 1..=last.unwrap_or(ROWS_BLIND) {
        let row: rusqlite::Result<Vec<Value>> =
            read.query_row([rowid], |row| (0..columns).map(|n| row.get(n)).collect());
        match row {
            Ok(row) if table != "command" || is_whole(&row) => {
                salvaged.commands += u32::from(table == "command");
                new.execute(&insert, rusqlite::params_from_iter(row)).doing("salvage a row")?;
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => {}
            Ok(_) | Err(_) => salvaged.lost += 1,
        }
    }
    new.execute_batch("commit").doing("salvage rows")
}

fn is_whole(row: &[Value]) -> bool {
    match (&row[BODY], &row[SHA]) {
        (Value::Blob(body), Value::Blob(sha)) => Sha256::digest(body).as_slice() == sha,
        _ => false,
    }
}
