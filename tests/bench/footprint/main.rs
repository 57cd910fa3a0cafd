//! What the server takes: memory when idle on the whole demo network, the size of its program with the
//! console inside, and what a browser fetches until the console's first page stands.
//!
//! `footprint`; prints JSON lines. Measured from outside: the kernel's figures of the real program, and
//! the transfer sizes of the browser's own performance timeline.

use std::{path::Path, time::Duration};

use demo_network::{api::Api, load};
use serde_json::{Value, json};
use tests::memory::{Resident, megabytes, resident};
use tests::program::program;
use tests::screen::Screen;
use tests::server::{LOGIN, PASSWORD, Server, Store};
use tests::stopwatch::Stopwatch;

/// Between two looks at memory.
const CALM: Duration = Duration::from_secs(2);

/// Every byte that came over the wire for the page, by the browser's count.
const TRANSFERRED: &str = r"
const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
return { bytes: all.reduce((sum, one) => sum + one.transferSize, 0), requests: all.length };
";

fn main() {
    let store = Store::on_disk();
    let mut server = Server::start(&store);
    load_network(server.address());
    let loaded = resident(server.process());
    server.kill_and_restart(&store);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let page = runtime.block_on(first_paint(server.address()));
    server.kill_and_restart(&store);
    runtime.block_on(health(server.address()));
    let (idle, after) = settled(server.process());
    let size = std::fs::metadata(program("sync-server")).expect("it is there").len();
    let line = json!({
        "bench": "footprint",
        "idle_rss_mb": rounded(megabytes(idle.now)),
        "start_peak_mb": rounded(megabytes(idle.peak)),
        "settled_s": after.as_secs_f64().round(),
        "after_import_rss_mb": rounded(megabytes(loaded.now)),
        "after_import_peak_mb": rounded(megabytes(loaded.peak)),
        "program_mb": rounded(megabytes(size)),
        "console_first_paint_bytes": page["bytes"],
        "console_requests": page["requests"],
    });
    println!("{line}");
}

fn load_network(address: &str) {
    let api = Api::sign_in(&format!("http://{address}"), LOGIN, PASSWORD).expect("signed in");
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    load::load(&api, &assets, &mut |line| eprintln!("{line}")).expect("everything is taken");
}

/// The console's first page, in a browser that has seen nothing before.
async fn first_paint(address: &str) -> Value {
    let console = Screen::browser().await;
    console.client.goto(&format!("http://{address}/")).await.expect("opened");
    console.sees("sign-in").await;
    let page = console.client.execute(TRANSFERRED, Vec::new()).await.expect("it runs");
    console.client.clone().close().await.expect("closed");
    assert!(page["bytes"].as_u64().is_some_and(|bytes| bytes > 10_000), "a page came: {page}");
    page
}

/// What stays when the start is over: the allocator gives back what reading has taken only after some
/// seconds. And when that was.
#[expect(clippy::disallowed_methods, reason = "nothing tells that an allocator has given back")]
fn settled(process: u32) -> (Resident, Duration) {
    let started = Stopwatch::start();
    let mut before = resident(process);
    loop {
        std::thread::sleep(CALM);
        let now = resident(process);
        if now.now.abs_diff(before.now) < now.now / 100 && started.elapsed() > CALM * 4 {
            return (now, started.elapsed());
        }
        before = now;
    }
}

/// Ready, not merely started.
async fn health(address: &str) {
    let console = Screen::browser().await;
    console.client.goto(&format!("http://{address}/health")).await.expect("opened");
    console.client.clone().close().await.expect("closed");
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
