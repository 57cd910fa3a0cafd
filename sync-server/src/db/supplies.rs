//! What is on its way to locations: the newest word of each line holds.

use domain::clock::TimeMs;

use super::{DbError, Rows, Tx};

/// One line of future supply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How it comes, in a word.
    pub kind: &'static str,
    /// Number of the purchase order, notice or transfer.
    pub reference: String,
    /// Line of it.
    pub line: String,
    /// The item.
    pub item_key: i64,
    /// Where it goes.
    pub location_key: i64,
    /// Units still to come.
    pub units: i64,
    /// When.
    pub expected_at: TimeMs,
    /// When the source said so.
    pub stated_at: TimeMs,
}

/// Writes lines; older words than the known ones are left out. Says how many were written. Give
/// each (reference, line) once.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, source_key: i64, lines: &[Line]) -> Result<u64, DbError> {
    let each = || lines.iter();
    let rows = Rows::new()
        .text("kind", each().map(|line| line.kind))
        .text("reference", each().map(|line| line.reference.as_str()))
        .text("line", each().map(|line| line.line.as_str()))
        .i64("item_key", each().map(|line| line.item_key))
        .i64("location_key", each().map(|line| line.location_key))
        .i64("quantity", each().map(|line| line.units))
        .i64("expected_at_ms", each().map(|line| line.expected_at.0))
        .i64("stated_at_ms", each().map(|line| line.stated_at.0));
    tx.exec_bulk(
        "insert into supplies (source_key, kind, reference, line, item_key, location_key, quantity,
            expected_at_ms, stated_at_ms)
         select $1, kind, reference, line, item_key, location_key, quantity, expected_at_ms,
            stated_at_ms
         from {rows} where true
         on conflict (source_key, reference, line) do update set kind = excluded.kind,
            item_key = excluded.item_key, location_key = excluded.location_key,
            quantity = excluded.quantity, expected_at_ms = excluded.expected_at_ms,
            stated_at_ms = excluded.stated_at_ms
         where excluded.stated_at_ms >= supplies.stated_at_ms",
        &[&source_key],
        &rows,
    )
}

/// What is still to come of an item: location key, kind, units, when. The earliest first.
///
/// # Errors
/// [`DbError`].
pub fn of_item(
    tx: &mut Tx,
    item_key: i64,
    rows_max: u32,
) -> Result<Vec<(i64, String, i64, TimeMs)>, DbError> {
    tx.query(
        "select location_key, kind, quantity - received, expected_at_ms from supplies
         where item_key = $1 and quantity > received order by expected_at_ms, key limit $2",
        &[&item_key, &i64::from(rows_max)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, TimeMs(row.get(3)?))),
    )
}
