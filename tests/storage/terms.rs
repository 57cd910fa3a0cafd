//! Items that are sold beyond what is there and coming, under a crowd on several handles of one database:
//! as many as were stated, and nothing before its release.

use std::collections::BTreeMap;

use domain::{
    api::{Backorder, BasketLine, ItemTerms, KitComponent, NewPromise, PreOrder, PromiseTo},
    clock::TimeMs,
    ids::{ExternalNumber, LocationId, OrderId, Sku},
    measure::Quantity,
    order::{Address, Customer, Destination, PlacedLine, PlacedOrder},
};
use sync_server::{
    app::{
        holds::{self, Basket},
        intake,
        refusal::AppError,
        terms,
    },
    db::{Database, DbError, sourcing as stored, supplies},
    moment::Moment,
};

use crate::{
    floor::NOON,
    holds::{WEB, assert_no, channel, keys, moment, source, token, two},
    subject::{Subject, exec, number},
};

const DAY_MS: i64 = 86_400_000;
const LATER: &str = "select cast(coalesce(sum(quantity), 0) as bigint) from hold_later";
const RESERVED: &str = "select cast(sum(reserved) as bigint) from stock_positions";
const WAITS: &str = "select cast(coalesce(sum(unsourced), 0) as bigint) from order_lines";

fn sku() -> Sku {
    Sku::new("4711").expect("valid")
}

pub fn units(units: i64) -> Quantity {
    Quantity::new(units).expect("some")
}

/// Units of the item, sent to a customer in Austin.
fn basket(n: u32, count: i64) -> Basket {
    basket_to(n, count, PromiseTo::Ship { country: "US".into(), postcode: "78701".into() })
}

fn basket_to(n: u32, count: i64, to: PromiseTo) -> Basket {
    let new = NewPromise {
        basket: format!("cart-{n}"),
        to,
        lines: vec![BasketLine { sku: sku(), quantity: units(count) }],
        region: None,
        customer: None,
        later: true,
        minutes: None,
    };
    Basket::of(channel(WEB), new, &keys()).expect("valid")
}

fn order(n: u32, count: i64, promise: Option<String>) -> PlacedOrder {
    order_of(n, &[("4711", count)], promise)
}

/// An order to Austin of SKUs and units, a line each.
pub fn order_of(n: u32, lines: &[(&str, i64)], promise: Option<String>) -> PlacedOrder {
    let line = |(line, (sku, count)): (u32, &(&str, i64))| PlacedLine {
        line,
        sku: Sku::new(*sku).expect("valid"),
        quantity: units(*count),
        price_minor: 100,
    };
    let text = |text: &str| text.to_owned();
    PlacedOrder {
        channel: channel(WEB),
        external_number: ExternalNumber::new(format!("W-{n}")).expect("valid"),
        placed_at: NOON,
        promise_at: None,
        currency: text("USD"),
        method: Destination::Ship {
            address: Address {
                name: text("Ada"),
                street: text("1 Main Street"),
                city: text("Austin"),
                region: text("TX"),
                postcode: text("78701"),
                country: text("US"),
            },
        },
        customer: Customer { name: text("Ada"), phone: None, email: None },
        customer_reference: None,
        lines: (1..).zip(lines).map(line).collect(),
        note: None,
        promise,
    }
}

async fn place(
    db: &Database,
    n: u32,
    count: i64,
    promise: Option<String>,
) -> Result<intake::Taken, AppError> {
    take(db, n, order(n, count, promise)).await
}

/// Takes an order.
pub async fn take(db: &Database, n: u32, placed: PlacedOrder) -> Result<intake::Taken, AppError> {
    db.write(move |tx| intake::take(tx, &mut moment(n), &keys(), &channel(WEB), &placed)).await
}

/// 10 on the shelf of a store that ships, and an address to ship to.
async fn ten(subject: &Subject) -> [Database; 2] {
    let handles = two(subject).await;
    for change in [
        "update locations set ships = 1",
        "update stock_positions set on_hand = 10",
        "insert into postcodes (country, postcode, place, lat_e6, lon_e6)
            values ('US', '78701', 'Austin', 0, 0)",
    ] {
        exec(&handles[0], change).await.expect("changed");
    }
    handles
}

async fn state(db: &Database, terms: ItemTerms) {
    let write = db.write(move |tx| terms::put(tx, &sku(), &terms, NOON)).await;
    write.map_err(|error: AppError| error).expect("stated");
}

/// So many baskets of one unit at once; how many were promised, by the day that they were promised for.
async fn crowd(handles: &[Database; 2], baskets: std::ops::Range<u32>) -> BTreeMap<TimeMs, u32> {
    let tries = baskets.map(|n| {
        let db = handles[n as usize % 2].clone();
        tokio::spawn(async move {
            // Whoever was overtaken five times asks again.
            loop {
                match holds::hold(&db, &moment(n), &basket(n, 1)).await {
                    Ok(made) => return Some(made.later.first().map_or(NOON, |later| later.at)),
                    Err(AppError::Refused(why)) if why.code == "slow_down" => {}
                    Err(AppError::Refused(why)) => {
                        assert_no(&why);
                        return None;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        })
    });
    let mut promised = BTreeMap::new();
    for basket in tries.collect::<Vec<_>>() {
        if let Some(at) = basket.await.expect("no panic") {
            *promised.entry(at).or_default() += 1;
        }
    }
    promised
}

/// 10 on the shelf and 20 that may wait: 30 of 90 are promised, whichever server they ask. What comes is
/// for those who wait, and then as many more may.
pub async fn as_many_wait_on_backorder_as_may(subject: Subject) {
    let handles = ten(&subject).await;
    let backorder = Backorder { limit: 20, lead_days: 14 };
    state(&handles[0], ItemTerms { backorder: Some(backorder), ..ItemTerms::default() }).await;
    let then = TimeMs((NOON.0.div_euclid(DAY_MS) + 14) * DAY_MS);
    // Nobody comes to a store for what nobody has.
    let there = PromiseTo::Pickup { location: LocationId::new("S1").expect("valid") };
    let refused = holds::hold(&handles[0], &moment(99), &basket_to(99, 11, there)).await;
    assert_eq!(refused.expect_err("ten are there").code(), Some("not_enough"));
    let promised = crowd(&handles, 0..90).await;
    assert_eq!(promised, BTreeMap::from([(NOON, 10), (then, 20)]));
    assert_eq!((number(&handles[0], RESERVED).await, number(&handles[0], LATER).await), (10, 20));

    // One of those who wait orders, for the day that it was promised; six come, and it gets one.
    let db = &handles[0];
    let (n, held) = first_in_line(db).await;
    let taken = place(db, n, 1, Some(token(&held))).await.expect("kept");
    assert_eq!(taken.accepted.promise_at, then.plus_ms(DAY_MS));
    source(db, n, taken.accepted.id).await.expect("looked at");
    assert_eq!(number(db, WAITS).await, 1);
    exec(db, "update stock_positions set on_hand = 16").await.expect("six came");
    source(db, n, taken.accepted.id).await.expect("looked at");
    assert_eq!((number(db, WAITS).await, number(db, RESERVED).await), (0, 11));

    // 19 wait, and five of them can have theirs: nobody else gets it now, six more may wait.
    let promised = crowd(&handles, 100..130).await;
    assert_eq!(promised, BTreeMap::from([(then, 6)]));
}

/// 10 on the shelf and 15 that come before the release: 25 are promised, for that day, and none leaves
/// before.
pub async fn nothing_is_sourced_before_its_release(subject: Subject) {
    let handles = ten(&subject).await;
    let db = &handles[0];
    let [comes, release, late] = [3, 9, 20].map(|days| NOON.plus_ms(days * DAY_MS));
    coming(db, "PO-1", 15, comes).await;
    coming(db, "PO-2", 4, late).await;
    let pre_order = PreOrder { release };
    state(db, ItemTerms { pre_order: Some(pre_order), ..ItemTerms::default() }).await;
    let promised = crowd(&handles, 0..60).await;
    assert_eq!(promised, BTreeMap::from([(release, 25), (late, 4)]));
    assert_eq!((number(db, RESERVED).await, number(db, LATER).await), (0, 29));

    // An order without a promise waits as well, dated by the release, and is looked at then.
    let taken = place(db, 70, 1, None).await.expect("taken");
    assert_eq!(taken.accepted.promise_at, release.plus_ms(DAY_MS));
    let (n, held) = first_in_line(db).await;
    let first = place(&handles[1], n, 1, Some(token(&held))).await.expect("kept").accepted.id;
    for id in [first, taken.accepted.id] {
        source(db, 71, id).await.expect("looked at");
    }
    assert_eq!((number(db, WAITS).await, number(db, RESERVED).await), (2, 0));
    let due = |at: TimeMs| async move {
        let read = db.read(move |tx| stored::due(tx, at, 10)).await;
        read.map_err(|error: DbError| error).expect("read").len()
    };
    assert_eq!((due(release.plus_ms(-1)).await, due(release).await), (0, 2));

    // It has come by then. Whoever was promised has theirs; the other waits behind 24 that were, too.
    exec(db, "update stock_positions set on_hand = 25").await.expect("fifteen came");
    exec(db, "update supplies set received = quantity where quantity = 15").await.expect("noted");
    for id in [first, taken.accepted.id] {
        source_at(db, release, id).await;
    }
    assert_eq!((number(db, WAITS).await, number(db, RESERVED).await), (1, 1));

    state(db, ItemTerms::default()).await;
    assert_eq!(due(NOON).await, 1, "whoever waits is looked at now");
}

/// The basket that was promised something for later before all others: its number, and its hold.
async fn first_in_line(db: &Database) -> (u32, String) {
    let read = db.read(|tx| {
        tx.query_one(
            "select h.basket, h.id from hold_later t join holds h on h.id = t.hold_id
             order by t.at_ms, h.id limit 1",
            &[],
            |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
        )
    });
    let (basket, id) = read.await.map_err(|error: DbError| error).expect("one waits");
    (basket.trim_start_matches("cart-").parse().expect("its number"), id)
}

async fn source_at(db: &Database, now: TimeMs, id: OrderId) {
    let moment = Moment::new(now, [9; 32]);
    sync_server::app::sourcing::source(db, &moment, id, None).await.expect("looked at");
}

async fn coming(db: &Database, reference: &'static str, units: i64, at: TimeMs) {
    let stated = db.write(move |tx| {
        tx.exec(
            "insert into sources (id, name, kind, profile, created_at_ms, updated_at_ms)
             values ('buying', 'Buying', 'erp', '{}', 0, 0) on conflict (id) do nothing",
            &[],
        )?;
        let source: i64 = tx.query_one("select key from sources", &[], |row| row.get(0))?;
        let place: (i64, i64) =
            tx.query_one("select item_key, location_key from stock_positions", &[], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let line = supplies::Line {
            kind: "purchase_order",
            reference: reference.into(),
            line: "1".into(),
            item_key: place.0,
            location_key: place.1,
            units,
            expected_at: at,
            stated_at: NOON,
        };
        supplies::put(tx, source, &[line], NOON)
    });
    stated.await.map_err(|error: DbError| error).expect("stated");
}

/// Whoever follows misses none, whichever server they are stated at; what is wrong is named.
pub async fn terms_are_stated_one_after_the_other(subject: Subject) {
    let handles = ten(&subject).await;
    let tries = (1..=40u32).map(|n| {
        let db = handles[n as usize % 2].clone();
        let backorder = Some(Backorder { limit: n, lead_days: 1 });
        tokio::spawn(
            async move { state(&db, ItemTerms { backorder, ..ItemTerms::default() }).await },
        )
    });
    for stated in tries.collect::<Vec<_>>() {
        stated.await.expect("no panic");
    }
    let db = &handles[0];
    assert_eq!(number(db, "select rev from item_terms").await, 40);
    let newer = db.read(|tx| sync_server::db::terms::newer(tx, 39)).await;
    assert_eq!(newer.map_err(|error: DbError| error).expect("read").len(), 1);
    let itself = ItemTerms {
        components: vec![KitComponent { sku: Sku::new("none").expect("valid"), quantity: 2 }],
        ..ItemTerms::default()
    };
    let write = db.write(move |tx| terms::put(tx, &sku(), &itself, NOON)).await;
    assert_eq!(write.expect_err("no such item").code(), Some("invalid_terms"));
    let unknown = db
        .write(|tx| terms::put(tx, &Sku::new("none").expect("valid"), &ItemTerms::default(), NOON));
    assert_eq!(unknown.await.expect_err("no such item").code(), Some("unknown_sku"));
    assert_eq!(number(db, "select rev from item_terms_newest").await, 40, "nothing was stated");
}
