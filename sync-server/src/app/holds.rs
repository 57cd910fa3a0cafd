//! Promises to baskets: a plan that can really be sourced, its units held under the same guard as an
//! order's, until the order comes or it is too late.
//!
//! `basket` is what a shop asks for and who may give it, `make` the quote and the hold, `mixed` several
//! holds at once, `told` what the shop hears of it; this file is what becomes of a hold. The positions'
//! guards and the rules over them (`bounds.rs`) decide what is held. A basket is held whole or not at all.

mod basket;
mod make;
mod mixed;
mod told;

use std::collections::BTreeMap;

use domain::{
    clock::TimeMs,
    ids::{OrderId, Sku},
    order::{Destination, PlacedOrder},
    problem::Problem,
    stock::StockEvent,
};
use sha2::{Digest, Sha256};

use super::{bounds, refusal::AppError};
use crate::calendar::Day;
use crate::db::{
    DbError, Tx, capacity,
    holds::{self, Hold},
    rule_counts,
    stock::{self, Cause},
};

pub use basket::Basket;
pub use make::{Made, hold, quote};
pub use mixed::{hold_mixed, mixed_baskets};

/// How long an ended hold is kept, for whoever asks what became of it.
const KEPT_MS: i64 = 24 * 3_600_000;

/// How many days of locations are kept that are over, for whoever asks how full they were.
const DAYS_KEPT: i32 = 35;

/// What an order's basket holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    id: String,
    /// By ascending location and item.
    pub units: Vec<holds::Held>,
}

/// Finds what was held for an order.
///
/// # Errors
/// [`DbError`].
pub fn of_order(tx: &mut Tx, order: OrderId) -> Result<Option<Held>, DbError> {
    let Some(hold) = holds::of_order(tx, order)? else { return Ok(None) };
    Ok(Some(Held { units: holds::units(tx, &hold.id)?, id: hold.id }))
}

impl Held {
    /// Frees the units for the order's own reservations in the same transaction; `false` when they are
    /// not held any more.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn spend(&self, tx: &mut Tx, now: TimeMs) -> Result<bool, DbError> {
        let to = if holds::later(tx, &self.id)?.is_empty() { "used" } else { "waiting" };
        if !holds::end(tx, &self.id, "ordered", to)? {
            return Ok(false);
        }
        free(tx, &self.id, &self.units, now)?;
        Ok(true)
    }
}

fn free(tx: &mut Tx, id: &str, units: &[holds::Held], now: TimeMs) -> Result<(), DbError> {
    let cause = Cause { kind: "basket.freed", id, happened_at: now, at: now };
    for held in units {
        let (item, location) = (held.item_key, held.location_key);
        stock::apply(tx, item, location, StockEvent::Release, held.units, cause)?;
    }
    Ok(())
}

/// Ends a hold and frees its units, those of rules that count, too; `false` when it is in another state by
/// now.
///
/// # Errors
/// [`DbError`].
pub fn release(tx: &mut Tx, hold: &Hold, now: TimeMs) -> Result<bool, DbError> {
    if !release_units(tx, hold, now)? {
        return Ok(false);
    }
    // What an order has taken over is the order's.
    bounds::give_back(tx, &hold.id)?;
    Ok(true)
}

/// The same, but for rules that count.
fn release_units(tx: &mut Tx, hold: &Hold, now: TimeMs) -> Result<bool, DbError> {
    if !holds::end(tx, &hold.id, &hold.state, "released")? {
        return Ok(false);
    }
    capacity::free(tx, &hold.id)?;
    // One that waits has given its units to its order.
    if hold.state != "waiting" {
        let units = holds::units(tx, &hold.id)?;
        free(tx, &hold.id, &units, now)?;
    }
    Ok(true)
}

/// When everything that a promise holds is there; `None` when it is now.
///
/// # Errors
/// [`DbError`].
pub fn there_at(tx: &mut Tx, id: &str) -> Result<Option<TimeMs>, DbError> {
    Ok(holds::later(tx, id)?.iter().map(|later| later.at).max())
}

/// Gives an order what its token promised.
///
/// # Errors
/// `unknown_promise`, `promise_expired`, `promise_differs`.
pub fn claim(
    tx: &mut Tx,
    id: &str,
    order: OrderId,
    placed: &PlacedOrder,
    now: TimeMs,
) -> Result<(), AppError> {
    let found = holds::find(tx, id)?.filter(|hold| hold.channel == placed.channel.as_str());
    let hold = found.ok_or_else(unknown)?;
    let mut lines = BTreeMap::<&Sku, u32>::new();
    for line in &placed.lines {
        *lines.entry(&line.sku).or_default() += line.quantity.units();
    }
    let to = match &placed.method {
        Destination::Pickup { location } => format!("pickup {location}"),
        Destination::Ship { address } => ship_to(&address.country, &address.postcode),
    };
    if hold.asked_sha != fingerprint(&to, lines.iter().map(|(sku, units)| (*sku, *units))) {
        let title = "The order is not the basket that was promised.";
        let advice = "Ask for a promise of the basket as it is now.";
        return Err(Problem::new(422, "promise_differs", title).advise(advice).into());
    }
    if !holds::give(tx, id, order, now)? {
        return Err(over().into());
    }
    capacity::hand_on(tx, id, &order.to_string())?;
    Ok(rule_counts::pass_on(tx, id, &order.to_string())?)
}

/// The promise was used, given back, or has expired.
#[must_use]
pub fn over() -> Problem {
    let advice = "Ask for a new one, or send the order without it.";
    Problem::new(409, "promise_expired", "The promise is over.").advise(advice)
}

/// Ends what is over, and forgets what ended long ago; how many were ended.
///
/// # Errors
/// [`DbError`].
pub fn expire(tx: &mut Tx, now: TimeMs, rows_max: u32) -> Result<u32, DbError> {
    let mut ended = 0;
    for hold in holds::over(tx, now, rows_max)? {
        ended += u32::from(release(tx, &hold, now)?);
    }
    holds::forget(tx, now.plus_ms(-KEPT_MS), rows_max)?;
    capacity::forget(tx, Day::of_utc(now).plus(-DAYS_KEPT))?;
    Ok(ended)
}

/// No such promise, or another channel's.
#[must_use]
pub fn unknown() -> Problem {
    Problem::new(404, "unknown_promise", "There is no such promise.").advise("Ask for a new one.")
}

fn ship_to(country: &str, postcode: &str) -> String {
    format!("ship {country} {}", postcode.trim().to_uppercase())
}

/// The hash of where to and how many of what, by ascending SKU.
fn fingerprint<'a>(to: &str, lines: impl Iterator<Item = (&'a Sku, u32)>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(to);
    lines.for_each(|(sku, units)| hash.update(format!("\n{sku} {units}")));
    hash.finalize().to_vec()
}
