//! Whole readings, from bytes to records: what the units' own tests cannot show.

mod bad_input;
mod json;
mod poslog;
mod profiles;
mod properties;
mod snapshots;
mod till_day;
mod x12;

use std::{io::Read, sync::Arc};

use super::{
    Code, Field, Limits, Packing, Plan, Profile, Reader, Record, RefusedRow, Stopped,
    mapping::Mappings,
    profile::{Content, Csv, Format},
    record::{Bucket, Units},
};

/// Everything that a reading gives.
#[derive(Debug, Clone, PartialEq, Eq)]
struct All {
    rows: Vec<Result<Record<'static>, RefusedRow>>,
    stopped: Option<Stopped>,
}

impl All {
    fn records(&self) -> Vec<&Record<'static>> {
        self.rows.iter().filter_map(|row| row.as_ref().ok()).collect()
    }

    fn refused(&self) -> Vec<&RefusedRow> {
        self.rows.iter().filter_map(|row| row.as_ref().err()).collect()
    }

    /// Line, field and code of every refused row.
    fn reasons(&self) -> Vec<(u64, Option<Field>, Code)> {
        let reason = |row: &RefusedRow| (row.spot.line, row.refusal.field, row.refusal.code);
        self.refused().into_iter().map(reason).collect()
    }

    /// SKU, location and sellable units of every count.
    fn counts(&self) -> Vec<(&str, &str, i64)> {
        let mut counts = Vec::new();
        for record in self.records() {
            if let Record::Count(c) = record {
                let units = c.units.get(Bucket::Sellable).unwrap_or(-1);
                counts.push((&*c.sku, &*c.location, units));
            }
        }
        counts
    }
}

fn read(source: impl Read, profile: &Profile) -> All {
    read_within(source, profile, Limits::default())
}

fn read_within(source: impl Read, profile: &Profile, limits: Limits) -> All {
    let plan = Arc::new(Plan::new(profile).expect("a sound profile"));
    let mut all = All { rows: Vec::new(), stopped: None };
    let mut reader = match Reader::open(source, plan, Packing::Detect, limits) {
        Ok(reader) => reader,
        Err(stopped) => return All { stopped: Some(stopped), ..all },
    };
    loop {
        match reader.next() {
            Ok(Some(row)) => all.rows.push(row.into_result().map(Record::into_owned)),
            Ok(None) => return all,
            Err(stopped) => {
                assert_eq!(reader.next().expect_err("stays stopped"), stopped);
                return All { stopped: Some(stopped), ..all };
            }
        }
    }
}

/// Counts with the columns `sku`, `store` and `qty`.
fn counts(csv: Csv) -> Profile {
    let columns = [(Field::Sku, "sku"), (Field::Location, "store"), (Field::Quantity, "qty")];
    Profile {
        fields: Mappings::default().with_columns(&columns),
        ..Profile::new("test", Format::Csv(csv), Content::Counts)
    }
}

fn csv() -> Profile {
    counts(Csv::default())
}

fn sellable(units: i64) -> Units {
    Units::of(Bucket::Sellable, units)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    to.write_all(bytes).expect("memory");
    to.finish().expect("memory")
}
