//! A basket of which some is picked up and some delivered: several holds in one transaction, all or none.
//!
//! Each destination has its own hold, token and order. They are planned one behind the other inside the
//! transaction that holds them, so that the second sees what the first has taken: both may want the same
//! item, count under the same rule, and ask the same location. A single basket is held so, too, when others
//! were faster too often. What it deliberately does not do: plan from a read beforehand, as `make` does for
//! the crowd, so that the writer is kept for a moment only.

use std::collections::BTreeSet;

use domain::{
    api::NewPromise,
    clock::TimeMs,
    ids::ChannelId,
    limits::{BASKET_LINES_MAX, DESTINATIONS_MAX},
    order::FieldError,
    problem::Problem,
};

use super::{
    basket::{Basket, Read},
    make::{Made, PLANS_MAX, Planned, Stale, keep, overtaken, whole},
    release,
};
use crate::{
    app::refusal::{AppError, invalid},
    db::{Database, Tx, gates},
    keys::ServerKeys,
    moment::Moment,
};

/// Checks what a shop asks for: 2 to 5 baskets with different names, 200 lines in all.
///
/// # Errors
/// `invalid_promise`, whose fields begin with `baskets[n].`.
pub fn mixed_baskets(
    channel: &ChannelId,
    asked: Vec<NewPromise>,
    keys: &ServerKeys,
) -> Result<Vec<Basket>, Box<Problem>> {
    let names: BTreeSet<&str> = asked.iter().map(|new| new.basket.as_str()).collect();
    let lines: usize = asked.iter().map(|new| new.lines.len()).sum();
    let wrong = if !(2..=DESTINATIONS_MAX).contains(&asked.len()) {
        "2 to 5 baskets"
    } else if names.len() != asked.len() {
        "a name of its own for each"
    } else if lines > BASKET_LINES_MAX {
        "200 lines in all"
    } else {
        let basket = |(n, new)| Basket::of(channel.clone(), new, keys).map_err(|p| in_basket(n, p));
        return asked.into_iter().enumerate().map(basket).collect();
    };
    let errors = vec![FieldError { field: "baskets".into(), message: wrong.into() }];
    Err(Box::new(invalid("invalid_promise", "The baskets are not valid.", errors)))
}

/// Holds all of these baskets or none, and gives back what those of the same names held.
///
/// # Errors
/// Those of [`super::hold`]; fields begin with `baskets[n].`.
pub async fn hold_mixed(
    db: &Database,
    moment: &Moment,
    baskets: &[Basket],
) -> Result<Vec<Made>, AppError> {
    hold_all(db, moment, baskets, named).await
}

/// The same for one basket.
pub(super) async fn hold_at_once(
    db: &Database,
    moment: &Moment,
    basket: &Basket,
) -> Result<Made, AppError> {
    let made = hold_all(db, moment, std::slice::from_ref(basket), |_, error| error).await?;
    Ok(made.into_iter().next().expect("a promise for each basket"))
}

async fn hold_all(
    db: &Database,
    moment: &Moment,
    baskets: &[Basket],
    named: fn(usize, AppError) -> AppError,
) -> Result<Vec<Made>, AppError> {
    for _ in 0..PLANS_MAX {
        let (moment, own) = (moment.clone(), baskets.to_vec());
        match db.write(move |tx| keep_all(tx, &mut moment.clone(), &own, named)).await {
            Ok(made) => return Ok(made),
            Err(Stale::Ended(error)) => return Err(error),
            Err(Stale::Again) => {}
        }
    }
    Err(overtaken())
}

fn keep_all(
    tx: &mut Tx,
    moment: &mut Moment,
    baskets: &[Basket],
    named: fn(usize, AppError) -> AppError,
) -> Result<Vec<Made>, Stale> {
    let now = moment.now;
    let mut read = |(n, basket): (usize, &Basket)| {
        basket.read(tx, now).map_err(|error| Stale::Ended(named(n, error)))
    };
    let read = baskets.iter().enumerate().map(&mut read).collect::<Result<Vec<_>, _>>()?;
    // In the order in which whoever holds one basket goes, gates before any position; every gate, so that
    // of those who plan here one goes after the other.
    gates::pass(tx, read.iter().flat_map(|read| read.bounds.wanted()))?;
    for read in &read {
        give_back(tx, read, now)?;
    }
    let mut keep_one = |(n, basket): (usize, &Basket)| {
        let planned = Planned::read(tx, basket, now).and_then(|planned| whole(basket, planned));
        let planned = planned.map_err(|error| Stale::Ended(named(n, error)))?;
        keep(tx, moment, basket, &planned)
    };
    baskets.iter().enumerate().map(&mut keep_one).collect()
}

/// What moved from one of the baskets to the other may be what is still held for the first.
fn give_back(tx: &mut Tx, read: &Read, now: TimeMs) -> Result<(), Stale> {
    match &read.old {
        Some((old, _)) if !release(tx, old, now)? => Err(Stale::Again),
        _ => Ok(()),
    }
}

fn named(n: usize, error: AppError) -> AppError {
    match error {
        AppError::Refused(problem) => AppError::Refused(in_basket(n, problem)),
        broken @ AppError::Broken(_) => broken,
    }
}

fn in_basket(n: usize, mut problem: Box<Problem>) -> Box<Problem> {
    for error in &mut problem.errors {
        error.field = format!("baskets[{n}].{}", error.field);
    }
    problem
}
