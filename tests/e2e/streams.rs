//! What tills publish into NATS becomes movements of stock: once, whatever is published twice, is
//! delivered twice, cannot be read, or is in hand when a server is killed. NATS itself is the real one.

use demo_network::{DEMO_LOCATION, api::Api};
use domain::api::{NewSource, SourceKind, Transport};
use serde_json::json;
use tests::{
    lock::{StockLock, forbid_event},
    nats::Nats,
    server::{Server, Store},
    shop::{ON_HAND, Shop},
};

use crate::{checks, inbox::until};

const STREAM: &str = "TILLS";
/// What the server calls its consumer where nobody says.
const CONSUMER: &str = "stockhand-till";
const FULL: i64 = ON_HAND.cast_signed();

pub fn what_tills_publish_becomes_stock(store: &Store) {
    let nats = Nats::start();
    nats.make_stream(STREAM, "tills.>");
    let server = Server::start_with(store, &["--nats", &nats.url()]);
    let shop = Shop::load(server.address());
    shop.operator.put_source("till", &till("tills.*")).expect("a source");
    let skus: Vec<&str> = shop.items.iter().map(|item| item.sku.as_str()).collect();

    let sale = event("sale", "t1", skus[0], "");
    let void = event("void", "v1", skus[1], "t2");
    let events =
        [&sale, &event("sale", "t2", skus[1], ""), &event("return", "r1", skus[2], ""), &void];
    nats.publish("tills.S1", &events);
    becomes(&shop.operator, skus[2], FULL + 1);
    becomes(&shop.operator, skus[1], FULL);
    becomes(&shop.operator, skus[0], FULL - 1);

    // Published again; in a message of several rows; behind ones that cannot be read, or not believed.
    let rows = [sale.clone(), event("sale", "t3", skus[3], ""), "not even JSON".into()].join("\n");
    let unknown = event("sale", "t4", "no-such-sku", "");
    let packed_badly: &[u8] = b"\x1f\x8b\x08 but no gzip";
    nats.publish("tills.S1", &[sale.as_bytes(), rows.as_bytes(), packed_badly, unknown.as_bytes()]);
    nats.publish("tills.S2", &[event("sale", "t5", skus[4], "")]);
    becomes(&shop.operator, skus[4], FULL - 1);
    becomes(&shop.operator, skus[3], FULL - 1);
    settles(&nats);
    assert_eq!(on_hand(&shop.operator, skus[0]), FULL - 1, "the same event again");
    assert_eq!(on_hand(&shop.operator, skus[1]), FULL, "sold, and taken back");

    let dead = shop.operator.dead_rows("till", "open").expect("listed").items;
    let told: Vec<_> = dead.iter().map(|row| (row.code.as_str(), row.line)).collect();
    // By the number of their message: four came before.
    assert_eq!(told, [("malformed", 6), ("malformed", 7), ("unknown_sku", 8)], "{dead:?}");

    let source = shop.operator.source("till").expect("there");
    let reached = source.source.reached.expect("it was looked at");
    assert!(reached.is_up && reached.trouble.is_empty() && reached.last_at.is_some());
    assert_eq!(reached.waiting, 0);
    let batch = &source.batches[0];
    assert_eq!((batch.rows, batch.accepted, batch.ignored, batch.refused), (11, 6, 2, 3));
    let metrics = shop.operator.metrics().expect("told");
    for line in ["stockhand_nats_connected 1", "stockhand_nats_messages_pending 0"] {
        assert!(metrics.lines().any(|told| told == line), "{line} in {metrics}");
    }

    // The subject is another from now on.
    shop.operator.put_source("till", &till("tills.S2.>")).expect("changed");
    until("the change holds", || is_settled(&nats));
    nats.publish("tills.S2.other", &[event("sale", "t6", skus[5], "")]);
    becomes(&shop.operator, skus[5], FULL - 1);
    drop(server);
    sound(store);
}

pub fn a_killed_server_neither_loses_nor_doubles(store: &Store) {
    let nats = Nats::start();
    nats.make_stream(STREAM, "tills.>");
    nats.make_consumer(STREAM, CONSUMER, "tills.>");
    let mut server = Server::start_with(store, &["--nats", &nats.url()]);
    let shop = Shop::load(server.address());
    let skus: Vec<&str> = shop.items.iter().map(|item| item.sku.as_str()).collect();

    // Somebody had the first of them in hand and died.
    let each = 60_usize;
    let sold = |at: usize| event("return", &format!("r{at}"), skus[at % skus.len()], "");
    let mut events: Vec<String> = (0..each * skus.len()).map(sold).collect();
    events.insert(5, "no event".into());
    nats.publish("tills.S1", &events);
    nats.take_and_die(STREAM, CONSUMER, 30);
    shop.operator.put_source("till", &till("tills.>")).expect("a source");

    // Killed as soon as something was taken, and once more.
    for _ in 0..2 {
        let before = taken(&shop.operator);
        until("more is taken", || taken(&shop.operator) > before || is_settled(&nats));
        server.kill_and_restart(store);
    }
    let units = FULL + i64::try_from(each).expect("few");
    for sku in &skus {
        becomes(&shop.operator, sku, units);
    }
    settles(&nats);
    let dead = |api: &Api| api.dead_rows("till", "open").expect("listed").items.len();
    assert_eq!(dead(&shop.operator), 1);

    // Everything once more, as if it had been committed and none of it acknowledged.
    let rows = taken(&shop.operator);
    nats.forget_consumer(STREAM, CONSUMER);
    server.kill_and_restart(store);
    until("all is delivered again", || taken(&shop.operator) == rows + events.len() as u64);
    settles(&nats);
    for sku in &skus {
        assert_eq!(on_hand(&shop.operator, sku), units, "{sku}");
    }
    assert_eq!(dead(&shop.operator), 1, "a dead row is not buried twice");
    let batch = &shop.operator.source("till").expect("there").batches[0];
    assert_eq!(batch.refused, 1);
    assert_eq!(batch.accepted, (events.len() - 1) as u64);
    drop(server);
    sound(store);
}

pub fn nothing_is_acknowledged_before_it_is_stored(store: &Store) {
    let nats = Nats::start();
    nats.make_stream(STREAM, "tills.>");
    nats.make_consumer(STREAM, CONSUMER, "tills.>");
    let server = Server::start_with(store, &["--nats", &nats.url()]);
    let shop = Shop::load(server.address());
    let [first, second] = [0, 1].map(|at| shop.items[at].sku.clone());
    let [first, second] = [&*first, &*second];
    shop.operator.put_source("till", &till("tills.>")).expect("a source");
    nats.publish("tills.S1", &[event("sale", "t1", first, "")]);
    becomes(&shop.operator, first, FULL - 1);
    settles(&nats);

    // In hand, and it cannot be committed: it stays in hand until the server dies.
    let lock = StockLock::take(store);
    nats.publish("tills.S1", &[event("sale", "t2", first, "")]);
    until("it is in hand", || nats.open(STREAM, CONSUMER) == Some((0, 1)));
    drop(server);
    assert!(!is_settled(&nats), "it was acknowledged too early");
    drop(lock);
    let server = Server::start_with(store, &["--nats", &nats.url()]);
    let shop = shop.at(server.address());
    becomes(&shop.operator, first, FULL - 2);
    settles(&nats);

    // One that the database does not take, among others: they are taken, and it is given to a person.
    forbid_event(store, "t4");
    let events = ["t3", "t4", "t5"].map(|id| event("sale", id, second, ""));
    nats.publish("tills.S1", &events);
    becomes(&shop.operator, second, FULL - 2);
    settles(&nats);
    let dead = shop.operator.dead_rows("till", "open").expect("listed").items;
    assert_eq!((dead.len(), dead[0].line, dead[0].code.as_str()), (1, 4, "malformed"));
    assert!(dead[0].message.contains("could not be stored"), "{dead:?}");
    assert_eq!(on_hand(&shop.operator, second), FULL - 2);
    drop(server);
    sound(store);
}

pub fn nats_may_be_away(store: &Store) {
    let mut nats = Nats::start();
    nats.kill();
    let server = Server::start_with(store, &["--nats", &nats.url()]);
    let shop = Shop::load(server.address());
    let sku = shop.items[0].sku.as_str();
    shop.operator.put_source("till", &till("tills.>")).expect("a source");
    let trouble = |api: &Api| {
        let reached = api.source("till").expect("there").source.reached.unwrap_or_default();
        (reached.is_up, reached.trouble)
    };
    let away = || trouble(&shop.operator).1.contains("no connection");
    until("it says that NATS is away", away);

    // It comes, without the stream; then with it; then it is away once more.
    nats.start_again();
    until("it misses the stream", || trouble(&shop.operator).1.contains("TILLS"));
    nats.make_stream(STREAM, "tills.>");
    nats.publish("tills.S1", &[event("sale", "t1", sku, "")]);
    becomes(&shop.operator, sku, FULL - 1);
    nats.start_again();
    nats.publish("tills.S1", &[event("sale", "t2", sku, "")]);
    becomes(&shop.operator, sku, FULL - 2);
    until("all is well", || trouble(&shop.operator) == (true, String::new()));
    drop(server);
    sound(store);
}

pub fn two_servers_share_a_consumer(store: &Store) {
    let nats = Nats::start();
    nats.make_stream(STREAM, "tills.>");
    let options = ["--nats", &nats.url()];
    let server = Server::start_with(store, &options);
    let shop = Shop::load(server.address());
    let other = Server::start_with(store, &options);
    let skus: Vec<&str> = shop.items.iter().map(|item| item.sku.as_str()).collect();
    shop.operator.put_source("till", &till("tills.>")).expect("a source");
    let each = 50_usize;
    let back = |at: usize| event("return", &format!("r{at}"), skus[at % skus.len()], "");
    let events: Vec<String> = (0..each * skus.len()).map(back).collect();
    // Each twice, so that both servers have the same event in hand.
    nats.publish("tills.S1", &events);
    nats.publish("tills.S2", &events);
    for sku in &skus {
        becomes(&shop.operator, sku, FULL + i64::try_from(each).expect("few"));
    }
    settles(&nats);
    until("all is counted", || taken(&shop.operator) == 2 * events.len() as u64);
    drop((server, other));
    sound(store);
}

fn event(kind: &str, id: &str, sku: &str, voids: &str) -> String {
    let mut event = json!({ "kind": kind, "event_id": id, "sku": sku, "location": DEMO_LOCATION,
        "quantity": 1 });
    if !voids.is_empty() {
        event["voids"] = json!(voids);
    }
    event.to_string()
}

fn till(subject: &str) -> NewSource {
    let field = |name: &str| {
        let needed = matches!(name, "sku" | "location" | "event_id");
        (name.to_owned(), json!({ "column": name, "optional": !needed }))
    };
    let names = ["sku", "location", "quantity", "kind", "at", "event_id", "order", "voids"];
    let fields: serde_json::Map<_, _> = names.map(field).into_iter().collect();
    let profile = json!({ "version": 1, "name": "till", "format": "ndjson", "content": "till",
        "fields": fields });
    let transport =
        Transport::Nats { stream: STREAM.into(), subject: subject.into(), consumer: None };
    let kind = SourceKind::Till;
    NewSource { name: "till".into(), kind, profile: Some(profile), hold_above: None, transport }
}

fn on_hand(api: &Api, sku: &str) -> i64 {
    api.stock(sku).expect("known").total.on_hand
}

/// Rows that were taken in the newest batches.
fn taken(api: &Api) -> u64 {
    api.source("till").expect("there").batches.iter().map(|batch| batch.rows).sum()
}

fn becomes(api: &Api, sku: &str, units: i64) {
    until(&format!("{units} of {sku}"), || on_hand(api, sku) == units);
}

fn is_settled(nats: &Nats) -> bool {
    nats.open(STREAM, CONSUMER) == Some((0, 0))
}

fn settles(nats: &Nats) {
    until("every message is acknowledged", || is_settled(nats));
}

fn sound(store: &Store) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}
