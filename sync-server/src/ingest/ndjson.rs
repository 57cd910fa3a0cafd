//! One JSON object a line. A line that is no object is refused by itself. Rows are given as their lines
//! arrive, so a live stream is read as it comes.

use std::io::Read;

use super::{
    cells::Cells,
    csv::invalid_text,
    limits::Limits,
    lines::{Line, Lines},
    object::Paths,
    plan::{Binding, Plan},
    refused::{Code, Refusal, Spot},
    step::Step,
    stopped::Why,
    window::Window,
};

/// Rows of NDJSON.
pub struct NdjsonRows<R> {
    lines: Lines<R>,
    paths: Paths,
    row_bytes_max: usize,
    ordinal: u64,
    held: Option<usize>,
}

impl<R: Read> NdjsonRows<R> {
    /// At the start of the text; reads nothing yet.
    pub fn new(window: Window<R>, limits: Limits) -> Self {
        Self {
            lines: Lines::new(window, limits),
            paths: Paths::default(),
            row_bytes_max: limits.row_bytes_max,
            ordinal: 0,
            held: None,
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
    /// [`Why`] the input cannot be read on.
    pub fn next(&mut self, cells: &mut Cells) -> Result<Option<Step>, Why> {
        loop {
            self.held = None;
            cells.reset(0);
            let line = match self.lines.next()? {
                None => return Ok(None),
                Some(Line::Long(spot)) => return Ok(Some(self.too_long(spot))),
                Some(Line::Held(line)) => line,
            };
            let text = &self.lines.window.rest()[..line];
            if text.bytes().all(|byte| byte.is_ascii_whitespace()) {
                continue;
            }
            self.ordinal += 1;
            self.held = Some(line);
            let spot = self.lines.spot(self.ordinal);
            if self.lines.window.is_invalid_within(line) {
                return Ok(Some(Step { spot, refusal: Some(invalid_text()) }));
            }
            let refusal = self.paths.read(text, cells).err();
            return Ok(Some(Step { spot, refusal }));
        }
    }

    fn too_long(&mut self, spot: Spot) -> Step {
        self.ordinal += 1;
        let message = format!("the row has more than {} bytes", self.row_bytes_max);
        let refusal = Some(Refusal::row(Code::RowTooLong, message));
        Step { spot: Spot { ordinal: self.ordinal, ..spot }, refusal }
    }
}
