//! The feed rows that new and changed work gives: the work itself, stock figures, items that the
//! tablets may not know, and the customer, who is purged when the goods have left.

use std::collections::BTreeMap;

use domain::{
    fulfillment::Fulfillment,
    ids::{OrderId, Sku},
    sync::{Op, StockCard, kind},
};

use super::changes::{Cards, Written};
use crate::db::{
    self, DbError, Tx, cards,
    feed::Entry,
    stock::{self, Changed},
};

/// New work with everything that its location needs for it.
pub(super) fn of_new_work(
    tx: &mut Tx,
    location_key: i64,
    f: &Fulfillment,
    cause: &str,
) -> Result<Vec<Entry>, DbError> {
    let lines = db::fulfillments::item_keys(tx, f.order())?;
    let here = lines.into_iter().filter(|(line, _)| f.line(*line).is_some());
    let mut keys: Vec<i64> = here.map(|(_, key)| key).collect();
    keys.sort_unstable();
    keys.dedup();
    let items = cards::items(tx, &keys)?;
    let figures = stock::cards(tx, location_key, &keys)?;
    let skus: BTreeMap<i64, &Sku> =
        keys.iter().copied().zip(items.iter().map(|i| &i.sku)).collect();
    let stock =
        figures.iter().filter_map(|(key, now)| Some(stock_row(skus.get(key)?, *now, cause)));
    let stock: Vec<Entry> = stock.collect();
    let items = items.iter().map(|item| {
        let body = serde_json::to_string(item).expect("plain data");
        up(kind::ITEM, item.sku.to_string(), None, body, cause)
    });
    // Items and customer first: whoever reads half of it never shows work without names.
    let mut rows = db::feed::without_known(tx, location_key, items.collect())?;
    if let Some(card) = cards::customer(tx, f.order())? {
        let body = serde_json::to_string(&card).expect("plain data");
        rows.push(up(kind::CUSTOMER, f.order().to_string(), None, body, cause));
    }
    rows.extend(stock);
    rows.push(work_row(f, 1, f.to_json(), cause));
    Ok(rows)
}

/// Changed work, by location, with the stock figures that changed with it.
pub(super) fn of_changes(
    tx: &mut Tx,
    changed: &[Written<'_>],
    cards: &Cards<'_>,
) -> Result<BTreeMap<i64, Vec<Entry>>, DbError> {
    let causes: BTreeMap<i64, &str> =
        changed.iter().map(|(work, _)| (work.location_key(), work.cause_id())).collect();
    let mut feeds = BTreeMap::<i64, Vec<Entry>>::new();
    for ((at, sku), now) in cards {
        feeds.entry(*at).or_default().push(stock_row(sku, *now, causes[at]));
    }
    for (work, body) in changed {
        let feed = feeds.entry(work.location_key()).or_default();
        feed.push(work_row(&work.next, work.rev, body.clone(), work.cause_id()));
    }
    for (work, _) in changed.iter().filter(|(work, _)| work.has_ended()) {
        let purge = purge(tx, work.location_key(), &work.next, work.cause_id())?;
        feeds.entry(work.location_key()).or_default().extend(purge);
    }
    Ok(feeds)
}

/// Forgets the customer at this location, unless other work of the order goes on there. What the
/// feed says of the person is blanked as well.
fn purge(
    tx: &mut Tx,
    location_key: i64,
    f: &Fulfillment,
    cause: &str,
) -> Result<Option<Entry>, DbError> {
    let order: OrderId = f.order();
    if db::fulfillments::is_other_work_open(tx, order, location_key, f.id())? {
        return Ok(None);
    }
    let id = order.to_string();
    db::feed::blank(tx, location_key, kind::CUSTOMER, &id)?;
    let (op, body, cause) = (Op::Purge, String::new(), cause.to_owned());
    Ok(Some(Entry { kind: kind::CUSTOMER, id, rev: None, op, body, cause }))
}

fn work_row(f: &Fulfillment, rev: u64, body: String, cause: &str) -> Entry {
    up(kind::FULFILLMENT, f.id().to_string(), Some(rev), body, cause)
}

fn stock_row(sku: &Sku, now: Changed, cause: &str) -> Entry {
    let card: StockCard = now.card;
    let body = serde_json::to_string(&card).expect("plain data");
    up(kind::STOCK, sku.to_string(), Some(now.rev), body, cause)
}

fn up(kind: &'static str, id: String, rev: Option<u64>, body: String, cause: &str) -> Entry {
    Entry { kind, id, rev, op: Op::Up, body, cause: cause.to_owned() }
}
