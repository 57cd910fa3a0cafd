//! From a change of a position that is committed to the number that shops are told, while other
//! positions change all the time: on the server that took the change, and on another server of the same
//! PostgreSQL.
//!
//! `visible [changes]`, 2,000 on the same server and a tenth on another if absent. The real server
//! programs; one sale at a time, followed by questions a millisecond apart until the list of products says it.
//! Two times are printed, and the moment of the commit lies between them: since the sale was sent, and since
//! it was answered. Prints JSON lines; a number that is never seen, or wrong, ends the run.

mod load;
mod probe;

use serde_json::json;
use tests::{
    sample::Sample,
    server::{Server, Store},
};

use load::Load;
use probe::{Probe, Seen};

/// Limits at the 99th of 100, in milliseconds.
const SAME_MS: u32 = 10;
const OTHER_MS: u32 = 250;

fn main() {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let changes: u32 = asked.unwrap_or(2_000);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for (engine, store) in [("sqlite", Store::on_disk()), ("postgres", Store::postgres())] {
        let server = Server::start(&store);
        let mut probe = Probe::open(server.address());
        let same = runtime.block_on(measure(&mut probe, server.address(), changes));
        tell(engine, "the same server", SAME_MS, &same);
        if engine == "postgres" {
            let other = Server::start(&store);
            let there = runtime.block_on(measure(&mut probe, other.address(), changes / 10));
            tell(engine, "another server", OTHER_MS, &there);
        }
    }
}

/// What was measured, and how many other positions changed a second meanwhile.
struct Measured {
    seen: Seen,
    load_a_second: f64,
}

async fn measure(probe: &mut Probe, asked: &str, changes: u32) -> Measured {
    let load = Load::start(probe);
    let seen = probe.sell(asked, changes).await;
    Measured { seen, load_a_second: load.stop().await }
}

fn tell(engine: &str, place: &str, must_ms: u32, measured: &Measured) {
    let ms = |sample: &Sample, percent| (sample.percentile_ms(percent) * 100.0).round() / 100.0;
    let Seen { since_sent, since_answered } = &measured.seen;
    println!(
        "{}",
        json!({
            "bench": "visible", "engine": engine, "asked": place, "changes": since_sent.count(),
            "load_changes_a_second": measured.load_a_second.round(),
            "since_sent_p50_ms": ms(since_sent, 50), "since_sent_p99_ms": ms(since_sent, 99),
            "since_answered_p50_ms": ms(since_answered, 50),
            "since_answered_p99_ms": ms(since_answered, 99),
            "since_answered_max_ms": ms(since_answered, 100), "must_p99_ms": must_ms,
        })
    );
}
