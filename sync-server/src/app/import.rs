//! Imports: lines of JSON, a thousand to a transaction; refused lines are named and the rest goes in.
//!
//! Sending the same rows again changes nothing, so a broken connection is answered by sending the
//! file again. One file for each kind says what a row is and what it does.

pub mod associates;
pub mod items;
pub mod locations;
pub mod postcodes;
pub mod stock;

use domain::{
    api::{ImportAnswer, RefusedRow},
    ids::LocationId,
    limits,
    sync::Op,
};
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use crate::{
    app::secrets::HashCost,
    db::{self, Database, DbError, Tx, feed},
    moment::Moment,
};

/// Rows of one transaction.
pub const BATCH_ROWS: usize = 1_000;

/// What is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(as = ImportKind, rename_all = "snake_case")]
pub enum Kind {
    /// Stores and warehouses.
    Locations,
    /// The catalogue.
    Items,
    /// What stands on shelves.
    Stock,
    /// Where postcodes lie.
    Postcodes,
    /// The people of a location.
    Associates,
}

/// A row of an import. Never read as such: the route says which kind it is.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum ImportRow {
    /// A store or a warehouse.
    Location(Box<locations::Row>),
    /// An item of the catalogue.
    Item(Box<items::Row>),
    /// What stands on a shelf.
    Stock(stock::Row),
    /// Where a postcode lies.
    Postcode(postcodes::Row),
    /// A person of a location.
    Associate(associates::Row),
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Locations, Self::Items, Self::Stock, Self::Postcodes, Self::Associates];

    /// The word in the route and in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Locations => "locations",
            Self::Items => "items",
            Self::Stock => "stock",
            Self::Postcodes => "postcodes",
            Self::Associates => "associates",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// Why one row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Stable.
    pub code: &'static str,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl Refused {
    /// A refusal.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// A row with the line that it stood on.
pub type Numbered<R> = (u64, R);

/// What became of the rows of one transaction.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Rows that changed something.
    pub accepted: u64,
    /// Rows refused, with their lines.
    pub refused: Vec<Numbered<Refused>>,
    /// Feeds that moved.
    pub pokes: Vec<(LocationId, u64)>,
}

/// One run of an import: whose it is, and what it has done so far.
#[derive(Debug)]
pub struct Run {
    /// A uuid; the ledger names it.
    pub id: String,
    /// What it has done.
    pub answer: ImportAnswer,
    /// Feeds that moved, to be poked when it ends.
    pub pokes: Vec<(LocationId, u64)>,
}

impl Run {
    /// A run that has done nothing yet.
    #[must_use]
    pub fn new(moment: &mut Moment) -> Self {
        let id = domain::ids::CommandId::new(moment.now, moment.entropy()).to_string();
        Self { id, answer: ImportAnswer::default(), pokes: Vec::new() }
    }

    /// Takes up to [`BATCH_ROWS`] lines, in one transaction.
    ///
    /// # Errors
    /// [`DbError`]: nothing of these lines was written.
    pub async fn take(
        &mut self,
        database: &Database,
        kind: Kind,
        lines: Vec<Numbered<Vec<u8>>>,
        moment: &Moment,
        cost: HashCost,
    ) -> Result<(), DbError> {
        let count = lines.len() as u64;
        let (id, mut moment) = (self.id.clone(), moment.clone());
        let (written, malformed) = match kind {
            Kind::Locations => {
                let (rows, malformed) = parse(&lines, locations::check);
                let write = move |tx: &mut Tx| locations::write(tx, &rows);
                (database.write(write).await?, malformed)
            }
            Kind::Items => {
                let (rows, malformed) = parse(&lines, items::check);
                let write = move |tx: &mut Tx| items::write(tx, &rows, moment.now);
                (database.write(write).await?, malformed)
            }
            Kind::Stock => {
                let (rows, malformed) = parse(&lines, stock::check);
                let write = move |tx: &mut Tx| stock::write(tx, &rows, &id, moment.now);
                (database.write(write).await?, malformed)
            }
            Kind::Postcodes => {
                let (rows, malformed) = parse(&lines, postcodes::check);
                let write = move |tx: &mut Tx| postcodes::write(tx, &rows);
                (database.write(write).await?, malformed)
            }
            Kind::Associates => {
                let (rows, malformed) = parse(&lines, associates::check);
                let known = rows.clone();
                let known = database.read(move |tx| associates::known(tx, &known)).await?;
                // Slow on purpose, and so not on the database's thread.
                let rows = associates::hash(&mut moment, cost, rows, &known);
                let write = move |tx: &mut Tx| associates::write(tx, &rows, moment.now);
                (database.write(write).await?, malformed)
            }
        };
        self.add(count, written, malformed);
        Ok(())
    }

    fn add(&mut self, count: u64, written: Written, malformed: Vec<Numbered<Refused>>) {
        let mut refused: Vec<_> = malformed.into_iter().chain(written.refused).collect();
        refused.sort_by_key(|row| row.0);
        let answer = &mut self.answer;
        answer.accepted += written.accepted;
        answer.unchanged += count - written.accepted - refused.len() as u64;
        answer.refused_total += refused.len() as u64;
        let left = limits::IMPORT_REFUSED_LISTED_MAX - answer.refused.len();
        answer.refused.extend(refused.into_iter().take(left).map(|(line, refused)| RefusedRow {
            line,
            code: refused.code.to_owned(),
            message: refused.message,
        }));
        self.pokes.extend(written.pokes);
    }
}

/// Reads and checks each line by itself.
fn parse<R: DeserializeOwned, C>(
    lines: &[Numbered<Vec<u8>>],
    check: impl Fn(R) -> Result<C, Refused>,
) -> (Vec<Numbered<C>>, Vec<Numbered<Refused>>) {
    let (mut rows, mut refused) = (Vec::with_capacity(lines.len()), Vec::new());
    for (number, line) in lines {
        let read = serde_json::from_slice(line)
            .map_err(|error| Refused::new("malformed_row", error.to_string()));
        match read.and_then(&check) {
            Ok(row) => rows.push((*number, row)),
            Err(why) => refused.push((*number, why)),
        }
    }
    (rows, refused)
}

/// Checks a text that people wrote: not empty unless it may be, not too long, no control characters.
fn text(field: &str, text: &str, may_be_empty: bool) -> Result<(), Refused> {
    let why = if text.trim().is_empty() && !may_be_empty {
        "must not be empty".to_owned()
    } else if text.chars().count() > limits::TEXT_MAX {
        format!("has at most {} characters", limits::TEXT_MAX)
    } else if text.chars().any(char::is_control) {
        "has no control characters".to_owned()
    } else {
        return Ok(());
    };
    Err(Refused::new("invalid_text", format!("{field} {why}")))
}

/// An ISO 3166 country.
fn country(text: &str) -> Result<(), Refused> {
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(Refused::new("invalid_country", "country is two capital letters (ISO 3166)"))
}

/// Degrees as millionths.
fn coordinates(lat: f64, lon: f64) -> Result<domain::location::Coordinates, Refused> {
    if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
        let message = "lat is -90 to 90 and lon -180 to 180 degrees";
        return Err(Refused::new("invalid_coordinates", message));
    }
    #[expect(clippy::cast_possible_truncation, reason = "within ±180,000,000, checked above")]
    let e6 = |degrees: f64| (degrees * 1e6).round() as i64;
    Ok(domain::location::Coordinates { lat_e6: e6(lat), lon_e6: e6(lon) })
}

/// Leaves the last row of each key; earlier ones are said again by it and count as unchanged.
fn last_of_each<R, K: Ord>(rows: &[Numbered<R>], key: impl Fn(&R) -> K) -> Vec<&Numbered<R>> {
    let last: std::collections::BTreeMap<K, &Numbered<R>> =
        rows.iter().map(|row| (key(&row.1), row)).collect();
    let mut rows: Vec<_> = last.into_values().collect();
    rows.sort_by_key(|row| row.0);
    rows
}

/// A feed row that an import makes.
fn up<T: serde::Serialize>(
    kind: &'static str,
    id: String,
    rev: Option<u64>,
    body: &T,
) -> feed::Entry {
    let body = serde_json::to_string(body).expect("cards are plain data");
    feed::Entry { kind, id, rev, op: Op::Up, body, cause: "import".to_owned() }
}

/// Appends to a location's feed, when there is something to append.
fn append(
    tx: &mut Tx,
    location_key: i64,
    entries: &[feed::Entry],
) -> Result<Option<(LocationId, u64)>, DbError> {
    if entries.is_empty() {
        return Ok(None);
    }
    let (location, _) = db::locations::name_of(tx, location_key)?;
    let cursor = feed::append(tx, location_key, entries)?;
    Ok(Some((location, cursor)))
}
