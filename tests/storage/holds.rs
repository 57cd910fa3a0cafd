//! Promises to baskets under a crowd: carts, orders with a promise and orders without, through several
//! handles of one database. Never more than there is, and nothing is left over.

use std::sync::Arc;

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
    atp::index::Promises,
    db::{Database, DbError, Options, sourcing as stored},
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
const SOURCED: &str = "select cast(coalesce(sum(quantity), 0) as bigint) from reservations";

fn moment(n: u32) -> Moment {
    let mut seed = [3; 32];
    seed[..4].copy_from_slice(&n.to_be_bytes());
    Moment::new(NOON, seed)
}

fn channel() -> ChannelId {
    ChannelId::new("web").expect("valid")
}

fn basket(n: u32) -> Basket {
    let new = NewPromise {
        basket: format!("cart-{n}"),
        to: PromiseTo::Pickup { location: LocationId::new("S1").expect("valid") },
        lines: vec![BasketLine { sku: sku(), quantity: Quantity::new(1).expect("one") }],
        region: None,
        minutes: None,
    };
    Basket::of(channel(), new, Arc::clone(&Promises::new(1).index)).expect("valid")
}

fn sku() -> Sku {
    Sku::new("4711").expect("valid")
}

fn order(n: u32, promise: Option<String>) -> PlacedOrder {
    PlacedOrder {
        channel: channel(),
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
        promise,
    }
}

fn keys() -> ServerKeys {
    ServerKeys::from_secret([5; 32])
}

/// Takes an order and sources it, as the server does.
async fn place(db: &Database, n: u32, promise: Option<String>) -> Result<(), AppError> {
    let placed = order(n, promise);
    let write = db.write(move |tx| intake::take(tx, &mut moment(n), &keys(), &channel(), &placed));
    let taken: intake::Taken = write.await?;
    source(db, n, taken.accepted.id).await?;
    Ok(())
}

async fn source(db: &Database, n: u32, id: domain::ids::OrderId) -> Result<(), DbError> {
    let credential = PickupCredential { short_code_hash: "a salted hash".into() };
    sourcing::source(db, &moment(n), id, Some(credential)).await.map(drop)
}

/// One customer: a third only fill a cart, a third order what their cart holds, a third just order.
async fn checkout(db: Database, n: u32) {
    if n.is_multiple_of(3) {
        place(&db, n, None).await.expect("an order is always taken");
        return;
    }
    let made = match holds::hold(&db, &moment(n), &basket(n)).await {
        Ok(made) => made,
        Err(AppError::Refused(problem)) => return assert_no(&problem),
        Err(error) => panic!("{error}"),
    };
    if n % 3 == 1 {
        let token = token(&made.id);
        place(&db, n, Some(token)).await.expect("what was promised is kept");
    }
}

fn assert_no(problem: &Problem) {
    assert!(matches!(problem.code.as_str(), "not_enough" | "slow_down"), "{problem:?}");
}

fn token(id: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    format!("{id}.{}", URL_SAFE_NO_PAD.encode(keys().promise_mac(id)))
}

pub async fn a_thousand_units_are_promised_once(subject: Subject) {
    let options = Options { queue_max: 2 * CHECKOUTS as usize, ..Options::default() };
    let db = subject.open_with(&options).await;
    // Two servers of one PostgreSQL; SQLite has one.
    let other = if subject.is_postgres() { subject.open_with(&options).await } else { db.clone() };
    db.write(|tx| {
        stock(tx, UNITS)?;
        tx.exec("update locations set pickup = 1", &[])
    })
    .await
    .map_err(|error: DbError| error)
    .expect("stocked");
    let handles = [&db, &other].map(Database::clone);
    let tries = (0..CHECKOUTS).map(|n| tokio::spawn(checkout(handles[n as usize % 2].clone(), n)));
    for checkout in tries.collect::<Vec<_>>() {
        checkout.await.expect("no panic");
    }
    // Orders that were overtaken five times are looked at again by the job.
    let hour = NOON.plus_ms(3_600_000);
    for round in 0.. {
        let due = db.read(move |tx| stored::due(tx, hour, CHECKOUTS)).await;
        let due = due.map_err(|error: DbError| error).expect("read");
        let promised = number(&db, "select reserved from stock_positions").await;
        if promised == UNITS || round == 3 {
            break;
        }
        for (n, id) in (CHECKOUTS..).zip(due) {
            source(&db, n, id).await.expect("sourced");
        }
    }
    assert_eq!(number(&db, "select reserved from stock_positions").await, UNITS);
    let (held, sourced) = (number(&db, PROMISED).await, number(&db, SOURCED).await);
    assert_eq!(held + sourced, UNITS, "{held} held, {sourced} sourced");
    assert!(held > 0 && sourced > 0);
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
    let kept = holds::hold(&db, &moment(1), &basket(1)).await.expect("held");
    holds::hold(&db, &moment(2), &basket(2)).await.expect("held");
    let third = holds::hold(&db, &moment(3), &basket(3)).await.expect_err("nothing is left");
    assert_eq!(third.code(), Some("not_enough"));
    let expire = async |now: TimeMs| {
        let ended = db.write(move |tx| holds::expire(tx, now, 10)).await;
        ended.map_err(|error: DbError| error).expect("looked at")
    };
    assert_eq!(expire(NOON.plus_ms(14 * 60_000)).await, 0, "not yet");
    // The order of the first comes in time, and takes its units out of the hold.
    place(&db, 1, Some(token(&kept.id))).await.expect("kept");
    assert_eq!(expire(NOON.plus_ms(15 * 60_000)).await, 1);
    assert_eq!(number(&db, "select reserved from stock_positions").await, 1);
    assert_eq!((number(&db, PROMISED).await, number(&db, SOURCED).await), (0, 1));
    let late = place(&db, 2, Some(token(&kept.id))).await.expect_err("used");
    assert_eq!(late.code(), Some("promise_expired"));
    assert_eq!(number(&db, "select count(*) from orders").await, 1, "nothing is left half done");
    expire(NOON.plus_ms(48 * 3_600_000)).await;
    assert_eq!(number(&db, "select count(*) from holds").await, 0, "and then forgotten");
}
