//! From an order accepted to its card on the queue of each online tablet of the location.
//!
//! The real server program on SQLite with `synchronous=FULL`, real engines with their loops running,
//! HTTP between them; orders come one after the other. `latency [orders] [tablets]`; prints one JSON
//! line. Nothing is printed when an order does not reach every tablet.

use std::time::Duration;

use domain::bridge::GetQueue;
use tests::associate::Associate;
use tests::sample::Sample;
use tests::server::{Server, Store};
use tests::shop::Shop;
use tests::stopwatch::Stopwatch;

/// Longer than any poll: an order that takes this long has been lost.
const LOST: Duration = Duration::from_secs(60);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u32>().ok());
    let (orders, tablets) = (numbers.next().unwrap_or(300), numbers.next().unwrap_or(8));
    let store = Store::on_disk();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = format!("http://{}", server.address());
    let people = runtime.block_on(async {
        let mut people = Vec::new();
        for n in 0..tablets {
            let folder = store.folder(&format!("tablet-{n}"));
            let person = usize::try_from(n).expect("few") % shop.staff.len();
            people.push(Associate::begin_online(&folder, &url, &shop, person).await);
        }
        people
    });
    let mut sample = Sample::default();
    for n in 0..orders {
        let number = format!("L-{n}");
        shop.place_once(&number, &one_of(n, shop.items.len()));
        let accepted = Stopwatch::start();
        runtime.block_on(async {
            for person in &people {
                let shown = tokio::time::timeout(LOST, is_shown(person, &number));
                shown.await.expect("the order reaches every tablet");
                sample.add(accepted.elapsed());
            }
        });
    }
    println!(
        r#"{{"bench":"latency","orders":{orders},"tablets":{tablets},"shown":{},"p50_ms":{:.1},"p99_ms":{:.1},"max_ms":{:.1}}}"#,
        sample.count(),
        sample.percentile_ms(50),
        sample.percentile_ms(99),
        sample.percentile_ms(100),
    );
}

/// One unit of each item in turn, so that none runs out.
fn one_of(n: u32, items: usize) -> Vec<u32> {
    let mut quantities = vec![0; usize::try_from(n).expect("few") % items];
    quantities.push(1);
    quantities
}

/// Waits until the order is on the queue.
async fn is_shown(person: &Associate, number: &str) {
    let mut changes = person.tablet.changes();
    loop {
        let queue = person.tablet.call(GetQueue {}).await.expect("a queue");
        if queue.cards.iter().any(|card| card.external_number == number) {
            return;
        }
        changes.next().await.expect("the tablet runs");
    }
}
