//! Snapshots in which absence means zero: where they end, and what a refused row takes away from that.

use super::super::{
    profile::{Absent, OtherLocations},
    record::LocationEnd,
};
use super::*;

fn ends(all: &All) -> Vec<(&str, u64, u64)> {
    let end = |record| match record {
        &Record::LocationEnd(LocationEnd { ref location, stated, refused }) => {
            Some((&**location, stated, refused))
        }
        _ => None,
    };
    all.records().into_iter().filter_map(end).collect()
}

#[test]
fn a_whole_file_ends_each_of_its_locations() {
    let profile = Profile { absent: Absent::Zero, ..csv() };
    let text = "sku,store,qty\nA,2,1\nB,1,1\nC,2,x\nD,3,x\nE,2,1\n";
    let all = read(text.as_bytes(), &profile);
    assert_eq!(ends(&all), [("1", 1, 0), ("2", 2, 1)], "3 stated nothing that could be read");
    let unplaced = read(format!("{text}F\n").as_bytes(), &profile);
    assert_eq!(ends(&unplaced), [("1", 1, 1), ("2", 2, 2)], "it may be about any location");
    let cut = gzip(text.repeat(3_000).as_bytes());
    let all = read(&cut[..cut.len() - 9], &profile);
    assert!(all.stopped.is_some() && ends(&all).is_empty(), "a part proves nothing absent");
}

#[test]
fn a_row_may_end_its_location() {
    let profile = Profile::canonical(Format::Ndjson, Content::Counts);
    let text = r#"{"sku":"A","location":"1","sellable":3,"display":1}
{"location":"2","kind":"location_end"}
{"sku":"B","location":"1","sellable":-3}
{"location":"1","kind":"location_end"}
{"sku":"C","location":"1","quantity":3,"kind":"sale"}"#;
    let all = read(text.as_bytes(), &profile);
    assert_eq!(ends(&all), [("2", 0, 0), ("1", 1, 1)]);
    let negative = (3, Some(Field::Sellable), Code::Negative);
    assert_eq!(all.reasons(), [negative, (5, Some(Field::Kind), Code::UnexpectedKind)]);
    let unmarked = Profile { absent: Absent::Kept, ..profile };
    let all = read(text.as_bytes(), &unmarked);
    assert_eq!(all.reasons()[0], (2, Some(Field::Kind), Code::UnexpectedKind));
}

#[test]
fn locations_that_are_left_out_do_not_end() {
    let profile = Profile {
        absent: Absent::Zero,
        locations: [("1".to_owned(), "S0001".to_owned())].into(),
        other_locations: OtherLocations::Ignore,
        ..csv()
    };
    let all = read(&b"sku,store,qty\nA,1,1\nB,2,1\nC,2,x\n"[..], &profile);
    assert_eq!(ends(&all), [("S0001", 1, 0)]);
    assert_eq!(all.records().iter().filter(|r| ***r == Record::Ignored).count(), 2);
}

#[test]
fn there_are_not_endless_locations() {
    let text: String = (0..100).map(|n| format!("A,{n},1\n")).collect();
    let profile = Profile { absent: Absent::Zero, ..csv() };
    let limits = Limits { locations_max: 10, ..Limits::default() };
    let all = read_within(format!("sku,store,qty\n{text}").as_bytes(), &profile, limits);
    assert_eq!(all.stopped.map(|stopped| stopped.why.as_str()), Some("too_many_locations"));
}
