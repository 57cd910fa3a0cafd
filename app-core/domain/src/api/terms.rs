//! How an item is sold beyond what is on the shelf and on its way. Checks of these shapes by themselves are
//! here; what other items have to do with it is the server's to look up.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::Sku,
    order::FieldError,
};

/// Units that may wait on backorder.
const LIMIT_MAX: u32 = 1_000_000;
/// Days until ordered goods come.
const LEAD_DAYS_MAX: u32 = 365;
/// Items of a kit.
const COMPONENTS_MAX: usize = 20;
/// Units of one component in a kit.
const EACH_MAX: u32 = 1_000;

/// How an item is sold. What is absent does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "backorder": { "limit": 20, "lead_days": 14 },
    "pre_order": { "release": "2027-03-01T08:00:00Z" },
})))]
#[serde(deny_unknown_fields)]
pub struct ItemTerms {
    /// Units are promised beyond what is there and coming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backorder: Option<Backorder>,
    /// Nothing is handed over or shipped before a release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_order: Option<PreOrder>,
    /// The item is a kit of these items, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<KitComponent>,
}

/// Units that are promised although nobody has them yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Backorder {
    /// Units that may wait at any time, over all channels and locations.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1_000_000))]
    pub limit: u32,
    /// Days from an order until the goods are there.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 365))]
    pub lead_days: u32,
}

/// An item that may be bought before it may be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PreOrder {
    /// Stock and supply count from then on.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub release: TimeMs,
}

/// A part of a kit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KitComponent {
    /// The item.
    pub sku: Sku,
    /// Units in one kit.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1_000))]
    pub quantity: u32,
}

impl ItemTerms {
    /// What is wrong with the terms of an item by themselves.
    #[must_use]
    pub fn faults(&self, of: &Sku) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut check = |ok: bool, field: String, message: String| {
            if !ok {
                faults.push(FieldError { field, message });
            }
        };
        if let Some(Backorder { limit, lead_days }) = self.backorder {
            let [limits, days] = [1..=LIMIT_MAX, 1..=LEAD_DAYS_MAX];
            check(limits.contains(&limit), "backorder.limit".into(), format!("1 to {LIMIT_MAX}"));
            let message = format!("1 to {LEAD_DAYS_MAX}");
            check(days.contains(&lead_days), "backorder.lead_days".into(), message);
        }
        let has_own = self.backorder.is_some() || self.pre_order.is_some();
        let is_kit = !self.components.is_empty();
        let message = "a kit is sold as its components are: state it of them";
        check(!(is_kit && has_own), "components".into(), message.into());
        let message = format!("at most {COMPONENTS_MAX}");
        check(self.components.len() <= COMPONENTS_MAX, "components".into(), message);
        for (at, component) in self.components.iter().enumerate() {
            let KitComponent { sku, quantity } = component;
            let field = |of: &str| format!("components[{at}].{of}");
            check((1..=EACH_MAX).contains(quantity), field("quantity"), format!("1 to {EACH_MAX}"));
            check(sku != of, field("sku"), "a kit does not contain itself".into());
            let twice = self.components[..at].iter().any(|before| before.sku == *sku);
            check(!twice, field("sku"), "each item once".into());
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(text: &str) -> Sku {
        Sku::new(text).expect("valid")
    }

    fn fields(terms: &ItemTerms) -> Vec<String> {
        terms.faults(&sku("KIT")).into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn terms_have_bounds() {
        let backorder = |limit, lead_days| ItemTerms {
            backorder: Some(Backorder { limit, lead_days }),
            ..ItemTerms::default()
        };
        assert!(fields(&backorder(LIMIT_MAX, LEAD_DAYS_MAX)).is_empty());
        assert_eq!(fields(&backorder(0, 366)), ["backorder.limit", "backorder.lead_days"]);
        let of = |names: &[&str]| ItemTerms {
            components: names
                .iter()
                .map(|name| KitComponent { sku: sku(name), quantity: 1 })
                .collect(),
            ..ItemTerms::default()
        };
        assert!(fields(&of(&["A", "B"])).is_empty());
        assert_eq!(fields(&of(&["A", "KIT", "A"])), ["components[1].sku", "components[2].sku"]);
        let names: Vec<String> = (0..=COMPONENTS_MAX).map(|n| format!("C{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(fields(&of(&names[1..])).is_empty());
        assert_eq!(fields(&of(&names)), ["components"]);
        let both = ItemTerms { pre_order: Some(PreOrder { release: TimeMs(1) }), ..of(&["A"]) };
        assert_eq!(fields(&both), ["components"]);
    }
}
