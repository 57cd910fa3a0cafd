//! From a scan to its effect, durable: in the engine's process, and on the screen of the real window.
//! Beside it what one 4 KiB `fdatasync` takes on the same disk.
//!
//! The engine commits a scan to its outbox with `synchronous=FULL` before it answers; what the screen
//! shows came back from it. `scan [units]`; prints a JSON line for each. What is not on the server
//! afterwards was not durable, and nothing is printed then.

use std::path::Path;
use std::time::Duration;

use domain::api::OrderAccepted;
use domain::bridge::Action;
use domain::buckets::Bucket;
use domain::ids::{FulfillmentId, OrderId};
use serde_json::json;
use tests::associate::Associate;
use tests::disk::Disk;
use tests::engine::Engine;
use tests::sample::Sample;
use tests::screen::Screen;
use tests::server::{Server, Store};
use tests::shop::{ON_HAND, Shop};
use tests::stopwatch::timed;
use tokio::runtime::Runtime;

/// Types a barcode and answers with the milliseconds until the page shows its effect. The pause is the
/// time in which the app takes the same code for the scanner's echo.
const SCAN_SCRIPT: &str = r#"
const [code, done] = arguments;
const shown = () => {
    const item = document.querySelector('[data-test=item]');
    const picked = document.querySelector('[data-test=picked]');
    return item ? item.dataset.sku + ' ' + picked.textContent.trim() : 'picked';
};
setTimeout(() => {
    const before = shown();
    let began = 0;
    const eyes = new MutationObserver(() => {
        if (shown() === before) return;
        eyes.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
    });
    eyes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    const press = (key) => document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key, code: key === 'Enter' ? key : 'Digit' + key, bubbles: true }));
    for (const digit of code) press(digit);
    began = performance.now();
    press('Enter');
}, 450);
"#;

/// Longer than any exchange: a scan that takes this long has been lost.
const LOST: Duration = Duration::from_secs(60);

/// What both measurements happen in.
struct House {
    runtime: Runtime,
    server: Server,
    /// Behind the server, whose log in it is read when the server ends.
    store: Store,
    shop: Shop,
}

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u32>().ok());
    let units = numbers.next().unwrap_or(200);
    let store = Store::on_disk();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    let runtime = Runtime::new().expect("a runtime");
    let house = House { runtime, server, store, shop };
    house.in_the_engine(units);
    house.in_the_window(units);
}

/// Quantities of an order of so many units of the last items or the first ones.
fn quantities(units: u32, skip: usize) -> Vec<u32> {
    let each = u32::try_from(ON_HAND).expect("few") / 2;
    let lines = usize::try_from(units.div_ceil(each)).expect("few");
    let left = |at: usize| units - each * u32::try_from(at).expect("few");
    let wanted = (0..lines).map(|at| left(at).min(each));
    std::iter::repeat_n(0, skip).chain(wanted).collect()
}

impl House {
    /// Pairs a tablet, and claims an order of these units.
    fn claimed(
        &self,
        folder: &Path,
        number: &str,
        units: &[u32],
    ) -> (OrderAccepted, FulfillmentId) {
        let url = format!("http://{}", self.server.address());
        self.runtime.block_on(async {
            let tom = Associate::begin(folder, &url, &self.shop, 1).await;
            let order = self.shop.place_once(number, units);
            let work = tom.sees(number).await;
            tom.act(work, Action::Claim { take_over: false }).await;
            tom.sync().await;
            tom.tablet.close().await;
            (order, work)
        })
    }

    fn in_the_engine(&self, units: u32) {
        let folder = self.store.folder("engine");
        let (order, work) = self.claimed(&folder, "S-1", &quantities(units, 0));
        let mut engine = Engine::start(&folder);
        engine.sign_in(&self.shop.staff[1]);
        let (barcodes, mut disk) = (self.shop.barcodes(), Disk::in_folder(&folder));
        let (mut scans, mut syncs) = (Sample::default(), Sample::default());
        for line in &engine.work(work).lines {
            for _ in 0..line.left {
                let ((), time) = timed(|| engine.scan(work, &barcodes[&line.sku]));
                scans.add(time);
                disk.time_one(&mut syncs);
            }
        }
        engine.kill();
        self.runtime.block_on(sync(&folder));
        assert_eq!(self.picked(order.id), units, "every scan is there, once");
        report("engine", &scans, &syncs);
    }

    fn in_the_window(&self, units: u32) {
        let folder = self.store.folder("window");
        let skipped = self.shop.items.len() / 2;
        let (order, _) = self.claimed(&folder, "S-2", &quantities(units, skipped));
        let (barcodes, mut disk) = (self.shop.barcodes(), Disk::in_folder(&folder));
        let (mut scans, mut syncs) = (Sample::default(), Sample::default());
        self.runtime.block_on(async {
            let window = Screen::window(&folder).await;
            window.choose(&self.shop.staff[1]).await;
            window.enter_pin(&self.shop.staff[1]).await;
            let own = window.sees_css("[data-test='queue-card'][data-mine]").await;
            own.click().await.expect("opened");
            for _ in 0..units {
                let item = window.sees("item").await;
                let sku = item.attr("data-sku").await.expect("readable").expect("it has a SKU");
                let code = vec![json!(barcodes[&sku])];
                let took = window.client.execute_async(SCAN_SCRIPT, code).await.expect("it runs");
                let ms = took.as_f64().expect("milliseconds");
                scans.add(Duration::from_secs_f64(ms / 1_000.0));
                disk.time_one(&mut syncs);
            }
            // The window talks to the server by itself; what has arrived there was on the disk.
            let arrived = async {
                while self.picked(order.id) < units {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(LOST, arrived).await.expect("every scan is there, once");
            window.client.clone().close().await.expect("closed");
        });
        report("window", &scans, &syncs);
    }

    /// Picked units of an order, by the server's record.
    fn picked(&self, order: OrderId) -> u32 {
        let lines = self.shop.order(order).lines;
        lines.iter().map(|line| line.progress.at_locations.get(Bucket::Picked)).sum()
    }
}

/// Sends what a tablet that has ended still had to send.
async fn sync(folder: &Path) {
    let tom = Associate::open(folder).await;
    tom.sync().await;
    tom.tablet.close().await;
}

fn report(place: &str, scans: &Sample, syncs: &Sample) {
    println!(
        r#"{{"bench":"scan","in":"{place}","scans":{},"p50_ms":{:.1},"p99_ms":{:.1},"fdatasync_p50_ms":{:.1},"fdatasync_p99_ms":{:.1},"ratio_p50":{:.1}}}"#,
        scans.count(),
        scans.percentile_ms(50),
        scans.percentile_ms(99),
        syncs.percentile_ms(50),
        syncs.percentile_ms(99),
        scans.percentile_ms(50) / syncs.percentile_ms(50),
    );
}
