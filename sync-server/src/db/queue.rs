//! Fulfillments as lists for people: a location's queue, and what is at risk. The sentences about
//! risk are `app::risk`'s; here are rows.

use domain::{
    clock::TimeMs,
    fulfillment::Fulfillment,
    ids::{ExceptionId, FulfillmentId, LocationId},
};

use super::{DbError, Row, Tx, history, locations::read_id, search::small};

/// One open fulfillment with its location's name.
#[derive(Debug, Clone)]
pub struct Open {
    /// The aggregate.
    pub fulfillment: Fulfillment,
    /// Name of the location.
    pub location_name: String,
    /// Who works on it: the name, or the number of who is not known any more.
    pub claimed_by: Option<String>,
}

/// Open work of a location, the most urgent first, behind a promise and id.
///
/// # Errors
/// [`DbError`].
pub fn of_location(
    tx: &mut Tx,
    location_key: i64,
    after: (TimeMs, &str),
    rows_max: u32,
) -> Result<Vec<Open>, DbError> {
    let found = tx.query(
        "select f.body, l.name from fulfillments f join locations l on l.key = f.location_key
         where f.location_key = $1 and f.closed_at_ms is null
            and (f.promise_at_ms > $2 or (f.promise_at_ms = $2 and f.id > $3))
         order by f.promise_at_ms, f.id limit $4",
        &[&location_key, &after.0.0, &after.1, &i64::from(rows_max)],
        read_open,
    )?;
    named(tx, found)
}

/// Open work that is at risk at `now`, or older than `old_before`, the most urgent first.
///
/// # Errors
/// [`DbError`].
pub fn at_risk(
    tx: &mut Tx,
    only: Option<i64>,
    now: TimeMs,
    old_before: TimeMs,
    after: (TimeMs, &str),
    rows_max: u32,
) -> Result<Vec<Open>, DbError> {
    let found = tx.query(
        "select f.body, l.name from fulfillments f join locations l on l.key = f.location_key
         where f.closed_at_ms is null and ($1 = 0 or f.location_key = $1)
            and (f.at_risk_from_ms <= $2 or f.created_at_ms <= $3)
            and (f.promise_at_ms > $4 or (f.promise_at_ms = $4 and f.id > $5))
         order by f.promise_at_ms, f.id limit $6",
        &[&only.unwrap_or(0), &now.0, &old_before.0, &after.0.0, &after.1, &i64::from(rows_max)],
        read_open,
    )?;
    named(tx, found)
}

/// Numbers of associates become names where they are known.
fn named(tx: &mut Tx, mut found: Vec<Open>) -> Result<Vec<Open>, DbError> {
    let numbers = found.iter().filter_map(|open| open.claimed_by.as_deref()).collect();
    let names = history::people(tx, &numbers)?;
    for by in found.iter_mut().filter_map(|open| open.claimed_by.as_mut()) {
        if let Some(name) = names.get(by.as_str()) {
            by.clone_from(name);
        }
    }
    Ok(found)
}

fn read_open(row: &Row<'_>) -> Result<Open, DbError> {
    let body: String = row.get(0)?;
    let fulfillment = Fulfillment::from_json(&body)
        .map_err(|error| DbError::impossible("fulfillments", "body", error.to_string()))?;
    let claimed_by = fulfillment.claim().map(|claim| claim.associate.to_string());
    Ok(Open { fulfillment, location_name: row.get(1)?, claimed_by })
}

/// An open exception with the location it is at.
#[derive(Debug, Clone)]
pub struct OpenException {
    /// Which.
    pub id: ExceptionId,
    /// The exception.
    pub exception: domain::exception::Exception,
    /// The order.
    pub order: domain::ids::OrderId,
    /// Where.
    pub location: LocationId,
    /// The work it is about.
    pub fulfillment: FulfillmentId,
}

/// Open exceptions, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn exceptions(
    tx: &mut Tx,
    only: Option<i64>,
    after: (TimeMs, &str),
    rows_max: u32,
) -> Result<Vec<OpenException>, DbError> {
    tx.query(
        "select e.id, e.body, e.order_id, l.id, e.fulfillment_id
         from exceptions e join locations l on l.key = e.location_key
         where e.settled_at_ms is null and ($1 = 0 or e.location_key = $1)
            and (e.raised_at_ms > $2 or (e.raised_at_ms = $2 and e.id > $3))
         order by e.raised_at_ms, e.id limit $4",
        &[&only.unwrap_or(0), &after.0.0, &after.1, &i64::from(rows_max)],
        |row| {
            let (id, fulfillment): (String, String) = (row.get(0)?, row.get(4)?);
            let wrong = |text: &str| DbError::impossible("exceptions", "id", text);
            Ok(OpenException {
                id: id.parse().map_err(|_| wrong(&id))?,
                exception: row.json(1)?,
                order: super::orders::read_id(row.get(2)?)?,
                location: read_id(row.get(3)?)?,
                fulfillment: fulfillment.parse().map_err(|_| wrong(&fulfillment))?,
            })
        },
    )
}

/// The numbers of the overview.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders that wait for a location.
    pub unsourced: u32,
    /// Fulfillments past their promise.
    pub late: u32,
    /// Fulfillments past the promise within the hour.
    pub at_risk: u32,
    /// Fulfillments open.
    pub open: u32,
    /// Fulfillments that wait for their customers.
    pub ready: u32,
    /// Open exceptions.
    pub exceptions: u32,
    /// Commands that the server could not read.
    pub parked: u32,
    /// Active tablets without contact since `silent_before`.
    pub devices_silent: u32,
    /// Active tablets.
    pub devices: u32,
    /// Locations.
    pub locations: u32,
    /// Orders taken since `day_before`.
    pub orders_day: u32,
}

/// Counts what is wrong now, at one location or at all.
///
/// # Errors
/// [`DbError`].
pub fn counts(
    tx: &mut Tx,
    only: Option<i64>,
    now: TimeMs,
    silent_before: TimeMs,
    day_before: TimeMs,
) -> Result<Counts, DbError> {
    tx.query_one(
        "select
            (select count(*) from orders o where o.state = 'unsourced' and $1 = 0),
            (select count(*) from fulfillments f where f.closed_at_ms is null
                and f.at_risk_from_ms <= $2 and f.promise_at_ms < $2
                and ($1 = 0 or f.location_key = $1)),
            (select count(*) from fulfillments f where f.closed_at_ms is null
                and f.at_risk_from_ms <= $2 and f.promise_at_ms >= $2
                and ($1 = 0 or f.location_key = $1)),
            (select count(*) from fulfillments f where f.closed_at_ms is null
                and ($1 = 0 or f.location_key = $1)),
            (select count(*) from fulfillments f where f.closed_at_ms is null
                and f.stage = 'ready' and ($1 = 0 or f.location_key = $1)),
            (select count(*) from exceptions e where e.settled_at_ms is null
                and ($1 = 0 or e.location_key = $1)),
            (select count(*) from parked_commands p where p.decided_at_ms is null
                and ($1 = 0 or p.location_key = $1)),
            (select count(*) from devices d where d.state = 'active'
                and coalesce(d.last_seen_ms, d.created_at_ms) < $3
                and ($1 = 0 or d.location_key = $1)),
            (select count(*) from devices d where d.state = 'active'
                and ($1 = 0 or d.location_key = $1)),
            (select count(*) from locations l where ($1 = 0 or l.key = $1)),
            (select count(*) from orders o where o.created_at_ms >= $4 and ($1 = 0 or exists
                (select 1 from fulfillments f
                    where f.order_id = o.id and f.location_key = $1)))",
        &[&only.unwrap_or(0), &now.0, &silent_before.0, &day_before.0],
        |row| {
            let at = |column: usize| Ok::<_, DbError>(small(row.get(column)?));
            Ok(Counts {
                unsourced: at(0)?,
                late: at(1)?,
                at_risk: at(2)?,
                open: at(3)?,
                ready: at(4)?,
                exceptions: at(5)?,
                parked: at(6)?,
                devices_silent: at(7)?,
                devices: at(8)?,
                locations: at(9)?,
                orders_day: at(10)?,
            })
        },
    )
}
