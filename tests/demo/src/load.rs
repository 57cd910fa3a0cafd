//! Sends the demo network to a server through its public import, in batches, saying how far it is.
//!
//! Rows that are already there are unchanged rows, so loading twice is safe, but stock is counted as it
//! was at first: a running demo is not loaded again.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::api::{Api, Imported};
use crate::error::DemoError;
use crate::holidays::{self, Dated};
use crate::prepare::{ASSOCIATES, ITEMS, LOCATIONS, POSTCODES, SEED};
use crate::rows::{AssociateRow, ItemRow, LocationRow, PostcodeRow};
use crate::{clock, files, stock, supply};

/// Rows in one request: about 1 MB before compression, and a progress line every second or so.
const BATCH_ROWS: usize = 5_000;
/// Staff in one request: each PIN costs the server a tenth of a second and more, on purpose.
const STAFF_BATCH_ROWS: usize = 9;
const SHOWN_REFUSALS_MAX: usize = 10;
const BAR_WIDTH: usize = 24;

/// Loads everything below `assets` and hands every progress line to `say`.
///
/// # Errors
/// A file cannot be read, the server cannot be reached, or it refused rows; what was accepted stays.
pub fn load(api: &Api, assets: &Path, say: &mut dyn FnMut(&str)) -> Result<(), DemoError> {
    let locations: Vec<LocationRow> = files::read(&assets.join(LOCATIONS))?;
    let items: Vec<ItemRow> = files::read(&assets.join(ITEMS))?;
    let places: Vec<PostcodeRow> = files::read(&assets.join(POSTCODES))?;
    let staff: Vec<AssociateRow> = files::read(&assets.join(ASSOCIATES))?;
    let days = holidays::around(clock::now_ms());
    let dated: Vec<_> = locations.iter().map(|row| Dated { row, holidays: &days }).collect();
    let mut refused = send(api, "locations", &dated, BATCH_ROWS, say)?;
    refused += send(api, "items", &items, BATCH_ROWS, say)?;
    refused += send(api, "postcodes", &places, BATCH_ROWS, say)?;
    let levels: Vec<_> =
        locations.iter().flat_map(|location| stock::of_location(location, &items, SEED)).collect();
    refused += send(api, "stock", &levels, BATCH_ROWS, say)?;
    let ordered = supply::send(api, &items, SEED, clock::now_ms())?;
    say(&format!("{:<11} {ordered} lines of purchase orders are on their way", "supply"));
    refused += send(api, "associates", &staff, STAFF_BATCH_ROWS, say)?;
    if refused > 0 { Err(DemoError::Refused(refused)) } else { Ok(()) }
}

/// Sends `rows` and returns how many were refused.
fn send<T: Serialize>(
    api: &Api,
    kind: &str,
    rows: &[T],
    batch_rows: usize,
    say: &mut dyn FnMut(&str),
) -> Result<usize, DemoError> {
    let mut sum = Imported::default();
    let mut refused = 0;
    for batch in rows.chunks(batch_rows) {
        let answer = api.import(kind, &files::to_lines(batch))?;
        let before = sum.accepted + sum.unchanged + refused;
        sum.accepted += answer.accepted;
        sum.unchanged += answer.unchanged;
        // The list of refusals may be cut short; what was neither accepted nor unchanged was refused.
        refused += batch.len().saturating_sub(answer.accepted + answer.unchanged);
        for row in answer.refused.iter().take(SHOWN_REFUSALS_MAX) {
            say(&format!("{kind} row {}: {}: {}", before + row.line, row.code, row.message));
        }
        say(&progress(kind, sum.accepted + sum.unchanged + refused, rows.len()));
    }
    if sum.unchanged > 0 {
        say(&format!("{kind:<11} {} were already there", sum.unchanged));
    }
    Ok(refused)
}

/// `items       [############............]  6000 of 12000`.
fn progress(kind: &str, done: usize, all: usize) -> String {
    let filled = (done.min(all) * BAR_WIDTH).checked_div(all).unwrap_or(BAR_WIDTH);
    let mut line = format!("{kind:<11} [");
    for at in 0..BAR_WIDTH {
        line.push(if at < filled { '#' } else { '.' });
    }
    write!(line, "] {done:>6} of {all}").expect("memory takes every write");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_fills_the_bar() {
        assert_eq!(
            progress("items", 6_000, 12_000),
            "items       [############............]   6000 of 12000"
        );
        assert!(progress("items", 12_000, 12_000).contains("[########################]"));
        assert!(progress("items", 0, 0).ends_with("0 of 0"));
    }
}
