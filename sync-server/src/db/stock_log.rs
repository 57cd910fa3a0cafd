//! The log of stock changes as the index of what can be promised follows it: everything once, then
//! whatever moved since, in the order in which it became visible.
//!
//! A place in the log is a row's number on SQLite, whose one writer commits in that order, and the
//! number of the transaction on PostgreSQL, read only below the oldest that still runs: whoever
//! commits late is never passed by. What it deliberately does not do: keep anything in memory.

use domain::stock::Position;

use super::{DbError, Row, Rows, Tx};

/// A position as it is promised from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promisable {
    /// The item.
    pub item_key: i64,
    /// The location.
    pub location_key: i64,
    /// Sellable units on the shelf.
    pub on_hand: i64,
    /// Units that are promised.
    pub reserved: i64,
    /// Units that are never promised.
    pub safety: i64,
    /// Grows with every change of the position.
    pub rev: i64,
}

impl Promisable {
    /// Units that a reservation would still get.
    #[must_use]
    pub fn free(&self) -> i64 {
        let Self { on_hand, reserved, safety, .. } = *self;
        Position { on_hand, reserved, safety, ..Position::default() }.available()
    }
}

/// The place behind the last change that can be seen.
///
/// # Errors
/// [`DbError`].
pub fn end(tx: &mut Tx) -> Result<i64, DbError> {
    tx.query_one("select {log_end}", &[], |row| row.get(0))
}

/// For how many milliseconds a commit may have been hidden by a transaction that is older and still
/// runs; 0 with one writer. Ask in a transaction before the one that reads [`moved`]: whoever writes
/// then and had not begun now comes later in the log than everything committed so long ago.
///
/// # Errors
/// [`DbError`].
pub fn hidden_ms(tx: &mut Tx) -> Result<i64, DbError> {
    tx.query_one("select {log_age}", &[], |row| row.get(0))
}

/// A page of all positions by ascending item and location, behind `after` (item key, location key).
///
/// # Errors
/// [`DbError`].
pub fn all(tx: &mut Tx, after: (i64, i64), rows_max: u32) -> Result<Vec<Promisable>, DbError> {
    tx.query(
        "select item_key, location_key, on_hand, reserved, safety, rev from stock_positions
         where (item_key, location_key) > ($1, $2) order by item_key, location_key limit $3",
        &[&after.0, &after.1, &i64::from(rows_max)],
        read,
    )
}

/// Every position of these items, by ascending item and location.
///
/// # Errors
/// [`DbError`].
pub fn of_items(tx: &mut Tx, item_keys: &[i64]) -> Result<Vec<Promisable>, DbError> {
    tx.query_bulk(
        "select p.item_key, p.location_key, p.on_hand, p.reserved, p.safety, p.rev
         from {rows} join stock_positions p on p.item_key = rows.key
         order by p.item_key, p.location_key",
        &[],
        &Rows::new().i64("key", item_keys.iter().copied()),
        read,
    )
}

/// What has moved.
#[derive(Debug, Default)]
pub struct Moved {
    /// Positions, as they are now.
    pub positions: Vec<Promisable>,
    /// Items of which something else is to come.
    pub supplied: Vec<i64>,
    /// The place to go on from.
    pub place: i64,
}

/// The cause of a line in the ledger that says: other units are to come.
pub const SUPPLY: &str = "supply";

/// What moved from the place `from` on. Ask again until its place is [`end`].
///
/// # Errors
/// [`DbError`].
pub fn moved(tx: &mut Tx, from: i64) -> Result<Moved, DbError> {
    // A long absence is caught up in steps.
    let to = tx.query_one("select {log_end}, {log_step}", &[], |row| {
        let (end, step): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(end.min(from.saturating_add(step)))
    })?;
    if to <= from {
        return Ok(Moved { place: from, ..Moved::default() });
    }
    let mut moved = Moved { place: to, ..Moved::default() };
    tx.query(
        "select p.item_key, p.location_key, p.on_hand, p.reserved, p.safety, p.rev, m.item_key,
            m.supply
         from (select item_key, location_key,
                  cast(max(case when cause = $3 then 1 else 0 end) as bigint) as supply
               from stock_movements where {log_place} >= $1 and {log_place} < $2
               group by item_key, location_key) m
         left join stock_positions p
            on p.item_key = m.item_key and p.location_key = m.location_key",
        &[&from, &to, &SUPPLY],
        |row| moved.add(row),
    )?;
    moved.supplied.sort_unstable();
    moved.supplied.dedup();
    Ok(moved)
}

impl Moved {
    fn add(&mut self, row: &Row<'_>) -> Result<(), DbError> {
        if row.get::<Option<i64>>(0)?.is_some() {
            self.positions.push(read(row)?);
        }
        if row.get::<i64>(7)? != 0 {
            self.supplied.push(row.get(6)?);
        }
        Ok(())
    }
}

/// Positions of these items that this transaction sees moved from the place `from` on, also behind
/// [`end`]: as they are now, like all that it reads.
///
/// # Errors
/// [`DbError`].
pub fn moved_of(tx: &mut Tx, item_keys: &[i64], from: i64) -> Result<Vec<Promisable>, DbError> {
    tx.query_bulk(
        "select p.item_key, p.location_key, p.on_hand, p.reserved, p.safety, p.rev
         from (select distinct m.item_key, m.location_key
               from {rows} join stock_movements m on m.item_key = rows.key
               where {log_place} >= $1) m
         join stock_positions p on p.item_key = m.item_key and p.location_key = m.location_key",
        &[&from],
        &Rows::new().i64("key", item_keys.iter().copied()),
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Promisable, DbError> {
    Ok(Promisable {
        item_key: row.get(0)?,
        location_key: row.get(1)?,
        on_hand: row.get(2)?,
        reserved: row.get(3)?,
        safety: row.get(4)?,
        rev: row.get(5)?,
    })
}
