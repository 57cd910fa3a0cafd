//! What other rules would change, before they hold: the same stock, looked at twice.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use domain::{
    api::{AtpSeen, AtpTrial, AtpTrialChange, AtpTrialPool},
    clock::TimeMs,
    ids::Sku,
};

use super::{index::Index, rules::RuleSet, view::View};

/// Changes that are told.
const TOLD: usize = 200;

/// Compares today's numbers with those that other rules would make. Takes the time of making all sums
/// anew.
#[must_use]
pub fn compare(index: &Index, set: RuleSet, at: TimeMs, seen: AtpSeen) -> AtpTrial {
    let now = index.view();
    let then = View::new(set, 0, at, &index.directory());
    then.count_all(index.stock());
    let pools = pairs(&now, &then);
    let mut told: Vec<AtpTrialPool> = pools.iter().map(|(name, ..)| empty(name)).collect();
    let (mut total, mut largest) = (0, BinaryHeap::new());
    for item in 0..index.stock().items().min(then.items()) {
        for (at, (_, before, after)) in pools.iter().enumerate() {
            let units =
                |view: &View, pool: &Option<usize>| pool.map_or(0, |pool| view.number(item, pool));
            let (before, after) = (units(&now, before), units(&then, after));
            add(&mut told[at], before, after);
            if before != after {
                total += 1;
                largest.push(Reverse(((after - before).abs(), item, at, before, after)));
                if largest.len() > TOLD {
                    largest.pop();
                }
            }
        }
    }
    let directory = index.directory();
    let changes = largest.into_sorted_vec().into_iter().map(|Reverse((_, item, at, now, then))| {
        let sku = Sku::new(&*directory.items.facts(item).sku);
        let sku = sku.expect("the index has valid ones only");
        AtpTrialChange { sku, pool: pools[at].0.clone(), now, then }
    });
    AtpTrial { seen, pools: told, changes_total: total, changes: changes.collect() }
}

/// Every pool by name, with its place among today's and among the others.
fn pairs(now: &View, then: &View) -> Vec<(String, Option<usize>, Option<usize>)> {
    let mut pools = BTreeMap::<&str, (Option<usize>, Option<usize>)>::new();
    for (at, pool) in now.set().pools.iter().enumerate() {
        pools.entry(&pool.id).or_default().0 = Some(at);
    }
    for (at, pool) in then.set().pools.iter().enumerate() {
        pools.entry(&pool.id).or_default().1 = Some(at);
    }
    pools.into_iter().map(|(name, (now, then))| (name.to_owned(), now, then)).collect()
}

fn empty(pool: &str) -> AtpTrialPool {
    let pool = pool.to_owned();
    AtpTrialPool { pool, items_now: 0, items_then: 0, units_now: 0, units_then: 0 }
}

fn add(pool: &mut AtpTrialPool, now: i64, then: i64) {
    pool.items_now += u64::from(now > 0);
    pool.items_then += u64::from(then > 0);
    pool.units_now += now;
    pool.units_then += then;
}
