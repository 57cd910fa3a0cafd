//! Puts what was read into the index, by its own numbers instead of the keys of rows.

use std::collections::HashMap;

use domain::clock::TimeMs;

use crate::{
    atp::{
        dated::Dated,
        index::Writer,
        kits::{Kit, Part},
        scope::{ItemFacts, LocationFacts},
        stock::Units,
    },
    db::{
        rule_counts::{self, Sold},
        stock_log::Promisable,
        terms,
    },
};

/// Positions, and what is to come and to be given of items whose dates have changed, by their keys.
pub(super) fn positions(
    writer: &mut Writer,
    positions: &[Promisable],
    dates: Vec<(i64, Dated<i64>)>,
) {
    let dates = named(writer, dates);
    let mut dated = HashMap::<u32, Vec<(u16, Units)>>::new();
    for position in positions {
        let Some((item, location)) = numbers(writer, position) else { continue };
        if dates.contains_key(&item) {
            dated.entry(item).or_default().push((location, units(position)));
        } else {
            writer.put(item, location, units(position));
        }
    }
    for (item, of) in dates {
        writer.put_dated(item, &dated.remove(&item).unwrap_or_default(), of);
    }
}

fn named(writer: &Writer, dates: Vec<(i64, Dated<i64>)>) -> HashMap<u32, Dated<u16>> {
    let directory = writer.index().directory();
    let number = |key: i64| u16::try_from(directory.locations.by_key(key)?).ok();
    let named =
        |(key, of): (i64, Dated<i64>)| Some((directory.items.by_key(key)?, of.named(number)));
    dates.into_iter().filter_map(named).collect()
}

/// Units that were sold under rules, by the items' keys.
pub(super) fn sold(writer: &mut Writer, sold: Vec<Sold>) {
    let counts: Vec<_> = {
        let directory = writer.index().directory();
        let number = |(rule, key, units): Sold| match key {
            rule_counts::TOGETHER => Some((rule, None, units)),
            key => Some((rule, Some(directory.items.by_key(key)?), units)),
        };
        sold.into_iter().filter_map(number).collect()
    };
    writer.sold(&counts);
}

/// What items are made of; those of which not everything is known are given back.
pub(super) fn kits(
    writer: &mut Writer,
    kits: Vec<(i64, Vec<terms::Part>)>,
) -> Vec<(i64, Vec<terms::Part>)> {
    let mut left = Vec::new();
    for (key, parts) in kits {
        let (item, known) = {
            let directory = writer.index().directory();
            let part = |part: &terms::Part| {
                let (item, units) = (directory.items.by_key(part.item_key)?, part.units.into());
                Some(Part { item, units })
            };
            let known: Option<Vec<_>> = parts.iter().map(part).collect();
            (directory.items.by_key(key), known)
        };
        match (item, known) {
            (Some(item), Some(known)) => writer.kit(item, Kit::of(known)),
            _ => left.push((key, parts)),
        }
    }
    left
}

pub(super) fn items(writer: &mut Writer, items: impl IntoIterator<Item = (i64, ItemFacts)>) {
    for (key, facts) in items {
        writer.item(key, facts);
    }
}

pub(super) fn locations(
    writer: &mut Writer,
    locations: impl IntoIterator<Item = (i64, LocationFacts)>,
    now: TimeMs,
) {
    let put = |changed, (key, facts)| writer.location(key, facts).1 | changed;
    if locations.into_iter().fold(false, put) {
        writer.look_again(now);
    }
}

/// Positions of whole items, by ascending item.
pub(super) fn fill(writer: &mut Writer, positions: &[Promisable]) {
    for of_item in positions.chunk_by(|a, b| a.item_key == b.item_key) {
        // What is new since the lists of items and locations were read is told by the log.
        let known = of_item.iter().filter_map(|p| Some((numbers(writer, p)?, units(p))));
        let mut stock: Vec<_> = known.collect();
        let Some(&((item, _), _)) = stock.first() else { continue };
        stock.sort_unstable_by_key(|((_, location), _)| *location);
        let stock: Vec<_> =
            stock.into_iter().map(|((_, location), units)| (location, units)).collect();
        writer.fill(item, &stock);
    }
}

fn numbers(writer: &Writer, position: &Promisable) -> Option<(u32, u16)> {
    let directory = writer.index().directory();
    let item = directory.items.by_key(position.item_key)?;
    let location = directory.locations.by_key(position.location_key)?;
    Some((item, u16::try_from(location).expect("the index gave it")))
}

fn units(position: &Promisable) -> Units {
    Units {
        on_hand: cut(position.on_hand),
        reserved: cut(position.reserved),
        safety: cut(position.safety),
    }
}

/// As many units as the index can count.
fn cut(units: i64) -> i32 {
    i32::try_from(units).unwrap_or(if units < 0 { i32::MIN } else { i32::MAX })
}
