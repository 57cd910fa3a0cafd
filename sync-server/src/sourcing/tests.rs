//! What every plan keeps, on random worlds, and the shape of a few known ones.

use std::collections::BTreeMap;

use domain::{fulfillment::Method, ids::LocationId, location::Coordinates};
use proptest::prelude::*;

use super::*;

fn candidate(number: usize, lat_e6: i64, stock: &[(i64, u32)]) -> Candidate {
    Candidate {
        location: LocationId::new(format!("S{number:03}")).expect("valid"),
        name: format!("Location {number}"),
        coordinates: Coordinates { lat_e6, lon_e6: 0 },
        pickup: true,
        ships: true,
        available: stock.iter().copied().filter(|s| s.1 > 0).collect(),
        rejected: Vec::new(),
        takes_no_more: false,
        is_put_off: false,
    }
}

fn shipment(lines: &[(i64, u32)], candidates: Vec<Candidate>) -> OrderWorld {
    let wanted = |(at, &(item, units)): (usize, &(i64, u32))| Wanted {
        line: u32::try_from(at).expect("small") + 1,
        item,
        units,
    };
    OrderWorld {
        method: Method::Ship,
        pickup_at: None,
        to: Some(Coordinates { lat_e6: 0, lon_e6: 0 }),
        lines: lines.iter().enumerate().map(wanted).collect(),
        candidates,
        at_most: BTreeMap::new(),
        kits: Kits::new(),
    }
}

fn asked(plan: &Plan) -> Vec<(&str, Vec<(u32, u32)>)> {
    plan.assignments.iter().map(|a| (a.location.as_str(), a.lines.clone())).collect()
}

#[test]
fn the_nearest_that_has_everything_is_asked_alone() {
    let world = shipment(
        &[(1, 2), (2, 1)],
        vec![
            candidate(1, 10_000, &[(1, 9)]),
            candidate(2, 900_000, &[(1, 2), (2, 1)]),
            candidate(3, 500_000, &[(1, 2), (2, 1)]),
        ],
    );
    let plan = plan(&Policy::default(), &world);
    assert_eq!(asked(&plan), [("S003", vec![(1, 2), (2, 1)])]);
    assert_eq!(plan.why.sentence, "Everything from Location 3, 55.5 km away.");
    let reasons: Vec<_> = plan.why.candidates.iter().map(|c| c.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "chosen: has all 3 units",
            "has 2 of 3 units; one location was enough",
            "has everything, but is farther away"
        ]
    );
}

/// Greedy takes the location with four of six first and then needs three; two are enough.
#[test]
fn the_search_beats_a_greedy_cover() {
    let world = shipment(
        &[(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1)],
        vec![
            candidate(1, 1, &[(1, 1), (2, 1), (4, 1), (5, 1)]),
            candidate(2, 2, &[(1, 1), (2, 1), (3, 1)]),
            candidate(3, 3, &[(4, 1), (5, 1), (6, 1)]),
        ],
    );
    let plan = plan(&Policy::default(), &world);
    let locations: Vec<_> = asked(&plan).into_iter().map(|a| a.0).collect();
    assert_eq!(locations, ["S002", "S003"]);
}

#[test]
fn a_pickup_asks_the_customers_location_or_waits() {
    let mut world =
        shipment(&[(1, 3)], vec![candidate(1, 0, &[(1, 2)]), candidate(2, 0, &[(1, 9)])]);
    world.method = Method::Pickup;
    world.to = None;
    world.pickup_at = Some(world.candidates[0].location.clone());
    let plan = plan(&Policy::default(), &world);
    assert_eq!(asked(&plan), [("S001", vec![(1, 2)])]);
    assert_eq!(plan.unsourced, [(1, 1)]);
    let said = "What there is from Location 1, where the customer comes; 1 unit waiting for stock.";
    assert_eq!(plan.why.sentence, said);
    assert_eq!(plan.why.candidates[1].reason, "the customer comes to another location");
}

#[test]
fn who_did_not_find_it_is_not_asked_again() {
    let mut world =
        shipment(&[(1, 1)], vec![candidate(1, 0, &[(1, 5)]), candidate(2, 9, &[(1, 5)])]);
    world.candidates[0].rejected = vec![1];
    let plan = plan(&Policy::default(), &world);
    assert_eq!(asked(&plan), [("S002", vec![(1, 1)])]);
    assert_eq!(plan.why.candidates[1].reason, "was asked before and did not find it");
}

#[test]
fn an_order_is_split_over_a_bounded_number_of_locations() {
    let items: Vec<(i64, u32)> = (0..20).map(|item| (item, 1)).collect();
    let candidates =
        (0..20).map(|item| candidate(item, 0, &[(i64::try_from(item).expect("small"), 1)]));
    let world = shipment(&items, candidates.collect());
    let policy = Policy::default();
    let plan = plan(&policy, &world);
    assert_eq!(plan.assignments.len(), policy.splits_max);
    assert_eq!(plan.unsourced.len(), 20 - policy.splits_max);
}

/// Item 9 is a kit of one of item 1 and two of item 2.
#[test]
fn a_kit_is_given_whole_by_one_location() {
    let mut world = shipment(
        &[(9, 3), (1, 2)],
        vec![
            candidate(1, 0, &[(1, 9), (2, 3)]),
            candidate(2, 10_000, &[(1, 2), (2, 9)]),
            candidate(3, 20_000, &[(2, 9)]),
        ],
    );
    world.kits = Kits::from([(9, vec![(1, 1), (2, 2)])]);
    let first = plan(&Policy::default(), &world);
    // The three of item 2 at the first make one kit; the second has item 1 for two.
    assert_eq!(asked(&first), [("S001", vec![(1, 1), (2, 2)]), ("S002", vec![(1, 2)])]);
    assert!(first.unsourced.is_empty());

    // Of what rules leave of a component, singles get what kits do not need.
    world.at_most = BTreeMap::from([(1, 4)]);
    let second = plan(&Policy::default(), &world);
    assert_eq!(second.unsourced, [(2, 1)]);
    world.at_most = BTreeMap::from([(9, 1)]);
    assert_eq!(plan(&Policy::default(), &world).unsourced, [(1, 2)]);

    // Who did not find a component is not asked for the kit.
    world.candidates[1].rejected = vec![2];
    world.at_most.clear();
    assert_eq!(plan(&Policy::default(), &world).unsourced, [(1, 2)]);
}

fn worlds() -> impl Strategy<Value = OrderWorld> {
    let stock = prop::collection::vec((0i64..4, 0u32..5), 0..4);
    let candidates = prop::collection::vec((0i64..3_000_000, stock), 0..7);
    let lines = prop::collection::vec((0i64..4, 1u32..5), 1..6);
    (lines, candidates).prop_map(|(lines, candidates)| {
        let made = candidates.iter().enumerate().map(|(n, (lat, s))| candidate(n, *lat, s));
        shipment(&lines, made.collect())
    })
}

fn sums(world: &OrderWorld, plan: &Plan) -> BTreeMap<(String, i64), u32> {
    let mut sums = BTreeMap::new();
    for assignment in &plan.assignments {
        for (line, units) in &assignment.lines {
            let wanted = world.lines.iter().find(|l| l.line == *line).expect("an order line");
            *sums.entry((assignment.location.to_string(), wanted.item)).or_default() += units;
        }
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 65_536, ..Default::default() })]

    #[test]
    fn never_more_than_available_or_ordered(world in worlds()) {
        let plan = plan(&Policy::default(), &world);
        for ((location, item), units) in sums(&world, &plan) {
            let at = world.candidates.iter().find(|c| c.location.as_str() == location);
            prop_assert!(units <= at.expect("a candidate").available[&item]);
        }
        for wanted in &world.lines {
            let of = |lines: &[(u32, u32)]| -> u32 {
                lines.iter().filter(|l| l.0 == wanted.line).map(|l| l.1).sum()
            };
            let given: u32 = plan.assignments.iter().map(|a| of(&a.lines)).sum();
            prop_assert_eq!(given + of(&plan.unsourced), wanted.units);
        }
    }

    #[test]
    fn the_order_of_candidates_does_not_matter(world in worlds()) {
        let mut turned = world.clone();
        turned.candidates.reverse();
        prop_assert_eq!(plan(&Policy::default(), &world), plan(&Policy::default(), &turned));
    }

    #[test]
    fn one_location_is_asked_when_one_suffices(world in worlds()) {
        let mut need = BTreeMap::new();
        world.lines.iter().for_each(|l| *need.entry(l.item).or_insert(0) += l.units);
        let has = |c: &Candidate| {
            need.iter().all(|(item, units)| c.available.get(item).is_some_and(|a| a >= units))
        };
        if world.candidates.iter().any(has) {
            prop_assert_eq!(plan(&Policy::default(), &world).assignments.len(), 1);
        }
    }

    /// As long as everything was covered before: covering more may take more locations.
    #[test]
    fn more_stock_never_makes_more_splits(world in worlds(), at in 0usize..7, item in 0i64..4) {
        let before = plan(&Policy::default(), &world);
        let mut richer = world.clone();
        prop_assume!(before.unsourced.is_empty());
        let at = at % richer.candidates.len();
        *richer.candidates[at].available.entry(item).or_default() += 2;
        let after = plan(&Policy::default(), &richer);
        prop_assert!(after.unsourced.is_empty());
        prop_assert!(after.assignments.len() <= before.assignments.len());
    }

    #[test]
    fn everything_that_is_there_is_given(world in worlds()) {
        let plan = plan(&Policy::default(), &world);
        prop_assume!(world.candidates.len() <= Policy::default().splits_max);
        for item in 0..4 {
            let wanted: u32 = world.lines.iter().filter(|l| l.item == item).map(|l| l.units).sum();
            let there: u32 = world.candidates.iter().filter_map(|c| c.available.get(&item)).sum();
            let given: u32 = sums(&world, &plan).iter().filter(|s| s.0.1 == item).map(|s| s.1).sum();
            prop_assert_eq!(given, wanted.min(there));
        }
    }
}
