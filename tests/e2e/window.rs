//! The journey in the associate's real window, watched in the real console in a real browser.

use domain::order::OrderStage;

use tests::{
    network::Network,
    screen::Screen,
    server::{LOGIN, PASSWORD, Server, Store},
    shop::Shop,
};

use crate::checks;

#[test]
fn an_order_is_handed_over_in_the_window() {
    let store = Store::sqlite();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let network = Network::to(server.address()).await;
        let console = signed_in(server.address()).await;
        let window = Screen::window(&store.folder("tablet")).await;
        pair_and_sign_in(&window, &network, &shop).await;
        let order = shop.place("W-5", &[2, 1]);
        pick(&window, &shop).await;
        watch(&console, server.address(), &order.id.to_string()).await;

        network.cut();
        let code = order.pickup_code.clone().expect("a pickup has a code");
        pack_and_hand_over(&window, &code).await;
        assert_ne!(shop.order(order.id).row.stage, OrderStage::Completed, "nobody knows yet");
        network.mend();
        window.click("next-work").await;
        let closed = async {
            while shop.order(order.id).row.stage != OrderStage::Completed {
                tokio::task::yield_now().await;
            }
        };
        let patience = std::time::Duration::from_secs(90);
        tokio::time::timeout(patience, closed).await.expect("the order is closed");
        console.client.refresh().await.expect("again");
        console.sees("history-row").await;
        console.keep("order-completed").await;
        window.client.clone().close().await.expect("closed");
        console.client.clone().close().await.expect("closed");
    });
    drop(server);
    runtime.block_on(checks::assert_sound(&store));
}

async fn pair_and_sign_in(window: &Screen, network: &Network, shop: &Shop) {
    window.sees("enrol").await;
    window.keep("01-pair").await;
    window.fill("enrol-url", network.url()).await;
    window.fill("enrol-code", &shop.pairing_code()).await;
    window.fill("enrol-name", "Front counter 1").await;
    window.click("enrol-go").await;
    let person = &shop.staff[2];
    window.choose(person).await;
    window.keep("02-sign-in").await;
    window.enter_pin(person).await;
}

async fn pick(window: &Screen, shop: &Shop) {
    window.sees("queue-card").await;
    window.keep("03-queue").await;
    window.click("queue-card").await;
    window.sees("claim").await;
    window.keep("04-claim").await;
    window.click("claim").await;
    window.sees("item").await;
    window.scan(&shop.items[9].gtin).await;
    window.reads("[data-test='feedback'][data-tone='refused']", "is not on this order").await;
    window.keep("05-pick-wrong-item").await;
    for _ in 0..3 {
        let item = window.sees("item").await;
        let sku = item.attr("data-sku").await.expect("readable").expect("an item has a SKU");
        let known = shop.items.iter().find(|item| item.sku == sku).expect("of this order");
        let before = window.sees("picked").await.text().await.expect("text");
        window.scan(&known.gtin).await;
        picked_more(window, &sku, &before).await;
    }
    window.sees("pack-close").await;
    window.keep("06-pack").await;
}

/// Waits until the scan is on the screen: another item, another number, or the next step.
async fn picked_more(window: &Screen, sku: &str, before: &str) {
    let done = format!(
        "const item = document.querySelector('[data-test=item]');
         const picked = document.querySelector('[data-test=picked]');
         return !item || item.dataset.sku !== '{sku}' || picked.textContent.trim() !== '{}'",
        before.trim()
    );
    let changed = async {
        while window.client.execute(&done, Vec::new()).await.expect("runs") != true {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(10);
    if tokio::time::timeout(patience, changed).await.is_err() {
        window.keep("failed").await;
        panic!("the scan of {sku} does not show");
    }
}

async fn pack_and_hand_over(window: &Screen, code: &str) {
    window.click("pack-close").await;
    let slot = window.sees_css("button.slot").await;
    window.keep("07-stage").await;
    slot.click().await.expect("tapped");
    window.sees("code-input").await;
    window.keep("08-hand-over").await;
    window.scan(code).await;
    window.sees("code-verified").await;
    window.keep("09-verified").await;
    window.click("hand-over").await;
    window.sees("finished").await;
    window.keep("10-finished").await;
}

pub async fn signed_in(address: &str) -> Screen {
    let console = Screen::browser().await;
    console.client.goto(&format!("http://{address}/")).await.expect("opened");
    console.fill("login", LOGIN).await;
    console.fill("password", PASSWORD).await;
    console.keep("sign-in").await;
    console.click("sign-in").await;
    console.sees("sign-out").await;
    console
}

async fn watch(console: &Screen, address: &str, order: &str) {
    for (path, name, shows) in [
        ("", "home", "sign-out"),
        ("orders", "orders", "order-row"),
        ("at-risk", "at-risk", "sign-out"),
        ("devices", "devices", "device-row"),
        ("stock", "stock", "item-row"),
        ("doubts?kind=stale", "doubts", "kind-stale"),
        ("promises", "promises", "ask"),
        ("rules", "rules", "pool-card"),
        ("sources", "sources", "empty"),
        ("sources/new", "new-source", "put-source"),
        ("feeds", "feeds", "feed-row"),
        ("feeds/new", "new-webhook", "put-webhook"),
        ("dead-rows", "dead-rows", "empty"),
    ] {
        console.client.goto(&format!("http://{address}/{path}")).await.expect("opened");
        console.sees(shows).await;
        console.keep(name).await;
    }
    console.client.goto(&format!("http://{address}/orders/{order}")).await.expect("opened");
    console.sees("fulfillment").await;
    console.sees("sourcing").await;
    console.keep("order-picking").await;
}
