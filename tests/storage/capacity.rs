//! The days of a store under a crowd: carts, orders with a promise and orders without, through several
//! handles of one database. No day takes more than it can, and what was promised is what is due.

use domain::{api::LocationCalendar, clock::TimeMs, ids::OrderId, location::LocationKind};
use sync_server::{
    app::{capacity, holds, locations, order, refusal::AppError},
    calendar::{Calendar, Day},
    db::{Database, DbError},
};

use crate::{
    floor::NOON,
    holds::{WEB, basket, checkout, moment, place, two},
    subject::{Subject, number},
};

const CAPACITY: u32 = 40;
const CUSTOMERS: u32 = 100;

fn stated(capacity: Option<u32>) -> LocationCalendar {
    LocationCalendar {
        time_zone: "America/Chicago".into(),
        hours: std::array::from_fn(|_| Some(("09:00".into(), "21:00".into()))),
        holidays: Vec::new(),
        cut_off: None,
        picking_minutes: Some(60),
        capacity,
    }
}

/// The first day on which an order of now is ready, as a number.
fn first_day() -> i64 {
    let calendar = Calendar::of(LocationKind::Store, &stated(None)).expect("valid");
    let due = calendar.expect("it opens").due(NOON, |_| false);
    due.expect("ready").day.number()
}

async fn state(db: &Database, capacity: Option<u32>) {
    let write = db.write(move |tx| {
        let key = tx.query_one("select key from locations", &[], |row| row.get(0))?;
        locations::change(tx, key, &stated(capacity)).map(drop)
    });
    write.await.map_err(|error: AppError| error).expect("stated");
}

/// How many places of each day are taken, from the first on.
async fn days(db: &Database) -> Vec<u32> {
    let found = db.read(|tx| {
        let key = tx.query_one("select key from locations", &[], |row| row.get(0))?;
        let first = Day::from_number(first_day()).expect("a day");
        sync_server::db::capacity::by_day(tx, key, first)
    });
    let found = found.await.map_err(|error: DbError| error).expect("read");
    found.into_iter().map(|(_, used)| used).collect()
}

pub async fn a_day_takes_no_more_than_it_can(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    state(db, Some(CAPACITY)).await;
    let tries = (0..CUSTOMERS)
        .map(|n| tokio::spawn(checkout(handles[n as usize % 2].clone(), WEB, n)))
        .collect::<Vec<_>>();
    for checkout in tries {
        checkout.await.expect("no panic");
    }
    assert_eq!(days(db).await, [40, 40, 20], "as many as each day takes, the rest the next");
    let last = "select cast(max(day) - min(day) as bigint) from capacity_uses";
    assert_eq!(number(db, last).await, 2, "one day after the other");

    // What an order was told is what its work is due, on the day whose place it has.
    let kept = "select count(*) from fulfillments f
        join capacity_uses u on u.owner = f.id and u.due_at_ms = f.promise_at_ms
        join orders o on o.id = f.order_id and o.promise_at_ms = f.promise_at_ms";
    assert_eq!(number(db, kept).await, number(db, "select count(*) from orders").await);
    assert!(number(db, kept).await > 60, "a third only fill a cart");

    // Carts that are given up leave their places, and the first day takes others.
    let hour = NOON.plus_ms(3_600_000);
    let expire = db.write(move |tx| holds::expire(tx, hour, CUSTOMERS));
    let ended = expire.await.map_err(|error: DbError| error).expect("ended");
    assert!(ended > 30, "{ended}");
    let free = CUSTOMERS - ended;
    assert_eq!(days(db).await.iter().sum::<u32>(), free);
    let before = days(db).await[0];
    place(db, WEB, 900, None).await.expect("taken");
    assert_eq!(days(db).await[0], before + u32::from(before < CAPACITY));
}

pub async fn a_place_goes_with_its_order(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    state(db, Some(1)).await;
    let first = holds::hold(db, &moment(1), &basket(WEB, 1)).await.expect("held");
    let ready = first.parts[0].ready_at.expect("the store has said when it works");
    let second = holds::hold(db, &moment(2), &basket(WEB, 2)).await.expect("held");
    let next = second.parts[0].ready_at.expect("known");
    assert_eq!(next.since_ms(ready), 86_400_000, "an hour after the next day opens");
    assert_eq!(days(db).await, [1, 1]);
    // The same basket again keeps its day: its own place is no other's.
    let again = holds::hold(db, &moment(3), &basket(WEB, 1)).await.expect("held again");
    assert_eq!(again.parts[0].ready_at, Some(ready));
    assert_eq!(days(db).await, [1, 1]);

    let token = crate::holds::token(&again.id);
    place(db, WEB, 1, Some(token)).await.expect("taken");
    assert_eq!(days(db).await, [1, 1], "the place went from basket to order to work");
    let due = number(db, "select promise_at_ms from fulfillments").await;
    assert_eq!(TimeMs(due), ready, "the work is due when it was promised");

    // A cancelled order gives its place back; the next cart is ready then.
    let id = db.read(|tx| tx.query_one("select id from orders", &[], |row| row.get::<String>(0)));
    let id: OrderId = id.await.map_err(|e: DbError| e).expect("read").parse().expect("an id");
    let cancel =
        db.write(move |tx| order::cancel(tx, &mut moment(4), id, "Not needed", "ada", None));
    cancel.await.map_err(|error: AppError| error).expect("cancelled");
    let third = holds::hold(db, &moment(5), &basket(WEB, 5)).await.expect("held");
    assert_eq!(third.parts[0].ready_at, Some(ready));

    // A store that takes none is no candidate, and an order for it waits.
    state(db, Some(0)).await;
    let refused = holds::hold(db, &moment(6), &basket(WEB, 6)).await.expect_err("takes none");
    assert_eq!(refused.code(), Some("not_enough"));
    place(db, WEB, 7, None).await.expect("taken");
    let waits = "select unsourced from order_lines l join orders o on o.id = l.order_id
        where o.external_number = 'W-7'";
    assert_eq!(number(db, waits).await, 1);

    // Without a capacity places are noted all the same.
    state(db, None).await;
    let key = number(db, "select key from locations").await;
    let look = db.read(move |tx| capacity::look(tx, key, NOON));
    let due = look.await.map_err(|error: DbError| error).expect("read").expect("ready");
    assert_eq!(due.ready_at, ready);
    holds::hold(db, &moment(8), &basket(WEB, 8)).await.expect("held");
    assert_eq!(days(db).await[0], 2);
}
