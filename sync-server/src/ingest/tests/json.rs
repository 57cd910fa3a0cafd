//! JSON documents and NDJSON: where rows stand, what is refused, where a document is broken.

use super::super::{profile::Json, stopped::Why};
use super::*;

fn json(records: Option<&str>) -> Profile {
    Profile { format: Format::Json(Json { records: records.map(str::to_owned) }), ..csv() }
}

fn ndjson() -> Profile {
    Profile { format: Format::Ndjson, ..csv() }
}

const ROWS: &str = r#"{"sku":"A","store":"1","qty":2} , {"sku":"B\u00e9","store":1,"qty":"3"}"#;

#[test]
fn rows_are_found_where_the_profile_says() {
    let top = format!("\n [ {ROWS} ]\n ");
    let below = format!(
        r#"{{"meta":{{"rows":[1,2],"x":"]}}"}},"data":{{"n":2,"items":[{ROWS}],"m":{{}}}},"end":[[]]}}"#
    );
    let first = format!(r#"{{"meta":{{"rows":[1]}},"n":1,"rows":[{ROWS}],"more":[{{}}]}}"#);
    for (text, path) in [(top, None), (below, Some("data.items")), (first, None)] {
        let all = read(text.as_bytes(), &json(path));
        assert_eq!((all.counts(), &all.stopped), (vec![("A", "1", 2), ("Bé", "1", 3)], &None));
    }
    for empty in ["[]", r#"{"a":[]}"#, " [ ] "] {
        assert_eq!(read(empty.as_bytes(), &json(None)), All { rows: vec![], stopped: None });
    }
}

#[test]
fn an_element_that_is_no_row_is_refused_by_itself() {
    let text = "[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2},\n 7, null, \"x,]\", [1,[2]],\n\
                {\"sku\":\"B\",\"store\":\"1\",\"qty\":tru},{\"sku\":[1],\"store\":\"1\",\"qty\":1},\n\
                {\"sku\":\"C\",\"sku\":\"C\",\"store\":\"1\",\"qty\":1},{\"sku\":\"D\",\"store\":\"1\",\"qty\":4}]";
    let all = read(text.as_bytes(), &json(None));
    assert_eq!((all.counts(), &all.stopped), (vec![("A", "1", 2), ("D", "1", 4)], &None));
    let codes: Vec<_> = all.reasons().into_iter().map(|(line, _, code)| (line, code)).collect();
    use Code::{DuplicateField, Malformed, NotAValue};
    let expected = [(2, Malformed); 4].into_iter().chain([
        (3, Malformed),
        (3, NotAValue),
        (4, DuplicateField),
    ]);
    assert_eq!(codes, expected.collect::<Vec<_>>());
    let row = all.refused()[4];
    assert_eq!((row.spot.ordinal, row.raw.as_str()), (6, r#"{"sku":"B","store":"1","qty":tru}"#));
    assert!(text[row.spot.offset as usize..].starts_with(&row.raw));
}

#[test]
fn a_broken_document_stops_after_what_was_whole() {
    for (text, expected) in [
        ("[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2},{\"sku\":", Why::Truncated),
        ("[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}", Why::Truncated),
        (
            "[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}]]",
            document("there is something after its end"),
        ),
        ("[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2},]", document("an element is empty")),
        (
            "[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}}",
            document("a comma is missing between rows"),
        ),
        ("{\"rows\":[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}]", Why::Truncated),
        (
            "{\"rows\":[{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}],\"x\" 1}",
            document("a separator is missing"),
        ),
    ] {
        let all = read(text.as_bytes(), &json(None));
        assert_eq!(all.stopped.as_ref().map(|stopped| &stopped.why), Some(&expected), "{text}");
        assert_eq!(all.counts(), [("A", "1", 2)], "{text}");
    }
    for (text, expected) in [
        ("", Why::Empty),
        ("7", document("there is no array of rows")),
        ("{\"a\":1}", document("there is no array of rows")),
        ("{\"a\":{\"b\":[]}}", document("there is no array of rows")),
        ("sku,store\n", document("there is no array of rows")),
    ] {
        let all = read(text.as_bytes(), &json(None));
        assert_eq!(all.stopped.map(|stopped| stopped.why), Some(expected), "{text}");
    }
}

fn document(what: &str) -> Why {
    Why::Document(what.to_owned())
}

#[test]
fn nesting_has_an_end() {
    let deep = "[".repeat(100_000);
    let all = read(format!("[{{\"sku\":{deep}").as_bytes(), &json(None));
    assert_eq!(all.stopped.map(|stopped| stopped.why), Some(Why::Truncated));
    let closed = format!("[{{\"sku\":{deep}{}}},7]", "]".repeat(100_000));
    let all = read(closed.as_bytes(), &json(None));
    let codes: Vec<_> = all.reasons().into_iter().map(|(_, _, code)| code).collect();
    assert_eq!(codes, [Code::TooDeep, Code::Malformed]);
    let around = format!("{{\"meta\":{deep}");
    let all = read(around.as_bytes(), &json(Some("rows")));
    assert_eq!(all.stopped.map(|stopped| stopped.why), Some(Why::TooDeep { max: 64 }));
    let line = format!("{{\"sku\":\"A\",\"x\":{deep}{}}}\n", "]".repeat(100_000));
    assert_eq!(read(line.as_bytes(), &ndjson()).reasons().len(), 1, "and no overflow of the stack");
}

#[test]
fn a_long_element_is_passed_by() {
    let long = "x".repeat(3 << 20);
    let text = format!("[{{\"sku\":\"{long}\\\"]\"}},{{\"sku\":\"B\",\"store\":\"1\",\"qty\":5}}]");
    let all = read(text.as_bytes(), &json(None));
    assert_eq!((all.counts(), &all.stopped), (vec![("B", "1", 5)], &None));
    assert_eq!(all.reasons(), [(1, None, Code::RowTooLong)]);
    assert!(all.refused()[0].cut && all.refused()[0].raw.starts_with("{\"sku\":\"xxx"));
}

#[test]
fn a_bad_line_of_ndjson_is_refused_by_itself() {
    let text = b"{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}\r\n\r\n{\"sku\":\"B\"\r\n[1]\r\n{\"sku\":\"\xff\"}\r\n\
                 {\"sku\":\"C\",\"store\":\"1\",\"qty\":1e2}\r\n {\"qty\":12.00,\"store\":\"1\",\"sku\":\"D\"} x\r\n\
                 {\"sku\":\"E\",\"store\":null,\"qty\":5}\r\n{\"qty\":12.00,\"store\":\"1\",\"sku\":\"F\"}";
    let all = read(&text[..], &ndjson());
    assert_eq!(all.counts(), [("A", "1", 2), ("F", "1", 12)]);
    let expected = [
        (3, None, Code::Malformed),
        (4, None, Code::Malformed),
        (5, None, Code::InvalidText),
        (6, Some(Field::Quantity), Code::InvalidNumber),
        (7, None, Code::Malformed),
        (8, Some(Field::Location), Code::MissingField),
    ];
    assert_eq!(all.reasons(), expected);
}

#[test]
fn paths_reach_into_objects() {
    let mut profile = ndjson();
    profile.fields = Mappings::default().with_columns(&[
        (Field::Sku, "item.code"),
        (Field::Location, "item.place.id"),
        (Field::Sellable, "stock.free"),
        (Field::Damaged, "stock.broken"),
    ]);
    let text = r#"{"stock":{"free":3,"broken":1,"x":[{}]},"item":{"place":{"id":7},"code":"A"},"code":"B"}
{"stock":null,"item":{"place":{"id":7},"code":"A"}}
{"stock":3,"item":{"place":{"id":7},"code":"A"}}"#;
    let all = read(text.as_bytes(), &profile);
    let [Record::Count(count)] = all.records()[..] else { panic!("one count: {all:?}") };
    assert_eq!((&*count.sku, &*count.location), ("A", "7"));
    let units: Vec<_> = count.units.iter().collect();
    assert_eq!(units, [(Bucket::Sellable, 3), (Bucket::Damaged, 1)]);
    let missing = (2, Some(Field::Quantity), Code::MissingField);
    assert_eq!(all.reasons(), [missing, (3, None, Code::NotAValue)]);
}

#[test]
fn rows_of_a_live_stream_come_as_they_arrive() {
    use std::io::Write;
    let (mut ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair");
    ours.write_all(b"{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}\n").expect("sent");
    let plan = Arc::new(Plan::new(&ndjson()).expect("sound"));
    let mut reader = Reader::open(theirs, plan, Packing::Plain, Limits::default()).expect("open");
    for _ in 0..3 {
        // Blocks for ever if the row waited for the next one.
        let row = reader.next().expect("reads on").expect("a row");
        assert!(row.read.is_ok());
        ours.write_all(b"{\"sku\":\"A\",\"store\":\"1\",\"qty\":2}\n").expect("sent");
    }
}
