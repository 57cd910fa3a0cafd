//! Rules that count what was sold, under a crowd: campaigns, and what one customer may have. Exactly so many,
//! whoever is first, and what is given back can be sold again.

use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    ids::{LocationId, OrderId, Sku},
    measure::Quantity,
    order::PlacedLine,
    problem::Problem,
};
use serde_json::{Value, json};
use sync_server::{
    app::{
        holds::{self, Basket, Made},
        intake, order as orders,
        refusal::AppError,
    },
    db::{Database, DbError, Options},
};

use crate::{
    floor::NOON,
    holds::{channel, keys, moment, order, sku, source, state, token, two},
    stock::stock,
    subject::{Subject, number},
};

const WEB: &str = "web";
/// Orders have other numbers than baskets.
const ORDERS: u32 = 100_000;
const SOLD: &str = "select cast(coalesce(sum(units), 0) as bigint) from rule_counts";
const RESERVED: &str = "select cast(sum(reserved) as bigint) from stock_positions";

fn rules(rules: &Value) -> Value {
    json!({ "pools": [{ "id": "pickup", "method": "pickup" }], "rules": rules })
}

fn basket(name: &str, lines: &[(&str, i64)], customer: Option<&str>) -> Basket {
    let line = |(sku, units): &(&str, i64)| BasketLine {
        sku: Sku::new(*sku).expect("valid"),
        quantity: Quantity::new(*units).expect("some"),
    };
    let new = NewPromise {
        basket: name.into(),
        to: PromiseTo::Pickup { location: LocationId::new("S1").expect("valid") },
        lines: lines.iter().map(line).collect(),
        region: None,
        customer: customer.map(Into::into),
        later: false,
        minutes: None,
    };
    Basket::of(channel(WEB), new, &keys()).expect("valid")
}

async fn hold(db: &Database, n: u32, units: i64, customer: Option<&str>) -> Result<Made, AppError> {
    let basket = basket(&format!("cart-{n}"), &[(sku().as_str(), units)], customer);
    holds::hold(db, &moment(n), &basket).await
}

/// Takes an order of so many units and sources it.
async fn place(
    db: &Database,
    n: u32,
    units: i64,
    customer: Option<&str>,
    promise: Option<String>,
) -> OrderId {
    let mut placed = order(WEB, n, promise);
    placed.lines[0].quantity = Quantity::new(units).expect("some");
    placed.customer_reference = customer.map(Into::into);
    let write = db.write(move |tx| {
        intake::take(tx, &mut moment(ORDERS + n), &keys(), &channel(WEB), &placed)
    });
    let taken: intake::Taken = write.await.map_err(|error: AppError| error).expect("taken");
    source(db, ORDERS + n, taken.accepted.id).await.expect("sourced");
    taken.accepted.id
}

async fn cancel(db: &Database, id: OrderId) {
    let write = db.write(move |tx| {
        orders::cancel(tx, &mut moment(9_999), id, "Changed their mind", "ada", None)
    });
    write.await.map_err(|error: AppError| error).expect("cancelled");
}

async fn expire(db: &Database) -> u32 {
    let late = NOON.plus_ms(16 * 60_000);
    let ended = db.write(move |tx| holds::expire(tx, late, 10_000)).await;
    ended.map_err(|error: DbError| error).expect("looked at")
}

fn refused<T>(answer: Result<T, AppError>) -> Problem {
    match answer {
        Err(AppError::Refused(problem)) => *problem,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was promised"),
    }
}

/// The counts are what was taken, and takings are what baskets hold and orders want.
async fn assert_counted(db: &Database) {
    let uneven = "select count(*) from rule_counts c where units <>
        (select cast(coalesce(sum(t.units), 0) as bigint) from rule_takings t
         where t.rule_id = c.rule_id and t.counted_key = c.item_key and t.customer = c.customer)";
    assert_eq!(number(db, uneven).await, 0, "a count is the sum of what was taken");
    let of_holds = "select count(*) from rule_takings t join holds h on h.id = t.owner
        where h.state <> 'open' or t.units <>
        (select cast(coalesce(sum(u.quantity), 0) as bigint) from hold_units u
         where u.hold_id = h.id and u.item_key = t.item_key)";
    assert_eq!(number(db, of_holds).await, 0, "an open basket has taken what it holds");
    let of_orders = "select count(*) from rule_takings t join orders o on o.id = t.owner
        where t.units > (select sum(l.ordered - l.cancelled) from order_lines l
            where l.order_id = o.id and l.item_key = t.item_key)";
    assert_eq!(number(db, of_orders).await, 0, "an order has taken no more than it wants");
    let nobody = "select count(*) from rule_takings t where
        not exists (select 1 from holds h where h.id = t.owner)
        and not exists (select 1 from orders o where o.id = t.owner)";
    assert_eq!(number(db, nobody).await, 0, "whoever has taken is there");
}

/// A third only fill a cart, a third order what their cart holds, a third just order; how many of the
/// orders were cancelled is the caller's to know.
async fn crowd(handles: &[Database; 2], customers: std::ops::Range<u32>) {
    let checkout = |n: u32| {
        let db = handles[n as usize % 2].clone();
        tokio::spawn(async move {
            if n.is_multiple_of(3) {
                place(&db, n, 1, None, None).await;
                return;
            }
            match hold(&db, n, 1, None).await {
                Ok(made) if n % 3 == 1 => {
                    place(&db, n, 1, None, Some(token(&made.id))).await;
                }
                Ok(_) => {}
                Err(AppError::Refused(problem)) => assert_eq!(problem.code, "not_enough"),
                Err(error) => panic!("{error}"),
            }
        })
    };
    for customer in customers.map(checkout).collect::<Vec<_>>() {
        customer.await.expect("no panic");
    }
}

pub async fn a_campaign_sells_what_it_may_and_no_more(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    let campaign = json!([{ "id": "launch", "says": { "campaign": { "units": 100 } } }]);
    state(db, 1, &rules(&campaign)).await;
    // Whoever of the crowd is first: some only filled a cart.
    for n in 3_000..3_010 {
        hold(db, n, 1, None).await.expect("held");
    }
    crowd(&handles, 0..300).await;
    assert_eq!((number(db, SOLD).await, number(db, RESERVED).await), (100, 100));
    assert_counted(db).await;

    // Another version of the rules, the same campaign: it goes on counting.
    let more = json!([
        { "id": "launch", "says": { "campaign": { "units": 100 } }, "items": { "skus": ["4711"] } },
        { "id": "other", "says": { "campaign": { "units": 5 } }, "items": { "skus": ["0815"] } },
    ]);
    state(db, 2, &rules(&more)).await;
    assert_eq!(refused(hold(db, 1_000, 1, None).await).code, "not_enough");

    // What baskets give back, and what is cancelled, is sold to others: exactly that many.
    let ended = i64::from(expire(db).await);
    assert!(ended >= 10, "{ended} only filled a cart");
    assert_eq!(number(db, SOLD).await, 100 - ended);
    assert_counted(db).await;
    let sold = "select cast(count(*) as bigint) from reservations";
    assert_eq!(number(db, sold).await, 100 - ended);
    let one = db.read(|tx| {
        tx.query_one("select min(order_id) from reservations", &[], |row| row.get::<String>(0))
    });
    let one: String = one.await.map_err(|error: DbError| error).expect("an order");
    cancel(db, one.parse().expect("an id")).await;
    assert_eq!(number(db, SOLD).await, 99 - ended);
    crowd(&handles, 300..700).await;
    assert_eq!((number(db, SOLD).await, number(db, RESERVED).await), (100, 100));
    assert_counted(db).await;

    // Over: nothing is counted, and nothing is kept back.
    state(db, 3, &rules(&json!([]))).await;
    hold(db, 2_000, 500, None).await.expect("held");
    assert_eq!(number(db, SOLD).await, 100);
    expire(db).await;
    assert_counted(db).await;
}

/// Two items share a campaign, in baskets that change and in orders of both.
pub async fn items_are_counted_together(subject: Subject) {
    let db = open(&subject).await;
    let campaign =
        json!([{ "id": "sale", "says": { "campaign": { "units": 10, "together": true } } }]);
    state(&db, 1, &rules(&campaign)).await;
    let hold = async |n: u32, lines: &[(&str, i64)]| {
        holds::hold(&db, &moment(n), &basket("cart", lines, None)).await
    };
    hold(1, &[("4711", 6), ("0815", 4)]).await.expect("ten");
    assert_eq!(refused(hold(2, &[("4711", 6), ("0815", 5)]).await).code, "not_enough");
    assert_eq!(number(&db, SOLD).await, 10, "a basket that is refused keeps what it has");
    hold(3, &[("4711", 1), ("0815", 7)]).await.expect("eight");
    assert_eq!(number(&db, SOLD).await, 8);
    assert_counted(&db).await;
    // An order gets what is left, of either.
    let id = place(&db, 4, 5, None, None).await;
    let left = "select unsourced from order_lines";
    assert_eq!((number(&db, SOLD).await, number(&db, left).await), (10, 3));
    let whole = refused(hold(5, &[("4711", 1), ("0815", 8)]).await);
    assert!(whole.errors[0].message.contains("rule sale allows 10"), "{whole:?}");
    cancel(&db, id).await;
    assert_eq!(number(&db, SOLD).await, 8);
    assert_counted(&db).await;
}

/// Twenty at once for each customer, at whichever server; and the same customer by another spelling.
pub async fn one_customer_gets_no_more(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    let limit = json!([{ "id": "two-each", "says": { "per_customer": 2 } }]);
    state(db, 1, &rules(&limit)).await;
    let tries = (0..60u32).map(|n| {
        let (db, name) =
            (handles[n as usize % 2].clone(), ["ada", "Ada ", "grace"][n as usize % 3]);
        tokio::spawn(async move {
            match hold(&db, n, 1, Some(name)).await {
                Ok(_) => 1,
                Err(AppError::Refused(problem)) => {
                    assert_eq!(problem.code, "customer_limit", "{problem:?}");
                    let told = &problem.errors[0];
                    assert_eq!(told.field, "lines[0].quantity");
                    assert!(
                        told.message.contains("allows 2 of 4711 for each customer"),
                        "{told:?}"
                    );
                    0
                }
                Err(error) => panic!("{error}"),
            }
        })
    });
    let mut held = 0;
    for basket in tries.collect::<Vec<_>>() {
        held += basket.await.expect("no panic");
    }
    assert_eq!((held, number(db, SOLD).await, number(db, RESERVED).await), (4, 4, 4));
    assert_counted(db).await;
    expire(db).await;
    assert_eq!(number(db, SOLD).await, 0);

    // Orders obey it, with a promise or without; what is over waits.
    let made = hold(db, 100, 1, Some("ada")).await.expect("one");
    place(db, 100, 1, Some("somebody else"), Some(token(&made.id))).await;
    place(db, 101, 3, Some("ADA"), None).await;
    let waits = "select cast(sum(unsourced) as bigint) from order_lines";
    assert_eq!((number(db, RESERVED).await, number(db, waits).await), (2, 2));
    assert_eq!(refused(hold(db, 102, 1, Some("ada")).await).code, "customer_limit");

    // Of whom nobody knows the name, each basket and each order is bounded by itself.
    for n in [103, 104] {
        assert_eq!(refused(hold(db, n, 3, None).await).code, "customer_limit");
        hold(db, n, 2, None).await.expect("two");
        place(db, n + 100, 3, None, None).await;
    }
    assert_eq!((number(db, RESERVED).await, number(db, waits).await), (10, 4));
    assert_counted(db).await;

    // A customer who is forgotten leaves numbers behind, and no name.
    let forgotten = db.write(|tx| tx.exec("delete from customers", &[])).await;
    assert!(forgotten.map_err(|error: DbError| error).expect("forgotten") > 0);
    let named = "select count(*) from rule_takings where lower(customer) like '%ada%'";
    assert_eq!(number(db, named).await, 0);
    assert_counted(db).await;
}

/// A campaign that begins while baskets are held takes nothing of what they were promised, and does not
/// count it.
pub async fn what_was_promised_before_is_not_counted(subject: Subject) {
    let db = open(&subject).await;
    let made = hold(&db, 1, 5, None).await.expect("held");
    let campaign = json!([{ "id": "late", "says": { "campaign": { "units": 2 } } }]);
    state(&db, 1, &rules(&campaign)).await;
    let id = place(&db, 1, 5, None, Some(token(&made.id))).await;
    assert_eq!((number(&db, SOLD).await, number(&db, RESERVED).await), (0, 5));
    hold(&db, 2, 2, None).await.expect("two");
    assert_eq!(refused(hold(&db, 3, 1, None).await).code, "not_enough");
    cancel(&db, id).await;
    assert_eq!(number(&db, SOLD).await, 2, "what was not counted is not given back");
    assert_counted(&db).await;
}

/// Baskets made, changed and given back, orders with and without a promise, cancelled, and time going by: after
/// each step the counts are what baskets hold and orders were promised.
pub async fn counts_follow_whatever_happens(subject: Subject) {
    let db = open(&subject).await;
    let both = json!([
        { "id": "each", "says": { "campaign": { "units": 12 } }, "items": { "skus": ["4711"] } },
        { "id": "all", "says": { "campaign": { "units": 17, "together": true } } },
        { "id": "own", "says": { "per_customer": 5 } },
    ]);
    state(&db, 1, &rules(&both)).await;
    let (mut dice, mut made, mut orders) = (Dice(7), Vec::<Made>::new(), Vec::<OrderId>::new());
    let mut refusals = 0;
    for n in 0..160u32 {
        let name = ["ada", "grace", "joan"].get(dice.roll(4)).copied();
        let units = i64::try_from(dice.roll(4)).expect("few") + 1;
        match dice.roll(10) {
            0..5 => {
                let two = [("4711", units), ("0815", 1)];
                let lines = &two[..=dice.roll(2)];
                let cart = basket(&format!("cart-{}", dice.roll(6)), lines, name);
                match holds::hold(&db, &moment(n), &cart).await {
                    Ok(held) => made.push(held),
                    Err(AppError::Refused(_)) => refusals += 1,
                    Err(error) => panic!("{error}"),
                }
            }
            5 | 6 => orders.push(place(&db, n, units, name, None).await),
            7 => {
                let last = made.pop().map(|made| made.id);
                if let Some(id) = last {
                    orders.extend(claim(&db, n, &id).await);
                }
            }
            8 if !orders.is_empty() => {
                let one = orders.swap_remove(dice.roll(orders.len()));
                cancel(&db, one).await;
            }
            _ => {
                expire(&db).await;
            }
        }
        assert_counted(&db).await;
        let taken = |rule| {
            db.read(move |tx| {
                tx.query_one(
                    "select cast(coalesce(sum(units), 0) as bigint) from rule_counts
                     where rule_id = $1",
                    &[&rule],
                    |row| row.get::<i64>(0),
                )
            })
        };
        let all = taken("all").await.map_err(|error: DbError| error).expect("counted");
        let each = taken("each").await.map_err(|error: DbError| error).expect("counted");
        assert!(each <= 12 && all <= 17, "{each} and {all} after step {n}");
        assert_eq!(all, number(&db, RESERVED).await, "what is promised is counted, step {n}");
        let most = "select cast(coalesce(max(units), 0) as bigint) from rule_counts
            where rule_id = 'own'";
        assert!(number(&db, most).await <= 5);
    }
    assert!(refusals > 5 && orders.len() > 5, "{refusals} refused, {} orders", orders.len());
}

/// Orders what a basket holds, if it still does.
async fn claim(db: &Database, n: u32, id: &str) -> Option<OrderId> {
    let (of, mut placed) = (id.to_owned(), order(WEB, n, Some(token(id))));
    let held = db.read(move |tx| {
        tx.query(
            "select i.sku, u.quantity from hold_units u join holds h on h.id = u.hold_id
             join items i on i.key = u.item_key where h.id = $1 and h.state = 'open'
             order by i.sku desc",
            &[&of],
            |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)),
        )
    });
    let held = held.await.map_err(|error: DbError| error).expect("read");
    let line = |((sku, units), line): (&(String, i64), u32)| PlacedLine {
        line,
        sku: Sku::new(sku.clone()).expect("valid"),
        quantity: Quantity::new(*units).expect("some"),
        price_minor: 100,
    };
    placed.lines = held.iter().zip(1..).map(line).collect();
    if placed.lines.is_empty() {
        return None;
    }
    let write = db.write(move |tx| {
        intake::take(tx, &mut moment(ORDERS + n), &keys(), &channel(WEB), &placed)
    });
    let taken: intake::Taken = write.await.map_err(|error: AppError| error).expect("promised");
    source(db, ORDERS + n, taken.accepted.id).await.expect("sourced");
    Some(taken.accepted.id)
}

/// The same numbers each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("small") % sides
    }
}

/// A hundred of each of two items.
async fn open(subject: &Subject) -> Database {
    let db = subject.open_with(&Options::default()).await;
    let stocked = db.write(|tx| {
        let (_, location) = stock(tx, 100)?;
        tx.exec("insert into items (sku, name, currency) values ('0815', 'Bowl', 'USD')", &[])?;
        tx.exec(
            "insert into stock_positions (item_key, location_key, on_hand)
             select key, $1, 100 from items where sku = '0815'",
            &[&location],
        )?;
        tx.exec("update locations set pickup = 1", &[])
    });
    stocked.await.map_err(|error: DbError| error).expect("stocked");
    db
}
