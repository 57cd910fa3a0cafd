//! Items as scans and screens name them.

use domain::{
    buckets::Bucket,
    fulfillment::{Fulfillment, Line},
    ids::Sku,
    item::{Item, gtin_of_scan},
    sync::{StockCard, kind},
};

use super::Engine;
use crate::error::Answer;

impl Engine {
    /// The item of a SKU, where the tablet knows it.
    pub(super) fn item(&self, sku: &Sku) -> Option<Item> {
        self.replica.entity(kind::ITEM, sku.as_str()).ok().flatten()
    }

    pub(super) fn on_hand(&self, sku: &Sku) -> Option<i64> {
        let card: Option<StockCard> = self.replica.entity(kind::STOCK, sku.as_str()).ok()?;
        card.map(|card| card.on_hand)
    }

    /// The item's name, or its SKU.
    pub(super) fn item_name(&self, sku: &Sku) -> String {
        self.item(sku).map_or_else(|| sku.to_string(), |item| item.name)
    }

    /// SKUs that a scanned or typed code names: by barcode in any form, or by the SKU itself.
    pub(super) fn skus_named(&self, text: &str) -> Answer<Vec<Sku>> {
        let mut skus: Vec<Sku> = Vec::new();
        if let Some(gtin) = gtin_of_scan(text) {
            let found = self.replica.skus_of_code(gtin.as_str())?;
            skus.extend(found.into_iter().filter_map(|sku| Sku::new(sku).ok()));
        }
        if let Ok(sku) = Sku::new(text.trim()) {
            let on_a_line = || self.views.values().any(|v| line_of(&v.now, &sku).is_some());
            let known = !skus.contains(&sku)
                && (self.replica.body(kind::ITEM, sku.as_str())?.is_some() || on_a_line());
            if known {
                skus.push(sku);
            }
        }
        Ok(skus)
    }

    /// The short code of other open work that still waits for one of these.
    pub(super) fn other_work_wanting(&self, own: &Fulfillment, skus: &[Sku]) -> Option<String> {
        let wants = |line: &Line| skus.contains(&line.sku) && line.buckets.get(Bucket::Sourced) > 0;
        let mut others: Vec<&Fulfillment> = self
            .views
            .values()
            .map(|view| &view.now)
            .filter(|other| other.id() != own.id() && other.cancel_request().is_none())
            .filter(|other| other.lines().iter().any(wants))
            .collect();
        others.sort_by_key(|other| (other.promise_at(), other.id()));
        others.first().map(|other| other.short_code())
    }
}

/// The line of a SKU that still waits for units, else any line of it.
pub(super) fn line_of<'a>(fulfillment: &'a Fulfillment, sku: &Sku) -> Option<&'a Line> {
    let mut lines = fulfillment.lines().iter().filter(|line| line.sku == *sku);
    let first = lines.next();
    let open = |line: &&Line| line.buckets.get(Bucket::Sourced) > 0;
    first.filter(open).or_else(|| lines.find(open)).or(first)
}
