//! Quotes and holds: a plan, and its units set aside.

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
    release, told,
};
use crate::{
    app::{
        capacity::{self, Taken},
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

/// Plans that may be thrown away because somebody else was faster.
const PLANS_MAX: u32 = 5;

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
struct Planned {
    read: Read,
    plan: Plan,
    held: Vec<Held>,
    later: Vec<Later>,
    /// Line and units that nobody can give.
    missing: Vec<(u32, u32)>,
    parts: Vec<PromisePart>,
    told: Vec<PromiseLater>,
}

impl Planned {
    fn read(tx: &mut Tx, basket: &Basket, now: TimeMs) -> Result<Self, AppError> {
        let read = basket.read(tx, now)?;
        let plan = read.plan(basket.method());
        let held = read.held(&plan);
        let dues = told::look(tx, &held, read.own_id(), now)?;
        let (parts, unsourced) = (told::parts(basket, &read, &plan, &dues), plan.unsourced.clone());
        let (later, missing, told) = (Vec::new(), Vec::new(), Vec::new());
        let mut planned = Self { read, plan, held, later, missing, parts, told };
        let only = match &planned.read.pickup_at {
            Some(location) => locations::find(tx, location)?.map(|found| found.key),
            None => None,
        };
        let dates = planned.earliest(tx, basket, &unsourced, only)?;
        for (rest, at) in unsourced.into_iter().zip(dates) {
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
enum Stale {
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
        if !planned.missing.is_empty() {
            return Err(not_enough(basket, &planned.missing).into());
        }
        let (moment, own) = (moment.clone(), basket.clone());
        let write = db.write(move |tx| keep(tx, &mut moment.clone(), &own, &planned));
        match write.await {
            Ok(made) => return Ok(made),
            Err(Stale::Ended(error)) => return Err(error),
            Err(Stale::Again) => {}
        }
    }
    Err(Problem::new(503, "slow_down", "Too many want the same.").advise("Try again.").into())
}

/// One transaction. Rows are locked in one order: gates, the hold, positions by location and item, days
/// of locations.
fn keep(
    tx: &mut Tx,
    moment: &mut Moment,
    basket: &Basket,
    planned: &Planned,
) -> Result<Made, Stale> {
    let (now, Planned { read, held, later, .. }) = (moment.now, planned);
    read.bounds.pass(tx)?;
    if let Some((old, _)) = &read.old
        && !release(tx, old, now)?
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
    if !read.bounds.allow(tx, held, later, read.own())? {
        return Err(Stale::Again);
    }
    holds::put_later(tx, &id, later)?;
    let dues = told::take(tx, &id, held, now, basket.method())?.ok_or(Stale::Again)?;
    let parts = told::parts(basket, read, &planned.plan, &dues);
    let later = date_later(tx, &id, planned)?;
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

fn not_enough(basket: &Basket, missing: &[(u32, u32)]) -> Problem {
    let missing = missing.iter().map(|(line, units)| {
        let asked = basket.new.lines[*line as usize].quantity.units();
        let message = format!("{} of {asked} can be promised", asked - units);
        FieldError { field: format!("lines[{line}].quantity"), message }
    });
    let mut problem = Problem::new(409, "not_enough", "Not all of the basket can be promised.");
    problem = problem.advise("Offer the customer fewer, another store, or delivery.");
    problem.errors = missing.collect();
    problem
}
