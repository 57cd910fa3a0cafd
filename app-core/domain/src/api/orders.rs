//! Orders: the answer to a channel, and what operators see. What a channel sends is
//! [`crate::order::PlacedOrder`].

use serde::{Deserialize, Serialize};

use super::{fulfillments::FulfillmentDetail, sourcing::SourcingDetail};
use crate::{
    clock::{TimeMs, rfc3339},
    fulfillment::Method,
    ids::{LocationId, OrderId},
    order::{Customer, Destination, LineProgress, OrderStage, PlacedLine},
};

/// An order was taken: 201 the first time, 200 and the same body after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "id": "01980a5c-2f4e-7c31-9a52-5b1a2c3d4e5f",
    "short_code": "T4JZ",
    "pickup_code": "SHP1.AZgKXC9OfDGaUlsaLD1OXw",
    "pickup_pin": "481526",
    "promise_at": "2026-11-23T10:00:00.000Z"
})))]
pub struct OrderAccepted {
    /// The order.
    pub id: OrderId,
    /// Four characters that people say.
    pub short_code: String,
    /// The text for the QR symbol of the pickup message; absent when it ships.
    pub pickup_code: Option<String>,
    /// The six digits of the pickup message; absent when it ships. Never stored.
    pub pickup_pin: Option<String>,
    /// When it is promised.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub promise_at: TimeMs,
}

/// One row of the list of orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderRow {
    /// The order.
    pub id: OrderId,
    /// Four characters that people say.
    pub short_code: String,
    /// The channel.
    pub channel: String,
    /// The channel's number.
    pub external_number: String,
    /// How the goods leave.
    pub method: Method,
    /// Where it stands.
    pub stage: OrderStage,
    /// Name of the customer.
    pub customer: String,
    /// Units ordered.
    pub units: u32,
    /// Value in the currency's smallest unit.
    pub total_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Where it is worked on.
    pub locations: Vec<LocationId>,
    /// When the customer bought.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub placed_at: TimeMs,
    /// When it is promised.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub promise_at: TimeMs,
    /// Open exceptions.
    pub exceptions: u32,
}

/// One order with everything behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderDetail {
    /// The row of the list.
    pub row: OrderRow,
    /// Who bought; `None` once forgotten.
    pub customer: Option<Customer>,
    /// How the goods get to the customer.
    pub destination: Destination,
    /// Lines as bought, and where their units are; of kits their components.
    pub lines: Vec<OrderLineDetail>,
    /// Kits as bought.
    #[serde(default)]
    pub kits: Vec<OrderKitDetail>,
    /// The work of each location.
    pub fulfillments: Vec<FulfillmentDetail>,
    /// Why it was sourced so, the newest last.
    pub sourcing: Vec<SourcingDetail>,
    /// What happened, the oldest first.
    pub history: Vec<HistoryRow>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderLineDetail {
    /// As bought.
    pub placed: PlacedLine,
    /// Name of the item.
    pub name: String,
    /// Where its units are.
    pub progress: LineProgress,
    /// The line of the kit that it is part of; then its price is in that of the kit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kit_line: Option<u32>,
}

/// A line of an order that is a kit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderKitDetail {
    /// As bought.
    pub placed: PlacedLine,
    /// Name of the kit.
    pub name: String,
}

/// One row of an order's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HistoryRow {
    /// When.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
    /// `order.placed`, a command's type, `order.sourced` …
    pub kind: String,
    /// What happened, in words.
    pub sentence: String,
    /// Who: an associate, an operator, the channel or the server.
    pub actor: String,
    /// The associate's name, where it was one of those who are known.
    #[serde(default)]
    pub actor_name: Option<String>,
    /// On which tablet, where it was one.
    pub device: Option<String>,
    /// What people call that tablet.
    #[serde(default)]
    pub device_name: Option<String>,
}

/// Why an order is cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({"reason": "The customer changed their mind"})))]
pub struct CancelOrder {
    /// In words.
    pub reason: String,
}
