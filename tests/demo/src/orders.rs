//! Places demo orders as a web shop would: real baskets of made-up customers, half to be picked up at
//! the demo location, half to be shipped, some promised so soon that they are at risk.
//!
//! What is composed depends on the seed, the number and the time alone.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::api::{Api, Method, NewLine, NewOrder};
use crate::error::DemoError;
use crate::files;
use crate::prepare::{BASKETS, ITEMS};
use crate::rows::{BasketRow, ItemRow};
use crate::seed::{Draw, Seed};

const MINUTE_MS: u64 = 60_000;
/// How often an order is sent to a server that took orders before and cannot be reached now.
const TRIES_MAX: u32 = 30;
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// How orders are placed.
#[derive(Clone, Debug)]
pub struct Pace {
    pub seed: Seed,
    /// Where pickups are promised.
    pub location: String,
    /// Orders at once, so that there is a queue from the start.
    pub burst: u64,
    /// Orders a minute after that.
    pub per_minute: f64,
    /// Orders in all; `None` goes on.
    pub count: Option<u64>,
}

/// Baskets and prices to compose orders from.
#[derive(Debug)]
pub struct Shop {
    baskets: Vec<BasketRow>,
    prices: BTreeMap<String, u64>,
}

impl Shop {
    /// Reads the demo's files.
    pub fn open(assets: &Path) -> Result<Self, DemoError> {
        let items: Vec<ItemRow> = files::read(&assets.join(ITEMS))?;
        let prices = items.into_iter().map(|item| (item.sku, item.price_minor)).collect();
        Ok(Self { baskets: files::read(&assets.join(BASKETS))?, prices })
    }

    /// The `nth` order of a seed, placed at `now_ms`.
    pub fn order(&self, seed: Seed, nth: u64, location: &str, now_ms: u64) -> NewOrder {
        let mut draw = seed.draw("order", &nth.to_string());
        let basket = draw.pick(&self.baskets);
        // In turn, so that any two orders are one of each.
        let pickup = nth.is_multiple_of(2);
        let promise_ms = promise_ms(pickup, now_ms, &mut draw);
        let method = if pickup {
            Method::Pickup { location: location.to_owned() }
        } else {
            Method::Ship { address: basket.address.clone() }
        };
        NewOrder {
            channel: "web".into(),
            external_number: format!("W-{}-{:05}", seed.0, nth + 1),
            placed_at: crate::clock::rfc3339(now_ms),
            promise_at: promise_ms.map(crate::clock::rfc3339),
            currency: "USD".into(),
            method,
            customer: basket.customer.clone(),
            lines: self.lines(basket),
            note: None,
        }
    }

    fn lines(&self, basket: &BasketRow) -> Vec<NewLine> {
        let numbered = (1_u32..).zip(&basket.lines);
        let line = |(line, (sku, quantity)): (u32, &(String, u32))| NewLine {
            line,
            sku: sku.clone(),
            quantity: *quantity,
            price_minor: self.prices[sku],
        };
        numbered.map(line).collect()
    }
}

/// Pickups within three hours, one in four within a quarter of an hour; shipping by tomorrow, one in
/// six within the hour, and one in six without a promise.
fn promise_ms(pickup: bool, now_ms: u64, draw: &mut Draw) -> Option<u64> {
    let minutes = match (pickup, draw.below(12)) {
        (true, 0..3) => draw.between(6, 15),
        (true, _) => draw.between(30, 180),
        (false, 0..2) => draw.between(20, 60),
        (false, 2..4) => return None,
        (false, _) => draw.between(180, 26 * 60),
    };
    Some(now_ms + minutes * MINUTE_MS)
}

/// Places orders until `pace.count`; one that is refused is said and the next is placed.
///
/// # Errors
/// The server cannot be reached, or refused every one of the first ten orders.
pub fn place(
    api: &Api,
    shop: &Shop,
    pace: &Pace,
    say: &mut dyn FnMut(&str),
) -> Result<(), DemoError> {
    let pause = Duration::from_secs_f64(60.0 / pace.per_minute);
    let mut taken = 0_u64;
    for nth in 0..pace.count.unwrap_or(u64::MAX) {
        if nth >= pace.burst.max(1) {
            crate::clock::wait(pause);
        }
        let order = shop.order(pace.seed, nth, &pace.location, crate::clock::now_ms());
        let tries = if taken > 0 { TRIES_MAX } else { 1 };
        match place_patiently(api, &order, tries, say) {
            Ok(()) => {
                taken += 1;
                say(&described(&order));
            }
            Err(DemoError::Answer { status, body, .. }) if taken > 0 || nth < 9 => {
                say(&format!("{} was refused with {status}: {body}", order.external_number));
            }
            Err(broken) => return Err(broken),
        }
    }
    Ok(())
}

/// Sends the very same order again while the server cannot be reached: it may be restarting, and an
/// order that it took before the line broke is not taken twice.
fn place_patiently(
    api: &Api,
    order: &NewOrder,
    tries: u32,
    say: &mut dyn FnMut(&str),
) -> Result<(), DemoError> {
    for _ in 1..tries {
        match api.place_order(order) {
            Err(broken @ DemoError::Call { .. }) => {
                say(&format!("{} waits: {broken} failed", order.external_number));
                crate::clock::wait(RETRY_PAUSE);
            }
            settled => return settled.map(drop),
        }
    }
    api.place_order(order).map(drop)
}

fn described(order: &NewOrder) -> String {
    let how = match &order.method {
        Method::Pickup { location } => format!("pickup at {location}"),
        Method::Ship { address } => format!("ship to {}, {}", address.city, address.region),
    };
    let until = order.promise_at.as_deref().unwrap_or("no promise");
    format!("{}: {} lines, {how}, {until}", order.external_number, order.lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_promises_are_close_and_none_is_past() {
        let mut close = 0;
        let mut none = 0;
        for nth in 0..1_000_u64 {
            let mut draw = Seed(3).draw("order", &nth.to_string());
            match promise_ms(nth % 2 == 0, 1_000, &mut draw) {
                Some(at_ms) => {
                    assert!(at_ms >= 1_000 + 6 * MINUTE_MS);
                    close += u32::from(at_ms <= 1_000 + 15 * MINUTE_MS);
                }
                None => none += 1,
            }
        }
        assert!((80..180).contains(&close), "{close} of 500 pickups are close");
        assert!((50..130).contains(&none), "{none} of 500 shipments have no promise");
    }
}
