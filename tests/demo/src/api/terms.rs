//! How items are sold beyond what is there and coming.

use domain::api::ItemTerms;

use super::{Api, parse, to_vec};
use crate::error::DemoError;

impl Api {
    /// The terms of an item.
    ///
    /// # Errors
    /// There is no such item.
    pub fn terms(&self, sku: &str) -> Result<ItemTerms, DemoError> {
        let path = format!("/api/v1/items/{sku}/terms");
        parse(&self.get(&path)?, &path)
    }

    /// States the terms of an item.
    ///
    /// # Errors
    /// It cannot be sold so.
    pub fn put_terms(&self, sku: &str, terms: &ItemTerms) -> Result<ItemTerms, DemoError> {
        let path = format!("/api/v1/items/{sku}/terms");
        parse(&self.send(self.agent.put(self.at(&path)), &path, None, &to_vec(terms))?, &path)
    }
}
