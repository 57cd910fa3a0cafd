//! Real baskets in our SKUs: which goods a customer of a web shop put together, how many kinds, when.
//!
//! That shop sells to shops too. Its popular codes become our popular SKUs, rank by rank, within the
//! range that the wide locations carry; a basket of more than [`LINES_MAX`] lines is not a household's
//! and is left out; a quantity of dozens becomes one of units.

use std::collections::BTreeMap;

use crate::prepare::customers::{Homes, customer};
use crate::rows::{BasketRow, ItemRow};
use crate::seed::Seed;
use crate::source::shop::Invoice;
use crate::stock::WIDE_RANGE;

/// Baskets in the demo.
pub const BASKETS_MAX: usize = 3_000;
/// The median of the data is ten, the largest has 1,114 (kept for tests). The demo shows the smaller
/// half: what one person picks in a few minutes.
pub const LINES_MAX: usize = 10;
/// More than this of one thing does not fit a tote.
const UNITS_MAX: u32 = 6;

/// The first baskets of the year that are a household's.
pub fn baskets(
    invoices: &[Invoice],
    items: &[ItemRow],
    homes: &Homes<'_>,
    seed: Seed,
) -> Vec<BasketRow> {
    let skus = skus_by_code(invoices, items);
    let mut first_s = None;
    let household = |invoice: &&Invoice| invoice.ordinary && invoice.lines.len() <= LINES_MAX;
    invoices
        .iter()
        .filter(household)
        .take(BASKETS_MAX)
        .map(|invoice| {
            let first_s = *first_s.get_or_insert(invoice.placed_s);
            let (customer, address) = customer(&invoice.number, homes, seed);
            BasketRow {
                number: invoice.number.clone(),
                after_s: invoice.placed_s.saturating_sub(first_s),
                customer,
                address,
                lines: lines(invoice, &skus),
            }
        })
        .collect()
}

/// Our SKU for each code of the shop: the most sold for the most ordered, and so on.
fn skus_by_code<'a>(invoices: &'a [Invoice], items: &'a [ItemRow]) -> BTreeMap<&'a str, &'a str> {
    let mut times = BTreeMap::<&str, u32>::new();
    for (code, _) in invoices.iter().filter(|i| i.ordinary).flat_map(|i| &i.lines) {
        *times.entry(code.as_str()).or_default() += 1;
    }
    let mut codes: Vec<_> = times.into_iter().collect();
    codes.sort_by_key(|(code, times)| (std::cmp::Reverse(*times), *code));
    let carried = &items[..items.len().min(WIDE_RANGE)];
    let pair =
        |(at, (code, _)): (usize, (&'a str, u32))| (code, carried[at % carried.len()].sku.as_str());
    codes.into_iter().enumerate().map(pair).collect()
}

fn lines(invoice: &Invoice, skus: &BTreeMap<&str, &str>) -> Vec<(String, u32)> {
    let mut lines = Vec::<(String, u32)>::new();
    for (code, ordered) in &invoice.lines {
        let sku = skus[code.as_str()];
        let units = units(*ordered);
        match lines.iter_mut().find(|(known, _)| known == sku) {
            Some((_, sum)) => *sum = (*sum + units).min(UNITS_MAX),
            None => lines.push((sku.to_owned(), units)),
        }
    }
    lines
}

/// One to six stay; beyond, a dozen counts as one.
pub fn units(ordered: i64) -> u32 {
    let ordered = u32::try_from(ordered).unwrap_or(1).max(1);
    if ordered <= UNITS_MAX { ordered } else { ordered.div_ceil(12).min(UNITS_MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dozens_become_units() {
        let many = [(1, 1), (6, 6), (7, 1), (12, 1), (13, 2), (48, 4), (74_215, 6)];
        for (ordered, shown) in many {
            assert_eq!(units(ordered), shown, "{ordered}");
        }
    }

    #[test]
    fn a_thing_ordered_twice_is_one_line() {
        let invoice = Invoice {
            number: "1".into(),
            date: "2010-12-01".into(),
            placed_s: 0,
            lines: vec![("a".into(), 2), ("b".into(), 1), ("a".into(), 3)],
            ordinary: true,
        };
        let skus = BTreeMap::from([("a", "10"), ("b", "20")]);
        assert_eq!(lines(&invoice, &skus), [("10".to_owned(), 5), ("20".to_owned(), 1)]);
    }
}
