//! What cancelling an order will mean for the goods, in words, before it is done.
//!
//! Judges nothing: the server decides what a cancellation still reaches.

use domain::{api::OrderDetail, buckets::Bucket};

use crate::words::count;

/// One sentence for each thing that will happen.
#[must_use]
pub fn consequences(order: &OrderDetail) -> Vec<String> {
    let units = |bucket| {
        order.lines.iter().map(|l| u64::from(l.progress.at_locations.get(bucket))).sum::<u64>()
    };
    let unsourced: u64 = order.lines.iter().map(|l| u64::from(l.progress.unsourced)).sum();
    let waiting = units(Bucket::Sourced) + unsourced;
    let in_hand = units(Bucket::Picked) + units(Bucket::Packed) + units(Bucket::Staged);
    let gone = units(Bucket::HandedOver) + units(Bucket::Shipped);
    let unit = |n| count(n, "unit", "units");
    let mut sentences = Vec::new();
    if waiting > 0 {
        sentences.push(format!("{} not picked yet will be free to sell again.", unit(waiting)));
    }
    if in_hand > 0 {
        sentences.push(format!(
            "{} already picked go back to the shelf: the store is told on its tablets.",
            unit(in_hand)
        ));
    }
    if gone > 0 {
        sentences.push(format!("{} have left and cannot be called back.", unit(gone)));
    }
    sentences
}

/// The reasons that people give most.
pub const REASONS: [&str; 4] = [
    "The customer asked",
    "It cannot be delivered in time",
    "Suspected fraud",
    "Placed by mistake",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn order(line: &serde_json::Value) -> OrderDetail {
        serde_json::from_value(serde_json::json!({
            "row": {
                "id": "01890a5d-ac96-774b-bcce-b302099a8057", "short_code": "AB12", "channel": "web",
                "external_number": "W-1", "method": "pickup", "stage": "sourced", "customer": "Ada",
                "units": 5, "total_minor": 100, "currency": "USD", "locations": [],
                "placed_at": "2026-01-01T00:00:00Z", "promise_at": "2026-01-01T02:00:00Z", "exceptions": 0
            },
            "customer": null, "destination": {"kind": "pickup", "location": "S1"},
            "lines": [line], "fulfillments": [], "sourcing": [], "history": []
        }))
        .expect("the public form")
    }

    #[test]
    fn each_place_of_the_goods_has_its_consequence() {
        let order = order(&serde_json::json!({
            "placed": {"line": 1, "sku": "X", "quantity": 5, "price_minor": 20}, "name": "Milk",
            "progress": {"unsourced": 1, "cancelled": 0, "at_locations": {"sourced": 1, "picked": 1, "shipped": 2}}
        }));
        let said = consequences(&order).join(" ");
        for part in ["2 units not picked", "1 unit already picked", "2 units have left"] {
            assert!(said.contains(part), "{said}");
        }
    }
}
