//! Stock positions in bulk: what an import states about shelves, and what the console shows. Single
//! changes are in `stock.rs`.

use domain::{
    api::{LocationStock, StockNumbers},
    clock::TimeMs,
    location::Coordinates,
};

use super::{DbError, Row, Rows, Tx, doubts::read_known, locations::read_id, search::small};

/// What an import says of one shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// The item.
    pub item_key: i64,
    /// The location.
    pub location_key: i64,
    /// Units on the shelf.
    pub on_hand: i64,
    /// Units never promised.
    pub safety: i64,
}

/// A shelf that an import changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The item.
    pub item_key: i64,
    /// The location.
    pub location_key: i64,
    /// Units more (or less, negative) than our books had.
    pub more: i64,
    /// Units never promised, from now on.
    pub safety: i64,
    /// Nobody has stated this shelf before: all of it is a receipt.
    pub first: bool,
}

/// Compares what is stated with the books, by ascending location and item; shelves that are as
/// stated are left out. Locks the positions.
///
/// # Errors
/// [`DbError`].
pub fn differences(tx: &mut Tx, stated: &[Stated]) -> Result<Vec<Difference>, DbError> {
    let mut known = tx.query_bulk(
        "select p.item_key, p.location_key, p.on_hand, p.safety from {rows}
         join stock_positions p on p.item_key = rows.item_key
            and p.location_key = rows.location_key
         {lock by p.location_key, p.item_key}",
        &[],
        &keys(stated.iter().map(|s| (s.item_key, s.location_key))),
        |row| Ok(((row.get(1)?, row.get(0)?), (row.get(2)?, row.get(3)?))),
    )?;
    known.sort_unstable_by_key(|position: &((i64, i64), (i64, i64))| position.0);
    let mut different = Vec::new();
    for s in stated {
        let place = (s.location_key, s.item_key);
        let found = known.binary_search_by_key(&place, |position| position.0).ok();
        let (on_hand, safety) = found.map_or((0, -1), |at| known[at].1);
        let more = s.on_hand - on_hand;
        if more != 0 || safety != s.safety {
            let Stated { item_key, location_key, safety, .. } = *s;
            let first = found.is_none();
            different.push(Difference { item_key, location_key, more, safety, first });
        }
    }
    different.sort_unstable_by_key(|d| (d.location_key, d.item_key));
    Ok(different)
}

fn keys(places: impl Iterator<Item = (i64, i64)> + Clone) -> Rows<'static> {
    Rows::new()
        .i64("item_key", places.clone().map(|p| p.0))
        .i64("location_key", places.map(|p| p.1))
}

/// Writes differences: positions and ledger in four statements.
///
/// # Errors
/// [`DbError`].
pub fn restate(
    tx: &mut Tx,
    differences: &[Difference],
    import: &str,
    now: TimeMs,
) -> Result<(), DbError> {
    insert(tx, differences, now)?;
    update(tx, differences, now)?;
    record(tx, differences, import, now)
}

fn insert(tx: &mut Tx, differences: &[Difference], now: TimeMs) -> Result<(), DbError> {
    let first = || differences.iter().filter(|d| d.first);
    let rows = keys(first().map(|d| (d.item_key, d.location_key)))
        .i64("units", first().map(|d| d.more))
        .i64("safety", first().map(|d| d.safety));
    tx.exec_bulk(
        "insert into stock_positions
            (item_key, location_key, on_hand, received, safety, counted_at_ms, rev)
         select item_key, location_key, units, units, safety, $1, 1 from {rows}",
        &[&now.0],
        &rows,
    )?;
    Ok(())
}

fn update(tx: &mut Tx, differences: &[Difference], now: TimeMs) -> Result<(), DbError> {
    let counted = || differences.iter().filter(|d| !d.first);
    let rows = keys(counted().map(|d| (d.item_key, d.location_key)))
        .i64("more", counted().map(|d| d.more))
        .i64("safe", counted().map(|d| d.safety));
    tx.exec_bulk(
        "update stock_positions set on_hand = on_hand + more, adjusted_out = adjusted_out - more,
            safety = safe, counted_at_ms = $1, rev = rev + 1,
            shortage = case when reserved > on_hand + more
                then reserved - on_hand - more else 0 end
         from {rows}
         where stock_positions.item_key = rows.item_key
            and stock_positions.location_key = rows.location_key",
        &[&now.0],
        &rows,
    )?;
    Ok(())
}

fn record(
    tx: &mut Tx,
    differences: &[Difference],
    import: &str,
    now: TimeMs,
) -> Result<(), DbError> {
    use domain::stock::StockEvent::{CountLess, CountMore, Receipt};
    let each = || differences.iter();
    let places = |d: &Difference| {
        let event = match (d.first, d.more) {
            // Whoever follows the log hears of another safety stock, too.
            (_, 0) => return ("none", "none"),
            (true, _) => Receipt,
            (false, 1..) => CountMore,
            (false, _) => CountLess,
        };
        let (from, to) = event.movement().places.expect("each of the three moves units");
        (from.as_str(), to.as_str())
    };
    let rows = keys(each().map(|d| (d.item_key, d.location_key)))
        .text("from_bucket", each().map(|d| places(d).0))
        .text("to_bucket", each().map(|d| places(d).1))
        .i64("quantity", each().map(|d| d.more.abs()));
    tx.exec_bulk(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket,
            to_bucket, quantity, happened_at_ms, at_ms)
         select item_key, location_key, 'import', $1, from_bucket, to_bucket, quantity, $2, $2
         from {rows}",
        &[&import, &now.0],
        &rows,
    )?;
    Ok(())
}

/// Item, name, barcode and picture behind a SKU.
#[derive(Debug, Clone)]
pub struct StockedItem {
    /// Its key.
    pub key: i64,
    /// Its name.
    pub name: String,
    /// Picture; empty when there is none.
    pub picture: String,
    /// GTINs.
    pub barcodes: Vec<String>,
}

/// Finds the item behind a SKU.
///
/// # Errors
/// [`DbError`].
pub fn item(tx: &mut Tx, sku: &str) -> Result<Option<StockedItem>, DbError> {
    let found =
        tx.query_opt("select key, name, picture from items where sku = $1", &[&sku], |row| {
            let (key, name, picture) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(StockedItem { key, name, picture, barcodes: Vec::new() })
        })?;
    let Some(mut item) = found else { return Ok(None) };
    item.barcodes = tx.query(
        "select barcode from item_barcodes where item_key = $1 order by barcode",
        &[&item.key],
        |row| row.get(0),
    )?;
    Ok(Some(item))
}

/// Sums of an item over the locations that the caller sees, and how many there are.
///
/// # Errors
/// [`DbError`].
pub fn totals(
    tx: &mut Tx,
    item_key: i64,
    only: Option<i64>,
) -> Result<(StockNumbers, u32), DbError> {
    tx.query_one(
        "select cast(coalesce(sum(on_hand), 0) as bigint),
            cast(coalesce(sum(reserved), 0) as bigint),
            cast(coalesce(sum(safety), 0) as bigint), cast(coalesce(sum(picked), 0) as bigint),
            cast(coalesce(sum(staged), 0) as bigint), cast(coalesce(sum(damaged), 0) as bigint),
            cast(coalesce(sum(shortage), 0) as bigint),
            cast(coalesce(sum(display), 0) as bigint), cast(coalesce(sum(quality), 0) as bigint),
            count(*)
         from stock_positions where item_key = $1 and ($2 = 0 or location_key = $2)",
        &[&item_key, &only.unwrap_or(0)],
        |row| Ok((read_numbers(row, 0)?, small(row.get(9)?))),
    )
}

/// An item's stock by location, the most available first, and how far each is to be believed now.
///
/// # Errors
/// [`DbError`].
pub fn by_location(
    tx: &mut Tx,
    item_key: i64,
    only: Option<i64>,
    rows_max: u32,
    now: TimeMs,
) -> Result<Vec<LocationStock>, DbError> {
    tx.query(
        "select l.id, l.name, p.on_hand, p.reserved, p.safety, p.picked, p.staged, p.damaged,
            p.shortage, p.display, p.quality, p.on_hand, p.shortage, p.counted_at_ms,
            coalesce(c.counted_at_ms, 0), p.moved_at_ms,
            (select count(*) from stock_movements m
             where m.location_key = p.location_key and m.item_key = p.item_key
                and m.to_bucket = 'adjusted_out' and m.reserved_delta < 0
                and m.happened_at_ms > p.counted_at_ms
                and m.happened_at_ms > coalesce(c.counted_at_ms, 0)),
            l.lat_e6, l.lon_e6
         from stock_positions p join locations l on l.key = p.location_key
         left join location_counts c on c.location_key = p.location_key
         where p.item_key = $1 and ($2 = 0 or p.location_key = $2)
         order by p.on_hand - p.reserved - p.safety desc, l.id limit $3",
        &[&item_key, &only.unwrap_or(0), &i64::from(rows_max)],
        |row| {
            let (location, name) = (read_id(row.get(0)?)?, row.get(1)?);
            let coordinates = Coordinates { lat_e6: row.get(17)?, lon_e6: row.get(18)? };
            let confidence = read_known(row, 11)?.confidence(now);
            let stock = read_numbers(row, 2)?;
            Ok(LocationStock { location, name, coordinates, stock, confidence })
        },
    )
}

/// Reads nine counters from a column on.
fn read_numbers(row: &Row<'_>, first: usize) -> Result<StockNumbers, DbError> {
    let at = |column: usize| row.get::<i64>(first + column);
    let (on_hand, reserved, safety) = (at(0)?, at(1)?, at(2)?);
    Ok(StockNumbers {
        on_hand,
        reserved,
        safety,
        available: on_hand - reserved - safety,
        picked: at(3)?,
        staged: at(4)?,
        damaged: at(5)?,
        shortage: at(6)?,
        display: at(7)?,
        quality: at(8)?,
    })
}
