//! Feeds over HTTP: a full file and its increments are a fresh full file, each says its number, how many
//! rows it has and what its hash is, and the rows are what their formats ask for. Amazon's files are
//! judged by Amazon's own schema (`tests/data/formats`).

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use demo_network::{DEMO_LOCATION, api::Feed, clock::now_ms};
use jsonschema::Validator;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::{
    server::{Server, Store},
    shop::{ON_HAND, Shop},
};

use crate::promise::{PATIENCE_MS, PICKUP, becomes, refused};

/// Rows by what they are about.
type Rows = BTreeMap<String, String>;

pub fn a_feed_and_its_increments_are_a_fresh_feed(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(&shop.channel, &shop.items[39].sku, full);
    let formats = ["search", "marketplace", "amazon", "google_local", "google_local_json"];
    let mut known: Vec<(Feed, Rows)> = formats.map(|format| begin(&shop, format)).into();

    for round in 0..3u32 {
        shop.place(&format!("W-{round}"), &[1, round + 1]);
        let sold = round * (round + 1) / 2 + round + 1;
        for (item, sold) in [(0, round + 1), (1, sold)] {
            is_given(&shop, &shop.items[item].sku, full - i64::from(sold));
        }
        for (format, (feed, rows)) in formats.iter().zip(&mut known) {
            let before = feed.sequence;
            *feed = read(&shop, format, &feed.next);
            assert!(!feed.full && !feed.more);
            assert_eq!(feed.sequence, before + 1, "no gap");
            assert_eq!(news(format, feed, rows), 2, "two items have changed: {}", feed.text);
            rows.extend(rows_of(format, feed));
            assert_eq!(*rows, begin(&shop, format).1, "{format}");
        }
    }

    // Nothing has changed: an empty file. Other rules: everything again.
    for (format, (feed, _)) in formats.iter().zip(&mut known) {
        ends(&shop, format, feed);
    }
    let (feed, _) = &known[0];
    let pools = json!([{ "id": "ship", "method": "ship" }, { "id": "pickup", "method": "pickup" }]);
    let rules = json!([{ "id": "keep", "says": { "safety": { "units": 3 } } }]);
    let stated = json!({ "based_on": 0, "comment": "For the counter",
        "rules": { "pools": pools, "rules": rules } });
    shop.operator.put_rules(&stated).expect("stated");
    becomes(&shop.channel, &shop.items[39].sku, full - 3);
    let again = read(&shop, "search", &feed.next);
    assert!(again.full);
    assert_eq!((again.rows, again.sequence), (shop.items.len(), feed.sequence + 1));

    let less = shop.channel.feed("marketplace", "method=pickup&buffer=5").expect("a feed");
    let row = format!("{},{}\r\n", shop.items[39].sku, full - 8);
    assert!(less.text.contains(&row), "{}", less.text);
    refused(shop.channel.feed("fax", ""), 404, "unknown_feed");
    refused(shop.channel.feed("search", "after=yesterday"), 400, "invalid_query");
    for wrong in ["", "seller=A-1", "seller=A1&product_type=shoes", "seller=A1&locale=english"] {
        refused(shop.channel.feed("amazon", wrong), 400, "invalid_query");
    }
}

/// Waits until the index knows what was given to orders of an item, and that none waits for it. Until
/// then units may be counted as waiting, or for a moment as waiting and as given.
fn is_given(shop: &Shop, sku: &str, left: i64) {
    let began = now_ms();
    loop {
        let why = shop.operator.atp_explained(sku, PICKUP).expect("explained");
        if (why.sum, why.units, why.dated.len()) == (left, left, 0) {
            return;
        }
        assert!(now_ms() - began < PATIENCE_MS, "{left} of {sku} were expected: {why:?}");
        std::thread::yield_now();
    }
}

/// Reads on until there is nothing new: sourcing may move units of the last order for a moment more.
fn ends(shop: &Shop, format: &str, feed: &mut Feed) {
    let began = now_ms();
    while feed.rows > 0 {
        assert!(now_ms() - began < PATIENCE_MS, "{format} never ends: {}", feed.text);
        *feed = read(shop, format, &feed.next);
    }
}

/// How many rows say something new. An order's units go from waiting to reserved when it is sourced: that
/// may tell a row once more, with the same number.
fn news(format: &str, feed: &Feed, known: &Rows) -> usize {
    rows_of(format, feed).iter().filter(|(key, row)| known.get(*key) != Some(row)).count()
}

fn begin(shop: &Shop, format: &str) -> (Feed, Rows) {
    let feed = read(shop, format, "");
    assert!(feed.full);
    assert_eq!(feed.sequence, 1);
    let rows = rows_of(format, &feed);
    assert_eq!(rows.len(), shop.items.len());
    (feed, rows)
}

fn read(shop: &Shop, format: &str, after: &str) -> Feed {
    let seller = if format == "amazon" { "&seller=A2EXAMPLE1234&locale=en_US" } else { "" };
    let whom = format!("method=pickup&after={after}{seller}");
    let feed = shop.channel.feed(format, &whom).expect("a feed");
    let hash: String = Sha256::digest(&feed.text).iter().map(|b| format!("{b:02x}")).collect();
    assert_eq!(feed.sha256, hash);
    assert_eq!(feed.rows, rows_of(format, &feed).len(), "each row is about something else");
    feed
}

/// Takes a file apart, each field checked against its format's rules.
fn rows_of(format: &str, feed: &Feed) -> Rows {
    let lines = feed.text.lines();
    match format {
        "search" => lines.map(|line| document(line, "id", "units", "availability")).collect(),
        "google_local_json" => lines.map(google_document).collect(),
        "amazon" => messages(&feed.text),
        "marketplace" => {
            let rows = checked_head(lines, "sku,quantity");
            rows.into_iter().map(|line| parted(&line, ',', 2)).collect()
        }
        _ => {
            let head = "store_code\tid\tquantity\tavailability\tpickup_method\tpickup_sla";
            checked_head(lines, head).iter().map(|line| google_row(line)).collect()
        }
    }
}

fn checked_head<'a>(mut lines: impl Iterator<Item = &'a str>, head: &str) -> Vec<String> {
    assert_eq!(lines.next(), Some(head));
    lines.map(str::to_owned).collect()
}

fn parted(line: &str, by: char, fields: usize) -> (String, String) {
    let parts: Vec<&str> = line.split(by).collect();
    assert_eq!(parts.len(), fields, "{line}");
    assert!(parts[1].parse::<u32>().is_ok(), "a quantity: {line}");
    (parts[0].to_owned(), line.to_owned())
}

fn document(line: &str, key: &str, units: &str, word: &str) -> (String, String) {
    let document: Value = serde_json::from_str(line).expect("JSON");
    assert!(document[units].as_u64().is_some(), "{line}");
    assert_word(document[word].as_str().expect("a word"), document[units].as_u64());
    (document[key].as_str().expect("a key").to_owned(), line.to_owned())
}

fn google_document(line: &str) -> (String, String) {
    let document: Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(document["storeCode"], DEMO_LOCATION);
    assert_eq!(document["pickupMethod"], "buy");
    assert_sla(document["pickupSla"].as_str().expect("a word"));
    self::document(line, "offerId", "quantity", "availability")
}

/// The messages of a file for Amazon; none where there is none, which the schema does not allow as a file.
fn messages(text: &str) -> Rows {
    if text.is_empty() {
        return Rows::new();
    }
    let document: Value = serde_json::from_str(text).expect("JSON");
    let wrong: Vec<_> = AMAZON.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(document["header"]["sellerId"], "A2EXAMPLE1234");
    let messages = document["messages"].as_array().expect("by the schema").iter();
    let numbered = |(number, message): (usize, &Value)| {
        assert_eq!(message["messageId"], number, "unique in the file");
        assert_eq!(message["operationType"], "PATCH");
        let patch = &message["patches"][0];
        assert_eq!(patch["op"], "replace");
        assert_eq!(patch["path"], "/attributes/fulfillment_availability");
        assert!(patch["value"][0]["quantity"].is_u64(), "{message}");
        (message["sku"].as_str().expect("by the schema").to_owned(), patch["value"].to_string())
    };
    (1..).zip(messages).map(numbered).collect()
}

static AMAZON: LazyLock<Validator> = LazyLock::new(|| {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("data/formats/listings-feed-schema-v2.json");
    let schema = std::fs::read_to_string(path).expect("it is there");
    let schema = serde_json::from_str(&schema).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
});

fn google_row(line: &str) -> (String, String) {
    let parts: Vec<&str> = line.split('\t').collect();
    let [store, id, units, word, method, sla] = parts[..] else { panic!("six fields: {line}") };
    assert_eq!((store, method), (DEMO_LOCATION, "buy"));
    assert_sla(sla);
    assert_word(word, Some(units.parse().expect("a quantity")));
    (id.to_owned(), line.to_owned())
}

/// The store is open every day, and no order takes it longer: tonight's are ready tomorrow.
fn assert_sla(sla: &str) {
    assert!(["same_day", "next_day"].contains(&sla), "{sla}");
}

fn assert_word(word: &str, units: Option<u64>) {
    let expected = match units {
        Some(0) => "out_of_stock",
        Some(1..=5) => "limited_availability",
        _ => "in_stock",
    };
    assert_eq!(word, expected);
}
