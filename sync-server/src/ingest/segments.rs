//! Segments of an X12 interchange. The first segment, ISA, has fixed places and says by itself which
//! characters separate elements and end segments. Envelopes are checked: what breaks off is not taken.

use std::io::Read;

use super::{limits::Limits, refused::Spot, stopped::Why, window::Window};

/// Bytes of ISA up to and including its terminator.
const ISA_BYTES: usize = 106;

/// Segments of a text.
pub struct Segments<R> {
    window: Window<R>,
    limits: Limits,
    element: char,
    terminator: u8,
    started: bool,
    given: usize,
}

impl<R: Read> Segments<R> {
    /// At the start of the text.
    pub fn new(window: Window<R>, limits: Limits) -> Self {
        Self { window, limits, element: '*', terminator: b'~', started: false, given: 0 }
    }

    /// The text.
    pub fn window(&self) -> &Window<R> {
        &self.window
    }

    /// The segment given last, without its terminator.
    pub fn text(&self) -> &str {
        &self.window.rest()[..self.given]
    }

    /// The elements of the segment given last; the first is its name.
    pub fn elements(&self) -> impl Iterator<Item = &str> {
        self.text().split(self.element)
    }

    /// An element by its number; empty when it is not there.
    pub fn element(&self, number: usize) -> &str {
        self.elements().nth(number).unwrap_or("").trim_ascii()
    }

    /// Where the segment given last stands.
    pub fn spot(&self) -> Spot {
        Spot { line: self.window.line(), ordinal: 0, offset: self.window.offset() }
    }

    /// Whether it holds what is no text.
    pub fn is_invalid(&self) -> bool {
        self.window.is_invalid_within(self.given)
    }

    /// Goes to the next segment; false at the end of the input.
    ///
    /// # Errors
    /// [`Why`] the text cannot be read on.
    pub fn next(&mut self) -> Result<bool, Why> {
        if self.started {
            let ended = usize::from(self.given < self.window.rest().len());
            self.window.pass(self.given + ended);
        }
        self.given = 0;
        if !self.skip_blanks()? {
            return if self.started { Ok(false) } else { Err(Why::Empty) };
        }
        if !std::mem::replace(&mut self.started, true) {
            self.read_separators()?;
        }
        let mut seen = 0;
        loop {
            let rest = self.window.rest().as_bytes();
            if let Some(at) = memchr::memchr(self.terminator, &rest[seen..]) {
                if seen + at > self.limits.row_bytes_max {
                    return Err(Why::PieceTooLarge { max: self.limits.row_bytes_max });
                }
                self.given = seen + at;
                return Ok(true);
            }
            seen = rest.len();
            if seen > self.limits.row_bytes_max {
                return Err(Why::PieceTooLarge { max: self.limits.row_bytes_max });
            }
            if !self.window.fill_to(2 * seen)? {
                return Err(Why::Truncated);
            }
        }
    }

    fn skip_blanks(&mut self) -> Result<bool, Why> {
        loop {
            let rest = self.window.rest();
            let blanks = rest.len() - rest.trim_ascii_start().len();
            self.window.pass(blanks);
            if !self.window.rest().is_empty() {
                return Ok(true);
            }
            if !self.window.fill()? {
                return Ok(false);
            }
        }
    }

    fn read_separators(&mut self) -> Result<(), Why> {
        while self.window.rest().len() < ISA_BYTES {
            if !self.window.fill()? {
                let start = self.window.rest();
                let cut = start.starts_with("ISA") || "ISA".starts_with(start);
                return Err(if cut { Why::Truncated } else { no_interchange() });
            }
        }
        let head = &self.window.rest().as_bytes()[..ISA_BYTES];
        let (element, terminator) = (head[3], head[ISA_BYTES - 1]);
        let plain = |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b' ';
        let elements = head.iter().filter(|byte| **byte == element).count();
        if &head[..3] != b"ISA" || !plain(element) || !plain(terminator) || elements != 16 {
            return Err(no_interchange());
        }
        (self.element, self.terminator) = (char::from(element), terminator);
        Ok(())
    }
}

fn no_interchange() -> Why {
    Why::Document("it does not start with an ISA segment of 106 characters".to_owned())
}
