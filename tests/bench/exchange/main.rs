//! Commands accepted by the exchange a second: 64 tablets over HTTP against the real server program,
//! and beside it a bare loop over the database's own driver that writes the very same rows.
//!
//! SQLite: one connection, `synchronous=FULL`, a commit for each 64 exchanges: the limit of group commit.
//! PostgreSQL: 16 connections, prepared statements, a commit for each exchange. The server parses,
//! checks signatures, decides and answers besides, on the same cores as the tablets.
//!
//! `exchange [sqlite|postgres|both] [rounds]`; prints a JSON line for each round and one with the median
//! ratio. Every command must be applied, and both databases must hold the same afterwards; else nothing
//! is printed.

mod device;
mod fleet;
mod postgres;
mod rows;
mod sqlite;

use std::time::Duration;

use app_core::sync::ServerClient;
use fleet::{DEVICES, Fleet};
use rows::Written;
use serde_json::json;
use sync_server::db::{Database, Options};
use tests::server::{Server, Store};
use tests::stopwatch::timed;
use tokio::runtime::Runtime;

/// Exchanges of each tablet, and commands in each: a tablet that is online, one that comes back, and one that
/// was away for a day and sends as much at once as it may.
const LOADS: [(u64, u64); 3] = [(100, 1), (20, 10), (4, 100)];

/// A database driver to compare with.
struct Peer {
    name: &'static str,
    fresh: fn() -> Store,
    /// Writes the rows and says how long the writing took.
    write: fn(&Runtime, &Store, &[Written]) -> Duration,
}

const PEERS: [Peer; 2] = [
    Peer { name: "sqlite", fresh: Store::on_disk, write: sqlite::write },
    Peer { name: "postgres", fresh: Store::postgres, write: postgres::write },
];

fn main() {
    let mut args = std::env::args().skip(1).filter(|arg| !arg.starts_with("--"));
    let wanted = args.next().unwrap_or_else(|| "both".to_owned());
    let rounds = args.next().map_or(5, |rounds| rounds.parse().expect("a number of rounds"));
    rustls::crypto::ring::default_provider().install_default().expect("the first of this process");
    let runtime = Runtime::new().expect("a runtime");
    for peer in PEERS.iter().filter(|peer| wanted == "both" || wanted == peer.name) {
        let baseline = (peer.fresh)();
        let server = Server::start(&baseline);
        let fleet = runtime.block_on(Fleet::pair(server.address()));
        drop(server);
        for load in LOADS {
            let results = (0..rounds).map(|_| round(&runtime, peer, &baseline, &fleet, load));
            report(peer, load, &results.collect::<Vec<_>>());
        }
    }
}

/// Commands a second, bare and through the server.
fn round(
    runtime: &Runtime,
    peer: &Peer,
    baseline: &Store,
    fleet: &Fleet,
    (exchanges, batch): (u64, u64),
) -> (f64, f64) {
    let (ours, bare) = (baseline.fork(), baseline.fork());
    let time = through_the_server(runtime, &ours, fleet.clone(), exchanges, batch);
    let (written, done) = runtime.block_on(async {
        let db = Database::open(&ours.url, &Options::default()).await.expect("opens");
        (rows::of_round(&db, fleet, batch).await, rows::digest(&db).await)
    });
    let bare_time = (peer.write)(runtime, &bare, &written);
    let same = runtime.block_on(async {
        let db = Database::open(&bare.url, &Options::default()).await.expect("opens");
        rows::digest(&db).await
    });
    assert_eq!(done, same, "the bare loop wrote the same rows");
    let commands = u32::try_from(DEVICES as u64 * exchanges * batch).expect("few");
    let rate = |time: Duration| f64::from(commands) / time.as_secs_f64();
    (rate(bare_time), rate(time))
}

fn through_the_server(
    runtime: &Runtime,
    store: &Store,
    mut fleet: Fleet,
    exchanges: u64,
    batch: u64,
) -> Duration {
    let server = Server::start(store);
    let client = ServerClient::new(&format!("http://{}", server.address())).expect("an address");
    runtime.block_on(fleet.take_tokens(&client));
    timed(|| runtime.block_on(fleet.pick(&client, exchanges, batch))).1
}

fn report(peer: &Peer, (exchanges, batch): (u64, u64), results: &[(f64, f64)]) {
    for (round, (bare, ours)) in results.iter().enumerate() {
        let (bare, ours) = (bare.round(), ours.round());
        let line = json!({ "bench": "exchange", "engine": peer.name, "batch": batch, "round": round,
            "bare_per_s": bare, "ours_per_s": ours });
        println!("{line}");
    }
    let mut ratios: Vec<f64> = results.iter().map(|(bare, ours)| ours / bare).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = (ratios[ratios.len() / 2] * 100.0).round() / 100.0;
    let line = json!({ "bench": "exchange", "engine": peer.name, "devices": DEVICES, "batch": batch,
        "exchanges": exchanges, "ratio": ratio });
    println!("{line}");
}
