//! The list of orders: search, filters, seek pagination from the newest to the oldest.

use std::collections::BTreeMap;

use domain::{
    api::OrderRow,
    clock::TimeMs,
    fulfillment::{Method, short_code},
    ids::{LocationId, OrderId},
    order::OrderStage,
};

use super::{DbError, Row, Rows, Tx, locations, orders, search};

/// What the caller wants to see.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Number, short code, name, e-mail, telephone or SKU.
    pub search: String,
    /// Only this stage.
    pub stage: Option<OrderStage>,
    /// Only orders that leave so.
    pub method: Option<Method>,
    /// Only orders with work at this location.
    pub location_key: Option<i64>,
    /// Only orders behind this one.
    pub after: Option<(TimeMs, OrderId)>,
}

/// A page of orders, the newest first, each with the time that `after` needs.
///
/// # Errors
/// [`DbError`].
pub fn page(
    tx: &mut Tx,
    filter: &Filter,
    rows_max: u32,
) -> Result<Vec<(TimeMs, OrderRow)>, DbError> {
    let typed = filter.search.trim();
    let (after_ms, after_id) =
        filter.after.map_or((i64::MAX, String::new()), |(at, id)| (at.0, id.to_string()));
    let found = tx.query(
        "select o.id, o.channel, o.external_number, o.method, o.state, coalesce(c.name, ''),
            o.currency, o.placed_at_ms, o.promise_at_ms, o.created_at_ms,
            (select cast(coalesce(sum(l.ordered), 0) as bigint) from order_lines l
                where l.order_id = o.id),
            (select cast(coalesce(sum(l.ordered * l.price_minor), 0) as bigint)
                from order_lines l where l.order_id = o.id)
            + (select cast(coalesce(sum(k.ordered * k.price_minor), 0) as bigint)
                from order_kits k where k.order_id = o.id)
         from orders o left join customers c on c.order_id = o.id
         where ($1 = '' or o.state = $1) and ($2 = '' or o.method = $2)
            and ($3 = 0 or exists (select 1 from fulfillments f
                where f.order_id = o.id and f.location_key = $3))
            and ($4 = '' or o.search like $5 escape '\\' or c.search like $5 escape '\\'
                or exists (select 1 from order_lines l where l.order_id = o.id and l.sku = $4)
                or exists (select 1 from order_kits k where k.order_id = o.id and k.sku = $4))
            and (o.created_at_ms < $6 or (o.created_at_ms = $6 and o.id < $7))
         order by o.created_at_ms desc, o.id desc limit $8",
        &[
            &filter.stage.map_or("", OrderStage::as_str),
            &filter.method.map_or("", Method::as_str),
            &filter.location_key.unwrap_or(0),
            &typed,
            &search::pattern(typed),
            &after_ms,
            &after_id,
            &i64::from(rows_max),
        ],
        read_row,
    )?;
    with_work(tx, found)
}

/// One order's row.
///
/// # Errors
/// [`DbError`].
pub fn one(tx: &mut Tx, id: OrderId) -> Result<Option<OrderRow>, DbError> {
    let found = tx.query(
        "select o.id, o.channel, o.external_number, o.method, o.state, coalesce(c.name, ''),
            o.currency, o.placed_at_ms, o.promise_at_ms, o.created_at_ms,
            (select cast(coalesce(sum(l.ordered), 0) as bigint) from order_lines l
                where l.order_id = o.id),
            (select cast(coalesce(sum(l.ordered * l.price_minor), 0) as bigint)
                from order_lines l where l.order_id = o.id)
            + (select cast(coalesce(sum(k.ordered * k.price_minor), 0) as bigint)
                from order_kits k where k.order_id = o.id)
         from orders o left join customers c on c.order_id = o.id where o.id = $1",
        &[&id.to_string()],
        read_row,
    )?;
    Ok(with_work(tx, found)?.pop().map(|(_, row)| row))
}

fn read_row(row: &Row<'_>) -> Result<(TimeMs, OrderRow), DbError> {
    let id = orders::read_id(row.get(0)?)?;
    let (method, stage): (String, String) = (row.get(3)?, row.get(4)?);
    let order = OrderRow {
        id,
        short_code: short_code(id),
        channel: row.get(1)?,
        external_number: row.get(2)?,
        method: read_method(&method)?,
        stage: stage.parse().map_err(|_| DbError::impossible("orders", "state", stage))?,
        customer: row.get(5)?,
        units: search::small(row.get(10)?),
        total_minor: row.get(11)?,
        currency: row.get(6)?,
        locations: Vec::new(),
        placed_at: TimeMs(row.get(7)?),
        promise_at: TimeMs(row.get(8)?),
        exceptions: 0,
    };
    Ok((TimeMs(row.get(9)?), order))
}

/// A method's word.
pub(super) fn read_method(word: &str) -> Result<Method, DbError> {
    match word {
        "pickup" => Ok(Method::Pickup),
        "ship" => Ok(Method::Ship),
        other => Err(DbError::impossible("orders", "method", other)),
    }
}

/// Adds where the orders are worked on and what is open about them.
fn with_work(
    tx: &mut Tx,
    mut orders: Vec<(TimeMs, OrderRow)>,
) -> Result<Vec<(TimeMs, OrderRow)>, DbError> {
    let ids: Vec<String> = orders.iter().map(|(_, row)| row.id.to_string()).collect();
    let rows = || Rows::new().text("id", ids.iter().map(String::as_str));
    let places: Vec<(String, LocationId)> = tx.query_bulk(
        "select distinct f.order_id, l.id from {rows} join fulfillments f on f.order_id = rows.id
         join locations l on l.key = f.location_key order by f.order_id, l.id",
        &[],
        &rows(),
        |row| Ok((row.get(0)?, locations::read_id(row.get(1)?)?)),
    )?;
    let open: Vec<(String, i64)> = tx.query_bulk(
        "select f.order_id, count(*) from {rows} join fulfillments f on f.order_id = rows.id
         join exceptions e on e.fulfillment_id = f.id where e.settled_at_ms is null
         group by f.order_id",
        &[],
        &rows(),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut by_order: BTreeMap<String, Vec<LocationId>> = BTreeMap::new();
    places.into_iter().for_each(|(order, at)| by_order.entry(order).or_default().push(at));
    let open: BTreeMap<String, i64> = open.into_iter().collect();
    for (_, row) in &mut orders {
        let id = row.id.to_string();
        row.locations = by_order.remove(&id).unwrap_or_default();
        row.exceptions = open.get(&id).map_or(0, |count| search::small(*count));
    }
    Ok(orders)
}
