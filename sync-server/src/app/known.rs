//! What was looked up a moment ago, so that not every question of a shop and not every sale of a till asks
//! the database who speaks, and how it is to be read.
//!
//! What another server changes holds here so much later; this one forgets at once. What it deliberately
//! does not do: stand in for anything that is decided. Orders never look here, and stock is guarded by its
//! own rows.

use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    sync::{PoisonError, RwLock},
};

use domain::clock::TimeMs;

/// How long it is taken for good.
const KEPT_MS: i64 = 10_000;
/// How much is kept; there are as many channels, and sources, at most.
const MAX: usize = 1_000;

/// Values by key.
#[derive(Debug)]
pub struct Known<K, V>(RwLock<HashMap<K, (V, TimeMs)>>);

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Known<K, V> {
    /// What it was a moment ago.
    #[must_use]
    pub fn find<Q: Eq + Hash + ?Sized>(&self, key: &Q, now: TimeMs) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: TimeMs| (0..KEPT_MS).contains(&now.since_ms(since));
        known.get(key).filter(|(_, since)| fresh(*since)).map(|(value, _)| value.clone())
    }

    /// Keeps what has been found.
    pub fn keep(&self, key: K, value: V, now: TimeMs) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX {
            known.clear();
        }
        known.insert(key, (value, now));
    }

    /// Forgets everything: somebody has changed some of it.
    pub fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_for_a_while_and_bounded() {
        let (known, now) = (Known::<usize, &str>::default(), TimeMs(1_000_000));
        assert_eq!(known.find(&1, now), None);
        for n in 0..=MAX {
            known.keep(n, "web", now);
            assert_eq!(known.find(&n, now), Some("web"));
            assert_eq!(known.find(&n, now.plus_ms(KEPT_MS)), None);
            assert_eq!(known.find(&n, now.plus_ms(-1)), None, "a clock that was set back");
        }
        assert_eq!(known.0.read().expect("whole").len(), 1, "it starts over");
        known.forget();
        assert_eq!(known.find(&MAX, now), None);
    }
}
