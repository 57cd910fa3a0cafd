//! Plain counts of positions, by whoever knows already what the books have there: positions and ledger
//! are written without being read, and only where the books are as was said.
//!
//! What it deliberately does not do: decide whether a count is plain. Whatever else is said of a shelf goes
//! through `shelves.rs`.

use domain::{clock::TimeMs, stock::StockEvent};

use super::{
    DbError, Rows, Tx,
    shelves::{self, Key},
};

/// A count of what is sellable at a position that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainCount {
    /// Which.
    pub key: Key,
    /// Units that the books have.
    pub known: i64,
    /// Units that were counted more (or less, negative).
    pub more: i64,
    /// When it was counted.
    pub at: TimeMs,
}

/// Writes counts by ascending location and item. Give each position once.
///
/// # Errors
/// [`DbError`]; [`DbError::Overtaken`] where the books have other units, or a newer word than a count.
pub fn write(
    tx: &mut Tx,
    (source_key, batch_id): (i64, &str),
    counts: &[PlainCount],
    now: TimeMs,
) -> Result<(), DbError> {
    let of_location = counts.chunk_by(|a, b| a.key.1 == b.key.1);
    let first = |of: &[PlainCount]| Some((of[0].key.1, of.iter().map(|count| count.at).min()?));
    shelves::check_counted(tx, &of_location.filter_map(first).collect::<Vec<_>>())?;
    change(tx, counts)?;
    record(tx, (source_key, batch_id), counts, now)
}

fn change(tx: &mut Tx, counts: &[PlainCount]) -> Result<(), DbError> {
    let rows = keys(counts)
        .i64("known", counts.iter().map(|count| count.known))
        .i64("more", counts.iter().map(|count| count.more))
        .i64("counted", counts.iter().map(|count| count.at.0));
    tx.exec_bulk_each(
        "update stock_positions set on_hand = on_hand + more, adjusted_out = adjusted_out - more,
            shortage = case when reserved > on_hand + more
                then reserved - on_hand - more else 0 end,
            counted_at_ms = counted, rev = rev + 1
         from {rows}
         where stock_positions.item_key = rows.item_key
            and stock_positions.location_key = rows.location_key
            and on_hand = known and moved_at_ms <= counted and counted_at_ms <= counted",
        &[],
        &rows,
    )
}

fn record(
    tx: &mut Tx,
    (source_key, batch_id): (i64, &str),
    counts: &[PlainCount],
    now: TimeMs,
) -> Result<(), DbError> {
    let moved: Vec<PlainCount> = counts.iter().filter(|count| count.more != 0).copied().collect();
    let rows = keys(&moved)
        .i64("more", moved.iter().map(|count| count.more))
        .i64("counted", moved.iter().map(|count| count.at.0));
    let words = |event: StockEvent| {
        let (from, to) = event.movement().places.expect("counts move units");
        (event.as_str(), from.as_str(), to.as_str())
    };
    let (more, less) = (words(StockEvent::CountMore), words(StockEvent::CountLess));
    tx.exec_bulk(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket,
            to_bucket, quantity, source_key, happened_at_ms, at_ms)
         select item_key, location_key, case when more > 0 then $4 else $5 end, $2,
            case when more > 0 then $6 else $7 end, case when more > 0 then $8 else $9 end,
            abs(more), $1, counted, $3
         from {rows}",
        &[&source_key, &batch_id, &now.0, &more.0, &less.0, &more.1, &less.1, &more.2, &less.2],
        &rows,
    )?;
    Ok(())
}

fn keys(counts: &[PlainCount]) -> Rows<'static> {
    Rows::new()
        .i64("item_key", counts.iter().map(|count| count.key.0))
        .i64("location_key", counts.iter().map(|count| count.key.1))
}
