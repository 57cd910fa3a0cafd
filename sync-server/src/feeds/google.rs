//! Google's local inventory: `store_code`, `id`, `quantity`, `availability`, and how long a pickup takes.
//! Fields and words are those of the Local inventory data specification (Merchant Center help, 14819809).

use std::fmt::Write as _;

use serde_json::Value;

use super::{Made, availability};

pub(super) const HEAD: &str = "store_code\tid\tquantity\tavailability\tpickup_method\tpickup_sla\n";

/// A pickup is promised two hours after the order.
const SLA: &str = "same_day";

/// Writes the rows of an item: one for each of its locations.
pub(super) fn rows(made: &Made<'_>, item: u32, out: &mut String) -> u64 {
    let sku = made.sku(item);
    let at = made.at_locations(item);
    for (store, units) in &at {
        let word = availability(*units);
        writeln!(out, "{store}\t{sku}\t{units}\t{word}\tbuy\t{SLA}")
            .expect("writing to a string cannot fail");
    }
    at.len() as u64
}

/// The same as documents of the API.
pub(super) fn documents(made: &Made<'_>, item: u32, out: &mut String) -> u64 {
    let sku = Value::from(made.sku(item));
    let at = made.at_locations(item);
    for (store, units) in &at {
        let (store, word) = (Value::from(*store), availability(*units));
        writeln!(
            out,
            r#"{{"storeCode":{store},"offerId":{sku},"quantity":{units},"availability":"{word}","pickupMethod":"buy","pickupSla":"{SLA}"}}"#
        )
        .expect("writing to a string cannot fail");
    }
    at.len() as u64
}
