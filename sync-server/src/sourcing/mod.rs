//! Choosing locations for an order, as a pure plan: order, candidates and policy in; who gives what,
//! and why, out. Knows no database, no HTTP and no clock; the plan promises nothing until
//! `app::sourcing` has reserved it.
//!
//! The seats of the pipeline: [`rank`] filters and orders the candidates, [`split`] picks the fewest
//! that cover the order, [`allocate`] hands out the units, [`explain`] says why.

mod allocate;
mod explain;
mod rank;
mod split;
#[cfg(test)]
mod tests;
mod world;

pub use world::{Assignment, Candidate, Decision, Kits, OrderWorld, Plan, Policy, Wanted};

/// Plans an order. Equal input gives equal output; ties are broken by location id.
#[must_use]
pub fn plan(policy: &Policy, world: &OrderWorld) -> Plan {
    let (ranked, lines) = (rank::rank(world), world.promisable());
    let chosen = split::fewest(policy, &lines, &ranked.fit);
    let assignments = allocate::allocate(&lines, &chosen);
    let given = |line| assignments.iter().flat_map(move |a| &a.lines).filter(move |l| l.0 == line);
    let missing = |wanted: &Wanted| {
        let units: u32 = given(wanted.line).map(|l| l.1).sum();
        (wanted.line, wanted.units - units)
    };
    let unsourced: Vec<_> = world.lines.iter().map(missing).filter(|l| l.1 > 0).collect();
    let why = explain::explain(policy, world, &ranked, &assignments, &unsourced);
    Plan { assignments, unsourced, why }
}
