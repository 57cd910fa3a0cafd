//! What a rule or a pool is about: some items, some locations, some pools. What is left empty is all.

use std::{collections::BTreeMap, sync::Arc};

use crate::{fulfillment::Method, location::Coordinates};
use serde::{Deserialize, Serialize};

use super::pool::Pool;

/// Attributes of an item.
pub const ATTRIBUTES_MAX: usize = 32;
/// Letters of an attribute's key.
const KEY_MAX: usize = 50;
/// Letters of its value.
const VALUE_MAX: usize = 100;

/// What is said of an item, each as `key=value`, ascending.
pub type Attributes = Arc<[Box<str>]>;

/// An item, as far as rules look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFacts {
    /// Its SKU.
    pub sku: Arc<str>,
    /// Its category.
    pub category: Arc<str>,
    /// Its department.
    pub department: Arc<str>,
    /// What else is said of it.
    pub attributes: Attributes,
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpItems))]
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
    /// What their attributes say.
    #[serde(skip_serializing_if = "Saying::is_empty")]
    pub attributes: Saying,
}

/// What an item's attributes must say, each as `key=value`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpSaying))]
#[serde(deny_unknown_fields, default)]
pub struct Saying {
    /// Every one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<String>,
    /// One of these at least.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<String>,
    /// None of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
}

/// Some locations: those that fit everything that is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpLocations))]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpPools))]
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
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
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
            && (self.attributes.is_empty() || self.attributes.is_said_of(&item.attributes))
    }
}

impl Saying {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty() && self.not.is_empty()
    }

    /// Whether an item's attributes say so.
    #[must_use]
    pub fn is_said_of(&self, attributes: &Attributes) -> bool {
        let has = |one: &String| attributes.binary_search_by(|of| (**of).cmp(one)).is_ok();
        self.all.iter().all(has)
            && (self.any.is_empty() || self.any.iter().any(has))
            && !self.not.iter().any(has)
    }

    /// Every attribute that it names.
    pub fn named(&self) -> impl Iterator<Item = &String> {
        self.all.iter().chain(&self.any).chain(&self.not)
    }
}

/// Whether a word is an attribute, `key=value`: letters, digits, `-`, `_` or `.` before the first sign
/// of equality, any words behind it.
#[must_use]
pub fn is_attribute(word: &str) -> bool {
    let Some((key, value)) = word.split_once('=') else { return false };
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_key = (1..=KEY_MAX).contains(&key.len()) && key.chars().all(is_sign);
    let value_len = value.chars().count();
    is_key && (1..=VALUE_MAX).contains(&value_len) && !value.chars().any(char::is_control)
}

/// The attributes of an item as they are stored; `None` where they are too many or too long.
#[must_use]
pub fn stored(attributes: &BTreeMap<String, String>) -> Option<String> {
    let mut words: Vec<String> =
        attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
    words.sort_unstable();
    let fit = words.len() <= ATTRIBUTES_MAX && words.iter().all(|word| is_attribute(word));
    // A key with a sign of equality would be read as another one.
    let plain = attributes.keys().all(|key| !key.contains('='));
    (fit && plain).then(|| serde_json::to_string(&words).expect("words are plain data"))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn item(attributes: &[(&str, &str)]) -> ItemFacts {
        let of = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let text = stored(&of.collect()).expect("attributes");
        let attributes: Vec<Box<str>> = serde_json::from_str(&text).expect("as they were stored");
        let (sku, category, department) = ("A".into(), "C".into(), "D".into());
        ItemFacts { sku, category, department, attributes: attributes.into() }
    }

    #[test]
    fn attributes_are_asked_for_together_or_not_at_all() {
        let items = |saying: serde_json::Value| -> Items {
            serde_json::from_value(serde_json::json!({ "attributes": saying })).expect("items")
        };
        let lamp = item(&[("hazard", "lithium"), ("brand", "Lux"), ("brand.line", "a=b")]);
        for (saying, is) in [
            (serde_json::json!({}), true),
            (serde_json::json!({ "all": ["hazard=lithium", "brand=Lux"] }), true),
            (serde_json::json!({ "all": ["hazard=lithium", "brand=Oat"] }), false),
            (serde_json::json!({ "any": ["brand=Oat", "brand.line=a=b"] }), true),
            (serde_json::json!({ "any": ["brand=Oat"] }), false),
            (serde_json::json!({ "not": ["brand=Oat"] }), true),
            (serde_json::json!({ "all": ["brand=Lux"], "not": ["hazard=lithium"] }), false),
        ] {
            assert_eq!(items(saying.clone()).has(&lamp), is, "{saying}");
        }
        assert!(!items(serde_json::json!({ "any": ["brand=Lux"] })).has(&item(&[])));
        assert!(items(serde_json::json!({ "not": ["brand=Lux"] })).has(&item(&[])));
    }

    #[test]
    fn attributes_are_bounded() {
        assert!(is_attribute("brand=Oat Milk & Söhne") && is_attribute("a.b-c_1=x=y"));
        for wrong in ["brand", "=x", "brand=", "two words=x", "brand=a\u{7}"] {
            assert!(!is_attribute(wrong), "{wrong:?}");
        }
        assert!(!is_attribute(&format!("{}=x", "k".repeat(KEY_MAX + 1))));
        assert!(!is_attribute(&format!("k={}", "x".repeat(VALUE_MAX + 1))));
        let so_many = |n: usize| (0..n).map(|k| (format!("k{k}"), "x".to_owned())).collect();
        assert!(stored(&so_many(ATTRIBUTES_MAX)).is_some());
        assert_eq!(stored(&so_many(ATTRIBUTES_MAX + 1)), None);
        assert_eq!(stored(&[("a=b".to_owned(), "c".to_owned())].into()), None);
    }
}
