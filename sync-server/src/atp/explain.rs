//! Every term behind one number: what each location gives and why, and what becomes of the sum.

use domain::{
    api::{AtpApplied, AtpComponent, AtpDated, AtpGives},
    ids::{LocationId, Sku},
};

use super::{
    dated::{Dated, Least},
    directory::Directory,
    index::Index,
    kits::{Kit, Part},
    scope::LocationFacts,
    stock::Stock,
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
    /// What a kit is made of.
    pub components: Vec<AtpComponent>,
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
    if let Some(kit) = stock.kit(item) {
        return explain_kit(stock, view, directory, (item, &kit), pool);
    }
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
            location: id(facts),
            name: facts.name.to_string(),
            on_hand: units.on_hand.into(),
            reserved: units.reserved.into(),
            safety: units.safety.into(),
            rules: rules.applied,
            available,
            least: None,
        }
    });
    let mut rules = Told::new(view);
    let least = view.least(item, class, pool, sum, &dated, None);
    let of_pool = |location| view.gives(location, pool);
    let needed = dated.needed_by(least.at, of_pool);
    let there = least.there + least.coming;
    view.outer(item, class, pool, there, &needed, rules.tell());
    Terms {
        locations: locations.collect(),
        sum,
        least,
        dated: dates(&dated, of_pool, directory),
        components: Vec::new(),
        sold: *dated.terms(),
        rules: rules.applied,
    }
}

/// The same of a kit: what stands at a location are the kits that its components make there.
fn explain_kit(
    stock: &Stock,
    view: &View,
    directory: &Directory,
    (item, kit): (u32, &Kit),
    pool: usize,
) -> Terms {
    let gives = |location: u16| {
        let facts = directory.locations.facts(u32::from(location));
        let mut rules = Told::new(view);
        let available = view.kits_at(stock, (item, kit), pool, location, rules.tell());
        let least = view.scarcest_at(stock, kit, pool, location);
        AtpGives {
            location: id(facts),
            name: facts.name.to_string(),
            on_hand: least.kits,
            reserved: 0,
            safety: 0,
            rules: rules.applied,
            available,
            least: Some(sku(directory, least.item)),
        }
    };
    let locations: Vec<AtpGives> = view.places(stock, kit, pool).into_iter().map(gives).collect();
    let sum = locations.iter().map(|gives| gives.available).sum();
    let mut rules = Told::new(view);
    let outer = view.kit_outer((item, kit), pool, sum, rules.tell());
    Terms {
        locations,
        sum,
        least: Least { at: None, there: sum, coming: 0, waiting: 0, outer },
        dated: Vec::new(),
        components: components(view, directory, kit, pool),
        sold: terms::Terms::default(),
        rules: rules.applied,
    }
}

fn components(view: &View, directory: &Directory, kit: &Kit, pool: usize) -> Vec<AtpComponent> {
    let least = view.scarcest_in(kit, pool).kits;
    let component = |part: &Part| {
        let units = view.number(part.item, pool);
        let kits = units / part.units;
        let sku = sku(directory, part.item);
        AtpComponent { sku, quantity: part.units, units, kits, is_least: kits == least }
    };
    kit.parts().iter().map(component).collect()
}

fn id(location: &LocationFacts) -> LocationId {
    LocationId::new(&*location.id).expect("the database has such ids only")
}

fn sku(directory: &Directory, item: u32) -> Sku {
    Sku::new(&*directory.items.facts(item).sku).expect("the index has valid ones only")
}

/// What is to come and to be given of whoever `gives`, by date.
fn dates(dated: &Dated<u16>, gives: impl Fn(u16) -> bool, directory: &Directory) -> Vec<AtpDated> {
    let name = |location: u16| id(directory.locations.facts(location.into()));
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
