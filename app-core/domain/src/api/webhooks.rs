//! Webhooks: who is told when what can be promised changes.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    fulfillment::Method,
};

/// What a receiver is told of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookKind {
    /// Units, whenever they are others.
    Units,
    /// The band, only when it is another.
    Bands,
}

impl WebhookKind {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Units => "units",
            Self::Bands => "bands",
        }
    }
}

/// A webhook as an administrator states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "name": "Web shop",
    "url": "https://shop.example.com/hooks/stock",
    "channel": "web",
    "method": "ship",
    "kind": "bands",
    "debounce_ms": 2000,
    "batch_max": 200,
    "enabled": true,
})))]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// What people call it; 1 to 100 characters.
    pub name: String,
    /// Where to: https, without a name and password; http only on the server's own machine.
    pub url: String,
    /// The channel whose customers it is about; absent: of no channel in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The country of the customers, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// The customers' region of sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How the goods shall reach the customers: `ship` or `pickup`.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub method: Method,
    /// What is told.
    pub kind: WebhookKind,
    /// How long changes are collected before they are sent, 0 to 600,000 ms; 2,000 if absent.
    #[serde(default = "debounce_ms")]
    pub debounce_ms: u32,
    /// Items of one delivery, 1 to 1,000; 200 if absent.
    #[serde(default = "batch_max")]
    pub batch_max: u32,
    /// Whether it is told anything; true if absent. Begins again what the server has stopped.
    #[serde(default = "enabled")]
    pub enabled: bool,
}

const fn debounce_ms() -> u32 {
    2_000
}

const fn batch_max() -> u32 {
    200
}

const fn enabled() -> bool {
    true
}

/// Why the server has stopped a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookStop {
    /// The receiver answered 410: it wants nothing any more.
    Gone,
    /// No delivery has been taken for days.
    Failing,
}

/// A webhook, and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WebhookRow {
    /// Its id, in routes.
    pub id: String,
    /// As it was stated; `enabled` is false where the server has stopped it.
    pub stated: NewWebhook,
    /// Why the server has stopped it.
    pub stopped: Option<WebhookStop>,
    /// The pool whose numbers it is told; absent where no pool is for such customers: it waits then.
    pub pool: Option<String>,
    /// Deliveries that were taken.
    pub sequence: u64,
    /// Tries of the delivery under way; 0 when none has failed.
    pub tries: u32,
    /// When it is tried again.
    #[serde(with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub next_try_at: Option<TimeMs>,
    /// Since when nothing has been taken.
    #[serde(with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub failing_since: Option<TimeMs>,
    /// Until when the secret of before is signed with, too.
    #[serde(with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub old_secret_until: Option<TimeMs>,
    /// The newest try.
    pub last: Option<WebhookTry>,
}

/// A webhook with its newest tries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WebhookDetail {
    /// The webhook.
    pub webhook: WebhookRow,
    /// Its newest tries, a bounded number, the newest first.
    pub tries: Vec<WebhookTry>,
}

/// What became of a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WebhookOutcome {
    /// Answered with 2xx.
    Taken,
    /// Answered with something else.
    Refused,
    /// Answered with 410.
    Gone,
    /// Not answered in time.
    Timeout,
    /// There was no connection.
    Unreachable,
}

impl WebhookOutcome {
    /// All, by their words.
    pub const ALL: [(&'static str, Self); 5] = [
        ("taken", Self::Taken),
        ("refused", Self::Refused),
        ("gone", Self::Gone),
        ("timeout", Self::Timeout),
        ("unreachable", Self::Unreachable),
    ];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let of = Self::ALL.into_iter().find(|(_, outcome)| *outcome == self);
        of.map(|(word, _)| word).expect("all are listed")
    }
}

/// One try to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WebhookTry {
    /// `webhook-id`: the same for every try of a delivery.
    pub message: String,
    /// `changes` or `test`.
    pub what: String,
    /// Items in it.
    pub items: u32,
    /// When.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
    /// How long it took.
    pub took_ms: u32,
    /// What became of it.
    pub outcome: WebhookOutcome,
    /// The answer's status, where there was one.
    pub status: Option<u16>,
}

/// The secret of a webhook, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WebhookSecret {
    /// The webhook's id.
    pub id: String,
    /// `whsec_…`, as libraries for standard webhooks take it.
    pub secret: String,
    /// Until when deliveries are signed with the one of before, too.
    #[serde(with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub old_until: Option<TimeMs>,
}
