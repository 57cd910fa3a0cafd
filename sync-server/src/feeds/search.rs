//! Documents of a product search: merged into the products that it has.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Made, availability};

/// Writes the document of an item; always one row.
pub(super) fn row(made: &Made<'_>, item: u32, out: &mut String) -> u64 {
    let (sku, units) = (Value::from(made.sku(item)), made.units(item));
    let word = availability(units);
    writeln!(out, r#"{{"id":{sku},"units":{units},"availability":"{word}"}}"#)
        .expect("writing to a string cannot fail");
    1
}
