//! What tills move at positions that are there, all of it newer than their counts: it is added without
//! being read. Most of what a till says is such.
//!
//! What it deliberately does not do: decide what becomes of units that a count has found already. Whoever is
//! refused here looks at the books (`shelves.rs`).

use domain::{clock::TimeMs, stock::Position};

use super::{
    DbError, Rows, Tx,
    shelves::{self, Key},
};

/// What has moved at one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainMove {
    /// Which.
    pub key: Key,
    /// Added to what is on hand, sold and returned; the other counters are not looked at.
    pub delta: Position,
    /// When the first of it happened.
    pub first_at: TimeMs,
    /// When the last of it happened.
    pub last_at: TimeMs,
}

/// Adds what has moved, by ascending location and item. Give each position once.
///
/// # Errors
/// [`DbError`]; [`DbError::Overtaken`] where there is no position yet, or its count is not older.
pub fn add(tx: &mut Tx, moves: &[PlainMove]) -> Result<(), DbError> {
    let of_location = moves.chunk_by(|a, b| a.key.1 == b.key.1);
    // A count of the very instant has found them already.
    let first = |of: &[PlainMove]| {
        let first = of.iter().map(|of| of.first_at).min()?;
        Some((of[0].key.1, first.plus_ms(-1)))
    };
    shelves::check_counted(tx, &of_location.filter_map(first).collect::<Vec<_>>())?;
    let each = || moves.iter();
    let rows = Rows::new()
        .i64("item_key", each().map(|of| of.key.0))
        .i64("location_key", each().map(|of| of.key.1))
        .i64("d_shelf", each().map(|of| of.delta.on_hand))
        .i64("d_sold", each().map(|of| of.delta.sold))
        .i64("d_returned", each().map(|of| of.delta.returned))
        .i64("first_at", each().map(|of| of.first_at.0))
        .i64("last_at", each().map(|of| of.last_at.0));
    tx.exec_bulk_each(
        "update stock_positions set on_hand = on_hand + d_shelf, sold = sold + d_sold,
            returned = returned + d_returned,
            shortage = case when reserved > on_hand + d_shelf
                then reserved - on_hand - d_shelf else 0 end,
            moved_at_ms = case when last_at > moved_at_ms then last_at else moved_at_ms end,
            rev = rev + 1
         from {rows}
         where stock_positions.item_key = rows.item_key
            and stock_positions.location_key = rows.location_key and counted_at_ms < first_at",
        &[],
        &rows,
    )
}
