//! Taking an order from a channel: once, by channel and external number.
//!
//! What it deliberately does not do: source it. That is a use case of its own (`sourcing.rs`), so that
//! an order is stored even when nothing can be said about its stock yet.

use std::collections::BTreeMap;

use domain::{
    api::OrderAccepted,
    clock::TimeMs,
    fulfillment::{Method, short_code},
    ids::{ChannelId, OrderId},
    measure::{counted, in_units},
    order::{Destination, FieldError, PlacedOrder},
    problem::Problem,
};
use sha2::{Digest, Sha256};

use super::{
    capacity::{self, Taken as Place},
    holds, kits,
    refusal::{AppError, invalid},
};
use crate::{
    db::{
        DbError, Tx, capacity as places, history, items, locations,
        orders::{self, PromisedBy},
        postcodes, terms,
    },
    keys::ServerKeys,
    moment::Moment,
};

/// When a pickup is promised where the channel says nothing and its location has not said when it works:
/// two hours after we have it.
const PICKUP_PROMISE_MS: i64 = 2 * 3_600_000;
/// When a shipment is promised to leave where the channel says nothing, until it is known who sends it: a
/// day after we have it.
const SHIP_PROMISE_MS: i64 = 24 * 3_600_000;

/// What became of an order that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The answer; the same for the same order.
    pub accepted: OrderAccepted,
    /// Whether it is new.
    pub new: bool,
}

/// Takes an order of the channel that sends it.
///
/// # Errors
/// `wrong_channel`, `invalid_order`, `unknown_sku`, `unknown_location`, `no_pickup_here`,
/// `unknown_postcode`, `duplicate_external_number`, `unknown_promise`, `promise_expired` or
/// `promise_differs`; [`AppError::Broken`].
pub fn take(
    tx: &mut Tx,
    moment: &mut Moment,
    keys: &ServerKeys,
    sender: &ChannelId,
    placed: &PlacedOrder,
) -> Result<Taken, AppError> {
    if placed.channel != *sender {
        let title = format!("This token belongs to the channel {sender}.");
        return Err(Problem::new(403, "wrong_channel", title).into());
    }
    let faults = placed.faults();
    if !faults.is_empty() {
        return Err(invalid("invalid_order", "The order is not valid.", faults).into());
    }
    let body_sha = fingerprint(placed);
    if let Some(known) = orders::by_external(tx, sender, &placed.external_number)? {
        return again(keys, &known, body_sha);
    }
    let promise = match &placed.promise {
        Some(token) => Some(keys.promise_of(token).ok_or_else(holds::unknown)?),
        None => None,
    };
    let (id, to) = (OrderId::new(moment.now, moment.entropy()), check_destination(tx, placed)?);
    let item_keys = item_keys(tx, placed)?;
    let (lines, kits) = kits::taken_apart(tx, placed, &item_keys)?;
    // Nothing is promised before its release.
    let released_at = released_at(tx, &lines, moment.now)?;
    let from = moment.now.max(released_at);
    let (promise_at, promised_by) = match (placed.promise_at, promise) {
        (Some(at), _) => (at, PromisedBy::Channel),
        (None, Some(hold)) => (promised(tx, hold, placed, from)?, PromisedBy::Hold),
        (None, None) => (expected(tx, id, placed, &to, from)?, PromisedBy::Server),
    };
    let new = orders::New {
        id,
        placed,
        body_sha,
        to,
        promise_at: promise_at.max(released_at),
        promised_by,
        lines,
        kits,
        customer: customer(keys, placed),
    };
    if !orders::insert(tx, &new, moment.now)? {
        places::free(tx, &id.to_string())?;
        let known = orders::by_external(tx, sender, &placed.external_number)?;
        return again(keys, &known.expect("the conflict says that it is there"), body_sha);
    }
    if let Some(promise) = promise {
        holds::claim(tx, promise, new.id, placed, moment.now)?;
    }
    history::append(tx, &[placed_entry(&new, moment.now)])?;
    let ships = matches!(placed.method, Destination::Ship { .. });
    Ok(Taken { accepted: answer(keys, new.id, new.promise_at, ships), new: true })
}

/// Who bought, as a keyed hash; empty when nobody says so.
fn customer(keys: &ServerKeys, placed: &PlacedOrder) -> String {
    let said = placed.customer_reference.as_ref().or(placed.customer.email.as_ref());
    let said = said.filter(|said| !said.trim().is_empty());
    said.map(|said| keys.customer(said)).unwrap_or_default()
}

/// The hash of what an order says; how it was written does not matter.
fn fingerprint(placed: &PlacedOrder) -> [u8; 32] {
    let text = serde_json::to_vec(placed).expect("an order is plain data");
    Sha256::digest(text).into()
}

fn again(keys: &ServerKeys, known: &orders::Known, body_sha: [u8; 32]) -> Result<Taken, AppError> {
    if known.body_sha != body_sha {
        let title = "Another order has this number already.";
        let advice = "Give each order its own number. To change an order, cancel it first.";
        return Err(Problem::new(409, "duplicate_external_number", title).advise(advice).into());
    }
    let accepted = answer(keys, known.id, known.promise_at, known.ships);
    Ok(Taken { accepted, new: false })
}

/// Code and digits are derived from the server's key each time; they are stored nowhere.
fn answer(keys: &ServerKeys, id: OrderId, promise_at: TimeMs, ships: bool) -> OrderAccepted {
    OrderAccepted {
        id,
        short_code: short_code(id),
        pickup_code: (!ships).then(|| keys.pickup_code(id).to_text()),
        pickup_pin: (!ships).then(|| keys.pickup_pin(id)),
        promise_at,
    }
}

/// What a basket was promised: when the last of its parts is ready, or leaves.
fn promised(tx: &mut Tx, hold: &str, placed: &PlacedOrder, now: TimeMs) -> Result<TimeMs, DbError> {
    let due = places::of(tx, hold)?.iter().map(|place| place.due_at).max();
    let there = holds::there_at(tx, hold)?;
    // What was promised for later is promised from when it is there.
    let rest = || default_promise(placed, there.map_or(now, |there| there.max(now)));
    Ok(match (due, there, &placed.method) {
        // A pickup has a place for what comes later, too.
        (Some(due), _, Destination::Pickup { .. }) | (Some(due), None, _) => due,
        (Some(due), Some(_), Destination::Ship { .. }) => due.max(rest()),
        (None, ..) => rest(),
    })
}

/// When an order that was promised nothing is expected. A pickup takes its place in a day at once, so
/// that what the channel is told holds; who sends a shipment is not known yet.
fn expected(
    tx: &mut Tx,
    id: OrderId,
    placed: &PlacedOrder,
    to: &orders::WhereTo,
    now: TimeMs,
) -> Result<TimeMs, DbError> {
    let Some(location) = to.pickup_key else { return Ok(default_promise(placed, now)) };
    match capacity::take(tx, &id.to_string(), location, now, Method::Pickup)? {
        Place::At(due) => Ok(due.ready_at),
        Place::Unknown | Place::Never => Ok(default_promise(placed, now)),
    }
}

fn default_promise(placed: &PlacedOrder, now: TimeMs) -> TimeMs {
    match placed.method {
        Destination::Pickup { .. } => now.plus_ms(PICKUP_PROMISE_MS),
        Destination::Ship { .. } => now.plus_ms(SHIP_PROMISE_MS),
    }
}

/// Where it is sent to; a pickup's location must take pickups.
fn check_destination(tx: &mut Tx, placed: &PlacedOrder) -> Result<orders::WhereTo, AppError> {
    let refuse = |code: &str, field: &str, message: String| {
        let errors = vec![FieldError { field: field.to_owned(), message: message.clone() }];
        AppError::from(invalid(code, &message, errors))
    };
    match &placed.method {
        Destination::Pickup { location } => match locations::find(tx, location)? {
            None => {
                let message = format!("There is no location {location}.");
                Err(refuse("unknown_location", "method.location", message))
            }
            Some(found) if !found.pickup => {
                let message = format!("Customers cannot pick up at {location}.");
                Err(refuse("no_pickup_here", "method.location", message))
            }
            Some(found) => {
                let (market, pickup_key) = (found.country, Some(found.key));
                Ok(orders::WhereTo { at: None, market, pickup_key })
            }
        },
        Destination::Ship { address } => {
            let found = postcodes::find(tx, &address.country, &address.postcode)?;
            let unknown = || {
                let message = "This postcode is not known in this country.".to_owned();
                refuse("unknown_postcode", "method.address.postcode", message)
            };
            let (at, market) = (Some(found.ok_or_else(unknown)?), address.country.clone());
            Ok(orders::WhereTo { at, market, pickup_key: None })
        }
    }
}

/// The item of each line, in the lines' order.
fn item_keys(tx: &mut Tx, placed: &PlacedOrder) -> Result<Vec<i64>, AppError> {
    let mut skus: Vec<&str> = placed.lines.iter().map(|line| line.sku.as_str()).collect();
    skus.sort_unstable();
    skus.dedup();
    let keys: BTreeMap<String, i64> = items::keys(tx, &skus)?.into_iter().collect();
    let unknown =
        placed.lines.iter().enumerate().filter(|(_, l)| !keys.contains_key(l.sku.as_str()));
    let unknown: Vec<FieldError> = unknown
        .map(|(at, line)| FieldError {
            field: format!("lines[{at}].sku"),
            message: format!("there is no item {}", line.sku),
        })
        .collect();
    if !unknown.is_empty() {
        return Err(invalid("unknown_sku", "Some items are not known.", unknown).into());
    }
    Ok(placed.lines.iter().map(|line| keys[line.sku.as_str()]).collect())
}

/// When all of these items may be handed over; in the past where none is a pre-order.
fn released_at(tx: &mut Tx, lines: &[orders::NewLine], now: TimeMs) -> Result<TimeMs, DbError> {
    let mut keys: Vec<i64> = lines.iter().map(|line| line.item_key).collect();
    keys.sort_unstable();
    keys.dedup();
    let terms = terms::of_items(tx, &keys)?;
    Ok(terms.values().filter_map(|of| of.at(now).release).max().unwrap_or_default())
}

fn placed_entry(new: &orders::New<'_>, now: TimeMs) -> history::Entry {
    let lines = new.placed.lines.len() as u64;
    let units: u32 = new.placed.lines.iter().map(|line| line.quantity.units()).sum();
    let number = &new.placed.external_number;
    let (units, lines) = (in_units(units), counted(lines, "line", "lines"));
    let sentence = format!("Taken as {number}: {units} on {lines}.");
    history::Entry {
        order: new.id,
        at: now,
        kind: "order.placed".into(),
        actor: new.placed.channel.to_string(),
        body: history::Body { sentence, device: None, fulfillment: None },
    }
}
