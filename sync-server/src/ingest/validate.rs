//! What is wrong with a profile, each with the field to correct. A profile without problems reads any file
//! of its source or says which row or column is at fault.

use std::collections::BTreeMap;

use super::{
    code::CodeRule,
    date::{DateFormat, Zone},
    field::Field,
    limits::{CODE_CHARS_MAX, PATH_KEYS_MAX},
    mapping::{Column, Mapping},
    number::Fractions,
    profile::{Absent, Content, Csv, Format, OtherLocations, Profile, VERSION},
    record::Kind,
};

/// The most units of one unit code.
const FACTOR_MAX: u32 = 1_000_000;
/// Entries of one of a profile's maps.
const MAP_ENTRIES_MAX: usize = 100_000;

/// One thing to correct.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Path in the profile, such as `fields.sku` or `format.csv.quote`.
    pub at: String,
    /// Stable word.
    pub code: &'static str,
    /// What is wrong, for a person.
    pub message: String,
}

/// Collects problems.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Problem { at: at.into(), code, message: message.into() });
    }

    fn unless(&mut self, fine: bool, at: &str, code: &'static str, message: &str) {
        if !fine {
            self.add(at, code, message);
        }
    }
}

impl Profile {
    /// Everything that is wrong with it; empty when it can be used.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Problems::default();
        found.unless(
            self.version == VERSION,
            "version",
            "unknown_version",
            "only version 1 is known",
        );
        let named = !self.name.trim().is_empty() && self.name.chars().count() <= 200;
        found.unless(named, "name", "invalid_name", "a name has 1 to 200 characters");
        self.check_format(&mut found);
        self.check_mappings(&mut found);
        self.check_needs(&mut found);
        self.check_words(&mut found);
        self.check_rules(&mut found);
        self.check_values(&mut found);
        found.0
    }

    fn check_format(&self, found: &mut Problems) {
        match &self.format {
            Format::Csv(csv) => check_csv(csv, self, found),
            Format::Json(json) => {
                let path = json.records.as_deref();
                let fine = path.is_none_or(is_path);
                let message = "keys with dots between them, at most 8";
                found.unless(fine, "format.json.records", "invalid_path", message);
            }
            Format::X12_846(x12) => {
                let fine = !x12.location_parties.is_empty()
                    || self.fields.get(Field::Location).is_some_and(|m| m.constant.is_some());
                let at = "format.x12_846.location_parties";
                found.unless(fine, at, "missing", "no party names the location");
                let counts = self.content == Content::Counts;
                found.unless(
                    counts,
                    "content",
                    "wrong_content",
                    "an inventory advice holds counts",
                );
            }
            Format::Poslog => {
                let till = self.content == Content::Till;
                found.unless(
                    till,
                    "content",
                    "wrong_content",
                    "a POSLog holds the events of tills",
                );
            }
            Format::Ndjson => {}
        }
    }

    fn check_mappings(&self, found: &mut Problems) {
        let mut taken: BTreeMap<&Column, Field> = BTreeMap::new();
        for (field, mapping) in &self.fields.0 {
            let at = format!("fields.{}", field.as_str());
            self.check_mapping(mapping, &at, found);
            let Some(column) = &mapping.column else { continue };
            if let Some(other) = taken.insert(column, *field) {
                let message =
                    format!("the column {column} is mapped to {} already", other.as_str());
                found.add(at, "duplicate_mapping", message);
            }
        }
    }

    fn check_mapping(&self, mapping: &Mapping, at: &str, found: &mut Problems) {
        let sources = usize::from(mapping.column.is_some())
            + usize::from(!mapping.columns.is_empty())
            + usize::from(mapping.constant.is_some());
        let message = "exactly one of column, columns and constant is needed";
        found.unless(sources == 1, at, "invalid_mapping", message);
        let both = mapping.constant.is_some() && mapping.default.is_some();
        found.unless(!both, at, "invalid_mapping", "a constant needs no default");
        for column in mapping.column.iter().chain(&mapping.columns) {
            self.check_column(column, at, found);
        }
    }

    fn check_column(&self, column: &Column, at: &str, found: &mut Problems) {
        match (column, &self.format) {
            (Column::Place(0), Format::Csv(_)) => {
                found.add(at, "invalid_column", "places count from 1");
            }
            (Column::Place(_), Format::Csv(_)) => {}
            (Column::Place(_), _) => {
                found.add(at, "invalid_column", "only columns of CSV have places");
            }
            (Column::Name(_), Format::Csv(csv)) if !csv.header => {
                found.add(at, "invalid_column", "without a header, columns have no names");
            }
            (Column::Name(name), Format::Csv(_)) => {
                found.unless(!name.trim().is_empty(), at, "invalid_column", "the name is empty");
            }
            (Column::Name(name), Format::Ndjson | Format::Json(_)) => {
                let message = "keys with dots between them, at most 8";
                found.unless(is_path(name), at, "invalid_column", message);
            }
            (Column::Name(name), Format::Poslog) => {
                let fine = super::poslog::CELLS.contains(&name.as_str());
                let message = format!("one of {}", super::poslog::CELLS.join(", "));
                found.unless(fine, at, "invalid_column", &message);
            }
            (Column::Name(name), Format::X12_846(_)) => {
                let fine = super::x12::is_cell(name);
                let message =
                    format!("one of {}, or sku. with a qualifier", super::x12::CELLS.join(", "));
                found.unless(fine, at, "invalid_column", &message);
            }
        }
    }

    /// Fields without which no row of this content can be read.
    fn check_needs(&self, found: &mut Problems) {
        use Field::{
            Bucket, Damaged, Display, EventId, Kind, Line, Location, QualityHold, Quantity,
            Reference, Sellable, Sku,
        };
        let needed: &[Field] = match self.content {
            Content::Counts => &[Sku, Location],
            Content::Changes | Content::Till => &[Sku, Location, Quantity, EventId],
            Content::Supply => &[Sku, Location, Quantity, Reference, Line, Kind],
            Content::Mixed => &[Kind, Sku, Location],
        };
        for field in needed {
            self.need(*field, found);
        }
        let has = |field| self.fields.get(field).is_some();
        let own = [Sellable, Display, Damaged, QualityHold].into_iter().any(has);
        if self.content == Content::Counts && !own {
            self.need(Quantity, found);
        }
        if !has(Quantity) && has(Bucket) {
            found.add("fields.bucket", "useless", "a bucket needs a quantity");
        }
        if !self.units.is_empty() && !has(Field::Unit) {
            found.add("units", "useless", "no column says the unit");
        }
    }

    fn need(&self, field: Field, found: &mut Problems) {
        if self.fields.get(field).is_none() {
            let message = format!("{} is needed and comes from nowhere", field.as_str());
            found.add(format!("fields.{}", field.as_str()), "missing_field", message);
        }
    }

    fn check_words(&self, found: &mut Problems) {
        for (word, kind) in &self.kinds {
            let message = format!("a profile of {:?} has no rows of this kind", self.content);
            let at = format!("kinds.{word}");
            found.unless(self.content.holds(*kind), &at, "wrong_content", &message);
        }
        let marks = self.absent == Absent::Marked;
        let counts = matches!(self.content, Content::Counts | Content::Mixed);
        let message = "only counts can be absent";
        found.unless(counts || self.absent == Absent::Kept, "absent", "wrong_content", message);
        let kind = self.fields.get(Field::Kind).is_some();
        let message = "no field says which row is the end of a location";
        found.unless(kind || !marks, "absent", "useless", message);
        for (unit, factor) in &self.units {
            let fine = (1..=FACTOR_MAX).contains(factor);
            let message = "a unit holds 1 to 1,000,000 units";
            found.unless(fine, &format!("units.{unit}"), "invalid_factor", message);
        }
        self.check_codes(found);
    }

    fn check_codes(&self, found: &mut Problems) {
        for (theirs, ours) in &self.locations {
            let fine = super::code::check(ours, Field::Location).is_ok();
            let message = format!("1 to {CODE_CHARS_MAX} characters");
            found.unless(fine, &format!("locations.{theirs}"), "invalid_code", &message);
        }
        let sizes = [
            ("locations", self.locations.len()),
            ("units", self.units.len()),
            ("buckets", self.buckets.len()),
            ("kinds", self.kinds.len()),
        ];
        for (at, size) in sizes {
            found.unless(size <= MAP_ENTRIES_MAX, at, "too_many", "at most 100,000 entries");
        }
        let closed = self.other_locations != OtherLocations::Keep;
        let message = "every location would be left out";
        found.unless(!closed || !self.locations.is_empty(), "other_locations", "useless", message);
    }

    fn check_rules(&self, found: &mut Problems) {
        for (list, rules) in
            [("sku_rules", &self.sku_rules), ("location_rules", &self.location_rules)]
        {
            found.unless(rules.len() <= 10, list, "too_many", "at most 10 rules");
            for (at, rule) in rules.iter().enumerate() {
                let fine = CodeRule::is_sensible(rule);
                let message = "the rule needs a text or a length of 1 to 100";
                found.unless(fine, &format!("{list}.{at}"), "invalid_rule", message);
            }
        }
    }

    fn check_values(&self, found: &mut Problems) {
        let formats = &self.dates.formats;
        found.unless(!formats.is_empty(), "dates.formats", "missing", "at least one format");
        for (at, format) in formats.iter().enumerate() {
            let fine = DateFormat::of(format).is_some();
            let message = "iso, epoch_s, epoch_ms, or a pattern with year, %m and %d";
            found.unless(fine, &format!("dates.formats.{at}"), "invalid_format", message);
        }
        let message = "UTC, an offset such as +01:00, or an IANA name";
        let fine = Zone::of(&self.dates.zone).is_some();
        found.unless(fine, "dates.zone", "unknown_zone", message);
        let (decimal, grouping) = (self.numbers.decimal, self.numbers.grouping);
        let fine = is_separator(decimal) && grouping.is_none_or(is_separator);
        found.unless(fine, "numbers", "invalid_separator", "no digit, sign or letter");
        let message = "decimals and groups need different separators";
        found.unless(grouping != Some(decimal), "numbers.grouping", "same_separator", message);
        let one = self.fractions == Fractions::One && self.content != Content::Till;
        found.unless(!one, "fractions", "wrong_content", "only a till weighs pieces");
        let void = self.kinds.values().any(|kind| *kind == Kind::Void);
        if void && self.fields.get(Field::Voids).is_none() {
            found.add("fields.voids", "missing_field", "a void names the event that it takes back");
        }
    }
}

fn check_csv(csv: &Csv, profile: &Profile, found: &mut Problems) {
    let at = "format.csv.delimiter";
    let fine = csv.delimiter.is_ascii() && !is_word(csv.delimiter);
    found.unless(fine, at, "invalid_delimiter", "an ASCII character that is no letter or digit");
    if let Some(quote) = csv.quote {
        let fine = quote.is_ascii() && !is_word(quote);
        let message = "an ASCII character that is no letter or digit";
        found.unless(fine, "format.csv.quote", "invalid_quote", message);
        let message = "delimiter and quote are the same";
        found.unless(quote != csv.delimiter, "format.csv.quote", "same_separator", message);
    }
    if let Some(comment) = csv.comment {
        let fine = comment.is_ascii() && comment != csv.delimiter && Some(comment) != csv.quote;
        let message = "an ASCII character that is neither delimiter nor quote";
        found.unless(fine && !is_end(comment), "format.csv.comment", "invalid_comment", message);
    }
    let bare = csv.quote.is_none() && profile.numbers.decimal == csv.delimiter;
    let message = "numbers with this separator cannot stand in columns without quotes";
    found.unless(!bare, "numbers.decimal", "same_separator", message);
}

fn is_end(letter: char) -> bool {
    matches!(letter, '\r' | '\n' | '\0')
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_end(letter)
}

fn is_separator(letter: char) -> bool {
    !letter.is_alphanumeric() && !matches!(letter, '+' | '-' | '\r' | '\n' | '\0')
}

fn is_path(path: &str) -> bool {
    let keys = path.split('.');
    keys.clone().count() <= PATH_KEYS_MAX && keys.clone().all(|key| !key.is_empty())
}
