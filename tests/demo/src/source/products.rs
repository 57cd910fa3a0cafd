//! The real grocery catalogue: department, brand class, maker, category, type and package size.
//!
//! Ids went through a spreadsheet: one reads `9e+05`. Nothing is judged fit for sale here.

use std::path::Path;

use serde::{Deserialize, Deserializer};

use crate::error::DemoError;
use crate::source::read_csv;

/// A product as the catalogue has it, in its capitals; an empty text is unknown.
#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    #[serde(rename = "product_id", deserialize_with = "spreadsheet_id")]
    pub id: u64,
    #[serde(rename = "manufacturer_id")]
    pub maker: u32,
    pub department: String,
    pub brand: String,
    #[serde(rename = "product_category")]
    pub category: String,
    #[serde(rename = "product_type")]
    pub kind: String,
    #[serde(rename = "package_size")]
    pub size: String,
}

/// Reads them all, in the file's order.
pub fn read(data: &Path) -> Result<Vec<Product>, DemoError> {
    read_csv(&data.join("catalogue/grocery-products.csv.gz"))
}

/// A whole number that may be written as `9e+05`; larger ones never were.
pub(crate) fn spreadsheet_id<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    parse_id(&text).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is not an id")))
}

fn parse_id(text: &str) -> Option<u64> {
    match text.split_once("e+") {
        Some((digits, zeros)) => {
            digits.parse::<u64>().ok()?.checked_mul(10_u64.checked_pow(zeros.parse().ok()?)?)
        }
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_a_spreadsheet() {
        assert_eq!(parse_id("9e+05"), Some(900_000));
        assert_eq!(parse_id("969292"), Some(969_292));
        for wrong in ["", "9e+99", "9.5e+05", "-1", "x"] {
            assert_eq!(parse_id(wrong), None, "{wrong:?}");
        }
    }
}
