//! Tills that stay connected: each sale is told as soon as it is durable, whatever else is sent, and what was
//! not told of is sent again.

use std::process::Command;

use demo_network::DEMO_LOCATION;
use serde_json::{Value, json};
use sync_server::api::events::stream::StreamTaken;
use tests::{
    event_stream::EventStream,
    server::{Server, Store},
    shop::{ON_HAND, Shop},
    sources::open_source,
};
use tokio::runtime::Runtime;

use crate::{checks, promise::refused};

fn sale(id: &str, sku: &str) -> String {
    let sale = json!({ "kind": "sale", "event_id": id, "sku": sku, "location": DEMO_LOCATION,
        "quantity": 1 });
    format!("{sale}\n")
}

/// Rows so far: all, accepted, ignored, refused.
async fn told(stream: &mut EventStream) -> (u64, u64, u64, u64) {
    let line = stream.told().await.expect("a line");
    let taken: StreamTaken = serde_json::from_str(&line).expect("counts");
    (taken.rows, taken.accepted, taken.ignored, taken.refused)
}

/// Until so many rows are told of.
async fn told_of(stream: &mut EventStream, rows: u64) -> (u64, u64, u64, u64) {
    loop {
        let told = told(stream).await;
        if told.0 >= rows {
            return told;
        }
    }
}

pub fn what_a_till_is_told_of_is_durable(store: &Store) {
    let mut server = Server::start(store);
    let shop = Shop::load(server.address());
    let till = open_source(&shop.operator, "till", "ndjson");
    let (address, token) = (server.address().to_owned(), till.token().to_owned());
    let skus: Vec<&str> = shop.items.iter().map(|item| item.sku.as_str()).collect();
    let full = i64::try_from(ON_HAND).expect("few");
    let on_hand = |sku: &str| shop.operator.stock(sku).expect("known").total.on_hand;
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let open = || EventStream::open(&address, "till", &token);
        let (mut one, mut other) = (open().await, open().await);
        one.send(sale("a1", skus[0]).as_bytes()).await;
        assert_eq!(told(&mut one).await, (1, 1, 0, 0));
        assert_eq!(on_hand(skus[0]), full - 1, "it is in the books before it is told");

        // Several at once, one of them known, one wrong, one cut in two.
        let rows = [sale("a1", skus[0]), sale("a2", "no-such-sku"), sale("a3", skus[1])].concat();
        let (whole, rest) = rows.split_at(rows.len() - 9);
        one.send(whole.as_bytes()).await;
        assert_eq!(told_of(&mut one, 3).await, (3, 1, 1, 1));
        one.send(rest.as_bytes()).await;
        assert_eq!(told(&mut one).await, (4, 2, 1, 1));
        other.send(sale("a3", skus[1]).as_bytes()).await;
        assert_eq!(told(&mut other).await, (1, 0, 1, 0), "another till's is the same event");

        // The last line needs no end, and an ended request has an ended answer.
        one.send(sale("a4", skus[1]).trim_end().as_bytes()).await;
        one.end().await;
        assert_eq!(told(&mut one).await, (5, 3, 1, 1));
        assert_eq!(one.told().await, None);

        // A line that never ends is no line.
        let mut third = open().await;
        third.send(sale("a5", skus[2]).as_bytes()).await;
        assert_eq!(told(&mut third).await, (1, 1, 0, 0));
        for _ in 0..5 {
            third.send(&[b' '; 64 * 1024]).await;
        }
        let why: Value = serde_json::from_str(&third.told().await.expect("why")).expect("JSON");
        assert_eq!(why["code"], "too_large");
        assert_eq!(third.told().await, None);
    });
    let day = till.send_events("till", sale("a1", skus[0]).as_bytes()).expect("taken").id;
    let wrong = shop.operator.refused("till", &day).expect("a file");
    let line = wrong.lines().nth(1).expect("one");
    assert!(line.starts_with("3,"), "the third line of its stream: {line}");

    // One that ends at once, and who may not.
    let lines = till.stream_events("till", sale("a6", skus[2]).as_bytes()).expect("taken");
    assert_eq!(lines.lines().count(), 1);
    let erp = open_source(&shop.operator, "erp", "csv");
    refused(erp.stream_events("erp", b"sku\n"), 422, "not_lines");
    let as_a_day = erp.send_batch("erp", "events-2026-01-31", None, None, b"sku,location\n");
    refused(as_a_day, 400, "invalid_query");
    refused(erp.stream_events("till", b"{}\n"), 404, "unknown_source");

    cut_off(store, &mut server, &shop, &runtime, &token);
    stopped(server, &runtime, &token);
    runtime.block_on(checks::assert_sound(store));
}

/// A power cut while tills send: each goes on behind what it was told of.
fn cut_off(store: &Store, server: &mut Server, shop: &Shop, runtime: &Runtime, token: &str) {
    const SALES: u64 = 40;
    let (sku, full) = (shop.items[5].sku.as_str(), i64::try_from(ON_HAND).expect("few"));
    let name = |n: u64| if n < 10 { format!("b{n}") } else { format!("b{}", n % 10) };
    let address = server.address().to_owned();
    let before = runtime.block_on(async {
        let mut till = EventStream::open(&address, "till", token).await;
        till.send(sale(&name(0), sku).as_bytes()).await;
        let told = told(&mut till).await.0;
        for n in 1..SALES {
            till.send(sale(&name(n), sku).as_bytes()).await;
        }
        told
    });
    server.kill_and_restart(store);
    runtime.block_on(async {
        let mut till = EventStream::open(&address, "till", token).await;
        for n in before..SALES {
            till.send(sale(&name(n), sku).as_bytes()).await;
        }
        let told = told_of(&mut till, SALES - before).await;
        assert_eq!(told.1 + told.2, SALES - before, "taken now, or before");
    });
    let on_hand = shop.operator.stock(sku).expect("known").total.on_hand;
    assert_eq!(on_hand, full - 10, "ten sales, each once");
}

/// A server that is told to stop ends the streams, and takes what came before.
fn stopped(server: Server, runtime: &Runtime, token: &str) {
    runtime.block_on(async {
        let mut till = EventStream::open(server.address(), "till", token).await;
        till.send(b"\n").await;
        assert_eq!(
            told(&mut till).await,
            (0, 0, 0, 0),
            "an empty line asks whether somebody is there"
        );
        let told = Command::new("kill").args(["-TERM", &server.process().to_string()]).status();
        assert!(told.expect("told").success());
        assert_eq!(till.told().await, None);
    });
    drop(server);
}
