//! Promises to a basket: units held until its order comes.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::{LocationId, Sku},
    measure::Quantity,
};

/// Where the goods of a basket shall go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PromiseTo {
    /// The customer comes to a location.
    Pickup {
        /// Which.
        location: LocationId,
    },
    /// A carrier brings them.
    Ship {
        /// ISO 3166 country, two letters.
        #[cfg_attr(feature = "schema", schema(pattern = "^[A-Z]{2}$"))]
        country: String,
        /// Postcode as written in its country.
        postcode: String,
    },
}

/// One item of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BasketLine {
    /// The item; each once.
    pub sku: Sku,
    /// How many units.
    pub quantity: Quantity,
}

/// A basket whose goods shall be promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "basket": "cart-7301",
    "to": { "kind": "pickup", "location": "S0001" },
    "lines": [{ "sku": "100023", "quantity": 2 }],
})))]
#[serde(deny_unknown_fields)]
pub struct NewPromise {
    /// The shop's name for the basket, 1 to 100 characters: the same basket again, changed or not, gives
    /// back what it held.
    pub basket: String,
    /// Where to.
    pub to: PromiseTo,
    /// What, at most 200 items.
    pub lines: Vec<BasketLine>,
    /// Region of sale, for the pool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Who it is for, 1 to 200 characters: the shop's number of the customer, or their e-mail address. Rules
    /// may limit what one customer is sold; without it they limit the basket alone. Only a keyed hash is
    /// kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Whether what is not there today may come later, from supply that is on its way.
    #[serde(default)]
    pub later: bool,
    /// How long to hold, 1 to 60 minutes; 15 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// What one location would give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PromisePart {
    /// The location.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// What it gives.
    pub lines: Vec<BasketLine>,
    /// For a pickup: when the customer can come. Absent where the location has not said when it works.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<TimeMs>,
    /// For a shipment: when it leaves at the latest. Absent as above.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub ship_by: Option<TimeMs>,
    /// For a shipment: the day on which it arrives, by the distance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(format = Date))]
    pub deliver_by: Option<String>,
}

/// What comes later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PromiseLater {
    /// When it is expected where it is sent from, or picked up.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
    /// For a pickup: when the customer can come. Absent where the location has not said when it works.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<TimeMs>,
    /// What.
    pub lines: Vec<BasketLine>,
}

/// A promise that would be possible now. Nothing is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Quote {
    /// Whether the whole basket could be promised.
    pub whole: bool,
    /// Who would give what.
    pub parts: Vec<PromisePart>,
    /// What would come later, if the shop takes that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<PromiseLater>,
    /// What nobody could give.
    pub missing: Vec<BasketLine>,
}

/// A basket whose goods are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Promised {
    /// The order presents this as `promise`.
    pub token: String,
    /// The promise's number, in routes.
    pub id: String,
    /// Until when its order must come.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub expires_at: TimeMs,
    /// Who gives what.
    pub parts: Vec<PromisePart>,
    /// What comes later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<PromiseLater>,
}

/// Baskets that are promised all or none: what a customer picks up, and what is sent home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({ "baskets": [
    {
        "basket": "cart-7301/store",
        "to": { "kind": "pickup", "location": "S0001" },
        "lines": [{ "sku": "100023", "quantity": 1 }],
    },
    {
        "basket": "cart-7301/home",
        "to": { "kind": "ship", "country": "US", "postcode": "78701" },
        "lines": [{ "sku": "100024", "quantity": 2 }],
    },
] })))]
#[serde(deny_unknown_fields)]
pub struct NewMixedPromise {
    /// 2 to 5, each with a name of its own and 200 lines in all: one for each place to go. What those of
    /// the same names held is given back first.
    pub baskets: Vec<NewPromise>,
}

/// Baskets whose goods are held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MixedPromised {
    /// In the order in which they were asked for. Each has an order of its own, which presents its token.
    pub promises: Vec<Promised>,
}
