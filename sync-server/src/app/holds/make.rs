//! Quotes and holds: a plan, and its units set aside.

use std::collections::BTreeMap;

use domain::{
    api::{PromiseLater, PromisePart, Quote},
    clock::TimeMs,
    fulfillment::Method,
    ids::uuid_v7,
    order::FieldError,
    problem::Problem,
};

use super::{
    basket::{Basket, Read, lines},
    release_units, told,
};
use crate::{
    app::{
        bounds::Most,
        capacity::{self, Taken},
        kits,
        refusal::AppError,
    },
    db::{
        Database, DbError, Tx,
        holds::{self, Held, Hold, Later},
        locations,
        stock::{self, Cause},
    },
    moment::Moment,
    sourcing::Plan,
};

/// Plans that may be thrown away because somebody else was faster. Then one is made where it is held.
pub(super) const PLANS_MAX: u32 = 5;

/// Says what could be promised. Nothing is held.
///
/// # Errors
/// `unknown_sku`, `unknown_location`, `no_pickup_here`, `unknown_postcode`.
pub fn quote(tx: &mut Tx, basket: &Basket, now: TimeMs) -> Result<Quote, AppError> {
    let planned = Planned::read(tx, basket, now)?;
    Ok(Quote {
        whole: planned.missing.is_empty(),
        parts: planned.parts,
        later: planned.told,
        missing: lines(basket, &planned.missing),
    })
}

/// A basket whose units are held.
#[derive(Debug, Clone)]
pub struct Made {
    /// The promise's number.
    pub id: String,
    /// When it ends.
    pub expires_at: TimeMs,
    /// Who gives what.
    pub parts: Vec<PromisePart>,
    /// What comes later.
    pub later: Vec<PromiseLater>,
}

/// Who would give what of a basket, and what comes later.
pub(super) struct Planned {
    read: Read,
    plan: Plan,
    held: Vec<Held>,
    kits: Vec<kits::Given>,
    later: Vec<Later>,
    /// Line and units that nobody can give.
    missing: Vec<(u32, u32)>,
    parts: Vec<PromisePart>,
    told: Vec<PromiseLater>,
}

impl Planned {
    pub(super) fn read(tx: &mut Tx, basket: &Basket, now: TimeMs) -> Result<Self, AppError> {
        let read = basket.read(tx, now)?;
        let plan = read.plan(basket.method());
        let (held, kits) = (read.held(&plan), read.kits_of(&plan));
        let dues = told::look(tx, &held, read.own_id(), now)?;
        let (parts, unsourced) = (told::parts(basket, &read, &plan, &dues), plan.unsourced.clone());
        let (later, missing, told) = (Vec::new(), Vec::new(), Vec::new());
        let mut planned = Self { read, plan, held, kits, later, missing, parts, told };
        let only = match &planned.read.pickup_at {
            Some(location) => locations::find(tx, location)?.map(|found| found.key),
            None => None,
        };
        let dates = planned.earliest(tx, basket, &unsourced, only)?;
        for (rest, at) in unsourced.into_iter().zip(dates) {
            let at = at.filter(|_| planned.is_counted_in(rest));
            let ready = match (at, only) {
                (Some(at), Some(location)) => {
                    capacity::look_for(tx, planned.read.own_id(), location, at)?
                }
                _ => Taken::Unknown,
            };
            match at {
                Some(at) if ready != Taken::Never => planned.add(basket, rest, at, only, ready),
                _ => planned.missing.push(rest),
            }
        }
        planned.told.sort_by_key(|told| told.at);
        Ok(planned)
    }

    /// Whether rules that count let the rest of a line come later, beside what is there.
    fn is_counted_in(&self, (line, units): (u32, u32)) -> bool {
        let item = self.read.lines[line as usize].item;
        let now = self.held.iter().filter(|held| held.item_key == item);
        let units = units + now.map(|held| held.units).sum::<u32>();
        self.read.most.get(&item).is_none_or(|most| units <= most.units)
    }

    /// Units by item, those of later and whole kits included.
    fn given(&self) -> BTreeMap<i64, i64> {
        let kits = self.kits.iter().map(|of| (of.kit, of.units));
        let now = self.held.iter().map(|held| (held.item_key, held.units)).chain(kits);
        let later = self.later.iter().map(|later| (later.item_key, later.units));
        let mut given = BTreeMap::new();
        now.chain(later)
            .for_each(|(item, units)| *given.entry(item).or_default() += i64::from(units));
        given
    }

    /// When the rest of each line can be there, if the shop takes what comes later.
    fn earliest(
        &self,
        tx: &mut Tx,
        basket: &Basket,
        unsourced: &[(u32, u32)],
        only: Option<i64>,
    ) -> Result<Vec<Option<TimeMs>>, DbError> {
        if unsourced.is_empty() || !basket.new.later {
            return Ok(vec![None; unsourced.len()]);
        }
        let left = self.read.bounds.look(tx, self.read.own())?;
        let of = |&(line, units): &(u32, u32)| {
            let item = self.read.lines[line as usize].item;
            if self.read.kits.contains_key(&item) {
                // What comes to one location for a kit is promised to nobody.
                return None;
            }
            let now = self.held.iter().filter(|held| held.item_key == item);
            let now: i64 = now.map(|held| i64::from(held.units)).sum();
            left.earliest(item, only, i64::from(units) + now)
        };
        Ok(unsourced.iter().map(of).collect())
    }

    fn add(
        &mut self,
        basket: &Basket,
        rest: (u32, u32),
        at: TimeMs,
        only: Option<i64>,
        ready: Taken,
    ) {
        let item_key = self.read.lines[rest.0 as usize].item;
        self.later.push(Later { item_key, units: rest.1, at, only });
        let lines = lines(basket, &[rest]);
        match self.told.iter_mut().find(|told| told.at == at) {
            Some(told) => told.lines.extend(lines),
            None => self.told.push(PromiseLater { at, ready_at: ready.ready_at(), lines }),
        }
    }
}

/// Why an attempt was undone.
pub(super) enum Stale {
    Again,
    Ended(AppError),
}

impl From<DbError> for Stale {
    fn from(error: DbError) -> Self {
        Self::Ended(error.into())
    }
}

/// Holds a basket, whole or not at all. The same basket again, changed or not, first gives back what it
/// held.
///
/// # Errors
/// Those of [`quote`]; `not_enough`.
pub async fn hold(db: &Database, moment: &Moment, basket: &Basket) -> Result<Made, AppError> {
    for _ in 0..PLANS_MAX {
        let (asked, now) = (basket.clone(), moment.now);
        let planned = db.read(move |tx| Planned::read(tx, &asked, now)).await?;
        let planned = whole(basket, planned)?;
        let (moment, own) = (moment.clone(), basket.clone());
        let write = db.write(move |tx| keep(tx, &mut moment.clone(), &own, &planned));
        match write.await {
            Ok(made) => return Ok(made),
            Err(Stale::Ended(error)) => return Err(error),
            Err(Stale::Again) => {}
        }
    }
    super::mixed::hold_at_once(db, moment, basket).await
}

/// Others were faster each time.
pub(super) fn overtaken() -> AppError {
    Problem::new(503, "slow_down", "Too many want the same.").advise("Try again.").into()
}

/// A plan for all of a basket, or why there is none.
pub(super) fn whole(basket: &Basket, planned: Planned) -> Result<Planned, AppError> {
    if planned.missing.is_empty() {
        return Ok(planned);
    }
    Err(not_enough(basket, &planned.read, &planned.missing).into())
}

/// One transaction. Rows are locked in one order: gates, the hold, positions by location and item, days
/// of locations, counts.
pub(super) fn keep(
    tx: &mut Tx,
    moment: &mut Moment,
    basket: &Basket,
    planned: &Planned,
) -> Result<Made, Stale> {
    let (now, Planned { read, held, later, .. }) = (moment.now, planned);
    read.bounds.pass(tx)?;
    if let Some((old, _)) = &read.old
        && !release_units(tx, old, now)?
    {
        return Err(Stale::Again);
    }
    let id = uuid_v7(now, moment.entropy()).to_string();
    let hold = Hold {
        id: id.clone(),
        channel: basket.channel.to_string(),
        basket: basket.new.basket.clone(),
        asked_sha: basket.asked(),
        state: "open".into(),
        expires_at: basket.until(now),
    };
    if !holds::put(tx, &hold, held, now)? {
        return Err(Stale::Again);
    }
    let cause = Cause { kind: "basket.held", id: &id, happened_at: now, at: now };
    for part in held {
        let place = (part.item_key, part.location_key);
        if !stock::set_aside(tx, place, part.units, cause)? {
            return Err(Stale::Again);
        }
    }
    if !read.bounds.allow(tx, held, &planned.kits, later, read.own())? {
        return Err(Stale::Again);
    }
    holds::put_later(tx, &id, later)?;
    let dues = told::take(tx, &id, held, now, basket.method())?.ok_or(Stale::Again)?;
    let parts = told::parts(basket, read, &planned.plan, &dues);
    let later = date_later(tx, &id, planned)?;
    if !read.bounds.counted.take(tx, &id, &planned.given())? {
        return Err(Stale::Again);
    }
    Ok(Made { id, expires_at: hold.expires_at, parts, later })
}

/// Takes a place for what comes later to the customer's location.
fn date_later(tx: &mut Tx, id: &str, planned: &Planned) -> Result<Vec<PromiseLater>, Stale> {
    let mut told = planned.told.clone();
    let Some(location) = planned.later.first().and_then(|later| later.only) else {
        return Ok(told);
    };
    for one in &mut told {
        let taken = capacity::take(tx, id, location, one.at, Method::Pickup)?;
        if taken == Taken::Never {
            return Err(Stale::Again);
        }
        one.ready_at = taken.ready_at();
    }
    Ok(told)
}

fn not_enough(basket: &Basket, read: &Read, missing: &[(u32, u32)]) -> Problem {
    // The rule that leaves less than was asked for, if one does.
    let rule = |line: u32| {
        let wanted = &read.lines[line as usize];
        read.most.get(&wanted.item).filter(|most| most.units < wanted.units)
    };
    let message = |(line, units): &(u32, u32)| {
        let line_of = &basket.new.lines[*line as usize];
        let asked = line_of.quantity.units();
        let mut message = format!("{} of {asked} can be promised", asked - units);
        if let Some(most) = rule(*line) {
            let of = if most.of_customer { "for each customer" } else { "in all" };
            let (Most { rule, limit, units, .. }, sku) = (most, &line_of.sku);
            message += &format!(": rule {rule} allows {limit} of {sku} {of}, {units} are left");
        }
        FieldError { field: format!("lines[{line}].quantity"), message }
    };
    let is_limit = |(line, _): &(u32, u32)| rule(*line).is_some_and(|most| most.of_customer);
    let mut problem = if missing.iter().any(is_limit) {
        Problem::new(409, "customer_limit", "One customer is not sold so many.")
            .advise("Offer the customer as many as `errors` say.")
    } else {
        Problem::new(409, "not_enough", "Not all of the basket can be promised.")
            .advise("Offer the customer fewer, another store, or delivery.")
    };
    problem.errors = missing.iter().map(message).collect();
    problem
}
