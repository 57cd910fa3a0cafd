//! What was sold under rules that count, as far as the database's counters have been read: for answers
//! only. What may still be promised is the counters' own to say (`app/bounds/counted.rs`).
//!
//! Behind one lock, which nobody takes but for an item that such a rule is about.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// Units by item; all items together have no number of their own.
type OfRule = HashMap<Option<u32>, i64>;

/// The same by rule.
#[derive(Debug, Default)]
pub struct Sold(RwLock<HashMap<Box<str>, OfRule>>);

impl Sold {
    /// Units of an item that were sold under a rule, or of all its items together.
    #[must_use]
    pub fn of(&self, rule: &str, item: Option<u32>) -> i64 {
        let sold = self.0.read().unwrap_or_else(PoisonError::into_inner);
        sold.get(rule).and_then(|of_rule| of_rule.get(&item)).copied().unwrap_or_default()
    }

    /// So many were sold by now; whether that is something new. For the writer.
    pub(super) fn put(&self, rule: &str, item: Option<u32>, units: i64) -> bool {
        let mut sold = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let of_rule = match sold.get_mut(rule) {
            Some(of_rule) => of_rule,
            None => sold.entry(rule.into()).or_default(),
        };
        of_rule.insert(item, units).unwrap_or_default() != units
    }
}
