//! Promises to baskets.

use domain::api::{MixedPromised, NewMixedPromise, NewPromise, Promised, Quote};

use super::{Api, parse, read, to_vec};
use crate::error::DemoError;

impl Api {
    /// What could be promised to a basket.
    ///
    /// # Errors
    /// The basket is refused.
    pub fn quote(&self, basket: &NewPromise) -> Result<Quote, DemoError> {
        let path = "/api/v1/promises/quote";
        parse(&self.post(path, "application/json", None, &to_vec(basket))?, path)
    }

    /// Holds the goods of a basket.
    ///
    /// # Errors
    /// Not all of it can be promised.
    pub fn promise(&self, basket: &NewPromise) -> Result<Promised, DemoError> {
        let path = "/api/v1/promises";
        parse(&self.post(path, "application/json", None, &to_vec(basket))?, path)
    }

    /// Gives back what a basket holds.
    ///
    /// # Errors
    /// It holds nothing any more.
    pub fn end_promise(&self, id: &str) -> Result<(), DemoError> {
        let url = self.at(&format!("/api/v1/promises/{id}"));
        let called = |source| DemoError::Call { url: url.clone(), source: Box::new(source) };
        let bearer = format!("Bearer {}", self.token);
        let asked = self.agent.delete(&url).header("authorization", bearer);
        read(url.clone(), asked.call().map_err(called)?).map(drop)
    }

    /// Holds the goods of several baskets, all or none.
    ///
    /// # Errors
    /// Not all of them can be promised.
    pub fn promise_mixed(&self, baskets: Vec<NewPromise>) -> Result<MixedPromised, DemoError> {
        let path = "/api/v1/promises/mixed";
        let body = to_vec(&NewMixedPromise { baskets });
        parse(&self.post(path, "application/json", None, &body)?, path)
    }
}
