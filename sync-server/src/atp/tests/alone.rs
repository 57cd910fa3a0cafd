//! Single cases that a sequence of events would rarely meet.

use super::*;

#[test]
fn an_item_outgrows_its_room() {
    let (index, mut writer) = index(0);
    let item = writer.item(1, item_facts(0, 0));
    for location in (0..900u16).rev() {
        writer.location(i64::from(location), location_facts(899 - location));
        writer.put(item, location, Units { on_hand: i32::from(location), reserved: 0, safety: 0 });
    }
    writer.look(RuleSet::default(), 0, TimeMs(0));
    let mut seen = Vec::new();
    index.stock().each(item, |location, units| seen.push((location, units.on_hand)));
    assert_eq!(seen, (0..900u16).map(|l| (l, i32::from(l))).collect::<Vec<_>>());
    assert_eq!(index.stock().positions(), 900);
    assert_eq!(index.stock().get(item, 7).on_hand, 7);
    assert_eq!(index.stock().get(item, 901), Units::default());
}

#[test]
fn readers_never_see_half_a_change() {
    let (index, mut writer) = index(0);
    let item = writer.item(1, item_facts(0, 0));
    for location in 0..2u16 {
        writer.location(location.into(), location_facts(location));
    }
    writer.look(RuleSet::default(), 0, TimeMs(0));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0..200_000 {
                let units = Units { on_hand: turn, reserved: turn / 2, safety: 0 };
                writer.put(item, 1, units);
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let view = index.view();
            let (units, sum) =
                index.stock().consistent(item, || (index.stock().get(item, 1), view.sum(item, 0)));
            assert_eq!(i64::from(units.on_hand - units.reserved), sum);
            assert_eq!(units.reserved, units.on_hand / 2);
        }
    });
}

/// Units that an order waited for become units that it was given: no reader sees them as both or neither.
#[test]
fn what_is_given_changes_with_what_waited() {
    let (index, mut writer) = index(0);
    let item = writer.item(1, item_facts(0, 0));
    writer.location(0, location_facts(0));
    writer.look(RuleSet::default(), 0, TimeMs(0));
    let wants = |units| {
        let demand = Demand { channel: "web".into(), only: None, by: TimeMs(5), units };
        Dated::new(if units > 0 { vec![demand] } else { Vec::new() }, Vec::new())
    };
    let given = |reserved| Units { on_hand: 9, reserved, safety: 0 };
    writer.put_dated(item, &[(0, given(0))], wants(4));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0..100_000 {
                let reserved = if turn % 2 == 0 { 4 } else { 0 };
                writer.put_dated(item, &[(0, given(reserved))], wants(i64::from(4 - reserved)));
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let why = explain(&index, &index.view(), &index.directory(), item, 0);
            assert_eq!(why.least.outer.number, 5, "{why:?}");
        }
    });
}
