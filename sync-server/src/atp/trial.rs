//! What other rules would change, before they hold: the same stock, looked at twice.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    sync::Arc,
};

use domain::{
    api::{AtpSeen, AtpTrial, AtpTrialChange, AtpTrialChannel, AtpTrialPool},
    clock::TimeMs,
    ids::Sku,
};

use super::{
    index::Index,
    pool::{Pool, Shopper},
    rules::RuleSet,
    view::View,
};

/// Changes that are told.
const TOLD: usize = 200;

/// Compares today's numbers with those that other rules would make. Takes the time of making all sums
/// anew.
#[must_use]
pub fn compare(index: &Index, set: RuleSet, at: TimeMs, seen: AtpSeen) -> AtpTrial {
    let now = index.view();
    let then = View::new(set, (0, 0), at, &index.directory(), Arc::clone(index.sold()));
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
    let changes = changes.collect();
    let channels = channels(now.set(), then.set(), &told);
    AtpTrial { seen, pools: told, channels, changes_total: total, changes }
}

/// Shoppers who have something now and would have nothing, because another pool or none would be theirs. A
/// pool that stays theirs is told as a pool.
fn channels(now: &RuleSet, then: &RuleSet, told: &[AtpTrialPool]) -> Vec<AtpTrialChannel> {
    let pools = || now.pools.iter().chain(&then.pools);
    let named: BTreeSet<_> = pools().map(|pool| pool.channel.as_deref()).chain([None]).collect();
    let units = |pool: &Pool, of: fn(&AtpTrialPool) -> i64| {
        told.iter().find(|told| told.pool == pool.id).map_or(0, of)
    };
    let mut lost = BTreeSet::new();
    for (&channel, pool) in named.iter().flat_map(|channel| pools().map(move |p| (channel, p))) {
        let Pool { market, region, method, .. } = pool;
        let (market, region) = (market.as_deref(), region.as_deref());
        let shopper = Shopper { channel, market, region, method: *method };
        let Some(now) = now.pool_of(&shopper).map(|at| &now.pools[at]) else { continue };
        let then = then.pool_of(&shopper).map(|at| &then.pools[at]);
        let is_other = then.is_none_or(|then| then.id != now.id);
        let left = then.map_or(0, |then| units(then, |told| told.units_then));
        if is_other && left == 0 && units(now, |told| told.units_now) > 0 {
            lost.insert(AtpTrialChannel {
                channel: channel.map(Into::into),
                now: now.id.clone(),
                then: then.map(|then| then.id.clone()),
            });
        }
    }
    lost.into_iter().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pools: &serde_json::Value) -> RuleSet {
        serde_json::from_value(serde_json::json!({ "pools": pools })).expect("pools")
    }

    fn told(pools: &[(&str, i64, i64)]) -> Vec<AtpTrialPool> {
        let of = |&(pool, units_now, units_then): &(&str, i64, i64)| AtpTrialPool {
            units_now,
            units_then,
            ..empty(pool)
        };
        pools.iter().map(of).collect()
    }

    #[test]
    fn a_channel_that_loses_its_pool_is_told() {
        let all = set(&serde_json::json!([{ "id": "ship", "method": "ship" }]));
        let web = set(&serde_json::json!([
            { "id": "ship", "method": "ship" },
            { "id": "web", "method": "ship", "channel": "web" },
        ]));
        let lost = channels(&all, &web, &told(&[("ship", 9, 9), ("web", 0, 0)]));
        let words: Vec<_> = lost.iter().map(AtpTrialChannel::words).collect();
        assert_eq!(words, ["channel web (pool web in place of ship)"]);
        assert_eq!(channels(&all, &web, &told(&[("ship", 9, 9), ("web", 0, 1)])), []);
        // What was nothing before is not lost.
        assert_eq!(channels(&all, &web, &told(&[("ship", 0, 9), ("web", 0, 0)])), []);

        let only = set(&serde_json::json!([{ "id": "web", "method": "ship", "channel": "web" }]));
        let lost = channels(&web, &only, &told(&[("ship", 9, 0), ("web", 9, 9)]));
        assert_eq!((lost.len(), lost[0].channel.as_deref(), &lost[0].then), (1, None, &None));
        // The same pool with nothing in it is told as a pool.
        assert_eq!(channels(&web, &web, &told(&[("ship", 9, 0), ("web", 9, 0)])), []);
    }
}
