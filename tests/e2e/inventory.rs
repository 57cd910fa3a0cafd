//! Stock from an ERP and from tills, through the real server: counts that are late, sales that come twice,
//! rows that are wrong. At the end the ledger explains every shelf.

use std::io::Write;

use demo_network::{DEMO_LOCATION, api::Api, error::DemoError};
use domain::{
    api::{BatchRow, NewSource, SourceKind, Transport},
    clock::TimeMs,
};
use serde_json::json;
use sync_server::app::ingest::chunk::FACTS_MAX;
pub use tests::sources::new_source;
use tests::{
    server::{Server, Store},
    shop::{ON_HAND, Shop},
    sources::open_source,
};

use crate::{checks, promise::becomes};

const HOUR_MS: i64 = 3_600_000;

pub fn stock_arrives_from_many_sources(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (erp, till) = (source(&shop, "erp", "csv"), source(&shop, "till", "ndjson"));
    let skus: Vec<&str> = shop.items.iter().map(|item| item.sku.as_str()).collect();
    let on_hand = |sku: &str| shop.operator.stock(sku).expect("known").total.on_hand;
    let full = i64::try_from(ON_HAND).expect("few");
    let start = now();

    // A till: two sales of the first item, one of them sent twice; goods of an order are no sale.
    shop.place("W-9", &[1]);
    let sale = |id: &str, order: Option<&str>| {
        json!({ "kind": "sale", "event_id": id, "sku": skus[0], "location": DEMO_LOCATION,
            "quantity": 1, "order": order })
        .to_string()
    };
    let events = [sale("t1", None), sale("t2", None), sale("t1", None), sale("t3", Some("W-9"))];
    let answer = till.send_events("till", events.join("\n").as_bytes()).expect("taken");
    assert_eq!((answer.accepted, answer.ignored, answer.refused), (2, 2, 0));
    let answer = till.send_events("till", events[1].as_bytes()).expect("taken");
    assert_eq!((answer.accepted, answer.ignored), (0, 1), "the same event again");
    assert_eq!(on_hand(skus[0]), full - 2);

    // The ERP counted the shelf before those sales, and says so only now.
    let rows = format!("{},{DEMO_LOCATION},30\n", skus[0]);
    let counted = send(&erp, "late", Some(start), &rows).expect("taken");
    assert_eq!(counted.accepted, 1);
    assert_eq!(on_hand(skus[0]), 28, "30 were there, 2 were sold since");
    let older = send(&erp, "older", Some(TimeMs(start.0 - HOUR_MS)), &rows).expect("taken");
    assert_eq!((older.accepted, older.ignored), (0, 1));

    // A whole snapshot, packed: what it leaves out is not there.
    let stated: Vec<String> =
        skus[..10].iter().map(|sku| format!("{sku},{DEMO_LOCATION},7,\n")).collect();
    let end = format!(",{DEMO_LOCATION},,location_end\n");
    let rows = format!("sku,location,quantity,kind\n{}{end}", stated.concat());
    let snapshot = packed(&rows);
    let taken = erp.send_batch("erp", "whole", None, Some("gzip"), &snapshot).expect("taken");
    assert_eq!((taken.rows, taken.refused, taken.state.as_str()), (10, 0, "done"));
    assert_eq!((on_hand(skus[3]), on_hand(skus[20])), (7, 0));

    // What it found to be different is told, and stands in the ledger that explains the number.
    let differences = shop.operator.differences("erp", "whole").expect("a report");
    let row = format!("\"{}\",\"{DEMO_LOCATION}\",shelf,{}\r\n", skus[3], 7 - full);
    assert!(differences.starts_with("sku,location,place,more\r\n") && differences.contains(&row));
    let ledger = shop.operator.movements(skus[3], DEMO_LOCATION).expect("the ledger").items;
    assert_eq!(ledger[0].source.as_deref(), Some("erp"));
    assert_eq!((ledger[0].cause_id.as_str(), ledger[0].quantity), ("whole", full - 7));
    let on_shelf: i64 = ledger
        .iter()
        .map(|m| match (m.from.as_str(), m.to.as_str()) {
            (_, "shelf") => m.quantity,
            ("shelf", _) => -m.quantity,
            _ => 0,
        })
        .sum();
    assert_eq!(on_shelf, 7);

    // Again it changes nothing; something else under its id is refused.
    let again = erp.send_batch("erp", "whole", None, Some("gzip"), &snapshot).expect("known");
    assert_eq!(again, taken);
    let other = erp.send_batch("erp", "whole", None, Some("gzip"), &packed("sku,location\n"));
    assert_refused(other, 409, "duplicate_batch");
    drop(server);
    sound(store);
}

pub fn events_that_come_together_are_told_apart(store: &Store) {
    const TILLS: usize = 16;
    const ROUNDS: usize = 12;
    const UNITS: i64 = 1_000;
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (erp, till) = (source(&shop, "erp", "csv"), source(&shop, "till", "ndjson"));
    let sku = shop.items[0].sku.as_str();
    let rows = format!("{sku},{DEMO_LOCATION},{UNITS}\n");
    send(&erp, "counted", None, &rows).expect("taken");
    let sale = |id: String, sku: &str| {
        json!({ "kind": "sale", "event_id": id, "sku": sku, "location": DEMO_LOCATION,
            "quantity": 1 })
        .to_string()
    };
    let ring = |till: &Api, rows: &[String]| {
        let taken = till.send_events("till", rows.join("\n").as_bytes()).expect("taken");
        (taken.accepted, taken.ignored, taken.refused)
    };
    // Each till rings up a sale of its own and one that all of them send, then one of nobody knows what.
    let firsts = std::thread::scope(|scope| {
        let till = &till;
        let rounds = (0..TILLS).map(|n| {
            scope.spawn(move || {
                let mut firsts = 0;
                for round in 0..ROUNDS {
                    let (own, all) = (format!("{n}-{round}"), format!("all-{round}"));
                    let taken = ring(till, &[sale(own.clone(), sku), sale(all, sku)]);
                    assert!(taken == (2, 0, 0) || taken == (1, 1, 0), "{taken:?}");
                    firsts += taken.0 - 1;
                    let (wrong, again) = (sale(format!("w{own}"), "no-such-sku"), sale(own, sku));
                    assert_eq!(ring(till, &[wrong, again]), (0, 1, 1));
                }
                firsts
            })
        });
        let rounds: Vec<_> = rounds.collect();
        rounds.into_iter().map(|till| till.join().expect("all is told")).sum::<u64>()
    });
    assert_eq!(firsts, ROUNDS as u64, "each sale that all send is taken once");
    let sold = i64::try_from((TILLS + 1) * ROUNDS).expect("few");
    assert_eq!(shop.operator.stock(sku).expect("known").total.on_hand, UNITS - sold);
    let day = till.send_events("till", sale("0-0".to_owned(), sku).as_bytes()).expect("taken").id;
    let refused = shop.operator.refused("till", &day).expect("a file");
    assert_eq!(refused.lines().skip(1).count(), TILLS * ROUNDS, "each is kept for a person");
    drop(server);
    sound(store);
}

pub fn a_snapshot_that_says_nothing_new_changes_nothing(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (erp, till) = (source(&shop, "erp", "csv"), source(&shop, "till", "ndjson"));
    let skus: Vec<&str> = shop.items[..10].iter().map(|item| item.sku.as_str()).collect();
    let on_hand = |sku: &str| shop.operator.stock(sku).expect("known").total.on_hand;
    let whole = |id: &str, as_of: Option<TimeMs>, rows: &[(&str, i64)]| {
        let rows: String =
            rows.iter().map(|(sku, units)| format!("{sku},{DEMO_LOCATION},{units},\n")).collect();
        let text = format!("sku,location,quantity,kind\n{rows},{DEMO_LOCATION},,location_end\n");
        let taken = erp.send_batch("erp", id, as_of, None, text.as_bytes()).expect("taken");
        assert_eq!(taken.refused, 0);
        (taken.accepted, taken.unchanged)
    };
    let seven: Vec<(&str, i64)> = skus.iter().map(|sku| (*sku, 7)).collect();
    whole("first", None, &seven);
    // What is not named is not there.
    becomes(&shop.channel, &shop.items[39].sku, 0);
    let movements = |sku| shop.operator.movements(sku, DEMO_LOCATION).expect("told").items.len();
    let before = movements(skus[0]);
    for id in ["again", "and-again"] {
        assert_eq!(whole(id, None, &seven), (0, 10));
    }
    assert_eq!(movements(skus[0]), before, "nothing is written");

    // A later word on the same shelf holds, in the same file, too.
    let twice: Vec<_> = [(skus[0], 9), (skus[0], 7)].into_iter().chain(seven.clone()).collect();
    assert_eq!(whole("twice", None, &twice), (2, 10));
    assert_eq!(on_hand(skus[0]), 7);

    // Also where the next transaction looks at the books before the first is written.
    for long in FACTS_MAX - 5..=FACTS_MAX {
        let nines = skus.iter().cycle().take(long).map(|sku| (*sku, 9));
        let rows: Vec<_> = nines.chain(seven.clone()).collect();
        assert_eq!(whole(&format!("long-{long}"), None, &rows), (20, long as u64 - 10));
        assert_eq!(on_hand(skus[0]), 7);
    }

    // A sale after the count is no news for it; one that the count had to see is.
    let counted = now();
    let sold = json!({ "kind": "sale", "event_id": "t1", "sku": skus[1],
        "location": DEMO_LOCATION, "quantity": 1, "at": TimeMs(counted.0 + 1).to_rfc3339() });
    till.send_events("till", sold.to_string().as_bytes()).expect("taken");
    becomes(&shop.channel, skus[1], 6);
    assert_eq!(whole("before", Some(counted), &seven), (0, 10));
    assert_eq!(on_hand(skus[1]), 6);
    assert_eq!(whole("after", None, &seven), (1, 9));
    assert_eq!(on_hand(skus[1]), 7);

    // A few rows that are sent as events may say that they are all of a location, too.
    let (sku, end) = (skus[0], format!(",{DEMO_LOCATION},,location_end"));
    let few = format!("sku,location,quantity,kind\n{sku},{DEMO_LOCATION},5,\n{end}\n");
    let taken = erp.send_events("erp", few.as_bytes()).expect("taken");
    assert_eq!((taken.accepted, taken.refused), (10, 0), "one is counted, nine are absent");
    assert_eq!((on_hand(sku), on_hand(skus[2])), (5, 0));

    // Few bytes, but more rows than one transaction takes.
    let row = |n: usize| format!("{},{DEMO_LOCATION},{},\n", skus[n % 10], 100 + n / 10);
    let rows: String = (0..1_500).map(row).collect();
    let many = packed(&format!("sku,location,quantity,kind\n{rows}"));
    let taken = erp.send_events("erp", &many).expect("taken");
    assert_eq!((taken.rows, taken.accepted, taken.refused), (1_500, 1_500, 0));
    assert_eq!((on_hand(skus[0]), on_hand(skus[9])), (249, 249), "the last word holds");
    drop(server);
    sound(store);
}

pub fn a_bad_batch_says_why_and_leaves_nothing_half_done(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let erp = source(&shop, "erp", "csv");
    let sku = shop.items[0].sku.as_str();
    let lines = [
        format!("{sku},{DEMO_LOCATION},11"),
        format!("{sku},{DEMO_LOCATION},-4"),
        format!("{sku},{DEMO_LOCATION},many"),
        format!("no-such-sku,{DEMO_LOCATION},1"),
        format!("{sku},S-nowhere,1"),
        format!("{sku},{DEMO_LOCATION},12"),
    ];
    let answer = send(&erp, "bad", None, &lines.join("\n")).expect("the rest is taken");
    assert_eq!((answer.rows, answer.accepted, answer.refused), (6, 2, 4));
    assert_eq!(shop.operator.stock(sku).expect("known").total.on_hand, 12);
    let refused = shop.operator.refused("erp", "bad").expect("a download");
    assert_eq!(refused.lines().next(), Some("line,field,code,message,raw"));
    let told = [
        "3,\"quantity\",\"negative\"",
        "4,\"quantity\",\"invalid_number\"",
        "5,\"sku\",\"unknown_sku\"",
        "6,\"location\",\"unknown_location\"",
    ];
    for told in told {
        assert!(refused.lines().any(|line| line.starts_with(told)), "{told} in {refused}");
    }

    // Cut short, it keeps what came, and goes on when it is sent again whole.
    let rows: String = (0..30_000).map(|n| format!("{sku},{DEMO_LOCATION},{n}\n")).collect();
    let whole = packed(&format!("sku,location,quantity\n{rows}"));
    let cut = erp.send_batch("erp", "long", None, Some("gzip"), &whole[..whole.len() / 2]);
    assert_refused(cut, 400, "cut_short");
    let taken = erp.send_batch("erp", "long", None, Some("gzip"), &whole).expect("the rest");
    assert_eq!((taken.rows, taken.state.as_str()), (30_000, "done"));
    assert_eq!(shop.operator.stock(sku).expect("known").total.on_hand, 29_999);

    let nonsense = erp.send_batch("erp", "nonsense", None, None, b"a,b,c\n1,2,3\n");
    assert_refused(nonsense, 422, "unreadable_batch");
    let source = NewSource {
        name: "Books".into(),
        kind: SourceKind::Erp,
        profile: Some(
            json!({ "version": 1, "name": "x", "format": { "csv": { "delimiter": "\"" } },
            "content": "counts" }),
        ),
        hold_above: None,
        transport: Transport::Upload,
    };
    assert_refused(shop.operator.put_source("erp2", &source), 422, "invalid_source");
    drop(server);
    sound(store);
}

pub fn a_refused_row_is_corrected_and_a_held_one_believed(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (erp, operator) = (source(&shop, "erp", "csv"), &shop.operator);
    let cautious = NewSource { hold_above: Some(50), ..new_source("careful", "csv") };
    operator.put_source("careful", &cautious).expect("a source");
    let careful = operator.as_source("careful").expect("its token");
    let [first, second] = [0, 1].map(|at| shop.items[at].sku.as_str());
    let rows = format!("{first},{DEMO_LOCATION},1o\nno-such,{DEMO_LOCATION},5\n{second},S-no,3");
    assert_eq!(send(&erp, "b", None, &rows).expect("taken").refused, 3);
    let dead = |source: &str| operator.dead_rows(source, "open").expect("listed").items;
    let [typo, unknown, nowhere] = &dead("erp")[..] else { panic!("three: {:?}", dead("erp")) };
    assert_eq!(
        (typo.code.as_str(), typo.field.as_str(), typo.line),
        ("invalid_number", "quantity", 2)
    );

    // What is still wrong is said again, and stays on the list.
    assert_refused(operator.replay(typo.key, &[]), 422, "still_refused");
    assert_refused(operator.replay(unknown.key, &[("sku", "nor-this")]), 422, "still_refused");
    assert_refused(operator.replay(unknown.key, &[("colour", "red")]), 422, "still_refused");
    assert_eq!(dead("erp").len(), 3);
    let told = operator.replay(typo.key, &[("quantity", "10")]).expect("corrected");
    assert_eq!(told.outcome, "accepted");
    assert_eq!(operator.stock(first).expect("known").total.on_hand, 10);
    let told = operator.replay(unknown.key, &[("sku", second)]).expect("corrected");
    assert_eq!(told.outcome, "accepted");
    assert_eq!(operator.stock(second).expect("known").total.on_hand, 5);
    assert_refused(operator.replay(typo.key, &[]), 409, "row_settled");
    operator.discard(nowhere.key, "The store was closed in spring").expect("left out");
    assert_refused(operator.discard(nowhere.key, "Again"), 409, "row_settled");
    assert_refused(operator.replay(9_999_999, &[]), 404, "unknown_row");
    assert!(dead("erp").is_empty());
    let left_out = operator.dead_rows("erp", "discarded").expect("listed").items;
    assert_eq!(left_out[0].note, "The store was closed in spring");
    let again = send(&erp, "b", None, &rows).expect("known");
    assert_eq!((again.accepted, again.refused), (2, 1), "the batch counts them anew");

    // An absurd jump waits until a person believes it.
    let jump = format!("sku,location,quantity\n{first},{DEMO_LOCATION},500\n");
    let held = careful.send_batch("careful", "b", None, None, jump.as_bytes()).expect("taken");
    assert_eq!((held.accepted, held.held), (0, 1));
    assert_eq!(operator.stock(first).expect("known").total.on_hand, 10);
    let row = &dead("careful")[0];
    assert_eq!(row.code, "held");
    assert_eq!(operator.replay(row.key, &[]).expect("believed").outcome, "accepted");
    assert_eq!(operator.stock(first).expect("known").total.on_hand, 500);
    drop(server);
    sound(store);
}

fn sound(store: &Store) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

/// A source that writes our own names, and may speak for itself alone.
fn source(shop: &Shop, id: &str, format: &str) -> Api {
    open_source(&shop.operator, id, format)
}

fn send(erp: &Api, id: &str, as_of: Option<TimeMs>, rows: &str) -> Result<BatchRow, DemoError> {
    let rows = format!("sku,location,quantity\n{rows}");
    erp.send_batch("erp", id, as_of, None, rows.as_bytes())
}

fn packed(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).expect("into memory");
    packer.finish().expect("into memory")
}

pub fn assert_refused<T: std::fmt::Debug>(answer: Result<T, DemoError>, status: u16, code: &str) {
    match answer {
        Err(DemoError::Answer { status: found, body, .. }) => {
            assert_eq!(found, status, "{body}");
            assert!(body.contains(&format!("\"{code}\"")), "{code} in {body}");
        }
        other => panic!("{code} was expected: {other:?}"),
    }
}

fn now() -> TimeMs {
    TimeMs(i64::try_from(demo_network::clock::now_ms()).expect("before the year 292 million"))
}
