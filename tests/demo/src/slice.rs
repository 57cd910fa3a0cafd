//! Cuts small slices of the open data for tests, in the data's own form, dirt included, so that
//! [`crate::prepare`] and the parsers run on them as on the whole.
//!
//! The stores' lists of services are cut out: they are their owner's trade names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;

use csv::StringRecord;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::WIDE_LOCATIONS;
use crate::error::DemoError;
use crate::source::read_gz;

const STORES: &str = "stores/stores.json";
const PRODUCTS: &str = "catalogue/grocery-products.csv.gz";
const TILL: &str = "pos/grocery-transactions.csv.gz";
const POSLOG: &str = "pos/poslog-2.1-till.xml.gz";
const ORDERS: &str = "orders/online-retail.csv.gz";
const BUSIEST_DAY: &str = "orders/busiest-day.csv.gz";
const POSTCODES: &str = "postcodes/us.csv.gz";

const TILL_LINES: usize = 3_000;
const PRODUCT_EVERY: usize = 150;
const POSTCODE_EVERY: usize = 40;
const INVOICES_FIRST: usize = 150;
const CANCELLATIONS: usize = 20;

/// Writes every slice below `out`.
pub fn slice(data: &Path, out: &Path) -> Result<(), DemoError> {
    let stores = stores(data)?;
    let text = serde_json::to_string_pretty(&stores).expect("it was JSON before");
    save(&out.join(STORES), text.as_bytes())?;
    let till = Table::read(&data.join(TILL))?.keep(|at, _| at < TILL_LINES);
    let sold: BTreeSet<String> = till.rows.iter().map(|row| row[3].to_owned()).collect();
    let product =
        |at: usize, row: &StringRecord| at.is_multiple_of(PRODUCT_EVERY) || sold.contains(&row[0]);
    Table::read(&data.join(PRODUCTS))?.keep(product).write(&out.join(PRODUCTS))?;
    till.write(&out.join(TILL))?;
    let codes = postcodes_of(&stores);
    let postcode = |at: usize, row: &StringRecord| {
        at.is_multiple_of(POSTCODE_EVERY) || codes.contains(&row[1])
    };
    Table::read(&data.join(POSTCODES))?.keep(postcode).write(&out.join(POSTCODES))?;
    busiest_day(Table::read(&data.join(ORDERS))?).write(&out.join(BUSIEST_DAY))?;
    orders(Table::read(&data.join(ORDERS))?).write(&out.join(ORDERS))?;
    let poslog = data.join(POSLOG);
    save(&out.join(POSLOG), &fs::read(&poslog).map_err(DemoError::read(&poslog))?)
}

/// One store for each form of opening hours, every damaged postcode, every kind, the wide locations.
fn stores(data: &Path) -> Result<Vec<Value>, DemoError> {
    let path = data.join(STORES);
    let text = fs::read(&path).map_err(DemoError::read(&path))?;
    let all: Vec<Value> =
        serde_json::from_slice(&text).map_err(DemoError::json(path.display().to_string()))?;
    let mut forms = BTreeSet::new();
    let mut kept = Vec::new();
    for mut store in all {
        let wide = WIDE_LOCATIONS.contains(&format!("S{:04}", store["id"]).as_str());
        let form = format!("{} {}", store["type"], store["hours"]);
        let dirty = store["zip"].as_str().is_some_and(|zip| zip.len() != 5);
        let misplaced = store["id"] == 1536 || store["id"] == 8043;
        if forms.insert(form) || dirty || wide || misplaced {
            store.as_object_mut().expect("a store is an object").remove("services");
            kept.push(store);
        }
    }
    Ok(kept)
}

fn postcodes_of(stores: &[Value]) -> BTreeSet<String> {
    let zips = stores.iter().filter_map(|store| store["zip"].as_str());
    zips.map(|zip| format!("{:0>5}", zip.split('-').next().unwrap_or(zip))).collect()
}

/// The first invoices, the largest, cancellations, adjustments and lines that cost nothing.
fn orders(table: Table) -> Table {
    let mut wanted = BTreeSet::<String>::new();
    let mut cancelled = 0;
    let mut largest = (0, String::new());
    let mut run = (0, String::new());
    for row in &table.rows {
        if run.1 != row[0] {
            run = (0, row[0].to_owned());
            let is_cancellation = row[0].starts_with('C') && cancelled < CANCELLATIONS;
            cancelled += usize::from(is_cancellation);
            if wanted.len() < INVOICES_FIRST || is_cancellation || row[0].starts_with('A') {
                wanted.insert(run.1.clone());
            }
        }
        run.0 += 1;
        if run.0 > largest.0 {
            largest = run.clone();
        }
    }
    wanted.insert(largest.1);
    table.keep(|_, row| wanted.contains(&row[0]))
}

/// The day of the most invoices, cancellations and adjustments, whole.
fn busiest_day(table: Table) -> Table {
    let mut days = BTreeMap::<String, BTreeSet<String>>::new();
    for row in &table.rows {
        days.entry(row[4][..10].to_owned()).or_default().insert(row[0].to_owned());
    }
    let busiest = days.into_iter().max_by_key(|(_, invoices)| invoices.len());
    let (busiest, _) = busiest.expect("there are invoices");
    table.keep(|_, row| row[4].starts_with(&busiest))
}

/// A CSV file in memory, as text.
struct Table {
    header: StringRecord,
    rows: Vec<StringRecord>,
}

impl Table {
    fn read(path: &Path) -> Result<Self, DemoError> {
        let text = read_gz(path)?;
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let header = reader.headers().map_err(DemoError::csv(path))?.clone();
        let rows = reader.into_records().collect::<Result<_, _>>().map_err(DemoError::csv(path))?;
        Ok(Self { header, rows })
    }

    fn keep(mut self, wanted: impl Fn(usize, &StringRecord) -> bool) -> Self {
        let mut at = 0;
        self.rows.retain(|row| {
            at += 1;
            wanted(at - 1, row)
        });
        self
    }

    fn write(&self, path: &Path) -> Result<(), DemoError> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in std::iter::once(&self.header).chain(&self.rows) {
            writer.write_record(row).map_err(DemoError::csv(path))?;
        }
        let text = writer.into_inner().expect("memory takes every write");
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&text).map_err(DemoError::write(path))?;
        save(path, &packed.finish().map_err(DemoError::write(path))?)
    }
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(DemoError::write(folder))?;
    }
    fs::write(path, bytes).map_err(DemoError::write(path))
}
