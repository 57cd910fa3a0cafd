//! An administrator states a webhook in the real console in a real browser: a slip is told at its field,
//! the secret that is shown is the one that deliveries are signed with, and the levers do what they say.

use domain::{
    api::{NewWebhook, WebhookKind},
    fulfillment::Method,
};
use fantoccini::Locator;
use tests::{
    screen::Screen,
    server::{Server, Store},
    shop::Shop,
};

use crate::{promise::becomes, receiver::Receiver, window::signed_in};

#[test]
fn a_webhook_is_stated_tested_and_switched_in_the_browser() {
    let store = Store::sqlite();
    let server = Server::start(&store);
    let shop = Shop::load(server.address());
    let (receiver, fails, gone) = (Receiver::start(), Receiver::start(), Receiver::start());
    fails.answers(500);
    gone.answers(410);
    becomes(&shop.channel, &shop.items[39].sku, 20);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let console = signed_in(server.address()).await;
        let at = |path: &str| format!("http://{}/{path}", server.address());
        console.client.goto(&at("feeds")).await.expect("opened");
        console.sees("empty").await;
        console.sees("feed-row").await;
        console.keep("feeds-empty").await;

        let secret = state(&console, &receiver).await;
        receiver.waits_until("every item", |it| it.knows().len() == shop.items.len());
        assert!(receiver.received().iter().all(|one| one.is_signed(&secret)));

        test(&console, &receiver, &secret).await;
        switch(&console, &shop).await;
        for (name, url) in [("Marketplace", &fails.url), ("Old app", &gone.url)] {
            add(&shop, name, url, Method::Pickup);
        }
        add(&shop, "Not yet", &receiver.url, Method::Ship);
        failing(&console, &at("feeds")).await;
        console.client.clone().close().await.expect("closed");
    });
}

/// Adds it, with a slip first; its secret.
async fn state(console: &Screen, receiver: &Receiver) -> String {
    console.click("new-webhook").await;
    console.fill("webhook-name", "Web shop").await;
    console.fill("webhook-url", "http://shop.example.com/hook").await;
    console.click("put-webhook").await;
    console.reads("[data-test='field-problem']", "https").await;
    let focused = console.client.active_element().await.expect("the field that is wrong");
    assert_eq!(focused.attr("id").await.expect("read").as_deref(), Some("webhook-url"));
    console.keep("new-webhook-slip").await;
    let url = console.sees("webhook-url").await;
    url.clear().await.expect("cleared");
    console.fill("webhook-url", &receiver.url).await;
    let method = console.sees("webhook-method").await;
    method.select_by_value("pickup").await.expect("chosen");
    console.click("put-webhook").await;
    let secret = console.sees("webhook-secret").await.text().await.expect("text");
    console.keep("webhook-secret").await;
    secret
}

async fn test(console: &Screen, receiver: &Receiver, secret: &str) {
    console.click("to-webhook").await;
    console.sees_css("[data-test='webhook-facts'][data-state='Up to date']").await;
    console.click("test-webhook").await;
    console.reads("[data-test='told']", "Taken (200)").await;
    console.keep("webhook").await;
    let last = receiver.received().pop().expect("a test came");
    assert!(last.body["type"] == "webhook.test" && last.is_signed(secret));
}

async fn switch(console: &Screen, shop: &Shop) {
    console.click("switch-webhook").await;
    console.sees_css("[data-test='webhook-facts'][data-state='Off']").await;
    let all = shop.operator.webhooks().expect("listed");
    assert!(!all[0].stated.enabled && all[0].stated.name == "Web shop");
    console.click("switch-webhook").await;
    console.sees_css("[data-test='webhook-facts'][data-state='Up to date']").await;
}

/// How a receiver that fails and one that is gone look in the list, and how one looks that fails.
async fn failing(console: &Screen, feeds: &str) {
    console.client.goto(feeds).await.expect("opened");
    for state in ["Up to date", "Tries again", "Stopped: not wanted"] {
        console.sees_css(&format!("[data-test='webhook-row'][data-state='{state}']")).await;
    }
    console.keep("feeds").await;
    let row = "[data-test='webhook-row'][data-state='Tries again'] a";
    let link = console.client.find(Locator::Css(row)).await.expect("seen");
    link.click().await.expect("opened");
    console.sees_css("[data-test='try-row'][data-outcome='refused']").await;
    console.keep("webhook-fails").await;
    for (width, name) in [(1280, "webhook-dark"), (420, "webhook-narrow")] {
        console.client.set_window_size(width, 900).await.expect("another size");
        if name == "webhook-dark" {
            let dark = "document.documentElement.dataset.theme = 'dark'";
            console.client.execute(dark, Vec::new()).await.expect("runs");
        }
        console.keep(name).await;
    }
}

fn add(shop: &Shop, name: &str, url: &str, method: Method) {
    let new = NewWebhook {
        name: name.into(),
        url: url.into(),
        channel: Some("web".into()),
        market: None,
        region: None,
        method,
        kind: WebhookKind::Units,
        debounce_ms: 0,
        batch_max: 100,
        enabled: true,
    };
    shop.operator.add_webhook(&new).expect("added");
}
