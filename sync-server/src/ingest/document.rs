//! The shape of a JSON document around its rows: brackets, strings and keys, without a tree. It finds where
//! an element ends; whether the element is sound is checked by who reads it.

use std::io::Read;

use super::{limits::Limits, refused::cut, stopped::Why, window::Window};

/// Bytes of one key.
const KEY_BYTES_MAX: usize = 4 * 1024;

/// A document that is being read.
pub struct Document<R> {
    window: Window<R>,
    limits: Limits,
    /// Objects around the array that are still open.
    open: usize,
    first: bool,
    done: bool,
    /// Bytes of the element given last.
    given: usize,
    long: String,
}

/// An element of the array.
#[derive(Debug, Clone, Copy)]
pub struct Element {
    /// Where it starts.
    pub line: u64,
    /// Where it starts.
    pub offset: u64,
    /// Whether it was over the limit, and is not held.
    pub long: bool,
    /// Whether it is nested too deep.
    pub too_deep: bool,
}

/// Follows brackets and strings from byte to byte.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    deepest: usize,
    in_string: bool,
    escaped: bool,
}

impl Scan {
    /// Where the value ends: at a comma or a closing bracket that is not its own.
    fn run(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                at += self.in_string(&bytes[at..]);
                continue;
            }
            match bytes[at] {
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                b'}' | b']' | b',' if self.depth == 0 => return Some(at),
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            at += 1;
        }
        None
    }

    fn in_string(&mut self, bytes: &[u8]) -> usize {
        if std::mem::take(&mut self.escaped) {
            return 1;
        }
        let Some(at) = memchr::memchr2(b'"', b'\\', bytes) else { return bytes.len() };
        self.in_string = bytes[at] == b'\\';
        self.escaped = self.in_string;
        at + 1
    }
}

impl<R: Read> Document<R> {
    /// At the start of the text.
    pub fn new(window: Window<R>, limits: Limits) -> Self {
        let long = String::new();
        Self { window, limits, open: 0, first: true, done: false, given: 0, long }
    }

    /// The text.
    pub fn window(&self) -> &Window<R> {
        &self.window
    }

    /// The text of the element given last, or its start when it was too long.
    pub fn raw(&self) -> &str {
        if self.given > 0 { self.window.rest()[..self.given].trim_ascii_end() } else { &self.long }
    }

    /// Whether the element given last holds what is no text.
    pub fn is_invalid(&self) -> bool {
        self.window.is_invalid_within(self.given)
    }

    /// Goes to the array: at the top, below the keys of a path, or the first in the top object.
    ///
    /// # Errors
    /// [`Why`] there is none.
    pub fn open(&mut self, path: Option<&str>) -> Result<(), Why> {
        let mut keys = path.into_iter().flat_map(|path| path.split('.')).peekable();
        loop {
            match (self.peek()?.ok_or(Why::Empty)?, keys.peek().is_some()) {
                (b'[', false) => {
                    self.window.advance(1, 0);
                    return Ok(());
                }
                (b'{', more) if more || self.open == 0 => {
                    self.window.advance(1, 0);
                    self.open += 1;
                    self.find_key(keys.next())?;
                }
                _ => return Err(broken("there is no array of rows")),
            }
        }
    }

    /// Goes to the value of a key; without one, to the first array.
    fn find_key(&mut self, wanted: Option<&str>) -> Result<(), Why> {
        while let Some(key) = self.key()? {
            let found = match wanted {
                Some(wanted) => key == wanted,
                None => self.peek()? == Some(b'['),
            };
            if found {
                return Ok(());
            }
            self.skip_value()?;
        }
        Err(broken("there is no array of rows"))
    }

    /// The next key of the object; `None` at its end.
    fn key(&mut self) -> Result<Option<String>, Why> {
        let mut next = self.peek()?.ok_or(Why::Truncated)?;
        if next == b',' {
            self.window.advance(1, 0);
            next = self.peek()?.ok_or(Why::Truncated)?;
        }
        match next {
            b'}' => {
                self.window.advance(1, 0);
                self.open -= 1;
                return Ok(None);
            }
            b'"' => {}
            _ => return Err(broken("a key is needed")),
        }
        let mut scan = Scan::default();
        let end = loop {
            let rest = self.window.rest().as_bytes();
            let piece = &rest[..rest.len().min(KEY_BYTES_MAX)];
            scan.in_string = true;
            let mut at = 1;
            while at < piece.len() && scan.in_string {
                at += scan.in_string(&piece[at..]);
            }
            if !scan.in_string {
                break at;
            }
            scan.escaped = false;
            if rest.len() > KEY_BYTES_MAX {
                return Err(broken("a key is too long"));
            }
            if !self.window.fill()? {
                return Err(Why::Truncated);
            }
        };
        let key = serde_json::from_str(&self.window.rest()[..end]);
        let key = key.map_err(|_| broken("a key is not JSON"))?;
        self.window.advance(end, 0);
        self.expect(b':')?;
        Ok(Some(key))
    }

    fn expect(&mut self, byte: u8) -> Result<(), Why> {
        match self.peek()? {
            Some(found) if found == byte => {
                self.window.advance(1, 0);
                Ok(())
            }
            Some(_) => Err(broken("a separator is missing")),
            None => Err(Why::Truncated),
        }
    }

    /// Passes a value without holding it.
    fn skip_value(&mut self) -> Result<(), Why> {
        let mut scan = Scan::default();
        loop {
            let rest = self.window.rest().as_bytes();
            let (end, found) = scan.run(rest).map_or((rest.len(), false), |end| (end, true));
            self.window.pass(end);
            if scan.deepest > self.limits.depth_max {
                return Err(Why::TooDeep { max: self.limits.depth_max });
            }
            if found {
                return Ok(());
            }
            if !self.window.fill()? {
                return Err(Why::Truncated);
            }
        }
    }

    /// The next byte that is no blank; `None` at the end of the input.
    fn peek(&mut self) -> Result<Option<u8>, Why> {
        loop {
            let rest = self.window.rest();
            let text = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            let (blanks, first) = (rest.len() - text.len(), text.bytes().next());
            self.window.pass(blanks);
            if first.is_some() {
                return Ok(first);
            }
            if !self.window.fill()? {
                return Ok(None);
            }
        }
    }

    /// The next element; `None` at the end of the array, when the document is over too.
    ///
    /// # Errors
    /// [`Why`] the document cannot be read on.
    pub fn next(&mut self) -> Result<Option<Element>, Why> {
        self.window.pass(std::mem::take(&mut self.given));
        if self.done {
            return Ok(None);
        }
        let next = self.peek()?.ok_or(Why::Truncated)?;
        match (next, self.first) {
            (b']', _) => return self.close().map(|()| None),
            (b',', false) => self.window.advance(1, 0),
            (_, true) => {}
            (_, false) => return Err(broken("a comma is missing between rows")),
        }
        self.first = false;
        self.peek()?.ok_or(Why::Truncated)?;
        self.element().map(Some)
    }

    fn element(&mut self) -> Result<Element, Why> {
        let (line, offset) = (self.window.line(), self.window.offset());
        let (mut scan, mut seen) = (Scan::default(), 0);
        let mut element = Element { line, offset, long: false, too_deep: false };
        loop {
            let rest = self.window.rest();
            let end = scan.run(&rest.as_bytes()[seen..]).map(|end| seen + end);
            element.too_deep = scan.deepest > self.limits.depth_max;
            match end {
                Some(0) if !element.long => return Err(broken("an element is empty")),
                Some(end) if element.long || end > self.limits.row_bytes_max => {
                    self.keep_start(&mut element);
                    self.window.pass(end);
                    return Ok(element);
                }
                Some(end) => {
                    self.given = end;
                    return Ok(element);
                }
                None => seen = rest.len(),
            }
            if seen > self.limits.row_bytes_max || element.long {
                seen = self.pass_long(&mut element);
            }
            if !self.window.fill_to(2 * seen)? {
                // An object that is closed is whole, even when the document breaks off behind it.
                let whole = scan.depth == 0 && !element.long;
                if whole && self.window.rest().trim_ascii_end().ends_with('}') {
                    self.given = seen;
                    return Ok(element);
                }
                return Err(Why::Truncated);
            }
        }
    }

    fn pass_long(&mut self, element: &mut Element) -> usize {
        self.keep_start(element);
        self.window.pass(self.window.rest().len());
        0
    }

    fn keep_start(&mut self, element: &mut Element) {
        if !std::mem::replace(&mut element.long, true) {
            self.long.clear();
            self.long.push_str(cut(self.window.rest(), self.limits.raw_bytes_max + 1).0);
        }
    }

    /// The end of the array, of the objects around it, and of the input.
    fn close(&mut self) -> Result<(), Why> {
        self.window.advance(1, 0);
        self.done = true;
        while self.open > 0 {
            if self.key()?.is_some() {
                self.skip_value()?;
            }
        }
        match self.peek()? {
            None => Ok(()),
            Some(_) => Err(broken("there is something after its end")),
        }
    }
}

fn broken(what: &str) -> Why {
    Why::Document(what.to_owned())
}
