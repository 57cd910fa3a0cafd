//! Which items and locations there are: their numbers in the index, and what rules and shoppers ask of
//! them. Numbers are given in the order of arrival and never taken back.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt, HashSet};

use domain::clock::TimeMs;

use super::{
    near::Points,
    scope::{ItemFacts, LocationFacts},
};
use crate::calendar::{Calendar, Day, Due};

/// Everything of one kind, by number, by its key in the database and by its name. Only names from the
/// database are kept: a shopper's words cannot crowd the map, so its hash may be a fast one.
#[derive(Debug)]
pub struct Names<F> {
    by_name: HashMap<Arc<str>, u32>,
    by_key: HashMap<i64, u32>,
    facts: Vec<F>,
    keys: Vec<i64>,
}

impl<F> Default for Names<F> {
    fn default() -> Self {
        Self {
            by_name: HashMap::new(),
            by_key: HashMap::new(),
            facts: Vec::new(),
            keys: Vec::new(),
        }
    }
}

impl<F: PartialEq> Names<F> {
    /// How many there are; their numbers are below.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.facts.len()).expect("an index has fewer")
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// The number of a name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// The number of a key.
    #[must_use]
    pub fn by_key(&self, key: i64) -> Option<u32> {
        self.by_key.get(&key).copied()
    }

    /// The key of a number.
    ///
    /// # Panics
    /// There is no such number.
    #[must_use]
    pub fn key(&self, number: u32) -> i64 {
        self.keys[number as usize]
    }

    /// What is known of a number.
    ///
    /// # Panics
    /// There is no such number.
    #[must_use]
    pub fn facts(&self, number: u32) -> &F {
        &self.facts[number as usize]
    }

    /// What is known, by number.
    pub fn all(&self) -> impl Iterator<Item = &F> {
        self.facts.iter()
    }

    /// Takes one in, or what is new about it. Says its number and whether anything has changed.
    pub fn put(&mut self, key: i64, name: &Arc<str>, facts: F) -> (u32, bool) {
        if let Some(number) = self.by_key(key) {
            let known = &mut self.facts[number as usize];
            let changed = *known != facts;
            *known = facts;
            return (number, changed);
        }
        let number = self.len();
        self.facts.push(facts);
        self.keys.push(key);
        self.by_key.insert(key, number);
        self.by_name.insert(Arc::clone(name), number);
        (number, true)
    }
}

/// The items and the locations of an index.
#[derive(Debug, Default)]
pub struct Directory {
    /// Items.
    pub items: Names<ItemFacts>,
    /// Locations.
    pub locations: Names<LocationFacts>,
    /// Where the locations are.
    pub points: Points,
    /// When they work.
    pub calendars: Calendars,
}

/// When locations work, by their numbers, and which of their days take no more orders. Both are as old as
/// they were read: rows decide (`app/capacity.rs`).
#[derive(Debug, Default)]
pub struct Calendars {
    by_location: HashMap<u32, Calendar>,
    full: HashSet<(u32, Day)>,
}

impl Calendars {
    /// When locations work from now on; who has not said so is not among them.
    pub fn put(&mut self, by_location: impl Iterator<Item = (u32, Calendar)>) {
        self.by_location = by_location.collect();
    }

    /// These days take no more from now on.
    pub fn fill(&mut self, full: impl Iterator<Item = (u32, Day)>) {
        self.full = full.collect();
    }

    /// When a location works, if it has said so.
    #[must_use]
    pub fn of(&self, location: u32) -> Option<&Calendar> {
        self.by_location.get(&location)
    }

    /// When an order of an instant is ready there; `None` where it has not said when it works, or takes
    /// no more.
    #[must_use]
    pub fn due(&self, location: u32, ordered: TimeMs) -> Option<Due> {
        self.of(location)?.due(ordered, |day| self.full.contains(&(location, day)))
    }

    /// Whether an order of an instant would be put off there, or not taken at all, because of others.
    #[must_use]
    pub fn is_put_off(&self, location: u32, ordered: TimeMs) -> bool {
        let Some(calendar) = self.of(location) else { return false };
        calendar.capacity().is_some()
            && self.due(location, ordered) != calendar.due(ordered, |_| false)
            || calendar.capacity() == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_given_once() {
        let mut names = Names::<u8>::default();
        assert!(names.is_empty());
        assert_eq!(names.put(70, &"a".into(), 1), (0, true));
        assert_eq!(names.put(90, &"b".into(), 1), (1, true));
        assert_eq!(names.put(70, &"a".into(), 1), (0, false));
        assert_eq!(names.put(70, &"a".into(), 2), (0, true));
        assert_eq!(
            (names.number("b"), names.by_key(70), names.number("c")),
            (Some(1), Some(0), None)
        );
        assert_eq!((*names.facts(0), names.len(), names.all().count()), (2, 2, 2));
        assert_eq!((names.key(0), names.key(1)), (70, 90));
    }
}
