//! Lines of the text, ended by LF, CRLF or CR. A line over the limit is passed by without being held.

use std::io::Read;

use super::{
    limits::Limits,
    refused::{Spot, cut},
    stopped::Why,
    window::Window,
};

/// A line, or as much of it as is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// So many bytes of the window, without the line's end.
    Held(usize),
    /// More than the limit; it has been passed, and [`Lines::long`] has its start.
    Long(Spot),
}

/// Lines of a window.
pub struct Lines<R> {
    /// The text.
    pub window: Window<R>,
    limits: Limits,
    /// Bytes and lines of what was given last.
    given: (usize, u64),
    after_cr: bool,
    long: String,
}

impl<R: Read> Lines<R> {
    /// The lines of a window, within limits.
    pub fn new(window: Window<R>, limits: Limits) -> Self {
        Self { window, limits, given: (0, 0), after_cr: false, long: String::new() }
    }

    /// The start of a line that was too long.
    pub fn long(&self) -> &str {
        &self.long
    }

    /// The position, with the ordinal of a row.
    pub fn spot(&self, ordinal: u64) -> Spot {
        Spot { line: self.window.line(), ordinal, offset: self.window.offset() }
    }

    /// Passes what was given, and finds the next line.
    ///
    /// # Errors
    /// [`Why`] the input cannot be read on; a line without its end is then not given.
    pub fn next(&mut self) -> Result<Option<Line>, Why> {
        self.pass()?;
        let mut seen = 0;
        loop {
            let rest = self.window.rest().as_bytes();
            if let Some(at) = memchr::memchr2(b'\n', b'\r', &rest[seen..]) {
                let end = seen + at;
                if end > self.limits.row_bytes_max {
                    return self.pass_long().map(Some);
                }
                self.give(end, 1);
                return Ok(Some(Line::Held(end)));
            }
            seen = rest.len();
            if seen > self.limits.row_bytes_max {
                return self.pass_long().map(Some);
            }
            if !self.window.fill_to(2 * seen)? {
                self.given = (seen, 0);
                return Ok((seen > 0).then_some(Line::Held(seen)));
            }
        }
    }

    /// Says that the row given last has `bytes` bytes up to its line's end, and spans `lines` lines.
    pub fn give(&mut self, bytes: usize, lines: u64) {
        let end = self.window.rest().as_bytes().get(bytes);
        self.after_cr = end == Some(&b'\r');
        self.given = (bytes + usize::from(end.is_some()), lines);
    }

    fn pass(&mut self) -> Result<(), Why> {
        let (bytes, lines) = std::mem::take(&mut self.given);
        self.window.advance(bytes, lines);
        if self.after_cr {
            // The LF of a CRLF may not have come yet.
            if self.window.rest().is_empty() && !self.window.fill()? {
                return Ok(());
            }
            self.window.advance(usize::from(self.window.rest().starts_with('\n')), 0);
            self.after_cr = false;
        }
        Ok(())
    }

    fn pass_long(&mut self) -> Result<Line, Why> {
        let spot = self.spot(0);
        self.long.clear();
        self.long.push_str(cut(self.window.rest(), self.limits.raw_bytes_max + 1).0);
        loop {
            let rest = self.window.rest().as_bytes();
            if let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
                self.give(end, 1);
                return Ok(Line::Long(spot));
            }
            self.window.advance(rest.len(), 0);
            if !self.window.fill()? {
                return Ok(Line::Long(spot));
            }
        }
    }
}
