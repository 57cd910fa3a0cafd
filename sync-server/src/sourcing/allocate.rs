//! Hands the units out among locations that are chosen already, the nearest first.

use std::collections::BTreeMap;

use super::rank::Ranked;
use super::world::{Assignment, Wanted};

/// Gives each line what the chosen locations have, never more than is wanted or available. A
/// location that has nothing left to give is left out; the result is by ascending id.
pub(super) fn allocate(lines: &[Wanted], chosen: &[Ranked<'_>]) -> Vec<Assignment> {
    let mut open: Vec<u32> = lines.iter().map(|line| line.units).collect();
    let mut assignments = Vec::new();
    for ranked in chosen {
        let given = take_from(ranked, lines, &mut open);
        if !given.is_empty() {
            let location = ranked.candidate.location.clone();
            assignments.push(Assignment { location, lines: given });
        }
    }
    assignments.sort_by(|a, b| a.location.cmp(&b.location));
    assignments
}

/// Two lines of one item share what is there.
fn take_from(ranked: &Ranked<'_>, lines: &[Wanted], open: &mut [u32]) -> Vec<(u32, u32)> {
    let mut taken: BTreeMap<i64, u32> = BTreeMap::new();
    let mut given = Vec::new();
    for (line, open) in lines.iter().zip(open) {
        let used = taken.entry(line.item).or_default();
        let units = (*open).min(ranked.available(line.item) - *used);
        if units > 0 {
            *used += units;
            *open -= units;
            given.push((line.line, units));
        }
    }
    given
}
