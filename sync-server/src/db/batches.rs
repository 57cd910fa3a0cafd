//! The batches of sources, and how far each has come. Rows that were refused or held are in
//! `dead_rows.rs`.

use domain::clock::TimeMs;

use super::{DbError, Row, Rows, Tx};

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that were read and are committed, whatever became of them.
    pub done: u64,
    /// They changed the books.
    pub accepted: u64,
    /// They said what the books said.
    pub unchanged: u64,
    /// Older than what was known, taken before, or goods of an order.
    pub ignored: u64,
    /// Refused.
    pub refused: u64,
    /// A person must look first.
    pub held: u64,
}

impl Counts {
    /// These and others.
    #[must_use]
    pub const fn and(&self, other: &Self) -> Self {
        Self {
            done: self.done + other.done,
            accepted: self.accepted + other.accepted,
            unchanged: self.unchanged + other.unchanged,
            ignored: self.ignored + other.ignored,
            refused: self.refused + other.refused,
            held: self.held + other.held,
        }
    }
}

/// A batch as stored.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its key.
    pub key: i64,
    /// Its id, which its source chose.
    pub id: String,
    /// `running`, `done` or `broken`.
    pub state: String,
    /// When what it states was so, unless a row says.
    pub as_of: TimeMs,
    /// SHA-256 of the whole input, once it was read to its end.
    pub sha: Option<Vec<u8>>,
    /// Bytes read, packed as they came.
    pub bytes: i64,
    /// Its rows.
    pub counts: Counts,
    /// When it began.
    pub started_at: TimeMs,
    /// When something of it was last committed.
    pub touched_at: TimeMs,
    /// When it ended.
    pub finished_at: Option<TimeMs>,
    /// Why it ended early, or what was left out.
    pub message: String,
}

pub(super) fn number(units: u64) -> i64 {
    i64::try_from(units).unwrap_or(i64::MAX)
}

fn read_batch(row: &Row<'_>) -> Result<Batch, DbError> {
    let count = |column| Ok::<_, DbError>(row.get::<i64>(column)?.unsigned_abs());
    Ok(Batch {
        key: row.get(0)?,
        id: row.get(1)?,
        state: row.get(2)?,
        as_of: TimeMs(row.get(3)?),
        sha: row.get(4)?,
        bytes: row.get(5)?,
        counts: Counts {
            done: count(6)?,
            accepted: count(7)?,
            unchanged: count(8)?,
            ignored: count(9)?,
            refused: count(10)?,
            held: count(11)?,
        },
        started_at: TimeMs(row.get(12)?),
        touched_at: TimeMs(row.get(13)?),
        finished_at: row.get::<Option<i64>>(14)?.map(TimeMs),
        message: row.get(15)?,
    })
}

/// Begins a batch; one that is known is left as it is.
///
/// # Errors
/// [`DbError`].
pub fn begin(
    tx: &mut Tx,
    source_key: i64,
    id: &str,
    kind: &str,
    as_of: TimeMs,
    now: TimeMs,
) -> Result<(), DbError> {
    tx.exec(
        "insert into source_batches
            (source_key, id, kind, state, as_of_ms, started_at_ms, touched_at_ms)
         values ($1, $2, $3, 'running', $4, $5, $5)
         on conflict (source_key, id) do nothing",
        &[&source_key, &id, &kind, &as_of.0, &now.0],
    )?;
    Ok(())
}

/// Finds a batch and locks it.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, source_key: i64, id: &str) -> Result<Option<Batch>, DbError> {
    tx.query_opt(
        "select key, id, state, as_of_ms, sha, bytes, rows_done, rows_accepted, rows_unchanged,
            rows_ignored, rows_refused, rows_held, started_at_ms, touched_at_ms, finished_at_ms,
            message
         from source_batches where source_key = $1 and id = $2",
        &[&source_key, &id],
        read_batch,
    )
}

/// The batch that a row of it refers to.
///
/// # Errors
/// [`DbError`].
pub fn find_by_key(tx: &mut Tx, key: i64) -> Result<Batch, DbError> {
    tx.query_one(
        "select key, id, state, as_of_ms, sha, bytes, rows_done, rows_accepted, rows_unchanged,
            rows_ignored, rows_refused, rows_held, started_at_ms, touched_at_ms, finished_at_ms,
            message
         from source_batches where key = $1",
        &[&key],
        read_batch,
    )
}

/// A source's newest batches.
///
/// # Errors
/// [`DbError`].
pub fn newest(tx: &mut Tx, source_key: i64, rows_max: u32) -> Result<Vec<Batch>, DbError> {
    tx.query(
        "select key, id, state, as_of_ms, sha, bytes, rows_done, rows_accepted, rows_unchanged,
            rows_ignored, rows_refused, rows_held, started_at_ms, touched_at_ms, finished_at_ms,
            message
         from source_batches where source_key = $1
         order by started_at_ms desc, key desc limit $2",
        &[&source_key, &i64::from(rows_max)],
        read_batch,
    )
}

/// Counts rows that this transaction has settled. `from` is how many were done before; `false` when
/// another sender of the same batch was faster. Events have many senders at once and no `from`.
///
/// # Errors
/// [`DbError`].
pub fn advance(
    tx: &mut Tx,
    key: i64,
    from: Option<u64>,
    more: &Counts,
    now: TimeMs,
) -> Result<bool, DbError> {
    let advanced = tx.exec(
        "update source_batches set rows_done = rows_done + $3, rows_accepted = rows_accepted + $4,
            rows_unchanged = rows_unchanged + $5, rows_ignored = rows_ignored + $6,
            rows_refused = rows_refused + $7, rows_held = rows_held + $8, touched_at_ms = $9,
            state = 'running', message = ''
         where key = $1 and ($2 < 0 or rows_done = $2)",
        &[
            &key,
            &from.map_or(-1, number),
            &number(more.done),
            &number(more.accepted),
            &number(more.unchanged),
            &number(more.ignored),
            &number(more.refused),
            &number(more.held),
            &now.0,
        ],
    )?;
    Ok(advanced == 1)
}

/// A row of a batch that was refused, or held, has become something else.
///
/// # Errors
/// [`DbError`].
pub fn settled(tx: &mut Tx, key: i64, was_held: bool, now: &Counts) -> Result<(), DbError> {
    let (refused, held) = (i64::from(!was_held), i64::from(was_held));
    tx.exec(
        "update source_batches set rows_accepted = rows_accepted + $2,
            rows_unchanged = rows_unchanged + $3, rows_ignored = rows_ignored + $4,
            rows_refused = rows_refused - $5, rows_held = rows_held - $6
         where key = $1",
        &[
            &key,
            &number(now.accepted),
            &number(now.unchanged),
            &number(now.ignored),
            &refused,
            &held,
        ],
    )?;
    Ok(())
}

/// How a batch ended.
#[derive(Debug, Clone)]
pub struct End<'a> {
    /// `done` or `broken`; a broken one may be sent again.
    pub state: &'static str,
    /// SHA-256 of the input, when it was read to its end.
    pub sha: Option<&'a [u8; 32]>,
    /// Bytes read.
    pub bytes: u64,
    /// Why it broke, or what was left out.
    pub message: &'a str,
}

/// Ends a batch.
///
/// # Errors
/// [`DbError`].
pub fn end(tx: &mut Tx, key: i64, end: &End<'_>, now: TimeMs) -> Result<(), DbError> {
    tx.exec(
        "update source_batches set state = $2, sha = $3, bytes = $4, message = $5,
            finished_at_ms = $6, touched_at_ms = $6
         where key = $1",
        &[
            &key,
            &end.state,
            &end.sha.map(|sha| sha.to_vec()),
            &number(end.bytes),
            &end.message,
            &now.0,
        ],
    )?;
    Ok(())
}

/// Events that this source has not sent before, remembered from now on.
///
/// # Errors
/// [`DbError`].
pub fn unseen(
    tx: &mut Tx,
    source_key: i64,
    events: &[&str],
    now: TimeMs,
) -> Result<Vec<String>, DbError> {
    tx.query_bulk(
        "insert into source_events (source_key, event_id, at_ms)
         select $1, event_id, $2 from {rows} where true
         on conflict (source_key, event_id) do nothing returning event_id",
        &[&source_key, &now.0],
        &Rows::new().text("event_id", events.iter().copied()),
        |row| row.get(0),
    )
}

/// Which of these are numbers of orders.
///
/// # Errors
/// [`DbError`].
pub fn known_orders(tx: &mut Tx, numbers: &[&str]) -> Result<Vec<String>, DbError> {
    tx.query_bulk(
        "select distinct o.external_number from {rows}
         join orders o on o.external_number = rows.number",
        &[],
        &Rows::new().text("number", numbers.iter().copied()),
        |row| row.get(0),
    )
}

/// Positions of a location, by item, after a key: what a snapshot may have left out.
///
/// # Errors
/// [`DbError`].
pub fn stocked(
    tx: &mut Tx,
    location_key: i64,
    after: i64,
    rows_max: u32,
) -> Result<Vec<i64>, DbError> {
    tx.query(
        "select item_key from stock_positions where location_key = $1 and item_key > $2
         order by item_key limit $3",
        &[&location_key, &after, &i64::from(rows_max)],
        |row| row.get(0),
    )
}

/// Notes that a whole location was counted.
///
/// # Errors
/// [`DbError`].
pub fn location_counted(tx: &mut Tx, location_key: i64, at: TimeMs) -> Result<(), DbError> {
    tx.exec(
        "insert into location_counts (location_key, counted_at_ms) values ($1, $2)
         on conflict (location_key) do update set counted_at_ms = case
            when excluded.counted_at_ms > location_counts.counted_at_ms
            then excluded.counted_at_ms else location_counts.counted_at_ms end",
        &[&location_key, &at.0],
    )?;
    Ok(())
}
