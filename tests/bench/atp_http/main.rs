//! What can be promised, over HTTP: lists of 20 SKUs on 32 connections that stay open, against a handler
//! of the same server that sends the same bytes ready-made, while stock changes are being committed.
//!
//! `atp_http [seconds]`, 5 if absent, three rounds of each in turn. Server and clients share the
//! machine. `atp_http inside` asks the routes in this process, one after the other without a connection:
//! what a profiler should look at. Prints JSON lines; a round whose answers are wrong ends the run.

mod clients;
mod inside;
mod world;

use std::time::Duration;

use serde_json::json;

use clients::Crowd;
use world::World;

const ROUNDS: usize = 3;

/// As the server's program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    if std::env::args().any(|word| word == "inside") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        return runtime.expect("a runtime").block_on(inside::measure());
    }
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let round = Duration::from_secs(asked.unwrap_or(5));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let world = World::open().await;
        for changes in [false, true] {
            let changing = changes.then(|| world.change());
            let (mut ours, mut ready_made, mut bare) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                bare.push(Crowd::ask(&world, "/bare", round).await);
                ready_made.push(Crowd::ask(&world, "/ready-made", round).await);
                ours.push(Crowd::ask(&world, &world.path, round).await);
                world.assert_right().await;
            }
            let changed = match changing {
                Some(changing) => changing.stop().await,
                None => 0.0,
            };
            let [a, b, c] = [&ours, &ready_made, &bare].map(|rounds| Crowd::median(rounds));
            let ratio = |of: f64| (of * 1_000.0).round() / 1_000.0;
            println!(
                "{}",
                json!({
                    "what": "PLP of 20 SKUs over HTTP, 32 connections", "changes_a_second": changed.round(),
                    "requests_a_second": a.a_second.round(), "p50_ms": a.p50_ms, "p99_ms": a.p99_ms,
                    "ready_made_a_second": b.a_second.round(), "ready_made_p99_ms": b.p99_ms,
                    "ratio": ratio(a.a_second / b.a_second), "must": 0.8,
                    "p99_ratio": ratio(a.p99_ms / b.p99_ms), "must_p99": 1.5,
                    "bare_router_a_second": c.a_second.round(),
                    "ratio_to_bare_router": ratio(a.a_second / c.a_second),
                    "bytes": world.bytes(),
                })
            );
        }
    });
}
