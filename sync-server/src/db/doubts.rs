//! Stock positions that a person may have to look at, found by location and item so that a page begins
//! where the one before ended.
//!
//! What it deliberately does not do: decide whether somebody should. It finds what may be in doubt;
//! [`crate::confidence`] judges.

use domain::{
    clock::TimeMs,
    ids::{LocationId, Sku},
};

use super::{DbError, Row, Rows, Tx, locations::read_id, search::small};
use crate::confidence::Known;

/// A position as (location key, item key): pages go on in this order.
pub type Place = (i64, i64);

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Behind this place.
    pub after: Place,
    /// Not behind this location.
    pub last: i64,
    /// Positions to look at.
    pub most: u32,
}

/// The sign of the units on hand that is looked for among positions that are short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnHand {
    /// Whatever it is.
    Any,
    /// Below zero.
    Negative,
    /// Not below zero.
    Some,
}

/// Positions that are short, with the units on hand that are asked for. Those below zero are short, too:
/// the schema's check sees to it.
///
/// # Errors
/// [`DbError`].
pub fn short(tx: &mut Tx, on_hand: OnHand, stretch: Stretch) -> Result<Vec<Place>, DbError> {
    let (least, greatest) = match on_hand {
        OnHand::Any => (i64::MIN, i64::MAX),
        OnHand::Negative => (i64::MIN, -1),
        OnHand::Some => (0, i64::MAX),
    };
    let Stretch { after, last, most } = stretch;
    tx.query(
        "select location_key, item_key from stock_positions
         where shortage > 0 and (location_key, item_key) > ($1, $2) and location_key <= $3
            and on_hand between $4 and $5
         order by location_key, item_key limit $6",
        &[&after.0, &after.1, &last, &least, &greatest, &i64::from(most)],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Positions where promised units were ever not found, each with whether that was after its last count.
///
/// # Errors
/// [`DbError`].
pub fn unfound(tx: &mut Tx, stretch: Stretch) -> Result<Vec<(Place, bool)>, DbError> {
    let Stretch { after, last, most } = stretch;
    tx.query(
        "select m.location_key, m.item_key, case when m.newest > p.counted_at_ms
                and m.newest > coalesce(c.counted_at_ms, 0) then 1 else 0 end
         from (
            select location_key, item_key, max(happened_at_ms) as newest from stock_movements
            where to_bucket = 'adjusted_out' and reserved_delta < 0
                and (location_key, item_key) > ($1, $2) and location_key <= $3
            group by location_key, item_key order by location_key, item_key limit $4
         ) m
         join stock_positions p on p.item_key = m.item_key and p.location_key = m.location_key
         left join location_counts c on c.location_key = m.location_key
         order by m.location_key, m.item_key",
        &[&after.0, &after.1, &last, &i64::from(most)],
        |row| Ok(((row.get(0)?, row.get(1)?), row.get::<i64>(2)? == 1)),
    )
}

/// Locations from one to another that were not counted whole since an instant.
///
/// # Errors
/// [`DbError`].
pub fn uncounted(
    tx: &mut Tx,
    first: i64,
    last: i64,
    counted_before: TimeMs,
) -> Result<Vec<i64>, DbError> {
    tx.query(
        "select l.key from locations l left join location_counts c on c.location_key = l.key
         where l.key between $1 and $2 and coalesce(c.counted_at_ms, 0) < $3 order by l.key",
        &[&first, &last, &counted_before.0],
        |row| row.get(0),
    )
}

/// A location's positions behind an item, each with whether it has units, or they have moved, and it
/// was itself not counted since an instant.
///
/// # Errors
/// [`DbError`].
pub fn stale(
    tx: &mut Tx,
    after: Place,
    counted_before: TimeMs,
    most: u32,
) -> Result<Vec<(Place, bool)>, DbError> {
    tx.query(
        "select location_key, item_key, case when counted_at_ms < $3
                and (on_hand > 0 or moved_at_ms > counted_at_ms) then 1 else 0 end
         from stock_positions where location_key = $1 and item_key > $2
         order by location_key, item_key limit $4",
        &[&after.0, &after.1, &counted_before.0, &i64::from(most)],
        |row| Ok(((row.get(0)?, row.get(1)?), row.get::<i64>(2)? == 1)),
    )
}

/// A position with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Where.
    pub location: LocationId,
    /// The location's name.
    pub location_name: String,
    /// The item.
    pub sku: Sku,
    /// The item's name.
    pub name: String,
    /// Units promised and not yet picked.
    pub reserved: i64,
    /// The rest.
    pub known: Known,
}

/// What is known of positions, in the order of [`Place`]. Give each once.
///
/// # Errors
/// [`DbError`].
pub fn seen(tx: &mut Tx, places: &[Place]) -> Result<Vec<Seen>, DbError> {
    let rows = Rows::new()
        .i64("location_key", places.iter().map(|place| place.0))
        .i64("item_key", places.iter().map(|place| place.1));
    tx.query_bulk(
        "select l.id, l.name, i.sku, i.name, p.reserved, p.on_hand, p.shortage, p.counted_at_ms,
            coalesce(c.counted_at_ms, 0), p.moved_at_ms,
            (select count(*) from stock_movements m
             where m.location_key = p.location_key and m.item_key = p.item_key
                and m.to_bucket = 'adjusted_out' and m.reserved_delta < 0
                and m.happened_at_ms > p.counted_at_ms
                and m.happened_at_ms > coalesce(c.counted_at_ms, 0))
         from {rows}
         join stock_positions p on p.item_key = rows.item_key
            and p.location_key = rows.location_key
         join locations l on l.key = p.location_key join items i on i.key = p.item_key
         left join location_counts c on c.location_key = p.location_key
         order by p.location_key, p.item_key",
        &[],
        &rows,
        |row| {
            let sku: String = row.get(2)?;
            Ok(Seen {
                location: read_id(row.get(0)?)?,
                location_name: row.get(1)?,
                sku: Sku::new(sku.clone()).map_err(|_| DbError::impossible("items", "sku", sku))?,
                name: row.get(3)?,
                reserved: row.get(4)?,
                known: read_known(row, 5)?,
            })
        },
    )
}

/// Reads units on hand, shortage, own and whole count, movement and picks that found nothing.
pub(super) fn read_known(row: &Row<'_>, first: usize) -> Result<Known, DbError> {
    let at = |column: usize| row.get::<i64>(first + column);
    Ok(Known {
        on_hand: at(0)?,
        shortage: at(1)?,
        counted_at: TimeMs(at(2)?.max(at(3)?)),
        moved_at: TimeMs(at(4)?),
        not_found: small(at(5)?),
    })
}
