//! A webhook as somebody writes it down, before it is stated.
//!
//! Decides only what is a number: what a webhook may be, the server says, field by field.

use domain::{
    api::{NewWebhook, WebhookKind},
    fulfillment::Method,
    order::FieldError,
    problem::Problem,
};

use crate::failure::Failure;

/// The texts as they were typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What people call it.
    pub name: String,
    /// Where to.
    pub url: String,
    /// The channel; empty: none in particular.
    pub channel: String,
    /// The country; empty: none in particular.
    pub market: String,
    /// The region of sale; empty: none in particular.
    pub region: String,
    /// How the goods reach the customer.
    pub method: Method,
    /// What is told.
    pub kind: WebhookKind,
    /// How long changes are collected, in seconds.
    pub debounce_s: String,
    /// Items of one delivery.
    pub batch_max: String,
    /// Whether it is told anything.
    pub enabled: bool,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            name: String::new(),
            url: String::new(),
            channel: String::new(),
            market: String::new(),
            region: String::new(),
            method: Method::Ship,
            kind: WebhookKind::Bands,
            debounce_s: "2".into(),
            batch_max: "200".into(),
            enabled: true,
        }
    }
}

impl Draft {
    /// A webhook that there is, to be changed.
    #[must_use]
    pub fn of(stated: &NewWebhook) -> Self {
        let text = |of: &Option<String>| of.clone().unwrap_or_default();
        Self {
            name: stated.name.clone(),
            url: stated.url.clone(),
            channel: text(&stated.channel),
            market: text(&stated.market),
            region: text(&stated.region),
            method: stated.method,
            kind: stated.kind,
            debounce_s: seconds(stated.debounce_ms),
            batch_max: stated.batch_max.to_string(),
            enabled: stated.enabled,
        }
    }

    /// What is sent.
    ///
    /// # Errors
    /// Fields that are no numbers.
    pub fn body(&self) -> Result<NewWebhook, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field: &str, message: &str| {
            errors.push(FieldError { field: field.into(), message: message.into() });
        };
        let debounce_ms = milliseconds(&self.debounce_s);
        if debounce_ms.is_none() {
            wrong("debounce_ms", "a number of seconds, as 2 or 0.5");
        }
        let batch_max = self.batch_max.trim().parse().ok();
        if batch_max.is_none() {
            wrong("batch_max", "a whole number of items");
        }
        let (Some(debounce_ms), Some(batch_max)) = (debounce_ms, batch_max) else {
            return Err(errors);
        };
        let some = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(NewWebhook {
            name: self.name.trim().to_owned(),
            url: self.url.trim().to_owned(),
            channel: some(&self.channel),
            market: some(&self.market).map(|market| market.to_uppercase()),
            region: some(&self.region),
            method: self.method,
            kind: self.kind,
            debounce_ms,
            batch_max,
            enabled: self.enabled,
        })
    }
}

/// What cannot be written cannot be sent: a refusal of this console, in the form of the server's.
#[must_use]
pub fn unwritable(errors: Vec<FieldError>) -> Failure {
    let mut problem = Problem::new(422, "invalid_webhook", "This cannot be sent yet.");
    problem.errors = errors;
    Failure::Refused(problem)
}

fn milliseconds(seconds: &str) -> Option<u32> {
    let (whole, part) = seconds.trim().split_once(['.', ',']).unwrap_or((seconds.trim(), ""));
    let is_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !is_digits(whole) || part.len() > 3 || !is_digits(part) {
        return None;
    }
    format!("{whole}{part:0<3}").parse().ok()
}

/// Milliseconds as seconds, without what says nothing.
#[must_use]
pub fn seconds(ms: u32) -> String {
    let (whole, part) = (ms / 1_000, format!("{:03}", ms % 1_000));
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_string() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_typed_and_milliseconds_sent() {
        for (typed, ms) in [("2", 2_000), ("0.5", 500), ("1,25", 1_250), ("600", 600_000)] {
            assert_eq!(milliseconds(typed), Some(ms));
            assert_eq!(milliseconds(&seconds(ms)), Some(ms));
        }
        for wrong in ["", "a", "-1", "1.2345", ".5", "99999999999"] {
            assert_eq!(milliseconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_typed_is_what_is_sent() {
        let draft = Draft { market: " us ".into(), name: "Shop ".into(), ..Draft::default() };
        let body = draft.body().expect("writable");
        assert_eq!((body.name.as_str(), body.market.as_deref()), ("Shop", Some("US")));
        assert_eq!((body.channel.as_deref(), body.debounce_ms, body.batch_max), (None, 2_000, 200));
        assert_eq!(Draft::of(&body).body(), Ok(body));
        let wrong = Draft { debounce_s: "soon".into(), batch_max: "many".into(), ..draft };
        let slips = unwritable(wrong.body().expect_err("two slips"));
        assert_eq!((slips.fields().len(), slips.code()), (2, "invalid_webhook"));
    }
}
