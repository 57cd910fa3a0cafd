//! POSLog documents written for a purpose: dialects, voids, and XML that wants to do harm.

use super::super::{
    record::{Till, TillAct},
    stopped::Why,
};
use super::*;

fn log(lines: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<p:POSLog xmlns:p=\"http://www.nrf-arts.org/IXRetail/namespace/\" \
         xmlns:v=\"urn:vendor\">\n<p:Transaction><p:RetailStoreID>9</p:RetailStoreID>\
         <p:WorkstationID>3</p:WorkstationID><p:SequenceNumber>86</p:SequenceNumber>\
         <p:BusinessDayDate>2017-10-01</p:BusinessDayDate>\
         <p:EndDateTime>2017-10-01T15:15:27</p:EndDateTime><p:RetailTransaction>\n{lines}\n\
         </p:RetailTransaction></p:Transaction></p:POSLog>"
    )
}

fn line(number: u32, attributes: &str, act: &str, item: &str, quantity: &str) -> String {
    format!(
        "<p:LineItem {attributes}><p:SequenceNumber>{number}</p:SequenceNumber><p:{act}>\
         <v:ItemID>wrong</v:ItemID><p:ItemID>{item}</p:ItemID><p:Quantity>{quantity}</p:Quantity>\
         <p:ItemLink><p:ItemID>wrong</p:ItemID></p:ItemLink></p:{act}></p:LineItem>\n"
    )
}

fn till(text: &str) -> All {
    read(text.as_bytes(), &Profile::poslog("America/Los_Angeles"))
}

fn acts(all: &All) -> Vec<(&str, &str, i64)> {
    let act = |record| match record {
        &Record::Till(Till { ref act, ref sku, units, .. }) => {
            let word = match act {
                TillAct::Sale => "sale",
                TillAct::Return => "return",
                TillAct::Void { voids } => voids,
            };
            Some((word, &**sku, units))
        }
        _ => None,
    };
    all.records().into_iter().filter_map(act).collect()
}

#[test]
fn lines_are_read_whatever_their_prefix() {
    let lines = [
        line(1, "", "Sale", "A&amp;B&#x21;", "2"),
        line(2, "VoidFlag=\"true\"", "Sale", "A&amp;B&#x21;", "-1"),
        line(3, "", "Return", "<![CDATA[C]]>", "1"),
        line(4, "v:weightItem=\"true\"", "Sale", "D", "0.65"),
        line(5, "", "Sale", "E", "-3"),
        line(6, "VoidFlag='true'", "Sale", "F", "1"),
        line(7, "", "SaleForPickup", "G", "1"),
        line(8, "", "Tender", "H", "1"),
    ];
    let all = till(&log(&lines.concat()));
    assert_eq!(all.stopped, None);
    let expected = [
        ("sale", "A&B!", 2),
        ("9-3-2017-10-01-86-1", "A&B!", 1),
        ("return", "C", 1),
        ("sale", "D", 1),
        ("return", "E", 3),
    ];
    assert_eq!(acts(&all), expected);
    assert_eq!(all.rows.len(), 7, "tenders are no rows; two lines move nothing");
    let Some(Ok(Record::Till(first))) = all.rows.first() else { panic!("{all:?}") };
    assert_eq!((&*first.location, &*first.event_id), ("9", "9-3-2017-10-01-86-1"));
    assert_eq!(first.at_ms, Some(1_506_896_127_000), "22:15:27 UTC");
    assert_eq!(first.receipt.as_deref(), Some("9-3-2017-10-01-86"));
}

#[test]
fn a_refused_line_keeps_its_text_and_its_place() {
    let lines = [
        line(1, "", "Sale", "A", "1.5"),
        line(2, "", "Sale", "&boom;", "1"),
        line(3, "VoidFlag=\"true\"", "Sale", "Z", "-1"),
        line(4, "", "Sale", "B", "1"),
    ];
    let text = log(&lines.concat());
    let mut profile = Profile::poslog("UTC");
    profile.fractions = super::super::number::Fractions::Refuse;
    let all = read(text.as_bytes(), &profile);
    assert_eq!(acts(&all), [("sale", "B", 1)]);
    let expected = [
        (4, Some(Field::Quantity), Code::Fraction),
        (5, None, Code::UnknownEntity),
        (6, None, Code::VoidOfNothing),
    ];
    assert_eq!(all.reasons(), expected);
    for (row, line) in all.refused().into_iter().zip(&lines) {
        assert_eq!(row.raw, line.trim_end());
        assert!(text[row.spot.offset as usize..].starts_with(&row.raw));
        assert!(row.fields.contains(&(Field::Location, "9".to_owned())));
    }
    let mut bytes = text.into_bytes();
    let at = bytes.windows(3).position(|three| three == b">B<").expect("there");
    bytes[at + 1] = 0xff;
    assert_eq!(read(&bytes[..], &profile).reasons()[3], (7, None, Code::InvalidText));
}

#[test]
fn entities_cannot_expand() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE POSLog [<!ENTITY a \"aaaaaaaaaa\">\
                <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><POSLog>&b;</POSLog>";
    let stopped = till(bomb).stopped.expect("a DTD");
    assert_eq!((stopped.why, stopped.rows), (Why::Dtd, 0));
    let outside = "<!DOCTYPE POSLog SYSTEM \"file:///etc/passwd\"><POSLog></POSLog>";
    assert_eq!(till(outside).stopped.map(|stopped| stopped.why), Some(Why::Dtd));
}

#[test]
fn a_log_that_breaks_off_gives_its_whole_transactions() {
    let one = log(&line(1, "", "Sale", "A", "1"));
    let (head, rest) = one.split_at(one.find("<p:Transaction>").expect("there"));
    let transaction = rest.strip_suffix("</p:POSLog>").expect("there");
    let two = format!("{head}{transaction}{transaction}");
    for keep in [two.len(), two.len() - 5, two.len() - 100, head.len() + transaction.len() + 30] {
        let all = till(&two[..keep]);
        assert_eq!(all.stopped.as_ref().map(|stopped| &stopped.why), Some(&Why::Truncated));
        assert_eq!(acts(&all).len(), if keep == two.len() { 2 } else { 1 });
    }
    for (text, word) in [
        ("", "empty"),
        ("<POSLog><Transaction></POSLog>", "document"),
        ("<?xml version='1.0' encoding='windows-1252'?><POSLog/>", "wrong_encoding"),
    ] {
        assert_eq!(till(text).stopped.map(|stopped| stopped.why.as_str()), Some(word), "{text}");
    }
    assert_eq!(till("<POSLog/>"), All { rows: vec![], stopped: None });
}

#[test]
fn pieces_nesting_and_lines_have_bounds() {
    let long = log(&line(1, "", "Sale", &"x".repeat(1 << 20), "1"));
    assert_eq!(till(&long).stopped.map(|s| s.why.as_str()), Some("piece_too_large"));
    let deep = log(&"<x>".repeat(100_000));
    assert_eq!(till(&deep).stopped.map(|s| s.why.as_str()), Some("too_deep"));
    let lines: String = (0..50).map(|number| line(number, "", "Sale", "A", "1")).collect();
    let limits = Limits { transaction_lines_max: 49, ..Limits::default() };
    let all = read_within(log(&lines).as_bytes(), &Profile::poslog("UTC"), limits);
    assert_eq!(all.stopped.map(|s| s.why.as_str()), Some("piece_too_large"));
}
