//! Each location's feed: full states of entities by a gapless cursor.
//!
//! The cursor comes from a counter row that is taken in the transaction, as late as can be: rows of
//! a transaction that commits late can so never be overtaken. What it deliberately does not do: tell
//! anyone (see `poke.rs`, after the commit), or know what the bodies mean.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ids::FeedEpoch,
    limits,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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
    let heads = append_all(tx, &BTreeMap::from([(location_key, entries)]))?;
    Ok(heads[&location_key])
}

/// The same for the feeds of several locations, which are locked in ascending order.
///
/// # Errors
/// [`DbError`].
pub fn append_all<E: AsRef<[Entry]>>(
    tx: &mut Tx,
    feeds: &BTreeMap<i64, E>,
) -> Result<BTreeMap<i64, u64>, DbError> {
    let (some, none): (Vec<_>, Vec<_>) =
        feeds.iter().map(|(at, rows)| (*at, rows.as_ref())).partition(|(_, rows)| !rows.is_empty());
    let counts = some.iter().map(|(at, rows)| (*at, rows.len() as u64)).collect();
    let mut heads = take(tx, &counts)?;
    let first = |at: &i64| heads[at] - counts[at] + 1;
    let rows = some.iter().flat_map(|(at, rows)| {
        rows.iter().zip(first(at)..).map(|(entry, cursor)| New { at: *at, cursor, entry })
    });
    for rows in rows.collect::<Vec<_>>().chunks(BULK_ROWS_MAX) {
        insert(tx, rows)?;
    }
    let quiet: BTreeSet<i64> = none.iter().map(|(at, _)| *at).collect();
    let known = bounds_of(tx, &quiet)?;
    heads.extend(quiet.iter().map(|at| (*at, known.get(at).map_or(0, |bounds| bounds.head))));
    Ok(heads)
}

/// How many rows each location gets; its head afterwards.
fn take(tx: &mut Tx, counts: &BTreeMap<i64, u64>) -> Result<BTreeMap<i64, u64>, DbError> {
    let mut heads = take_known(tx, counts)?;
    if heads.len() < counts.len() {
        let is_missing = |(at, _): &(&i64, &u64)| !heads.contains_key(at);
        let missing: BTreeMap<i64, u64> =
            counts.iter().filter(is_missing).map(|(at, count)| (*at, *count)).collect();
        tx.exec_bulk(
            "insert into feed_heads (location_key) select place from {rows} where true
             on conflict (location_key) do nothing",
            &[],
            &Rows::new().i64("place", missing.keys().copied()),
        )?;
        heads.extend(take_known(tx, &missing)?);
    }
    Ok(heads)
}

fn take_known(tx: &mut Tx, counts: &BTreeMap<i64, u64>) -> Result<BTreeMap<i64, u64>, DbError> {
    let heads = tx.query_bulk(
        "update feed_heads set cursor = cursor + held.more
         from (select rows.* from {rows} join feed_heads h on h.location_key = rows.place
               {lock by h.location_key}) held
         where feed_heads.location_key = held.place
         returning feed_heads.location_key, feed_heads.cursor",
        &[],
        &Rows::new()
            .i64("place", counts.keys().copied())
            .i64("more", counts.values().map(|count| signed(*count))),
        |row| Ok((row.get(0)?, row.get::<i64>(1)?.unsigned_abs())),
    )?;
    Ok(heads.into_iter().collect())
}

/// A row with its place.
struct New<'a> {
    at: i64,
    cursor: u64,
    entry: &'a Entry,
}

fn insert(tx: &mut Tx, new: &[New<'_>]) -> Result<(), DbError> {
    let each = || new.iter().map(|new| new.entry);
    let rows = Rows::new()
        .i64("location_key", new.iter().map(|new| new.at))
        .i64("cursor", new.iter().map(|new| signed(new.cursor)))
        .text("kind", each().map(|e| e.kind))
        .text("id", each().map(|e| e.id.as_str()))
        .i64("rev", new.iter().map(|new| signed(new.entry.rev.unwrap_or(new.cursor))))
        .text("op", each().map(|e| op_word(e.op)))
        .text("body", each().map(|e| e.body.as_str()))
        .text("cause", each().map(|e| e.cause.as_str()));
    tx.exec_bulk(
        "insert into feed (location_key, cursor, kind, id, rev, op, body, cause)
         select location_key, cursor, kind, id, rev, op, body, cause from {rows}",
        &[],
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
    let rows = tx.query(
        "select cursor, kind, id, rev, op, body from feed
         where location_key = $1 and cursor > $2 order by cursor limit $3",
        &[&location_key, &signed(after), &signed(rows_max as u64)],
        read_row,
    )?;
    let head = bounds(tx, location_key)?.head;
    Ok(Stretch::of(rows, after, head, bytes_max))
}

/// Where a reader stands in a feed whose bounds are known.
#[derive(Debug, Clone, Copy)]
pub struct Reader {
    /// The location.
    pub location_key: i64,
    /// It has everything up to here.
    pub after: u64,
    /// The feed's newest cursor.
    pub head: u64,
}

/// Readers who are at most so many rows behind are read for together.
const NEAR_ROWS: u64 = 64;

impl Reader {
    const fn is_near(&self) -> bool {
        self.head.saturating_sub(self.after) <= NEAR_ROWS
    }
}

/// What each of several readers does not have yet, bounded as what a tablet is sent.
///
/// # Errors
/// [`DbError`].
pub fn read_each(tx: &mut Tx, readers: &[Reader]) -> Result<Vec<Stretch>, DbError> {
    let near = (0_i64..).zip(readers).filter(|(_, reader)| reader.is_near());
    let near: Vec<(i64, &Reader)> = near.filter(|(_, r)| r.head > r.after).collect();
    let found = tx.query_bulk(
        "select f.cursor, f.kind, f.id, f.rev, f.op, f.body, rows.reader from {rows} join feed f
            on f.location_key = rows.place and f.cursor > rows.after and f.cursor <= rows.head
         order by rows.reader, f.cursor",
        &[],
        &Rows::new()
            .i64("reader", near.iter().map(|(n, _)| *n))
            .i64("place", near.iter().map(|(_, reader)| reader.location_key))
            .i64("after", near.iter().map(|(_, reader)| signed(reader.after)))
            .i64("head", near.iter().map(|(_, reader)| signed(reader.head))),
        |row| Ok((row.get::<i64>(6)?, read_row(row)?)),
    )?;
    let mut found = found.into_iter().peekable();
    let mut stretches = Vec::with_capacity(readers.len());
    for (n, reader) in (0_i64..).zip(readers) {
        let bytes = limits::FEED_BYTES_MAX;
        stretches.push(if reader.is_near() {
            let own = std::iter::from_fn(|| found.next_if(|(of, _)| *of == n));
            let rows = own.map(|(_, row)| row).collect();
            Stretch::of(rows, reader.after, reader.head, bytes)
        } else {
            read(tx, reader.location_key, reader.after, limits::FEED_ROWS_MAX, bytes)?
        });
    }
    Ok(stretches)
}

impl Stretch {
    /// As many of the rows behind `after` as fit.
    fn of(mut rows: Vec<FeedRow>, after: u64, head: u64, bytes_max: usize) -> Self {
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
        Self { rows, to, more: to < head }
    }
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
    let found = bounds_of(tx, &BTreeSet::from([location_key]))?;
    Ok(found.get(&location_key).copied().unwrap_or_default())
}

/// The same of several locations; those without a feed are left out.
///
/// # Errors
/// [`DbError`].
pub fn bounds_of(tx: &mut Tx, locations: &BTreeSet<i64>) -> Result<BTreeMap<i64, Bounds>, DbError> {
    let found = tx.query_bulk(
        "select h.location_key, h.floor, h.cursor from {rows}
         join feed_heads h on h.location_key = rows.place",
        &[],
        &Rows::new().i64("place", locations.iter().copied()),
        |row| {
            let number = |at: usize| Ok::<_, DbError>(row.get::<i64>(at)?.unsigned_abs());
            Ok((row.get(0)?, Bounds { floor: number(1)?, head: number(2)? }))
        },
    )?;
    Ok(found.into_iter().collect())
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
