//! One order for people: everything behind it, and taking it back.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    api::{
        ExceptionRow, FulfillmentDetail, HistoryRow, OrderDetail, OrderKitDetail, OrderLineDetail,
    },
    exception::Exception,
    fulfillment::Fulfillment,
    ids::{LocationId, OrderId},
    measure::in_units,
    order::{LineProgress, OrderStage},
    problem::Problem,
};

use super::{
    bounds,
    fulfillments::{self, Cause},
    refusal::{AppError, not_found},
};
use crate::{
    db::{
        self, DbError, Tx, capacity, fulfillments::Stored, history, locations, order_list, orders,
        sourcing,
    },
    moment::Moment,
};

/// Sourcing decisions that a detail shows.
const DECISIONS_MAX: u32 = 20;

/// No order of this id that the caller may see.
#[must_use]
pub fn unknown() -> Problem {
    not_found("unknown_order", "There is no such order.")
}

/// Whether the caller sees the order: everyone whose sight is not limited to a location, and
/// whoever's location works on it.
fn is_visible(works: &[Stored], only: Option<i64>) -> bool {
    only.is_none_or(|key| works.iter().any(|stored| stored.location_key == key))
}

/// Everything behind an order.
///
/// # Errors
/// `unknown_order`; [`AppError::Broken`].
pub fn detail(tx: &mut Tx, id: OrderId, only: Option<i64>) -> Result<OrderDetail, AppError> {
    let works = db::fulfillments::of_order(tx, id)?;
    let (Some(row), true) = (order_list::one(tx, id)?, is_visible(&works, only)) else {
        return Err(unknown().into());
    };
    let facts = orders::facts(tx, id)?.ok_or_else(unknown)?;
    let progress: BTreeMap<u32, LineProgress> =
        db::fulfillments::order_progress(tx, id)?.into_iter().collect();
    let lines = orders::lines(tx, id)?.into_iter().map(|(placed, name, kit_line)| {
        let progress = progress.get(&placed.line).copied().unwrap_or_default();
        OrderLineDetail { placed, name, progress, kit_line }
    });
    let lines = lines.collect();
    let kits = orders::kits(tx, id)?.into_iter();
    let kits = kits.map(|(placed, name)| OrderKitDetail { placed, name }).collect();
    let works: Result<Vec<_>, DbError> = works.iter().map(|stored| work(tx, stored)).collect();
    Ok(OrderDetail {
        row,
        customer: facts.customer,
        destination: facts.destination,
        lines,
        kits,
        fulfillments: works?,
        sourcing: sourcing::decisions(tx, id, DECISIONS_MAX)?,
        history: history_rows(tx, id)?,
    })
}

fn work(tx: &mut Tx, stored: &Stored) -> Result<FulfillmentDetail, DbError> {
    let f = &stored.fulfillment;
    let (location, location_name) = locations::name_of(tx, stored.location_key)?;
    let mut slots: Vec<String> = f
        .packages()
        .iter()
        .filter(|package| !package.is_gone())
        .filter_map(|package| package.slot().map(ToString::to_string))
        .collect();
    slots.sort_unstable();
    slots.dedup();
    Ok(FulfillmentDetail {
        id: f.id(),
        location,
        location_name,
        stage: f.stage(),
        stage_words: f.stage().words().to_owned(),
        stage_since: f.stage_since(),
        claimed_by: worker(tx, f)?,
        slots,
        packages: u32::try_from(f.packages().len()).unwrap_or(u32::MAX),
        exceptions: f
            .exceptions()
            .iter()
            .map(|exception| exception_row(exception, f.order(), f.location()))
            .collect(),
    })
}

/// Who works on it: the name, or the number of who is not known any more.
fn worker(tx: &mut Tx, f: &Fulfillment) -> Result<Option<String>, DbError> {
    let Some(claim) = f.claim() else { return Ok(None) };
    let number = claim.associate.to_string();
    let mut names = history::people(tx, &BTreeSet::from([number.as_str()]))?;
    Ok(Some(names.remove(&number).unwrap_or(number)))
}

/// An exception as people read it.
#[must_use]
pub fn exception_row(exception: &Exception, order: OrderId, location: &LocationId) -> ExceptionRow {
    ExceptionRow {
        id: exception.id,
        kind: exception.kind,
        sentence: exception.kind.sentence().to_owned(),
        next_action: exception.kind.next_action().to_owned(),
        order,
        short_code: domain::fulfillment::short_code(order),
        location: location.clone(),
        raised_at: exception.raised_at,
        settled: exception.settled.as_ref().map(|settled| settled.note.clone()),
    }
}

fn history_rows(tx: &mut Tx, id: OrderId) -> Result<Vec<HistoryRow>, DbError> {
    let entries = history::read(tx, id)?;
    let names = history::names(tx, &entries)?;
    let row = |entry: history::Entry| {
        let device = entry.body.device.map(|device| device.to_string());
        HistoryRow {
            at: entry.at,
            kind: entry.kind,
            sentence: entry.body.sentence,
            actor_name: names.people.get(&entry.actor).cloned(),
            device_name: device.as_ref().and_then(|device| names.devices.get(device).cloned()),
            actor: entry.actor,
            device,
        }
    };
    Ok(entries.into_iter().map(row).collect())
}

/// What a cancellation moved: poke these locations.
pub type Pokes = Vec<(LocationId, u64)>;

/// Cancels what of an order has not left: units without a location at once, work at locations by
/// the rules of the aggregate (goods in hand go back to the shelf first).
///
/// # Errors
/// `unknown_order`, `reason_missing`, `not_open`; [`AppError::Broken`].
pub fn cancel(
    tx: &mut Tx,
    moment: &mut Moment,
    id: OrderId,
    reason: &str,
    actor: &str,
    only: Option<i64>,
) -> Result<Pokes, AppError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > domain::limits::TEXT_MAX {
        let title = format!("A reason of 1 to {} characters is needed.", domain::limits::TEXT_MAX);
        return Err(Problem::new(422, "reason_missing", title).into());
    }
    let ids: Vec<_> =
        db::fulfillments::of_order(tx, id)?.iter().map(|stored| stored.fulfillment.id()).collect();
    // Fulfillments before the order, as every command locks them.
    let works = db::fulfillments::lock(tx, ids)?;
    if !is_visible(&works, only) {
        return Err(unknown().into());
    }
    let stage = orders::lock(tx, id)?.ok_or_else(unknown)?;
    let waiting = orders::cancel_unsourced(tx, id)?;
    capacity::free(tx, &id.to_string())?;
    let mut pokes = Vec::new();
    for stored in works {
        if let Some(poke) = cancel_work(tx, moment, stored, reason, actor)? {
            pokes.push(poke);
        }
    }
    if pokes.is_empty() && waiting == 0 {
        return Err(not_open(stage).into());
    }
    if pokes.is_empty() {
        note_cancel(tx, moment, id, reason, actor)?;
    }
    db::fulfillments::refresh_order(tx, id)?;
    bounds::give_back_cancelled(tx, id)?;
    Ok(pokes)
}

fn not_open(stage: OrderStage) -> Problem {
    let title = match stage {
        OrderStage::Completed => "The goods have left.",
        _ => "Nothing of this order is left to cancel.",
    };
    Problem::new(409, "not_open", title).advise("Look at the order's history.")
}

/// `None` for work that is cancelled or finished already.
fn cancel_work(
    tx: &mut Tx,
    moment: &Moment,
    stored: Stored,
    reason: &str,
    actor: &str,
) -> Result<Option<(LocationId, u64)>, AppError> {
    let now = moment.now;
    let before: Fulfillment = stored.fulfillment.clone();
    let Ok(change) = before.cancel(now, reason.to_owned()) else { return Ok(None) };
    let location = stored.fulfillment.location().clone();
    let restock = change.next.units_to_restock();
    let sentence = match restock {
        0 => format!("Cancelled: {reason}"),
        units => format!("Cancelled: {reason}. Back to the shelf: {}.", in_units(units)),
    };
    let cause = Cause {
        kind: "order.cancelled".into(),
        id: format!("{}/cancel", stored.fulfillment.order()),
        actor: actor.to_owned(),
        device: None,
        at: now,
        sentence,
    };
    let saved = fulfillments::save(tx, now, stored, change.next, change.stock, cause)?;
    Ok(Some((location, saved.cursor)))
}

fn note_cancel(
    tx: &mut Tx,
    moment: &Moment,
    order: OrderId,
    reason: &str,
    actor: &str,
) -> Result<(), DbError> {
    let sentence = format!("Cancelled: {reason}");
    let body = history::Body { sentence, device: None, fulfillment: None };
    let (kind, actor) = ("order.cancelled".into(), actor.to_owned());
    history::append(tx, &[history::Entry { order, at: moment.now, kind, actor, body }])
}
