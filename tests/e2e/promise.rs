//! What can be promised, asked over HTTP: it follows orders and stock, obeys the rules, says why, and is
//! the same after a restart.

use demo_network::{DEMO_LOCATION, api::Api, clock::now_ms, error::DemoError};
use domain::{
    api::{AtpBand, BasketLine, BasketQuestion, NewPromise, PromiseTo},
    ids::LocationId,
    measure::Quantity,
};
use serde_json::{Value, json};
use tests::{
    lock::OpenWrite,
    server::{Server, Store},
    shop::{ON_HAND, Shop},
};

use crate::checks;

/// Longer than a busy machine takes to see a commit.
pub const PATIENCE_MS: u64 = 20_000;
pub const PICKUP: &str = "method=pickup&market=US";

pub fn what_can_be_promised_follows_the_stock_and_the_rules(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (operator, channel) = (&shop.operator, &shop.channel);
    let skus: Vec<&str> = shop.items.iter().map(|item| item.sku.as_str()).collect();
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(channel, skus[39], full);

    // An order takes its units; what nobody has waits, and is nobody else's.
    shop.place("W-1", &[3]);
    becomes(channel, skus[0], full - 3);
    shop.place("W-2", &[0, 30]);
    becomes(channel, skus[1], 0);
    let why = operator.atp_explained(skus[1], PICKUP).expect("explained");
    let reserved: i64 = why.locations.iter().map(|gives| gives.reserved).sum();
    assert_eq!((reserved + why.waiting, why.units), (30, 0), "{why:?}");

    // A list keeps its order, and names what nobody knows.
    let list = channel.atp(&[skus[1], "no-such-sku", skus[0]], PICKUP).expect("answered");
    let told: Vec<_> = list.items.iter().map(|item| (item.sku.as_str(), item.units)).collect();
    assert_eq!(told, [(skus[1], 0), (skus[0], full - 3)]);
    assert_eq!((list.items[0].band, list.items[1].band), (AtpBand::Out, AtpBand::InStock));
    assert_eq!((list.unknown, list.pool.as_str()), (vec!["no-such-sku".to_owned()], "pickup"));

    around(&shop, full - 3);
    whole_baskets(&shop, full - 3);
    refusals(&shop);
    rules(&shop, full);

    // Another server, or this one again, finds the same.
    drop(server);
    let server = Server::start(store);
    let url = format!("http://{}", server.address());
    let operator = Api::sign_in(&url, tests::server::LOGIN, tests::server::PASSWORD).expect("in");
    becomes(&operator, skus[0], full - 5);
    for sku in &skus {
        let stock = operator.stock(sku).expect("known");
        let why = operator.atp_explained(sku, PICKUP).expect("explained");
        assert_eq!(why.seen.rules, 1);
        let gives: i64 = why.locations.iter().map(|gives| gives.available).sum();
        assert_eq!((gives, why.locations[0].on_hand), (why.sum, stock.total.on_hand), "{sku}");
    }
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

/// Units that an order waited for are given to it while somebody else writes on and on: they are never
/// seen as both, nor as neither.
pub fn what_is_given_is_seen_beside_a_long_transaction(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (full, sku) = (i64::try_from(ON_HAND).expect("few"), shop.items[0].sku.as_str());
    becomes(&shop.channel, sku, full);
    let long = OpenWrite::begin(store);
    shop.place("W-1", &[3]);
    let began = now_ms();
    loop {
        let why = shop.operator.atp_explained(sku, PICKUP).expect("explained");
        assert!([full, full - 3].contains(&why.units), "{why:?}");
        if why.sum == full - 3 && why.dated.is_empty() {
            break;
        }
        assert!(now_ms() - began < PATIENCE_MS, "the order got nothing: {why:?}");
        std::thread::yield_now();
    }
    drop(long);
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

pub fn a_basket_is_held_until_its_order_comes(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (channel, sku) = (&shop.channel, shop.items[2].sku.as_str());
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(channel, sku, full);
    let basket = |name: &str, units: i64| self::basket(name, here(), sku, units);
    let order = |number: &str, units: u32, token: &str| {
        let mut order = json!(shop.order_of(number, &[0, 0, units]));
        order["promise"] = json!(token);
        shop.send(order.to_string().as_bytes())
    };

    // Asking holds nothing; a basket is held whole, and another content takes its place.
    let quote = channel.quote(&basket("a", full + 1)).expect("answered");
    assert_eq!((quote.whole, quote.missing[0].quantity.units()), (false, 1));
    assert!(channel.quote(&basket("a", full)).expect("answered").whole);
    channel.promise(&basket("a", full)).expect("held");
    becomes(channel, sku, 0);
    refused(channel.promise(&basket("b", 1)), 409, "not_enough");
    let held = channel.promise(&basket("a", 3)).expect("held anew");
    assert_eq!(held.parts[0].location.as_str(), DEMO_LOCATION);
    becomes(channel, sku, full - 3);
    // Whatever the rules leave, a basket may keep what is its own.
    channel.promise(&basket("b", full - 3)).expect("the rest");
    channel.promise(&basket("b", full - 3)).expect("the same again");
    becomes(channel, sku, 0);

    // Its order gets the held units, although nothing is free; once.
    refused(order("W-1", 2, &held.token), 422, "promise_differs");
    refused(order("W-1", 3, &format!("{}x", held.token)), 404, "unknown_promise");
    let placed = order("W-1", 3, &held.token).expect("taken");
    assert_eq!(order("W-1", 3, &held.token).expect("the same order"), placed);
    let detail = shop.order(placed.id);
    assert_eq!(detail.lines[0].progress.unsourced, 0, "{detail:?}");
    refused(order("W-2", 3, &held.token), 409, "promise_expired");
    refused(channel.end_promise(&held.id), 409, "promise_expired");

    // What is given back is free again.
    let other = channel.promise(&basket("b", 1)).expect("fewer");
    becomes(channel, sku, full - 4);
    channel.end_promise(&other.id).expect("given back");
    becomes(channel, sku, full - 3);
    refused(channel.end_promise(&other.id), 409, "promise_expired");
    refused(channel.end_promise("no-such"), 404, "unknown_promise");

    // A pool of one market serves whoever picks up in it, and its rules bound baskets too.
    let pools = json!([{ "id": "ship", "method": "ship" },
        { "id": "here", "method": "pickup", "market": "US" }]);
    let rules = json!([{ "id": "keep", "says": { "threshold": { "units": 4 } } }]);
    let stated = json!({ "based_on": 0, "comment": "One market", "confirm": true,
        "rules": { "pools": pools, "rules": rules } });
    shop.operator.put_rules(&stated).expect("stated");
    becomes(channel, sku, full - 7);
    refused(channel.promise(&basket("d", full - 6)), 409, "not_enough");
    channel.promise(&basket("d", full - 7)).expect("all that the rules leave");
    refused(
        channel.promise(&NewPromise { lines: Vec::new(), ..basket("c", 1) }),
        422,
        "invalid_promise",
    );
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

/// A campaign for items that say so, and a limit for each customer: obeyed, told, and followed.
pub fn what_is_sold_is_counted(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (operator, channel) = (&shop.operator, &shop.channel);
    let [first, other] = [0, 1].map(|at: usize| shop.items[at].sku.as_str());
    let full = i64::try_from(ON_HAND).expect("few");
    let say = |attributes: Value| {
        let mut row = json!(shop.items[0]);
        row["attributes"] = attributes;
        operator.import("items", row.to_string().as_bytes()).expect("imported")
    };
    assert_eq!(say(json!({ "launch": "autumn", "brand": "Lux" })).accepted, 1);
    assert_eq!(say(json!({ "brand": "Lux", "launch": "autumn" })).accepted, 0, "the same");
    let wrong = say(json!({ "two words": "x" }));
    assert!(format!("{wrong:?}").contains("invalid_attributes"), "{wrong:?}");

    let pools = json!([{ "id": "ship", "method": "ship" }, { "id": "pickup", "method": "pickup" }]);
    let campaign = |units: i64| {
        json!({ "id": "autumn", "says": { "campaign": { "units": units } },
            "items": { "attributes": { "all": ["launch=autumn"], "not": ["brand=Oat"] } } })
    };
    let stated = |based_on: i64, rules: Value| {
        json!({ "based_on": based_on, "comment": "Autumn",
            "rules": { "pools": pools, "rules": rules } })
    };
    only_becomes(operator, &stated(0, json!([campaign(5)]))["rules"], (first, full, 5));
    operator.put_rules(&stated(0, json!([campaign(5)]))).expect("stated");
    becomes(channel, first, 5);
    becomes(channel, other, full);

    // What is ordered and held comes off, and comes back.
    shop.place("W-1", &[2]);
    becomes(channel, first, 3);
    let basket = |name: &str, units: i64, customer: Option<&str>| NewPromise {
        customer: customer.map(Into::into),
        ..self::basket(name, here(), first, units)
    };
    let held = channel.promise(&basket("a", 3, None)).expect("held");
    becomes(channel, first, 0);
    let why = operator.atp_explained(first, PICKUP).expect("explained");
    assert_eq!((why.campaign, why.sum, why.units), (Some(0), full - 5, 0));
    let near = channel.atp_around(first, "at=0,0&radius_km=20000&market=US").expect("answered");
    assert_eq!(near.pickup[0].units, 0);
    refused(channel.promise(&basket("b", 1, None)), 409, "not_enough");
    channel.end_promise(&held.id).expect("given back");
    becomes(channel, first, 3);

    // Another limit of the same campaign counts on; the same id for something else is refused.
    operator.put_rules(&stated(1, json!([campaign(7)]))).expect("stated");
    becomes(channel, first, 5);
    let limit = json!({ "id": "own", "says": { "per_customer": 2 } });
    let other_count = json!([{ "id": "autumn", "says": { "per_customer": 2 } }]);
    refused(operator.put_rules(&stated(2, other_count)), 422, "invalid_rules");
    operator.put_rules(&stated(2, json!([campaign(7), limit]))).expect("stated");
    becomes(channel, first, 5);
    channel.promise(&basket("c", 2, Some("ada@example.org"))).expect("two");
    refused(channel.promise(&basket("d", 1, Some("Ada@Example.org"))), 409, "customer_limit");
    becomes(channel, first, 3);

    // Whatever says so no more is not of the campaign.
    assert_eq!(say(json!({ "launch": "winter" })).accepted, 1);
    becomes(channel, first, full - 4);
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

/// One item, near a customer.
fn around(shop: &Shop, units: i64) {
    let sku = &shop.items[0].sku;
    let anywhere = shop.channel.atp_around(sku, "").expect("answered");
    assert!(anywhere.pickup.is_empty(), "nobody said where the customer is");
    let here = shop.channel.atp_around(sku, "at=0,0&radius_km=20000&market=US").expect("answered");
    let there: Vec<_> = here.pickup.iter().map(|at| (at.location.as_str(), at.units)).collect();
    assert_eq!(there, [(DEMO_LOCATION, units)]);
    let far = shop.channel.atp_around(sku, "at=0,0&radius_km=1").expect("answered");
    assert!(far.pickup.is_empty());
}

/// A basket of what is there and what is not: each line by every way.
fn whole_baskets(shop: &Shop, units: i64) {
    let channel = &shop.channel;
    let ask = |lines: &[(usize, i64)], at: Option<&str>| {
        let line = |&(item, units): &(usize, i64)| BasketLine {
            sku: shop.items[item].sku.parse().expect("valid"),
            quantity: Quantity::new(units).expect("some"),
        };
        let lines = lines.iter().map(line).collect();
        let (at, market) = (at.map(Into::into), Some("US".into()));
        let radius_km = Some(20_000);
        channel.atp_basket(&BasketQuestion { lines, at, market, radius_km, ..Default::default() })
    };
    let anywhere = ask(&[(0, 1)], None).expect("answered");
    assert!(anywhere.pickup.is_empty(), "nobody said where the customer is");
    let some = ask(&[(0, units + 4), (1, 2), (2, 3)], Some("0,0")).expect("answered");
    let [here] = &some.pickup[..] else { panic!("one store has some of it: {some:?}") };
    let had: Vec<i64> = here.option.lines.iter().map(|line| line.units).collect();
    assert_eq!((here.location.as_str(), here.option.whole), (DEMO_LOCATION, false));
    assert_eq!(had, [units, 0, 3], "never more than asked");
    assert!(!some.ship.whole);
    let all = ask(&[(0, 2), (2, 3)], Some("0,0")).expect("answered");
    assert!(all.pickup[0].option.whole);
    assert!(ask(&[(1, 2)], Some("0,0")).expect("answered").pickup.is_empty(), "nobody has any");
    refused(ask(&[], None), 422, "invalid_body");
    refused(ask(&[(0, 1), (0, 1)], None), 422, "invalid_body");
    refused(ask(&[(0, 1)], Some("north")), 400, "invalid_query");
    let mut unknown = BasketQuestion { market: Some("US".into()), ..Default::default() };
    let sku = "no-such-sku".parse().expect("valid");
    unknown.lines.push(BasketLine { sku, quantity: Quantity::ONE });
    refused(channel.atp_basket(&unknown), 422, "unknown_sku");
}

fn refusals(shop: &Shop) {
    let (channel, sku) = (&shop.channel, shop.items[0].sku.as_str());
    refused(channel.atp(&[], ""), 400, "invalid_query");
    refused(channel.atp(&vec![sku; 1_001], ""), 400, "invalid_query");
    refused(channel.atp(&[sku], "method=rocket"), 400, "invalid_query");
    refused(channel.atp(&[sku], "channel=market"), 403, "wrong_channel");
    refused(channel.atp_around("no-such-sku", ""), 404, "unknown_sku");
    refused(channel.atp_around(sku, "at=north"), 400, "invalid_query");
    refused(channel.atp_around(sku, "postcode=1&market=US"), 422, "unknown_postcode");
    refused(channel.atp_explained(sku, ""), 401, "signed_out");
    refused(channel.put_rules(&json!({})), 401, "signed_out");
}

/// Rules are tried, stated, obeyed and versioned.
fn rules(shop: &Shop, full: i64) {
    let (operator, sku) = (&shop.operator, shop.items[0].sku.as_str());
    let pools = json!([{ "id": "ship", "method": "ship" }, { "id": "pickup", "method": "pickup" }]);
    let of = |rules: Value| json!({ "pools": pools, "rules": rules });
    let stated = |based_on: i64, rules: &Value| json!({ "based_on": based_on, "comment": "As the buyers want it", "rules": rules });
    let keep = of(json!([
        { "id": "keep-two", "says": { "safety": { "units": 2 } },
            "locations": { "kinds": ["store"] } },
    ]));
    let trial = operator.try_rules(&keep).expect("tried");
    let pickup = trial.pools.iter().find(|pool| pool.pool == "pickup").expect("there");
    // 38 whole shelves, one of which 3 units are promised, and one that is empty.
    assert_eq!(pickup.units_now - pickup.units_then, 2 * 39);
    assert_eq!((pickup.items_now, pickup.items_then), (39, 39));
    becomes(operator, sku, full - 3);

    let version = operator.put_rules(&stated(0, &keep)).expect("stated");
    assert_eq!((version.version, version.author.as_str()), (1, tests::server::LOGIN));
    becomes(operator, sku, full - 5);
    let why = operator.atp_explained(sku, PICKUP).expect("explained");
    let [gives] = &why.locations[..] else { panic!("one store: {why:?}") };
    assert_eq!((gives.rules[0].rule.as_str(), gives.rules[0].units), ("keep-two", 2));
    assert_eq!((gives.on_hand, gives.reserved, gives.available), (full, 3, full - 5));

    refused(operator.put_rules(&stated(0, &keep)), 409, "rules_changed");
    let nothing = of(json!([{ "id": "none", "says": "exclude" }]));
    refused(operator.put_rules(&stated(1, &nothing)), 409, "confirm_zero");
    let wrong = of(json!([{ "id": "much", "says": { "safety": { "percent": 101 } } }]));
    refused(operator.put_rules(&stated(1, &wrong)), 422, "invalid_rules");
}

/// A basket of one item.
pub fn basket(name: &str, to: PromiseTo, sku: &str, units: i64) -> NewPromise {
    NewPromise {
        basket: name.into(),
        to,
        lines: vec![BasketLine {
            sku: sku.parse().expect("valid"),
            quantity: Quantity::new(units).expect("some"),
        }],
        region: None,
        customer: None,
        later: false,
        minutes: None,
    }
}

/// Picked up at the one store.
pub fn here() -> PromiseTo {
    PromiseTo::Pickup { location: LocationId::new(DEMO_LOCATION).expect("valid") }
}

/// Waits until so many units of an item can be promised for pickup.
pub fn becomes(api: &Api, sku: &str, units: i64) {
    let start = now_ms();
    loop {
        // Right after a start nothing is known yet.
        let told = api.atp(&[sku], PICKUP).map(|list| list.items.first().map(|item| item.units));
        if matches!(told, Ok(Some(told)) if told == units) {
            return;
        }
        assert!(now_ms() - start < PATIENCE_MS, "{units} of {sku} were expected: {told:?}");
        std::thread::yield_now();
    }
}

/// A trial of `rules` changes one number for pickup, of an item, from what to what. What has just been
/// imported about items is seen as soon as it is followed.
fn only_becomes(operator: &Api, rules: &Value, (sku, now, then): (&str, i64, i64)) {
    let start = now_ms();
    loop {
        let trial = operator.try_rules(rules).expect("tried");
        let mut changes = trial.changes.iter().filter(|one| one.pool == "pickup");
        if let (Some(change), None) = (changes.next(), changes.next()) {
            assert_eq!((change.sku.as_str(), change.now, change.then), (sku, now, then));
            return;
        }
        assert!(now_ms() - start < PATIENCE_MS, "one number was expected: {trial:?}");
        std::thread::yield_now();
    }
}

pub fn refused<T: std::fmt::Debug>(answer: Result<T, DemoError>, status: u16, code: &str) {
    match answer {
        Err(DemoError::Answer { status: found, body, .. }) => {
            assert_eq!(found, status, "{body}");
            assert!(body.contains(&format!("\"{code}\"")), "{code} in {body}");
        }
        other => panic!("{code} was expected: {other:?}"),
    }
}
