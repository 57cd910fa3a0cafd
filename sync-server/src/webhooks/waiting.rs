//! What a receiver has not been told yet. Pure: time comes in as an argument.
//!
//! A change opens a window; when it has been open for the debounce, everything that has changed by then
//! goes out at once. More changes never prolong it, so that what moves all the time is still told. What
//! has changed back by then is not told at all.

use std::collections::{BTreeSet, HashMap};

use domain::clock::TimeMs;

/// Nothing was told of an item yet.
const NEVER: i32 = -1;

/// The numbers of one endpoint, by the index's numbers of items.
#[derive(Debug, Default)]
pub struct Waiting {
    told: Vec<i32>,
    /// Items that are not as they were told: since when, and how they are.
    changed: HashMap<u32, (TimeMs, i32)>,
    /// The same, the oldest first.
    order: BTreeSet<(TimeMs, u32)>,
}

impl Waiting {
    /// The receiver has been told this of an item, or will be by a delivery that is under way.
    pub fn told(&mut self, item: u32, told: i32) {
        let at = item as usize;
        if self.told.len() <= at {
            self.told.resize(at + 1, NEVER);
        }
        self.told[at] = told;
    }

    /// An item is like this now.
    pub fn is(&mut self, item: u32, now: TimeMs, value: i32) {
        let told = self.told.get(item as usize).copied().unwrap_or(NEVER);
        if value == told {
            if let Some((since, _)) = self.changed.remove(&item) {
                self.order.remove(&(since, item));
            }
            return;
        }
        let (since, known) = self.changed.entry(item).or_insert((now, value));
        *known = value;
        self.order.insert((*since, item));
    }

    /// When the next delivery is due; `None` while there is nothing to tell.
    #[must_use]
    pub fn due(&self, debounce_ms: i64) -> Option<TimeMs> {
        self.order.first().map(|(since, _)| since.plus_ms(debounce_ms))
    }

    /// Forgets what is not as it was told: there is nobody's number to tell.
    pub fn rest(&mut self) {
        self.changed.clear();
        self.order.clear();
    }

    /// Items that are not as they were told.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether everything has been told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Takes the items of the next delivery, those that wait longest first: they count as told.
    pub fn take(&mut self, items_max: usize) -> Vec<(u32, i32)> {
        let mut taken = Vec::new();
        while taken.len() < items_max
            && let Some((_, item)) = self.order.pop_first()
        {
            let (_, value) = self.changed.remove(&item).expect("what is in order has changed");
            self.told(item, value);
            taken.push((item, value));
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    const DEBOUNCE: i64 = 10;

    /// What may happen: time passes, an item changes, or a delivery is made if one is due.
    #[derive(Debug, Clone)]
    enum Event {
        Passes(i64),
        Is(u32, i32),
        Sends(usize),
    }

    fn events() -> impl Strategy<Value = Event> {
        prop_oneof![
            (0i64..8).prop_map(Event::Passes),
            (0u32..5, 0i32..3).prop_map(|(item, value)| Event::Is(item, value)),
            (1usize..4).prop_map(Event::Sends),
        ]
    }

    proptest! {
        #[test]
        fn whoever_takes_every_delivery_knows_everything(events in vec(events(), 0..60)) {
            let (mut waiting, mut now) = (Waiting::default(), TimeMs(0));
            let (mut is, mut knows) = (HashMap::new(), HashMap::new());
            // How long each item has been another one than the receiver knows.
            let mut since = HashMap::<u32, TimeMs>::new();
            for event in events.into_iter().chain([Event::Passes(DEBOUNCE), Event::Sends(99)]) {
                match event {
                    Event::Passes(ms) => now = now.plus_ms(ms),
                    Event::Is(item, value) => {
                        is.insert(item, value);
                        waiting.is(item, now, value);
                        if knows.get(&item) == Some(&value) {
                            since.remove(&item);
                        } else {
                            since.entry(item).or_insert(now);
                        }
                    }
                    Event::Sends(items_max) => {
                        let oldest = since.values().min().map(|since| since.plus_ms(DEBOUNCE));
                        prop_assert_eq!(waiting.due(DEBOUNCE), oldest, "never later, never sooner");
                        if oldest.is_none_or(|due| due > now) {
                            continue;
                        }
                        let taken = waiting.take(items_max);
                        prop_assert_eq!(taken.len(), items_max.min(since.len()), "all that fits");
                        for (item, value) in taken {
                            prop_assert_ne!(knows.insert(item, value), Some(value), "told before");
                            since.remove(&item);
                        }
                    }
                }
                prop_assert_eq!(waiting.len(), since.len());
            }
            prop_assert!(waiting.is_empty());
            prop_assert_eq!(knows, is);
        }
    }

    #[test]
    fn what_was_told_before_is_not_told_again() {
        let mut waiting = Waiting::default();
        waiting.told(3, 1);
        waiting.is(3, TimeMs(0), 1);
        assert_eq!(waiting.due(0), None);
        waiting.is(2, TimeMs(5), 0);
        assert_eq!((waiting.due(7), waiting.take(9)), (Some(TimeMs(12)), vec![(2, 0)]));
        waiting.is(2, TimeMs(6), 4);
        waiting.rest();
        assert!(waiting.is_empty() && waiting.take(9).is_empty());
    }
}
