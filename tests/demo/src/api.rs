//! The calls of the server's public API that the demo makes: every one is here.
//!
//! Plain HTTP to this machine or a trusted network: no TLS is built in.

mod callers;
mod promises;
mod terms;
mod webhooks;

use std::time::Duration;

use domain::api::{
    AtpDetail, AtpExplained, AtpList, AtpTrial, AtpVersionRow, BasketOptions, BasketQuestion,
    BatchRow, DeadRow, DiscardRow, MovementRow, NewSource, OrderAccepted, OrderDetail, Page,
    ReplayRow, ReplayedRow, SkuStock, SourceDetail, SourceRow, SourceToken,
};
use domain::clock::TimeMs;
use domain::ids::OrderId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::http::Response;
use ureq::typestate::WithBody;
use ureq::{Agent, Body, RequestBuilder};

use crate::error::DemoError;
use crate::rows::{Address, Customer};

/// A whole import on a slow disk takes seconds; nothing takes this long but a server that hangs.
const ANSWER_WAIT: Duration = Duration::from_secs(120);
/// How much of an error's body is shown.
const SHOWN_BYTES_MAX: usize = 600;

/// A server, and how we may call it.
#[derive(Clone, Debug)]
pub struct Api {
    agent: Agent,
    url: String,
    token: String,
}

/// What an import answers.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub struct Imported {
    pub accepted: usize,
    #[serde(default)]
    pub unchanged: usize,
    /// The first of the rows that were refused.
    #[serde(default)]
    pub refused: Vec<RefusedRow>,
}

/// A row that was not taken, and why.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct RefusedRow {
    pub line: usize,
    pub code: String,
    pub message: String,
}

/// What a tablet is paired with.
#[derive(Deserialize)]
struct Pairing {
    code: String,
}

/// An order as a channel places it.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct NewOrder {
    pub channel: String,
    pub external_number: String,
    pub placed_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promise_at: Option<String>,
    pub currency: String,
    pub method: Method,
    pub customer: Customer,
    pub lines: Vec<NewLine>,
    pub note: Option<String>,
}

/// A file of a feed, with what its headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    pub text: String,
    /// What to ask with the next time.
    pub next: String,
    /// Its number, from 1.
    pub sequence: u64,
    /// Whether whoever reads it forgets what the files before said.
    pub full: bool,
    /// Whether it was cut, and goes on at once.
    pub more: bool,
    pub rows: usize,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// How the customer gets it.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Method {
    Pickup { location: String },
    Ship { address: Address },
}

/// A line of an order.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct NewLine {
    pub line: u32,
    pub sku: String,
    pub quantity: u32,
    pub price_minor: u64,
}

#[derive(Deserialize)]
struct Session {
    token: String,
}

impl Api {
    /// Calls `url` with a token that the server gave before: a channel's key.
    pub fn with_token(url: &str, token: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(ANSWER_WAIT))
            .http_status_as_error(false)
            .build();
        let url = url.trim_end_matches('/').to_owned();
        Self { agent: config.into(), url, token: token.to_owned() }
    }

    /// Signs in as an operator.
    ///
    /// # Errors
    /// The server cannot be reached, or does not know this login and password.
    pub fn sign_in(url: &str, login: &str, password: &str) -> Result<Self, DemoError> {
        let mut api = Self::with_token(url, "");
        let body = serde_json::json!({ "login": login, "password": password });
        let answer = api.post("/api/v1/session", "application/json", None, &to_vec(&body))?;
        api.token = parse::<Session>(&answer, "/api/v1/session")?.token;
        Ok(api)
    }

    /// Sends rows of one kind, Zstandard over lines of JSON.
    pub fn import(&self, kind: &str, lines: &[u8]) -> Result<Imported, DemoError> {
        let path = format!("/api/v1/imports/{kind}");
        let packed = crate::files::compress(lines, 3);
        let answer = self.post(&path, "application/x-ndjson", Some("zstd"), &packed)?;
        parse(&answer, &path)
    }

    /// Adds a source of stock, or changes it.
    ///
    /// # Errors
    /// The server refuses it.
    pub fn put_source(&self, id: &str, source: &NewSource) -> Result<SourceRow, DemoError> {
        let path = format!("/api/v1/sources/{id}");
        parse(&self.send(self.agent.put(self.at(&path)), &path, None, &to_vec(source))?, &path)
    }

    /// What the server counts, in Prometheus' form.
    ///
    /// # Errors
    /// It does not answer.
    pub fn metrics(&self) -> Result<String, DemoError> {
        self.get("/metrics")
    }

    /// A source with its newest batches.
    ///
    /// # Errors
    /// There is no such source.
    pub fn source(&self, id: &str) -> Result<SourceDetail, DemoError> {
        let path = format!("/api/v1/sources/{id}");
        parse(&self.get(&path)?, &path)
    }

    /// A source for itself: what it sends is its own from now on.
    ///
    /// # Errors
    /// There is no such source.
    pub fn as_source(&self, id: &str) -> Result<Self, DemoError> {
        let path = format!("/api/v1/sources/{id}/token");
        let made: SourceToken = parse(&self.post(&path, "application/json", None, b"")?, &path)?;
        Ok(Self { token: made.token, ..self.clone() })
    }

    /// Sends a batch of a source, as its profile writes.
    ///
    /// # Errors
    /// It cannot be read, or was sent before with other contents.
    pub fn send_batch(
        &self,
        source: &str,
        batch: &str,
        as_of: Option<TimeMs>,
        encoding: Option<&str>,
        body: &[u8],
    ) -> Result<BatchRow, DemoError> {
        let as_of = as_of.map_or(String::new(), |at| format!("?as_of={}", at.to_rfc3339()));
        let path = format!("/api/v1/sources/{source}/batches/{batch}{as_of}");
        parse(&self.send(self.agent.put(self.at(&path)), &path, encoding, body)?, &path)
    }

    /// Sends events of a source, packed with gzip or as they are.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn send_events(&self, source: &str, body: &[u8]) -> Result<BatchRow, DemoError> {
        let path = format!("/api/v1/sources/{source}/events");
        let packed = body.starts_with(&[0x1f, 0x8b]).then_some("gzip");
        parse(&self.post(&path, "application/octet-stream", packed, body)?, &path)
    }

    /// The same as a stream that ends at once; the lines of the answer.
    ///
    /// # Errors
    /// It is refused.
    pub fn stream_events(&self, source: &str, body: &[u8]) -> Result<String, DemoError> {
        let path = format!("/api/v1/sources/{source}/events/stream");
        self.post(&path, "application/x-ndjson", None, body)
    }

    /// The refused and held rows of a batch, as CSV.
    ///
    /// # Errors
    /// There is no such batch.
    pub fn refused(&self, source: &str, batch: &str) -> Result<String, DemoError> {
        self.get(&format!("/api/v1/sources/{source}/batches/{batch}/refused"))
    }

    /// What a batch's counts found to be different, as CSV.
    ///
    /// # Errors
    /// There is no such batch.
    pub fn differences(&self, source: &str, batch: &str) -> Result<String, DemoError> {
        self.get(&format!("/api/v1/sources/{source}/batches/{batch}/differences"))
    }

    /// The ledger of an item at a location, the newest first.
    ///
    /// # Errors
    /// There is no such item or location.
    pub fn movements(&self, sku: &str, location: &str) -> Result<Page<MovementRow>, DemoError> {
        let path = format!("/api/v1/items/{sku}/movements?location={location}&limit=200");
        parse(&self.get(&path)?, &path)
    }

    /// Rows of a source that were refused or held.
    ///
    /// # Errors
    /// Not an operator of the network.
    pub fn dead_rows(&self, source: &str, state: &str) -> Result<Page<DeadRow>, DemoError> {
        let path = format!("/api/v1/dead-rows?source={source}&state={state}");
        parse(&self.get(&path)?, &path)
    }

    /// A dead row, corrected.
    ///
    /// # Errors
    /// It is still not right.
    pub fn replay(&self, row: i64, fields: &[(&str, &str)]) -> Result<ReplayedRow, DemoError> {
        let path = format!("/api/v1/dead-rows/{row}/replay");
        let own = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        let body = ReplayRow { fields: fields.iter().map(own).collect() };
        parse(&self.post(&path, "application/json", None, &to_vec(&body))?, &path)
    }

    /// A dead row, left out for good.
    ///
    /// # Errors
    /// Somebody has dealt with it.
    pub fn discard(&self, row: i64, reason: &str) -> Result<(), DemoError> {
        let path = format!("/api/v1/dead-rows/{row}/discard");
        let body = DiscardRow { reason: reason.to_owned() };
        self.post(&path, "application/json", None, &to_vec(&body)).map(drop)
    }

    /// Where a SKU is.
    ///
    /// # Errors
    /// There is no such item.
    pub fn stock(&self, sku: &str) -> Result<SkuStock, DemoError> {
        let path = format!("/api/v1/items/{sku}/stock");
        parse(&self.get(&path)?, &path)
    }

    /// What can be promised of items; `whom` is the rest of the query.
    ///
    /// # Errors
    /// The question is refused.
    pub fn atp(&self, skus: &[&str], whom: &str) -> Result<AtpList, DemoError> {
        let path = format!("/api/v1/atp?skus={}&{whom}", skus.join(","));
        parse(&self.get(&path)?, &path)
    }

    /// What can be promised of one item around a customer; `whom` is the query.
    ///
    /// # Errors
    /// The question is refused.
    pub fn atp_around(&self, sku: &str, whom: &str) -> Result<AtpDetail, DemoError> {
        let path = format!("/api/v1/atp/items/{sku}?{whom}");
        parse(&self.get(&path)?, &path)
    }

    /// What a basket could have, by every way.
    ///
    /// # Errors
    /// The question is refused.
    pub fn atp_basket(&self, question: &BasketQuestion) -> Result<BasketOptions, DemoError> {
        let path = "/api/v1/atp/basket";
        parse(&self.post(path, "application/json", None, &to_vec(question))?, path)
    }

    /// Every term of a number; `whom` is the query.
    ///
    /// # Errors
    /// The question is refused.
    pub fn atp_explained(&self, sku: &str, whom: &str) -> Result<AtpExplained, DemoError> {
        let path = format!("/api/v1/atp/items/{sku}/explain?{whom}");
        parse(&self.get(&path)?, &path)
    }

    /// What other rules would change.
    ///
    /// # Errors
    /// They cannot hold.
    pub fn try_rules(&self, rules: &Value) -> Result<AtpTrial, DemoError> {
        let path = "/api/v1/atp/rules/trial";
        let body = serde_json::json!({ "rules": rules });
        parse(&self.post(path, "application/json", None, &to_vec(&body))?, path)
    }

    /// States other rules.
    ///
    /// # Errors
    /// They cannot hold, somebody else was faster, or a pool would have nothing left.
    pub fn put_rules(&self, stated: &Value) -> Result<AtpVersionRow, DemoError> {
        let path = "/api/v1/atp/rules";
        parse(&self.send(self.agent.put(self.at(path)), path, None, &to_vec(stated))?, path)
    }

    /// A code that pairs one tablet with a location.
    pub fn pair(&self, location: &str) -> Result<String, DemoError> {
        let path = "/api/v1/devices/pairing-codes";
        let asked = serde_json::json!({ "location": location });
        let answer = self.post(path, "application/json", None, &to_vec(&asked))?;
        parse(&answer, path).map(|pairing: Pairing| pairing.code)
    }

    /// Places an order; the same order twice is the same order once.
    pub fn place_order(&self, order: &NewOrder) -> Result<OrderAccepted, DemoError> {
        self.place_text(&to_vec(order))
    }

    /// A feed of what can be promised; `whom` is the query.
    ///
    /// # Errors
    /// There is no such feed, or the question is refused.
    pub fn feed(&self, format: &str, whom: &str) -> Result<Feed, DemoError> {
        let url = self.at(&format!("/api/v1/feeds/{format}?{whom}"));
        let called = |source| DemoError::Call { url: url.clone(), source: Box::new(source) };
        let bearer = format!("Bearer {}", self.token);
        let asked = self.agent.get(&url).header("authorization", bearer);
        let answer = asked.call().map_err(called)?;
        let head = |name: &str| {
            let value = answer.headers().get(format!("stockhand-feed-{name}"));
            value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let [next, full, more, rows] = ["next", "full", "more", "rows"].map(head);
        let [sequence, sha256] = ["sequence", "sha256"].map(head);
        Ok(Feed {
            sequence: sequence.parse().unwrap_or(0),
            full: full == "true",
            more: more == "true",
            rows: rows.parse().unwrap_or(0),
            text: read(url.clone(), answer)?,
            next,
            sha256,
        })
    }

    /// Places an order from JSON as it stands, valid or not.
    pub fn place_text(&self, order: &[u8]) -> Result<OrderAccepted, DemoError> {
        let path = "/api/v1/orders";
        parse(&self.post(path, "application/json", None, order)?, path)
    }

    /// An order with everything that is known of it.
    pub fn order(&self, id: OrderId) -> Result<OrderDetail, DemoError> {
        let path = format!("/api/v1/orders/{id}");
        parse(&self.get(&path)?, &path)
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The body of a 2xx answer.
    fn get(&self, path: &str) -> Result<String, DemoError> {
        let url = self.at(path);
        let called = |source| DemoError::Call { url: url.clone(), source: Box::new(source) };
        let bearer = format!("Bearer {}", self.token);
        let asked = self.agent.get(&url).header("authorization", bearer);
        read(url.clone(), asked.call().map_err(called)?)
    }

    /// The body of a 2xx answer.
    fn post(
        &self,
        path: &str,
        content_type: &str,
        encoding: Option<&str>,
        body: &[u8],
    ) -> Result<String, DemoError> {
        let request = self.agent.post(self.at(path)).header("content-type", content_type);
        self.send(request, path, encoding, body)
    }

    fn send(
        &self,
        mut request: RequestBuilder<WithBody>,
        path: &str,
        encoding: Option<&str>,
        body: &[u8],
    ) -> Result<String, DemoError> {
        let url = self.at(path);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let called = |source| DemoError::Call { url: url.clone(), source: Box::new(source) };
        read(url.clone(), request.send(body).map_err(called)?)
    }
}

/// The body of a 2xx answer of `url`.
fn read(url: String, mut answer: Response<Body>) -> Result<String, DemoError> {
    let status = answer.status();
    let called = |source| DemoError::Call { url: url.clone(), source: Box::new(source) };
    let text = answer.body_mut().read_to_string().map_err(called)?;
    if status.is_success() {
        return Ok(text);
    }
    let shown = text.chars().take(SHOWN_BYTES_MAX).collect();
    Err(DemoError::Answer { url, status: status.as_u16(), body: shown })
}

fn to_vec<T: Serialize>(body: &T) -> Vec<u8> {
    serde_json::to_vec(body).expect("our own bodies have only text keys")
}

fn parse<T: serde::de::DeserializeOwned>(text: &str, path: &str) -> Result<T, DemoError> {
    serde_json::from_str(text).map_err(DemoError::json(format!("the answer of {path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_written_as_the_wire_wants_it() {
        let order = NewOrder {
            channel: "web".into(),
            external_number: "W-1-00001".into(),
            placed_at: "2026-01-01T00:00:00Z".into(),
            promise_at: None,
            currency: "USD".into(),
            method: Method::Pickup { location: "S1000".into() },
            customer: Customer { name: "A".into(), phone: "1".into(), email: "a@b".into() },
            lines: vec![NewLine { line: 1, sku: "7".into(), quantity: 2, price_minor: 199 }],
            note: None,
        };
        let text = String::from_utf8(to_vec(&order)).expect("UTF-8");
        assert_eq!(
            text,
            r#"{"channel":"web","external_number":"W-1-00001","placed_at":"2026-01-01T00:00:00Z","currency":"USD","method":{"kind":"pickup","location":"S1000"},"customer":{"name":"A","phone":"1","email":"a@b"},"lines":[{"line":1,"sku":"7","quantity":2,"price_minor":199}],"note":null}"#
        );
    }
}
