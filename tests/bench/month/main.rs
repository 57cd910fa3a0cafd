//! A month in the life: the busiest month of the real order file, replayed as fast as it goes as sales and
//! returns at tills, web orders and baskets that are held first, with snapshots of the ERP in between.
//!
//! `month [sqlite|postgres|both] FILE [days]`: FILE is the whole `online-retail.csv.gz` (UCI Machine
//! Learning Repository, Online Retail), which is not in the repository; without it, that file under
//! `orders` in the folder that `STOCKHAND_DATA_FILES` names. All days of the month if no number is given.
//! The real server program and its clients share the machine. Prints one JSON line for each database;
//! nothing when truth, positions, ledger, index and a fresh index do not agree to the unit.

// What must hold after every journey.
#[expect(dead_code, reason = "journeys count rows besides")]
#[path = "../../e2e/checks.rs"]
mod checks;

use std::path::{Path, PathBuf};

use serde_json::json;
use tests::{
    replay::{
        Replay, STORES, Sent,
        documents::{Documents, Span},
    },
    server::{Server, Store},
    stopwatch::timed,
};

/// Names the folder of the open data, as a fallback for FILE.
const DATA_VARIABLE: &str = "STOCKHAND_DATA_FILES";

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).peekable();
    let is_engine = |arg: &String| matches!(arg.as_str(), "sqlite" | "postgres" | "both");
    let engine = args.next_if(is_engine).unwrap_or_else(|| "both".to_owned());
    let file = args.next_if(|arg| Path::new(arg).exists()).map_or_else(whole_file, PathBuf::from);
    let mut documents = Documents::read(&file, Span::Month);
    if let Some(days) = args.next() {
        documents.days.truncate(days.parse().expect("a number of days"));
    }
    if engine != "postgres" {
        run("sqlite", &Store::on_disk(), &documents);
    }
    if engine != "sqlite" {
        run("postgres", &Store::postgres(), &documents);
    }
}

fn whole_file() -> PathBuf {
    let folder = std::env::var(DATA_VARIABLE);
    let folder =
        folder.unwrap_or_else(|_| panic!("name the file, or its folder in {DATA_VARIABLE}"));
    Path::new(&folder).join("orders/online-retail.csv.gz")
}

fn run(engine: &str, store: &Store, documents: &Documents) {
    let server = Server::start(store);
    let mut replay = Replay::begin(server.address(), documents.items);
    let live = || {
        let days = documents.days.iter();
        days.fold(Sent::default(), |sent, day| {
            let of_day = replay.day(day);
            eprintln!("{of_day:?}");
            sent.and(of_day)
        })
    };
    let (sent, took) = timed(live);
    assert_eq!(replay.disagreement(server, store), None);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
    let a_second = |number: u64| (number as f64 / took.as_secs_f64() * 10.0).round() / 10.0;
    let line = json!({
        "bench": "month", "engine": engine, "days": documents.days.len(), "stores": STORES,
        "items": documents.items, "s": took.as_secs_f64().round(),
        "orders": sent.orders, "orders_a_second": a_second(sent.orders),
        "order_lines": sent.order_lines, "order_lines_a_second": a_second(sent.order_lines),
        "till_events": sent.events, "till_events_a_second": a_second(sent.events),
        "rows_counted": sent.counted, "rows_counted_a_second": a_second(sent.counted),
    });
    println!("{line}");
}
