//! A damaged `outbox.db`: every row that can still be read is copied to a new file, the damaged file
//! is kept, and it is said loudly. Nothing is guessed: a command whose bytes do not match their
//! SHA-256 is not copied.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use domain::clock::TimeMs;
use rusqlite::{Connection, types::Value};
use sha2::{Digest as _, Sha256};

use super::{Doing as _, Durability, Outbox, StoreError, outbox::SETTING};

/// The tables, the most important first.
const TABLES: [&str; 7] =
    ["setting", "command", "sscc_block", "lockout", "printer", "print_entry", "verified"];
/// The setting that stops the tablet from sending under numbers that it may have used already.
pub(crate) const ALARM: &str = "alarm_salvaged";
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
            "This tablet's storage was damaged: {} changes were saved, at least {} rows could not be \
             read. Pair this tablet again and call support.",
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

/// The damaged file stays in its place until a whole new one takes it: whatever stops this, the next
/// start begins again.
fn salvage(path: &Path, now: TimeMs) -> Result<(Connection, Salvaged), StoreError> {
    let kept_as = path.with_file_name(format!("outbox.damaged-{}.db", now.0));
    let fresh = path.with_file_name("outbox.salvaged.db");
    keep(path, &kept_as)?;
    let salvaged = rebuild(&kept_as, &fresh).inspect_err(|_| {
        let _ = remove_database(&kept_as);
    })?;
    // A log that is left would be replayed into the new file.
    remove(&suffixed(path, "-wal"))?;
    remove(&suffixed(path, "-shm"))?;
    fs::rename(&fresh, path).map_err(failed("put the salvaged outbox into", path))?;
    if let Some(folder) = path.parent() {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(failed("write", folder))?;
    }
    Ok((Outbox::open(open(path)?, Durability::Full)?.into_connection(), salvaged))
}

/// A copy for support, with what is still in the log.
fn keep(path: &Path, kept_as: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal"] {
        let (from, to) = (suffixed(path, suffix), suffixed(kept_as, suffix));
        if from.exists() {
            fs::copy(&from, &to).map_err(failed("keep the damaged file", &from))?;
        }
    }
    Ok(())
}

/// Copies what can be read into a new file, closed at the end.
fn rebuild(kept_as: &Path, fresh: &Path) -> Result<Salvaged, StoreError> {
    remove_database(fresh)?;
    let new = Outbox::open(open(fresh)?, Durability::Full)?.into_connection();
    let mut salvaged = Salvaged { kept_as: kept_as.to_owned(), ..Salvaged::default() };
    if let Ok(old) = open(kept_as) {
        for table in TABLES {
            copy_table(&old, &new, table, &mut salvaged)?;
        }
    }
    SETTING.put(&new, ALARM, &salvaged.sentence())?;
    new.close().map_err(|(_, error)| error).doing("close the salvaged outbox")?;
    Ok(salvaged)
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |source| StoreError::File { doing, path, source }
}

fn remove_database(path: &Path) -> Result<(), StoreError> {
    ["", "-wal", "-shm"].iter().try_for_each(|suffix| remove(&suffixed(path, suffix)))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(failed("remove", path)(e)),
        _ => Ok(()),
    }
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
    table: &str,
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
    let columns = columns(new, table, read.column_count())?;
    let marks: Vec<String> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let (names, marks) = (columns.join(", "), marks.join(", "));
    let insert = format!("insert or ignore into {table} ({names}) values ({marks})");
    let mut lost = 0;
    new.execute_batch("begin").doing("begin to salvage")?;
    for rowid in 1..=*last.as_ref().unwrap_or(&ROWS_BLIND) {
        let row: rusqlite::Result<Vec<Value>> =
            read.query_row([rowid], |row| (0..columns.len()).map(|n| row.get(n)).collect());
        match row {
            Ok(row) if table != "command" || is_whole(&row) => {
                salvaged.commands += u32::from(table == "command");
                new.execute(&insert, rusqlite::params_from_iter(row)).doing("salvage a row")?;
            }
            Err(rusqlite::Error::QueryReturnedNoRows) => {}
            Ok(_) | Err(_) => lost += 1,
        }
    }
    new.execute_batch("commit").doing("salvage rows")?;
    // Looked for blindly, most of those were never there.
    salvaged.lost += if last.is_ok() { lost } else { lost.min(1) };
    Ok(())
}

/// The first columns of a table, as many as the damaged file has of it: later releases add theirs
/// behind them.
fn columns(new: &Connection, table: &str, many: usize) -> Result<Vec<String>, StoreError> {
    let read = new.prepare(&format!("select * from {table}")).doing("read the schema")?;
    Ok(read.column_names().take(many).map(str::to_owned).collect())
}

fn is_whole(row: &[Value]) -> bool {
    match (&row[BODY], &row[SHA]) {
        (Value::Blob(body), Value::Blob(sha)) => Sha256::digest(body).as_slice() == sha,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use domain::ids::{CommandId, FulfillmentId};

    use super::*;
    use crate::store::NewCommand;

    const NOW: TimeMs = TimeMs(1_795_411_267_000);
    const COMMANDS: u64 = 60;

    /// An outbox with more commands than one page holds.
    fn filled(path: &Path) {
        let mut outbox = Outbox::open(open(path).expect("new"), Durability::Full).expect("new");
        for seq in 1..=COMMANDS {
            let one = u8::try_from(seq).expect("few");
            let command = NewCommand {
                seq,
                id: CommandId::new(NOW, [one; 10]),
                kind: "line.picked",
                version: 1,
                fulfillment: FulfillmentId::new(NOW, [1; 10]),
                body: format!("{{\"seq\":{seq},\"note\":\"{}\"}}", "x".repeat(400)).into_bytes(),
            };
            outbox.append(1, &[command], None, NOW).expect("room");
        }
        outbox.set_setting("identity", &"me").expect("room");
    }

    /// Destroys the head of the page that holds a command.
    fn damage(path: &Path, seq: u64) {
        let bytes = fs::read(path).expect("readable");
        let wanted = format!("{{\"seq\":{seq},");
        let at = bytes.windows(wanted.len()).position(|part| part == wanted.as_bytes());
        let page = at.expect("in the file, not in a log") / 4_096 * 4_096;
        let mut file = File::options().write(true).open(path).expect("there");
        file.seek(SeekFrom::Start(page as u64)).expect("there");
        file.write_all(&[0xee; 64]).expect("room");
    }

    #[test]
    fn what_can_be_read_is_saved_and_what_was_damaged_is_kept() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("outbox.db");
        filled(&path);
        damage(&path, 30);
        let (conn, salvaged) = open_outbox(&path, NOW).expect("salvaged");
        let salvaged = salvaged.expect("it was damaged");
        assert!((40..COMMANDS).contains(&u64::from(salvaged.commands)), "{salvaged:?}");
        assert_eq!(u64::from(salvaged.commands + salvaged.lost), COMMANDS);
        assert!(salvaged.kept_as.exists());
        drop(conn);

        let (conn, again) = open_outbox(&path, NOW).expect("sound");
        assert_eq!(again, None);
        let outbox = Outbox::open(conn, Durability::Full).expect("sound");
        assert_eq!(outbox.all(1).expect("readable").len(), salvaged.commands as usize);
        assert_eq!(outbox.setting("identity").expect("readable"), Some("me".to_owned()));
        assert_eq!(outbox.setting(ALARM).expect("readable"), Some(salvaged.sentence()));
    }

    #[test]
    fn a_salvage_that_is_interrupted_begins_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("outbox.db");
        filled(&path);
        damage(&path, 30);
        // In the way of the new file.
        let fresh = path.with_file_name("outbox.salvaged.db");
        fs::create_dir(&fresh).expect("a folder");
        assert!(matches!(open_outbox(&path, NOW), Err(StoreError::File { .. })));
        fs::remove_dir(&fresh).expect("empty");
        let (_conn, salvaged) = open_outbox(&path, TimeMs(NOW.0 + 1)).expect("salvaged");
        assert!(salvaged.expect("still damaged").commands >= 40);
        let kept = fs::read_dir(dir.path()).expect("readable").filter_map(Result::ok);
        let kept = kept.filter(|e| e.file_name().to_string_lossy().contains("damaged"));
        assert_eq!(kept.count(), 1);
    }
}
