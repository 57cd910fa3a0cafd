//! One day of a real till: it parses whole, and what we read agrees with what the till itself added up.

use super::super::{
    decode::Unpacked,
    encoding::{OnInvalid, TextEncoding},
    number::{Decimal, Notation},
    poslog::Transactions,
    record::{Till, TillAct},
    till::Transaction,
    window::Window,
};
use super::*;

const DAY: &[u8] = include_bytes!("../../../../tests/data/pos/poslog-2.1-till.xml.gz");

fn transactions() -> Vec<Transaction> {
    let unpacked = Unpacked::new(DAY, Packing::Gzip, Limits::default()).expect("gzip");
    let window = Window::new(unpacked, TextEncoding::default(), OnInvalid::Refuse, 4_096);
    let mut log = Transactions::new(window, Limits::default());
    let mut all = Vec::new();
    while let Some(transaction) = log.next().expect("a whole log") {
        all.push(transaction);
    }
    all
}

/// Cents, or hundredths of a unit.
fn hundredths(text: &str) -> i64 {
    let number = Decimal::parse(text, Notation::default()).expect("a number");
    number.units(100, super::super::number::Fractions::Refuse, Field::Quantity).expect("whole")
}

#[test]
fn the_day_parses_whole() {
    let all = transactions();
    assert_eq!(all.len(), 51);
    let lines: Vec<_> = all.iter().flat_map(|transaction| &transaction.lines).collect();
    assert_eq!(lines.len(), 552);
    assert_eq!(lines.iter().filter(|line| line.void).count(), 4);
    assert_eq!(lines.iter().filter(|line| line.weighed).count(), 168);
    assert!(lines.iter().all(|line| line.refusal.is_none()));
    assert!(lines.iter().all(|line| line.raw.starts_with("<LineItem ")));
    assert!(lines.iter().all(|line| line.raw.ends_with("</LineItem>")));
}

/// `ItemCount` counts a weighed line as one piece, takes voids away, and leaves a refunded bottle out.
#[test]
fn the_pieces_agree_with_the_tills_own_count() {
    let mut checked = 0;
    for transaction in transactions() {
        let count = transaction.totals.iter().find(|(kind, _)| kind == "ItemCount");
        let Some((_, count)) = count else { continue };
        let pieces: i64 = transaction.lines.iter().map(pieces).sum();
        assert_eq!(pieces.to_string(), *count, "transaction {}", transaction.sequence);
        checked += 1;
    }
    assert_eq!(checked, 42);
}

fn pieces(line: &super::super::till::TillLine) -> i64 {
    let sign = if line.quantity.starts_with('-') { -1 } else { 1 };
    match (line.is_stock(), line.weighed) {
        (false, _) => 0,
        (true, true) => sign,
        (true, false) => hundredths(&line.quantity) / 100,
    }
}

/// What was sold, before discounts, is the till's gross amount less the tax; what it gave back likewise.
#[test]
fn the_amounts_agree_with_the_tills_own_totals() {
    let mut checked = 0;
    for transaction in transactions() {
        let total = |kind: &str| {
            let found = transaction.totals.iter().find(|(known, _)| known == kind);
            found.map(|(_, amount)| hundredths(amount))
        };
        let Some(positive) = total("acs:GrossPositive") else { continue };
        let tax = total("TransactionTaxAmount").expect("beside it");
        let amounts = transaction.lines.iter().map(|line| hundredths(&line.amount));
        let sold: i64 = amounts.filter(|amount| *amount > 0).sum();
        assert_eq!(sold, positive - tax, "transaction {}", transaction.sequence);
        let grand = total("TransactionGrandAmount").expect("beside it");
        assert_eq!(positive + total("acs:GrossNegative").expect("beside it"), grand);
        checked += 1;
    }
    assert_eq!(checked, 42);
}

#[test]
fn the_records_are_the_sales_of_stock() {
    let all = read(DAY, &Profile::poslog("America/Los_Angeles"));
    assert_eq!((all.rows.len(), all.refused().len(), &all.stopped), (552, 0, &None));
    let tills: Vec<&Till<'_>> = all
        .records()
        .into_iter()
        .filter_map(|record| match record {
            Record::Till(till) => Some(till),
            _ => None,
        })
        .collect();
    assert_eq!(tills.len(), 551, "a refunded bottle is no stock");
    let sold: i64 =
        tills.iter().filter(|till| till.act == TillAct::Sale).map(|till| till.units).sum();
    let voids: Vec<_> = tills.iter().filter(|t| matches!(t.act, TillAct::Void { .. })).collect();
    assert_eq!(voids.len(), 4);
    let counted: i64 = transactions()
        .iter()
        .flat_map(|transaction| &transaction.totals)
        .filter(|(kind, _)| kind == "ItemCount")
        .map(|(_, count)| count.parse::<i64>().expect("a number"))
        .sum();
    let taken_back: i64 = voids.iter().map(|till| till.units).sum();
    assert_eq!(sold - taken_back, counted);
    for void in voids {
        let TillAct::Void { voids } = &void.act else { unreachable!("filtered") };
        let earlier = tills.iter().find(|till| till.event_id == *voids).expect("was sold");
        assert_eq!((&earlier.sku, earlier.units), (&void.sku, void.units));
    }
    let mut ids: Vec<_> = tills.iter().map(|till| &till.event_id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 551, "an event has an id of its own");
}
