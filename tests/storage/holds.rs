//! Promises to baskets under a crowd: carts, orders with a promise and orders without, through several
//! handles of one database. Never more than there is, and nothing is left over.

use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    clock::TimeMs,
    credential::PickupCredential,
    ids::{ChannelId, ExternalNumber, LocationId, Sku},
    measure::Quantity,
    order::{Customer, Destination, PlacedLine, PlacedOrder},
    problem::Problem,
};
use sync_server::{
    app::{
        holds::{self, Basket},
        intake,
        refusal::AppError,
        sourcing,
    },
    db::{Database, DbError, Options, atp_rules, sourcing as stored, supplies},
    keys::ServerKeys,
    moment::Moment,
};

use crate::{
    floor::NOON,
    stock::stock,
    subject::{Subject, number},
};

const UNITS: i64 = 1_000;
const CHECKOUTS: u32 = 2_400;
const PROMISED: &str = "select cast(coalesce(sum(u.quantity), 0) as bigint) from hold_units u
    join holds h on h.id = u.hold_id and h.state in ('open', 'ordered')";
const WAITS: &str = "select cast(coalesce(sum(unsourced), 0) as bigint) from order_lines";
const SOURCED: &str = "select cast(coalesce(sum(quantity), 0) as bigint) from reservations";

/// So that no order, and no work, has the id of a basket.
const ORDERS: u32 = 1_000_000;
const WORK: u32 = 2_000_000;

pub fn moment(n: u32) -> Moment {
    let mut seed = [3; 32];
    seed[..4].copy_from_slice(&n.to_be_bytes());
    Moment::new(NOON, seed)
}

/// The shops.
pub const WEB: &str = "web";
const APP: &str = "app";

pub fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).expect("valid")
}

pub fn basket(shop: &str, n: u32) -> Basket {
    basket_of(shop, n, 1, false)
}

fn basket_of(shop: &str, n: u32, units: i64, later: bool) -> Basket {
    let new = NewPromise {
        basket: format!("cart-{n}"),
        to: PromiseTo::Pickup { location: LocationId::new("S1").expect("valid") },
        lines: vec![BasketLine { sku: sku(), quantity: Quantity::new(units).expect("some") }],
        region: None,
        customer: None,
        later,
        minutes: None,
    };
    Basket::of(channel(shop), new, &keys()).expect("valid")
}

pub fn sku() -> Sku {
    Sku::new("4711").expect("valid")
}

pub fn order(shop: &str, n: u32, promise: Option<String>) -> PlacedOrder {
    PlacedOrder {
        channel: channel(shop),
        external_number: ExternalNumber::new(format!("W-{n}")).expect("valid"),
        placed_at: NOON,
        promise_at: None,
        currency: "USD".into(),
        method: Destination::Pickup { location: LocationId::new("S1").expect("valid") },
        customer: Customer { name: "Ada".into(), phone: None, email: None },
        lines: vec![PlacedLine {
            line: 1,
            sku: sku(),
            quantity: Quantity::new(1).expect("one"),
            price_minor: 100,
        }],
        note: None,
        customer_reference: None,
        promise,
    }
}

pub fn keys() -> ServerKeys {
    ServerKeys::from_secret([5; 32])
}

/// Takes an order and sources it, as the server does.
pub async fn place(
    db: &Database,
    shop: &'static str,
    n: u32,
    promise: Option<String>,
) -> Result<(), AppError> {
    let placed = order(shop, n, promise);
    let write = db.write(move |tx| {
        intake::take(tx, &mut moment(ORDERS + n), &keys(), &channel(shop), &placed)
    });
    let taken: intake::Taken = write.await?;
    source(db, n, taken.accepted.id).await?;
    Ok(())
}

pub async fn source(db: &Database, n: u32, id: domain::ids::OrderId) -> Result<(), DbError> {
    let credential = PickupCredential { short_code_hash: "a salted hash".into() };
    sourcing::source(db, &moment(WORK + n), id, Some(credential)).await.map(drop)
}

/// One customer: a third only fill a cart, a third order what their cart holds, a third just order.
pub async fn checkout(db: Database, shop: &'static str, n: u32) {
    if n.is_multiple_of(3) {
        place(&db, shop, n, None).await.expect("an order is always taken");
        return;
    }
    let made = match holds::hold(&db, &moment(n), &basket(shop, n)).await {
        Ok(made) => made,
        Err(AppError::Refused(problem)) => return assert_no(&problem),
        Err(error) => panic!("{error}"),
    };
    if n % 3 == 1 {
        let token = token(&made.id);
        place(&db, shop, n, Some(token)).await.expect("what was promised is kept");
    }
}

pub fn assert_no(problem: &Problem) {
    assert!(matches!(problem.code.as_str(), "not_enough" | "slow_down"), "{problem:?}");
}

pub fn token(id: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    format!("{id}.{}", URL_SAFE_NO_PAD.encode(keys().promise_mac(id)))
}

/// Two handles of one stocked database: two servers of one PostgreSQL; SQLite has one.
pub async fn two(subject: &Subject) -> [Database; 2] {
    let options = Options { queue_max: 2 * CHECKOUTS as usize, ..Options::default() };
    let db = subject.open_with(&options).await;
    let other = if subject.is_postgres() { subject.open_with(&options).await } else { db.clone() };
    db.write(|tx| {
        stock(tx, UNITS)?;
        tx.exec("update locations set pickup = 1", &[])
    })
    .await
    .map_err(|error: DbError| error)
    .expect("stocked");
    [db, other]
}

/// All these customers at once, until so many units are promised; what cannot be is tried thrice.
async fn crowd(
    handles: &[Database; 2],
    shop: &'static str,
    customers: std::ops::Range<u32>,
    units: i64,
) {
    let db = &handles[0];
    let tries = customers.map(|n| tokio::spawn(checkout(handles[n as usize % 2].clone(), shop, n)));
    for checkout in tries.collect::<Vec<_>>() {
        checkout.await.expect("no panic");
    }
    // Orders that were overtaken five times are looked at again by the job.
    let hour = NOON.plus_ms(3_600_000);
    for _ in 0..3 {
        let due = db.read(move |tx| stored::due(tx, hour, CHECKOUTS)).await;
        let due = due.map_err(|error: DbError| error).expect("read");
        if number(db, "select reserved from stock_positions").await == units {
            break;
        }
        for (n, id) in (CHECKOUTS..).zip(due) {
            source(db, n, id).await.expect("sourced");
        }
    }
    let reserved = number(db, "select reserved from stock_positions").await;
    let (held, sourced) = (number(db, PROMISED).await, number(db, SOURCED).await);
    let waits = number(db, WAITS).await;
    assert_eq!((reserved, held + sourced), (units, units), "{held} {sourced} {waits} wait");
    assert!(held > 0 && sourced > 0);
}

pub async fn a_thousand_units_are_promised_once(subject: Subject) {
    crowd(&two(&subject).await, WEB, 0..CHECKOUTS, UNITS).await;
}

/// 300 of 1,000 are kept for one shop, and 50 for nobody, at whichever server others ask, with or without
/// a promise; then the shop gets its 300.
pub async fn what_is_kept_for_a_shop_is_never_promised_to_others(subject: Subject) {
    let handles = two(&subject).await;
    let rules = serde_json::json!({
        "pools": [
            { "id": "pickup", "method": "pickup" },
            { "id": "app", "channel": APP, "method": "pickup" },
        ],
        "rules": [
            { "id": "app", "says": { "segment":
                { "channel": APP, "amount": { "units": 300 }, "fall_through": true } } },
            { "id": "counter", "says": { "safety": { "units": 50 } } },
        ],
    });
    state(&handles[0], 1, &rules).await;
    crowd(&handles, WEB, 0..900, 650).await;
    crowd(&handles, APP, 900..1_350, 950).await;

    // No pool is for a shop: it gets nothing, and its orders wait.
    let closed = serde_json::json!({
        "pools": [{ "id": "app", "channel": APP, "method": "pickup" }], "rules": [] });
    state(&handles[0], 2, &closed).await;
    let refused = holds::hold(&handles[1], &moment(5_000), &basket(WEB, 5_000)).await;
    assert_eq!(refused.expect_err("no pool").code(), Some("not_enough"));
    place(&handles[1], WEB, 5_001, None).await.expect("taken");
    assert_eq!(number(&handles[0], "select reserved from stock_positions").await, 950);
    let waits = "select unsourced from order_lines l join orders o on o.id = l.order_id
        where o.external_number = 'W-5001'";
    assert_eq!(number(&handles[0], waits).await, 1);
}

pub async fn state(db: &Database, version: i64, rules: &serde_json::Value) {
    let version = atp_rules::Version {
        version,
        author: "ada".into(),
        comment: "For the app".into(),
        created_at: NOON,
        rules: rules.to_string(),
    };
    let added = db.write(move |tx| atp_rules::add(tx, &version)).await;
    assert!(added.map_err(|error: DbError| error).expect("added"));
}

/// 1,000 on the shelf and 500 on their way: baskets that take what comes later, beside orders that were
/// promised nothing, get exactly those.
pub async fn goods_on_their_way_are_promised_once(subject: Subject) {
    let handles = two(&subject).await;
    let day = NOON.plus_ms(24 * 3_600_000);
    let stated = handles[0].write(move |tx| {
        tx.exec(
            "insert into sources (id, name, kind, profile, created_at_ms, updated_at_ms)
             values ('buying', 'Buying', 'erp', '{}', 0, 0)",
            &[],
        )?;
        let source: i64 = tx.query_one("select key from sources", &[], |row| row.get(0))?;
        let place: (i64, i64) =
            tx.query_one("select item_key, location_key from stock_positions", &[], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let line = supplies::Line {
            kind: "purchase_order",
            reference: "PO-7".into(),
            line: "1".into(),
            item_key: place.0,
            location_key: place.1,
            units: 500,
            expected_at: day,
            stated_at: NOON,
        };
        supplies::put(tx, source, &[line], NOON)
    });
    stated.await.map_err(|error: DbError| error).expect("stated");
    let tries = (0..400u32).map(|n| {
        let db = handles[n as usize % 2].clone();
        tokio::spawn(async move {
            if n.is_multiple_of(4) {
                return place(&db, WEB, n, None).await.expect("an order is always taken");
            }
            let basket = basket_of(WEB, n, 5, true);
            match holds::hold(&db, &moment(n), &basket).await {
                Ok(made) => drop(made),
                Err(AppError::Refused(problem)) => assert_no(&problem),
                Err(error) => panic!("{error}"),
            }
        })
    });
    for basket in tries.collect::<Vec<_>>() {
        basket.await.expect("no panic");
    }
    // Those that were overtaken five times ask again.
    for n in 400..1_000 {
        if holds::hold(&handles[0], &moment(n), &basket_of(WEB, n, 5, true)).await.is_err() {
            break;
        }
    }
    let later = "select cast(coalesce(sum(quantity), 0) as bigint) from hold_later";
    let now = "select reserved from stock_positions";
    let waits = "select cast(coalesce(sum(unsourced), 0) as bigint) from order_lines";
    let (reserved, promised) = (number(&handles[0], now).await, number(&handles[0], later).await);
    let waiting = number(&handles[0], waits).await;
    assert!(reserved <= UNITS && promised <= 500, "{reserved} of the shelf, {promised} later");
    // Baskets leave to orders that wait what is to come for them, and come in fives.
    let left = UNITS + 500 - reserved - promised - waiting;
    assert!((0..5).contains(&left), "{left} left, {waiting} waiting");
}

pub async fn what_is_held_too_long_is_free_again(subject: Subject) {
    let db = subject.open().await;
    db.write(|tx| {
        stock(tx, 2)?;
        tx.exec("update locations set pickup = 1", &[])
    })
    .await
    .map_err(|error: DbError| error)
    .expect("stocked");
    let kept = holds::hold(&db, &moment(1), &basket(WEB, 1)).await.expect("held");
    holds::hold(&db, &moment(2), &basket(WEB, 2)).await.expect("held");
    let third = holds::hold(&db, &moment(3), &basket(WEB, 3)).await.expect_err("nothing is left");
    assert_eq!(third.code(), Some("not_enough"));
    let expire = async |now: TimeMs| {
        let ended = db.write(move |tx| holds::expire(tx, now, 10)).await;
        ended.map_err(|error: DbError| error).expect("looked at")
    };
    assert_eq!(expire(NOON.plus_ms(14 * 60_000)).await, 0, "not yet");
    // The order of the first comes in time, and takes its units out of the hold.
    place(&db, WEB, 1, Some(token(&kept.id))).await.expect("kept");
    assert_eq!(expire(NOON.plus_ms(15 * 60_000)).await, 1);
    assert_eq!(number(&db, "select reserved from stock_positions").await, 1);
    assert_eq!((number(&db, PROMISED).await, number(&db, SOURCED).await), (0, 1));
    let late = place(&db, WEB, 2, Some(token(&kept.id))).await.expect_err("used");
    assert_eq!(late.code(), Some("promise_expired"));
    assert_eq!(number(&db, "select count(*) from orders").await, 1, "nothing is left half done");
    expire(NOON.plus_ms(48 * 3_600_000)).await;
    assert_eq!(number(&db, "select count(*) from holds").await, 0, "and then forgotten");
}
