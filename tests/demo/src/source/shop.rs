//! A real web shop's invoices: which codes, how many, when.
//!
//! Names, prices and customers of that shop are left behind: only the shape of a basket is used.

use std::path::Path;

use serde::Deserialize;

use crate::error::DemoError;
use crate::source::read_csv;

#[derive(Debug, Deserialize)]
struct InvoiceLine {
    #[serde(rename = "InvoiceNo")]
    number: String,
    #[serde(rename = "StockCode")]
    code: String,
    #[serde(rename = "Quantity")]
    quantity: i64,
    #[serde(rename = "InvoiceDate")]
    placed: String,
    #[serde(rename = "UnitPrice")]
    price: f64,
}

/// An invoice in the file's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Invoice {
    pub number: String,
    /// The shop's own day, as `2010-12-01`.
    pub date: String,
    /// Seconds of the shop's own clock, good for differences.
    pub placed_s: u64,
    /// Code and units; negative for goods that came back.
    pub lines: Vec<(String, i64)>,
    /// No cancellation, no adjustment, nothing free or negative.
    pub ordinary: bool,
}

/// Reads them all; lines of one invoice stand together.
pub fn read(data: &Path) -> Result<Vec<Invoice>, DemoError> {
    read_file(&data.join("orders/online-retail.csv.gz"))
}

/// The same of a file in this form.
pub fn read_file(file: &Path) -> Result<Vec<Invoice>, DemoError> {
    let mut invoices = Vec::<Invoice>::new();
    for line in read_csv::<InvoiceLine>(file)? {
        if invoices.last().is_none_or(|last| last.number != line.number) {
            let placed_s = seconds(&line.placed)
                .ok_or_else(|| DemoError::data(&line.number, format!("date {:?}", line.placed)))?;
            let ordinary = line.number.bytes().all(|b| b.is_ascii_digit());
            let (number, date) = (line.number, line.placed[..10].to_owned());
            invoices.push(Invoice { number, date, placed_s, lines: vec![], ordinary });
        }
        let invoice = invoices.last_mut().expect("pushed above");
        invoice.ordinary &= line.quantity > 0 && line.price > 0.0;
        invoice.lines.push((line.code, line.quantity));
    }
    Ok(invoices)
}

/// Seconds from the year 0 to `2010-12-01 08:26:00`.
fn seconds(text: &str) -> Option<u64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    Some(((crate::clock::days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_between_invoices_is_kept() {
        let at = |text| seconds(text).expect("a date");
        assert_eq!(at("2010-12-01 08:28:30") - at("2010-12-01 08:26:00"), 150);
        assert_eq!(at("2011-03-01 00:00:00") - at("2011-02-28 00:00:00"), 86_400);
        assert_eq!(at("2012-03-01 00:00:00") - at("2012-02-28 00:00:00"), 2 * 86_400);
        assert_eq!(seconds("2010-12-01"), None);
    }
}
