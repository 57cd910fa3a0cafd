//! Orders that a channel should not send: each is refused with a stable code, and nothing of it is
//! stored. What a valid order becomes is the journey's matter.

use demo_network::error::DemoError;
use domain::limits;
use serde_json::{Value, json};

use tests::{
    server::{Server, Store},
    shop::Shop,
};

use crate::checks;

/// A pointer into a valid order, what stands there instead, and how that is refused.
fn wrong() -> Vec<(&'static str, Value, &'static str)> {
    let quantity = "/lines/1/quantity";
    let over = limits::LINE_QUANTITY_MAX + 1;
    vec![
        ("/lines/1/sku", json!("no-such-sku"), "unknown_sku"),
        (quantity, json!(0), "invalid_order"),
        (quantity, json!(-1), "invalid_order"),
        (quantity, json!(1.5), "invalid_order"),
        (quantity, json!(over), "invalid_order"),
        (quantity, json!(u64::MAX), "invalid_order"),
        ("/lines/1/line", json!(1), "invalid_order"),
        ("/lines/1/price_minor", json!(-1), "invalid_order"),
        ("/lines", json!([]), "invalid_order"),
        ("/method/location", json!("S-nowhere"), "unknown_location"),
    ]
}

pub fn a_bad_order_leaves_nothing_behind(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let good = serde_json::to_value(shop.order_of("W-5", &[2, 1])).expect("plain data");
    for (place, value, code) in wrong() {
        let mut bad = good.clone();
        *bad.pointer_mut(place).expect("a valid order has it") = value.clone();
        assert_refused(&shop, bad.to_string().as_bytes(), 422, code, &format!("{place}: {value}"));
    }
    assert_refused(&shop, b"{\"channel\": ", 400, "malformed", "half an order");
    let mut padded = good.to_string().into_bytes();
    padded.resize(limits::ORDER_BODY_BYTES_MAX + 1, b' ');
    assert_refused(&shop, &padded, 413, "too_large", "a byte over the limit");

    // The number is free still: nothing above has taken it, and a body at the limit is not over it.
    let taken = shop.send(&padded[..limits::ORDER_BODY_BYTES_MAX]).expect("at the limit");
    let mut other = good.clone();
    other["lines"][0]["quantity"] = json!(3);
    let other = other.to_string();
    assert_refused(&shop, other.as_bytes(), 409, "duplicate_external_number", "another order");
    assert_eq!(shop.send(good.to_string().as_bytes()).expect("the same order"), taken);
    drop(server);

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        checks::assert_sound(store).await;
        let kept = [
            ("select cast(count(*) as bigint) from orders", 1),
            ("select cast(count(*) as bigint) from order_lines", 2),
            ("select cast(sum(reserved) as bigint) from stock_positions", 3),
        ];
        for (statement, expected) in kept {
            assert_eq!(checks::count(store, statement).await, expected, "{statement}");
        }
    });
}

fn assert_refused(shop: &Shop, order: &[u8], status: u16, code: &str, what: &str) {
    match shop.send(order) {
        Err(DemoError::Answer { status: said, body, .. }) => {
            let named = body.contains(&format!("\"code\":\"{code}\""));
            assert!(said == status && named, "{what}: {said} {body}");
        }
        other => panic!("{what} is refused with {status} {code}, not {other:?}"),
    }
}
