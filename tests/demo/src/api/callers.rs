//! Who calls, and how: the same caller on another connection, and bodies that are made while they are sent.

use std::io::Read;

use domain::api::BatchRow;
use ureq::SendBody;

use super::{Api, parse, read};
use crate::error::DemoError;

impl Api {
    /// What the caller is known by.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The same caller with connections of its own: for a thread of its own.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self::with_token(&self.url, &self.token)
    }

    /// Sends a batch of a source that is read while it is sent. It may take as long as it likes.
    ///
    /// # Errors
    /// It cannot be read, or was sent before with other contents.
    pub fn stream_batch(
        &self,
        source: &str,
        batch: &str,
        input: &mut dyn Read,
    ) -> Result<BatchRow, DemoError> {
        let path = format!("/api/v1/sources/{source}/batches/{batch}");
        let url = self.at(&path);
        let called = |error| DemoError::Call { url: url.clone(), source: Box::new(error) };
        let bearer = format!("Bearer {}", self.token);
        let request = self.agent.put(&url).header("authorization", bearer);
        let request = request.config().timeout_global(None).build();
        let answer = request.send(SendBody::from_reader(input)).map_err(called)?;
        parse(&read(url.clone(), answer)?, &path)
    }
}
