//! Goods that are still to come: told by date, promised once, and given to whom they were promised when
//! they arrive.

use demo_network::{DEMO_LOCATION, clock::now_ms};
use domain::{
    api::{BasketQuestion, NewPromise, NewSource, SourceKind, Transport},
    clock::TimeMs,
};
use serde_json::json;
use tests::{
    server::{Server, Store},
    shop::{ON_HAND, Shop},
};

use crate::{
    checks,
    promise::{self, PATIENCE_MS, PICKUP, becomes, here, refused},
};

const DAY_MS: i64 = 86_400_000;

pub fn what_is_still_to_come_is_promised_once(store: &Store) {
    let server = Server::start(store);
    let shop = Shop::load(server.address());
    let (channel, sku) = (&shop.channel, shop.items[2].sku.as_str());
    let full = i64::try_from(ON_HAND).expect("few");
    becomes(channel, sku, full);
    let new = NewSource {
        name: "Buying".into(),
        kind: SourceKind::Erp,
        profile: None,
        hold_above: None,
        transport: Transport::Upload,
    };
    shop.operator.put_source("buying", &new).expect("a source");
    let buying = shop.operator.as_source("buying").expect("its token");
    let today = i64::try_from(now_ms()).expect("small") / 1_000 * 1_000;
    let [soon, late] = [3, 9].map(|days| TimeMs(today + days * DAY_MS));
    let order = |line: u8, units: i64, at: TimeMs| {
        format!("purchase_order,{sku},{DEMO_LOCATION},{units},PO-7,{line},{}\n", at.to_rfc3339())
    };
    let say = |id: &str, rows: &str| {
        let rows = format!("kind,sku,location,quantity,reference,line,expected\n{rows}");
        let said = buying.send_batch("buying", id, None, None, rows.as_bytes()).expect("taken");
        assert_eq!(said.refused, 0, "{:?}", buying.refused("buying", id));
    };
    say("po", &[order(1, 10, soon), order(2, 4, late)].concat());

    // It is told with its dates, and why.
    let on = |at: TimeMs| {
        let whom = format!("{PICKUP}&on={}", at.to_rfc3339());
        channel.atp(&[sku], &whom).expect("answered").items[0].units
    };
    until("the order is known", || on(soon) == full + 10);
    assert_eq!((on(TimeMs(soon.0 - 1_000)), on(late)), (full, full + 14));
    let near = channel.atp_around(sku, "at=0,0&radius_km=20000&market=US").expect("answered");
    let steps: Vec<_> = near.pickup[0].later.iter().map(|step| (step.from, step.units)).collect();
    assert_eq!(steps, [(soon, full + 10), (late, full + 14)]);
    let why = shop.operator.atp_explained(sku, PICKUP).expect("explained");
    assert_eq!(
        why.dated.iter().map(|term| (term.at, term.units)).collect::<Vec<_>>(),
        [(soon, 10), (late, 4)]
    );

    let basket = |name: &str, units: i64, later: bool| NewPromise {
        later,
        ..promise::basket(name, here(), sku, units)
    };
    let question = BasketQuestion {
        lines: basket("q", full + 12, true).lines,
        at: Some("0,0".into()),
        radius_km: Some(20_000),
        market: Some("US".into()),
        ..Default::default()
    };
    let options = channel.atp_basket(&question).expect("answered");
    let line = &options.pickup[0].option.lines[0];
    assert_eq!((line.units, line.rest_from), (full, Some(late)), "{options:?}");

    // A basket takes what is there, and the rest when it comes; nobody else gets that.
    refused(channel.promise(&basket("a", full + 5, false)), 409, "not_enough");
    let held = channel.promise(&basket("a", full + 5, true)).expect("held");
    assert_eq!((held.later[0].at, held.later[0].lines[0].quantity.units()), (soon, 5));
    refused(channel.promise(&basket("b", 10, true)), 409, "not_enough");
    let other = channel.promise(&basket("b", 7, true)).expect("held");
    assert_eq!(
        (other.parts.len(), other.later[0].at),
        (0, late),
        "five of the first order, two more"
    );
    channel.end_promise(&other.id).expect("given back");
    let other = channel.promise(&basket("b", 5, true)).expect("held");
    assert_eq!(other.later[0].at, soon);

    // Its order is promised for then, gets what is there, and waits for the rest; so does one that
    // nothing was promised.
    let order = |number: &str, units: i64, token: Option<&str>| {
        let units = u32::try_from(units).expect("few");
        let mut order = json!(shop.order_of(number, &[0, 0, units]));
        order["promise"] = json!(token);
        shop.send(order.to_string().as_bytes()).expect("taken")
    };
    let first = order("W-1", full + 5, Some(&held.token));
    assert!(first.promise_at > soon, "{first:?}");
    let waits = |id| u64::from(shop.order(id).lines[0].progress.unsourced);
    until("the first has what is there", || waits(first.id) == 5);
    let unpromised = order("W-2", 1, None);
    let second = order("W-3", 5, Some(&other.token));

    // Ten arrive: five and five, as promised, whoever asked in between. The same again is the same.
    let arrived = format!("change,{sku},{DEMO_LOCATION},10,PO-7,1,r1\n");
    for id in ["r-a", "r-b"] {
        let rows = format!("kind,sku,location,quantity,reference,line,event_id\n{arrived}");
        buying.send_batch("buying", id, None, None, rows.as_bytes()).expect("taken");
    }
    until("both have theirs", || waits(first.id) + waits(second.id) == 0);
    assert_eq!(waits(unpromised.id), 1);
    until("the rest is told", || on(late) == 3 && on(soon) == 0);

    // The other line will not come.
    say(
        "cancelled",
        &format!("purchase_order,{sku},{DEMO_LOCATION},0,PO-7,2,{}\n", late.to_rfc3339()),
    );
    until("nothing is to come", || on(late) == 0);
    refused(channel.promise(&basket("c", 1, true)), 409, "not_enough");
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = now_ms();
    while !is_so() {
        assert!(now_ms() - start < PATIENCE_MS, "{what}");
        std::thread::yield_now();
    }
}
