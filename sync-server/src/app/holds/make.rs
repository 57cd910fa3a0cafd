//! Quotes and holds: a plan, and its units set aside.

use domain::{
    api::{PromisePart, Quote},
    clock::TimeMs,
    ids::uuid_v7,
    order::FieldError,
    problem::Problem,
};

use super::{
    basket::{Basket, Read, lines, parts},
    release,
};
use crate::{
    app::refusal::AppError,
    db::{
        Database, DbError, Tx,
        holds::{self, Hold},
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
pub fn quote(tx: &mut Tx, basket: &Basket) -> Result<Quote, AppError> {
    let read = basket.read(tx)?;
    let plan = read.plan(basket.method());
    Ok(Quote {
        whole: plan.unsourced.is_empty(),
        parts: parts(basket, &read, &plan),
        missing: lines(basket, &plan.unsourced),
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
        let asked = basket.clone();
        let read = db.read(move |tx| asked.read(tx)).await?;
        let plan = read.plan(basket.method());
        if !plan.unsourced.is_empty() {
            return Err(not_enough(basket, &plan).into());
        }
        let (moment, own, parts) = (moment.clone(), basket.clone(), parts(basket, &read, &plan));
        let held = read.held(&plan);
        let write = db.write(move |tx| keep(tx, &mut moment.clone(), &own, &read, &held));
        match write.await {
            Ok((id, expires_at)) => return Ok(Made { id, expires_at, parts }),
            Err(Stale::Ended(error)) => return Err(error),
            Err(Stale::Again) => {}
        }
    }
    Err(Problem::new(503, "slow_down", "Too many want the same.").advise("Try again.").into())
}

fn keep(
    tx: &mut Tx,
    moment: &mut Moment,
    basket: &Basket,
    read: &Read,
    held: &[holds::Held],
) -> Result<(String, TimeMs), Stale> {
    let now = moment.now;
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
    Ok((id, hold.expires_at))
}

fn not_enough(basket: &Basket, plan: &Plan) -> Problem {
    let missing = plan.unsourced.iter().map(|(line, units)| {
        let asked = basket.new.lines[*line as usize].quantity.units();
        let message = format!("{} of {asked} can be promised", asked - units);
        FieldError { field: format!("lines[{line}].quantity"), message }
    });
    let mut problem = Problem::new(409, "not_enough", "Not all of the basket can be promised.");
    problem = problem.advise("Offer the customer fewer, another store, or delivery.");
    problem.errors = missing.collect();
    problem
}
