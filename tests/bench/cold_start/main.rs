//! A cold start: from the start of the server's program on a database full of positions until it answers
//! what can be promised.
//!
//! `cold_start [positions]`, 4,800,000 if absent, 48 of each item at 2,000 locations; 48,000,000 are
//! meant, and take 6 GB of the disk and the time to fill them. SQLite; the file is filled by its own
//! driver, and lies in the system's cache as far as that goes. Prints one JSON line; nothing when a
//! sample of the numbers is not what was filled in.

mod fill;

use demo_network::api::Api;
use serde_json::json;
use tests::{
    memory::{megabytes, resident},
    server::{CHANNEL_TOKEN, Server, Store},
    stopwatch::{Stopwatch, timed},
};

use fill::{EACH, sku, units};

/// Items whose numbers are compared.
const SAMPLE: usize = 500;
/// Items of one question.
const ASKED: usize = 100;

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let positions: u32 = asked.unwrap_or(4_800_000);
    let items = positions / EACH;
    let store = Store::on_disk();
    // The schema, the operator and the channel.
    drop(Server::start(&store));
    let ((), filled) = timed(|| fill::fill(&store, items));
    let started = Stopwatch::start();
    let server = Server::start(&store);
    let listens = started.elapsed();
    let shop = Api::with_token(&format!("http://{}", server.address()), CHANNEL_TOKEN);
    // It says "later" until it knows everything.
    while shop.atp(&[&sku(items - 1)], "method=ship").is_err() {
        std::thread::yield_now();
    }
    let took = started.elapsed();
    assert_right(&shop, items);
    let memory = resident(server.process());
    let positions = u64::from(items) * u64::from(EACH);
    println!(
        "{}",
        json!({
            "bench": "cold_start", "positions": positions, "items": items,
            "listens_s": listens.as_secs_f64(), "s": took.as_secs_f64(),
            "positions_a_second": (positions as f64 / took.as_secs_f64()).round(),
            "must_s": 60, "must_positions": 48_000_000,
            "resident_mb": megabytes(memory.now), "peak_mb": megabytes(memory.peak),
            "resident_bytes_a_position": (memory.now as f64 / positions as f64 * 10.0).round() / 10.0,
            "filled_s": filled.as_secs_f64(), "file_mb": megabytes(fill::bytes(&store)),
        })
    );
}

fn assert_right(shop: &Api, items: u32) {
    let step = (items as usize / SAMPLE).max(1);
    let sample: Vec<u32> = (0..items).step_by(step).collect();
    for some in sample.chunks(ASKED) {
        let skus: Vec<String> = some.iter().map(|item| sku(*item)).collect();
        let skus: Vec<&str> = skus.iter().map(String::as_str).collect();
        let list = shop.atp(&skus, "method=ship").expect("answered");
        assert_eq!(list.items.len(), some.len(), "{:?}", list.unknown);
        for (item, told) in some.iter().zip(&list.items) {
            assert_eq!(told.units, units(*item), "of {item}");
        }
    }
}
