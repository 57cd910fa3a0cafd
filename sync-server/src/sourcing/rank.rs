//! Which candidates fit at all, the best first, and why the others do not.

use super::world::{Candidate, Kits, OrderWorld, Taken};
use domain::fulfillment::Method;

/// A candidate that may be asked, with its distance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ranked<'a> {
    pub(super) candidate: &'a Candidate,
    /// Metres to the customer; `None` for a pickup.
    pub(super) distance_m: Option<u64>,
    /// What kits are made of.
    pub(super) kits: &'a Kits,
}

/// Candidates after the filters.
#[derive(Debug)]
pub(super) struct Ranking<'a> {
    /// Nearest first, ties by id; those whose other orders put this one off come last.
    pub(super) fit: Vec<Ranked<'a>>,
    /// Removed, with the filter's reason.
    pub(super) unfit: Vec<(Ranked<'a>, &'static str)>,
}

impl Ranked<'_> {
    /// Units of an item that it may be asked for; kits as far as it has every component.
    pub(super) fn available(&self, item: i64) -> u32 {
        self.left(item, &Taken::default())
    }

    /// The same when it is asked for some already.
    pub(super) fn left(&self, item: i64, taken: &Taken) -> u32 {
        let has = |item| self.candidate.available.get(&item).copied();
        let left = |item, has: u32| match self.candidate.rejected.contains(&item) {
            true => 0,
            false => has.saturating_sub(taken.of(item)),
        };
        let Some(parts) = self.kits.get(&item) else { return left(item, has(item).unwrap_or(0)) };
        let whole = |(part, per_kit): &(i64, u32)| left(*part, has(*part).unwrap_or(0)) / per_kit;
        let most = has(item).map_or(u32::MAX, |most| left(item, most));
        parts.iter().map(whole).min().unwrap_or(0).min(most)
    }
}

pub(super) fn rank(world: &OrderWorld) -> Ranking<'_> {
    let mut ranking = Ranking { fit: Vec::new(), unfit: Vec::new() };
    for candidate in &world.candidates {
        let distance_m = world.to.map(|to| candidate.coordinates.distance_m(to));
        let ranked = Ranked { candidate, distance_m, kits: &world.kits };
        match unfit_reason(world, &ranked) {
            Some(reason) => ranking.unfit.push((ranked, reason)),
            None => ranking.fit.push(ranked),
        }
    }
    ranking.fit.sort_by(|a, b| order(a).cmp(&order(b)));
    ranking.unfit.sort_by(|a, b| order(&a.0).cmp(&order(&b.0)));
    ranking
}

fn order<'a>(ranked: &Ranked<'a>) -> (bool, u64, &'a str) {
    let Ranked { candidate, distance_m, .. } = ranked;
    (candidate.is_put_off, distance_m.unwrap_or(0), candidate.location.as_str())
}

fn unfit_reason(world: &OrderWorld, ranked: &Ranked<'_>) -> Option<&'static str> {
    let candidate = ranked.candidate;
    let reason = match world.method {
        Method::Pickup if world.pickup_at.as_ref() != Some(&candidate.location) => {
            "the customer comes to another location"
        }
        Method::Pickup if !candidate.pickup => "customers cannot pick up here",
        Method::Ship if !candidate.ships => "nothing ships from here",
        _ if candidate.takes_no_more => "takes no more orders in the next 60 days",
        _ if world.lines.iter().all(|line| ranked.available(line.item) == 0) => {
            let asked = world.lines.iter().any(|line| candidate.rejected.contains(&line.item));
            if asked { "was asked before and did not find it" } else { "nothing left to promise" }
        }
        _ => return None,
    };
    Some(reason)
}
