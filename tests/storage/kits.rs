//! Kits under a crowd: as many as their components make, each whole at one location, beside customers who
//! buy components alone.

use domain::{
    api::{BasketLine, ItemTerms, KitComponent, NewPromise, PromiseTo},
    ids::{OrderId, Sku},
};
use sync_server::{
    app::{
        holds::{self, Basket},
        order as app_order,
        refusal::AppError,
        terms,
    },
    db::{Database, DbError, Options, Tx, atp_rules, sourcing as stored},
};

use crate::{
    floor::NOON,
    holds::{WEB, assert_no, channel, keys, moment, source, token},
    subject::{Subject, exec, number},
    terms::{order_of, take, units},
};

/// Orders of one crowd.
const CUSTOMERS: u32 = 240;
const RESERVED: &str = "select cast(sum(p.reserved) as bigint) from stock_positions p
    join items i on i.key = p.item_key and i.sku = $1";
/// Units of A that orders have, in kits and alone.
const IN_KITS: &str =
    "select cast(coalesce(sum(ordered - unsourced), 0) as bigint) from order_lines
    where sku = 'A' and kit_line is not null";
const ALONE: &str = "select cast(coalesce(sum(ordered - unsourced), 0) as bigint) from order_lines
    where sku = 'A' and kit_line is null";
/// Orders with a kit, of which a component has another location than the others, or another number.
const BROKEN: &str = "select count(*) from order_kits k
    join order_lines a on a.order_id = k.order_id and a.kit_line = k.line and a.sku = 'A'
    join order_lines b on b.order_id = k.order_id and b.kit_line = k.line and b.sku = 'B'
    where b.ordered <> 2 * a.ordered or b.unsourced <> 2 * a.unsourced
        or exists (select 1 from reservations r where r.order_id = k.order_id and r.line = a.line
            and not exists (select 1 from reservations o where o.order_id = k.order_id
                and o.line = b.line and o.location_key = r.location_key
                and o.quantity = 2 * r.quantity))";

/// Two stores that ship, with 60 and 40 of A, and 90 and 60 of B.
fn stock(tx: &mut Tx) -> Result<(), DbError> {
    for sku in ["A", "B", "KIT"] {
        tx.exec("insert into items (sku, name, currency) values ($1, $1, 'USD')", &[&sku])?;
    }
    for (store, a, b) in [("S1", 60, 90), ("S2", 40, 60)] {
        tx.exec(
            "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone, ships)
             values ($1, 'Main Street', 'store', 'US', 0, 0, 'America/Chicago', 1)",
            &[&store],
        )?;
        for (sku, on_hand) in [("A", a), ("B", b)] {
            tx.exec(
                "insert into stock_positions (item_key, location_key, on_hand)
                 select i.key, l.key, $3 from items i join locations l on l.id = $2
                 where i.sku = $1",
                &[&sku, &store, &on_hand],
            )?;
        }
    }
    tx.exec(
        "insert into postcodes (country, postcode, place, lat_e6, lon_e6)
         values ('US', '78701', 'Austin', 0, 0)",
        &[],
    )?;
    let part = |sku, quantity| KitComponent { sku: Sku::new(sku).expect("valid"), quantity };
    let kit = ItemTerms { components: vec![part("A", 1), part("B", 2)], ..ItemTerms::default() };
    let stated = terms::put(tx, &Sku::new("KIT").expect("valid"), &kit, NOON);
    stated.map_err(|error| match error {
        AppError::Broken(error) => error,
        AppError::Refused(why) => panic!("{why:?}"),
    })?;
    Ok(())
}

async fn two(subject: &Subject) -> [Database; 2] {
    let options = Options { queue_max: 2 * CUSTOMERS as usize, ..Options::default() };
    let db = subject.open_with(&options).await;
    let other = if subject.is_postgres() { subject.open_with(&options).await } else { db.clone() };
    db.write(stock).await.expect("stocked");
    [db, other]
}

fn basket(n: u32, count: i64) -> Basket {
    let new = NewPromise {
        basket: format!("cart-{n}"),
        to: PromiseTo::Ship { country: "US".into(), postcode: "78701".into() },
        lines: vec![BasketLine { sku: Sku::new("KIT").expect("valid"), quantity: units(count) }],
        region: None,
        customer: None,
        later: true,
        minutes: None,
    };
    Basket::of(channel(WEB), new, &keys()).expect("valid")
}

async fn order(db: &Database, n: u32, lines: &[(&str, i64)], promise: Option<String>) -> OrderId {
    let taken = take(db, n, order_of(n, lines, promise)).await.expect("an order is always taken");
    source(db, n, taken.accepted.id).await.expect("looked at");
    taken.accepted.id
}

/// A third hold a kit and order it, a third just order one, the others buy components.
async fn customer(db: Database, n: u32) {
    match n % 3 {
        0 => match holds::hold(&db, &moment(n), &basket(n, 1)).await {
            Ok(made) => drop(order(&db, n, &[("KIT", 1)], Some(token(&made.id))).await),
            Err(AppError::Refused(why)) => assert_no(&why),
            Err(error) => panic!("{error}"),
        },
        1 => drop(order(&db, n, &[("KIT", 1)], None).await),
        _ => drop(order(&db, n, &[("A", 1), ("B", 1)], None).await),
    }
}

async fn of(db: &Database, sku: &'static str) -> i64 {
    let read = db.read(move |tx| tx.query_one(RESERVED, &[&sku], |row| row.get::<i64>(0)));
    read.await.map_err(|error: DbError| error).expect("read")
}

/// Whoever was overtaken is looked at again.
async fn settle(db: &Database) {
    for _ in 0..3 {
        let hour = NOON.plus_ms(3_600_000);
        let due = db.read(move |tx| stored::due(tx, hour, CUSTOMERS)).await;
        for (n, id) in (CUSTOMERS..).zip(due.map_err(|error: DbError| error).expect("read")) {
            source(db, n, id).await.expect("looked at");
        }
    }
}

pub async fn kits_are_whole_at_one_location(subject: Subject) {
    let handles = two(&subject).await;
    let tries = (0..CUSTOMERS).map(|n| tokio::spawn(customer(handles[n as usize % 2].clone(), n)));
    for customer in tries.collect::<Vec<_>>() {
        customer.await.expect("no panic");
    }
    let db = &handles[0];
    settle(db).await;
    let over = "select count(*) from stock_positions where reserved > on_hand";
    assert_eq!((number(db, over).await, number(db, BROKEN).await), (0, 0));
    let (kits, singles) = (number(db, IN_KITS).await, number(db, ALONE).await);
    assert!(kits > 0 && singles > 0, "{kits} kits, {singles} singles");
    assert_eq!(of(db, "A").await, kits + singles);
    // As many as there can be: another kit is nowhere whole.
    let refused = holds::hold(db, &moment(9_000), &basket(9_000, 1)).await;
    assert_eq!(refused.expect_err("none is left").code(), Some("not_enough"));
}

/// 75 kits can be made, and no basket gets more than its part; rules about the kit are obeyed on top.
pub async fn rules_about_a_kit_hold_beside_those_of_its_components(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    let most = async |n: u32, count: i64| {
        let made = holds::hold(&handles[1], &moment(n), &basket(n, count)).await;
        match made {
            Ok(made) => {
                let parts = made.parts.iter().map(|part| part.lines[0].quantity.units());
                Some(parts.collect::<Vec<_>>())
            }
            Err(AppError::Refused(why)) => {
                assert_no(&why);
                None
            }
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(most(1, 76).await, None, "45 and 30 are whole");
    assert_eq!(most(1, 75).await, Some(vec![45, 30]));
    assert_eq!((of(db, "A").await, of(db, "B").await), (75, 150));
    // The same basket again gives back first.
    assert_eq!(most(1, 1).await, Some(vec![1]));

    // Two kits stay at each store, a tenth of the sum for nobody, and ten of A at the stores.
    let rules = serde_json::json!({
        "pools": [{ "id": "ship", "method": "ship" }, { "id": "pickup", "method": "pickup" }],
        "rules": [
            { "id": "kits", "items": { "skus": ["KIT"] }, "says": { "safety": { "units": 2 } } },
            { "id": "tenth", "items": { "skus": ["KIT"] }, "says": { "threshold": { "units": 7 } } },
            { "id": "a", "items": { "skus": ["A"] }, "says": { "safety": { "units": 10 } } },
        ],
    });
    state(db, &rules).await;
    // 43 and 28 less 7 together; A has 50 and 30.
    assert_eq!(most(1, 65).await, None);
    let parts = most(1, 64).await.expect("64 are left");
    assert!(parts.iter().sum::<u32>() == 64 && parts.iter().all(|part| *part <= 43), "{parts:?}");
}

async fn state(db: &Database, rules: &serde_json::Value) {
    let version = atp_rules::Version {
        version: 1,
        author: "ada".into(),
        comment: "Keep some".into(),
        created_at: NOON,
        rules: rules.to_string(),
    };
    let added = db.write(move |tx| atp_rules::add(tx, &version)).await;
    assert!(added.map_err(|error: DbError| error).expect("added"));
}

/// A campaign sells 20 kits, another 50 of A, in kits or alone; both counts are exact, and what is cancelled
/// can be sold again.
pub async fn campaigns_count_kits_and_their_components(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    let campaign = |units: u32| serde_json::json!({ "campaign": { "units": units } });
    let rules = serde_json::json!({
        "pools": [{ "id": "ship", "method": "ship" }],
        "rules": [
            { "id": "kits", "items": { "skus": ["KIT"] }, "says": campaign(20) },
            { "id": "a", "items": { "skus": ["A"] }, "says": campaign(50) },
        ],
    });
    state(db, &rules).await;
    let tries = (0..CUSTOMERS).map(|n| tokio::spawn(customer(handles[n as usize % 2].clone(), n)));
    for customer in tries.collect::<Vec<_>>() {
        customer.await.expect("no panic");
    }
    settle(db).await;
    let (kits, singles) = (number(db, IN_KITS).await, number(db, ALONE).await);
    assert_eq!((number(db, BROKEN).await, kits + singles), (0, 50), "{kits} in kits");
    assert!((1..=20).contains(&kits), "{kits} kits");
    assert_eq!((counted(db, "kits").await, counted(db, "a").await), (kits, 50));

    let one = db.read(|tx| tx.query_one(A_KIT, &[], |row| row.get::<String>(0))).await;
    let id: OrderId = one.map_err(|error: DbError| error).expect("one").parse().expect("an id");
    let cancelled =
        db.write(move |tx| app_order::cancel(tx, &mut moment(9_999), id, "No", "ada", None)).await;
    cancelled.map_err(|error: AppError| error).expect("cancelled");
    assert_eq!((counted(db, "kits").await, counted(db, "a").await), (kits - 1, 49));
    settle(db).await;
    assert_eq!(counted(db, "a").await, 50, "somebody waits for it");
}

/// An order that has got its kit.
const A_KIT: &str = "select order_id from order_lines
    where sku = 'A' and kit_line is not null and ordered > 0 and unsourced = 0
    order by order_id limit 1";

async fn counted(db: &Database, rule: &'static str) -> i64 {
    let units =
        "select cast(coalesce(sum(units), 0) as bigint) from rule_counts where rule_id = $1";
    let read = db.read(move |tx| tx.query_one(units, &[&rule], |row| row.get::<i64>(0)));
    read.await.map_err(|error: DbError| error).expect("read")
}

/// A component that is not found is asked of another location alone; the rest of its kit goes on.
pub async fn what_is_missing_of_a_kit_is_sourced_alone(subject: Subject) {
    let handles = two(&subject).await;
    let db = &handles[0];
    let id = order(db, 1, &[("KIT", 2), ("A", 1)], None).await;
    assert_eq!((number(db, BROKEN).await, of(db, "A").await, of(db, "B").await), (0, 3, 4));
    // One of the four B was not there; the order waits for it, and nothing else of it moves.
    let waits = "update order_lines set unsourced = 1 where sku = 'B'";
    exec(db, waits).await.expect("given back");
    let read = db.read(move |tx| stored::waiting(tx, id)).await;
    let waiting = read.map_err(|error: DbError| error).expect("read").expect("it is there");
    let wanted = waiting.wanted();
    assert_eq!((wanted.len(), wanted[0].units), (1, 1));
    assert_ne!(wanted[0].item, waiting.kits[0].item, "a component, no kit");
}
