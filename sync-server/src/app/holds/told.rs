//! What a shop is told of a plan: who gives what, and when it is ready, leaves and arrives.

use std::collections::BTreeMap;

use domain::{api::PromisePart, clock::TimeMs, fulfillment::Method};

use super::basket::{Basket, Read, lines};
use crate::{
    app::capacity::{self, Taken},
    calendar::Due,
    db::{DbError, Tx, holds::Held, sourcing::Keyed},
    sourcing::{Assignment, Plan},
};

/// When the parts of a basket are ready, by the key of the location; those are left out whose locations
/// have not said when they work.
pub(super) type Dues = BTreeMap<i64, Due>;

/// Locations that units are held at, ascending.
fn locations(held: &[Held]) -> Vec<i64> {
    let mut keys: Vec<i64> = held.iter().map(|part| part.location_key).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// When the parts would be ready as it stands.
pub(super) fn look(tx: &mut Tx, held: &[Held], own: &str, now: TimeMs) -> Result<Dues, DbError> {
    let mut dues = Dues::new();
    for key in locations(held) {
        if let Taken::At(due) = capacity::look_for(tx, own, key, now)? {
            dues.insert(key, due);
        }
    }
    Ok(dues)
}

/// Takes a place for each part; `None` where one of the locations has none.
pub(super) fn take(
    tx: &mut Tx,
    id: &str,
    held: &[Held],
    now: TimeMs,
    method: Method,
) -> Result<Option<Dues>, DbError> {
    let mut dues = Dues::new();
    for key in locations(held) {
        match capacity::take(tx, id, key, now, method)? {
            Taken::Unknown => {}
            Taken::Never => return Ok(None),
            Taken::At(due) => drop(dues.insert(key, due)),
        }
    }
    Ok(Some(dues))
}

/// The parts of a plan.
pub(super) fn parts(basket: &Basket, read: &Read, plan: &Plan, dues: &Dues) -> Vec<PromisePart> {
    let part = |assignment: &Assignment| {
        let of = |keyed: &&Keyed| keyed.candidate.location == assignment.location;
        let keyed = read.candidates.iter().find(of).expect("a plan asks candidates only");
        let (due, ships) = (dues.get(&keyed.key), basket.method() == Method::Ship);
        let arrives = |due: &Due| {
            let distance_m = keyed.candidate.coordinates.distance_m(read.to?);
            Some(basket.transit.arrives(due.day, distance_m).to_string())
        };
        PromisePart {
            location: assignment.location.clone(),
            name: keyed.candidate.name.clone(),
            lines: lines(basket, &assignment.lines),
            ready_at: due.filter(|_| !ships).map(|due| due.ready_at),
            ship_by: due.filter(|_| ships).map(|due| due.leaves_at),
            deliver_by: due.filter(|_| ships).and_then(arrives),
        }
    };
    plan.assignments.iter().map(part).collect()
}
