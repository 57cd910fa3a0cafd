//! X12 846: an advice of our own making, and envelopes that do not fit.

use super::super::stopped::Why;
use super::*;

/// Two items at two warehouses; the heading names the first.
const ADVICE: [&str; 17] = [
    "ISA*00*          *00*          *ZZ*ACME3PL        *ZZ*STOCKHAND      *261123*0630*U*00401*000000042*0*P*>",
    "GS*IB*ACME3PL*STOCKHAND*20261123*0630*42*X*004010",
    "ST*846*0001",
    "BIA*00*DD*ADV-77*20261123*063015",
    "N1*WH*North*92*DC1",
    "LIN*1*SK*100023*UP*400638133393",
    "QTY*33*120*EA",
    "QTY*QH*4*EA",
    "QTY*63*500*EA",
    "LIN*2*UP*400638133394*SK*100024",
    "DTM*405*20261122",
    "N1*WH*South*92*DC2",
    "QTY*33*1.5*CA",
    "QTY*ZZ*7*EA",
    "SE*13*0001",
    "GE*1*42",
    "IEA*1*000000042",
];

fn text(segments: &[&str], end: &str) -> String {
    segments.iter().map(|segment| format!("{segment}{end}")).collect()
}

fn advice(text: &str) -> All {
    read(text.as_bytes(), &Profile::x12_846("SK"))
}

#[test]
fn each_quantity_is_a_row_at_its_location() {
    for end in ["~", "~\r\n", "~\n"] {
        let all = advice(&text(&ADVICE, end));
        assert_eq!((all.rows.len(), &all.stopped), (5, &None));
        let [Record::Count(free), Record::Count(held), Record::Ignored] = all.records()[..] else {
            panic!("{all:?}");
        };
        assert_eq!((&*free.sku, &*free.location, free.units), ("100023", "DC1", sellable(120)));
        assert_eq!(free.counted_at_ms, Some(1_795_415_415_000), "06:30:15 UTC");
        assert_eq!(held.units, Units::of(Bucket::QualityHold, 4));
        let codes: Vec<_> = all.reasons().into_iter().map(|(_, f, code)| (f, code)).collect();
        let fraction = (Some(Field::Quantity), Code::Fraction);
        assert_eq!(codes, [fraction, (Some(Field::Bucket), Code::UnknownBucket)]);
        let row = all.refused()[0];
        assert_eq!(row.raw, "LIN*2*UP*400638133394*SK*100024~QTY*33*1.5*CA");
        assert!(row.fields.contains(&(Field::Location, "DC2".to_owned())));
        assert!(row.fields.contains(&(Field::At, "20261122".to_owned())));
    }
}

#[test]
fn separators_are_what_the_first_segment_says() {
    let other = text(&ADVICE, "~").replace('*', "|").replace('~', "\n");
    let (other, usual) = (advice(&other), advice(&text(&ADVICE, "~")));
    assert_eq!(other.records(), usual.records());
    let reason = |all: &All| -> Vec<_> {
        all.reasons().into_iter().map(|(_, field, code)| (field, code)).collect()
    };
    assert_eq!(reason(&other), reason(&usual));
}

#[test]
fn an_item_without_the_qualifier_is_refused() {
    let all = read(text(&ADVICE, "~").as_bytes(), &Profile::x12_846("VN"));
    assert!(
        all.reasons()
            .iter()
            .any(|(_, f, code)| (*f, *code) == (Some(Field::Sku), Code::MissingField))
    );
}

#[test]
fn envelopes_must_agree() {
    let stopped = |segments: &[&str]| advice(&text(segments, "~")).stopped.map(|s| s.why);
    for keep in 1..ADVICE.len() {
        assert_eq!(stopped(&ADVICE[..keep]), Some(Why::Truncated), "{keep}");
    }
    let whole = text(&ADVICE, "~");
    for keep in [1, 50, 105, 200, whole.len() - 1] {
        let all = advice(&whole[..keep]);
        assert_eq!(all.stopped.map(|s| s.why), Some(Why::Truncated), "{keep}");
    }
    let changed = |at: usize, segment: &'static str| {
        let mut segments = ADVICE;
        segments[at] = segment;
        stopped(&segments)
    };
    for (at, segment) in
        [(14, "SE*12*0001"), (14, "SE*13*0002"), (2, "ST*850*0001"), (3, "IEA*1*1"), (5, "GE*1*1")]
    {
        let why = changed(at, segment);
        let counted_later = at == 3 || at == 5;
        assert!(matches!(why, Some(Why::Document(_))) || counted_later, "{segment} {why:?}");
    }
    for text in ["hello", "ISB", &"x".repeat(200)] {
        assert!(matches!(advice(text).stopped.map(|s| s.why), Some(Why::Document(_))), "{text}");
    }
    assert_eq!(advice("").stopped.map(|s| s.why), Some(Why::Empty));
}
