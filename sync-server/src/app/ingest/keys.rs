//! The keys of the items and locations that a source names, remembered while one input is read. Keys
//! never change, so what was found stays found; what was not is asked again with the next chunk.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{PoisonError, RwLock},
};

use crate::db::{BULK_ROWS_MAX, DbError, Tx, items, locations};

/// A SKU or a location in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Name {
    /// Its key.
    Known(i64),
    /// Still to be looked up.
    Asked(Box<str>),
}

/// Names to keys.
#[derive(Debug, Default)]
pub struct Keys {
    items: HashMap<Box<str>, i64>,
    locations: HashMap<Box<str>, i64>,
}

impl Keys {
    /// The key of a SKU, if it is remembered.
    #[must_use]
    pub fn item(&self, sku: &str) -> Name {
        self.items.get(sku).map_or_else(|| Name::Asked(sku.into()), |key| Name::Known(*key))
    }

    /// The key of a location, if it is remembered.
    #[must_use]
    pub fn location(&self, id: &str) -> Name {
        self.locations.get(id).map_or_else(|| Name::Asked(id.into()), |key| Name::Known(*key))
    }

    /// Remembers what was found.
    pub fn learn(&mut self, found: Found) {
        let own = |(name, key): (String, i64)| (name.into_boxed_str(), key);
        self.items.extend(found.items.into_iter().map(own));
        self.locations.extend(found.locations.into_iter().map(own));
    }

    /// Turns names that were found into keys; those that stay asked do not exist.
    pub fn resolve(&self, item: &mut Name, location: &mut Name) {
        if let Name::Asked(sku) = item {
            *item = self.item(sku);
        }
        if let Name::Asked(id) = location {
            *location = self.location(id);
        }
    }
}

/// Names that are remembered; then they are forgotten, all of them.
const NAMES_MAX: usize = 200_000;

/// Names that the events of any source have used: the next sale hardly names another.
#[derive(Debug, Default)]
pub struct SharedKeys(RwLock<Keys>);

impl SharedKeys {
    /// What is known of what is asked; `asked` keeps the rest.
    #[must_use]
    pub fn answer(&self, asked: &mut Asked) -> Found {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let take = |of: &HashMap<Box<str>, i64>, names: &mut BTreeSet<Box<str>>| {
            let mut found = Vec::new();
            names.retain(|name| match of.get(name) {
                Some(key) => {
                    found.push((name.to_string(), *key));
                    false
                }
                None => true,
            });
            found
        };
        let items = take(&known.items, &mut asked.skus);
        Found { items, locations: take(&known.locations, &mut asked.locations) }
    }

    /// Remembers what was found.
    pub fn learn(&self, found: Found) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.items.len() + known.locations.len() > NAMES_MAX {
            *known = Keys::default();
        }
        known.learn(found);
    }
}

impl Name {
    /// The key, if there is one.
    #[must_use]
    pub const fn key(&self) -> Option<i64> {
        match self {
            Self::Known(key) => Some(*key),
            Self::Asked(_) => None,
        }
    }
}

/// What a look into the database found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    items: Vec<(String, i64)>,
    locations: Vec<(String, i64)>,
}

/// Names that are to be looked up.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    skus: BTreeSet<Box<str>>,
    locations: BTreeSet<Box<str>>,
}

impl Asked {
    /// Adds a row's names.
    pub fn add(&mut self, item: &Name, location: &Name) {
        if let Name::Asked(sku) = item {
            self.skus.insert(sku.clone());
        }
        if let Name::Asked(id) = location {
            self.locations.insert(id.clone());
        }
    }

    /// Whether there is nothing to ask.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.skus.is_empty() && self.locations.is_empty()
    }

    /// Looks them up; with `draft`, SKUs that nobody knows become draft items.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn find(&self, tx: &mut Tx, draft: bool) -> Result<Found, DbError> {
        let names = |of: &BTreeSet<Box<str>>| of.iter().cloned().collect::<Vec<_>>();
        let (skus, ids) = (names(&self.skus), names(&self.locations));
        let mut found = Found::default();
        for some in skus.chunks(BULK_ROWS_MAX) {
            let some: Vec<&str> = some.iter().map(|sku| &**sku).collect();
            found.items.extend(if draft {
                items::draft(tx, &some)?
            } else {
                items::keys(tx, &some)?
            });
        }
        for some in ids.chunks(BULK_ROWS_MAX) {
            let some: Vec<&str> = some.iter().map(|id| &**id).collect();
            found.locations.extend(locations::keys(tx, &some)?);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(skus: &[&str], locations: &[&str]) -> Asked {
        let names = |of: &[&str]| of.iter().map(|name| Box::from(*name)).collect();
        Asked { skus: names(skus), locations: names(locations) }
    }

    #[test]
    fn what_is_shared_is_not_asked_again() {
        let shared = SharedKeys::default();
        let mut first = asked(&["A", "B"], &["S1"]);
        assert_eq!(shared.answer(&mut first).items, []);
        assert!(!first.is_empty());
        shared.learn(Found { items: vec![("A".into(), 7)], locations: vec![("S1".into(), 1)] });
        let mut next = asked(&["A", "B"], &["S1"]);
        let found = shared.answer(&mut next);
        assert_eq!((found.items, found.locations), (vec![("A".into(), 7)], vec![("S1".into(), 1)]));
        assert_eq!((next.skus.len(), next.locations.len()), (1, 0), "B is asked");
    }
}
