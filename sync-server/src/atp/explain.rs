//! Every term behind one number: what each location gives and why, and what becomes of the sum.

use domain::{
    api::{AtpApplied, AtpGives},
    ids::LocationId,
};

use super::{
    directory::Directory,
    index::Index,
    view::{Outer, View},
};

/// The terms of a number, all of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What each location of the pool gives.
    pub locations: Vec<AtpGives>,
    /// The sum over them.
    pub sum: i64,
    /// Units that wait for a location.
    pub waiting: i64,
    /// What becomes of the sum.
    pub outer: Outer,
    /// The rules that made it so.
    pub rules: Vec<AtpApplied>,
}

/// The terms of what a pool may promise of an item.
#[must_use]
pub fn explain(index: &Index, view: &View, directory: &Directory, item: u32, pool: usize) -> Terms {
    let class = view.class(item);
    let stock = index.stock();
    let (positions, sum, waiting) = stock.consistent(item, || {
        let mut positions = Vec::new();
        stock.each(item, |location, units| positions.push((location, units)));
        (positions, view.sum(item, pool), stock.waiting(item))
    });
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
    let outer = view.outer(class, pool, sum, waiting, rules.tell());
    Terms { locations: locations.collect(), sum, waiting, outer, rules: rules.applied }
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
