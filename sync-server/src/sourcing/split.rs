//! The fewest locations that cover what can be covered.
//!
//! One location that has everything wins, the nearest such. Else a greedy cover, then a bounded exact
//! search for a smaller one. An item is covered by the sum of what the chosen have, so the order of
//! choosing never matters for the amount.

use std::collections::BTreeMap;

use super::rank::Ranked;
use super::world::{Policy, Wanted};

/// Units by item that the candidates together can give.
type Need = BTreeMap<i64, u32>;

/// Picks locations from `fit`, nearest first in the result.
pub(super) fn fewest<'a>(policy: &Policy, lines: &[Wanted], fit: &[Ranked<'a>]) -> Vec<Ranked<'a>> {
    let need = attainable(lines, fit);
    if need.is_empty() || policy.splits_max == 0 {
        return Vec::new();
    }
    let all = |ranked: &&Ranked<'_>| need.iter().all(|(&item, &u)| ranked.available(item) >= u);
    if let Some(single) = fit.iter().find(all) {
        return vec![*single];
    }
    let mut chosen = greedy(policy, &need, fit);
    if covers(&need, fit, &chosen) {
        drop_redundant(&need, fit, &mut chosen);
    }
    if let Some(fewer) = search(policy, &need, fit, chosen.len()) {
        chosen = fewer;
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|at| fit[at]).collect()
}

/// What is wanted, cut to what all candidates together have.
fn attainable(lines: &[Wanted], fit: &[Ranked<'_>]) -> Need {
    let mut need = Need::new();
    for line in lines {
        *need.entry(line.item).or_default() += line.units;
    }
    for (&item, units) in &mut need {
        let there: u64 = fit.iter().map(|ranked| u64::from(ranked.available(item))).sum();
        *units = (*units).min(u32::try_from(there).unwrap_or(u32::MAX));
    }
    need.retain(|_, units| *units > 0);
    need
}

/// Takes whoever gives most of what is still open; ties go to the nearer.
fn greedy(policy: &Policy, need: &Need, fit: &[Ranked<'_>]) -> Vec<usize> {
    let mut open = need.clone();
    let mut chosen = Vec::new();
    while !open.is_empty() && chosen.len() < policy.splits_max {
        let gives = |at: usize| -> u64 {
            open.iter().map(|(&i, &u)| u64::from(u.min(fit[at].available(i)))).sum()
        };
        let free = (0..fit.len()).filter(|at| !chosen.contains(at));
        // The first of equals is the nearest.
        let Some(best) = free.rev().max_by_key(|&at| gives(at)).filter(|&at| gives(at) > 0) else {
            break;
        };
        chosen.push(best);
        take(&mut open, &fit[best]);
    }
    chosen
}

fn take(open: &mut Need, ranked: &Ranked<'_>) {
    for (&item, units) in open.iter_mut() {
        *units -= (*units).min(ranked.available(item));
    }
    open.retain(|_, units| *units > 0);
}

fn covers(need: &Need, fit: &[Ranked<'_>], chosen: &[usize]) -> bool {
    let mut open = need.clone();
    chosen.iter().for_each(|&at| take(&mut open, &fit[at]));
    open.is_empty()
}

/// Leaves out, farthest first, whoever the others can do without.
fn drop_redundant(need: &Need, fit: &[Ranked<'_>], chosen: &mut Vec<usize>) {
    let mut farthest_first = chosen.clone();
    farthest_first.sort_unstable_by(|a, b| b.cmp(a));
    for at in farthest_first {
        let without: Vec<usize> = chosen.iter().copied().filter(|&other| other != at).collect();
        if covers(need, fit, &without) {
            *chosen = without;
        }
    }
}

/// Looks for a cover smaller than `found`, by growing size, until its steps are used up.
fn search(policy: &Policy, need: &Need, fit: &[Ranked<'_>], found: usize) -> Option<Vec<usize>> {
    // A greedy choice that covers too little for want of splits may be beaten at the same size.
    let sizes = 2..=policy.splits_max.min(found);
    let mut steps_left = policy.search_steps_max;
    let mut chosen = Vec::new();
    sizes.into_iter().find_map(|size| {
        chosen.clear();
        descend(need, fit, size, &mut chosen, &mut steps_left).then(|| chosen.clone())
    })
}

/// Some chosen location must have the first open item: tries each, nearest first.
fn descend(
    open: &Need,
    fit: &[Ranked<'_>],
    left: usize,
    chosen: &mut Vec<usize>,
    steps_left: &mut u32,
) -> bool {
    let Some((&item, &units)) = open.iter().next() else { return true };
    let mut having: Vec<(usize, u32)> = (0..fit.len())
        .filter(|at| !chosen.contains(at))
        .map(|at| (at, fit[at].available(item)))
        .filter(|having| having.1 > 0)
        .collect();
    if left == 0 || most(&having, left) < u64::from(units) {
        return false;
    }
    if left == 1 {
        having.retain(|having| having.1 >= units);
    }
    for (at, _) in having {
        if *steps_left == 0 {
            return false;
        }
        *steps_left -= 1;
        let mut rest = open.clone();
        take(&mut rest, &fit[at]);
        chosen.push(at);
        if descend(&rest, fit, left - 1, chosen, steps_left) {
            return true;
        }
        chosen.pop();
    }
    false
}

/// The most units of an item that `left` more locations can bring.
fn most(having: &[(usize, u32)], left: usize) -> u64 {
    let mut units: Vec<u32> = having.iter().map(|having| having.1).collect();
    units.sort_unstable_by(|a, b| b.cmp(a));
    units.iter().take(left).map(|&units| u64::from(units)).sum()
}
