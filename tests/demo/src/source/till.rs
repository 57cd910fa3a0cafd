//! A year of till lines: how often a product was sold, and for how much.
//!
//! The price is what was paid, after the store's own discounts, as the data has it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::DemoError;
use crate::source::products::spreadsheet_id;
use crate::source::read_csv;

#[derive(Debug, Deserialize)]
struct TillLine {
    #[serde(deserialize_with = "spreadsheet_id")]
    product_id: u64,
    quantity: f64,
    sales_value: f64,
}

/// What the till knows of one product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sold {
    /// Till lines.
    pub lines: u32,
    /// Price of a unit in cents, one for each line that has a quantity.
    paid_cents: Vec<f64>,
}

impl Sold {
    /// The middle price in cents, or `None` when nothing was ever paid.
    pub fn price_minor(&self) -> Option<u64> {
        let mut paid = self.paid_cents.clone();
        paid.sort_by(f64::total_cmp);
        let middle = *paid.get(paid.len() / 2)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "cents, checked"
        )]
        (1.0..1e6).contains(&middle).then(|| middle.round() as u64)
    }
}

/// Sales by product id.
pub fn read(data: &Path) -> Result<BTreeMap<u64, Sold>, DemoError> {
    let mut sales = BTreeMap::<u64, Sold>::new();
    for line in read_csv::<TillLine>(&data.join("pos/grocery-transactions.csv.gz"))? {
        let sold = sales.entry(line.product_id).or_default();
        sold.lines += 1;
        if line.quantity > 0.0 {
            sold.paid_cents.push(line.sales_value * 100.0 / line.quantity);
        }
    }
    Ok(sales)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_price_counts() {
        let sold = |paid: &[f64]| Sold { lines: 1, paid_cents: paid.to_vec() };
        assert_eq!(sold(&[99.0, 129.0, 5_000.0]).price_minor(), Some(129));
        assert_eq!(sold(&[149.6]).price_minor(), Some(150));
        assert_eq!(sold(&[]).price_minor(), None);
        assert_eq!(sold(&[0.0]).price_minor(), None, "given away");
    }
}
