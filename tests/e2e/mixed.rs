//! A basket of which the customer picks up some and has the rest sent home: promised whole or not at all,
//! and then two orders.

use demo_network::{DEMO_LOCATION, api::Method, api::NewOrder, rows::Address, rows::PostcodeRow};
use domain::api::PromiseTo;
use serde_json::json;
use tests::{
    server::{Server, Store},
    shop::{ON_HAND, Shop, import},
};

use crate::{
    checks,
    promise::{basket, becomes, here, refused},
};

pub fn a_basket_is_picked_up_and_sent_home(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let channel = &shop.channel;
    let [mug, bowl] = [2, 3].map(|at: usize| shop.items[at].sku.as_str());
    let austin = PostcodeRow {
        country: "US".into(),
        postcode: "78701".into(),
        place: "Austin".into(),
        lat: 30.27,
        lon: -97.74,
    };
    import(&shop.operator, "postcodes", &[austin]);
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(channel, mug, full);

    let home = || PromiseTo::Ship { country: "US".into(), postcode: "78701".into() };
    let mixed = |picked_up: (&str, i64), sent: (&str, i64)| {
        channel.promise_mixed(vec![
            basket("cart-1/store", here(), picked_up.0, picked_up.1),
            basket("cart-1/home", home(), sent.0, sent.1),
        ])
    };

    // What cannot be had whole holds nothing, and says which part.
    let no = mixed((mug, full - 4), (mug, 5));
    assert!(format!("{no:?}").contains("baskets[1].lines[0].quantity"), "{no:?}");
    refused(no, 409, "not_enough");
    refused(mixed((mug, 1), ("no-such", 1)), 422, "unknown_sku");
    refused(channel.promise_mixed(Vec::new()), 422, "invalid_promise");
    becomes(channel, mug, full);

    // Two mugs are picked up and one is sent, with a bowl for the one that was thought of first.
    mixed((mug, full - 1), (mug, 1)).expect("all of them");
    becomes(channel, mug, 0);
    let held = mixed((mug, 2), (bowl, 3)).expect("others in their place");
    let [there, sent] = &held.promises[..] else { panic!("two: {held:?}") };
    assert_eq!(there.parts[0].location.as_str(), DEMO_LOCATION);
    assert_eq!(sent.parts[0].lines[0].quantity.units(), 3);
    becomes(channel, mug, full - 2);
    becomes(channel, bowl, full - 3);

    // Each has its order.
    let place = |order: NewOrder, token: &str| {
        let mut order = json!(order);
        order["promise"] = json!(token);
        shop.send(order.to_string().as_bytes())
    };
    let picked_up = shop.order_of("W-1", &[0, 0, 2]);
    let address = Address {
        name: "Ada Canary".into(),
        street: "1 Main Street".into(),
        city: "Austin".into(),
        region: "TX".into(),
        postcode: "78701".into(),
        country: "US".into(),
    };
    let sent_home =
        NewOrder { method: Method::Ship { address }, ..shop.order_of("W-2", &[0, 0, 0, 3]) };
    refused(place(sent_home.clone(), &there.token), 422, "promise_differs");
    let orders = [(picked_up, &there.token), (sent_home, &sent.token)];
    for (order, token) in orders {
        let placed = place(order, token).expect("taken");
        assert_eq!(shop.order(placed.id).lines[0].progress.unsourced, 0);
    }
    becomes(channel, mug, full - 2);
    becomes(channel, bowl, full - 3);
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}
