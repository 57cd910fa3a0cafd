//! The shop's books as documents: what was bought, brought back, lost and found, day by day.
//!
//! Its codes become our items, rank by rank; what is no goods (postage, fees, vouchers) is left out, and
//! dozens become units as in the demo's baskets.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use demo_network::{prepare::baskets, source::shop};

/// One document of the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub number: String,
    pub kind: Kind,
    /// Items, by rank, and units: negative where something was lost. Each item once.
    pub lines: Vec<(usize, i64)>,
}

/// What a document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An invoice.
    Bought,
    /// A cancellation.
    BroughtBack,
    /// An adjustment of stock: nobody bought it.
    Adjusted,
}

/// How much of a file is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// The day of the most documents.
    Day,
    /// The month of the calendar that has the most.
    Month,
}

impl Span {
    /// The part of a date, `2011-11-17`, that its days have in common.
    fn of(self, date: &str) -> &str {
        match self {
            Self::Day => date,
            Self::Month => &date[..7],
        }
    }
}

/// The busiest days of a file, in their order, and how many items they name.
pub struct Documents {
    pub days: Vec<Vec<Document>>,
    pub items: usize,
}

impl Documents {
    /// Reads a file in the form of the web shop's.
    pub fn read(file: &Path, span: Span) -> Self {
        let mut invoices = shop::read_file(file).expect("the shop's books are readable");
        let mut counts = BTreeMap::<String, usize>::new();
        for invoice in &invoices {
            *counts.entry(span.of(&invoice.date).to_owned()).or_default() += 1;
        }
        let busiest = counts.into_iter().max_by_key(|(_, count)| *count);
        let (busiest, _) = busiest.expect("there are invoices");
        invoices.retain(|invoice| span.of(&invoice.date) == busiest);
        let ranks = ranks(&invoices);
        let (mut days, mut numbers) = (BTreeMap::<&str, Vec<Document>>::new(), BTreeSet::new());
        for invoice in &invoices {
            let lines = lines(invoice, &ranks);
            if !lines.is_empty() {
                let (mut number, kind) = (invoice.number.clone(), kind(invoice));
                // One of the file stands in two places: what comes later is a document of its own.
                while !numbers.insert(number.clone()) {
                    number.push('b');
                }
                days.entry(&invoice.date).or_default().push(Document { number, kind, lines });
            }
        }
        Self { days: days.into_values().collect(), items: ranks.len() }
    }
}

fn kind(invoice: &shop::Invoice) -> Kind {
    let takes = invoice.lines.iter().any(|(_, units)| *units < 0);
    if invoice.number.starts_with('C') {
        Kind::BroughtBack
    } else if !invoice.ordinary && (takes || invoice.lines.len() == 1) {
        Kind::Adjusted
    } else {
        Kind::Bought
    }
}

/// Goods have codes that begin with a digit. The most named is the first.
fn ranks(invoices: &[shop::Invoice]) -> BTreeMap<&str, usize> {
    let mut times = BTreeMap::<&str, u32>::new();
    for (code, _) in invoices.iter().flat_map(|invoice| &invoice.lines) {
        if code.starts_with(|first: char| first.is_ascii_digit()) {
            *times.entry(code.as_str()).or_default() += 1;
        }
    }
    let mut codes: Vec<_> = times.into_iter().collect();
    codes.sort_by_key(|(code, times)| (std::cmp::Reverse(*times), *code));
    codes.into_iter().enumerate().map(|(rank, (code, _))| (code, rank)).collect()
}

fn lines(invoice: &shop::Invoice, ranks: &BTreeMap<&str, usize>) -> Vec<(usize, i64)> {
    let mut lines = BTreeMap::<usize, i64>::new();
    for (code, units) in &invoice.lines {
        if let Some(rank) = ranks.get(code.as_str()) {
            let some = i64::from(baskets::units(units.abs())) * units.signum();
            *lines.entry(*rank).or_default() += some;
        }
    }
    lines.retain(|_, units| *units != 0);
    lines.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_day_has_all_kinds() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/orders/busiest-day.csv.gz");
        let documents = Documents::read(&file, Span::Day);
        let [day] = documents.days.as_slice() else { panic!("one day") };
        let of = |kind| day.iter().filter(|document| document.kind == kind).count();
        let kinds = [Kind::Bought, Kind::BroughtBack, Kind::Adjusted].map(of);
        assert_eq!((kinds, documents.items), ([120, 62, 32], 1_312));
        let lines = || day.iter().flat_map(|document| &document.lines);
        assert!(lines().all(|(item, units)| *item < documents.items && *units != 0));
        let is_bought = |document: &&Document| document.kind == Kind::Bought;
        let mut bought = day.iter().filter(is_bought).flat_map(|document| &document.lines);
        assert!(bought.all(|(_, units)| *units > 0), "nobody buys less than nothing");
    }
}
