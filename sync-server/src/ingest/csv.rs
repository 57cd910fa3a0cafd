//! Rows of delimited columns. A row whose quotes do not fit is refused by itself: reading goes on at the
//! next line, so that one open quote does not swallow the file.

use std::io::Read;

use super::{
    cells::Cells,
    limits::Limits,
    lines::{Line, Lines},
    mapping::Column,
    plan::{Binding, Plan},
    profile::Csv,
    refused::{Code, Refusal, Spot},
    split::{Outcome, Splitter},
    step::Step,
    stopped::Why,
    window::Window,
};

/// Rows of a CSV.
pub struct CsvRows<R> {
    lines: Lines<R>,
    splitter: Splitter,
    csv: Csv,
    limits: Limits,
    /// Columns of each row, once known.
    columns: Columns,
    ordinal: u64,
    /// Bytes of the row given last; `None` when it was too long to hold.
    held: Option<usize>,
    header: String,
}

/// How many columns a row has.
#[derive(Debug, Clone, Copy)]
enum Columns {
    Unknown,
    Exactly(usize),
    AtLeast(usize),
}

impl<R: Read> CsvRows<R> {
    /// At the start of the text; reads nothing yet.
    pub fn new(window: Window<R>, csv: &Csv, limits: Limits) -> Self {
        Self {
            lines: Lines::new(window, limits),
            splitter: Splitter::new(csv),
            csv: csv.clone(),
            limits,
            columns: Columns::Unknown,
            ordinal: 0,
            held: None,
            header: String::new(),
        }
    }

    /// The text behind the rows.
    pub fn window(&self) -> &Window<R> {
        &self.lines.window
    }

    /// The text of the row given last.
    pub fn raw(&self) -> &str {
        self.held.map_or_else(|| self.lines.long(), |held| &self.lines.window.rest()[..held])
    }

    /// The header as it stands there.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// Reads up to the first row, and finds the columns that the plan maps.
    ///
    /// # Errors
    /// [`Why`], when the header lacks one or cannot be read.
    pub fn start(&mut self, plan: &Plan, cells: &mut Cells) -> Result<Binding, Why> {
        for _ in 0..self.csv.skip_lines {
            self.lines.next()?;
        }
        if !self.csv.header {
            let mut most = 0;
            let binding = plan.bind(|column| match column {
                Column::Place(place) => {
                    most = most.max(usize::from(*place));
                    Ok(usize::from(*place) - 1)
                }
                Column::Name(name) => Err(Why::MissingColumn(name.clone())),
            });
            self.columns = Columns::AtLeast(most);
            return binding;
        }
        let step = self.next_row(cells)?.ok_or(Why::Empty)?;
        if self.raw().contains('\0') {
            return Err(Why::WrongEncoding("there are NUL characters in the header"));
        }
        if let Some(refusal) = step.refusal {
            return Err(Why::Header(refusal.message));
        }
        self.ordinal = 0;
        self.header = self.raw().to_owned();
        self.columns = Columns::Exactly(cells.len());
        let view = cells.view(self.raw());
        let names: Vec<_> = (0..cells.len()).map(|at| view.get(at).unwrap_or("")).collect();
        plan.bind(|column| find(&names, column))
    }

    /// The next row, taken apart.
    ///
    /// # Errors
    /// [`Why`] the input cannot be read on.
    pub fn next(&mut self, cells: &mut Cells) -> Result<Option<Step>, Why> {
        let Some(mut step) = self.next_row(cells)? else { return Ok(None) };
        if step.refusal.is_none() {
            step.refusal = self.check_columns(cells);
        }
        Ok(Some(step))
    }

    fn next_row(&mut self, cells: &mut Cells) -> Result<Option<Step>, Why> {
        loop {
            cells.reset(0);
            self.held = None;
            let line = match self.lines.next()? {
                None => return Ok(None),
                Some(Line::Long(spot)) => return Ok(Some(self.too_long(spot))),
                Some(Line::Held(line)) => line,
            };
            let text = &self.lines.window.rest()[..line];
            if !self.is_row(text) {
                continue;
            }
            self.ordinal += 1;
            let spot = self.lines.spot(self.ordinal);
            self.held = Some(line);
            let refusal = if self.splitter.split_plain(text, cells) {
                None
            } else {
                self.split_quoted(line, cells)?
            };
            let held = self.held.unwrap_or(0);
            let invalid = self.lines.window.is_invalid_within(held);
            let refusal = if invalid { Some(invalid_text()) } else { refusal };
            return Ok(Some(Step { spot, refusal }));
        }
    }

    fn is_row(&self, line: &str) -> bool {
        let comment = self.csv.comment.is_some_and(|comment| line.starts_with(comment));
        // What spreadsheets write above the header to say the delimiter.
        let hint = self.ordinal == 0 && line.len() == 5 && line.starts_with("sep=");
        !comment && !hint && line.bytes().any(|byte| !byte.is_ascii_whitespace())
    }

    fn too_long(&mut self, spot: Spot) -> Step {
        self.ordinal += 1;
        let message = format!("the row has more than {} bytes", self.limits.row_bytes_max);
        let refusal = Some(Refusal::row(Code::RowTooLong, message));
        Step { spot: Spot { ordinal: self.ordinal, ..spot }, refusal }
    }

    /// A row with quotes: it may span lines.
    fn split_quoted(&mut self, line: usize, cells: &mut Cells) -> Result<Option<Refusal>, Why> {
        loop {
            let text = self.lines.window.rest();
            cells.reset(0);
            match self.splitter.split_quoted(text, self.lines.window.ended(), cells) {
                Outcome::Row { bytes, lines } if bytes <= self.limits.row_bytes_max => {
                    self.lines.give(bytes, lines + u64::from(bytes < text.len()));
                    self.held = Some(bytes);
                    return Ok(None);
                }
                Outcome::More if text.len() <= self.limits.row_bytes_max => {
                    let wanted = 2 * text.len();
                    self.lines.window.fill_to(wanted)?;
                }
                Outcome::Row { .. } | Outcome::More | Outcome::Unbalanced => {
                    self.lines.give(line, u64::from(line < text.len()));
                    let message = "a quote does not close where its column ends";
                    return Ok(Some(Refusal::row(Code::UnbalancedQuote, message)));
                }
            }
        }
    }

    fn check_columns(&self, cells: &Cells) -> Option<Refusal> {
        let (found, most) = (cells.len(), self.limits.columns_max);
        if found > most {
            let message = format!("the row has more than {most} columns");
            return Some(Refusal::row(Code::TooManyColumns, message));
        }
        let wrong = |needed: usize| {
            let message = format!("the row has {found} columns, {needed} are needed");
            Some(Refusal::row(Code::WrongColumns, message))
        };
        match self.columns {
            Columns::Exactly(needed) if found < needed => wrong(needed),
            Columns::AtLeast(needed) if found < needed => wrong(needed),
            Columns::Exactly(needed) => {
                let view = cells.view(self.raw());
                let surplus = (needed..found).any(|at| view.get(at).is_some());
                if surplus { wrong(needed) } else { None }
            }
            Columns::AtLeast(_) | Columns::Unknown => None,
        }
    }
}

/// The bytes of a row are not text.
pub fn invalid_text() -> Refusal {
    Refusal::row(Code::InvalidText, "bytes that are no text in the profile's encoding")
}

fn find(names: &[&str], column: &Column) -> Result<usize, Why> {
    let wanted = match column {
        Column::Place(place) => {
            let at = usize::from(*place) - 1;
            return names.get(at).map(|_| at).ok_or_else(|| Why::MissingColumn(place.to_string()));
        }
        Column::Name(name) => name.trim(),
    };
    let mut places = (0..names.len()).filter(|at| names[*at].eq_ignore_ascii_case(wanted));
    match (places.next(), places.next()) {
        (Some(at), None) => Ok(at),
        (Some(_), Some(_)) => Err(Why::DuplicateColumn(wanted.to_owned())),
        (None, _) => Err(Why::MissingColumn(wanted.to_owned())),
    }
}
