//! What holds for any input: no panic and an end, the same whatever pieces it comes in, and what is written
//! is read. Well-formed CSV is taken apart as the `csv` crate does.

use std::io::Read;

use proptest::prelude::*;

use super::super::{
    date,
    profile::{Absent, Json, X12},
    record::{Change, Count, Supply, SupplyKind, Till, TillAct},
    write,
};
use super::*;

/// Gives a few bytes at a time.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes.next().copied().unwrap_or(1);
        let count = size.min(to.len()).min(self.bytes.len());
        to[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes = &self.bytes[count..];
        Ok(count)
    }
}

/// One profile of every format, and of what changes how text is taken apart.
fn profiles() -> Vec<Profile> {
    let mixed = |format| Profile::canonical(format, Content::Mixed);
    let utf16 = super::super::encoding::TextEncoding::of("utf-16le").expect("known");
    let bare = Csv { quote: None, delimiter: '|', comment: Some('#'), ..Csv::default() };
    vec![
        mixed(Format::Csv(Csv::default())),
        mixed(Format::Csv(Csv { skip_lines: 1, ..bare })),
        mixed(Format::Ndjson),
        mixed(Format::Json(Json::default())),
        mixed(Format::Json(Json { records: Some("a.b".to_owned()) })),
        Profile { encoding: utf16, ..mixed(Format::Ndjson) },
        Profile { absent: Absent::Zero, ..csv() },
        Profile::poslog("UTC"),
        Profile { format: Format::X12_846(X12::default()), ..Profile::x12_846("SK") },
    ]
}

/// Small bounds, so that short inputs meet them.
fn tight() -> Limits {
    Limits {
        chunk_bytes: 64,
        row_bytes_max: 200,
        columns_max: 30,
        inflated_bytes_max: 4_000,
        ratio_max: 3,
        ratio_from_bytes: 1_000,
        depth_max: 6,
        raw_bytes_max: 20,
        transaction_lines_max: 3,
        locations_max: 2,
    }
}

/// Text of the pieces that formats are made of, in any order.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "\"",
        "\"\"",
        ",",
        "|",
        "\n",
        "\r\n",
        "\r",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\\",
        "\\u00e9",
        "{\"sku\":\"A\",\"location\":\"1\",\"kind\":\"count\",\"sellable\":3}",
        "sku,location,kind,sellable",
        "sku,store,qty",
        "A,1,count,3",
        "\"a\":{\"b\":[",
        "null",
        "1e9",
        "-",
        "0",
        "\0",
        "\u{fffd}",
        "é",
        "<POSLog>",
        "<Transaction>",
        "<RetailTransaction>",
        "<LineItem VoidFlag=\"true\">",
        "<Sale>",
        "<ItemID>",
        "</ItemID>",
        "</Sale>",
        "</LineItem>",
        "</RetailTransaction>",
        "</Transaction>",
        "<Quantity>-1</Quantity>",
        "</POSLog>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&lt;",
        "&x;",
        "<?xml",
        "ISA*00*          *00*          *ZZ*ACME3PL        *ZZ*STOCKHAND      *261123*0630*U*00401*000000042*0*P*>~",
        "ST*846*1~",
        "LIN*1*SK*7~",
        "QTY*33*1~",
        "SE*4*1~",
        "IEA*1*000000042~",
        "#",
        "x",
    ]);
    prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..400);
    let broken = (soup(), prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6));
    let broken = broken.prop_map(|(mut bytes, changes)| {
        for (at, byte) in changes.iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        bytes
    });
    (prop_oneof![noise, soup(), broken], prop::bool::weighted(0.2))
        .prop_map(|(bytes, packed)| if packed { gzip(&bytes) } else { bytes })
}

proptest! {
    #[test]
    fn any_bytes_end_without_a_panic_and_in_any_pieces(
        bytes in any_bytes(),
        sizes in prop::collection::vec(1_usize..40, 1..8),
    ) {
        for profile in profiles() {
            for limits in [tight(), Limits::default()] {
                let whole = read_within(&bytes[..], &profile, limits);
                for row in whole.refused() {
                    prop_assert!(row.raw.len() <= limits.raw_bytes_max);
                    prop_assert!(row.spot.line >= 1 && row.spot.ordinal >= 1);
                }
                let pieces = Pieces { bytes: &bytes, sizes: sizes.iter().cycle() };
                let cut = read_within(pieces, &profile, limits);
                if whole.stopped.as_ref().is_none_or(|stopped| !about_size(stopped)) {
                    prop_assert_eq!(&cut, &whole);
                }
            }
        }
    }

    #[test]
    fn what_is_written_is_read(records in prop::collection::vec(record(), 0..20)) {
        let mixed = |format| Profile::canonical(format, Content::Mixed);
        let expected: Vec<_> = records.iter().collect();
        let lines: String = records.iter().map(write::csv_line).collect();
        let all = read((write::csv_header() + &lines).as_bytes(), &mixed(Format::Csv(Csv::default())));
        prop_assert_eq!((all.records(), &all.stopped), (expected.clone(), &None));
        let objects: Vec<_> = records.iter().map(write::json).collect();
        let all = read(objects.join("\n").as_bytes(), &mixed(Format::Ndjson));
        prop_assert_eq!((all.records(), &all.stopped), (expected.clone(), &None));
        let array = format!("[{}]", objects.join(","));
        let all = read(array.as_bytes(), &mixed(Format::Json(Json::default())));
        prop_assert_eq!((all.records(), &all.stopped), (expected, &None));
    }

    #[test]
    fn sound_csv_is_taken_apart_as_the_csv_crate_does(
        rows in prop::collection::vec(prop::collection::vec("[ab\",\n\r é]{0,6}", 3..=3), 1..20),
        quotes in prop::sample::select(vec![csv_quotes(true), csv_quotes(false)]),
    ) {
        let mut writer = csv_crate::WriterBuilder::new().quote_style(quotes).from_writer(Vec::new());
        writer.write_record(["sku", "location", "event_id"]).expect("memory");
        for row in &rows {
            writer.write_record(row).expect("memory");
        }
        let bytes = writer.into_inner().expect("memory");
        let mut theirs = csv_crate::Reader::from_reader(&bytes[..]);
        let theirs: Vec<Vec<String>> = theirs
            .records()
            .map(|row| row.expect("sound").iter().map(|cell| cell.trim_ascii().to_owned()).collect())
            .collect();
        prop_assert_eq!(split(&bytes), theirs);
    }
}

use ::csv as csv_crate;

fn csv_quotes(always: bool) -> csv_crate::QuoteStyle {
    if always { csv_crate::QuoteStyle::Always } else { csv_crate::QuoteStyle::Necessary }
}

/// Rows of three cells, taken apart by our reader.
fn split(bytes: &[u8]) -> Vec<Vec<String>> {
    use super::super::{cells::Cells, csv::CsvRows, encoding::*, window::Window};
    let window = Window::new(bytes, TextEncoding::default(), OnInvalid::Refuse, 64);
    let mut rows = CsvRows::new(window, &Csv::default(), Limits::default());
    let profile = Profile::canonical(Format::Csv(Csv::default()), Content::Counts);
    let plan = Plan::new(&profile).expect("sound");
    let mut cells = Cells::default();
    rows.start(&plan, &mut cells).expect("a header");
    let mut all = Vec::new();
    while let Some(step) = rows.next(&mut cells).expect("a slice") {
        assert_eq!(step.refusal, None);
        let view = cells.view(rows.raw());
        all.push((0..3).map(|at| view.get(at).unwrap_or("").to_owned()).collect());
    }
    all
}

/// Bounds on a whole stream are met at another row when it comes in other pieces.
fn about_size(stopped: &Stopped) -> bool {
    matches!(stopped.why.as_str(), "bomb" | "too_large")
}

fn code() -> impl Strategy<Value = String> {
    "[A-Za-z0-9é\"',;|.=+-][A-Za-z0-9é\"',;|\\\\ .-]{0,12}[A-Za-z0-9\"',]"
}

fn units() -> impl Strategy<Value = i64> {
    1_i64..=super::super::limits::UNITS_MAX
}

fn time() -> impl Strategy<Value = Option<i64>> {
    let (from, to) = (946_684_800_000_i64, 4_102_444_800_000_i64);
    prop::option::of(from..to)
}

fn sequence() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(0..=i64::MAX as u64)
}

fn record() -> impl Strategy<Value = Record<'static>> {
    prop_oneof![count(), change(), till(), supply()]
}

fn count() -> impl Strategy<Value = Record<'static>> {
    let stated = prop::array::uniform4(prop::option::of(0..=super::super::limits::UNITS_MAX));
    let stated = stated.prop_filter("a bucket", |all| all.iter().any(Option::is_some));
    (code(), code(), stated, time(), sequence(), prop::option::of(code())).prop_map(
        |(sku, location, stated, counted_at_ms, sequence, event_id)| {
            let mut units = Units::default();
            for (bucket, counted) in Bucket::ALL.into_iter().zip(stated) {
                counted.into_iter().for_each(|counted| units.set(bucket, counted));
            }
            let (sku, location, event_id) = (sku.into(), location.into(), event_id.map(Into::into));
            Record::Count(Count { sku, location, units, counted_at_ms, sequence, event_id })
        },
    )
}

fn change() -> impl Strategy<Value = Record<'static>> {
    let bucket = prop::sample::select(Bucket::ALL.to_vec());
    let with = (prop::option::of(code()), prop::option::of(code()));
    (code(), code(), bucket, units(), any::<bool>(), time(), sequence(), code(), with).prop_map(
        |(sku, location, bucket, units, less, changed_at_ms, sequence, event_id, with)| {
            let units = if less { -units } else { units };
            let (reference, line) = (with.0.map(Into::into), with.1.map(Into::into));
            let (sku, location, event_id) = (sku.into(), location.into(), event_id.into());
            Record::Change(Change {
                sku,
                location,
                bucket,
                units,
                changed_at_ms,
                sequence,
                event_id,
                reference,
                line,
            })
        },
    )
}

fn till() -> impl Strategy<Value = Record<'static>> {
    let act = prop_oneof![
        Just(TillAct::Sale),
        Just(TillAct::Return),
        code().prop_map(|voids| TillAct::Void { voids: voids.into() }),
    ];
    let more = (prop::option::of(code()), prop::option::of(code()));
    (act, code(), code(), code(), units(), time(), more).prop_map(
        |(act, event_id, sku, location, units, at_ms, (order, receipt))| {
            let (event_id, sku, location) = (event_id.into(), sku.into(), location.into());
            let (order, receipt) = (order.map(Into::into), receipt.map(Into::into));
            Record::Till(Till { act, event_id, sku, location, units, at_ms, order, receipt })
        },
    )
}

fn supply() -> impl Strategy<Value = Record<'static>> {
    let kind = prop::sample::select(vec![
        SupplyKind::PurchaseOrder,
        SupplyKind::Asn,
        SupplyKind::Transfer,
    ]);
    let names = (code(), code(), code(), code(), prop::option::of(code()));
    let when = (time(), time(), sequence(), any::<bool>());
    (kind, names, units(), when).prop_map(
        |(kind, (reference, line, sku, location, from), units, when)| {
            let (expected_at_ms, stated_at_ms, sequence, cancelled) = when;
            Record::Supply(Supply {
                kind,
                reference: reference.into(),
                line: line.into(),
                sku: sku.into(),
                location: location.into(),
                from: from.map(Into::into),
                units,
                expected_at_ms,
                stated_at_ms,
                sequence,
                cancelled,
            })
        },
    )
}

#[test]
fn times_that_are_written_are_read() {
    for ms in [946_684_800_000, 1_795_411_267_120, 4_102_444_799_999] {
        let zone = date::Zone::of("UTC").expect("known");
        assert_eq!(date::DateFormat::Iso.parse(&date::to_iso(ms), &zone), Ok(ms));
    }
}
