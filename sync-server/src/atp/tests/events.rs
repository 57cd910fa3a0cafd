//! What may happen to an index, in any order.

use std::collections::BTreeMap;

use super::*;

/// What may happen to an index.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Put(u32, u16, Units),
    Rules(RuleSet),
    /// Rules begin and end.
    Time(i64),
    /// Something else is to come of an item, and to be given.
    Date(u32, Dated<u16>),
    /// The same, and positions of it with that.
    Given(u32, BTreeMap<u16, Units>, Dated<u16>),
    Moved(u32, u8),
    /// So many were sold under a rule: of an item, or of all together.
    Sold(u8, Option<u32>, i64),
    /// The last item is made of these.
    Kit(BTreeMap<u32, i64>),
    Restart,
}

fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![(0u32..6).prop_map(Amount::Units), (0u32..=100).prop_map(Amount::Percent)]
}

fn says() -> impl Strategy<Value = Says> {
    let segments = (0..2usize, amounts(), any::<bool>()).prop_map(|(channel, amount, through)| {
        Says::Segment(Segment {
            channel: ["web", "market"][channel].into(),
            amount,
            fall_through: through,
        })
    });
    prop_oneof![
        1 => Just(Says::Exclude),
        1 => amounts().prop_map(Says::Safety),
        1 => (0u32..4).prop_map(Says::LastPiece),
        1 => amounts().prop_map(Says::Threshold),
        3 => segments,
        1 => (0u32..30).prop_map(Says::Cap),
        2 => (0u32..20, any::<bool>())
            .prop_map(|(units, together)| Says::Campaign(Campaign { units, together })),
        1 => (1u32..4).prop_map(Says::PerCustomer),
    ]
}

fn sayings() -> impl Strategy<Value = Saying> {
    let words = || vec((0usize..3).prop_map(|word| ["c=0", "c=1", "n=1"][word].to_owned()), 0..2);
    (words(), words(), words()).prop_map(|(all, any, not)| Saying { all, any, not })
}

fn rules() -> impl Strategy<Value = Rule> {
    let stacks = prop_oneof![Just(Stack::Max), Just(Stack::Sum), Just(Stack::Override)];
    let about =
        (vec(0..ITEMS, 0..2), vec(0u8..2, 0..2), vec(0..LOCATIONS, 0..2), vec(0u8..3, 0..2));
    let times = (option::of(0i64..10), option::of(0i64..10));
    let attributes = prop_oneof![2 => Just(Saying::default()), 1 => sayings()];
    (0u8..3, says(), stacks, about, attributes, times).prop_map(
        |(id, says, stack, (skus, categories, locations, pools), attributes, (from, until))| {
            let of_location = says.is_of_location();
            Rule {
                id: format!("r{id}"),
                says,
                stack,
                items: Items {
                    skus: skus.iter().map(|item| format!("I{item}")).collect(),
                    categories: categories.iter().map(|c| format!("C{c}")).collect(),
                    departments: Vec::new(),
                    attributes,
                },
                locations: Locations {
                    ids: locations
                        .iter()
                        .filter(|_| of_location)
                        .map(|l| format!("L{l}"))
                        .collect(),
                    ..Locations::default()
                },
                pools: Pools {
                    ids: pools
                        .iter()
                        .map(|p| ["ship", "pickup", "web"][usize::from(*p)].into())
                        .collect(),
                    ..Pools::default()
                },
                from: from.map(TimeMs),
                until: until.map(TimeMs),
            }
        },
    )
}

fn sets() -> impl Strategy<Value = RuleSet> {
    let web = Pool {
        id: "web".into(),
        channel: Some("web".into()),
        locations: Locations { ids: vec!["L1".into(), "L3".into()], ..Locations::default() },
        ..default_pools().remove(0)
    };
    vec(rules(), 0..9).prop_map(move |rules| {
        let pools = default_pools().into_iter().chain([web.clone()]).collect();
        RuleSet { pools, rules }
    })
}

pub(super) fn dates() -> impl Strategy<Value = Dated<u16>> {
    let demand = (0usize..3, option::of(0..LOCATIONS), 0i64..9, 1i64..7);
    let demand = demand.prop_map(|(channel, only, by, units)| {
        let channel = ["web", "market", "other"][channel].into();
        Demand { channel, only, by: TimeMs(by), units }
    });
    let supply = (0..LOCATIONS, 0i64..9, 1i64..7);
    let supply =
        supply.prop_map(|(location, at, units)| Supply { location, at: TimeMs(at), units });
    let backorder = option::of((0i64..9, 1i64..7));
    (vec(demand, 0..4), vec(supply, 0..3), option::of(0i64..9), backorder).prop_map(
        |(demand, supply, release, backorder)| {
            let backorder = backorder.map(|(from, units)| Backorder { from: TimeMs(from), units });
            let terms = Terms { release: release.map(TimeMs), backorder };
            Dated::new(demand, supply).by(terms)
        },
    )
}

pub(super) fn events() -> impl Strategy<Value = Event> {
    let units = (-2i32..12, 0i32..4, 0i32..3).prop_map(|(on_hand, reserved, safety)| Units {
        on_hand,
        reserved,
        safety,
    });
    let given = (0..ITEMS, btree_map(0..LOCATIONS, units.clone(), 0..3), dates());
    prop_oneof![
        8 => (0..ITEMS, 0..LOCATIONS, units).prop_map(|(i, l, units)| Event::Put(i, l, units)),
        4 => sets().prop_map(Event::Rules),
        1 => (0i64..12).prop_map(Event::Time),
        3 => (0..ITEMS, dates()).prop_map(|(item, dated)| Event::Date(item, dated)),
        3 => given.prop_map(|(item, positions, dated)| Event::Given(item, positions, dated)),
        1 => (0..ITEMS, 0u8..2).prop_map(|(item, category)| Event::Moved(item, category)),
        4 => (0u8..3, option::of(0..ITEMS), 0i64..25)
            .prop_map(|(rule, item, units)| Event::Sold(rule, item, units)),
        1 => btree_map(0..KIT, 1i64..4, 0..3).prop_map(Event::Kit),
        1 => Just(Event::Restart),
    ]
}
