//! Stock positions of many places at once: read, locked or watched, then changed by differences with their
//! ledger. What an intake of a source's rows needs; single changes are in `stock.rs`.
//!
//! What it deliberately does not do: decide what a row means, or check what is promised.

use domain::{
    clock::TimeMs,
    stock::{Place, Position},
};

use super::{DbError, Row, Rows, Tx};

/// One item at one location, as (item key, location key).
pub type Key = (i64, i64);

/// A position with the times that tell old words from new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// Which.
    pub key: Key,
    /// Its counters; those of goods that left are not read and are 0.
    pub position: Position,
    /// When it was last counted.
    pub counted_at: TimeMs,
    /// When units last came or left, counts aside.
    pub moved_at: TimeMs,
    /// Counts its changes.
    pub rev: i64,
}

/// How positions are kept from changing between being read and being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Not at all: writing tells whether they have, and the use case runs again. Spares PostgreSQL a
    /// version of each row.
    Watch,
    /// Others wait.
    Lock,
}

macro_rules! shelves {
    ($lock:literal) => {
        concat!(
            "select p.item_key, p.location_key, p.on_hand, p.reserved, p.safety, p.display, p.damaged,
                p.quality, p.picked, p.staged, p.counted_at_ms, p.moved_at_ms, p.rev,
                (select c.counted_at_ms from location_counts c
                 where c.location_key = p.location_key)
             from {rows}
             join stock_positions p on p.item_key = rows.item_key
                and p.location_key = rows.location_key ",
            $lock
        )
    };
}

/// Reads positions, locked by ascending location and item if so held; places without one are left out.
/// Give each place once. A count of the whole location counts for each.
///
/// # Errors
/// [`DbError`].
pub fn read(tx: &mut Tx, places: &[Key], hold: Hold) -> Result<Vec<Shelf>, DbError> {
    let sql = match hold {
        Hold::Watch => shelves!(""),
        Hold::Lock => shelves!("{lock by p.location_key, p.item_key}"),
    };
    tx.query_bulk(sql, &[], &keys(places.iter().copied()), read_shelf)
}

fn read_shelf(row: &Row<'_>) -> Result<Shelf, DbError> {
    let position = Position {
        on_hand: row.get(2)?,
        reserved: row.get(3)?,
        safety: row.get(4)?,
        display: row.get(5)?,
        damaged: row.get(6)?,
        quality: row.get(7)?,
        picked: row.get(8)?,
        staged: row.get(9)?,
        ..Position::default()
    };
    let (own, whole): (i64, Option<i64>) = (row.get(10)?, row.get(13)?);
    Ok(Shelf {
        key: (row.get(0)?, row.get(1)?),
        position,
        counted_at: TimeMs(own.max(whole.unwrap_or(0))),
        moved_at: TimeMs(row.get(11)?),
        rev: row.get(12)?,
    })
}

/// Makes sure that no location was counted whole after an instant: such a count is one of each position in it.
/// Locations by key.
///
/// # Errors
/// [`DbError`]; [`DbError::Overtaken`] where one was.
pub fn check_counted(tx: &mut Tx, since: &[(i64, TimeMs)]) -> Result<(), DbError> {
    let rows = Rows::new()
        .i64("location_key", since.iter().map(|(location, _)| *location))
        .i64("since_ms", since.iter().map(|(_, at)| at.0));
    tx.query_bulk_none(
        "select 1 from {rows} join location_counts c on c.location_key = rows.location_key
         where c.counted_at_ms > rows.since_ms",
        &[],
        &rows,
    )
}

/// What happened to a position after an instant: units that came to a place less those that left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Since {
    /// The shelf.
    pub shelf: i64,
    /// Totes and benches.
    pub picked: i64,
    /// Slots.
    pub staged: i64,
    /// Promises.
    pub reserved: i64,
}

/// A position, and the instant that is asked about.
pub type Counted = (Key, TimeMs);

/// What the ledger says that happened after an instant; positions where nothing did are left out.
///
/// # Errors
/// [`DbError`].
pub fn since(tx: &mut Tx, counted: &[Counted]) -> Result<Vec<(Counted, Since)>, DbError> {
    let rows = keys(counted.iter().map(|(key, _)| *key))
        .i64("since_ms", counted.iter().map(|(_, since)| since.0));
    tx.query_bulk(
        "select m.item_key, m.location_key, rows.since_ms,
            cast(sum(case when m.to_bucket = 'shelf' then m.quantity
                when m.from_bucket = 'shelf' then -m.quantity else 0 end) as bigint),
            cast(sum(case when m.to_bucket = 'picked' then m.quantity
                when m.from_bucket = 'picked' then -m.quantity else 0 end) as bigint),
            cast(sum(case when m.to_bucket = 'staged' then m.quantity
                when m.from_bucket = 'staged' then -m.quantity else 0 end) as bigint),
            cast(sum(m.reserved_delta) as bigint)
         from {rows}
         join stock_movements m on m.item_key = rows.item_key
            and m.location_key = rows.location_key and m.happened_at_ms > rows.since_ms
         group by m.item_key, m.location_key, rows.since_ms",
        &[],
        &rows,
        |row| {
            let key = ((row.get(0)?, row.get(1)?), TimeMs(row.get(2)?));
            let (shelf, picked) = (row.get(3)?, row.get(4)?);
            Ok((key, Since { shelf, picked, staged: row.get(5)?, reserved: row.get(6)? }))
        },
    )
}

/// What becomes of one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub key: Key,
    /// Added to its counters; `reserved`, `safety` and `shortage` are not looked at.
    pub delta: Position,
    /// Its newest count from now on, unless it has a newer one.
    pub counted_at: TimeMs,
    /// The newest movement, unless it has a newer one.
    pub moved_at: TimeMs,
    /// Which of its states is changed; of a new one it is not looked at.
    pub rev: i64,
}

/// Makes positions that were missing when they were read. Give each once.
///
/// # Errors
/// [`DbError`]; [`DbError::Overtaken`] where one is there by now.
pub fn make(tx: &mut Tx, changes: &[Change]) -> Result<(), DbError> {
    tx.exec_bulk_each(
        "insert into stock_positions (item_key, location_key, on_hand, display, damaged, quality,
            shipped, sold, received, returned, adjusted_out, shortage, counted_at_ms, moved_at_ms, rev)
         select item_key, location_key, d_shelf, d_display, d_damaged, d_quality,
            d_shipped, d_sold, d_received, d_returned, d_adjusted,
            case when d_shelf < 0 then -d_shelf else 0 end, counted, moved, 1
         from {rows} where true
         on conflict (item_key, location_key) do nothing",
        &[],
        &columns(changes),
    )
}

/// Changes positions that were there when they were read. Give each once.
///
/// # Errors
/// [`DbError`]; [`DbError::Overtaken`] where one has changed since.
pub fn change(tx: &mut Tx, changes: &[Change]) -> Result<(), DbError> {
    tx.exec_bulk_each(
        "update stock_positions set
            on_hand = on_hand + d_shelf, display = display + d_display,
            damaged = damaged + d_damaged, quality = quality + d_quality,
            shipped = shipped + d_shipped, sold = sold + d_sold,
            received = received + d_received, returned = returned + d_returned,
            adjusted_out = adjusted_out + d_adjusted,
            shortage = case when reserved > on_hand + d_shelf
                then reserved - on_hand - d_shelf else 0 end,
            counted_at_ms = case when counted > counted_at_ms then counted else counted_at_ms end,
            moved_at_ms = case when moved > moved_at_ms then moved else moved_at_ms end,
            rev = rev + 1
         from {rows}
         where stock_positions.item_key = rows.item_key
            and stock_positions.location_key = rows.location_key and rev = known_rev",
        &[],
        &columns(changes),
    )
}

fn columns(changes: &[Change]) -> Rows<'static> {
    let each = || changes.iter();
    let of = |counter: fn(&Position) -> i64| each().map(move |change| counter(&change.delta));
    keys(each().map(|change| change.key))
        .i64("d_shelf", of(|p| p.on_hand))
        .i64("d_display", of(|p| p.display))
        .i64("d_damaged", of(|p| p.damaged))
        .i64("d_quality", of(|p| p.quality))
        .i64("d_shipped", of(|p| p.shipped))
        .i64("d_sold", of(|p| p.sold))
        .i64("d_received", of(|p| p.received))
        .i64("d_returned", of(|p| p.returned))
        .i64("d_adjusted", of(|p| p.adjusted_out))
        .i64("counted", each().map(|change| change.counted_at.0))
        .i64("moved", each().map(|change| change.moved_at.0))
        .i64("known_rev", each().map(|change| change.rev))
}

/// A position that was counted and found as it is: which, which of its states, and when.
pub type Confirmed = (Key, i64, TimeMs);

/// Notes newer counts that found positions as they are. Each is another state of its position: what was
/// settled by an older count is settled again.
///
/// # Errors
/// [`DbError`]; [`DbError::Overtaken`] where a position has changed since it was read.
pub fn confirm(tx: &mut Tx, confirmed: &[Confirmed]) -> Result<(), DbError> {
    let each = || confirmed.iter();
    let rows = keys(each().map(|(key, ..)| *key))
        .i64("known_rev", each().map(|(_, rev, _)| *rev))
        .i64("counted", each().map(|(.., at)| at.0));
    tx.exec_bulk_each(
        "update stock_positions set counted_at_ms = counted, rev = rev + 1 from {rows}
         where stock_positions.item_key = rows.item_key
            and stock_positions.location_key = rows.location_key and rev = known_rev",
        &[],
        &rows,
    )
}

/// One line of the ledger, of any place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Where and what.
    pub key: Key,
    /// The event, in a word.
    pub cause: &'a str,
    /// The source's event, or its batch.
    pub cause_id: &'a str,
    /// From where.
    pub from: Place,
    /// To where.
    pub to: Place,
    /// Units, above 0.
    pub units: i64,
    /// When it happened, as the source says.
    pub happened_at: TimeMs,
}

/// Writes lines of the ledger.
///
/// # Errors
/// [`DbError`].
pub fn record(
    tx: &mut Tx,
    source_key: i64,
    lines: &[Line<'_>],
    now: TimeMs,
) -> Result<(), DbError> {
    let each = || lines.iter();
    let rows = keys(each().map(|line| line.key))
        .text("cause", each().map(|line| line.cause))
        .text("cause_id", each().map(|line| line.cause_id))
        .text("from_bucket", each().map(|line| line.from.as_str()))
        .text("to_bucket", each().map(|line| line.to.as_str()))
        .i64("quantity", each().map(|line| line.units))
        .i64("happened_at_ms", each().map(|line| line.happened_at.0));
    tx.exec_bulk(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket,
            to_bucket, quantity, source_key, happened_at_ms, at_ms)
         select item_key, location_key, cause, cause_id, from_bucket, to_bucket, quantity, $1,
            happened_at_ms, $2
         from {rows}",
        &[&source_key, &now.0],
        &rows,
    )?;
    Ok(())
}

fn keys(places: impl Iterator<Item = Key> + Clone) -> Rows<'static> {
    Rows::new()
        .i64("item_key", places.clone().map(|place| place.0))
        .i64("location_key", places.map(|place| place.1))
}
