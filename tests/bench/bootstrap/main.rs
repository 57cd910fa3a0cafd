//! A tablet's first synchronisation at a location with 2,000 open orders and 30,000 stock positions:
//! how long it takes, what the engine holds in memory afterwards, and what the whole app does.
//!
//! The catalogue's products are repeated under other numbers to get so many; the orders are the demo's
//! baskets. `bootstrap [orders] [positions]`; prints JSON lines. Nothing is printed when the tablet
//! does not show every order.

use std::path::Path;

use demo_network::api::{Api, NewOrder};
use demo_network::orders::Shop as Baskets;
use demo_network::prepare::{ASSOCIATES, ITEMS, LOCATIONS};
use demo_network::rows::{AssociateRow, ItemRow, LocationRow, StockRow};
use demo_network::seed::Seed;
use demo_network::{DEMO_LOCATION, files};
use serde_json::json;
use tests::engine::Engine;
use tests::memory::{megabytes, proportional, resident};
use tests::screen::Screen;
use tests::server::{CHANNEL_TOKEN, LOGIN, PASSWORD, Server, Store};
use tests::shop::import;
use tests::stopwatch::timed;

const SEED: Seed = Seed(11);
/// Noon of some day; the orders' promises follow from it.
const PLACED_MS: u64 = 1_795_435_200_000;
/// Enough of everything for every order.
const ON_HAND: u64 = 5_000;
/// Orders that are placed at once.
const SENDERS: usize = 8;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<usize>().ok());
    let (orders, positions) = (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(30_000));
    let store = Store::on_disk();
    let server = Server::start(&store);
    let url = format!("http://{}", server.address());
    let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
    let (person, loading) = timed(|| load(&operator, positions));
    let ((), placing) = timed(|| place(&url, orders));
    eprintln!("loaded in {loading:.1?}, placed in {placing:.1?}");
    let folder = store.folder("tablet");
    let mut engine = Engine::start(&folder);
    let code = operator.pair(DEMO_LOCATION).expect("a code");
    let pairing = json!({ "url": url, "code": code, "name": "Tablet" });
    // Pairing includes the first synchronisation; what it left is done after it.
    let (status, time) = timed(|| {
        engine.call("enrol", &pairing);
        engine.call("sync_now", &json!({}))
    });
    engine.sign_in(&person);
    let cards = engine.call("queue", &json!({}))["cards"].as_array().map_or(0, Vec::len);
    assert_eq!(cards, orders, "every order is on the queue: {status}");
    let memory = resident(engine.process());
    engine.kill();
    let line = json!({
        "bench": "bootstrap",
        "orders": orders,
        "positions": positions,
        "ms": time.as_millis(),
        "engine_rss_mb": megabytes(memory.now).round(),
        "engine_peak_mb": megabytes(memory.peak).round(),
    });
    println!("{line}");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let app = runtime.block_on(whole_app(&folder, &person));
    println!("{}", json!({ "bench": "bootstrap", "app_pss_mb": megabytes(app).round() }));
}

/// The window on the same tablet, signed in, with its queue on the screen.
async fn whole_app(folder: &Path, person: &AssociateRow) -> u64 {
    let window = Screen::window(folder).await;
    window.choose(person).await;
    window.enter_pin(person).await;
    window.sees("queue-card").await;
    window.keep("queue-of-2000").await;
    // The rest of so many comes when it is asked for.
    window.click("queue-more").await;
    window.sees_css("li:nth-child(61) [data-test='queue-card']").await;
    let pss = proportional(window.process().expect("the app runs"));
    window.client.clone().close().await.expect("closed");
    pss
}

/// One location with everything on its shelves, and its first associate.
fn load(operator: &Api, positions: usize) -> AssociateRow {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    let there = "the demo's files are there";
    let mut locations: Vec<LocationRow> = files::read(&assets.join(LOCATIONS)).expect(there);
    locations.retain(|location| location.id == DEMO_LOCATION);
    let items = repeated(&files::read(&assets.join(ITEMS)).expect(there), positions);
    let stock: Vec<StockRow> = items.iter().map(stock_of).collect();
    let mut staff: Vec<AssociateRow> = files::read(&assets.join(ASSOCIATES)).expect(there);
    staff.retain(|person| person.location == DEMO_LOCATION);
    staff.truncate(1);
    import(operator, "locations", &locations);
    import(operator, "items", &items);
    import(operator, "stock", &stock);
    import(operator, "associates", &staff);
    staff.remove(0)
}

/// The catalogue as often as needed: each time under other numbers.
fn repeated(items: &[ItemRow], wanted: usize) -> Vec<ItemRow> {
    let all = (0..).flat_map(|round| items.iter().map(move |item| again(item, round)));
    all.take(wanted).collect()
}

fn again(item: &ItemRow, round: u64) -> ItemRow {
    if round == 0 {
        return item.clone();
    }
    // A number for use within one company (prefix 2), with its check digit (GS1 General Specifications, 7.9).
    let number: u64 = item.gtin.parse().expect("digits");
    let body = format!("{}", 200_000_000_000 + round * 10_000_000_000 + number % 10_000_000_000);
    let weighted = body.bytes().rev().zip([3, 1].into_iter().cycle());
    let sum: u64 = weighted.map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    let gtin = format!("{body}{}", (10 - sum % 10) % 10);
    ItemRow { sku: format!("{}-{round}", item.sku), gtin, ..item.clone() }
}

fn stock_of(item: &ItemRow) -> StockRow {
    let (location, sku) = (DEMO_LOCATION.to_owned(), item.sku.clone());
    StockRow { location, sku, on_hand: ON_HAND, safety: 0 }
}

/// Pickups of real baskets, by several senders.
fn place(url: &str, orders: usize) {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    let baskets = Baskets::open(&assets).expect("the demo's files are there");
    // Every second order of the demo is a pickup.
    let pickup = |n: u64| baskets.order(SEED, n * 2, DEMO_LOCATION, PLACED_MS);
    let placed: Vec<NewOrder> = (0..u64::try_from(orders).expect("few")).map(pickup).collect();
    std::thread::scope(|scope| {
        for part in placed.chunks(orders.div_ceil(SENDERS)) {
            scope.spawn(move || {
                let channel = Api::with_token(url, CHANNEL_TOKEN);
                for order in part {
                    channel.place_order(order).expect("accepted");
                }
            });
        }
    });
}
