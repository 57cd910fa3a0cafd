//! Stock of an ERP as CSV over HTTP, from the first byte sent until the number is answered to shops:
//! counts that change every position, 10,000 a batch, against a bare loop that writes the same rows; and
//! a snapshot that changes nothing.
//!
//! `ingest [batches]`, 20 if absent, on SQLite with durable commits. Prints JSON lines; a batch whose
//! rows are not all as stated ends the run.

mod bare;
mod books;

use std::time::Duration;

use demo_network::api::Api;
use serde_json::json;
use tests::{
    memory,
    server::{CHANNEL_TOKEN, LOGIN, PASSWORD, Server, Store},
    stopwatch::timed,
};

use books::{BATCH, Books, LOCATIONS};

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let batches: u32 = asked.unwrap_or(20);
    let store = Store::on_disk();
    let server = Server::start(&store);
    let url = format!("http://{}", server.address());
    let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
    let shop = Api::with_token(&url, CHANNEL_TOKEN);
    let books = Books::open(&operator);

    let whole = books.snapshot(7);
    let (_, first) = timed(|| books.send("first", &whole, |row| assert_eq!(row.refused, 0)));
    let rows = u64::from(BATCH) * u64::from(LOCATIONS);
    tell("first snapshot of a network, gzip", rows, first, &server);

    // As it is hours later: shops have been told of the one before.
    books.until_answered(&shop, 7);
    let before = memory::resident(server.process());
    let (_, same) = timed(|| {
        books.send("same", &whole, |row| {
            assert_eq!((row.unchanged, row.accepted, row.refused), (rows, 0, 0), "{row:?}");
        });
    });
    let rate = tell("unchanged positions of a snapshot, gzip", rows, same, &server);
    println!("{}", json!({ "what": "unchanged", "rows_a_second": rate, "must": 1_000_000 }));

    let (mut ours, texts) = (Duration::ZERO, (0..batches).map(|n| books.counts(n)));
    for (n, text) in texts.enumerate() {
        let units = i64::try_from(n).expect("few") + 100;
        ours += timed(|| {
            books.send(&format!("c{n}"), text.as_bytes(), |row| {
                assert_eq!(row.accepted, u64::from(BATCH), "{row:?}");
            });
            books.until_answered(&shop, units);
        })
        .1;
    }
    let grown = memory::resident(server.process()).peak.saturating_sub(before.now);
    drop(server);
    let bare = bare::write(&store, batches);
    let a_second = |took: Duration| (f64::from(BATCH * batches) / took.as_secs_f64()).round();
    println!(
        "{}",
        json!({
            "what": "changed positions to durable and visible, CSV, 10,000 a batch",
            "rows_a_second": a_second(ours), "bare_loop_a_second": a_second(bare),
            "ratio": (bare.as_secs_f64() / ours.as_secs_f64() * 1_000.0).round() / 1_000.0,
            "must": 0.7, "memory_growth_mb": memory::megabytes(grown), "must_mb": 300,
        })
    );
}

fn tell(what: &str, rows: u64, took: Duration, server: &Server) -> f64 {
    let rate = (rows as f64 / took.as_secs_f64()).round();
    let resident = memory::resident(server.process());
    println!(
        "{}",
        json!({ "what": what, "rows": rows, "s": took.as_secs_f64(), "rows_a_second": rate,
            "resident_mb": memory::megabytes(resident.now), "peak_mb": memory::megabytes(resident.peak) })
    );
    rate
}
