//! What can be promised: the answers that shops get, and every term behind a number.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::{LocationId, Sku},
};

/// What an answer was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpSeen {
    /// Everything that was committed by then is in it.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub as_of: TimeMs,
    /// The place in the log of stock changes that it has come to.
    pub place: i64,
    /// The version of the rules; 0 when nobody has stated any.
    pub rules: i64,
}

/// How much there is, for a shopper who needs no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AtpBand {
    /// Enough.
    InStock,
    /// At most five.
    Low,
    /// None.
    Out,
}

impl AtpBand {
    /// Units that are few.
    const LOW: i64 = 5;

    /// The band of so many units.
    #[must_use]
    pub const fn of(units: i64) -> Self {
        match units {
            i64::MIN..=0 => Self::Out,
            1..=Self::LOW => Self::Low,
            _ => Self::InStock,
        }
    }

    /// Its word in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InStock => "in_stock",
            Self::Low => "low",
            Self::Out => "out",
        }
    }
}

/// What can be promised of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpItem {
    /// The item.
    pub sku: Sku,
    /// Units.
    pub units: i64,
    /// The same as a band.
    pub band: AtpBand,
    /// Nothing is handed over or shipped before; told of an item of which nothing can be promised.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub release: Option<TimeMs>,
    /// What may be promised beyond all that is there and coming; told as `release` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backorder: Option<AtpBackorder>,
}

/// Units that may be promised beyond all that is there and coming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpBackorder {
    /// For this day and later ones.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub from: TimeMs,
    /// Units that may wait at any time, those that wait already included.
    pub limit: i64,
}

/// Items that a channel asks about at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpList {
    /// What it was made from.
    pub seen: AtpSeen,
    /// The pool that answers.
    #[cfg_attr(feature = "schema", schema(example = "ship"))]
    pub pool: String,
    /// The items that are known, in the order of the question.
    pub items: Vec<AtpItem>,
    /// The SKUs that nobody knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

/// A location where a customer could pick up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpPickup {
    /// The location.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Great-circle distance in metres.
    pub distance_m: u64,
    /// Units that it can promise.
    pub units: i64,
    /// The same as a band.
    pub band: AtpBand,
    /// When an order of now would be ready, by the location's hours, holidays, cut-off, picking time and
    /// orders of the day; absent where it has not said when it works, takes no more orders within 60
    /// days, or has nothing to give now.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub ready_at: Option<TimeMs>,
    /// What it can promise later, as supply arrives; the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<AtpLater>,
}

/// One item: by delivery, and for pickup around the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpDetail {
    /// What it was made from.
    pub seen: AtpSeen,
    /// The item.
    pub sku: Sku,
    /// Units that can be sent.
    pub ship_units: i64,
    /// The same as a band.
    pub ship: AtpBand,
    /// What can be sent later, as supply arrives; the earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ship_later: Vec<AtpLater>,
    /// When it would be sent and arrive; absent when nobody said where the customer is, when nothing can
    /// be sent now, or when who would send it has not said when it works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<AtpDelivery>,
    /// Where it can be picked up, nearest first; empty when nobody said where the customer is.
    pub pickup: Vec<AtpPickup>,
    /// Nothing is handed over or shipped before.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub release: Option<TimeMs>,
    /// What may be sent beyond all that is there and coming; `ship_later` says how much is left of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backorder: Option<AtpBackorder>,
}

/// When one unit would be sent and arrive: from the nearest location that has it and gets it ready
/// without being put off by its other orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpDelivery {
    /// When it leaves at the latest: when the location closes on that day.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub ship_by: TimeMs,
    /// The day on which it arrives: so many working days later as the distance takes.
    #[cfg_attr(feature = "schema", schema(format = Date))]
    pub deliver_by: String,
}

/// Why a pool may promise so many units of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpExplained {
    /// What it was made from.
    pub seen: AtpSeen,
    /// The item.
    pub sku: Sku,
    /// The pool that was asked.
    #[cfg_attr(feature = "schema", schema(example = "ship"))]
    pub pool: String,
    /// What each of its locations gives.
    pub locations: Vec<AtpGives>,
    /// The sum over the locations.
    pub sum: i64,
    /// The instant that allows no more: from then on fewer are left than before. Absent: now.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub least_at: Option<TimeMs>,
    /// Units of the sum that do not count then, because the item is not released.
    #[serde(default)]
    pub unreleased: i64,
    /// Units that will have come by then.
    #[serde(default)]
    pub coming: i64,
    /// Units that orders and baskets need by then and no location has set aside.
    pub waiting: i64,
    /// Units that nobody is promised.
    pub threshold: i64,
    /// Units that are kept for other channels.
    pub others: i64,
    /// Units that are kept for this channel, where it may take no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<i64>,
    /// More is never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<i64>,
    /// What campaigns leave: their units less those that were sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<i64>,
    /// The rules that made them, in their order, each with what stood after it.
    pub rules: Vec<AtpApplied>,
    /// What is to come and to be given, by date; at most 200.
    #[serde(default)]
    pub dated: Vec<AtpDated>,
    /// Nothing is handed over or shipped before.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub release: Option<TimeMs>,
    /// What may be promised beyond all that is there and coming. Not a term of the number of today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backorder: Option<AtpBackorder>,
    /// What a kit is made of; empty for most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<AtpComponent>,
    /// The number: `sum - unreleased + coming - waiting - threshold - others`, at most `own`,
    /// `cap` and `campaign`, never below zero, and of a kit never more than any of its components allows.
    /// What is kept for a channel serves those of its customers who wait first.
    pub units: i64,
}

/// Units that come, or are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpDated {
    /// When.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
    /// How many come; below zero: are needed.
    pub units: i64,
    /// Where, if nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// Whose customers need them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
}

/// More that can be promised for a later day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpLater {
    /// From when on.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub from: TimeMs,
    /// Units in all, those of today included.
    pub units: i64,
}

/// What one location gives to a pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpGives {
    /// The location.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Sellable units on the shelf.
    pub on_hand: i64,
    /// Units that are promised.
    pub reserved: i64,
    /// Safety stock that the location itself has stated.
    pub safety: i64,
    /// The rules that are about it, in their order, each with what stood after it.
    pub rules: Vec<AtpApplied>,
    /// Units that it gives: `on_hand - reserved` less the safety stock that holds, or none.
    pub available: i64,
    /// The component that there is the least of here; of a kit, whose `on_hand` are those that are whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Sku>,
}

/// What a kit is made of, and how many it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpComponent {
    /// The item.
    pub sku: Sku,
    /// Units in one kit.
    pub quantity: i64,
    /// Units of it that the pool may promise.
    pub units: i64,
    /// Kits of so many units.
    pub kits: i64,
    /// Whether no other allows fewer.
    pub is_least: bool,
}

/// A rule, and the units that stood after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpApplied {
    /// The rule.
    #[cfg_attr(feature = "schema", schema(example = "keep-two"))]
    pub rule: String,
    /// Units that are kept back, shown at most, left of a campaign, or for one customer, this rule included.
    pub units: i64,
}

/// What other rules would change, before they hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpTrial {
    /// What it was made from.
    pub seen: AtpSeen,
    /// Every pool of today's rules and of the others.
    pub pools: Vec<AtpTrialPool>,
    /// Channels whose shoppers would be served from another pool, or none, with nothing to promise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<AtpTrialChannel>,
    /// Numbers that would change: items times pools.
    pub changes_total: u64,
    /// The largest changes, at most 200.
    pub changes: Vec<AtpTrialChange>,
}

impl AtpTrial {
    /// The pools that would have nothing left to promise.
    pub fn zeroed(&self) -> impl Iterator<Item = &AtpTrialPool> {
        self.pools.iter().filter(|pool| pool.units_now > 0 && pool.units_then == 0)
    }

    /// Whoever would have nothing left, in words: pools, and channels that lose their pool.
    #[must_use]
    pub fn zeroed_words(&self) -> Vec<String> {
        let pools = self.zeroed().map(|pool| pool.pool.clone());
        pools.chain(self.channels.iter().map(AtpTrialChannel::words)).collect()
    }
}

/// Shoppers who have something to be promised now, and would have nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpTrialChannel {
    /// Their channel; absent: of any that no pool is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The pool that is theirs now.
    #[cfg_attr(feature = "schema", schema(example = "ship"))]
    pub now: String,
    /// The pool that would be; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
}

impl AtpTrialChannel {
    /// Who they are and what becomes of them, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let whose = self.channel.as_ref().map_or_else(
            || "shoppers of no channel of their own".to_owned(),
            |channel| format!("channel {channel}"),
        );
        let then = self.then.as_ref().map_or_else(|| "no pool".to_owned(), |p| format!("pool {p}"));
        format!("{whose} ({then} in place of {})", self.now)
    }
}

/// A pool under other rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpTrialPool {
    /// The pool.
    #[cfg_attr(feature = "schema", schema(example = "ship"))]
    pub pool: String,
    /// Items that it can promise now.
    pub items_now: u64,
    /// Items that it could promise then.
    pub items_then: u64,
    /// Units that it can promise now.
    pub units_now: i64,
    /// Units that it could promise then.
    pub units_then: i64,
}

/// An item's number in a pool under other rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpTrialChange {
    /// The item.
    pub sku: Sku,
    /// The pool.
    #[cfg_attr(feature = "schema", schema(example = "ship"))]
    pub pool: String,
    /// Units now.
    pub now: i64,
    /// Units then.
    pub then: i64,
}

/// A version of the rules, without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AtpVersionRow {
    /// Its number, from 1 on.
    pub version: i64,
    /// The login of who stated it.
    pub author: String,
    /// Why, in their words.
    pub comment: String,
    /// When.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub created_at: TimeMs,
}
