//! An item's stock in the real console in a real browser, in a network of the real size: on a map and in a
//! table that show the same store, and what can be promised of it to a basket.

use std::path::Path;

use demo_network::{
    DEMO_LOCATION, files,
    prepare::LOCATIONS,
    rows::{LocationRow, StockRow},
};
use fantoccini::{
    Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
};
use tests::{
    screen::Screen,
    server::{Server, Store},
    shop::{Shop, import},
};

use crate::{promise::becomes, window::signed_in};

/// The number of a store whose coordinates nobody knows.
const NOWHERE: &str = "NOWHERE";
/// What a table shows of a long list at first.
const ROWS: usize = 50;

#[test]
fn the_map_and_the_table_show_the_same_store() {
    let store = Store::sqlite();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    let network = stock_everywhere(&shop);
    let item = format!("http://{}/stock/{}", server.address(), shop.items[0].sku);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let console = signed_in(server.address()).await;
        console.client.goto(&item).await.expect("opened");
        console.sees("map-dot").await;
        assert_eq!(count(&console, "[data-test='map-dot'] circle").await, network.len() - 1);
        console.reads("[data-test='map-unplaced']", "1 store without coordinates").await;
        assert_eq!(count(&console, "[data-test='stock-row']").await, ROWS);
        console.keep("sku-map").await;

        // From the map to the table, although the table begins with others.
        let alone = alone(&network);
        let dot = console.sees_css(&format!("[data-location='{alone}'] circle")).await;
        point_at(&console, &dot).await;
        console.sees("map-told").await;
        press(&console).await;
        let row = format!("tr[data-location='{alone}'][data-chosen='true']");
        console.sees_css(&row).await;
        assert_eq!(count(&console, "[data-test='stock-row']").await, ROWS + 1);
        assert_eq!(chosen(&console).await, alone);
        console.keep("sku-map-chosen").await;

        // From the table to the map.
        let first = console.sees("stock-row").await.attr("data-location").await.expect("read");
        let lever = console.sees("row-on-map").await;
        bring(&console, &lever).await;
        lever.click().await.expect("clicked");
        let first = first.expect("a row has its store");
        console.sees_css(&format!("[data-location='{first}'][aria-selected='true']")).await;
        assert_eq!(chosen(&console).await, first);

        by_keyboard(&console, &first).await;
        for (width, name) in [(1280, "sku-map-dark"), (800, "sku-map-narrow")] {
            console.client.set_window_size(width, 900).await.expect("another size");
            let dark = "document.documentElement.dataset.theme = 'dark'";
            console.client.execute(dark, Vec::new()).await.expect("runs");
            console.keep(name).await;
        }
        console.client.clone().close().await.expect("closed");
    });
}

#[test]
fn a_basket_is_asked_about_in_the_browser() {
    let store = Store::sqlite();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    let (full, two) = (i64::try_from(tests::shop::ON_HAND).expect("few"), &shop.items[..2]);
    becomes(&shop.channel, &two[0].sku, full);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let console = signed_in(server.address()).await;
        let page = format!("http://{}/promises", server.address());
        console.client.goto(&page).await.expect("opened");
        console.click("ask-basket").await;
        let lines = format!("{} 2, {} {}", two[0].sku, two[1].sku, full + 1);
        console.fill("basket-lines", &lines).await;
        console.click("ask").await;
        console.reads("[data-test='field-problem']", "channel").await;
        console.fill("basket-channel", "web").await;
        let method = console.sees("basket-method").await;
        method.select_by_value("pickup").await.expect("chosen");
        console.fill("location-input", DEMO_LOCATION).await;
        console.click("location-option").await;
        console.click("ask").await;
        console.sees_css("[data-test='quote'][data-whole='false']").await;
        console.reads("[data-test='quote-missing']", &format!("1 × {}", two[1].sku)).await;
        console.reads("[data-test='quote-part']", &format!("2 × {}", two[0].sku)).await;
        console.keep("basket").await;
        // Nothing is held, and the address asks the same.
        console.client.refresh().await.expect("again");
        console.sees_css("[data-test='quote'][data-whole='false']").await;
        assert_eq!(shop.operator.stock(&two[0].sku).expect("known").total.reserved, 0);

        let market = format!("{page}?sku={}&method=pickup&market=US", two[0].sku);
        console.client.goto(&format!("{market}&on=2030-01-01T00:00")).await.expect("opened");
        console.reads("[data-test='promise-row']", &full.to_string()).await;
        console.keep("promises-on").await;
        console.client.clone().close().await.expect("closed");
    });
}

/// All stores of the demo network, and one that is nowhere, with more or less of the first item.
fn stock_everywhere(shop: &Shop) -> Vec<LocationRow> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    let mut all: Vec<LocationRow> =
        files::read(&assets.join(LOCATIONS)).expect("the demo's files are there");
    let there = all.iter().position(|location| location.id == DEMO_LOCATION).expect("listed");
    let nowhere = LocationRow { id: NOWHERE.into(), lat: 0.0, lon: 0.0, ..all[there].clone() };
    let others: Vec<_> = all.iter().filter(|one| one.id != DEMO_LOCATION).cloned().collect();
    import(&shop.operator, "locations", &others);
    import(&shop.operator, "locations", std::slice::from_ref(&nowhere));
    all.push(nowhere);
    let stock: Vec<_> = (all.iter().enumerate())
        .map(|(nth, location)| StockRow {
            location: location.id.clone(),
            sku: shop.items[0].sku.clone(),
            on_hand: units(nth),
            safety: 0,
        })
        .collect();
    shop.operator.import("stock", &files::to_lines(&stock)).expect("imported");
    all
}

/// The store that is furthest from every other, so that the pointer can mean no other; not one of those that
/// have most, with which the table begins.
fn alone(network: &[LocationRow]) -> String {
    let apart = |a: &LocationRow, b: &LocationRow| {
        let east = (a.lon - b.lon) * a.lat.to_radians().cos();
        (a.lat - b.lat).hypot(east)
    };
    let nearest = |one: &LocationRow| {
        let others = network.iter().filter(|other| other.id != one.id);
        others.map(|other| apart(one, other)).fold(f64::INFINITY, f64::min)
    };
    let few = network.iter().enumerate().filter(|(nth, one)| units(*nth) < 30 && one.id != NOWHERE);
    let furthest = few.map(|(_, one)| one).max_by(|a, b| nearest(a).total_cmp(&nearest(b)));
    furthest.expect("stores").id.clone()
}

/// What each store has, by its place in the network.
fn units(nth: usize) -> u64 {
    (nth as u64 * 7) % 40
}

async fn count(console: &Screen, css: &str) -> usize {
    console.client.find_all(Locator::Css(css)).await.expect("asked").len()
}

/// The store that the address names.
async fn chosen(console: &Screen) -> String {
    let address = console.client.current_url().await.expect("an address");
    let at = address.query_pairs().find(|(key, _)| key == "at");
    at.map(|(_, store)| store.into_owned()).unwrap_or_default()
}

/// Scrolls it to the middle of whatever it is in.
async fn bring(console: &Screen, what: &Element) {
    let bring = "arguments[0].scrollIntoView({ block: 'center', inline: 'center' })";
    let what = serde_json::to_value(what).expect("a reference");
    console.client.execute(bring, vec![what]).await.expect("scrolled");
}

async fn point_at(console: &Screen, dot: &Element) {
    bring(console, dot).await;
    let over =
        PointerAction::MoveToElement { element: dot.clone(), duration: None, x: 0.0, y: 0.0 };
    let hand = MouseActions::new("mouse".into()).then(over);
    console.client.perform_actions(hand).await.expect("moved");
}

async fn press(console: &Screen) {
    let hand = MouseActions::new("mouse".into())
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    console.client.perform_actions(hand).await.expect("pressed");
}

/// The map is one stop of the focus; arrows lead on, Enter chooses, Escape lets go.
async fn by_keyboard(console: &Screen, from: &str) {
    let map = console.sees("map").await;
    map.send_keys("\u{e014}").await.expect("an arrow");
    let active = map.attr("aria-activedescendant").await.expect("read").expect("a store");
    assert_ne!(active, format!("dot-{from}"), "the arrow leads on");
    map.send_keys("\u{e007}").await.expect("Enter");
    console.sees_css(&format!("[id='{active}'][aria-selected='true']")).await;
    assert_eq!(format!("dot-{}", chosen(console).await), active);
    map.send_keys("\u{e00c}").await.expect("Escape");
    console.sees_css(&format!("[id='{active}'][aria-selected='false']")).await;
}
