//! Quantities for a marketplace, less its buffer. SKUs are letters, digits and a few signs: none needs
//! quotes, and none starts a formula.

use std::fmt::Write as _;

use super::Made;

pub(super) const HEAD: &str = "sku,quantity\r\n";

/// Writes the row of an item; always one.
pub(super) fn row(made: &Made<'_>, item: u32, out: &mut String) -> u64 {
    let (sku, units) = (made.sku(item), made.units(item));
    write!(out, "{sku},{units}\r\n").expect("writing to a string cannot fail");
    1
}
