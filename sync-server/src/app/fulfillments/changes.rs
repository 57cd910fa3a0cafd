//! What one transaction changes in the work of one location, gathered first and written at once:
//! each row is locked once and in order, however many commands touch it, and a command that fails
//! has written nothing.

use std::collections::BTreeMap;

use domain::{
    buckets::Bucket,
    clock::TimeMs,
    exception::Exception,
    fulfillment::{Fulfillment, Line, Stage},
    ids::{FulfillmentId, OrderId, Sku},
    order::OrderStage,
    stock::{LineStock, Position, StockEvent},
};

use super::{Cause, feed_rows};
use crate::{
    app::bounds,
    db::{
        self, DbError, Tx,
        fulfillments::Stored,
        stock::{self, Changed, Promise},
    },
};

/// The gathered changes of one location.
#[derive(Debug)]
pub struct Changes {
    location_key: i64,
    work: BTreeMap<FulfillmentId, Work>,
}

/// One fulfillment, as it was and as it will be.
#[derive(Debug)]
pub(super) struct Work {
    before: Stored,
    pub(super) next: Fulfillment,
    pub(super) rev: u64,
    steps: Vec<(Vec<LineStock>, Cause)>,
}

/// Stock events of one item, each with the step that caused it.
type OfItem<'a> = Vec<(StockEvent, u32, &'a Cause)>;

impl Changes {
    /// Nothing yet.
    #[must_use]
    pub const fn new(location_key: i64) -> Self {
        Self { location_key, work: BTreeMap::new() }
    }

    /// Takes in a fulfillment that has been read and locked.
    pub fn add(&mut self, before: Stored) {
        let (next, rev) = (before.fulfillment.clone(), before.rev);
        let work = Work { before, next, rev, steps: Vec::new() };
        self.work.insert(work.next.id(), work);
    }

    /// A fulfillment as it stands after what has been recorded, with its revision.
    #[must_use]
    pub fn current(&self, id: FulfillmentId) -> Option<(&Fulfillment, u64)> {
        self.work.get(&id).map(|work| (&work.next, work.rev))
    }

    /// Records the next state of a fulfillment that was taken in; returns its revision.
    ///
    /// # Panics
    /// When it was not taken in with [`Changes::add`].
    pub fn record(
        &mut self,
        id: FulfillmentId,
        next: Fulfillment,
        stock: Vec<LineStock>,
        cause: Cause,
    ) -> u64 {
        let work = self.work.get_mut(&id).expect("what is recorded was taken in");
        work.next = next;
        work.rev += 1;
        work.steps.push((stock, cause));
        work.rev
    }

    /// Writes everything and returns the feed's head, from which all of it is visible.
    ///
    /// # Errors
    /// [`DbError`]; the transaction is lost then.
    pub fn write(self, tx: &mut Tx, now: TimeMs) -> Result<u64, DbError> {
        let changed: Vec<&Work> = self.work.values().filter(|w| !w.steps.is_empty()).collect();
        for work in &changed {
            db::fulfillments::update(tx, &work.next, work.rev, now)?;
        }
        for work in &changed {
            update_order(tx, work, now)?;
        }
        for work in changed.iter().filter(|work| work.came_to_nothing()) {
            db::capacity::free(tx, &work.next.id().to_string())?;
        }
        let mut cards = BTreeMap::new();
        let keys = item_keys(tx, &changed)?;
        move_stock(tx, self.location_key, &changed, &keys, now, &mut cards)?;
        for work in &changed {
            self.update_promises(tx, work, &keys)?;
            for exception in news(&work.before.fulfillment, &work.next) {
                db::fulfillments::put_exception(tx, self.location_key, &work.next, exception)?;
            }
        }
        let history = changed
            .iter()
            .flat_map(|work| work.steps.iter().map(|(_, cause)| cause.history(&work.next)));
        db::history::append(tx, &history.collect::<Vec<_>>())?;
        let rows = feed_rows::of_changes(tx, self.location_key, &changed, &cards)?;
        let head = db::feed::append(tx, self.location_key, &rows)?;
        for work in changed.iter().filter(|work| work.is_less_wanted()) {
            bounds::give_back_cancelled(tx, work.next.order())?;
        }
        Ok(head)
    }

    /// A line's reservation is what the line still waits for.
    fn update_promises(
        &self,
        tx: &mut Tx,
        work: &Work,
        keys: &BTreeMap<(OrderId, u32), i64>,
    ) -> Result<(), DbError> {
        let sourced = |line: &Line| line.buckets.get(Bucket::Sourced);
        let f = &work.next;
        for line in f.lines() {
            if work.before.fulfillment.line(line.number).map(sourced) == Some(sourced(line)) {
                continue;
            }
            let promise = Promise {
                order: f.order(),
                fulfillment: f.id(),
                line: line.number,
                item_key: key_of(keys, f.order(), line.number)?,
                location_key: self.location_key,
                units: sourced(line),
            };
            stock::keep_promise(tx, &promise)?;
        }
        Ok(())
    }
}

impl Work {
    /// Whether the goods left, or the work ended, with these changes.
    pub(super) const fn has_ended(&self) -> bool {
        self.next.stage().is_final() && !self.before.fulfillment.stage().is_final()
    }

    /// Whether units were cancelled with these changes.
    fn is_less_wanted(&self) -> bool {
        let cancelled = |f: &Fulfillment| f.totals().get(Bucket::Cancelled);
        cancelled(&self.next) > cancelled(&self.before.fulfillment)
    }

    /// Whether nothing of it is to be ready any more: its place in the day is free again.
    fn came_to_nothing(&self) -> bool {
        let is_nothing = |f: &Fulfillment| {
            matches!(f.stage(), Stage::Cancelled | Stage::Rejected | Stage::Restocking)
        };
        is_nothing(&self.next) && !is_nothing(&self.before.fulfillment)
    }

    /// The command that changed it last.
    pub(super) fn cause_id(&self) -> &str {
        self.steps.last().map_or("", |(_, cause)| cause.id.as_str())
    }
}

/// Units that were not found go back to sourcing; the order's stage follows from its lines.
fn update_order(tx: &mut Tx, work: &Work, now: TimeMs) -> Result<(), DbError> {
    let (before, next) = (&work.before.fulfillment, &work.next);
    if before.totals() == next.totals() {
        return Ok(());
    }
    let back = db::fulfillments::given_back(before, next);
    for (line, units) in &back {
        db::fulfillments::give_back(tx, next.order(), *line, *units)?;
    }
    if !back.is_empty() {
        db::fulfillments::source_again(tx, next.order(), now)?;
    }
    if !back.is_empty() || OrderStage::may_change(&before.totals(), &next.totals()) {
        db::fulfillments::refresh_order(tx, next.order())?;
    }
    Ok(())
}

/// Item keys of the lines of every order whose units moved, if only there and back.
fn item_keys(tx: &mut Tx, changed: &[&Work]) -> Result<BTreeMap<(OrderId, u32), i64>, DbError> {
    let mut keys = BTreeMap::new();
    let moved = changed.iter().filter(|work| {
        let events = work.steps.iter().any(|(stock, _)| !stock.is_empty());
        events || work.before.fulfillment.lines() != work.next.lines()
    });
    let mut orders: Vec<OrderId> = moved.map(|w| w.next.order()).collect();
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        let of_order = db::fulfillments::item_keys(tx, order)?;
        keys.extend(of_order.into_iter().map(|(line, key)| ((order, line), key)));
    }
    Ok(keys)
}

fn key_of(keys: &BTreeMap<(OrderId, u32), i64>, order: OrderId, line: u32) -> Result<i64, DbError> {
    let key = keys.get(&(order, line)).copied();
    key.ok_or_else(|| DbError::impossible("order_lines", "line", format!("{order} {line}")))
}

/// One update for each position in ascending item order, then the ledger. `cards` gets the figures.
fn move_stock(
    tx: &mut Tx,
    location_key: i64,
    changed: &[&Work],
    keys: &BTreeMap<(OrderId, u32), i64>,
    now: TimeMs,
    cards: &mut BTreeMap<Sku, Changed>,
) -> Result<(), DbError> {
    let mut items: BTreeMap<i64, (&Sku, OfItem<'_>)> = BTreeMap::new();
    for work in changed {
        for (events, cause) in &work.steps {
            for LineStock { line, event, quantity } in events {
                let line = work.next.line(*line).expect("stock events name lines of the work");
                let key = key_of(keys, work.next.order(), line.number)?;
                let item = items.entry(key).or_insert_with(|| (&line.sku, Vec::new()));
                item.1.push((*event, quantity.units(), cause));
            }
        }
    }
    let mut ledger = Vec::new();
    for (&item_key, (sku, events)) in &items {
        let mut delta = Position::default();
        for &(event, units, cause) in events {
            delta.apply(event, units);
            let cause = stock_cause(&cause.kind, cause, now);
            ledger.push(stock::Entry { item_key, event, units, cause });
        }
        let moved_at = events.iter().map(|(.., cause)| cause.at.min(now)).max().unwrap_or(now);
        let mut figures = stock::shift(tx, item_key, location_key, &delta, moved_at)?;
        if let Some(entry) = count_out(item_key, events, figures, now) {
            let mut delta = Position::default();
            delta.apply(entry.event, entry.units);
            figures = stock::shift(tx, item_key, location_key, &delta, moved_at)?;
            ledger.push(entry);
        }
        cards.insert((*sku).clone(), figures);
    }
    stock::record(tx, location_key, &ledger)
}

/// A tablet's clock may be ahead: nothing has happened after we heard of it.
fn stock_cause<'a>(kind: &'a str, cause: &'a Cause, now: TimeMs) -> stock::Cause<'a> {
    stock::Cause { kind, id: &cause.id, happened_at: cause.at.min(now), at: now }
}

/// Where somebody looked and did not find promised units, the books are not to be trusted: what is
/// left unpromised is counted out, so that nothing more is promised from that shelf until someone
/// counts. Damaged and display pieces were seen: they say nothing about the rest.
fn count_out<'a>(
    item_key: i64,
    events: &OfItem<'a>,
    figures: Changed,
    now: TimeMs,
) -> Option<stock::Entry<'a>> {
    let (.., cause) = events.iter().rfind(|(event, ..)| *event == StockEvent::Short)?;
    let free = figures.card.on_hand - figures.card.reserved;
    let units = u32::try_from(free).ok().filter(|units| *units > 0)?;
    let cause = stock_cause("shelf.distrusted", cause, now);
    Some(stock::Entry { item_key, event: StockEvent::CountLess, units, cause })
}

/// Exceptions that are new or that have changed.
fn news<'a>(before: &Fulfillment, next: &'a Fulfillment) -> Vec<&'a Exception> {
    let known = before.exceptions();
    next.exceptions().iter().filter(|exception| !known.contains(exception)).collect()
}
