//! A refusal over HTTP: an RFC 9457 problem document with a stable code and what to do.

use serde::{Deserialize, Serialize};

use crate::order::FieldError;

/// `application/problem+json`: what was wrong and what to do now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "status": 422,
    "code": "invalid_order",
    "title": "The order is not valid.",
    "detail": "Correct the fields and send again.",
    "errors": [{"field": "lines[0].quantity", "message": "a quantity is between 1 and 100000, not 0"}]
})))]
pub struct Problem {
    /// The HTTP code.
    pub status: u16,
    /// Stable, snake case; clients decide by it.
    pub code: String,
    /// What was wrong, in a sentence.
    pub title: String,
    /// What to do now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What is wrong with which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// `gap`: the sequence number to send next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_seq: Option<u64>,
    /// For support: finds the server's log lines of this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

impl Problem {
    /// A problem without details.
    #[must_use]
    pub fn new(status: u16, code: &str, title: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            title: title.into(),
            detail: None,
            errors: Vec::new(),
            expected_seq: None,
            trace_id: None,
        }
    }

    /// The same, saying what to do.
    #[must_use]
    pub fn advise(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}
