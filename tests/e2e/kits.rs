//! Kits, pre-orders and backorders, over HTTP: what they let be promised follows what they are made of and
//! when, a kit reaches a tablet as its components, and a pre-order waits.

use demo_network::{DEMO_LOCATION, clock::now_ms};
use domain::{
    api::{Backorder, BasketLine, ItemTerms, NewPromise, PreOrder, PromiseTo},
    bridge::{Action, Step},
    clock::TimeMs,
    ids::LocationId,
    measure::Quantity,
};
use serde_json::json;
use tests::{
    associate::Associate,
    network::Network,
    server::{Server, Store},
    shop::{ON_HAND, Shop},
};

use crate::{
    checks,
    promise::{PATIENCE_MS, PICKUP, becomes, refused},
};

const KIT: &str = "gift-set";

pub fn a_kit_is_picked_as_its_components(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(&shop.channel, &shop.items[1].sku, full);
    load_kit(&shop);
    becomes(&shop.channel, KIT, full / 3);
    told(&shop, full);

    // A single sale of a component makes fewer kits, and a kit fewer of its components.
    shop.place("W-1", &[0, 4]);
    becomes(&shop.channel, KIT, (full - 4) / 3);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let tablet = store.folder("tablet");
        let aisha = Associate::begin(&tablet, network.url(), &shop, 2).await;
        let order = kits(&shop, "W-2", 2);
        let work = aisha.sees("W-2").await;
        let seen = aisha.act(work, Action::Claim { take_over: false }).await;
        let mut lines: Vec<_> = seen.lines.iter().map(|l| (l.wanted, l.kit.as_deref())).collect();
        lines.sort_unstable();
        let set = Some("Gift set");
        assert_eq!(lines, [(1, None), (2, set), (6, set)]);
        assert_eq!(aisha.pick_all(work, &shop).await.step, Step::Pack);
        aisha.sync().await;

        // The order keeps what the customer bought, at its price.
        let detail = shop.order(order);
        let kit = &detail.kits[0];
        assert_eq!((kit.name.as_str(), kit.placed.quantity.units()), ("Gift set", 2));
        let price = i64::try_from(shop.items[2].price_minor).expect("small");
        assert_eq!(detail.row.total_minor, 2 * 1_999 + price);
        let parts = detail.lines.iter().filter(|line| line.kit_line == Some(1));
        assert_eq!(parts.map(|line| line.placed.quantity.units()).sum::<u32>(), 2 + 6);
        aisha.tablet.close().await;
    });
    becomes(&shop.channel, &shop.items[0].sku, full - 2);
    becomes(&shop.channel, KIT, (full - 4 - 6) / 3);
    // Another server finds the same.
    drop(server);
    let server = Server::start(store);
    let shop = shop.at(server.address());
    becomes(&shop.operator, KIT, (full - 4 - 6) / 3);
    drop(server);
    runtime.block_on(checks::assert_sound(store));
}

/// One of the first item and three of the second; what cannot be a kit is named.
fn load_kit(shop: &Shop) {
    let [first, second] = [&shop.items[0].sku, &shop.items[1].sku];
    let row = |sku: &str, parts: serde_json::Value| {
        let row = json!({ "sku": sku, "name": "Gift set", "currency": "USD", "components": parts });
        shop.operator.import("items", format!("{row}\n").as_bytes()).expect("read")
    };
    let parts = json!([{ "sku": first, "quantity": 1 }, { "sku": second, "quantity": 3 }]);
    assert_eq!(row(KIT, parts.clone()).accepted, 1);
    assert_eq!(row(KIT, parts).unchanged, 1);
    assert_eq!(row("set-of-sets", json!([{ "sku": KIT, "quantity": 1 }])).refused.len(), 1);
    let part = |sku: &str| serde_json::from_value(json!([{ "sku": sku, "quantity": 1 }]));
    let kit =
        |sku: &str| ItemTerms { components: part(sku).expect("a part"), ..Default::default() };
    refused(shop.operator.put_terms(first, &kit(&shop.items[2].sku)), 422, "invalid_terms");
    refused(shop.operator.put_terms(KIT, &kit("no-such-sku")), 422, "invalid_terms");
    assert_eq!(shop.operator.terms(KIT).expect("shown").components.len(), 2);
}

/// Lists, pages, feeds and explanations take it for an item.
fn told(shop: &Shop, full: i64) {
    let near = shop.channel.atp_around(KIT, "at=0,0&radius_km=20000&market=US").expect("answered");
    assert_eq!(near.pickup[0].units, full / 3);
    let why = shop.operator.atp_explained(KIT, PICKUP).expect("explained");
    assert_eq!((why.units, why.locations[0].available), (full / 3, full / 3));
    let second = &shop.items[1].sku;
    assert_eq!(why.locations[0].least.as_ref().map(|sku| sku.as_str()), Some(second.as_str()));
    let parts: Vec<_> = why.components.iter().map(|of| (of.kits, of.is_least)).collect();
    assert_eq!(parts, [(full, false), (full / 3, true)]);
    let feed = shop.channel.feed("google_local", PICKUP).expect("read");
    let row = format!("{DEMO_LOCATION}\t{KIT}\t{}\t", full / 3);
    assert!(feed.text.contains(&row), "{row} in {}", feed.text);
}

/// Kits and one other item; the order.
fn kits(shop: &Shop, number: &str, units: u32) -> domain::ids::OrderId {
    let mut order = json!(shop.order_of(number, &[0, 0, 1]));
    let other = &mut order["lines"][0];
    other["line"] = json!(2);
    let other = other.clone();
    let kit = json!({ "line": 1, "sku": KIT, "quantity": units, "price_minor": 1_999 });
    order["lines"] = json!([kit, other]);
    shop.send(order.to_string().as_bytes()).expect("taken").id
}

pub fn a_pre_order_waits_and_a_backorder_is_told(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (channel, sku) = (&shop.channel, shop.items[3].sku.as_str());
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(channel, sku, full);
    let today = i64::try_from(now_ms()).expect("small") / 86_400_000;
    let release = TimeMs((today + 30) * 86_400_000);
    let pre_order = Some(PreOrder { release });
    let soon = ItemTerms { pre_order, ..ItemTerms::default() };
    assert_eq!(shop.operator.put_terms(sku, &soon).expect("stated"), soon);
    becomes(channel, sku, 0);
    let list = channel.atp(&[sku], PICKUP).expect("answered");
    assert_eq!(list.items[0].release, Some(release));
    let later = format!("{PICKUP}&on={}", release.to_rfc3339());
    assert_eq!(channel.atp(&[sku], &later).expect("answered").items[0].units, full);
    let near = channel.atp_around(sku, "at=0,0&radius_km=20000&market=US").expect("answered");
    let step = &near.pickup[0].later[0];
    assert_eq!((near.release, step.from, step.units), (Some(release), release, full));
    let why = shop.operator.atp_explained(sku, PICKUP).expect("explained");
    assert_eq!((why.sum, why.unreleased, why.units), (full, full, 0));

    // It is promised for then, and its order waits though it is there.
    let basket = NewPromise {
        basket: "a".into(),
        to: PromiseTo::Pickup { location: LocationId::new(DEMO_LOCATION).expect("valid") },
        lines: vec![BasketLine {
            sku: sku.parse().expect("valid"),
            quantity: Quantity::new(2).expect("some"),
        }],
        region: None,
        customer: None,
        later: true,
        minutes: None,
    };
    let held = channel.promise(&basket).expect("held");
    assert_eq!((held.parts.len(), held.later[0].at), (0, release));
    let mut order = json!(shop.order_of("W-1", &[0, 0, 0, 2]));
    order["promise"] = json!(held.token);
    let taken = shop.send(order.to_string().as_bytes()).expect("taken");
    assert!(taken.promise_at >= release);
    until("it was looked at", || !shop.order(taken.id).sourcing.is_empty());
    assert_eq!(shop.order(taken.id).lines[0].progress.unsourced, 2);

    // Released today after all, it goes at once; and what nobody has is told with its day.
    let backorder = Some(Backorder { limit: 7, lead_days: 14 });
    let sold = ItemTerms { backorder, ..ItemTerms::default() };
    shop.operator.put_terms(sku, &sold).expect("stated");
    until("it is sourced", || shop.order(taken.id).lines[0].progress.unsourced == 0);
    becomes(channel, sku, full - 2);
    let told = channel.atp_around(sku, "market=US").expect("answered");
    let backorder = told.backorder.expect("stated");
    assert_eq!((backorder.limit, backorder.from.0 / 86_400_000 - today), (7, 14));
    let last = told.ship_later.last().expect("a later day");
    assert_eq!((last.from, last.units), (backorder.from, told.ship_units + 7));
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = now_ms();
    while !is_so() {
        assert!(now_ms() - start < PATIENCE_MS, "{what}");
        std::thread::yield_now();
    }
}
