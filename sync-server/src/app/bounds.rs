//! What a promise obeys beside the guard of each position: the rules over the stock, and what is to come
//! and was promised from that, judged on rows, by the version that stands in the database.
//!
//! Looked at twice. [`Bounds::look`] tells a plan what it may ask for, from a read that may be stale;
//! [`Bounds::allow`] judges the promise itself, in its own transaction, behind the gate of every item
//! whose rules or dates look at more than one position. `counted` are the rules that count what was sold,
//! each with a row of its own; `left` is what they leave of the rows. What it deliberately does not do:
//! ask the index. That answers shoppers and is behind by some milliseconds.

mod counted;
mod left;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::TimeMs,
    fulfillment::Method,
    ids::{ChannelId, OrderId},
};

use counted::Counted;
pub use counted::{Most, give_back, give_back_cancelled, narrow};
pub use left::Left;
use left::{own, own_at};

use super::kits;

use crate::{
    atp::{
        dated::{Dated, Demand, Supply},
        judge::Judge,
        pool::Shopper,
        rules::RuleSet,
        scope::{ItemFacts, LocationFacts},
        stock::Units,
        terms::Terms,
    },
    db::{
        DbError, Tx, atp_rules, atp_world, dated, gates,
        holds::{Held, Later},
        stock_log::{self, Promisable},
        terms,
    },
    sourcing::Kits,
};

/// Whose promise it is.
#[derive(Debug, Clone)]
pub struct Promisee {
    /// The sales channel.
    pub channel: ChannelId,
    /// The country of the customer; who picks up is where the goods are.
    pub market: Option<String>,
    /// The region of sale.
    pub region: Option<String>,
    /// How the goods reach them.
    pub method: Method,
    /// Who they are, as a keyed hash, where the shop says so.
    pub customer: Option<String>,
    /// Whose demand comes first.
    pub behind: Behind,
}

/// Whose demand comes before a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behind {
    /// A basket: every order that waits, and every other basket that was promised goods for later. It is
    /// the hold of this id, or none yet.
    All(String),
    /// This order: whoever was promised goods for later, or for a day before its own.
    Promised(OrderId),
}

/// The rules that a promise obeys.
#[derive(Debug, Clone)]
pub struct Bounds {
    version: i64,
    /// `None` where no pool is for them: then nothing is promised.
    judge: Option<Judge>,
    behind: Behind,
    now: TimeMs,
    /// Items that rules are about, that others wait for, that are to come, or that are sold by terms.
    items: BTreeMap<i64, Bound>,
    /// Kits that rules are about.
    kits: BTreeMap<i64, BoundKit>,
    wanted: Vec<i64>,
    /// The rules that count.
    pub counted: Counted,
}

#[derive(Debug, Clone)]
struct BoundKit {
    facts: ItemFacts,
    /// Components and units in one kit.
    parts: Vec<(i64, u32)>,
}

#[derive(Debug, Clone)]
struct Bound {
    facts: ItemFacts,
    is_gated: bool,
    /// Nothing of it is given before.
    release: Option<TimeMs>,
}

impl Bounds {
    /// Reads the rules about what somebody wants.
    ///
    /// # Errors
    /// [`DbError`]; [`DbError::Impossible`] for a stored version that cannot be read.
    pub fn read(
        tx: &mut Tx,
        promisee: &Promisee,
        items: &BTreeSet<i64>,
        kits: &Kits,
        now: TimeMs,
    ) -> Result<Self, DbError> {
        let (version, set) = rules(tx)?;
        let shopper = Shopper {
            channel: Some(promisee.channel.as_str()),
            market: promisee.market.as_deref(),
            region: promisee.region.as_deref(),
            method: promisee.method,
        };
        let judge = Judge::of(&set, &shopper, now);
        let wanted: Vec<i64> = items.iter().copied().collect();
        let (behind, items) = (promisee.behind.clone(), BTreeMap::new());
        let customer = promisee.customer.as_deref();
        let counted = Counted::of(&set, &shopper, customer, behind.clone(), now);
        let parts = BTreeMap::new();
        let mut bounds = Self { version, judge, behind, now, items, kits: parts, wanted, counted };
        let dated = bounds.dated(tx, &bounds.wanted)?;
        let Some(judge) = &bounds.judge else { return Ok(bounds) };
        if dated.is_empty() && judge.lets_all() && bounds.counted.is_empty() {
            return Ok(bounds);
        }
        if !kits.is_empty() {
            let keys: Vec<i64> = kits.keys().copied().collect();
            for (key, facts) in atp_world::items_of(tx, &keys)? {
                bounds.counted.see(&set, key, &facts);
                if judge.has_rules(&facts) {
                    bounds.kits.insert(key, BoundKit { facts, parts: kits[&key].clone() });
                }
            }
        }
        let in_kits: BTreeSet<i64> =
            bounds.kits.values().flat_map(|kit| &kit.parts).map(|(part, _)| *part).collect();
        for (key, facts) in atp_world::items_of(tx, &bounds.wanted)? {
            bounds.counted.see(&set, key, &facts);
            let is_gated =
                dated.contains_key(&key) || judge.looks_at_sum(&facts) || in_kits.contains(&key);
            if is_gated || judge.is_about(&facts) {
                let release = dated.get(&key).and_then(|of| of.terms().release);
                bounds.items.insert(key, Bound { facts, is_gated, release });
            }
        }
        Ok(bounds)
    }

    /// What comes first of items and what is to come of them; those of which nothing does are left out.
    fn dated(&self, tx: &mut Tx, keys: &[i64]) -> Result<BTreeMap<i64, Dated<i64>>, DbError> {
        let first = match &self.behind {
            Behind::All(basket) => dated::waiting_of(tx, keys, basket)?,
            Behind::Promised(order) => dated::promised_of(tx, keys, *order)?,
        };
        let mut rows = BTreeMap::<i64, (Vec<Demand<i64>>, Vec<Supply<i64>>)>::new();
        for (item, demand) in first {
            rows.entry(item).or_default().0.push(demand);
        }
        for (item, supply) in dated::coming_of(tx, self.now, keys)? {
            rows.entry(item).or_default().1.push(supply);
        }
        let terms = terms::of_items(tx, keys)?;
        for item in terms.keys() {
            rows.entry(*item).or_default();
        }
        let of = |(item, (demand, supply))| {
            let terms = terms.get(&item).map_or_else(Terms::default, |of| of.at(self.now));
            (item, Dated::new(demand, supply).by(terms))
        };
        Ok(rows.into_iter().map(of).filter(|(_, dated)| !dated.is_empty()).collect())
    }

    /// Before when nothing of an item is given, if that is still to come.
    #[must_use]
    pub fn release_of(&self, item: i64) -> Option<TimeMs> {
        self.items.get(&item)?.release
    }

    /// What rules leave, by the rows as they are; what is `held` already is their own.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn look<'a>(&'a self, tx: &mut Tx, held: &'a [Held]) -> Result<Left<'a>, DbError> {
        self.left(tx, held, |position| units(position, 0))
    }

    /// Goes through the gates of items whose rules or dates look at more than one position. Before any
    /// position is locked.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn pass(&self, tx: &mut Tx) -> Result<(), DbError> {
        gates::pass(tx, self.gates())
    }

    /// Every item that is wanted, components of kits included.
    pub fn wanted(&self) -> impl Iterator<Item = i64> {
        self.wanted.iter().copied()
    }

    /// The items whose gates are to be passed.
    fn gates(&self) -> impl Iterator<Item = i64> {
        self.items.iter().filter(|(_, item)| item.is_gated).map(|(key, _)| *key)
    }

    /// Whether the rules allow what this transaction has just promised of the positions, and promises
    /// of supply, given what it had held before.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn allow(
        &self,
        tx: &mut Tx,
        given: &[Held],
        kits: &[kits::Given],
        later: &[Later],
        held: &[Held],
    ) -> Result<bool, DbError> {
        if atp_rules::newest_number(tx)? != self.version || self.is_dated_now(tx)? {
            return Ok(false);
        }
        // As the positions were before.
        let before = |p: &Promisable| {
            let (item, location) = (p.item_key, p.location_key);
            own_at(held, item, location) - own_at(given, item, location)
        };
        let left = self.left(tx, held, |position| units(position, before(position)))?;
        let now = given.iter().all(|&Held { item_key, location_key, .. }| {
            own_at(given, item_key, location_key) <= left.here(item_key, location_key)
                && own(given, item_key) <= left.of(item_key)
        });
        let then = later.iter().all(|&Later { item_key, units, at, only }| {
            own(given, item_key) + i64::from(units) <= left.on(item_key, only, at)
        });
        let whole = kits.iter().all(|of| {
            let all = kits.iter().filter(|other| other.kit == of.kit);
            let all: i64 = all.map(|of| i64::from(of.units)).sum();
            i64::from(of.units) <= left.kits_here(of.kit, of.location_key)
                && all <= left.kits_of(of.kit)
        });
        Ok(now && then && whole)
    }

    /// Whether something is to come, or promised for later, of an item of which nothing was when the
    /// rules were read: its gate was not passed.
    fn is_dated_now(&self, tx: &mut Tx) -> Result<bool, DbError> {
        let free = self.wanted.iter().filter(|key| !self.items.contains_key(key));
        let free: Vec<i64> = free.copied().collect();
        Ok(self.judge.is_some() && !free.is_empty() && !self.dated(tx, &free)?.is_empty())
    }

    fn left<'a>(
        &'a self,
        tx: &mut Tx,
        held: &'a [Held],
        as_it_was: impl Fn(&Promisable) -> Units,
    ) -> Result<Left<'a>, DbError> {
        let mut left = Left::new(self, held);
        let (Some(judge), false) = (&self.judge, self.items.is_empty()) else { return Ok(left) };
        let keys: Vec<i64> = self.items.keys().copied().collect();
        let positions = stock_log::of_items(tx, &keys)?;
        left.dated = self.dated(tx, &keys)?;
        let supply = left.dated.values().flat_map(Dated::supply).map(|supply| supply.location);
        let places: BTreeSet<i64> =
            positions.iter().map(|p| p.location_key).chain(supply).collect();
        let places: Vec<i64> = places.into_iter().collect();
        let places: BTreeMap<i64, LocationFacts> =
            atp_world::locations_of(tx, &places)?.into_iter().collect();
        let pool = places.iter().filter(|(_, facts)| judge.has(facts)).map(|(key, _)| *key);
        left.pool = pool.collect();
        for position in &positions {
            let (item, location) = (position.item_key, position.location_key);
            let units = as_it_was(position);
            left.add(
                item,
                location,
                judge.gives(&self.items[&item].facts, &places[&location], units),
            );
        }
        left.places = places;
        Ok(left)
    }
}

/// The newest rules and their number; those of a network that nobody has stated any for are 0.
fn rules(tx: &mut Tx) -> Result<(i64, RuleSet), DbError> {
    let Some(stored) = atp_rules::newest(tx)? else { return Ok((0, RuleSet::default())) };
    let wrong = |_| DbError::impossible("atp_rules", "rules_json", stored.version.to_string());
    Ok((stored.version, serde_json::from_str(&stored.rules).map_err(wrong)?))
}

/// A position with so many more units reserved.
fn units(position: &Promisable, more: i64) -> Units {
    let cut = |units: i64| i32::try_from(units).unwrap_or(i32::MAX);
    Units {
        on_hand: cut(position.on_hand),
        reserved: cut(position.reserved + more),
        safety: cut(position.safety),
    }
}
