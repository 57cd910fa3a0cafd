//! Rows of a snapshot that say what the books say, told from the index in memory: most of a snapshot,
//! and nothing is to be written for them.
//!
//! A count is the same when the index has seen everything that was committed by the count's time, the
//! item has not changed after it, and the position has as many units. Whatever is not sure goes the long
//! way, through the books. A position that was counted by a newer word already is told as unchanged
//! here, and as ignored there; neither writes anything.

use std::{collections::HashMap, sync::Arc};

use domain::clock::TimeMs;
use roaring::RoaringBitmap;

use super::take::Terms;
use crate::{
    atp::index::Index,
    ingest::{
        profile::Includes,
        record::{Bucket, Count},
    },
};

/// Rows between two looks at how far the index has come.
const LOOK: u32 = 1_000;

/// Tells whether a count changes nothing.
#[derive(Debug)]
pub struct Same {
    index: Arc<Index>,
    as_of: TimeMs,
    /// The last change of the index that was so at `as_of`, once it has come so far.
    calm: Option<u64>,
    rows: u32,
    /// Positions that went the long way, items by location, by their numbers in the index: a later word
    /// on them does so, too.
    long: HashMap<u32, RoaringBitmap>,
}

impl Same {
    /// For a source's snapshot; `None` where a count must be written down even if it changes nothing.
    #[must_use]
    pub fn of(index: Arc<Index>, terms: &Terms) -> Option<Self> {
        let fits = terms.whole_locations && terms.includes == Includes::default();
        let (as_of, calm, rows, long) = (terms.as_of, None, 0, HashMap::new());
        fits.then_some(Self { index, as_of, calm, rows, long })
    }

    /// Keys of the item and the location of a count that changes nothing.
    pub fn keys(&mut self, count: &Count<'_>) -> Option<(i64, i64)> {
        let calm = self.calm();
        let directory = self.index.directory();
        let item = directory.items.number(&count.sku)?;
        let location = directory.locations.number(&count.location)?;
        let is_long = |all: &HashMap<_, RoaringBitmap>| {
            all.get(&location).is_some_and(|of| of.contains(item))
        };
        if calm.is_some_and(|calm| self.says(item, location, count, calm)) && !is_long(&self.long) {
            return Some((directory.items.key(item), directory.locations.key(location)));
        }
        self.long.entry(location).or_default().insert(item);
        None
    }

    /// Whether the books say the same, and said so when it was counted.
    fn says(&self, item: u32, location: u32, count: &Count<'_>, calm: u64) -> bool {
        let mut stated = count.units.iter();
        let (Some((Bucket::Sellable, units)), None) = (stated.next(), stated.next()) else {
            return false;
        };
        let Ok(location) = u16::try_from(location) else { return false };
        let stock = self.index.stock();
        let known = stock.consistent(item, || stock.find_units(item, location));
        known.is_some_and(|known| i64::from(known.on_hand) == units)
            && stock.stamp(item) <= calm
            && count.counted_at_ms.is_none()
    }

    fn calm(&mut self) -> Option<u64> {
        if self.calm.is_none() && self.rows.is_multiple_of(LOOK) {
            self.calm = self.index.calm_at(self.as_of);
        }
        self.rows = self.rows.wrapping_add(1);
        self.calm
    }
}

#[cfg(test)]
mod tests {
    use domain::location::Coordinates;

    use super::*;
    use crate::{
        atp::{
            index::{Seen, Writer, index},
            scope::{ItemFacts, LocationFacts},
            stock,
        },
        ingest::record::Units,
    };

    fn world() -> (Arc<Index>, Writer) {
        let (index, mut writer) = index(1);
        let word = || Arc::<str>::from("");
        let (category, department, attributes) = (word(), word(), Arc::default());
        writer.item(70, ItemFacts { sku: "A".into(), category, department, attributes });
        writer.location(
            90,
            LocationFacts {
                id: "S1".into(),
                name: word(),
                kind: word(),
                country: word(),
                region: word(),
                ships: true,
                pickup: true,
                coordinates: Coordinates { lat_e6: 0, lon_e6: 0 },
            },
        );
        writer.look_again(TimeMs(0));
        put(&mut writer, 5);
        seen(&mut writer, 100);
        (index, writer)
    }

    fn put(writer: &mut Writer, on_hand: i32) {
        writer.put(0, 0, stock::Units { on_hand, reserved: 1, safety: 0 });
    }

    fn seen(writer: &mut Writer, at: i64) {
        writer.seen(Seen { place: at, as_of: TimeMs(at) }, TimeMs(at));
    }

    fn same(index: &Arc<Index>, as_of: i64) -> Same {
        let (as_of, rows, calm, long) = (TimeMs(as_of), 0, None, HashMap::new());
        Same { index: Arc::clone(index), as_of, calm, rows, long }
    }

    fn count(units: i64) -> Count<'static> {
        Count {
            sku: "A".into(),
            location: "S1".into(),
            units: Units::of(Bucket::Sellable, units),
            counted_at_ms: None,
            sequence: None,
            event_id: None,
        }
    }

    #[test]
    fn what_the_books_said_when_it_was_counted_is_the_same() {
        let (index, mut writer) = world();
        assert_eq!(same(&index, 100).keys(&count(5)), Some((70, 90)));
        assert_eq!(same(&index, 101).keys(&count(5)), None, "the index has not come so far");
        assert_eq!(same(&index, 99).keys(&count(5)), None, "nobody knows what was so then");
        let mut once = same(&index, 100);
        assert_eq!(once.keys(&count(4)), None);
        assert_eq!(once.keys(&count(5)), None, "the word before it is not in the books yet");
        assert_eq!(same(&index, 100).keys(&Count { sku: "B".into(), ..count(5) }), None);
        // It was so, changed, and is so again.
        put(&mut writer, 4);
        put(&mut writer, 5);
        seen(&mut writer, 200);
        assert_eq!(same(&index, 150).keys(&count(5)), None);
        assert_eq!(same(&index, 200).keys(&count(5)), Some((70, 90)));
    }
}
