//! XML from a window, piece by piece and within limits: no DTD, no entities but XML's own, a bound on
//! every tag and text and on nesting. The text of a marked element is kept, for rows that are refused.

use std::io::{self, BufRead, Read};

use quick_xml::{
    Error,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
    reader::NsReader,
};

use super::{
    decode::{self, Packing},
    limits::Limits,
    refused::Spot,
    stopped::Why,
    window::Window,
};

/// Bounds what one event may take, and keeps the text since the last mark.
struct Pieces<R> {
    window: Window<R>,
    taken: usize,
    taken_max: usize,
    kept: Vec<u8>,
    kept_max: usize,
    /// Bytes and lines since the mark, kept or not.
    since: (usize, u64),
}

impl<R: Read> Read for Pieces<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(to)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Pieces<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken > self.taken_max {
            return Err(io::Error::other(Why::PieceTooLarge { max: self.taken_max }));
        }
        self.window.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.taken += bytes;
        let room = self.kept_max - self.kept.len();
        if let (true, Ok(held)) = (room > 0, self.window.fill_buf()) {
            let piece = &held[..bytes.min(room)];
            self.kept.extend_from_slice(piece);
        }
        let line = self.window.line();
        self.window.consume(bytes);
        self.since = (self.since.0 + bytes, self.since.1 + self.window.line() - line);
    }
}

/// One event, reduced to what a log needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// An element starts; its attributes are in [`Xml::attribute`]. Foreign ones have a `!` before.
    Start(String),
    /// An element ends, and held this text.
    End(String),
    /// The document is over.
    Over,
}

/// A document that is being read.
pub struct Xml<R> {
    reader: NsReader<Pieces<R>>,
    buffer: Vec<u8>,
    namespace: &'static str,
    depth: usize,
    limits: Limits,
    text: String,
    unknown_entity: bool,
    attributes: Vec<(String, String)>,
    /// Whether the text since the last event is to be kept.
    pub keeping: bool,
}

impl<R: Read> Xml<R> {
    /// A document whose own elements are in `namespace`, or in none.
    pub fn new(window: Window<R>, namespace: &'static str, limits: Limits) -> Self {
        let pieces = Pieces {
            window,
            taken: 0,
            taken_max: limits.row_bytes_max,
            kept: Vec::new(),
            kept_max: limits.raw_bytes_max + 1,
            since: (0, 0),
        };
        let mut reader = NsReader::from_reader(pieces);
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            namespace,
            depth: 0,
            limits,
            text: String::new(),
            unknown_entity: false,
            attributes: Vec::new(),
            keeping: false,
        }
    }

    /// The text behind the document.
    pub fn window(&mut self) -> &Window<R> {
        &self.reader.get_mut().window
    }

    /// An attribute of the element that started last, by its local name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where the element that started last stands.
    pub fn spot(&mut self) -> Spot {
        let pieces = self.reader.get_mut();
        let (bytes, lines) = pieces.since;
        let (line, offset) = (pieces.window.line() - lines, pieces.window.offset() - bytes as u64);
        Spot { line, ordinal: 0, offset }
    }

    /// The text kept since [`keeping`](Self::keeping) began.
    pub fn kept(&mut self) -> String {
        String::from_utf8_lossy(&self.reader.get_mut().kept).into_owned()
    }

    /// Whether an entity was met that XML does not know, since this was asked last.
    pub fn had_unknown_entity(&mut self) -> bool {
        std::mem::take(&mut self.unknown_entity)
    }

    /// How much was no text, so far.
    pub fn invalid_passed(&mut self) -> u64 {
        self.reader.get_mut().window.invalid_passed()
    }

    /// The next piece.
    ///
    /// # Errors
    /// [`Why`] the document cannot be read on.
    pub fn next(&mut self) -> Result<Piece, Why> {
        loop {
            self.buffer.clear();
            let pieces = self.reader.get_mut();
            pieces.taken = 0;
            if !self.keeping {
                pieces.kept.clear();
                pieces.since = (0, 0);
            }
            let mut buffer = std::mem::take(&mut self.buffer);
            let piece = self.event(&mut buffer);
            self.buffer = buffer;
            // Checked again here: the bound must not depend on how the input is cut into reads.
            let max = self.limits.row_bytes_max;
            if self.reader.get_mut().taken > max {
                return Err(Why::PieceTooLarge { max });
            }
            if let Some(piece) = piece? {
                return Ok(piece);
            }
        }
    }

    fn event(&mut self, buffer: &mut Vec<u8>) -> Result<Option<Piece>, Why> {
        let event = self.reader.read_event_into(buffer).map_err(|error| broken(&error))?;
        match event {
            Event::Start(start) | Event::Empty(start) => self.start(&start).map(Some),
            Event::End(_) => {
                self.depth -= 1;
                Ok(Some(Piece::End(std::mem::take(&mut self.text))))
            }
            Event::Text(text) => self.add(&text),
            Event::CData(text) => self.add(&text),
            Event::GeneralRef(name) => {
                let letter = match (name.resolve_char_ref(), &*name) {
                    (Ok(Some(letter)), _) => Some(letter),
                    (_, "lt") => Some('<'),
                    (_, "gt") => Some('>'),
                    (_, "amp") => Some('&'),
                    (_, "apos") => Some('\''),
                    (_, "quot") => Some('"'),
                    _ => None,
                };
                self.unknown_entity |= letter.is_none();
                self.add(letter.unwrap_or('\u{fffd}').encode_utf8(&mut [0; 4]))
            }
            Event::DocType(_) => Err(Why::Dtd),
            Event::Decl(decl) => {
                let named = decl.encoding().and_then(Result::ok).map(|name| name.into_owned());
                self.check_encoding(named.as_deref()).map(|()| None)
            }
            Event::Eof if self.depth > 0 => Err(Why::Truncated),
            Event::Eof => Ok(Some(Piece::Over)),
            Event::Comment(_) | Event::PI(_) => Ok(None),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<Piece, Why> {
        self.depth += 1;
        if self.depth > self.limits.depth_max {
            return Err(Why::TooDeep { max: self.limits.depth_max });
        }
        self.text.clear();
        self.attributes.clear();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| broken_document("an attribute is not XML"))?;
            let (name, value) = (attribute.key.local_name(), attribute.value);
            self.attributes.push((name.into_inner().to_owned(), value.into_owned()));
        }
        let (found, name) = self.reader.resolver().resolve_element(start.name());
        let own = match found {
            ResolveResult::Bound(Namespace(found)) => found == self.namespace,
            ResolveResult::Unbound => true,
            ResolveResult::Unknown(_) => false,
        };
        let name = name.into_inner();
        Ok(Piece::Start(if own { name.to_owned() } else { format!("!{name}") }))
    }

    fn add(&mut self, text: &str) -> Result<Option<Piece>, Why> {
        if self.text.len() + text.len() > self.limits.row_bytes_max {
            return Err(Why::PieceTooLarge { max: self.limits.row_bytes_max });
        }
        self.text.push_str(text);
        Ok(None)
    }

    /// A document that names another encoding than it was read in was misread.
    fn check_encoding(&mut self, named: Option<&str>) -> Result<(), Why> {
        let Some(named) = named else { return Ok(()) };
        let read = self.window().encoding_name();
        let found =
            super::encoding::TextEncoding::of(named).map(super::encoding::TextEncoding::name);
        let same = found == Some(read) || (read.starts_with("UTF-16") && found == Some("UTF-16LE"));
        if same { Ok(()) } else { Err(Why::WrongEncoding("the XML declaration names another")) }
    }
}

fn broken(error: &Error) -> Why {
    match error {
        Error::Io(error) => decode::why(error, Packing::Plain),
        // The reader says so when the input ends inside a tag or a comment.
        Error::Syntax(_) => Why::Truncated,
        other => broken_document(&other.to_string()),
    }
}

fn broken_document(what: &str) -> Why {
    Why::Document(super::refused::cut(what, 200).0.to_owned())
}
