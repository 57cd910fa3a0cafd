//! What a plan is made from, and what it says.

use std::collections::BTreeMap;

use domain::{
    api::CandidateDetail, fulfillment::Method, ids::LocationId, limits, location::Coordinates,
};
use serde::{Deserialize, Serialize};

/// The rules that a plan follows. One policy for now; its name and version are stored with each plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Name and version, as people read it.
    pub name: String,
    /// Locations that one order may be split over.
    pub splits_max: usize,
    /// Candidates that an explanation lists.
    pub listed_max: usize,
    /// Steps of the search for fewer splits, after which the greedy answer stands.
    pub search_steps_max: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            name: "fewest splits, then nearest that is not full · 2".into(),
            splits_max: limits::SPLITS_MAX,
            listed_max: 20,
            search_steps_max: 20_000,
        }
    }
}

/// Units of one order line that need a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The order line.
    pub line: u32,
    /// The item's key; two lines may want the same item.
    pub item: i64,
    /// Units, at least 1.
    pub units: u32,
}

/// A location that holds something of what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub coordinates: Coordinates,
    /// Customers can pick up here.
    pub pickup: bool,
    /// Parcels leave from here.
    pub ships: bool,
    /// Units that can be promised, by item; of a kit, where rules are about it, so many at most.
    pub available: BTreeMap<i64, u32>,
    /// Items that it was asked for by this order before and did not find.
    pub rejected: Vec<i64>,
    /// Its days take no more orders, as far as one looks ahead.
    pub takes_no_more: bool,
    /// Its other orders put this one off to a later day.
    pub is_put_off: bool,
}

/// What kits are made of, by the key of the kit: items and units in one kit, at least 1.
pub type Kits = BTreeMap<i64, Vec<(i64, u32)>>;

/// Units of items that are spoken for, kits and their components alike.
#[derive(Debug, Default)]
pub(super) struct Taken(BTreeMap<i64, u32>);

impl Taken {
    /// Units of an item.
    pub(super) fn of(&self, item: i64) -> u32 {
        self.0.get(&item).copied().unwrap_or(0)
    }

    /// More of an item are; of a kit, so many of each component.
    pub(super) fn add(&mut self, kits: &Kits, item: i64, units: u32) {
        *self.0.entry(item).or_default() += units;
        for (part, per_kit) in kits.get(&item).into_iter().flatten() {
            let more = units.saturating_mul(*per_kit);
            let taken = self.0.entry(*part).or_default();
            *taken = taken.saturating_add(more);
        }
    }
}

/// An order as sourcing sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderWorld {
    /// How the goods leave.
    pub method: Method,
    /// Where the customer comes to, for a pickup.
    pub pickup_at: Option<LocationId>,
    /// Where the goods go to, for a shipment.
    pub to: Option<Coordinates>,
    /// What needs a location, by ascending line.
    pub lines: Vec<Wanted>,
    /// Who might give it.
    pub candidates: Vec<Candidate>,
    /// Items of which rules leave no more than so many units, whoever has them.
    pub at_most: BTreeMap<i64, u32>,
    /// What the wanted items that are kits are made of: each is given whole, by one location.
    pub kits: Kits,
}

impl OrderWorld {
    /// The lines as far as rules let them be promised; a line of which nothing is left is not there.
    #[must_use]
    pub fn promisable(&self) -> Vec<Wanted> {
        let mut taken = Taken::default();
        let cut = |line: &Wanted| {
            let left = |item| {
                let most = self.at_most.get(&item)?;
                Some(most.saturating_sub(taken.of(item)))
            };
            let parts = self.kits.get(&line.item).into_iter().flatten();
            let parts = parts.filter_map(|(part, per_kit)| Some(left(*part)? / per_kit));
            let units = parts.chain(left(line.item)).min().unwrap_or(u32::MAX).min(line.units);
            taken.add(&self.kits, line.item, units);
            Wanted { units, ..*line }
        };
        self.lines.iter().map(cut).filter(|line| line.units > 0).collect()
    }
}

/// What one location is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Which.
    pub location: LocationId,
    /// Order line and units, by ascending line.
    pub lines: Vec<(u32, u32)>,
}

impl Assignment {
    /// Units of all lines.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.1).sum()
    }
}

/// Who gives what.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The locations that are asked, by ascending id.
    pub assignments: Vec<Assignment>,
    /// Order line and units that no location has.
    pub unsourced: Vec<(u32, u32)>,
    /// Why; stored with the order.
    pub why: Decision,
}

/// The stored reason of one sourcing attempt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// In one sentence.
    pub sentence: String,
    /// The policy's name and version.
    pub policy: String,
    /// Candidates, chosen ones first, a bounded number.
    pub candidates: Vec<CandidateDetail>,
    /// Candidates in all.
    pub candidates_total: u32,
    /// Units that found no location.
    pub unsourced: u32,
}
