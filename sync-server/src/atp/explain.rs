//! Every term behind one number: what each location gives and why, and what becomes of the sum.

use domain::{
    api::{AtpApplied, AtpDated, AtpGives},
    ids::LocationId,
};

use super::{
    dated::{Dated, Least},
    directory::Directory,
    index::Index,
    terms,
    view::View,
};

/// Dates that are told.
const DATED_MAX: usize = 200;

/// The terms of a number, all of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What each location of the pool gives.
    pub locations: Vec<AtpGives>,
    /// The sum over them.
    pub sum: i64,
    /// The instant that allows no more, with what comes and is needed by then, and what becomes of it.
    pub least: Least,
    /// What is to come and to be given.
    pub dated: Vec<AtpDated>,
    /// How the item is sold beyond that.
    pub sold: terms::Terms,
    /// The rules that made it so.
    pub rules: Vec<AtpApplied>,
}

/// The terms of what a pool may promise of an item.
#[must_use]
pub fn explain(index: &Index, view: &View, directory: &Directory, item: u32, pool: usize) -> Terms {
    let class = view.class(item);
    let stock = index.stock();
    let (positions, sum, dated) = stock.consistent(item, || {
        let mut positions = Vec::new();
        stock.each(item, |location, units| positions.push((location, units)));
        (positions, view.sum(item, pool), stock.dated(item))
    });
    let dated = dated.unwrap_or_default();
    let gives = positions.into_iter().filter(|(location, _)| view.gives(*location, pool));
    let locations = gives.map(|(location, units)| {
        let facts = directory.locations.facts(u32::from(location));
        let mut rules = Told::new(view);
        let available = view.available(class, pool, location, units, rules.tell());
        AtpGives {
            location: LocationId::new(&*facts.id).expect("the database has such ids only"),
            name: facts.name.to_string(),
            on_hand: units.on_hand.into(),
            reserved: units.reserved.into(),
            safety: units.safety.into(),
            rules: rules.applied,
            available,
        }
    });
    let mut rules = Told::new(view);
    let least = view.least(class, pool, sum, &dated, None);
    let of_pool = |location| view.gives(location, pool);
    let needed = dated.needed_by(least.at, of_pool);
    view.outer(class, pool, least.there + least.coming, &needed, rules.tell());
    Terms {
        locations: locations.collect(),
        sum,
        least,
        dated: dates(&dated, of_pool, directory),
        sold: *dated.terms(),
        rules: rules.applied,
    }
}

/// What is to come and to be given of whoever `gives`, by date.
fn dates(dated: &Dated<u16>, gives: impl Fn(u16) -> bool, directory: &Directory) -> Vec<AtpDated> {
    let name = |location: u16| {
        let facts = directory.locations.facts(location.into());
        LocationId::new(&*facts.id).expect("the database has such ids only")
    };
    let supply = dated.supply().iter().filter(|supply| gives(supply.location));
    let supply = supply.map(|supply| AtpDated {
        at: supply.at,
        units: supply.units,
        location: Some(name(supply.location)),
        channel: None,
    });
    let demand = dated.demand().iter().filter(|demand| demand.only.is_none_or(&gives));
    let demand = demand.map(|demand| AtpDated {
        at: demand.by,
        units: -demand.units,
        location: demand.only.map(name),
        channel: Some(demand.channel.to_string()),
    });
    let mut terms: Vec<AtpDated> = supply.chain(demand).collect();
    terms.sort_by_key(|term| term.at);
    terms.truncate(DATED_MAX);
    terms
}

/// The rules that have told what they made.
struct Told<'a> {
    view: &'a View,
    applied: Vec<AtpApplied>,
}

impl<'a> Told<'a> {
    const fn new(view: &'a View) -> Self {
        Self { view, applied: Vec::new() }
    }

    fn tell(&mut self) -> impl FnMut(usize, i64) {
        |rule, units| {
            let rule = self.view.set().rules[rule].id.clone();
            self.applied.push(AtpApplied { rule, units });
        }
    }
}
