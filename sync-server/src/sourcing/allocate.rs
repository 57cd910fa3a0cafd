//! Hands the units out among locations that are chosen already, the nearest first.

use super::rank::Ranked;
use super::world::{Assignment, Taken, Wanted};

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

/// Two lines of one item share what is there, and so do kits that have it in them.
fn take_from(ranked: &Ranked<'_>, lines: &[Wanted], open: &mut [u32]) -> Vec<(u32, u32)> {
    let (mut taken, mut given) = (Taken::default(), Vec::new());
    for (line, open) in lines.iter().zip(open) {
        let units = (*open).min(ranked.left(line.item, &taken));
        if units > 0 {
            taken.add(ranked.kits, line.item, units);
            *open -= units;
            given.push((line.line, units));
        }
    }
    given
}
