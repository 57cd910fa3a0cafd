//! The console on a tablet that is held upright: nothing is cut off, and nothing scrolls sideways.

use demo_network::DEMO_LOCATION;
use serde_json::{Value, json};
use tests::{
    associate::Associate,
    screen::Screen,
    server::{Server, Store},
    shop::Shop,
    sources::open_source,
};

use crate::window::signed_in;

const WIDTH: u32 = 800;
const HEIGHT: u32 = 1280;

/// Pages, and what they show once they are complete.
const PAGES: [(&str, &str); 9] = [
    ("orders", "order-row"),
    ("at-risk", "sign-out"),
    ("stock", "item-row"),
    ("doubts", "doubt-row"),
    ("sources", "source-row"),
    ("sources/till", "batch-row"),
    ("dead-rows", "dead-row"),
    ("locations", "location-row"),
    ("devices", "device-row"),
];

/// What is wider than its place: the page itself, or a table's frame.
const TOO_WIDE: &str = "
    const wide = of => of.scrollWidth > of.clientWidth;
    const frames = [...document.querySelectorAll('.table-frame')].filter(wide);
    const page = wide(document.documentElement) ? ['the page'] : [];
    return page.concat(frames.map(of => of.querySelector('thead').innerText));";

#[test]
fn every_table_fits_a_tablet_held_upright() {
    let store = Store::sqlite();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    fill(&shop);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let tablet = tempfile::tempdir().expect("a folder");
    runtime.block_on(async {
        let url = format!("http://{}", server.address());
        let _aisha = Associate::begin(tablet.path(), &url, &shop, 0).await;
        let console = signed_in(server.address()).await;
        console.client.set_window_size(WIDTH, HEIGHT).await.expect("another size");
        for (path, shows) in PAGES {
            console.client.goto(&format!("{url}/{path}")).await.expect("opened");
            console.sees(shows).await;
            assert_eq!(too_wide(&console).await, json!([]), "{path}");
            console.keep(&format!("upright-{}", path.replace('/', "-"))).await;
        }
        console.client.clone().close().await.expect("closed");
    });
}

async fn too_wide(console: &Screen) -> Value {
    console.client.execute(TOO_WIDE, Vec::new()).await.expect("measured")
}

/// Something of everything that these pages show: orders, a till that sells more than there is, and an item
/// that nobody knows.
fn fill(shop: &Shop) {
    (1..=3).for_each(|n| drop(shop.place(&format!("W-1795973919-{n:05}"), &[2, 1])));
    let till = open_source(&shop.operator, "till", "ndjson");
    let sale = |(n, sku): (usize, &str)| {
        let event = format!("e{n}");
        json!({ "kind": "sale", "event_id": event, "sku": sku, "location": DEMO_LOCATION,
            "quantity": 1_000_000 })
        .to_string()
    };
    let skus = [shop.items[0].sku.as_str(), shop.items[1].sku.as_str(), "NOBODY-KNOWS-THIS-ITEM"];
    let sales: Vec<String> = skus.into_iter().enumerate().map(sale).collect();
    let taken = till.send_events("till", sales.join("\n").as_bytes()).expect("taken");
    assert_eq!((taken.accepted, taken.refused), (2, 1), "{taken:?}");
}
