//! What one transaction changes in the work of locations, gathered first and written at once: each row is
//! locked once and in order, however many commands touch it, and a command that fails has written nothing.

use std::collections::{BTreeMap, BTreeSet};

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
        fulfillments::{Next, Stored},
        shelves::Key,
        stock::{self, Changed, Promise, Shift},
    },
};

/// The gathered changes.
#[derive(Debug)]
pub struct Changes {
    locations: BTreeSet<i64>,
    work: BTreeMap<FulfillmentId, Work>,
}

/// The newest cursors of feeds, by location key.
pub type Heads = BTreeMap<i64, u64>;

/// One fulfillment, as it was and as it will be.
#[derive(Debug)]
pub(super) struct Work {
    before: Stored,
    pub(super) next: Fulfillment,
    pub(super) rev: u64,
    steps: Vec<(Vec<LineStock>, Cause)>,
}

/// Changed work, with its next state as JSON.
pub(super) type Written<'a> = (&'a Work, String);

/// Stock events of one position, each with the step that caused it.
type Events<'a> = Vec<(StockEvent, u32, &'a Cause)>;

/// Figures of positions after the changes, by location key and SKU.
pub(super) type Cards<'a> = BTreeMap<(i64, &'a Sku), Changed>;

impl Changes {
    /// Nothing yet. Of these locations' feeds [`Changes::write`] says the head, whatever changes.
    #[must_use]
    pub fn at(locations: impl IntoIterator<Item = i64>) -> Self {
        Self { locations: locations.into_iter().collect(), work: BTreeMap::new() }
    }

    /// Takes in a fulfillment that has been read and locked.
    pub fn add(&mut self, before: Stored) {
        let (next, rev) = (before.fulfillment.clone(), before.rev);
        self.work.insert(next.id(), Work { before, next, rev, steps: Vec::new() });
    }

    /// A location's fulfillment as it stands after what has been recorded, with its revision.
    #[must_use]
    pub fn current(&self, location_key: i64, id: FulfillmentId) -> Option<(&Fulfillment, u64)> {
        let work = self.work.get(&id).filter(|work| work.location_key() == location_key);
        work.map(|work| (&work.next, work.rev))
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

    /// Writes everything and returns the feeds' heads, from which all of it is visible.
    ///
    /// # Errors
    /// [`DbError`]; the transaction is lost then.
    pub fn write(self, tx: &mut Tx, now: TimeMs) -> Result<Heads, DbError> {
        let changed = self.work.values().filter(|work| !work.steps.is_empty());
        let changed: Vec<Written<'_>> = changed.map(|work| (work, work.next.to_json())).collect();
        update(tx, &changed, now)?;
        for (work, _) in &changed {
            update_order(tx, work, now)?;
        }
        for (work, _) in changed.iter().filter(|(work, _)| work.came_to_nothing()) {
            db::capacity::free(tx, &work.next.id().to_string())?;
        }
        let keys = item_keys(tx, &changed)?;
        let cards = move_stock(tx, &changed, &keys, now)?;
        stock::keep_promises(tx, &promises(&changed, &keys)?)?;
        for (work, _) in &changed {
            for exception in news(&work.before.fulfillment, &work.next) {
                db::fulfillments::put_exception(tx, work.location_key(), &work.next, exception)?;
            }
        }
        let history = changed
            .iter()
            .flat_map(|(work, _)| work.steps.iter().map(|(_, cause)| cause.history(&work.next)));
        db::history::append(tx, &history.collect::<Vec<_>>())?;
        let mut feeds = feed_rows::of_changes(tx, &changed, &cards)?;
        for at in self.locations {
            feeds.entry(at).or_default();
        }
        let heads = db::feed::append_all(tx, &feeds)?;
        for (work, _) in changed.iter().filter(|(work, _)| work.is_less_wanted()) {
            bounds::give_back_cancelled(tx, work.next.order())?;
        }
        Ok(heads)
    }
}

impl Work {
    pub(super) const fn location_key(&self) -> i64 {
        self.before.location_key
    }

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

fn update(tx: &mut Tx, changed: &[Written<'_>], now: TimeMs) -> Result<(), DbError> {
    let next =
        changed.iter().map(|(work, body)| Next { fulfillment: &work.next, body, rev: work.rev });
    db::fulfillments::update(tx, &next.collect::<Vec<_>>(), now)
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
fn item_keys(tx: &mut Tx, changed: &[Written<'_>]) -> Result<ItemKeys, DbError> {
    let moved = changed.iter().map(|(work, _)| work).filter(|work| {
        let events = work.steps.iter().any(|(stock, _)| !stock.is_empty());
        events || work.before.fulfillment.lines() != work.next.lines()
    });
    db::fulfillments::item_keys_of(tx, &moved.map(|work| work.next.order()).collect())
}

/// By order and line.
type ItemKeys = BTreeMap<(OrderId, u32), i64>;

fn key_of(keys: &ItemKeys, order: OrderId, line: u32) -> Result<i64, DbError> {
    let key = keys.get(&(order, line)).copied();
    key.ok_or_else(|| DbError::impossible("order_lines", "line", format!("{order} {line}")))
}

/// A line's reservation is what the line still waits for.
fn promises(changed: &[Written<'_>], keys: &ItemKeys) -> Result<Vec<Promise>, DbError> {
    let sourced = |line: &Line| line.buckets.get(Bucket::Sourced);
    let mut promises = Vec::new();
    for (work, _) in changed {
        let (before, f) = (&work.before.fulfillment, &work.next);
        let is_other = |line: &&Line| before.line(line.number).map(sourced) != Some(sourced(line));
        for line in f.lines().iter().filter(is_other) {
            promises.push(Promise {
                order: f.order(),
                fulfillment: f.id(),
                line: line.number,
                item_key: key_of(keys, f.order(), line.number)?,
                location_key: work.location_key(),
                units: sourced(line),
            });
        }
    }
    Ok(promises)
}

/// One update for each position, then the ledger; the figures afterwards.
fn move_stock<'a>(
    tx: &mut Tx,
    changed: &'a [Written<'_>],
    keys: &ItemKeys,
    now: TimeMs,
) -> Result<Cards<'a>, DbError> {
    let mut positions: BTreeMap<Key, (&Sku, Events<'_>)> = BTreeMap::new();
    for (work, _) in changed {
        for (events, cause) in &work.steps {
            for LineStock { line, event, quantity } in events {
                let line = work.next.line(*line).expect("stock events name lines of the work");
                let key = (key_of(keys, work.next.order(), line.number)?, work.location_key());
                let position = positions.entry(key).or_insert_with(|| (&line.sku, Vec::new()));
                position.1.push((*event, quantity.units(), cause));
            }
        }
    }
    let each = || positions.iter().map(|(key, (_, events))| (*key, events));
    let mut ledger: Vec<_> = each().flat_map(|(key, events)| entries(key, events, now)).collect();
    let shifts: Vec<Shift> = each().map(|(key, events)| shift(key, events, now)).collect();
    let mut figures = stock::shift_all(tx, &shifts)?;
    let distrusted = each().filter_map(|(key, events)| count_out(key, events, figures[&key], now));
    let distrusted: Vec<stock::Entry<'_>> = distrusted.collect();
    let shifts = distrusted.iter().map(|entry| {
        let mut delta = Position::default();
        delta.apply(entry.event, entry.units);
        Shift { key: entry.key, delta, moved_at: entry.cause.happened_at }
    });
    figures.extend(stock::shift_all(tx, &shifts.collect::<Vec<_>>())?);
    ledger.extend(distrusted);
    stock::record(tx, &ledger)?;
    let card = |(key, (sku, _)): (&Key, &(&'a Sku, Events<'_>))| ((key.1, *sku), figures[key]);
    Ok(positions.iter().map(card).collect())
}

fn shift(key: Key, events: &Events<'_>, now: TimeMs) -> Shift {
    let mut delta = Position::default();
    events.iter().for_each(|(event, units, _)| delta.apply(*event, *units));
    let moved_at = events.iter().map(|(.., cause)| cause.at.min(now)).max().unwrap_or(now);
    Shift { key, delta, moved_at }
}

fn entries<'a>(
    key: Key,
    events: &Events<'a>,
    now: TimeMs,
) -> impl Iterator<Item = stock::Entry<'a>> {
    events.iter().map(move |&(event, units, cause)| {
        let cause = stock_cause(&cause.kind, cause, now);
        stock::Entry { key, event, units, cause }
    })
}

/// A tablet's clock may be ahead: nothing has happened after we heard of it.
fn stock_cause<'a>(kind: &'a str, cause: &'a Cause, now: TimeMs) -> stock::Cause<'a> {
    stock::Cause { kind, id: &cause.id, happened_at: cause.at.min(now), at: now }
}

/// Where somebody looked and did not find promised units, the books are not to be trusted: what is
/// left unpromised is counted out, so that nothing more is promised from that shelf until someone
/// counts. Damaged and display pieces were seen: they say nothing about the rest.
fn count_out<'a>(
    key: Key,
    events: &Events<'a>,
    figures: Changed,
    now: TimeMs,
) -> Option<stock::Entry<'a>> {
    let (.., cause) = events.iter().rfind(|(event, ..)| *event == StockEvent::Short)?;
    let free = figures.card.on_hand - figures.card.reserved;
    let units = u32::try_from(free).ok().filter(|units| *units > 0)?;
    let cause = stock_cause("shelf.distrusted", cause, now);
    Some(stock::Entry { key, event: StockEvent::CountLess, units, cause })
}

/// Exceptions that are new or that have changed.
fn news<'a>(before: &Fulfillment, next: &'a Fulfillment) -> Vec<&'a Exception> {
    let known = before.exceptions();
    next.exceptions().iter().filter(|exception| !known.contains(exception)).collect()
}
