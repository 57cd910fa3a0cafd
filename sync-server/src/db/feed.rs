//! Each location's feed: full states of entities by a gapless cursor.
//!
//! The cursor comes from a counter row that is taken in the transaction, as late as can be: rows of
//! a transaction that commits late can so never be overtaken. What it deliberately does not do: tell
//! anyone (see `poke.rs`, after the commit), or know what the bodies mean.

use std::collections::BTreeMap;

use domain::{
    ids::FeedEpoch,
    sync::{FeedRow, Op},
};
use serde_json::value::RawValue;

use super::{BULK_ROWS_MAX, DbError, Rows, Tx};
use crate::app::planted::{self, Bug};

/// One row before it has its cursor.
#[derive(Debug, Clone)]
pub struct Entry {
    /// See `domain::sync::kind`.
    pub kind: &'static str,
    /// The entity.
    pub id: String,
    /// Its revision; `None` for an entity that has none of its own: the cursor serves, since it
    /// grows as well.
    pub rev: Option<u64>,
    /// What the row does.
    pub op: Op,
    /// JSON of the entity for [`Op::Up`], else empty.
    pub body: String,
    /// The command or whatever made it, for people who look for a reason.
    pub cause: String,
}

/// A stretch of a feed, as `domain::sync::FeedPage` without the epoch.
#[derive(Debug)]
pub struct Stretch {
    /// Rows by ascending cursor.
    pub rows: Vec<FeedRow>,
    /// The cursor after them.
    pub to: u64,
    /// Whether there is more.
    pub more: bool,
}

/// Where a feed begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Rows at or below it have been trimmed.
    pub floor: u64,
    /// The newest cursor.
    pub head: u64,
}

/// Appends rows and returns the new head. Call it last in the transaction: the counter row stays
/// locked until the commit. Without rows it returns the head.
///
/// # Errors
/// [`DbError`].
pub fn append(tx: &mut Tx, location_key: i64, entries: &[Entry]) -> Result<u64, DbError> {
    if entries.is_empty() {
        return Ok(bounds(tx, location_key)?.head);
    }
    let count = entries.len() as u64;
    let head = take(tx, location_key, count)?;
    let first = head - count + 1;
    for (entries, at) in entries.chunks(BULK_ROWS_MAX).zip((first..).step_by(BULK_ROWS_MAX)) {
        insert(tx, location_key, entries, at)?;
    }
    Ok(head)
}

fn take(tx: &mut Tx, location_key: i64, count: u64) -> Result<u64, DbError> {
    if let Some(head) = try_take(tx, location_key, count)? {
        return Ok(head);
    }
    tx.exec(
        "insert into feed_heads (location_key) values ($1) on conflict (location_key) do nothing",
        &[&location_key],
    )?;
    Ok(try_take(tx, location_key, count)?.expect("the row has just been made"))
}

fn try_take(tx: &mut Tx, location_key: i64, count: u64) -> Result<Option<u64>, DbError> {
    tx.query_opt(
        "update feed_heads set cursor = cursor + $2 where location_key = $1 returning cursor",
        &[&location_key, &signed(count)],
        |row| Ok(row.get::<i64>(0)?.unsigned_abs()),
    )
}

fn insert(tx: &mut Tx, location_key: i64, entries: &[Entry], first: u64) -> Result<(), DbError> {
    let each = || entries.iter().zip(first..);
    let rows = Rows::new()
        .i64("cursor", each().map(|(_, cursor)| signed(cursor)))
        .text("kind", each().map(|(e, _)| e.kind))
        .text("id", each().map(|(e, _)| e.id.as_str()))
        .i64("rev", each().map(|(e, cursor)| signed(e.rev.unwrap_or(cursor))))
        .text("op", each().map(|(e, _)| op_word(e.op)))
        .text("body", each().map(|(e, _)| e.body.as_str()))
        .text("cause", each().map(|(e, _)| e.cause.as_str()));
    tx.exec_bulk(
        "insert into feed (location_key, cursor, kind, id, rev, op, body, cause)
         select $1, cursor, kind, id, rev, op, body, cause from {rows}",
        &[&location_key],
        &rows,
    )?;
    Ok(())
}

/// Reads rows behind a cursor: at most `rows_max`, and at most `bytes_max` bytes of bodies, the
/// last row excepted.
///
/// # Errors
/// [`DbError`].
pub fn read(
    tx: &mut Tx,
    location_key: i64,
    after: u64,
    rows_max: usize,
    bytes_max: usize,
) -> Result<Stretch, DbError> {
    let mut rows = tx.query(
        "select cursor, kind, id, rev, op, body from feed
         where location_key = $1 and cursor > $2 order by cursor limit $3",
        &[&location_key, &signed(after), &signed(rows_max as u64)],
        read_row,
    )?;
    let mut bytes = 0;
    let fits = rows.iter().take_while(|row| {
        let before = bytes;
        bytes += row.body.as_ref().map_or(0, |body| body.get().len());
        before < bytes_max
    });
    let fits = fits.count();
    rows.truncate(fits);
    if planted::is_planted(Bug::LateFeedRow) && rows.len() > 1 {
        // What a reader of a bare sequence sees while the row before the last commits late.
        rows.swap_remove(rows.len() - 2);
    }
    let to = rows.last().map_or(after, |row| row.cursor);
    let more = to < bounds(tx, location_key)?.head;
    Ok(Stretch { rows, to, more })
}

fn read_row(row: &super::Row<'_>) -> Result<FeedRow, DbError> {
    let (op, body): (String, String) = (row.get(4)?, row.get(5)?);
    let op = match op.as_str() {
        "up" => Op::Up,
        "delete" => Op::Delete,
        "purge" => Op::Purge,
        other => return Err(DbError::impossible("feed", "op", other)),
    };
    let unreadable = |_| DbError::impossible("feed", "body", "not JSON");
    let body = match op {
        Op::Up => Some(RawValue::from_string(body).map_err(unreadable)?),
        Op::Delete | Op::Purge => None,
    };
    let number = |at: usize| Ok::<_, DbError>(row.get::<i64>(at)?.unsigned_abs());
    Ok(FeedRow {
        cursor: number(0)?,
        kind: row.get(1)?,
        id: row.get(2)?,
        rev: number(3)?,
        op,
        body,
    })
}

/// Where a location's feed begins and ends.
///
/// # Errors
/// [`DbError`].
pub fn bounds(tx: &mut Tx, location_key: i64) -> Result<Bounds, DbError> {
    let found = tx.query_opt(
        "select floor, cursor from feed_heads where location_key = $1",
        &[&location_key],
        |row| {
            let number = |at: usize| Ok::<_, DbError>(row.get::<i64>(at)?.unsigned_abs());
            Ok(Bounds { floor: number(0)?, head: number(1)? })
        },
    )?;
    Ok(found.unwrap_or(Bounds { floor: 0, head: 0 }))
}

/// The server history that all feeds belong to; `fresh` becomes it the first time.
///
/// # Errors
/// [`DbError`].
pub fn epoch(tx: &mut Tx, fresh: FeedEpoch) -> Result<FeedEpoch, DbError> {
    if let Some(known) = known_epoch(tx)? {
        return Ok(known);
    }
    tx.exec(
        "insert into meta (key, value) values ('feed_epoch', $1) on conflict (key) do nothing",
        &[&fresh.to_string()],
    )?;
    Ok(known_epoch(tx)?.expect("it has just been written"))
}

/// The server history, where one has begun.
///
/// # Errors
/// [`DbError`].
pub fn known_epoch(tx: &mut Tx) -> Result<Option<FeedEpoch>, DbError> {
    tx.query_opt("select value from meta where key = 'feed_epoch'", &[], |row| {
        let text: String = row.get(0)?;
        text.parse().map_err(|_| DbError::impossible("meta", "value", text))
    })
}

/// Begins another server history: every tablet starts from a snapshot and sends again what this
/// database does not have.
///
/// # Errors
/// [`DbError`].
pub fn begin_epoch(tx: &mut Tx, fresh: FeedEpoch) -> Result<(), DbError> {
    tx.exec(
        "insert into meta (key, value) values ('feed_epoch', $1)
         on conflict (key) do update set value = excluded.value",
        &[&fresh.to_string()],
    )?;
    Ok(())
}

/// The newest cursor of a location.
///
/// # Errors
/// [`DbError`].
pub fn head(tx: &mut Tx, location_key: i64) -> Result<u64, DbError> {
    Ok(bounds(tx, location_key)?.head)
}

/// Blanks every earlier state of an entity in a feed: what is purged must not be read from there.
/// Append the purge itself behind it.
///
/// # Errors
/// [`DbError`].
pub fn blank(tx: &mut Tx, location_key: i64, kind: &str, id: &str) -> Result<(), DbError> {
    tx.exec(
        "update feed set op = 'purge', body = '' where location_key = $1 and kind = $2 and id = $3",
        &[&location_key, &kind, &id],
    )?;
    Ok(())
}

/// Leaves out rows that say what the newest row of their entity in the feed says already.
///
/// # Errors
/// [`DbError`].
pub fn without_known(
    tx: &mut Tx,
    location_key: i64,
    entries: Vec<Entry>,
) -> Result<Vec<Entry>, DbError> {
    let told = tx.query_bulk(
        "select f.id, case when f.body = rows.body then 1 else 0 end from {rows} join feed f
            on f.location_key = $1 and f.kind = rows.kind and f.id = rows.id
         order by f.cursor",
        &[&location_key],
        &Rows::new()
            .text("kind", entries.iter().map(|e| e.kind))
            .text("id", entries.iter().map(|e| e.id.as_str()))
            .text("body", entries.iter().map(|e| e.body.as_str())),
        |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)? == 1)),
    )?;
    // What was told last counts: a later row of the same entity replaces the one before.
    let is_known: BTreeMap<String, bool> = told.into_iter().collect();
    Ok(entries.into_iter().filter(|entry| is_known.get(&entry.id) != Some(&true)).collect())
}

/// Drops all but the newest `keep` rows of a location's feed; returns how many went.
///
/// # Errors
/// [`DbError`].
pub fn trim(tx: &mut Tx, location_key: i64, keep: u64) -> Result<u64, DbError> {
    let floor = signed(head(tx, location_key)?.saturating_sub(keep));
    tx.exec(
        "update feed_heads set floor = $2 where location_key = $1 and floor < $2",
        &[&location_key, &floor],
    )?;
    tx.exec("delete from feed where location_key = $1 and cursor <= $2", &[&location_key, &floor])
}

const fn op_word(op: Op) -> &'static str {
    match op {
        Op::Up => "up",
        Op::Delete => "delete",
        Op::Purge => "purge",
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
