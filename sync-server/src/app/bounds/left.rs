//! What rules leave of the rows of one moment, for somebody who may hold some of it already. Pure.

use std::collections::{BTreeMap, BTreeSet};

use domain::clock::TimeMs;

use super::Bounds;
use crate::{
    atp::{
        dated::{Dated, Needed, plain},
        scope::LocationFacts,
        stock::Units,
    },
    db::{holds::Held, sourcing::Keyed},
};

/// Units that may still be promised. Of an item that nothing is to obey of, any number: then each
/// position's own guard is all there is.
pub struct Left<'a> {
    bounds: &'a Bounds,
    held: &'a [Held],
    /// Of an item at a location: (item key, location key).
    at: BTreeMap<(i64, i64), i64>,
    /// The sum of an item in the pool, and who gives to it.
    sums: BTreeMap<i64, i64>,
    pub(super) pool: BTreeSet<i64>,
    pub(super) dated: BTreeMap<i64, Dated<i64>>,
    pub(super) places: BTreeMap<i64, LocationFacts>,
}

impl<'a> Left<'a> {
    pub(super) fn new(bounds: &'a Bounds, held: &'a [Held]) -> Self {
        Self {
            bounds,
            held,
            at: BTreeMap::new(),
            sums: BTreeMap::new(),
            pool: BTreeSet::new(),
            dated: BTreeMap::new(),
            places: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, item: i64, location: i64, gives: i64) {
        self.at.insert((item, location), gives);
        *self.sums.entry(item).or_default() += gives;
    }

    /// Takes off candidates what rules do not let them give; says how many units of an item may be
    /// promised at most, where rules say so.
    pub fn keep(&self, candidates: &mut [Keyed]) -> BTreeMap<i64, u32> {
        for Keyed { key, candidate } in candidates {
            for (&item, offered) in &mut candidate.available {
                *offered = (*offered).min(small(self.here(item, *key)));
            }
            for &kit in self.bounds.kits.keys() {
                candidate.available.insert(kit, small(self.kits_here(kit, *key)));
            }
        }
        let is_bound = |item: &&i64| !self.is_free(**item);
        let bound = self.bounds.wanted.iter().filter(is_bound);
        let items = bound.map(|&item| (item, small(self.of(item))));
        let kits = self.bounds.kits.keys().map(|&kit| (kit, small(self.kits_of(kit))));
        items.chain(kits).collect()
    }

    /// Kits that a location may promise now: as many as rules about the kit leave of those that are whole.
    pub(super) fn kits_here(&self, kit: i64, location: i64) -> i64 {
        let (Some(judge), Some(bound)) = (&self.bounds.judge, self.bounds.kits.get(&kit)) else {
            return i64::MAX;
        };
        let Some(place) = self.places.get(&location) else { return 0 };
        let whole = |(part, each): &(i64, u32)| self.here(*part, location) / i64::from(*each);
        let whole = bound.parts.iter().map(whole).min().unwrap_or_default();
        let on_hand = i32::try_from(whole).unwrap_or(i32::MAX);
        judge.gives(&bound.facts, place, Units { on_hand, reserved: 0, safety: 0 })
    }

    /// Kits that the pool may promise now; of the components each has its own number.
    pub(super) fn kits_of(&self, kit: i64) -> i64 {
        let (Some(judge), Some(bound)) = (&self.bounds.judge, self.bounds.kits.get(&kit)) else {
            return i64::MAX;
        };
        let sum = self.places.keys().map(|location| self.kits_here(kit, *location)).sum();
        judge.outer(&bound.facts, sum, &Needed::default()).number
    }

    /// The first instant at which so many units of an item may be promised, those of today included; at
    /// one location, for a pickup. `None` when that many are not in sight.
    #[must_use]
    pub fn earliest(&self, item: i64, only: Option<i64>, units: i64) -> Option<TimeMs> {
        let instants = self.dated.get(&item).map_or_else(Vec::new, Dated::instants);
        instants.into_iter().find(|at| self.on(item, only, *at) >= units)
    }

    /// Units of an item that the pool may promise now.
    pub(super) fn of(&self, item: i64) -> i64 {
        self.number(item, None).saturating_add(own(self.held, item))
    }

    /// Units of an item that a location may promise now.
    pub(super) fn here(&self, item: i64, location: i64) -> i64 {
        self.then(item, location, None).saturating_add(own_at(self.held, item, location))
    }

    /// Units of an item that may be promised for an instant; by one location, if only it can.
    pub(super) fn on(&self, item: i64, only: Option<i64>, at: TimeMs) -> i64 {
        let of_pool = self.number(item, Some(at));
        let left = match only {
            None => of_pool,
            Some(location) if self.pool.contains(&location) => {
                of_pool.min(self.then(item, location, Some(at)))
            }
            Some(_) => 0,
        };
        left.saturating_add(own(self.held, item))
    }

    /// Whether there is nothing to obey of an item.
    fn is_free(&self, item: i64) -> bool {
        self.bounds.judge.is_some() && !self.bounds.items.contains_key(&item)
    }

    fn number(&self, item: i64, from: Option<TimeMs>) -> i64 {
        let (Some(judge), Some(bound)) = (&self.bounds.judge, self.bounds.items.get(&item)) else {
            return if self.is_free(item) { i64::MAX } else { 0 };
        };
        let sum = self.sums.get(&item).copied().unwrap_or_default();
        let outer = |sum, needed: &Needed<'_>| judge.outer(&bound.facts, sum, needed);
        match self.dated.get(&item) {
            Some(dated) => {
                let gives = |at| self.pool.contains(&at);
                dated.least(from, sum, judge.ships(), gives, outer).outer.number
            }
            None => outer(sum, &Needed::default()).number,
        }
    }

    fn then(&self, item: i64, location: i64, from: Option<TimeMs>) -> i64 {
        // Without a pool it is the item's number that leaves nothing.
        if self.bounds.judge.is_none() || self.is_free(item) {
            return i64::MAX;
        }
        let sum = self.at.get(&(item, location)).copied().unwrap_or_default();
        match self.dated.get(&item) {
            Some(dated) => dated.at(location).least(from, sum, false, |_| true, plain).outer.number,
            None => sum,
        }
    }
}

pub(super) fn own(held: &[Held], item: i64) -> i64 {
    held.iter().filter(|part| part.item_key == item).map(|part| i64::from(part.units)).sum()
}

pub(super) fn own_at(held: &[Held], item: i64, location: i64) -> i64 {
    let here = held.iter().filter(|part| part.item_key == item && part.location_key == location);
    here.map(|part| i64::from(part.units)).sum()
}

fn small(units: i64) -> u32 {
    u32::try_from(units.max(0)).unwrap_or(u32::MAX)
}
