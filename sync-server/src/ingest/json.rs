//! One JSON document: an array of rows, at the top or below keys, read element by element. Only one element
//! is held; what stands before and after the array is passed by.

use std::io::Read;

use super::{
    cells::Cells,
    csv::invalid_text,
    document::{Document, Element},
    limits::Limits,
    object::Paths,
    plan::{Binding, Plan},
    profile::Json,
    refused::{Code, Refusal, Spot},
    step::Step,
    stopped::Why,
    window::Window,
};

/// Rows of a JSON document.
pub struct JsonRows<R> {
    document: Document<R>,
    paths: Paths,
    records: Option<String>,
    limits: Limits,
    ordinal: u64,
    started: bool,
}

impl<R: Read> JsonRows<R> {
    /// At the start of the text; reads nothing yet.
    pub fn new(window: Window<R>, json: &Json, limits: Limits) -> Self {
        Self {
            document: Document::new(window, limits),
            paths: Paths::default(),
            records: json.records.clone(),
            limits,
            ordinal: 0,
            started: false,
        }
    }

    /// The text behind the rows.
    pub fn window(&self) -> &Window<R> {
        self.document.window()
    }

    /// The text of the row given last.
    pub fn raw(&self) -> &str {
        self.document.raw()
    }

    /// Finds the paths that the plan maps.
    ///
    /// # Errors
    /// [`Why::MissingColumn`].
    pub fn start(&mut self, plan: &Plan) -> Result<Binding, Why> {
        let (paths, binding) = Paths::of(plan)?;
        self.paths = paths;
        Ok(binding)
    }

    /// The next row, taken apart.
    ///
    /// # Errors
    /// [`Why`] the document cannot be read on.
    pub fn next(&mut self, cells: &mut Cells) -> Result<Option<Step>, Why> {
        if !self.started {
            self.document.open(self.records.as_deref())?;
            self.started = true;
        }
        cells.reset(0);
        let Some(Element { line, offset, long, too_deep }) = self.document.next()? else {
            return Ok(None);
        };
        self.ordinal += 1;
        let spot = Spot { line, ordinal: self.ordinal, offset };
        let text = self.document.raw();
        let refusal = if long {
            let message = format!("the element has more than {} bytes", self.limits.row_bytes_max);
            Some(Refusal::row(Code::RowTooLong, message))
        } else if self.document.is_invalid() {
            Some(invalid_text())
        } else if too_deep {
            let message = format!("nested deeper than {}", self.limits.depth_max);
            Some(Refusal::row(Code::TooDeep, message))
        } else {
            self.paths.read(text, cells).err()
        };
        Ok(Some(Step { spot, refusal }))
    }
}
