//! Writes records in our own row names, so that what [`Profile::canonical`](super::profile::Profile::canonical)
//! reads can be written: corrected rows, seeds, tests.

use std::fmt::Write as _;

use super::{
    date,
    field::Field,
    record::{Bucket, Kind, Record, SupplyKind, TillAct},
};

/// A value of a canonical row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value<'a> {
    Text(&'a str),
    Number(i64),
    Time(i64),
    Yes,
}

/// The header of canonical CSV.
#[must_use]
pub fn csv_header() -> String {
    Field::ALL.map(Field::as_str).join(",") + "\n"
}

/// A record as a line of canonical CSV.
#[must_use]
pub fn csv_line(record: &Record<'_>) -> String {
    let values = values(record);
    let mut line = String::new();
    for (at, field) in Field::ALL.into_iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        match values.iter().find(|(known, _)| *known == field) {
            None => {}
            Some((_, Value::Text(text))) => {
                let _ = write!(line, "\"{}\"", text.replace('"', "\"\""));
            }
            Some((_, Value::Number(number))) => {
                let _ = write!(line, "{number}");
            }
            Some((_, Value::Time(ms))) => line.push_str(&date::to_iso(*ms)),
            Some((_, Value::Yes)) => line.push_str("true"),
        }
    }
    line + "\n"
}

/// A record as a canonical JSON object, without a line's end.
#[must_use]
pub fn json(record: &Record<'_>) -> String {
    let value = |value| match value {
        Value::Text(text) => serde_json::Value::from(text),
        Value::Number(number) => number.into(),
        Value::Time(ms) => date::to_iso(ms).into(),
        Value::Yes => true.into(),
    };
    let pairs = values(record).into_iter().map(|(field, v)| (field.as_str().to_owned(), value(v)));
    serde_json::Value::Object(pairs.collect()).to_string()
}

/// The kind of a record.
#[must_use]
pub fn kind(record: &Record<'_>) -> Kind {
    match record {
        Record::Count(_) => Kind::Count,
        Record::Change(_) => Kind::Change,
        Record::Till(till) => match till.act {
            TillAct::Sale => Kind::Sale,
            TillAct::Return => Kind::Return,
            TillAct::Void { .. } => Kind::Void,
        },
        Record::Supply(supply) => match supply.kind {
            SupplyKind::PurchaseOrder => Kind::PurchaseOrder,
            SupplyKind::Asn => Kind::Asn,
            SupplyKind::Transfer => Kind::Transfer,
        },
        Record::LocationEnd(_) => Kind::LocationEnd,
        Record::Ignored => Kind::Ignored,
    }
}

const fn column(bucket: Bucket) -> Field {
    match bucket {
        Bucket::Sellable => Field::Sellable,
        Bucket::Display => Field::Display,
        Bucket::Damaged => Field::Damaged,
        Bucket::QualityHold => Field::QualityHold,
    }
}

fn values<'a>(record: &'a Record<'a>) -> Vec<(Field, Value<'a>)> {
    use Value::{Number, Text, Time};
    let mut all = vec![(Field::Kind, Text(kind(record).as_str()))];
    let mut put = |field, value: Option<Value<'a>>| all.extend(value.map(|value| (field, value)));
    let sequence = |number: Option<u64>| number.and_then(|n| i64::try_from(n).ok()).map(Number);
    match record {
        Record::Count(count) => {
            put(Field::Sku, Some(Text(&count.sku)));
            put(Field::Location, Some(Text(&count.location)));
            count.units.iter().for_each(|(bucket, n)| put(column(bucket), Some(Number(n))));
            put(Field::At, count.counted_at_ms.map(Time));
            put(Field::Sequence, sequence(count.sequence));
            put(Field::EventId, count.event_id.as_deref().map(Text));
        }
        Record::Change(change) => {
            put(Field::Sku, Some(Text(&change.sku)));
            put(Field::Location, Some(Text(&change.location)));
            put(Field::Bucket, Some(Text(change.bucket.as_str())));
            put(Field::Quantity, Some(Number(change.units)));
            put(Field::At, change.changed_at_ms.map(Time));
            put(Field::Sequence, sequence(change.sequence));
            put(Field::EventId, Some(Text(&change.event_id)));
            put(Field::Reference, change.reference.as_deref().map(Text));
            put(Field::Line, change.line.as_deref().map(Text));
        }
        Record::Till(till) => {
            put(Field::Sku, Some(Text(&till.sku)));
            put(Field::Location, Some(Text(&till.location)));
            put(Field::Quantity, Some(Number(till.units)));
            put(Field::At, till.at_ms.map(Time));
            put(Field::EventId, Some(Text(&till.event_id)));
            put(Field::Receipt, till.receipt.as_deref().map(Text));
            put(Field::Order, till.order.as_deref().map(Text));
            if let TillAct::Void { voids } = &till.act {
                put(Field::Voids, Some(Text(voids)));
            }
        }
        Record::Supply(supply) => {
            put(Field::Sku, Some(Text(&supply.sku)));
            put(Field::Location, Some(Text(&supply.location)));
            put(Field::Quantity, Some(Number(supply.units)));
            put(Field::At, supply.stated_at_ms.map(Time));
            put(Field::Sequence, sequence(supply.sequence));
            put(Field::Reference, Some(Text(&supply.reference)));
            put(Field::Line, Some(Text(&supply.line)));
            put(Field::From, supply.from.as_deref().map(Text));
            put(Field::Expected, supply.expected_at_ms.map(Time));
            put(Field::Cancelled, supply.cancelled.then_some(Value::Yes));
        }
        Record::LocationEnd(end) => put(Field::Location, Some(Text(&end.location))),
        Record::Ignored => {}
    }
    all
}
