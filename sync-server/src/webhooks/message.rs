//! What a delivery says, as JSON: `type`, `timestamp` and `data`, as Standard Webhooks advises.

use std::collections::BTreeMap;

use domain::{
    api::{AtpBand, WebhookKind},
    clock::TimeMs,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Changes of what can be promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The webhook.
    pub webhook: String,
    /// One more than that of the delivery before.
    pub sequence: u64,
    /// The pool whose numbers they are.
    pub pool: String,
    /// Everything that was committed by then is in the numbers.
    pub as_of: String,
    /// Units or bands, by SKU: no SKU twice.
    pub items: Vec<Item>,
}

/// What an item is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Its SKU.
    pub sku: String,
    /// Units that can be promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<i32>,
    /// Or their band.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<AtpBand>,
}

#[derive(Serialize, Deserialize)]
struct Envelope<T> {
    #[serde(rename = "type")]
    kind: String,
    timestamp: String,
    data: T,
}

/// What is told of so many units: they, or the number of their band.
#[must_use]
pub fn told(kind: WebhookKind, units: i64) -> i32 {
    match kind {
        WebhookKind::Units => i32::try_from(units).unwrap_or(i32::MAX),
        WebhookKind::Bands => match AtpBand::of(units) {
            AtpBand::Out => 0,
            AtpBand::Low => 1,
            AtpBand::InStock => 2,
        },
    }
}

impl Item {
    /// An item of which this is [`told`].
    #[must_use]
    pub fn new(kind: WebhookKind, sku: &str, told: i32) -> Self {
        let sku = sku.to_owned();
        match kind {
            WebhookKind::Units => Self { sku, units: Some(told), band: None },
            WebhookKind::Bands => {
                let band = match told {
                    0 => AtpBand::Out,
                    1 => AtpBand::Low,
                    _ => AtpBand::InStock,
                };
                Self { sku, units: None, band: Some(band) }
            }
        }
    }

    /// What is [`told`] of it.
    #[must_use]
    pub fn told(&self) -> i32 {
        let band = self.band.map(|band| match band {
            AtpBand::Out => 0,
            AtpBand::Low => 1,
            AtpBand::InStock => 2,
        });
        self.units.or(band).unwrap_or(0)
    }
}

/// The body of changes.
#[must_use]
pub fn changes(data: Changes, now: TimeMs) -> String {
    let envelope = Envelope { kind: "atp.changed".into(), timestamp: now.to_rfc3339(), data };
    serde_json::to_string(&envelope).expect("plain data")
}

/// The body of a test: nothing has changed.
#[must_use]
pub fn test(webhook: &str, now: TimeMs) -> String {
    let data = json!({ "webhook": webhook });
    json!({ "type": "webhook.test", "timestamp": now.to_rfc3339(), "data": data }).to_string()
}

/// The items of a body of ours, by SKU; none of another's.
#[must_use]
pub fn items(body: &str) -> BTreeMap<String, i32> {
    let read = serde_json::from_str::<Envelope<Changes>>(body);
    let items = read.map(|envelope| envelope.data.items).unwrap_or_default();
    items.into_iter().map(|item| (item.sku.clone(), item.told())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_read_back() {
        for kind in [WebhookKind::Units, WebhookKind::Bands] {
            let items =
                [0, 3, 900].map(|units| Item::new(kind, &units.to_string(), told(kind, units)));
            let data = Changes {
                webhook: "wh_1".into(),
                sequence: 1,
                pool: "web".into(),
                as_of: TimeMs(0).to_rfc3339(),
                items: items.to_vec(),
            };
            let body = changes(data, TimeMs(0));
            let expected = [0, 3, 900].map(|units| (units.to_string(), told(kind, units)));
            assert_eq!(super::items(&body), BTreeMap::from(expected), "{body}");
        }
        assert_eq!(told(WebhookKind::Units, i64::MAX), i32::MAX);
        assert!(items("{}").is_empty() && items(&test("wh_1", TimeMs(0))).is_empty());
    }
}
