//! The plan in words: one sentence for the order, one reason for each candidate.

use std::collections::BTreeMap;

use domain::{api::CandidateDetail, measure::in_units};

use super::rank::{Ranked, Ranking};
use super::world::{Assignment, Decision, OrderWorld, Policy, Wanted};

pub(super) fn explain(
    policy: &Policy,
    world: &OrderWorld,
    ranking: &Ranking<'_>,
    assignments: &[Assignment],
    unsourced: &[(u32, u32)],
) -> Decision {
    let missing: u32 = unsourced.iter().map(|line| line.1).sum();
    let asked = |ranked: &Ranked<'_>| {
        let location = &ranked.candidate.location;
        assignments.iter().find(|a| a.location == *location).map_or(0, Assignment::units)
    };
    let (chosen, others): (Vec<&Ranked<'_>>, Vec<&Ranked<'_>>) =
        ranking.fit.iter().partition(|r| asked(r) > 0);
    let split = assignments.len() > 1;
    let reason = |ranked: &Ranked<'_>| {
        let gives = Gives::of(ranked, &world.lines);
        not_chosen(&gives, split, asked(ranked), ranked.candidate.is_put_off)
    };
    let fit = chosen.iter().chain(&others).map(|&r| detail(r, world, asked(r), reason(r)));
    let unfit = ranking.unfit.iter().map(|(r, reason)| detail(r, world, 0, (*reason).to_owned()));
    let wanted = |lines: &[Wanted]| lines.iter().map(|line| line.units).sum::<u32>();
    let kept = wanted(&world.lines) - wanted(&world.promisable());
    Decision {
        sentence: sentence(&chosen, ranking, missing, kept),
        policy: policy.name.clone(),
        candidates: fit.chain(unfit).take(policy.listed_max).collect(),
        candidates_total: u32::try_from(world.candidates.len()).unwrap_or(u32::MAX),
        unsourced: missing,
    }
}

/// What one location could give of the order.
struct Gives {
    units: u32,
    wanted: u32,
    lines_whole: u32,
}

impl Gives {
    fn of(ranked: &Ranked<'_>, lines: &[Wanted]) -> Self {
        let mut left: BTreeMap<i64, u32> = BTreeMap::new();
        let mut gives = Self { units: 0, wanted: 0, lines_whole: 0 };
        for line in lines {
            let left = left.entry(line.item).or_insert_with(|| ranked.available(line.item));
            let units = line.units.min(*left);
            *left -= units;
            gives.units += units;
            gives.wanted += line.units;
            gives.lines_whole += u32::from(units == line.units);
        }
        gives
    }
}

fn detail(ranked: &Ranked<'_>, world: &OrderWorld, chosen: u32, reason: String) -> CandidateDetail {
    let gives = Gives::of(ranked, &world.lines);
    CandidateDetail {
        location: ranked.candidate.location.clone(),
        name: ranked.candidate.name.clone(),
        distance_m: ranked.distance_m,
        units: gives.units,
        lines_whole: gives.lines_whole,
        chosen_units: chosen,
        reason,
    }
}

fn not_chosen(gives: &Gives, split: bool, asked: u32, is_put_off: bool) -> String {
    let Gives { units, wanted, .. } = *gives;
    match (asked, units == wanted, split) {
        (0, true, _) if is_put_off => "has everything, but its day is full".to_owned(),
        (1.., true, _) => format!("chosen: has all {}", in_units(wanted)),
        (1.., false, true) => format!("chosen: gives {asked} of {}", in_units(wanted)),
        (1.., false, false) => {
            format!("chosen: has {units} of {}, nobody has more", in_units(wanted))
        }
        (0, true, _) => "has everything, but is farther away".to_owned(),
        (0, false, true) => {
            format!("has {units} of {}; others need fewer splits", in_units(wanted))
        }
        (0, false, false) => {
            format!("has {units} of {}; one location was enough", in_units(wanted))
        }
    }
}

fn sentence(chosen: &[&Ranked<'_>], ranking: &Ranking<'_>, missing: u32, kept: u32) -> String {
    let waits = match (missing, kept) {
        (0, _) => String::new(),
        (_, 0) => format!("; {} waiting for stock", in_units(missing)),
        _ => format!("; {} waiting, {kept} of them kept back by rules", in_units(missing)),
    };
    match chosen {
        [] if ranking.fit.is_empty() && ranking.unfit.is_empty() => {
            format!("No location has any of it{waits}.")
        }
        [] => format!("No location can give any of it{waits}."),
        [one] => {
            let all = if missing == 0 { "Everything" } else { "What there is" };
            format!("{all} from {}{}{waits}.", one.candidate.name, away(one))
        }
        many => {
            let names: Vec<_> =
                many.iter().map(|r| format!("{}{}", r.candidate.name, away(r))).collect();
            let why = "no location has everything";
            format!("Split over {}: {}; {why}{waits}.", many.len(), names.join(", "))
        }
    }
}

fn away(ranked: &Ranked<'_>) -> String {
    match ranked.distance_m {
        None => ", where the customer comes".to_owned(),
        Some(m) if m < 1_000 => format!(", {m} m away"),
        Some(m) => format!(", {}.{} km away", m / 1_000, m % 1_000 / 100),
    }
}
