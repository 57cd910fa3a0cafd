//! X12 846 inventory advice, written from the published structure: each QTY of an item is a row.
//!
//! A quantity belongs to the location named before it within its item, else after it, else in the heading.
//! Control numbers and counts of the envelopes must agree.

use std::{collections::VecDeque, io::Read};

use super::{
    cells::Cells,
    csv::invalid_text,
    limits::Limits,
    mapping::Column,
    plan::{Binding, Plan},
    profile::X12,
    refused::{Spot, cut},
    segments::Segments,
    step::Step,
    stopped::Why,
    window::Window,
};

/// The names of the cells of a row; `sku.` with a qualifier of LIN (`sku.SK`, `sku.VN`, `sku.UP`, `sku.EN` …)
/// names the item.
pub const CELLS: [&str; 8] =
    ["location", "bucket", "quantity", "unit", "reference", "control", "line", "at"];

/// Whether a profile may map this name.
#[must_use]
pub fn is_cell(name: &str) -> bool {
    let qualifier = name.strip_prefix("sku.");
    let fits = |q: &str| q.len() == 2 && q.bytes().all(|byte| byte.is_ascii_alphanumeric());
    CELLS.contains(&name) || qualifier.is_some_and(fits)
}

/// One quantity of an item.
#[derive(Debug, Clone, Default)]
struct Quantity {
    spot: Spot,
    raw: String,
    invalid: bool,
    bucket: String,
    quantity: String,
    unit: String,
    location: Option<String>,
}

/// An item and its quantities.
#[derive(Debug, Clone, Default)]
struct Item {
    raw: String,
    invalid: bool,
    line: String,
    codes: Vec<(String, String)>,
    at: Option<String>,
    location: Option<String>,
    quantities: VecDeque<Quantity>,
}

/// What the envelopes and the heading say.
#[derive(Debug, Clone, Default)]
struct Heading {
    control: String,
    set: String,
    segments: u64,
    reference: String,
    at: String,
    location: String,
    in_set: bool,
    closed: bool,
}

/// Quantities of an interchange, as rows.
pub struct X12Rows<R> {
    segments: Segments<R>,
    x12: X12,
    limits: Limits,
    heading: Heading,
    item: Item,
    /// An item that is whole, with the rows that are still to be given.
    whole: Item,
    row: Quantity,
    ordinal: u64,
    used: Vec<String>,
}

impl<R: Read> X12Rows<R> {
    /// At the start of the text; reads nothing yet.
    pub fn new(window: Window<R>, x12: &X12, limits: Limits) -> Self {
        Self {
            segments: Segments::new(window, limits),
            x12: x12.clone(),
            limits,
            heading: Heading { closed: true, ..Heading::default() },
            item: Item::default(),
            whole: Item::default(),
            row: Quantity::default(),
            ordinal: 0,
            used: Vec::new(),
        }
    }

    /// The text behind the rows.
    pub fn window(&self) -> &Window<R> {
        self.segments.window()
    }

    /// The segments of the row given last.
    pub fn raw(&self) -> &str {
        &self.row.raw
    }

    /// Finds the cells that the plan maps.
    ///
    /// # Errors
    /// [`Why::MissingColumn`].
    pub fn start(&mut self, plan: &Plan) -> Result<Binding, Why> {
        plan.bind(|column| {
            let Column::Name(name) = column else {
                return Err(Why::MissingColumn(column.to_string()));
            };
            let used = self.used.iter().position(|used| used == name);
            Ok(used.unwrap_or_else(|| {
                self.used.push(name.clone());
                self.used.len() - 1
            }))
        })
    }

    /// The next row, taken apart.
    ///
    /// # Errors
    /// [`Why`] the interchange cannot be read on.
    pub fn next(&mut self, cells: &mut Cells) -> Result<Option<Step>, Why> {
        while self.whole.quantities.is_empty() {
            if !self.segments.next()? {
                let whole = self.heading.closed && !self.heading.in_set;
                return if whole { Ok(None) } else { Err(Why::Truncated) };
            }
            self.take()?;
        }
        self.row = self.whole.quantities.pop_front().expect("not empty");
        self.ordinal += 1;
        cells.reset(0);
        for name in &self.used {
            cells.push_made(|made| made.push_str(self.cell(name)));
        }
        let spot = Spot { ordinal: self.ordinal, ..self.row.spot };
        let refusal = (self.row.invalid || self.whole.invalid).then(invalid_text);
        Ok(Some(Step { spot, refusal }))
    }

    fn cell(&self, name: &str) -> &str {
        let (row, item, heading) = (&self.row, &self.whole, &self.heading);
        match name {
            "location" => {
                let own = row.location.as_ref().or(item.location.as_ref());
                own.map_or(&heading.location, String::as_str)
            }
            "bucket" => &row.bucket,
            "quantity" => &row.quantity,
            "unit" => &row.unit,
            "reference" => &heading.reference,
            "control" => &heading.control,
            "line" => &item.line,
            "at" => item.at.as_ref().map_or(&heading.at, String::as_str),
            sku => {
                let wanted = sku.strip_prefix("sku.").unwrap_or("");
                let found = item.codes.iter().find(|(qualifier, _)| qualifier == wanted);
                found.map_or("", |(_, code)| code.as_str())
            }
        }
    }

    fn take(&mut self) -> Result<(), Why> {
        self.heading.segments += 1;
        let text = |number| self.segments.element(number).to_owned();
        let in_item = !self.item.raw.is_empty();
        match (self.segments.element(0), self.heading.in_set) {
            ("ISA", false) => {
                self.heading = Heading { control: text(13), ..Heading::default() };
            }
            ("GS" | "GE", false) => {}
            ("IEA", false) => {
                agree("IEA02", &text(2), &self.heading.control)?;
                self.heading.closed = true;
            }
            ("ST", false) if self.segments.element(1) == "846" && !self.heading.closed => {
                let control = std::mem::take(&mut self.heading.control);
                let (set, segments) = (text(2), 1);
                self.heading =
                    Heading { control, set, segments, in_set: true, ..Heading::default() };
            }
            ("ST", false) => return Err(broken("it holds another set than 846")),
            ("SE", true) => self.end_set()?,
            ("BIA", true) => {
                self.heading.reference = text(3);
                self.heading.at = text(4) + &text(5);
            }
            ("DTM", true) if in_item => self.item.at = Some(text(2) + &text(3)),
            ("DTM", true) => self.heading.at = text(2) + &text(3),
            ("N1", true) => self.take_party(),
            ("LIN", true) => self.start_item(),
            ("QTY", true) if in_item => self.take_quantity()?,
            ("QTY", true) => return Err(broken("a quantity stands before its item")),
            (_, true) => {}
            (_, false) => return Err(broken("a segment stands outside of its set")),
        }
        Ok(())
    }

    fn end_set(&mut self) -> Result<(), Why> {
        let (count, set) = (self.segments.element(1), self.segments.element(2));
        agree("SE01", count.trim_start_matches('0'), &self.heading.segments.to_string())?;
        agree("SE02", set, &self.heading.set)?;
        self.heading.in_set = false;
        self.whole = std::mem::take(&mut self.item);
        Ok(())
    }

    fn take_party(&mut self) {
        let party = self.segments.element(1);
        let code = self.segments.element(4).to_owned();
        if code.is_empty() || !self.x12.location_parties.iter().any(|known| known == party) {
            return;
        }
        if self.item.raw.is_empty() {
            self.heading.location = code;
            return;
        }
        for quantity in &mut self.item.quantities {
            quantity.location.get_or_insert_with(|| code.clone());
        }
        self.item.location = Some(code);
    }

    fn start_item(&mut self) {
        let pairs: Vec<_> = self.segments.elements().skip(2).map(str::trim_ascii).collect();
        let codes = pairs.chunks_exact(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
        let item = Item {
            raw: cut(self.segments.text(), self.limits.raw_bytes_max).0.to_owned(),
            invalid: self.segments.is_invalid(),
            line: self.segments.element(1).to_owned(),
            codes: codes.take(self.limits.columns_max).collect(),
            ..Item::default()
        };
        self.whole = std::mem::replace(&mut self.item, item);
    }

    fn take_quantity(&mut self) -> Result<(), Why> {
        let max = self.limits.transaction_lines_max;
        if self.item.quantities.len() >= max {
            return Err(Why::PieceTooLarge { max });
        }
        let raw = format!("{}~{}", self.item.raw, self.segments.text());
        self.item.quantities.push_back(Quantity {
            spot: self.segments.spot(),
            raw: cut(&raw, self.limits.raw_bytes_max + 1).0.to_owned(),
            invalid: self.segments.is_invalid(),
            bucket: self.segments.element(1).to_owned(),
            quantity: self.segments.element(2).to_owned(),
            // The first component of a composite unit.
            unit: self.segments.element(3).split(['>', ':']).next().unwrap_or("").to_owned(),
            location: self.item.location.clone(),
        });
        Ok(())
    }
}

fn agree(name: &str, found: &str, expected: &str) -> Result<(), Why> {
    if found == expected {
        return Ok(());
    }
    Err(broken(&format!("{name} does not agree with what came before")))
}

fn broken(what: &str) -> Why {
    Why::Document(what.to_owned())
}
