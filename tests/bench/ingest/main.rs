//! Stock of an ERP as CSV over HTTP, from the first byte sent until the number is answered to shops:
//! counts that change every position, 10,000 a batch, against a bare loop that writes the same rows; a
//! snapshot that changes nothing; and how much memory an input of any length takes.
//!
//! `ingest [sqlite|postgres|both] [batches] [megabytes]`, 20 batches and 500 MB if absent; 5000 for the long
//! one, which takes ten times as long. With durable commits. Prints JSON lines; a batch whose rows are not
//! all as stated ends the run.

mod books;
mod postgres;
mod sqlite;
mod stream;

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
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).peekable();
    let engine = args.next_if(|arg| arg.parse::<u32>().is_err());
    let engine = engine.unwrap_or_else(|| "both".to_owned());
    let mut numbers = args.map(|arg| arg.parse::<u32>().expect("a number"));
    let (batches, megabytes) = (numbers.next().unwrap_or(20), numbers.next().unwrap_or(500));
    if engine != "postgres" {
        Run { engine: "sqlite", batches, megabytes, must: 0.7, bare: sqlite::write }
            .on(&Store::on_disk());
    }
    if engine != "sqlite" {
        Run { engine: "postgres", batches, megabytes, must: 0.6, bare: postgres::write }
            .on(&Store::postgres());
    }
}

/// What is measured of one engine.
struct Run {
    engine: &'static str,
    batches: u32,
    megabytes: u32,
    must: f64,
    bare: fn(&Store, u32) -> Duration,
}

impl Run {
    fn on(&self, store: &Store) {
        let server = Server::start(store);
        let url = format!("http://{}", server.address());
        let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
        let shop = Api::with_token(&url, CHANNEL_TOKEN);
        let mut books = Books::open(&operator);
        self.snapshots(&books, &shop, &server);
        let before = memory::resident(server.process());
        let ours = self.changes(&books, &shop);
        let grown = memory::resident(server.process()).peak.saturating_sub(before.now);
        drop(server);
        // A server that has read nothing yet: its peak is the stream's.
        let server = Server::start(store);
        books.at(server.address());
        books.until_known(&Api::with_token(&format!("http://{}", server.address()), CHANNEL_TOKEN));
        let whole = stream::send(&books, &server, self.megabytes);
        drop(server);
        let bare = (self.bare)(store, self.batches);
        let a_second =
            |took: Duration| (f64::from(BATCH * self.batches) / took.as_secs_f64()).round();
        self.tell(json!({
            "what": "changed positions to durable and visible, CSV, 10,000 a batch",
            "rows_a_second": a_second(ours), "bare_loop_a_second": a_second(bare),
            "ratio": (bare.as_secs_f64() / ours.as_secs_f64() * 1_000.0).round() / 1_000.0,
            "must": self.must, "memory_growth_mb": memory::megabytes(grown), "must_mb": 300,
        }));
        self.tell(json!({
            "what": "one snapshot, one position in a hundred changed",
            "megabytes": memory::megabytes(whole.bytes), "rows": whole.rows,
            "changed": whole.changed, "s": whole.took.as_secs_f64(),
            "baseline_mb": memory::megabytes(whole.baseline),
            "memory_growth_mb": memory::megabytes(whole.grown), "must_mb": 300,
        }));
    }

    fn snapshots(&self, books: &Books, shop: &Api, server: &Server) {
        let whole = books.snapshot(7);
        let (_, first) = timed(|| books.send("first", &whole, |row| assert_eq!(row.refused, 0)));
        let rows = u64::from(BATCH) * u64::from(LOCATIONS);
        self.rate("first snapshot of a network, gzip", rows, first, server);

        // As it is hours later: shops have been told of the one before.
        books.until_answered(shop, 7);
        let (_, same) = timed(|| {
            books.send("same", &whole, |row| {
                assert_eq!((row.unchanged, row.accepted, row.refused), (rows, 0, 0), "{row:?}");
            });
        });
        let rate = self.rate("unchanged positions of a snapshot, gzip", rows, same, server);
        self.tell(json!({ "what": "unchanged", "rows_a_second": rate, "must": 1_000_000 }));
    }

    fn changes(&self, books: &Books, shop: &Api) -> Duration {
        let mut ours = Duration::ZERO;
        for (n, text) in (0..self.batches).map(|n| books.counts(n)).enumerate() {
            let units = i64::try_from(n).expect("few") + 100;
            ours += timed(|| {
                books.send(&format!("c{n}"), text.as_bytes(), |row| {
                    assert_eq!(row.accepted, u64::from(BATCH), "{row:?}");
                });
                books.until_answered(shop, units);
            })
            .1;
        }
        ours
    }

    fn rate(&self, what: &str, rows: u64, took: Duration, server: &Server) -> f64 {
        let rate = (rows as f64 / took.as_secs_f64()).round();
        let resident = memory::resident(server.process());
        self.tell(json!({
            "what": what, "rows": rows, "s": took.as_secs_f64(), "rows_a_second": rate,
            "resident_mb": memory::megabytes(resident.now),
            "peak_mb": memory::megabytes(resident.peak),
        }));
        rate
    }

    fn tell(&self, mut line: serde_json::Value) {
        line["engine"] = json!(self.engine);
        println!("{line}");
    }
}
