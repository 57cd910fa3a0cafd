//! Rules that count what was sold: campaigns, and what one customer may have.
//!
//! Each count is a row; its guarded update, last in the transaction that promises, decides
//! ([`Counted::take`]). What a hold or an order has taken is written down beside it, so that it is given
//! back exactly, once: when a hold ends without its order, or with units that are cancelled. A kit counts
//! as itself, and its components as what they are. Units of
//! which a location has none after all are still the order's: it does not lose them to somebody else.

use std::collections::{BTreeMap, BTreeSet};

use domain::{buckets::Bucket, clock::TimeMs, ids::OrderId, order::LineProgress};

use super::Behind;
use crate::{
    atp::{
        pool::Shopper,
        rules::{Campaign, RuleSet, Says},
        scope::ItemFacts,
    },
    db::{
        DbError, Tx, fulfillments, holds,
        rule_counts::{self, Counter, TOGETHER, Taking},
        sourcing::{self, Keyed},
    },
    sourcing::{Kits, Wanted},
};

/// The rules that count, as they hold for one promise.
#[derive(Debug, Clone)]
pub struct Counted {
    rules: Vec<Counting>,
    behind: Behind,
}

#[derive(Debug, Clone)]
struct Counting {
    rule: String,
    limit: i64,
    by: By,
    /// Those of the wanted items that it is about.
    items: BTreeSet<i64>,
}

/// What a rule counts together.
#[derive(Debug, Clone)]
enum By {
    Item,
    Rule,
    /// Each item, for this customer.
    Customer(String),
    /// Nobody says who the customer is: each item of this basket or order.
    Alone,
}

/// How many units of an item rules that count leave, by the strictest of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Most {
    /// Units.
    pub units: u32,
    /// The rule.
    pub rule: String,
    /// What it allows in all.
    pub limit: i64,
    /// Whether it is about one customer.
    pub of_customer: bool,
}

/// Lets a plan ask for no more than rules that count leave.
pub fn narrow(at_most: &mut BTreeMap<i64, u32>, most: &BTreeMap<i64, Most>) {
    for (item, most) in most {
        at_most
            .entry(*item)
            .and_modify(|units| *units = (*units).min(most.units))
            .or_insert(most.units);
    }
}

/// What a basket or an order has already, in units by item.
#[derive(Debug, Default)]
struct Own {
    /// Whether it is a basket's: all of it is given back for what takes its place.
    is_basket: bool,
    takings: Vec<Taking>,
    /// What locations were asked for and nobody has cancelled.
    active: BTreeMap<i64, i64>,
    /// What its basket was promised.
    promised: BTreeMap<i64, i64>,
}

impl Counted {
    /// Of a version, for a shopper; no item has been seen yet.
    #[must_use]
    pub(super) fn of(
        set: &RuleSet,
        shopper: &Shopper<'_>,
        customer: Option<&str>,
        behind: Behind,
        now: TimeMs,
    ) -> Self {
        let pool = set.pool_of(shopper).map(|pool| &set.pools[pool]);
        let rules = set.rules.iter().filter(|rule| {
            rule.says.is_counted() && rule.holds(now) && pool.is_some_and(|p| rule.pools.has(p))
        });
        let counting = |says: &Says| match says {
            Says::Campaign(Campaign { units, together: true }) => Some((*units, By::Rule)),
            Says::Campaign(Campaign { units, together: false }) => Some((*units, By::Item)),
            Says::PerCustomer(units) => Some(match customer {
                Some(customer) => (*units, By::Customer(customer.to_owned())),
                None => (*units, By::Alone),
            }),
            _ => None,
        };
        let rules = rules.filter_map(|rule| {
            let (limit, by) = counting(&rule.says)?;
            let (rule, items) = (rule.id.clone(), BTreeSet::new());
            Some(Counting { rule, limit: limit.into(), by, items })
        });
        Self { rules: rules.collect(), behind }
    }

    /// Whether nothing is counted.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Looks at an item that is wanted, by the rules of the same version.
    pub(super) fn see(&mut self, set: &RuleSet, key: i64, facts: &ItemFacts) {
        for counting in &mut self.rules {
            let rule = set.rules.iter().find(|rule| rule.id == counting.rule);
            if rule.is_some_and(|rule| rule.items.has(facts)) {
                counting.items.insert(key);
            }
        }
    }

    /// How many units of each item may be promised at most; an item that no rule counts is left out. Of
    /// items that are counted together the first of the lines come first, as far as anybody has them.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn most(
        &self,
        tx: &mut Tx,
        lines: &[Wanted],
        kits: &Kits,
        candidates: &[Keyed],
    ) -> Result<BTreeMap<i64, Most>, DbError> {
        let mut most = BTreeMap::new();
        if self.is_empty() {
            return Ok(most);
        }
        let wanted = self.wanted(lines, kits, candidates);
        let own = Own::read(tx, &self.behind)?;
        let counters: BTreeSet<_> = self.rules.iter().flat_map(Counting::counters).collect();
        let stand = rule_counts::units(tx, &counters.into_iter().collect::<Vec<_>>())?;
        for counting in &self.rules {
            for (item, units) in counting.left(&wanted, &own, &stand) {
                let units = u32::try_from(units).unwrap_or(u32::MAX);
                let of_customer = matches!(counting.by, By::Customer(_) | By::Alone);
                let (rule, limit) = (counting.rule.clone(), counting.limit);
                let next = Most { units, rule, limit, of_customer };
                let is_less = |stands: &Most| stands.units > next.units;
                if most.get(&item).is_none_or(is_less) {
                    most.insert(item, next);
                }
            }
        }
        Ok(most)
    }

    /// Units of each item that could be given, in the order of the lines: of a kit, and then of each of its
    /// components. A basket is held whole or not at all, whoever has it.
    fn wanted(&self, lines: &[Wanted], kits: &Kits, candidates: &[Keyed]) -> Vec<(i64, i64)> {
        let mut wanted: Vec<(i64, i64)> = Vec::new();
        let mut add = |item, units| match wanted.iter_mut().find(|(of, _)| *of == item) {
            Some((_, all)) => *all += units,
            None => wanted.push((item, units)),
        };
        for line in lines {
            add(line.item, i64::from(line.units));
            for (part, each) in kits.get(&line.item).into_iter().flatten() {
                add(*part, i64::from(line.units) * i64::from(*each));
            }
        }
        if let Behind::Promised(_) = self.behind {
            let there = |item: &i64| {
                let has = |keyed: &Keyed| keyed.candidate.available.get(item).copied();
                candidates.iter().filter_map(has).map(i64::from).sum::<i64>()
            };
            for (item, units) in &mut wanted {
                let of_parts = kits.get(item).into_iter().flatten();
                let kits = of_parts.map(|(part, each)| there(part) / i64::from(*each)).min();
                *units = (*units).min(kits.unwrap_or_else(|| there(item)));
            }
        }
        wanted
    }

    /// Takes what this transaction has promised, in units by item, from every count; `false` when some
    /// count has not that many left: then nothing may be promised. `owner` is the new hold, which takes
    /// the place of its basket's old one, or the order. Counts are the last rows that are locked.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn take(
        &self,
        tx: &mut Tx,
        owner: &str,
        given: &BTreeMap<i64, i64>,
    ) -> Result<bool, DbError> {
        let has_work = match &self.behind {
            Behind::All(old) => !self.is_empty() || !old.is_empty(),
            Behind::Promised(_) => !self.is_empty() && !given.is_empty(),
        };
        if !has_work {
            return Ok(true);
        }
        let mut own = Own::read(tx, &self.behind)?;
        // As it was before this promise.
        for (item, units) in own.active.iter_mut() {
            *units -= given.get(item).copied().unwrap_or_default();
        }
        let Some((after, limits)) = self.after(&own, given) else { return Ok(false) };
        if !settle(tx, &own.takings, &after, &limits)? {
            return Ok(false);
        }
        if let Behind::All(old) = &self.behind
            && !own.takings.is_empty()
        {
            rule_counts::put_takings(tx, old, &[])?;
        }
        rule_counts::put_takings(tx, owner, &after)?;
        Ok(true)
    }

    /// What a new hold has taken, or an order together with what it had, and the limits of those counts;
    /// `None` when it is more than one basket or order may have.
    fn after(
        &self,
        own: &Own,
        given: &BTreeMap<i64, i64>,
    ) -> Option<(Vec<Taking>, BTreeMap<Counter, i64>)> {
        let mut after = if own.is_basket { Vec::new() } else { own.takings.clone() };
        let mut limits = BTreeMap::new();
        for counting in &self.rules {
            for (&item, &units) in given.iter().filter(|(item, _)| counting.items.contains(*item)) {
                let counter = counting.counter(item);
                let more = units - own.entitled(counter.as_ref(), item);
                match counter {
                    None if more > counting.alone(own, item) => return None,
                    None => {}
                    Some(counter) => {
                        limits.insert(counter.clone(), counting.limit);
                        add(&mut after, counter, item, if own.is_basket { units } else { more });
                    }
                }
            }
        }
        Some((after, limits))
    }
}

impl Counting {
    /// The count of an item; `None` where there is nobody else to count.
    fn counter(&self, item: i64) -> Option<Counter> {
        let (item_key, customer) = match &self.by {
            By::Item => (item, String::new()),
            By::Rule => (TOGETHER, String::new()),
            By::Customer(customer) => (item, customer.clone()),
            By::Alone => return None,
        };
        Some(Counter { rule: self.rule.clone(), item_key, customer })
    }

    fn counters(&self) -> impl Iterator<Item = Counter> {
        self.items.iter().filter_map(|item| self.counter(*item))
    }

    /// What is left of an item for one basket or order beside what it is entitled to.
    fn alone(&self, own: &Own, item: i64) -> i64 {
        let has = |of: &BTreeMap<i64, i64>| of.get(&item).copied().unwrap_or_default();
        (self.limit - has(&own.active).max(has(&own.promised))).max(0)
    }

    /// Units of each wanted item that it leaves.
    fn left(
        &self,
        wanted: &[(i64, i64)],
        own: &Own,
        stand: &BTreeMap<Counter, i64>,
    ) -> Vec<(i64, i64)> {
        let room = |counter: &Option<Counter>, item| match counter {
            None => self.alone(own, item),
            Some(counter) => (self.limit - stand.get(counter).copied().unwrap_or_default()).max(0),
        };
        let about = wanted.iter().filter(|(item, _)| self.items.contains(item));
        let each: Vec<_> = about
            .map(|&(item, units)| {
                let counter = self.counter(item);
                (item, units, own.entitled(counter.as_ref(), item), room(&counter, item))
            })
            .collect();
        if !matches!(self.by, By::Rule) {
            let most = |(item, _, entitled, room)| (item, entitled + room);
            return each.into_iter().map(most).collect();
        }
        let mut rest = each.first().map_or(0, |(.., room)| *room);
        if own.is_basket {
            // What it had of one item may be of another now.
            rest += own.taken(self.counter(TOGETHER).as_ref());
        }
        let mut shares = Vec::new();
        for (item, units, entitled, _) in each {
            let entitled = if own.is_basket { 0 } else { entitled };
            let share = (units - entitled).clamp(0, rest);
            rest -= share;
            shares.push((item, entitled + share));
        }
        // Where some is left over, each has got what it can use.
        shares.iter_mut().for_each(|(_, units)| *units += rest);
        shares
    }
}

impl Own {
    fn read(tx: &mut Tx, behind: &Behind) -> Result<Self, DbError> {
        match behind {
            Behind::All(old) => {
                let none = old.is_empty();
                let takings = if none { Vec::new() } else { rule_counts::takings(tx, old)? };
                Ok(Self { is_basket: true, takings, ..Self::default() })
            }
            Behind::Promised(order) => Ok(Self {
                is_basket: false,
                takings: rule_counts::takings(tx, &order.to_string())?,
                active: by_item(tx, *order, |line| wanted(line) - i64::from(line.unsourced))?,
                promised: holds::promised_to(tx, *order)?.into_iter().collect(),
            }),
        }
    }

    /// Units of all items that it has taken from a count.
    fn taken(&self, counter: Option<&Counter>) -> i64 {
        let of_count = self.takings.iter().filter(|taking| Some(&taking.counter) == counter);
        of_count.map(|taking| taking.units).sum()
    }

    /// Units of an item that it has taken or was promised and that no location was asked for: they are its
    /// own, whatever others have taken meanwhile.
    fn entitled(&self, counter: Option<&Counter>, item: i64) -> i64 {
        let of_item = self.takings.iter().filter(|taking| taking.item_key == item);
        let of_count = of_item.filter(|taking| Some(&taking.counter) == counter);
        let taken: i64 = of_count.map(|taking| taking.units).sum();
        let has = |of: &BTreeMap<i64, i64>| of.get(&item).copied().unwrap_or_default();
        (taken.max(has(&self.promised)) - has(&self.active)).max(0)
    }
}

fn add(takings: &mut Vec<Taking>, counter: Counter, item_key: i64, units: i64) {
    if units <= 0 {
        return;
    }
    let known = |taking: &&mut Taking| taking.counter == counter && taking.item_key == item_key;
    match takings.iter_mut().find(known) {
        Some(taking) => taking.units += units,
        None => takings.push(Taking { counter, item_key, units }),
    }
}

/// Moves each count by the difference, in the order of the counts; `false` when one has not enough left.
fn settle(
    tx: &mut Tx,
    before: &[Taking],
    after: &[Taking],
    limits: &BTreeMap<Counter, i64>,
) -> Result<bool, DbError> {
    let mut nets = BTreeMap::<&Counter, i64>::new();
    for taking in before {
        *nets.entry(&taking.counter).or_default() -= taking.units;
    }
    for taking in after {
        *nets.entry(&taking.counter).or_default() += taking.units;
    }
    for (counter, net) in nets {
        if net < 0 {
            rule_counts::give(tx, counter, -net)?;
        } else if net > 0 {
            let limit = limits.get(counter).expect("only rules that hold take more");
            if !rule_counts::take(tx, counter, net, *limit)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// A hold has ended without an order: gives back all that it has taken.
///
/// # Errors
/// [`DbError`].
pub fn give_back(tx: &mut Tx, hold: &str) -> Result<(), DbError> {
    let before = rule_counts::takings(tx, hold)?;
    if before.is_empty() {
        return Ok(());
    }
    settle(tx, &before, &[], &BTreeMap::new())?;
    rule_counts::put_takings(tx, hold, &[])
}

/// Units of an order were cancelled: gives back what it wants no more.
///
/// # Errors
/// [`DbError`].
pub fn give_back_cancelled(tx: &mut Tx, order: OrderId) -> Result<(), DbError> {
    let owner = order.to_string();
    let before = rule_counts::takings(tx, &owner)?;
    if before.is_empty() {
        return Ok(());
    }
    let wanted = by_item(tx, order, wanted)?;
    let mut after = before.clone();
    for taking in &mut after {
        taking.units = taking.units.min(wanted.get(&taking.item_key).copied().unwrap_or_default());
    }
    after.retain(|taking| taking.units > 0);
    if after == before {
        return Ok(());
    }
    settle(tx, &before, &after, &BTreeMap::new())?;
    rule_counts::put_takings(tx, &owner, &after)
}

/// Units of a line that nobody has cancelled.
fn wanted(line: &LineProgress) -> i64 {
    i64::from(line.sum())
        - i64::from(line.cancelled)
        - i64::from(line.at_locations.get(Bucket::Cancelled))
}

/// Units of an order's lines, by item; of a kit as many as of any of its components.
fn by_item(
    tx: &mut Tx,
    order: OrderId,
    units: impl Fn(&LineProgress) -> i64,
) -> Result<BTreeMap<i64, i64>, DbError> {
    let keys: BTreeMap<u32, i64> = fulfillments::item_keys(tx, order)?.into_iter().collect();
    let progress = fulfillments::order_progress(tx, order)?.into_iter();
    let lines: BTreeMap<u32, i64> = progress.map(|(line, of)| (line, units(&of))).collect();
    let mut items = BTreeMap::new();
    for (line, units) in &lines {
        *items.entry(keys[line]).or_default() += units;
    }
    for kit in sourcing::kits(tx, order)? {
        let begun = |(line, _, each): &(u32, i64, u32)| {
            let each = i64::from(*each);
            (lines[line] + each - 1) / each
        };
        *items.entry(kit.item).or_default() +=
            kit.parts.iter().map(begun).max().unwrap_or_default();
    }
    Ok(items)
}
