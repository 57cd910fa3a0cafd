//! What a promise obeys beside the guard of each position: the rules over the stock, and what is to come
//! and was promised from that, judged on rows, by the version that stands in the database.
//!
//! Looked at twice. [`Bounds::leave`] tells a plan what it may ask for, from a read that may be stale;
//! [`Bounds::allow`] judges the promise itself, in its own transaction, behind the gate of every item
//! whose rules look at more than one position. What it deliberately does not do: ask the index. That
//! answers shoppers and is behind by some milliseconds.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::TimeMs,
    fulfillment::Method,
    ids::{ChannelId, OrderId},
};

use crate::{
    atp::{
        dated::{Dated, Demand, Needed, Supply, plain},
        judge::Judge,
        pool::Shopper,
        rules::RuleSet,
        scope::{ItemFacts, LocationFacts},
        stock::Units,
    },
    db::{
        DbError, Tx, atp_rules, atp_world,
        dated::{self, Of},
        gates,
        holds::{Held, Later},
        sourcing::Keyed,
        stock_log::{self, Promisable},
    },
    sourcing::Wanted,
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
    /// Whose demand comes first.
    pub behind: Behind,
}

/// Whose demand comes before a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behind {
    /// A basket: every order that waits, and every other basket that was promised goods for later. It is
    /// the hold of this id, or none yet.
    All(String),
    /// This order: whoever was promised goods for later.
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
    /// Items that rules are about, or that others wait for.
    items: BTreeMap<i64, Bound>,
    wanted: BTreeSet<i64>,
}

#[derive(Debug, Clone)]
struct Bound {
    facts: ItemFacts,
    is_gated: bool,
}

/// What rules leave of items, by the rows of one moment.
#[derive(Default)]
struct Left {
    /// Of an item at a location: (item key, location key).
    at: BTreeMap<(i64, i64), i64>,
    /// The sum of an item in the pool, and who gives to it.
    sums: BTreeMap<i64, i64>,
    pool: BTreeSet<i64>,
    dated: BTreeMap<i64, Dated<i64>>,
}

impl Bounds {
    /// Reads the rules about what somebody wants. `later`: it may be promised from supply, so that
    /// the dates of all of it matter.
    ///
    /// # Errors
    /// [`DbError`]; [`DbError::Impossible`] for a stored version that cannot be read.
    pub fn read(
        tx: &mut Tx,
        promisee: &Promisee,
        lines: &[Wanted],
        later: bool,
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
        let wanted: BTreeSet<i64> = lines.iter().map(|line| line.item).collect();
        let keys: Vec<i64> = wanted.iter().copied().collect();
        let (behind, items) = (promisee.behind.clone(), BTreeMap::new());
        let mut bounds = Self { version, judge, behind, now, items, wanted };
        let first: BTreeSet<i64> = bounds.first(tx, &keys)?.iter().map(|(item, _)| *item).collect();
        let Some(judge) = &bounds.judge else { return Ok(bounds) };
        if first.is_empty() && judge.lets_all() && !later {
            return Ok(bounds);
        }
        for (key, facts) in atp_world::items_of(tx, &keys)? {
            let is_gated = later || first.contains(&key) || judge.looks_at_sum(&facts);
            if is_gated || judge.is_about(&facts) {
                bounds.items.insert(key, Bound { facts, is_gated });
            }
        }
        Ok(bounds)
    }

    /// The demand that comes first.
    fn first(&self, tx: &mut Tx, keys: &[i64]) -> Result<Vec<Of<Demand<i64>>>, DbError> {
        match &self.behind {
            Behind::All(basket) => dated::waiting_of(tx, keys, basket),
            Behind::Promised(order) => dated::promised_of(tx, keys, *order),
        }
    }

    /// Takes off candidates what rules do not let them give; says how many units of an item may be
    /// promised at most, where rules say so. What is held already is their own.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn leave(
        &self,
        tx: &mut Tx,
        candidates: &mut [Keyed],
        held: &[Held],
    ) -> Result<BTreeMap<i64, u32>, DbError> {
        let Some(judge) = &self.judge else {
            return Ok(self.wanted.iter().map(|&item| (item, small(own(held, item)))).collect());
        };
        let left = self.left(tx, |position| units(position, 0))?;
        for Keyed { key, candidate } in candidates {
            for (&item, offered) in &mut candidate.available {
                if self.items.contains_key(&item) {
                    let here = left.here(item, *key) + own_at(held, item, *key);
                    *offered = (*offered).min(small(here));
                }
            }
        }
        let number = |item| self.number(judge, &left, item, None) + own(held, item);
        Ok(self.items.keys().map(|&item| (item, small(number(item)))).collect())
    }

    /// The first instant at which so many units of an item may be promised, those of today included; at
    /// one location, for a pickup. `None` when that many are not in sight.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn earliest(
        &self,
        tx: &mut Tx,
        item: i64,
        only: Option<i64>,
        units: i64,
    ) -> Result<Option<TimeMs>, DbError> {
        let (Some(judge), true) = (&self.judge, self.items.contains_key(&item)) else {
            return Ok(None);
        };
        let left = self.left(tx, |position| self::units(position, 0))?;
        let of = left.dated.get(&item).map_or(&[][..], Dated::supply);
        let fits = |at: &TimeMs| self.may(judge, &left, item, only, Some(*at)) >= units;
        Ok(of.iter().map(|supply| supply.at).find(fits))
    }

    /// Goes through the gates of items whose rules look at more than one position. Before any position
    /// is locked.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn pass(&self, tx: &mut Tx) -> Result<(), DbError> {
        let gated = self.items.iter().filter(|(_, item)| item.is_gated);
        gates::pass(tx, gated.map(|(key, _)| *key))
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
        later: &[Later],
        held: &[Held],
    ) -> Result<bool, DbError> {
        if atp_rules::newest_number(tx)? != self.version {
            return Ok(false);
        }
        let Some(judge) = &self.judge else {
            let is_own = |part: &Held| own(held, part.item_key) >= own(given, part.item_key);
            return Ok(given.iter().all(is_own) && later.is_empty());
        };
        // As the positions were before.
        let before = |p: &Promisable| {
            let (item, location) = (p.item_key, p.location_key);
            own_at(held, item, location) - own_at(given, item, location)
        };
        let left = self.left(tx, |position| units(position, before(position)))?;
        let mut bound = given.iter().filter(|part| self.items.contains_key(&part.item_key));
        let now = bound.all(|part| {
            let &Held { item_key, location_key, .. } = part;
            let here = left.here(item_key, location_key) + own_at(held, item_key, location_key);
            let of = self.number(judge, &left, item_key, None);
            own_at(given, item_key, location_key) <= here
                && own(given, item_key) <= of + own(held, item_key)
        });
        let then = later.iter().all(|part| {
            let all = own(given, part.item_key) + i64::from(part.units);
            let may = self.may(judge, &left, part.item_key, part.only, Some(part.at));
            all <= may + own(held, part.item_key)
        });
        Ok(now && then)
    }

    /// Units of an item that the pool may promise for an instant.
    fn number(&self, judge: &Judge, left: &Left, item: i64, from: Option<TimeMs>) -> i64 {
        let Some(facts) = self.items.get(&item).map(|bound| &bound.facts) else { return 0 };
        let sum = left.sums.get(&item).copied().unwrap_or_default();
        let outer = |sum, needed: &Needed<'_>| judge.outer(facts, sum, needed);
        match left.dated.get(&item) {
            Some(dated) => dated.least(from, sum, |at| left.pool.contains(&at), outer).outer.number,
            None => outer(sum, &Needed::default()).number,
        }
    }

    /// The same, where only one location may give them.
    fn may(
        &self,
        judge: &Judge,
        left: &Left,
        item: i64,
        only: Option<i64>,
        from: Option<TimeMs>,
    ) -> i64 {
        let of_pool = self.number(judge, left, item, from);
        match only {
            None => of_pool,
            Some(location) if left.pool.contains(&location) => {
                of_pool.min(left.then(item, location, from))
            }
            Some(_) => 0,
        }
    }

    fn left(&self, tx: &mut Tx, as_it_was: impl Fn(&Promisable) -> Units) -> Result<Left, DbError> {
        let (Some(judge), false) = (&self.judge, self.items.is_empty()) else {
            return Ok(Left::default());
        };
        let keys: Vec<i64> = self.items.keys().copied().collect();
        let positions = stock_log::of_items(tx, &keys)?;
        let mut left = Left { dated: self.dated(tx, &keys)?, ..Left::default() };
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
            let gives = judge.gives(&self.items[&item].facts, &places[&location], units);
            left.at.insert((item, location), gives);
            *left.sums.entry(item).or_default() += gives;
        }
        Ok(left)
    }

    fn dated(&self, tx: &mut Tx, keys: &[i64]) -> Result<BTreeMap<i64, Dated<i64>>, DbError> {
        let mut rows = BTreeMap::<i64, (Vec<Demand<i64>>, Vec<Supply<i64>>)>::new();
        for (item, demand) in self.first(tx, keys)? {
            rows.entry(item).or_default().0.push(demand);
        }
        for (item, supply) in dated::coming_of(tx, self.now, keys)? {
            rows.entry(item).or_default().1.push(supply);
        }
        Ok(rows
            .into_iter()
            .map(|(item, (demand, supply))| (item, Dated::new(demand, supply)))
            .collect())
    }
}

impl Left {
    /// Units of an item that a location may give now: its own, less those of customers who wait there.
    fn here(&self, item: i64, location: i64) -> i64 {
        self.then(item, location, None)
    }

    fn then(&self, item: i64, location: i64, from: Option<TimeMs>) -> i64 {
        let sum = self.at.get(&(item, location)).copied().unwrap_or_default();
        match self.dated.get(&item) {
            Some(dated) => dated.at(location).least(from, sum, |_| true, plain).outer.number,
            None => sum,
        }
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

fn own(held: &[Held], item: i64) -> i64 {
    held.iter().filter(|part| part.item_key == item).map(|part| i64::from(part.units)).sum()
}

fn own_at(held: &[Held], item: i64, location: i64) -> i64 {
    let here = held.iter().filter(|part| part.item_key == item && part.location_key == location);
    here.map(|part| i64::from(part.units)).sum()
}

fn small(units: i64) -> u32 {
    u32::try_from(units.max(0)).unwrap_or(u32::MAX)
}
