//! Webhooks from an order to somebody else's server, over HTTP and through kills: a band comes once, many
//! changes come as one, nothing is lost, nothing is overtaken.

use demo_network::{DEMO_LOCATION, api::Api};
use domain::{
    api::{NewWebhook, WebhookKind, WebhookOutcome, WebhookStop},
    fulfillment::Method,
};
use serde_json::{Value, json};
use tests::{
    server::{Server, Store},
    shop::{ON_HAND, Shop},
};

use crate::{
    promise::{becomes, refused},
    receiver::Receiver,
};

const DEBOUNCE_MS: u32 = 1_000;

fn webhook(receiver: &Receiver, kind: WebhookKind) -> NewWebhook {
    NewWebhook {
        name: "Shop".into(),
        url: receiver.url.clone(),
        channel: Some("web".into()),
        market: None,
        region: None,
        method: Method::Pickup,
        kind,
        debounce_ms: DEBOUNCE_MS,
        batch_max: 15,
        enabled: true,
    }
}

/// The receiver knows all items, and has what the deliveries say in their order.
fn knows_all(receiver: &Receiver, shop: &Shop) {
    receiver.waits_until("every item", |it| it.knows().len() == shop.items.len());
    in_order(receiver);
}

fn in_order(receiver: &Receiver) {
    let deliveries = receiver.deliveries();
    let sequences: Vec<_> = deliveries.iter().map(|one| one.sequence()).collect();
    assert!(sequences.iter().copied().eq(1..=sequences.len() as u64), "{sequences:?}");
    assert!(deliveries.iter().all(|one| (1..=15).contains(&one.items())));
}

fn is(receiver: &Receiver, sku: &str, told: &Value) {
    receiver.waits_until(&format!("{sku} is {told}"), |it| it.knows().get(sku) == Some(told));
}

/// The bands that were told of an item, in their order.
fn bands(receiver: &Receiver, sku: &str) -> Vec<String> {
    let deliveries = receiver.deliveries();
    let items = deliveries.iter().filter_map(|one| one.body["data"]["items"].as_array());
    let of_sku = items.flatten().filter(|item| item["sku"] == sku);
    of_sku.filter_map(|item| item["band"].as_str().map(str::to_owned)).collect()
}

pub fn a_band_is_told_once_and_changes_are_joined(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (to_bands, to_units) = (Receiver::start(), Receiver::start());
    let of_bands = shop.operator.add_webhook(&webhook(&to_bands, WebhookKind::Bands));
    let of_bands = of_bands.expect("added");
    shop.operator.add_webhook(&webhook(&to_units, WebhookKind::Units)).expect("added");
    knows_all(&to_bands, &shop);
    knows_all(&to_units, &shop);
    let all_at_first = to_units.deliveries().len();
    assert!(to_bands.deliveries().iter().all(|one| one.is_signed(&of_bands.secret)));

    // Ten orders of one unit each: the band is another only with the last but few, and is told once.
    let (sku, full) = (shop.items[0].sku.as_str(), i64::try_from(ON_HAND).expect("few"));
    for number in 0..16 {
        shop.place_once(&format!("W-{number}"), &[1]);
    }
    becomes(&shop.channel, sku, full - 16);
    is(&to_units, sku, &json!(full - 16));
    is(&to_bands, sku, &json!("low"));
    let joined = to_units.deliveries().len() - all_at_first;
    assert!(joined < 16, "{joined} deliveries of 16 changes");
    shop.place_once("W-last", &[4]);
    is(&to_bands, sku, &json!("out"));
    assert_eq!(bands(&to_bands, sku), ["in_stock", "low", "out"]);
    assert!(shop.items[1..].iter().all(|item| bands(&to_bands, &item.sku) == ["in_stock"]));
    for receiver in [&to_bands, &to_units] {
        in_order(receiver);
    }

    // An operator sees it, and may have everything told again.
    let show = || shop.operator.webhook(&of_bands.id).expect("there");
    to_bands.waits_until("the last is written down", |it| {
        show().webhook.sequence == it.deliveries().len() as u64
    });
    let shown = show();
    assert_eq!(shown.webhook.pool.as_deref(), Some("pickup"));
    assert!(shown.tries.iter().all(|tried| tried.outcome == WebhookOutcome::Taken));
    let before = to_bands.received().len();
    shop.operator.tell_webhook_again(&of_bands.id).expect("it will be");
    to_bands.waits_until("everything again", |it| {
        it.received()[before..].iter().map(|one| one.items()).sum::<usize>() == shop.items.len()
    });
    in_order_of_ids(&to_bands);
}

/// Everything again repeats what is known: only the numbers of deliveries are compared.
fn in_order_of_ids(receiver: &Receiver) {
    let sequences: Vec<_> = receiver.received().iter().map(|one| one.sequence()).collect();
    assert!(sequences.is_sorted(), "{sequences:?}");
}

pub fn nothing_is_lost_or_overtaken_by_a_kill(store: &Store) {
    let mut server = Server::start(store);
    let shop = Shop::load(server.address());
    let receiver = Receiver::start();
    let made = shop.operator.add_webhook(&webhook(&receiver, WebhookKind::Units)).expect("added");
    knows_all(&receiver, &shop);
    let full = i64::try_from(ON_HAND).expect("few");

    // It fails: the same delivery is tried again, and nothing comes before it.
    receiver.answers(503);
    shop.place_once("W-1", &[1]);
    receiver.waits_until("two tries", |it| failed(it).len() >= 2);
    shop.place_once("W-2", &[0, 2]);
    becomes(&shop.channel, &shop.items[1].sku, full - 2);
    server.kill_and_restart(store);
    // The shop goes on while whoever delivers is not back.
    shop.place_once("W-3", &[0, 0, 3]);
    let tries = failed(&receiver).len();
    receiver.waits_until("tries after the kill", |it| failed(it).len() > tries);
    let ids = failed(&receiver);
    assert!(ids.iter().all(|id| *id == ids[0]), "one delivery after the other: {ids:?}");
    let shown = operator(&server).webhook(&made.id).expect("there").webhook;
    assert!(shown.tries > 0 && shown.failing_since.is_some() && shown.next_try_at.is_some());

    // It is back: that delivery first, then what has changed meanwhile, each once.
    receiver.answers(200);
    for (at, taken) in [(0, 1), (1, 2), (2, 3)] {
        is(&receiver, &shop.items[at].sku, &json!(full - taken));
    }
    let taken = receiver.deliveries();
    assert_eq!(taken.iter().filter(|one| one.id == ids[0]).count(), 1);
    in_order(&receiver);

    // Killed while deliveries come and go; and what is known is not told again.
    for round in 0..3 {
        shop.place_once(&format!("W-k{round}"), &[0, 0, 0, 1, 1, 1]);
        server.kill_and_restart(store);
    }
    for item in &shop.items[3..6] {
        is(&receiver, &item.sku, &json!(full - 3));
    }
    knows_all(&receiver, &shop);
    let operator = operator(&server);
    receiver.waits_until("that it is written down", |_| {
        let shown = operator.webhook(&made.id).expect("there").webhook;
        (shown.tries, shown.failing_since) == (0, None)
    });
}

fn operator(server: &Server) -> Api {
    let url = format!("http://{}", server.address());
    Api::sign_in(&url, tests::server::LOGIN, tests::server::PASSWORD).expect("signed in")
}

/// The numbers of deliveries that were refused, one for each try.
fn failed(receiver: &Receiver) -> Vec<String> {
    let received = receiver.received().into_iter();
    received.filter(|one| one.status == 503).map(|one| one.id).collect()
}

pub fn who_is_gone_or_elsewhere_is_told_nothing(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (receiver, full) = (Receiver::start(), i64::try_from(ON_HAND).expect("few"));
    let stated = webhook(&receiver, WebhookKind::Units);

    // Not found elsewhere: a redirect is an answer like another.
    receiver.answers(307);
    let id = shop.operator.add_webhook(&stated).expect("added").id;
    let tried = shop.operator.test_webhook(&id).expect("sent");
    assert_eq!((tried.outcome, tried.status), (WebhookOutcome::Refused, Some(307)));
    receiver.waits_until("changes", |it| it.received().len() > 1);
    assert!(receiver.received().iter().all(|one| one.path == "/hook"));

    // Gone: stopped, with the reason; no try comes after that one.
    receiver.answers(410);
    let stopped = || shop.operator.webhook(&id).expect("there").webhook;
    receiver.waits_until("the stop", |_| stopped().stopped == Some(WebhookStop::Gone));
    assert!(!stopped().stated.enabled);
    let before = receiver.received().len();
    shop.place_once("W-1", &[1]);
    becomes(&shop.channel, &shop.items[0].sku, full - 1);
    assert_eq!(receiver.received().iter().filter(|one| one.status == 410).count(), 1);
    assert_eq!(receiver.received().len(), before);

    // Enabled by an operator: it goes on, and misses nothing.
    receiver.answers(200);
    let row = shop.operator.put_webhook(&id, &stated).expect("put");
    assert_eq!((row.stopped, row.stated.enabled), (None, true));
    is(&receiver, &shop.items[0].sku, &json!(full - 1));
    knows_all(&receiver, &shop);

    // Another address of the same receiver is a receiver that knows nothing.
    let other = Receiver::start();
    let stated = NewWebhook { url: other.url.clone(), ..stated };
    shop.operator.put_webhook(&id, &stated).expect("put");
    other.waits_until("every item", |it| it.knows().len() == shop.items.len());
    let http = NewWebhook { url: "http://shop.example.com/".into(), ..stated.clone() };
    refused(shop.operator.put_webhook(&id, &http), 422, "invalid_webhook");
    refused(shop.operator.put_webhook(DEMO_LOCATION, &stated), 404, "unknown_webhook");
}

pub fn another_secret_signs_beside_the_one_before(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let receiver = Receiver::start();
    let stated = NewWebhook { enabled: false, ..webhook(&receiver, WebhookKind::Bands) };
    let first = shop.operator.add_webhook(&stated).expect("added");
    let signed = |secret: &str| receiver.received().last().expect("a test came").is_signed(secret);
    let send = || assert_eq!(shop.operator.test_webhook(&first.id).expect("sent").what, "test");
    send();
    assert!(first.old_until.is_none() && signed(&first.secret));
    let second = shop.operator.rotate_webhook(&first.id).expect("rotated");
    assert!(second.old_until.is_some() && second.secret != first.secret);
    send();
    assert!(signed(&first.secret) && signed(&second.secret));
    // The one before both has had its day.
    let third = shop.operator.rotate_webhook(&first.id).expect("rotated");
    send();
    assert!(!signed(&first.secret) && signed(&second.secret) && signed(&third.secret));
    let shown = shop.operator.webhook(&first.id).expect("there");
    assert_eq!((shown.tries.len(), shown.webhook.sequence), (3, 0), "tests are no deliveries");
    assert!(receiver.deliveries().is_empty(), "it is not enabled");
}
