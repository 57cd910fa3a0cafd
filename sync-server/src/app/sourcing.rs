//! Sourcing one order: read what may be there, plan, promise it under guards, make the work.
//!
//! Reading and planning take no lock and may be stale; the guarded reservation judges, and so do the
//! rules over the stock (`bounds.rs`). When they refuse, the whole attempt is undone and planned anew, a bounded number of times. What stays
//! without a location is tried again later, ever less often.

use std::collections::BTreeMap;

use domain::{
    clock::TimeMs,
    credential::PickupCredential,
    fulfillment::{Fulfillment, Method, NewFulfillment},
    ids::{FulfillmentId, LocationId, OrderId},
};

use super::{
    bounds::{Behind, Bounds, Promisee, narrow},
    capacity::{self, Taken},
    fulfillments::{self, Cause},
    holds, kits,
};
use crate::{
    db::{
        self, Database, DbError, Tx,
        capacity::{self as places, Place},
        history,
        orders::{self, PromisedBy},
        sourcing::{self, Keyed, Waiting, WaitingKit},
        stock::{self, Promise},
    },
    moment::Moment,
    sourcing::{Assignment, OrderWorld, Plan, Policy, plan},
};

/// Plans that may be thrown away because somebody else was faster.
const PLANS_MAX: u32 = 5;
/// The wait after the first attempt that left something without a location.
const RETRY_MS: i64 = 60_000;
/// The longest wait between two attempts.
const RETRY_MAX_MS: i64 = 3_600_000;

/// What one attempt did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sourced {
    /// Locations that have new work, with the cursor at which it is visible. Poke them.
    pub pokes: Vec<(LocationId, u64)>,
    /// Units that still have no location.
    pub unsourced: u32,
}

/// Everything that is read for a plan.
#[derive(Debug, Clone)]
struct Read {
    waiting: Waiting,
    candidates: Vec<Keyed>,
    bounds: Bounds,
    at_most: BTreeMap<i64, u32>,
    /// What the order's basket holds.
    hold: Option<holds::Held>,
}

/// Sources an order. `credential` is for pickups: made once for each order, outside any transaction,
/// because it is slow on purpose.
///
/// # Errors
/// [`DbError`]; nothing was promised then.
pub async fn source(
    database: &Database,
    moment: &Moment,
    id: OrderId,
    credential: Option<PickupCredential>,
) -> Result<Sourced, DbError> {
    for _ in 0..PLANS_MAX {
        let now = moment.now;
        let read = database.read(move |tx| read(tx, id, now)).await?;
        let Some(read) = read.filter(|read| !read.waiting.lines.is_empty()) else {
            return Ok(Sourced::default());
        };
        let plan = plan(&Policy::default(), &world(&read));
        let kits = read.kits(&plan);
        let plan = read.waiting.taken_apart(plan);
        let (moment, credential) = (moment.clone(), credential.clone());
        let done = database.write(move |tx| {
            let attempt = Attempt { id, read: &read, kits: &kits, credential: credential.as_ref() };
            attempt.execute(tx, &mut moment.clone(), &plan)
        });
        match done.await {
            Err(Stale::Again) => {}
            Err(Stale::Broken(error)) => return Err(error),
            Ok(sourced) => return Ok(sourced),
        };
    }
    // Whoever was faster five times leaves less each time: the job will find the order again.
    Ok(Sourced::default())
}

fn read(tx: &mut Tx, id: OrderId, now: TimeMs) -> Result<Option<Read>, DbError> {
    let Some(waiting) = sourcing::waiting(tx, id)? else { return Ok(None) };
    let hold = holds::of_order(tx, id)?;
    let held = hold.as_ref().map_or(&[][..], |hold| &hold.units);
    let pickup_at = waiting.pickup_at.as_ref();
    let kits = waiting.made_of();
    let items = kits::items(&waiting.lines, &kits);
    let mut candidates = sourcing::candidates(tx, &items, pickup_at, held)?;
    // A pickup has no other location to ask.
    if waiting.method == Method::Ship {
        for (location, item) in sourcing::rejected(tx, id)? {
            let asked = candidates.iter_mut().filter(|keyed| keyed.key == location);
            asked.for_each(|keyed| keyed.candidate.rejected.push(item));
        }
    }
    let promisee = promisee(id, &waiting);
    let bounds = Bounds::read(tx, &promisee, &items, &kits, now)?;
    let mut at_most = bounds.look(tx, held)?.keep(&mut candidates);
    let wanted = waiting.wanted();
    narrow(&mut at_most, &bounds.counted.most(tx, &wanted, &kits, &candidates)?);
    capacity::keep(tx, &mut candidates, &id.to_string(), now)?;
    Ok(Some(Read { waiting, candidates, bounds, at_most, hold }))
}

/// An order's customer, as far as the order says.
fn promisee(id: OrderId, waiting: &Waiting) -> Promisee {
    Promisee {
        channel: waiting.channel.clone(),
        market: Some(waiting.market.clone()).filter(|market| !market.is_empty()),
        region: None,
        method: waiting.method,
        customer: Some(waiting.customer.clone()).filter(|customer| !customer.is_empty()),
        behind: Behind::Promised(id),
    }
}

fn world(read: &Read) -> OrderWorld {
    let waiting = &read.waiting;
    OrderWorld {
        method: waiting.method,
        pickup_at: waiting.pickup_at.clone(),
        to: waiting.to,
        lines: waiting.wanted(),
        candidates: read.candidates.iter().map(|keyed| keyed.candidate.clone()).collect(),
        at_most: read.at_most.clone(),
        kits: waiting.made_of(),
    }
}

impl Read {
    /// The kits that a plan gives.
    fn kits(&self, plan: &Plan) -> Vec<kits::Given> {
        let key = |assignment: &Assignment| self.key_of(&assignment.location);
        kits::given(plan, &self.waiting.wanted(), &self.waiting.made_of(), key)
    }

    fn key_of(&self, location: &LocationId) -> i64 {
        let found = self.candidates.iter().find(|keyed| keyed.candidate.location == *location);
        found.expect("a plan asks candidates only").key
    }
}

/// Why an attempt was undone.
#[derive(Debug)]
enum Stale {
    /// Somebody else was faster.
    Again,
    /// The database failed.
    Broken(DbError),
}

impl From<DbError> for Stale {
    fn from(error: DbError) -> Self {
        Self::Broken(error)
    }
}

/// What one location is asked for, its units reserved.
struct Part<'p> {
    location_key: i64,
    id: FulfillmentId,
    assignment: &'p Assignment,
}

struct Attempt<'a> {
    id: OrderId,
    read: &'a Read,
    kits: &'a [kits::Given],
    credential: Option<&'a PickupCredential>,
}

impl Attempt<'_> {
    /// One transaction. Rows are locked in one order: the order, its items' gates, positions by location
    /// and item, days of locations, each location's feed, then counts.
    fn execute(&self, tx: &mut Tx, moment: &mut Moment, plan: &Plan) -> Result<Sourced, Stale> {
        let (waiting, now) = (&self.read.waiting, moment.now);
        let unsourced = plan.why.unsourced;
        let next_at = (unsourced > 0).then(|| self.again_at(now, plan));
        if !sourcing::count_attempt(tx, self.id, waiting.attempts, next_at)? {
            return Err(Stale::Again);
        }
        let attempt = waiting.attempts + 1;
        sourcing::record(tx, self.id, attempt, now, &plan.why)?;
        let cause_id = format!("{}/{attempt}", self.id);
        self.read.bounds.pass(tx)?;
        if let Some(hold) = &self.read.hold
            && !hold.spend(tx, now)?
        {
            return Err(Stale::Again);
        }
        let parts = self.promise(tx, moment, plan, &cause_id)?;
        let held = self.read.hold.as_ref().map_or(&[][..], |hold| &hold.units);
        if !self.read.bounds.allow(tx, &self.given(plan), self.kits, &[], held)? {
            return Err(Stale::Again);
        }
        if parts.is_empty() {
            self.note(tx, now, &plan.why.sentence)?;
        }
        let works = self.date(tx, now, &parts, unsourced)?;
        let mut pokes = Vec::new();
        for (location_key, work) in &works {
            let cause = self.cause(&cause_id, &plan.why.sentence, now);
            let saved = fulfillments::insert(tx, *location_key, work, &cause)?;
            pokes.push((work.location().clone(), saved.cursor));
        }
        if !self.read.bounds.counted.take(tx, &self.id.to_string(), &self.given_by_item(plan))? {
            return Err(Stale::Again);
        }
        Ok(Sourced { pokes, unsourced })
    }

    /// When what is left without a location is looked at again: not before any of it is released, and then
    /// at once.
    fn again_at(&self, now: TimeMs, plan: &Plan) -> TimeMs {
        let again = now.plus_ms(retry_ms(self.read.waiting.attempts));
        let left = plan.unsourced.iter().map(|(line, _)| self.item_of(*line).0);
        let releases: Vec<_> = left.map(|item| self.read.bounds.release_of(item)).collect();
        let first = releases.iter().flatten().min().copied();
        let only = releases.iter().all(Option::is_some);
        first.filter(|first| only || *first < again).unwrap_or(again)
    }

    /// Reserves everything of the plan, in ascending (location key, item key) order.
    fn promise<'p>(
        &self,
        tx: &mut Tx,
        moment: &mut Moment,
        plan: &'p Plan,
        cause_id: &str,
    ) -> Result<Vec<Part<'p>>, Stale> {
        let mut works: Vec<_> =
            plan.assignments.iter().map(|a| (self.read.key_of(&a.location), a)).collect();
        works.sort_unstable_by_key(|work| work.0);
        let mut made = Vec::new();
        for (location_key, assignment) in works {
            let fulfillment = FulfillmentId::new(moment.now, moment.entropy());
            let mut promises: Vec<Promise> = assignment
                .lines
                .iter()
                .map(|&(line, units)| Promise {
                    order: self.id,
                    fulfillment,
                    line,
                    item_key: self.item_of(line).0,
                    location_key,
                    units,
                })
                .collect();
            promises.sort_unstable_by_key(|promise| (promise.item_key, promise.line));
            for promise in &promises {
                let cause = stock::Cause {
                    kind: "order.sourced",
                    id: cause_id,
                    happened_at: moment.now,
                    at: moment.now,
                };
                let taken = sourcing::take(tx, self.id, promise.line, promise.units)?;
                if !taken || !stock::reserve(tx, promise, cause)? {
                    return Err(Stale::Again);
                }
            }
            made.push(Part { location_key, id: fulfillment, assignment });
        }
        Ok(made)
    }

    /// Gives each part its place in a day of its location, and so its due time. An order that was
    /// promised keeps what it was promised; one that was not is due when its last part is.
    fn date(
        &self,
        tx: &mut Tx,
        now: TimeMs,
        parts: &[Part<'_>],
        unsourced: u32,
    ) -> Result<Vec<(i64, Fulfillment)>, Stale> {
        let (waiting, order) = (&self.read.waiting, self.id.to_string());
        let (own, mut works) = (places::of(tx, &order)?, Vec::new());
        for part in parts {
            let (work, location) = (part.id.to_string(), part.location_key);
            let is_here = |place: &&Place| place.location_key == location && place.due_at >= now;
            let due = match own.iter().find(is_here) {
                Some(place) => {
                    places::hand_on_one(tx, &order, &work, *place)?;
                    Some(place.due_at)
                }
                None => match capacity::take(tx, &work, location, now, waiting.method)? {
                    Taken::Unknown => None,
                    Taken::Never => return Err(Stale::Again),
                    Taken::At(due) => Some(due.by(waiting.method)),
                },
            };
            works.push((location, self.work(part, due, now)));
        }
        if unsourced == 0 && !own.is_empty() {
            places::free(tx, &order)?;
        }
        let last = works.iter().map(|(_, work)| work.promise_at()).max();
        if let (PromisedBy::Server, Some(last)) = (waiting.promised_by, last) {
            let by = if unsourced == 0 { PromisedBy::Sourced } else { PromisedBy::Server };
            orders::promise(tx, self.id, last, by)?;
        }
        Ok(works)
    }

    /// Units of a plan, by location and item.
    fn given(&self, plan: &Plan) -> Vec<db::holds::Held> {
        let of = |assignment: &Assignment| {
            let location_key = self.read.key_of(&assignment.location);
            let lines = assignment.lines.clone().into_iter();
            lines.map(move |(line, units)| (location_key, line, units))
        };
        let parts = plan.assignments.iter().flat_map(of);
        let held = |(location_key, line, units)| {
            let item_key = self.item_of(line).0;
            db::holds::Held { location_key, item_key, units }
        };
        parts.map(held).collect()
    }

    fn given_by_item(&self, plan: &Plan) -> BTreeMap<i64, i64> {
        let parts = self.given(plan).into_iter().map(|part| (part.item_key, part.units));
        let kits = self.kits.iter().map(|of| (of.kit, of.units));
        let mut given = BTreeMap::new();
        for (item, units) in parts.chain(kits) {
            *given.entry(item).or_default() += i64::from(units);
        }
        given
    }

    fn work(&self, part: &Part<'_>, due: Option<TimeMs>, now: TimeMs) -> Fulfillment {
        let (waiting, promised) = (&self.read.waiting, self.read.waiting.promise_at);
        let Assignment { location, lines } = part.assignment;
        let promise_at = match (waiting.method, waiting.promised_by) {
            (Method::Pickup, _) | (_, PromisedBy::Channel) => promised,
            (Method::Ship, PromisedBy::Server) => due.unwrap_or(promised),
            // Each part of a promise has its own time, never a later one than was told.
            (Method::Ship, PromisedBy::Hold | PromisedBy::Sourced) => {
                due.unwrap_or(promised).min(promised)
            }
        };
        let line =
            |&(line, units): &(u32, u32)| (line, waiting.skus[self.item_of(line).1].clone(), units);
        Fulfillment::new(NewFulfillment {
            id: part.id,
            order: self.id,
            external_number: waiting.external_number.clone(),
            location: location.clone(),
            method: waiting.method,
            at: now,
            promise_at,
            lines: lines.iter().map(line).collect(),
            credential: self.credential.cloned(),
        })
        .in_kits(|line| {
            let is_in = |kit: &&WaitingKit| kit.parts.iter().any(|(part, ..)| *part == line);
            waiting.kits.iter().find(is_in).map(|kit| kit.part_of.clone())
        })
    }

    /// Item key of a line, and its place among the waiting lines.
    fn item_of(&self, line: u32) -> (i64, usize) {
        let lines = &self.read.waiting.lines;
        let at = lines.iter().position(|wanted| wanted.line == line);
        let at = at.expect("a plan gives waiting lines only");
        (lines[at].item, at)
    }

    fn cause(&self, id: &str, sentence: &str, at: TimeMs) -> Cause {
        Cause {
            kind: "order.sourced".into(),
            id: id.to_owned(),
            actor: "server".into(),
            device: None,
            at,
            sentence: sentence.to_owned(),
        }
    }

    /// Nothing was promised: only the first attempts are told, the decisions keep all.
    fn note(&self, tx: &mut Tx, at: TimeMs, sentence: &str) -> Result<(), DbError> {
        if self.read.waiting.attempts > 0 {
            return Ok(());
        }
        let body = history::Body { sentence: sentence.to_owned(), device: None, fulfillment: None };
        let (kind, actor) = ("order.unsourced".into(), "server".into());
        history::append(tx, &[history::Entry { order: self.id, at, kind, actor, body }])
    }
}

fn retry_ms(attempts: u32) -> i64 {
    (RETRY_MS << attempts.min(6)).min(RETRY_MAX_MS)
}

/// Whether an order is a pickup that no location has been asked for: then sourcing needs its
/// credential.
///
/// # Errors
/// [`DbError`].
pub fn needs_credential(tx: &mut Tx, id: OrderId) -> Result<bool, DbError> {
    let facts = orders::facts(tx, id)?;
    Ok(facts.is_some_and(|f| matches!(f.destination, domain::order::Destination::Pickup { .. })))
}
