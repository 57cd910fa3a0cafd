//! Rows of batches that were refused or held: kept as they came until a person has corrected or
//! discarded them.

use domain::clock::TimeMs;

use super::{DbError, Row, Rows, Tx, batches::number};

/// A row that was refused or held.
#[derive(Debug, Clone)]
pub struct Dead {
    /// Its line, from 1.
    pub line: u64,
    /// The field that is wrong; empty for the whole row.
    pub field: String,
    /// Stable.
    pub code: String,
    /// What is wrong, for a person.
    pub message: String,
    /// The row as it came, cut to a limit.
    pub raw: String,
    /// What could be read of it, as JSON.
    pub fields: String,
}

/// Keeps rows for a person.
///
/// # Errors
/// [`DbError`].
pub fn bury(tx: &mut Tx, batch_key: i64, dead: &[Dead], now: TimeMs) -> Result<(), DbError> {
    let each = || dead.iter();
    let rows = Rows::new()
        .i64("line", each().map(|row| number(row.line)))
        .text("field", each().map(|row| row.field.as_str()))
        .text("code", each().map(|row| row.code.as_str()))
        .text("message", each().map(|row| row.message.as_str()))
        .text("raw", each().map(|row| row.raw.as_str()))
        .text("fields", each().map(|row| row.fields.as_str()));
    tx.exec_bulk(
        "insert into dead_rows (batch_key, line, field, code, message, raw, fields, at_ms)
         select $1, line, field, code, message, raw, fields, $2 from {rows}",
        &[&batch_key, &now.0],
        &rows,
    )?;
    Ok(())
}

/// How many of a batch's rows are kept.
///
/// # Errors
/// [`DbError`].
pub fn buried(tx: &mut Tx, batch_key: i64) -> Result<u64, DbError> {
    tx.query_one("select count(*) from dead_rows where batch_key = $1", &[&batch_key], |row| {
        Ok(row.get::<i64>(0)?.unsigned_abs())
    })
}

/// A batch's kept rows after a line, by line.
///
/// # Errors
/// [`DbError`].
pub fn of_batch(
    tx: &mut Tx,
    batch_key: i64,
    after: (u64, i64),
    rows_max: u32,
) -> Result<Vec<(i64, Dead)>, DbError> {
    tx.query(
        "select key, line, field, code, message, raw, fields from dead_rows
         where batch_key = $1 and (line > $2 or (line = $2 and key > $3))
         order by line, key limit $4",
        &[&batch_key, &number(after.0), &after.1, &i64::from(rows_max)],
        |row| {
            let dead = Dead {
                line: row.get::<i64>(1)?.unsigned_abs(),
                field: row.get(2)?,
                code: row.get(3)?,
                message: row.get(4)?,
                raw: row.get(5)?,
                fields: row.get(6)?,
            };
            Ok((row.get(0)?, dead))
        },
    )
}

/// A kept row with where it came from.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its key.
    pub key: i64,
    /// The source's id.
    pub source: String,
    /// The batch's key.
    pub batch_key: i64,
    /// The batch's id.
    pub batch: String,
    /// `open`, `replayed` or `discarded`.
    pub state: String,
    /// When it was kept.
    pub at: TimeMs,
    /// Who has dealt with it; empty while it is open.
    pub settled_by: String,
    /// When.
    pub settled_at: Option<TimeMs>,
    /// Why it was discarded.
    pub note: String,
    /// The row.
    pub row: Dead,
}

/// Which kept rows.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// `open`, `replayed` or `discarded`.
    pub state: String,
    /// The source's id; empty: of all.
    pub source: String,
    /// The batch's id; empty: of all.
    pub batch: String,
}

/// A page of kept rows behind a key, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn list(tx: &mut Tx, which: &Which, after: i64, rows_max: u32) -> Result<Vec<Kept>, DbError> {
    let Which { state, source, batch } = which;
    tx.query(
        "select d.key, s.id, d.batch_key, b.id, d.state, d.at_ms, d.settled_by, d.settled_at_ms,
            d.note, d.line, d.field, d.code, d.message, d.raw, d.fields
         from dead_rows d join source_batches b on b.key = d.batch_key
         join sources s on s.key = b.source_key
         where d.state = $1 and d.key > $2 and ($3 = '' or s.id = $3) and ($4 = '' or b.id = $4)
         order by d.key limit $5",
        &[state, &after, source, batch, &i64::from(rows_max)],
        read_kept,
    )
}

/// One kept row, locked.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, key: i64) -> Result<Option<Kept>, DbError> {
    // The lock is on the row alone: its batch and source do not change with it.
    let there =
        tx.query_opt("select key from dead_rows where key = $1 {lock}", &[&key], |row| {
            row.get::<i64>(0)
        })?;
    if there.is_none() {
        return Ok(None);
    }
    tx.query_opt(
        "select d.key, s.id, d.batch_key, b.id, d.state, d.at_ms, d.settled_by, d.settled_at_ms,
            d.note, d.line, d.field, d.code, d.message, d.raw, d.fields
         from dead_rows d join source_batches b on b.key = d.batch_key
         join sources s on s.key = b.source_key
         where d.key = $1",
        &[&key],
        read_kept,
    )
}

/// Somebody has dealt with a row: `replayed` or `discarded`, and why.
///
/// # Errors
/// [`DbError`].
pub fn settle(
    tx: &mut Tx,
    key: i64,
    state: &str,
    by: &str,
    note: &str,
    now: TimeMs,
) -> Result<(), DbError> {
    tx.exec(
        "update dead_rows set state = $2, settled_by = $3, note = $4, settled_at_ms = $5
         where key = $1",
        &[&key, &state, &by, &note, &now.0],
    )?;
    Ok(())
}

fn read_kept(row: &Row<'_>) -> Result<Kept, DbError> {
    Ok(Kept {
        key: row.get(0)?,
        source: row.get(1)?,
        batch_key: row.get(2)?,
        batch: row.get(3)?,
        state: row.get(4)?,
        at: TimeMs(row.get(5)?),
        settled_by: row.get(6)?,
        settled_at: row.get::<Option<i64>>(7)?.map(TimeMs),
        note: row.get(8)?,
        row: Dead {
            line: row.get::<i64>(9)?.unsigned_abs(),
            field: row.get(10)?,
            code: row.get(11)?,
            message: row.get(12)?,
            raw: row.get(13)?,
            fields: row.get(14)?,
        },
    })
}
