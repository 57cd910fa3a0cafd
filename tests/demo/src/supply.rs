//! What is on its way in the demo network: purchase orders for the wide locations, from a source of
//! their own, due within the next two weeks. Sent once; a running demo is not loaded again.

use std::fmt::Write as _;

use domain::api::{NewSource, SourceKind, Transport};

use crate::{
    WIDE_LOCATIONS,
    api::Api,
    clock,
    error::DemoError,
    rows::ItemRow,
    seed::{Draw, Seed},
};

const SOURCE: &str = "buying";
/// Of so many of the most sold SKUs, one in five is on order.
const SOLD_MOST: usize = 400;
const ONE_IN: usize = 5;
const DAY_MS: u64 = 86_400_000;
/// Lines of one purchase order.
const LINES: usize = 20;

/// Sends the purchase orders as of `now_ms`; how many lines.
///
/// # Errors
/// The server cannot be reached or refused some.
pub fn send(api: &Api, items: &[ItemRow], seed: Seed, now_ms: u64) -> Result<u64, DemoError> {
    let source = NewSource {
        name: "Buying".into(),
        kind: SourceKind::Erp,
        profile: None,
        hold_above: None,
        transport: Transport::Upload,
    };
    api.put_source(SOURCE, &source)?;
    let text = lines(items, seed, now_ms);
    let batch = format!("orders-{now_ms}");
    let taken = api.as_source(SOURCE)?.send_batch(SOURCE, &batch, None, None, text.as_bytes())?;
    match taken.refused {
        0 => Ok(taken.accepted),
        refused => Err(DemoError::Refused(usize::try_from(refused).unwrap_or(usize::MAX))),
    }
}

fn lines(items: &[ItemRow], seed: Seed, now_ms: u64) -> String {
    let mut text = String::from("kind,sku,location,quantity,reference,line,expected\n");
    let most = &items[..items.len().min(SOLD_MOST)];
    for location in WIDE_LOCATIONS {
        for (at, item) in most.iter().step_by(ONE_IN).enumerate() {
            let mut draw = seed.draw("supply", &format!("{location} {}", item.sku));
            let (units, expected) = (draw.between(4, 48), clock::rfc3339(due(&mut draw, now_ms)));
            let (order, line) = (at / LINES + 1, at % LINES + 1);
            writeln!(
                text,
                "purchase_order,{},{location},{units},PO-{location}-{order},{line},{expected}",
                item.sku
            )
            .expect("memory takes every write");
        }
    }
    text
}

/// Eight in the morning, UTC, one to fourteen days on.
fn due(draw: &mut Draw, now_ms: u64) -> u64 {
    (now_ms / DAY_MS + draw.between(1, 14)) * DAY_MS + DAY_MS / 3
}
