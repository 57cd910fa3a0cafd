//! The bad input of the issue, case by case: what is read, what is refused by line, field and code, and
//! where a reading stops.

use std::io::Read;

use super::super::{
    encoding::{OnInvalid, TextEncoding},
    profile::NegativeCounts,
    stopped::Why,
};
use super::*;

fn why(all: &All) -> Option<&Why> {
    all.stopped.as_ref().map(|stopped| &stopped.why)
}

#[test]
fn a_bad_row_in_the_middle_of_many_loads_the_rest() {
    let rows = 100_000;
    let mut text = String::from("sku,store,qty\n");
    for at in 0..rows {
        let quantity = if at == rows / 2 { "12x".to_owned() } else { (at % 100).to_string() };
        text.push_str(&format!("SKU-{at},S{:04},{quantity}\n", at / 1_000));
    }
    let all = read(text.as_bytes(), &csv());
    assert_eq!((all.records().len(), all.stopped.as_ref()), (rows - 1, None));
    let [row] = all.refused()[..] else { panic!("one row is refused") };
    assert_eq!(row.spot.line, 50_002);
    assert_eq!(row.spot.ordinal, 50_001);
    assert_eq!(&text[row.spot.offset as usize..][..row.raw.len()], row.raw);
    assert_eq!(row.raw, "SKU-50000,S0050,12x");
    assert_eq!((row.refusal.field, row.refusal.code), (Some(Field::Quantity), Code::InvalidNumber));
    let said = [(Field::Sku, "SKU-50000"), (Field::Location, "S0050"), (Field::Quantity, "12x")];
    assert_eq!(row.fields, said.map(|(field, text)| (field, text.to_owned())));
}

#[test]
fn line_ends_of_every_kind_are_line_ends() {
    for end in ["\n", "\r\n", "\r"] {
        let rows = ["sku,store,qty", "A,1,2", "", "\"B\",1,x", "\"C\nc\",1,4"].join(end);
        for text in [rows.clone(), rows.clone() + end] {
            let all = read(text.as_bytes(), &csv());
            assert_eq!(all.counts(), [("A", "1", 2)], "{end:?}");
            let number = (4, Some(Field::Quantity), Code::InvalidNumber);
            let control = (5, Some(Field::Sku), Code::InvalidCode);
            assert_eq!(all.reasons(), [number, control], "{end:?}");
        }
    }
}

#[test]
fn text_in_another_encoding_is_refused_by_row() {
    let text = b"sku,store,qty\nA,M\xfcnchen,1\nB,K\xc3\xb6ln,2\n";
    let all = read(&text[..], &csv());
    assert_eq!(all.counts(), [("B", "Köln", 2)]);
    assert_eq!(all.reasons(), [(2, None, Code::InvalidText)]);
    assert_eq!(all.refused()[0].raw, "A,M\u{fffd}nchen,1");

    let replaced = Profile { invalid_text: OnInvalid::Replace, ..csv() };
    assert_eq!(read(&text[..], &replaced).counts()[0], ("A", "M\u{fffd}nchen", 1));

    let latin = TextEncoding::of("windows-1252").expect("known");
    let all = read(&text[..], &Profile { encoding: latin, ..csv() });
    assert_eq!(all.counts(), [("A", "München", 1), ("B", "KÃ¶ln", 2)]);

    let utf16: Vec<u8> =
        "\u{feff}sku,store,qty\r\nA,Łódź,1\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read(&utf16[..], &csv()).counts(), [("A", "Łódź", 1)]);
    let unmarked = read(&utf16[2..], &csv());
    assert!(matches!(why(&unmarked), Some(Why::WrongEncoding(_))), "{unmarked:?}");
}

#[test]
fn an_unbalanced_quote_refuses_its_own_row() {
    let text = "sku,store,qty\n\"A,1,2\n\"B\",1,3\n\"C\" x,1,4\nD,1,5\n\"E,1,6\n";
    let all = read(text.as_bytes(), &csv());
    assert_eq!(all.counts(), [("B", "1", 3), ("D", "1", 5)]);
    let bad = |line| (line, None, Code::UnbalancedQuote);
    assert_eq!(all.reasons(), [bad(2), bad(4), bad(6)]);
    let far = format!("sku,store,qty\n\"A,1,2\n{}", "B,1,3\n".repeat(200_000));
    let all = read(far.as_bytes(), &csv());
    assert_eq!((all.counts().len(), all.reasons()), (200_000, vec![bad(2)]));
}

#[test]
fn a_truncated_stream_says_where_it_stopped() {
    let text: String = (0..50_000_u32)
        .map(|n| format!("{:08x},S{},{}\n", n.wrapping_mul(2_654_435_761), n % 7, n % 9))
        .collect();
    let whole = format!("sku,store,qty\n{text}");
    for packed in [gzip(whole.as_bytes()), zstd::encode_all(whole.as_bytes(), 1).expect("memory")] {
        assert_eq!(read(&packed[..], &csv()).counts().len(), 50_000);
        let all = read(&packed[..packed.len() / 2], &csv());
        let stopped = all.stopped.as_ref().expect("it breaks off");
        assert_eq!(stopped.why, Why::Truncated);
        let rows = all.rows.len();
        assert!((1_000..49_000).contains(&rows), "{rows}");
        assert_eq!(stopped.rows, rows as u64);
        assert_eq!(stopped.spot.line, rows as u64 + 1);
        assert!(all.refused().is_empty(), "the row that is cut is not taken for one");
    }
}

#[test]
fn a_bomb_stops_with_its_name() {
    let row = "A,1,2\n".repeat(2_000_000);
    let limits = Limits { ratio_from_bytes: 1 << 20, ..Limits::default() };
    for packed in [gzip(row.as_bytes()), zstd::encode_all(row.as_bytes(), 3).expect("memory")] {
        let all = read_within(&packed[..], &counts_without_header(), limits);
        assert_eq!(why(&all), Some(&Why::Bomb { max: limits.ratio_max }));
        assert!(all.rows.len() < 2_000_000);
        let small = Limits { inflated_bytes_max: 1 << 20, ..Limits::default() };
        let all = read_within(&packed[..], &counts_without_header(), small);
        assert_eq!(why(&all), Some(&Why::TooLarge { max: 1 << 20 }));
    }
}

fn counts_without_header() -> Profile {
    let place =
        |place| super::super::mapping::Mapping::column(super::super::mapping::Column::Place(place));
    Profile {
        fields: Mappings::default()
            .with(Field::Sku, place(1))
            .with(Field::Location, place(2))
            .with(Field::Quantity, place(3)),
        ..counts(Csv { header: false, ..Csv::default() })
    }
}

#[test]
fn quantities_are_refused_by_what_is_wrong_with_them() {
    let text = "sku,store,qty\nA,1,-1\nB,1,1000000001\nC,1,99999999999999999999999\nD,1,1.5\n\
                E,1,1e5\nF,1,\nG,1,NaN\nH,1,2.000\nI,1,1000000000\nJ,1,0\n";
    let all = read(text.as_bytes(), &csv());
    assert_eq!(all.counts(), [("H", "1", 2), ("I", "1", 1_000_000_000), ("J", "1", 0)]);
    let codes: Vec<_> = all.reasons().into_iter().map(|(_, _, code)| code).collect();
    use Code::{Fraction, InvalidNumber, MissingField, Negative, TooLarge};
    assert_eq!(
        codes,
        [Negative, TooLarge, TooLarge, Fraction, InvalidNumber, MissingField, InvalidNumber]
    );
    assert!(all.reasons().iter().all(|reason| reason.1 == Some(Field::Quantity)));
    let zero = Profile { negative_counts: NegativeCounts::Zero, ..csv() };
    assert_eq!(read(text.as_bytes(), &zero).counts()[0], ("A", "1", 0));
}

#[test]
fn absurd_dates_are_refused() {
    let mut profile = csv();
    profile.fields = profile.fields.with_columns(&[(Field::At, "at")]);
    let text = "sku,store,qty,at\nA,1,1,2026-11-23T10:00:00Z\nB,1,1,9999-12-31\nC,1,1,0001-01-01\n\
                D,1,1,2026-02-30\nE,1,1,yesterday\nF,1,1,\n";
    let all = read(text.as_bytes(), &profile);
    assert_eq!(all.counts().len(), 2, "without a time, the batch's holds");
    let at = Some(Field::At);
    let expected = [
        (3, at, Code::AbsurdDate),
        (4, at, Code::AbsurdDate),
        (5, at, Code::InvalidDate),
        (6, at, Code::InvalidDate),
    ];
    assert_eq!(all.reasons(), expected);
}

#[test]
fn nothing_is_told_from_no_rows() {
    let empty = read(&b""[..], &csv());
    assert_eq!(why(&empty), Some(&Why::Empty));
    assert_eq!(why(&read(&b"\n\n  \n"[..], &csv())), Some(&Why::Empty));
    for text in ["sku,store,qty", "\u{feff}sku,store,qty\r\n", "sep=;\nsku,store,qty\n"] {
        let all = read(text.as_bytes(), &csv());
        assert_eq!((all.rows.len(), all.stopped), (0, None));
    }
    let all = read(&b""[..], &counts_without_header());
    assert_eq!((all.rows.len(), all.stopped), (0, None));
}

#[test]
fn a_header_must_have_each_mapped_column_once() {
    let missing = read(&b"sku,qty\nA,1\n"[..], &csv());
    assert_eq!(why(&missing), Some(&Why::MissingColumn("store".to_owned())));
    let twice = read(&b"sku,store,qty,QTY\nA,1,2,3\n"[..], &csv());
    assert_eq!(why(&twice), Some(&Why::DuplicateColumn("qty".to_owned())));
    let unused = read(&b" SKU ,note,note,Store,qty\nA,x,y,1,2\n"[..], &csv());
    assert_eq!(unused.counts(), [("A", "1", 2)]);
    let other = read(&b"sku;store;qty\nA;1;2\n"[..], &csv());
    assert_eq!(why(&other), Some(&Why::MissingColumn("sku".to_owned())));
}

#[test]
fn rows_have_as_many_columns_as_the_header() {
    let text = "sku,store,qty\nA,1\nB,1,2,3\nC,1,4,,\nD,1,5\n";
    let all = read(text.as_bytes(), &csv());
    assert_eq!(all.counts(), [("C", "1", 4), ("D", "1", 5)]);
    let wrong = |line| (line, None, Code::WrongColumns);
    assert_eq!(all.reasons(), [wrong(2), wrong(3)]);
    let wide = format!("sku,store,qty\nA,1,2{}\n", ",".repeat(2_000));
    assert_eq!(read(wide.as_bytes(), &csv()).reasons(), [(2, None, Code::TooManyColumns)]);
}

#[test]
fn a_nul_byte_is_refused_where_it_matters() {
    let text = "sku,store,qty,note\nA\0,1,2,x\nB,1,3,\0\nC,1,\x004,x\n";
    let all = read(text.as_bytes(), &csv());
    assert_eq!(all.counts(), [("B", "1", 3)]);
    let sku = (2, Some(Field::Sku), Code::InvalidCode);
    assert_eq!(all.reasons(), [sku, (4, Some(Field::Quantity), Code::InvalidNumber)]);
}

#[test]
fn a_line_of_ten_megabytes_is_passed_by() {
    let long = "x".repeat(10 << 20);
    let text = format!("sku,store,qty\nA,1,2\n{long},1,3\n\"{long}\",1,4\nB,1,5\n{long}");
    let all = read(text.as_bytes(), &csv());
    assert_eq!(all.counts(), [("A", "1", 2), ("B", "1", 5)]);
    let bad = |line| (line, None, Code::RowTooLong);
    assert_eq!(all.reasons(), [bad(3), bad(4), bad(6)]);
    let row = all.refused()[0];
    assert_eq!((row.raw.len(), row.cut), (Limits::default().raw_bytes_max, true));
    assert_eq!(row.spot.offset, 20);

    let json = format!(
        "{{\"sku\":\"A\",\"x\":\"{long}\"}}\n{{\"sku\":\"B\",\"store\":\"1\",\"qty\":5}}\n"
    );
    let all = read(json.as_bytes(), &Profile { format: Format::Ndjson, ..csv() });
    assert_eq!((all.counts(), all.reasons()), (vec![("B", "1", 5)], vec![bad(1)]));
}

#[test]
fn a_source_that_fails_stops_the_reading() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the connection broke"))
        }
    }
    let all = read((&b"sku,store,qty\nA,1,2\nB,1,"[..]).chain(Fails), &csv());
    assert_eq!(all.counts(), [("A", "1", 2)]);
    assert_eq!(why(&all), Some(&Why::Io("the connection broke".to_owned())));
}
