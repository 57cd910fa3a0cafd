//! What a rule or a pool is about: some items, some locations, some pools. What is left empty is all.

use std::sync::Arc;

use domain::{fulfillment::Method, location::Coordinates};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pool::Pool;

/// An item, as far as rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// Its SKU.
    pub sku: Arc<str>,
    /// Its category.
    pub category: Arc<str>,
    /// Its department.
    pub department: Arc<str>,
}

/// A location, as far as rules and shoppers look at it.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationFacts {
    /// Its number.
    pub id: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// `store` or `warehouse`.
    pub kind: Arc<str>,
    /// The country, two letters.
    pub country: Arc<str>,
    /// The region of sale.
    pub region: Arc<str>,
    /// It sends parcels.
    pub ships: bool,
    /// Customers pick up there.
    pub pickup: bool,
    /// Where it is.
    pub coordinates: Coordinates,
}

impl LocationFacts {
    /// Whether goods can reach customers from here by a method.
    #[must_use]
    pub fn can(&self, method: Method) -> bool {
        match method {
            Method::Ship => self.ships,
            Method::Pickup => self.pickup,
        }
    }
}

/// Some items: those that fit everything that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = AtpItems)]
#[serde(deny_unknown_fields, default)]
pub struct Items {
    /// SKUs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skus: Vec<String>,
    /// Categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    /// Departments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<String>,
}

/// Some locations: those that fit everything that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = AtpLocations)]
#[serde(deny_unknown_fields, default)]
pub struct Locations {
    /// Numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// `store` or `warehouse`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Countries, two letters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub countries: Vec<String>,
    /// Regions of sale.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<String>,
}

/// Some pools: those that fit everything that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(as = AtpPools)]
#[serde(deny_unknown_fields, default)]
pub struct Pools {
    /// Pools by id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Sales channels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Methods.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub methods: Vec<Method>,
}

fn names(of: &[String], one: &str) -> bool {
    of.is_empty() || of.iter().any(|name| name == one)
}

impl Items {
    /// Whether an item is one of them.
    #[must_use]
    pub fn has(&self, item: &ItemFacts) -> bool {
        names(&self.skus, &item.sku)
            && names(&self.categories, &item.category)
            && names(&self.departments, &item.department)
    }
}

impl Locations {
    /// Whether a location is one of them.
    #[must_use]
    pub fn has(&self, location: &LocationFacts) -> bool {
        names(&self.ids, &location.id)
            && names(&self.kinds, &location.kind)
            && names(&self.countries, &location.country)
            && names(&self.regions, &location.region)
    }

    /// Whether they are all locations.
    #[must_use]
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }
}

impl Pools {
    /// Whether a pool is one of them.
    #[must_use]
    pub fn has(&self, pool: &Pool) -> bool {
        let channel = pool.channel.as_deref().unwrap_or_default();
        names(&self.ids, &pool.id)
            && names(&self.channels, channel)
            && (self.methods.is_empty() || self.methods.contains(&pool.method))
    }
}
