//! Reads a source's input row by row, by its profile: unpack, decode, take apart, translate. Memory does not
//! grow with the input, and no input makes it panic.

use std::{io::Read, sync::Arc};

use super::{
    cells::Cells,
    csv::CsvRows,
    decode::{Packing, Unpacked},
    json::JsonRows,
    limits::Limits,
    ndjson::NdjsonRows,
    plan::{Binding, Fields, Plan},
    poslog::PoslogRows,
    profile::{Absent, Format},
    record::{LocationEnd, Record},
    refused::{Refusal, RefusedRow, Spot, cut},
    step::Step,
    stopped::{Stopped, Why},
    tally::Tally,
    window::Window,
    x12::X12Rows,
};

/// The rows of one input, by their format.
#[expect(clippy::large_enum_variant, reason = "there is one of it to an input")]
enum Rows<R: Read> {
    Csv(CsvRows<Unpacked<R>>),
    Ndjson(NdjsonRows<Unpacked<R>>),
    Json(JsonRows<Unpacked<R>>),
    Poslog(PoslogRows<Unpacked<R>>),
    X12(X12Rows<Unpacked<R>>),
}

impl<R: Read> Rows<R> {
    fn raw(&self) -> &str {
        match self {
            Self::Csv(rows) => rows.raw(),
            Self::Ndjson(rows) => rows.raw(),
            Self::Json(rows) => rows.raw(),
            Self::Poslog(rows) => rows.raw(),
            Self::X12(rows) => rows.raw(),
        }
    }

    /// Whether even a row that is refused has cells.
    const fn are_taken_apart(&self) -> bool {
        matches!(self, Self::Poslog(_) | Self::X12(_))
    }
}

/// An input that is being read.
pub struct Reader<R: Read> {
    rows: Rows<R>,
    plan: Arc<Plan>,
    binding: Option<Binding>,
    cells: Cells,
    limits: Limits,
    tally: Tally,
    /// Ends of locations that are still to be given, the last first; `None` before the rows are over.
    ends: Option<Vec<LocationEnd<'static>>>,
    spot: Spot,
    count: u64,
    stopped: Option<Stopped>,
}

/// Where a row comes from: enough to refuse it later, when the server finds something wrong with it.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Where it stands.
    pub spot: Spot,
    /// Its text, or the start of it when it was too long to hold.
    pub raw: &'a str,
    /// What it says, by field.
    fields: Option<Fields<'a>>,
    raw_bytes_max: usize,
}

/// A row: what it says, or why it is refused.
#[derive(Debug)]
pub struct Row<'a> {
    /// Where it comes from.
    pub origin: Origin<'a>,
    /// What it says.
    pub read: Result<Record<'a>, Refusal>,
}

impl Origin<'_> {
    /// The row, refused.
    #[must_use]
    pub fn refused(&self, refusal: Refusal) -> RefusedRow {
        let (raw, cut) = cut(self.raw, self.raw_bytes_max);
        let fields = self.fields.map(|fields| fields.said()).unwrap_or_default();
        RefusedRow { spot: self.spot, refusal, raw: raw.to_owned(), cut, fields }
    }
}

impl<'a> Row<'a> {
    /// The record, or the refused row.
    ///
    /// # Errors
    /// [`RefusedRow`].
    pub fn into_result(self) -> Result<Record<'a>, RefusedRow> {
        let Self { origin, read } = self;
        read.map_err(|refusal| origin.refused(refusal))
    }
}

impl<R: Read> Reader<R> {
    /// Opens an input; reads its first bytes when the packing is to be detected.
    ///
    /// # Errors
    /// [`Stopped`] when not even those can be read.
    pub fn open(
        source: R,
        plan: Arc<Plan>,
        packing: Packing,
        limits: Limits,
    ) -> Result<Self, Stopped> {
        let unpacked = Unpacked::new(source, packing, limits);
        let start = Spot { line: 1, ..Spot::default() };
        let unpacked = unpacked.map_err(|why| Stopped { rows: 0, spot: start, why })?;
        let profile = &plan.profile;
        let window =
            Window::new(unpacked, profile.encoding, profile.invalid_text, limits.chunk_bytes);
        let rows = match &profile.format {
            Format::Csv(csv) => Rows::Csv(CsvRows::new(window, csv, limits)),
            Format::Ndjson => Rows::Ndjson(NdjsonRows::new(window, limits)),
            Format::Json(json) => Rows::Json(JsonRows::new(window, json, limits)),
            Format::Poslog => Rows::Poslog(PoslogRows::new(window, limits)),
            Format::X12_846(x12) => Rows::X12(X12Rows::new(window, x12, limits)),
        };
        Ok(Self {
            rows,
            plan,
            binding: None,
            cells: Cells::default(),
            limits,
            tally: Tally::default(),
            ends: None,
            spot: start,
            count: 0,
            stopped: None,
        })
    }

    /// The next row; `None` at the end of the input. A row that is refused is a row: reading goes on.
    ///
    /// # Errors
    /// [`Stopped`], when the input cannot be read on; the same again at each further call.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "rows borrow from the reader")]
    pub fn next(&mut self) -> Result<Option<Row<'_>>, Stopped> {
        if let Some(stopped) = &self.stopped {
            return Err(stopped.clone());
        }
        if self.ends.is_some() {
            return Ok(self.next_end());
        }
        match self.step() {
            Err(why) => Err(self.stop(why)),
            Ok(None) => {
                self.end();
                Ok(self.next_end())
            }
            Ok(Some(step)) => {
                (self.spot, self.count) = (step.spot, self.count + 1);
                self.row(step)
            }
        }
    }

    #[inline]
    fn row(&mut self, step: Step) -> Result<Option<Row<'_>>, Stopped> {
        let Self { rows, plan, binding, cells, limits, tally, .. } = self;
        let whole = step.refusal.is_none() || rows.are_taken_apart();
        let raw = rows.raw();
        let fields = binding.as_ref().filter(|_| whole);
        let fields = fields.map(|binding| Fields::new(plan, binding, cells.view(raw)));
        let raw_bytes_max = limits.raw_bytes_max;
        let origin = Origin { spot: step.spot, raw, fields, raw_bytes_max };
        let mut read = match (step.refusal, fields) {
            (None, Some(fields)) => fields.record(),
            (refusal, _) => Err(refusal.expect("a row without a refusal has fields")),
        };
        if plan.profile.absent != Absent::Kept {
            let counted = tally.note(fields.as_ref(), &mut read, limits.locations_max);
            if let Err(why) = counted {
                let stopped = Stopped { rows: self.count, spot: step.spot, why };
                self.stopped = Some(stopped.clone());
                return Err(stopped);
            }
        }
        Ok(Some(Row { origin, read }))
    }

    /// Bytes taken from the source so far, packed as they came.
    pub fn packed_bytes(&mut self) -> u64 {
        match &mut self.rows {
            Rows::Csv(rows) => rows.window().source(),
            Rows::Ndjson(rows) => rows.window().source(),
            Rows::Json(rows) => rows.window().source(),
            Rows::Poslog(rows) => rows.window().source(),
            Rows::X12(rows) => rows.window().source(),
        }
        .packed_bytes()
    }

    /// Rows given so far, refused ones included.
    pub fn rows(&self) -> u64 {
        self.count
    }

    /// The header of a CSV as it stands there, to send a corrected row again; else empty.
    pub fn header(&self) -> &str {
        match &self.rows {
            Rows::Csv(rows) => rows.header(),
            _ => "",
        }
    }

    fn stop(&mut self, why: Why) -> Stopped {
        let stopped = Stopped { rows: self.count, spot: self.spot, why };
        self.stopped = Some(stopped.clone());
        stopped
    }

    /// The rows are over: what is left are the ends of locations.
    fn end(&mut self) {
        let zero = self.plan.profile.absent == Absent::Zero;
        let mut ends = if zero { self.tally.ends() } else { Vec::new() };
        ends.reverse();
        self.ends = Some(ends);
    }

    fn step(&mut self) -> Result<Option<Step>, Why> {
        let (plan, cells) = (&self.plan, &mut self.cells);
        if self.binding.is_none() {
            self.binding = Some(match &mut self.rows {
                Rows::Csv(rows) => rows.start(plan, cells)?,
                Rows::Ndjson(rows) => rows.start(plan)?,
                Rows::Json(rows) => rows.start(plan)?,
                Rows::Poslog(rows) => rows.start(plan)?,
                Rows::X12(rows) => rows.start(plan)?,
            });
        }
        match &mut self.rows {
            Rows::Csv(rows) => rows.next(cells),
            Rows::Ndjson(rows) => rows.next(cells),
            Rows::Json(rows) => rows.next(cells),
            Rows::Poslog(rows) => rows.next(cells),
            Rows::X12(rows) => rows.next(cells),
        }
    }

    fn next_end(&mut self) -> Option<Row<'_>> {
        let end = self.ends.as_mut()?.pop()?;
        let raw_bytes_max = self.limits.raw_bytes_max;
        let origin = Origin { spot: self.spot, raw: "", fields: None, raw_bytes_max };
        Some(Row { origin, read: Ok(Record::LocationEnd(end)) })
    }
}
