//! Baskets of which some is picked up and some delivered, under a crowd: both or none, and never more than
//! there is.

use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    ids::{LocationId, Sku},
    order::PlacedOrder,
    problem::Problem,
};
use serde_json::json;
use sync_server::{
    app::{
        holds::{self, Made},
        refusal::AppError,
    },
    db::{Database, DbError},
};

use crate::{
    holds::{WEB, assert_no, channel, keys, moment, order, source, state, token, two},
    subject::{Subject, number},
    terms::{order_of, take, units},
};

const CUSTOMERS: u32 = 120;
const ORDERS: u32 = 100_000;
const OPEN: &str = "select count(*) from holds where state = 'open'";
const RESERVED: &str = "select cast(sum(reserved) as bigint) from stock_positions";

fn home() -> PromiseTo {
    PromiseTo::Ship { country: "US".into(), postcode: "78701".into() }
}

fn store() -> PromiseTo {
    PromiseTo::Pickup { location: LocationId::new("S1").expect("valid") }
}

fn part(basket: String, to: PromiseTo, lines: &[(&str, i64)]) -> NewPromise {
    let line = |(sku, count): &(&str, i64)| BasketLine {
        sku: Sku::new(*sku).expect("valid"),
        quantity: units(*count),
    };
    let lines = lines.iter().map(line).collect();
    let (region, customer, minutes) = (None, Some("ada".into()), None);
    NewPromise { basket, to, lines, region, customer, later: false, minutes }
}

/// What is picked up, and what is sent home.
async fn hold(
    db: &Database,
    n: u32,
    picked_up: &[(&str, i64)],
    sent: &[(&str, i64)],
) -> Result<Vec<Made>, AppError> {
    let parts = vec![
        part(format!("cart-{n}/store"), store(), picked_up),
        part(format!("cart-{n}/home"), home(), sent),
    ];
    let baskets = holds::mixed_baskets(&channel(WEB), parts, &keys()).expect("valid");
    holds::hold_mixed(db, &moment(n), &baskets).await
}

fn refused(answer: Result<Vec<Made>, AppError>) -> Problem {
    match answer {
        Err(AppError::Refused(problem)) => *problem,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was promised"),
    }
}

/// Two items at a store that does both, and the first at another that only ships.
async fn stocked(subject: &Subject, at_store: i64, elsewhere: i64) -> [Database; 2] {
    let handles = two(subject).await;
    handles[0]
        .write(move |tx| {
            for change in [
                "update locations set ships = 1",
                "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone, ships)
                 values ('S2', 'Depot', 'warehouse', 'US', 0, 0, 'America/Chicago', 1)",
                "insert into items (sku, name, currency) values ('0815', 'Bowl', 'USD')",
                "insert into postcodes (country, postcode, place, lat_e6, lon_e6)
                 values ('US', '78701', 'Austin', 0, 0)",
                "delete from stock_positions",
            ] {
                tx.exec(change, &[])?;
            }
            let at = "insert into stock_positions (item_key, location_key, on_hand)
                select i.key, l.key, $3 from items i, locations l where i.sku = $1 and l.id = $2";
            tx.exec(at, &[&"4711", &"S1", &at_store])?;
            tx.exec(at, &[&"0815", &"S1", &at_store])?;
            tx.exec(at, &[&"4711", &"S2", &elsewhere])
        })
        .await
        .map_err(|error: DbError| error)
        .expect("stocked");
    handles
}

pub async fn a_mixed_basket_is_held_whole(subject: Subject) {
    let handles = stocked(&subject, 2, 0).await;
    let db = &handles[0];
    // The second part is planned behind the first: both want the same two units.
    let problem = refused(hold(db, 1, &[("4711", 1)], &[("4711", 2)]).await);
    assert_eq!(problem.code, "not_enough");
    assert_eq!(problem.errors[0].field, "baskets[1].lines[0].quantity");
    assert_eq!(problem.errors[0].message, "1 of 2 can be promised");
    assert_eq!((number(db, OPEN).await, number(db, RESERVED).await), (0, 0), "both or none");

    let made = hold(db, 1, &[("4711", 1)], &[("4711", 1)]).await.expect("one each");
    assert_eq!(made.len(), 2);
    assert_eq!(number(db, RESERVED).await, 2);
    // What is refused keeps what it has; what moves from one part to the other is there for it.
    refused(hold(db, 1, &[("4711", 2)], &[("4711", 1)]).await);
    assert_eq!(number(db, RESERVED).await, 2);
    let made = hold(db, 1, &[("4711", 2)], &[("0815", 2)]).await.expect("two each");
    assert_eq!((number(db, OPEN).await, number(db, RESERVED).await), (2, 4));

    // Each has an order of its own; one is given back alone.
    let picked_up = PlacedOrder { lines: two_mugs(), ..order(WEB, 1, Some(token(&made[0].id))) };
    let id = take(db, ORDERS, picked_up).await.expect("taken").accepted.id;
    source(db, ORDERS, id).await.expect("sourced");
    let other = order_of(2, &[("0815", 2)], Some(token(&made[0].id)));
    let other = take(db, ORDERS + 1, other).await.expect_err("the other part's token");
    assert_eq!(other.code(), Some("promise_differs"));
    let sent = order_of(2, &[("0815", 2)], Some(token(&made[1].id)));
    let id = take(db, ORDERS + 2, sent).await.expect("taken").accepted.id;
    source(db, ORDERS + 2, id).await.expect("sourced");
    let waits = "select cast(sum(unsourced) as bigint) from order_lines";
    assert_eq!((number(db, waits).await, number(db, RESERVED).await), (0, 4));

    for (parts, wrong) in [
        (vec![part("a".into(), home(), &[("4711", 1)])], "2 to 5 baskets"),
        (vec![part("a".into(), home(), &[("4711", 1)]); 2], "a name of its own for each"),
    ] {
        let problem = holds::mixed_baskets(&channel(WEB), parts, &keys()).err().expect("not valid");
        let told = &problem.errors[0];
        assert_eq!((told.field.as_str(), told.message.as_str()), ("baskets", wrong));
    }
}

fn two_mugs() -> Vec<domain::order::PlacedLine> {
    order_of(0, &[("4711", 2)], None).lines
}

/// Mixed baskets, and customers who only pick up, want the same units under a rule that looks at all of
/// them: so many are promised as the rule allows.
pub async fn mixed_baskets_are_never_oversold(subject: Subject) {
    let handles = stocked(&subject, 100, 30).await;
    let rules = json!({
        "pools": [{ "id": "ship", "method": "ship" }, { "id": "pickup", "method": "pickup" }],
        "rules": [{ "id": "launch", "says": { "campaign": { "units": 80 } },
            "items": { "skus": ["4711"] } }],
    });
    state(&handles[0], 1, &rules).await;
    let tries = (0..CUSTOMERS).map(|n| {
        let db = handles[n as usize % 2].clone();
        tokio::spawn(async move {
            match hold(&db, n, &[("4711", 1)], &[("4711", 1)]).await {
                Ok(made) if n.is_multiple_of(2) => {
                    let placed = order(WEB, n, Some(token(&made[0].id)));
                    let id = take(&db, ORDERS + n, placed).await.expect("kept").accepted.id;
                    source(&db, ORDERS + n, id).await.expect("sourced");
                }
                Ok(_) => {}
                Err(AppError::Refused(problem)) => assert_no(&problem),
                Err(error) => panic!("{error}"),
            }
        })
    });
    for customer in tries.collect::<Vec<_>>() {
        customer.await.expect("no panic");
    }
    let db = &handles[0];
    // Those that were overtaken five times ask again.
    for n in CUSTOMERS..2 * CUSTOMERS {
        if hold(db, n, &[("4711", 1)], &[("4711", 1)]).await.is_err() {
            break;
        }
    }
    assert_eq!(number(db, RESERVED).await, 80, "all that the campaign sells, in twos");
    let halves = "select count(*) from holds h where h.state = 'open' and h.basket like '%/store'
        and not exists (select 1 from holds o where o.basket = replace(h.basket, '/store', '/home'))";
    assert_eq!(number(db, halves).await, 0, "both or none");
}
