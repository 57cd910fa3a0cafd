//! Profiles: what validation finds, and what their words do to rows.

use super::super::{
    code::CodeRule,
    mapping::{Column, Mapping},
    number::{Fractions, Notation},
    profile::{Dates, OtherLocations},
    record::{Kind, Supply, SupplyKind, Till, TillAct},
    replay,
};
use super::*;

/// A supplier's flat file, as it is stored.
const SUPPLIER: &str = r#"{
    "version": 1,
    "name": "Acme 3PL, nightly",
    "format": {"csv": {"delimiter": ";", "skip_lines": 1, "comment": "*"}},
    "encoding": "iso-8859-1",
    "content": "counts",
    "fields": {
        "sku": {"column": "Artikel"},
        "location": {"column": "Lager"},
        "quantity": {"column": "Menge"},
        "unit": {"column": "ME", "default": "ST"},
        "bucket": {"column": "Zustand"},
        "at": {"columns": ["Datum", "Zeit"], "join": " "}
    },
    "buckets": {"A": "sellable", "B": "damaged", "Z": null},
    "units": {"ST": 1, "KT": 12},
    "locations": {"7": "DC-NORD", "8": "DC-SUED"},
    "other_locations": "refuse",
    "sku_rules": ["strip_leading_zeros", {"add_prefix": {"text": "ACM-"}}],
    "location_rules": ["strip_leading_zeros"],
    "numbers": {"decimal": ",", "grouping": "."},
    "dates": {"formats": ["%d.%m.%Y %H:%M"], "zone": "Europe/Berlin"},
    "bad_rows": "refuse_whole",
    "unknown_skus": "draft",
    "includes": {"reserved": true}
}"#;

fn codes(profile: &Profile) -> Vec<(String, &'static str)> {
    profile.problems().into_iter().map(|problem| (problem.at, problem.code)).collect()
}

#[test]
fn a_stored_profile_reads_its_file() {
    let profile: Profile = serde_json::from_str(SUPPLIER).expect("a profile");
    assert_eq!(profile.problems(), []);
    let again = serde_json::to_string(&profile).expect("plain data");
    assert_eq!(serde_json::from_str::<Profile>(&again).expect("the same"), profile);

    let text = b"Bestand vom 23.11.\r\nArtikel;Bezeichnung;Lager;Menge;ME;Zustand;Datum;Zeit\r\n\
        0004711;\"M\xfctze; rot\";007;1.204;;A;23.11.2026;06:30\r\n\
        * Zwischensumme\r\n\
        0004712;Schal;008;2,5;KT;B;1.7.2026;6:30\r\n\
        0004713;Hut;008;2,5;ST;A;1.7.2026;6:30\r\n\
        0004714;Hut;009;1;ST;A;1.7.2026;6:30\r\n\
        0004715;Hut;008;1;PAL;A;1.7.2026;6:30\r\n\
        0004716;Hut;008;1;ST;Q;1.7.2026;6:30\r\n\
        0004717;Hut;008;1;ST;Z;1.7.2026;6:30\r\n";
    let all = read(&text[..], &profile);
    let [Record::Count(cap), Record::Count(scarf), Record::Ignored] = all.records()[..] else {
        panic!("{all:?}");
    };
    assert_eq!((&*cap.sku, &*cap.location), ("ACM-4711", "DC-NORD"));
    assert_eq!(cap.units, sellable(1_204));
    assert_eq!(cap.counted_at_ms, Some(1_795_411_800_000), "05:30 UTC: winter in Berlin");
    assert_eq!(scarf.units, Units::of(Bucket::Damaged, 30), "two and a half cases of 12");
    assert_eq!(scarf.counted_at_ms, Some(1_782_880_200_000), "04:30 UTC: summer");
    let expected = [
        (6, Some(Field::Quantity), Code::Fraction),
        (7, Some(Field::Location), Code::UnmappedLocation),
        (8, Some(Field::Unit), Code::UnknownUnit),
        (9, Some(Field::Bucket), Code::UnknownBucket),
    ];
    assert_eq!(all.reasons(), expected);
}

#[test]
fn a_corrected_row_is_read_by_the_same_profile() {
    let profile: Profile = serde_json::from_str(SUPPLIER).expect("a profile");
    let plan = Arc::new(Plan::new(&profile).expect("sound"));
    let text =
        b"x\nArtikel;Lager;Menge;ME;Zustand;Datum;Zeit\n0004713;008;2,5;ST;A;1.7.2026;6:30\n";
    let mut reader =
        Reader::open(&text[..], plan.clone(), Packing::Detect, Limits::default()).expect("open");
    let row = reader.next().expect("reads").expect("a row").into_result().expect_err("refused");

    let mut said = row.fields.clone();
    assert_eq!(replay::fields(&plan, &said).expect_err("still wrong"), row.refusal);
    let quantity = said.iter_mut().find(|(field, _)| *field == Field::Quantity);
    quantity.expect("was read").1 = "2".to_owned();
    let record = replay::fields(&plan, &said).expect("corrected");
    let Record::Count(count) = &record else { panic!("{record:?}") };
    assert_eq!((&*count.sku, count.units), ("ACM-4713", sellable(2)));
    assert!(count.counted_at_ms.is_some());

    said.push(said[0].clone());
    assert_eq!(replay::fields(&plan, &said).expect_err("twice").code, Code::DuplicateField);
}

#[test]
fn validation_names_the_field_to_correct() {
    let change = |change: fn(&mut Profile)| {
        let mut profile = csv();
        change(&mut profile);
        codes(&profile)
    };
    let one = |at: &str, code| vec![(at.to_owned(), code)];
    let map = |p: &mut Profile, field, mapping| p.fields = p.fields.clone().with(field, mapping);
    let format = |p: &mut Profile, csv| p.format = Format::Csv(csv);
    assert_eq!(change(|_| {}), []);
    assert_eq!(change(|p| p.version = 2), one("version", "unknown_version"));
    assert_eq!(change(|p| p.name.clear()), one("name", "invalid_name"));
    let twice = change(|p| {
        p.fields.0.get_mut(&Field::Location).expect("mapped").column = Some("sku".into());
    });
    assert_eq!(twice, one("fields.location", "duplicate_mapping"));
    let missing = change(|p| drop(p.fields.0.remove(&Field::Quantity)));
    assert_eq!(missing, one("fields.quantity", "missing_field"));
    let mut profile = csv();
    map(&mut profile, Field::At, Mapping::default());
    assert_eq!(codes(&profile), one("fields.at", "invalid_mapping"));
    let mut profile = csv();
    map(&mut profile, Field::At, Mapping::column(Column::Place(0)));
    assert_eq!(codes(&profile), one("fields.at", "invalid_column"));
    let mut profile = csv();
    map(&mut profile, Field::Unit, Mapping::constant("CS"));
    profile.units.insert("CS".to_owned(), 0);
    assert_eq!(codes(&profile), one("units.CS", "invalid_factor"));
    profile.units.insert("CS".to_owned(), 12);
    assert_eq!(codes(&profile), []);
    let mut profile = csv();
    format(&mut profile, Csv { delimiter: '"', ..Csv::default() });
    assert_eq!(codes(&profile), one("format.csv.quote", "same_separator"));
    format(&mut profile, Csv { delimiter: 'x', ..Csv::default() });
    assert_eq!(codes(&profile), one("format.csv.delimiter", "invalid_delimiter"));
    format(&mut profile, Csv { comment: Some('"'), ..Csv::default() });
    assert_eq!(codes(&profile), one("format.csv.comment", "invalid_comment"));
    let mut profile = counts(Csv { header: false, ..Csv::default() });
    assert_eq!(codes(&profile).len(), 3, "names need a header");
    format(&mut profile, Csv { quote: None, ..Csv::default() });
    profile.numbers = Notation { decimal: ',', grouping: Some(',') };
    let same = |at: &str| (at.to_owned(), "same_separator");
    assert_eq!(codes(&profile), [same("numbers.decimal"), same("numbers.grouping")]);
}

#[test]
fn validation_knows_what_does_not_go_together() {
    let mut profile = csv();
    profile.dates = Dates { formats: vec!["%d.%m".to_owned()], zone: "Moon".to_owned() };
    profile.fractions = Fractions::One;
    profile.other_locations = OtherLocations::Refuse;
    profile.kinds.insert("S".to_owned(), Kind::Sale);
    profile.locations.insert("1".to_owned(), String::new());
    profile.sku_rules = vec![CodeRule::PadZeros { length: 0 }];
    let at: Vec<_> = profile.problems().into_iter().map(|problem| problem.at).collect();
    let expected =
        ["kinds.S", "locations.1", "sku_rules.0", "dates.formats.0", "dates.zone", "fractions"];
    assert_eq!(at, expected);
    let till = Profile { content: Content::Till, ..csv() };
    assert_eq!(codes(&till), [("fields.event_id".to_owned(), "missing_field")]);
    let supply = Profile { content: Content::Supply, ..csv() };
    let missing: Vec<_> = codes(&supply).into_iter().map(|(at, _)| at).collect();
    assert_eq!(missing, ["fields.reference", "fields.line", "fields.kind"]);
    for format in [Format::Poslog, Format::X12_846(super::super::profile::X12::default())] {
        let wrong = Profile { format, content: Content::Supply, ..csv() };
        assert!(codes(&wrong).contains(&("content".to_owned(), "wrong_content")));
    }
}

#[test]
fn the_json_of_a_profile_is_strict() {
    let wrong = |from: &str, to: &str| {
        assert!(SUPPLIER.contains(from));
        let error = serde_json::from_str::<Profile>(&SUPPLIER.replacen(from, to, 1));
        error.expect_err("is wrong").to_string()
    };
    let twice = wrong(r#""sku": {"#, r#""sku": {"column": "x"}, "sku": {"#);
    assert!(twice.contains("the field sku is mapped twice"), "{twice}");
    assert!(wrong(r#""name""#, r#""nmae""#).contains("nmae"));
    assert!(wrong("iso-8859-1", "utf-7").contains("no encoding is called"));
    assert!(wrong("strip_leading_zeros", "shell").contains("shell"));
    assert!(wrong(r#""sku": {"column"#, r#""skuu": {"column"#).contains("skuu"));
}

#[test]
fn profiles_that_come_with_the_server_are_sound() {
    for format in [Format::Csv(Csv::default()), Format::Ndjson, json()] {
        for content in
            [Content::Counts, Content::Changes, Content::Till, Content::Supply, Content::Mixed]
        {
            assert_eq!(Profile::canonical(format.clone(), content).problems(), []);
        }
    }
    assert_eq!(Profile::poslog("America/Los_Angeles").problems(), []);
    assert_eq!(Profile::x12_846("SK").problems(), []);
}

fn json() -> Format {
    Format::Json(super::super::profile::Json::default())
}

#[test]
fn till_events_and_supply_are_told_apart_by_their_kind() {
    let profile = Profile {
        kinds: [("R".to_owned(), Kind::Return), ("PO".to_owned(), Kind::PurchaseOrder)].into(),
        negative_sale_is_return: true,
        ..Profile::canonical(Format::Csv(Csv::default()), Content::Mixed)
    };
    let text = "kind,sku,location,quantity,event_id,voids,order,reference,line,expected,cancelled,from\n\
        sale,A,1,2,e1,,O-7,,,,,\n\
        R,A,1,1,e2,,,,,,,\n\
        sale,A,1,-1,e3,,,,,,,\n\
        void,A,1,2,e4,e1,,,,,,\n\
        void,A,1,2,e5,,,,,,,\n\
        PO,A,1,24,,,,PO-1,1,2026-12-01,,\n\
        transfer,A,1,,,,,T-1,1,,yes,2\n\
        asn,A,1,5,,,,,1,,,\n\
        sale,A,1,0,e6,,,,,,,\n\
        change,A,1,-4,e7,,,,,,,\n\
        change,A,1,0,e8,,,,,,,\n\
        asn,A,1,5,,,,D-1,1,,perhaps,\n\
        refund,A,1,5,e9,,,,1,,,\n";
    let all = read(text.as_bytes(), &profile);
    let acts: Vec<_> = all
        .records()
        .into_iter()
        .filter_map(|record| match record {
            Record::Till(Till { act, event_id, units, order, .. }) => {
                Some((act.clone(), &**event_id, *units, order.as_deref()))
            }
            _ => None,
        })
        .collect();
    let voids = TillAct::Void { voids: "e1".into() };
    assert_eq!(
        acts,
        [
            (TillAct::Sale, "e1", 2, Some("O-7")),
            (TillAct::Return, "e2", 1, None),
            (TillAct::Return, "e3", 1, None),
            (voids, "e4", 2, None),
        ]
    );
    let [.., Record::Supply(order), Record::Supply(transfer), Record::Change(change)] =
        all.records()[..]
    else {
        panic!("{all:?}");
    };
    let Supply { kind, units, expected_at_ms, cancelled, .. } = order;
    assert_eq!((*kind, *units, *cancelled), (SupplyKind::PurchaseOrder, 24, false));
    assert_eq!(*expected_at_ms, Some(1_796_083_200_000));
    assert_eq!(
        (transfer.cancelled, transfer.units, transfer.from.as_deref()),
        (true, 0, Some("2"))
    );
    assert_eq!(change.units, -4);
    let expected = [
        (6, Some(Field::Voids), Code::MissingField),
        (9, Some(Field::Reference), Code::MissingField),
        (10, Some(Field::Quantity), Code::Zero),
        (12, Some(Field::Quantity), Code::Zero),
        (13, Some(Field::Cancelled), Code::InvalidFlag),
        (14, Some(Field::Kind), Code::UnknownKind),
    ];
    assert_eq!(all.reasons(), expected);
}
