//! Sales of 64 tills of a chain, one by one, each durable before it is answered, over a stream that stays
//! open or in a request each; and beside it the limit of group commit: the same rows, with nothing above
//! the database's driver.
//!
//! SQLite: one connection, `synchronous=FULL`, a commit for each 64 sales. PostgreSQL: 64 connections,
//! prepared statements, a commit for each sale.
//!
//! `tills [sqlite|postgres|both] [rounds]`, 3 rounds of 6,400 sales if absent, the two in turn. The server
//! shares the cores with the tills. Prints JSON lines, the last of each engine and way with the median ratio;
//! a round whose sales are not all taken and in the books ends the run.

mod chain;
mod postgres;
mod rows;
mod sqlite;

use std::time::Duration;

use serde_json::json;
use tests::{
    sample::Sample,
    server::{Server, Store},
};

use chain::{Chain, Way};
use rows::Sale;

pub const TILLS: usize = 64;
/// Sales of a till in one round.
const SALES: usize = 100;

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let engine = args.next().unwrap_or_else(|| "both".to_owned());
    let rounds = args.next().map_or(3, |rounds| rounds.parse().expect("a number of rounds"));
    if engine != "postgres" {
        run("sqlite", &Store::on_disk(), rounds, sqlite::write);
    }
    if engine != "sqlite" {
        run("postgres", &Store::postgres(), rounds, postgres::write);
    }
}

/// Writes the rows of all sales, 64 side by side, and says how long it took.
type Bare = fn(&Store, &[Sale]) -> Duration;

fn run(engine: &str, store: &Store, rounds: usize, bare: Bare) {
    let mut server = Server::start(store);
    let chain = Chain::open(server.address());
    drop(server);
    // The same network, for the loop.
    let beside = store.fork();
    server = Server::start(store);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let a_second = |took: Duration| (TILLS * SALES) as f64 / took.as_secs_f64();
    let mut results = Way::ALL.map(|way| (way, Vec::new(), Sample::default()));
    for round in 0..rounds {
        for (at, (way, ratios, answered)) in results.iter_mut().enumerate() {
            let part = round * Way::ALL.len() + at;
            let limit = a_second(bare(&beside, &chain.sales(part, SALES)));
            let sold = chain.sell(server.address(), *way, part, SALES);
            let (took, times) = runtime.block_on(sold);
            let ours = a_second(took);
            times.into_iter().for_each(|time| answered.add(time));
            ratios.push(ours / limit);
            let line = json!({ "bench": "tills", "engine": engine, "way": way.as_str(),
                "round": round, "sales_a_second": ours.round(), "limit_a_second": limit.round() });
            println!("{line}");
        }
    }
    drop(server);
    let each = rounds * TILLS * SALES;
    let sold = i64::try_from(each * Way::ALL.len()).expect("few");
    for books in [store, &beside] {
        assert_eq!(runtime.block_on(chain::sold(books)), (sold, sold), "positions and ledger");
    }
    for (way, mut ratios, answered) in results {
        ratios.sort_by(f64::total_cmp);
        let line = json!({
            "bench": "tills", "engine": engine, "way": way.as_str(), "tills": TILLS, "sales": each,
            "ratio": (ratios[ratios.len() / 2] * 1_000.0).round() / 1_000.0, "must": 0.7,
            "p50_ms": answered.percentile_ms(50), "p99_ms": answered.percentile_ms(99),
        });
        println!("{line}");
    }
}
