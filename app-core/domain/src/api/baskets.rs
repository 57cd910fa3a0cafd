//! What a whole basket could have, by every way: what a cart page shows before anything is promised.

use serde::{Deserialize, Serialize};

use super::{AtpSeen, BasketLine};
use crate::{
    clock::{TimeMs, rfc3339},
    ids::{LocationId, Sku},
};

/// A basket, and where its customer is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "lines": [{ "sku": "100023", "quantity": 2 }],
    "postcode": "78701", "market": "US",
})))]
#[serde(deny_unknown_fields)]
pub struct BasketQuestion {
    /// What, at most 200 items.
    pub lines: Vec<BasketLine>,
    /// Where the customer is: latitude and longitude in degrees, as `52.52,13.405`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// A postcode in their market, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Locations within so many kilometres; 100 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_km: Option<u32>,
    /// At most so many locations, 1 to 100; 20 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// The country of the customer, two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// The customer's region of sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The channel, where an operator asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// What can be had of one line by one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LineOption {
    /// The item.
    pub sku: Sku,
    /// Units that can be had now, at most as many as the basket has.
    pub units: i64,
    /// When the rest can be had, too; absent where nothing is missing, or the rest is not in sight.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub rest_from: Option<TimeMs>,
}

/// What can be had of a basket by one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BasketOption {
    /// Whether all of it can be had now.
    pub whole: bool,
    /// Its lines, in the order of the question.
    pub lines: Vec<LineOption>,
}

/// A location where the customer could pick it up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BasketPickup {
    /// The location.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Great-circle distance in metres.
    pub distance_m: u64,
    /// When an order of now is ready there, where all of it can be had and the location has said when it
    /// works.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<TimeMs>,
    /// What can be had there.
    #[serde(flatten)]
    pub option: BasketOption,
}

/// What a basket could have. Nothing is held; the ways may be mixed by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BasketOptions {
    /// What it was made from.
    pub seen: AtpSeen,
    /// By delivery.
    pub ship: BasketOption,
    /// Where it can be picked up: who has all of it first, then who has most of its lines, then the
    /// nearest; empty when nobody said where the customer is. Who has nothing of it is left out.
    pub pickup: Vec<BasketPickup>,
}
