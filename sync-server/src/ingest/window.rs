//! A window that slides over the decoded text of an input. It holds one chunk and one row; every format
//! reads through it, so positions, encodings and broken streams are dealt with once.

use std::{
    collections::VecDeque,
    io::{self, BufRead, Read},
};

use encoding_rs::{Decoder, DecoderResult};

use super::{
    decode::{self, Packing},
    encoding::{OnInvalid, TextEncoding},
    stopped::Why,
};

/// Decoded text of a byte stream, from a position on.
pub struct Window<R> {
    source: R,
    decoder: Decoder,
    on_invalid: OnInvalid,
    chunk: Box<[u8]>,
    chunk_at: usize,
    chunk_len: usize,
    text: String,
    start: usize,
    offset: u64,
    line: u64,
    /// Offsets of what was no text.
    invalid: VecDeque<u64>,
    invalid_passed: u64,
    ended: bool,
    failed: Option<Why>,
}

impl<R: Read> Window<R> {
    /// At the start of the input, of which so many bytes are read at a time; reads nothing yet.
    pub fn new(
        source: R,
        encoding: TextEncoding,
        on_invalid: OnInvalid,
        chunk_bytes: usize,
    ) -> Self {
        Self {
            source,
            decoder: encoding.decoder(),
            on_invalid,
            chunk: vec![0; chunk_bytes].into_boxed_slice(),
            chunk_at: 0,
            chunk_len: 0,
            text: String::new(),
            start: 0,
            offset: 0,
            line: 1,
            invalid: VecDeque::new(),
            invalid_passed: 0,
            ended: false,
            failed: None,
        }
    }

    /// The text that is held, from the position on.
    pub fn rest(&self) -> &str {
        &self.text[self.start..]
    }

    /// The position: byte of the text, from 0.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The position: line, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whether the input has ended, so that [`rest`](Self::rest) is all there is.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// How many times there was no text before the position.
    pub fn invalid_passed(&self) -> u64 {
        self.invalid_passed
    }

    /// The encoding that is read; a byte order mark may have changed it.
    pub fn encoding_name(&self) -> &'static str {
        self.decoder.encoding().name()
    }

    /// The source of the bytes.
    pub fn source(&self) -> &R {
        &self.source
    }

    /// Moves on by `bytes` (on a character boundary) that span `lines` line ends.
    pub fn advance(&mut self, bytes: usize, lines: u64) {
        self.start += bytes;
        self.offset += bytes as u64;
        self.line += lines;
        while self.invalid.front().is_some_and(|at| *at < self.offset) {
            self.invalid.pop_front();
            self.invalid_passed += 1;
        }
    }

    /// Moves on by `bytes`, counting line ends.
    pub fn pass(&mut self, bytes: usize) {
        let passed = &self.text.as_bytes()[self.start..self.start + bytes];
        let lines = memchr::memchr_iter(b'\n', passed).count() as u64;
        self.advance(bytes, lines);
    }

    /// Whether the next `bytes` hold something that was no text.
    pub fn is_invalid_within(&self, bytes: usize) -> bool {
        self.invalid.front().is_some_and(|at| *at < self.offset + bytes as u64)
    }

    /// Holds more text; false at the end of the input.
    ///
    /// # Errors
    /// [`Why`] the input cannot be read on; the same at each further call.
    pub fn fill(&mut self) -> Result<bool, Why> {
        self.drop_passed();
        let before = self.text.len();
        while self.text.len() == before && !self.ended {
            if let Some(why) = &self.failed {
                return Err(why.clone());
            }
            if let Err(why) = self.read_chunk() {
                self.failed = Some(why.clone());
                return Err(why);
            }
            self.decode_chunk();
        }
        Ok(self.text.len() > before)
    }

    /// Fills until at least `bytes` are held or the input ends; true when more is held than before.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    pub fn fill_to(&mut self, bytes: usize) -> Result<bool, Why> {
        let mut more = self.fill()?;
        while more && self.rest().len() < bytes {
            more = self.fill()?;
            if !more {
                return Ok(true);
            }
        }
        Ok(more)
    }

    fn drop_passed(&mut self) {
        let passed = self.text.floor_char_boundary(self.start);
        self.text.drain(..passed);
        self.start -= passed;
    }

    fn read_chunk(&mut self) -> Result<(), Why> {
        if self.chunk_at < self.chunk_len {
            return Ok(());
        }
        self.chunk_at = 0;
        self.chunk_len = loop {
            match self.source.read(&mut self.chunk) {
                Ok(count) => break count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(decode::why(&error, Packing::Plain)),
            }
        };
        self.ended = self.chunk_len == 0;
        Ok(())
    }

    fn decode_chunk(&mut self) {
        loop {
            let bytes = &self.chunk[self.chunk_at..self.chunk_len];
            self.text.reserve(bytes.len() + 16);
            let decoded = self.decoder.decode_to_string_without_replacement(
                bytes,
                &mut self.text,
                self.ended,
            );
            self.chunk_at += decoded.1;
            match decoded.0 {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => self.text.reserve(self.chunk.len()),
                DecoderResult::Malformed(..) => self.note_invalid(),
            }
        }
    }

    fn note_invalid(&mut self) {
        if self.on_invalid == OnInvalid::Refuse {
            let ahead = (self.text.len() - self.start) as u64;
            self.invalid.push_back(self.offset + ahead);
        }
        self.text.push(char::REPLACEMENT_CHARACTER);
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(to)?;
        self.consume(count);
        Ok(count)
    }
}

/// For parsers that take bytes: they may stop inside a character, and then only go on as bytes.
impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.text.len() {
            self.fill().map_err(io::Error::other)?;
        }
        Ok(&self.text.as_bytes()[self.start..])
    }

    fn consume(&mut self, bytes: usize) {
        self.pass(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], encoding: &str) -> (String, Vec<u64>) {
        let encoding = TextEncoding::of(encoding).expect("a known name");
        let mut window = Window::new(bytes, encoding, OnInvalid::Refuse, 64);
        while window.fill().expect("a slice") {}
        (window.rest().to_owned(), window.invalid.into_iter().collect())
    }

    #[test]
    fn a_byte_order_mark_wins_and_is_dropped() {
        assert_eq!(all(b"\xef\xbb\xbfa\xc3\xa4", "utf-8"), ("aä".to_owned(), vec![]));
        assert_eq!(all(b"\xff\xfea\0\xe4\0", "utf-8"), ("aä".to_owned(), vec![]));
        assert_eq!(all(b"\xfe\xff\0a\0\xe4", "latin-1"), ("aä".to_owned(), vec![]));
        assert_eq!(all(b"a\xe4\x80", "latin-1"), ("aä€".to_owned(), vec![]));
    }

    #[test]
    fn what_is_no_text_is_noted() {
        assert_eq!(all(b"ab\xe4cd\xff", "utf-8"), ("ab\u{fffd}cd\u{fffd}".to_owned(), vec![2, 7]));
        assert_eq!(all(b"a\0\x00\xd8", "utf-16le"), ("a\u{fffd}".to_owned(), vec![1]));
        assert_eq!(all(b"ab\xc3", "utf-8"), ("ab\u{fffd}".to_owned(), vec![2]));
    }

    #[test]
    fn positions_move_with_the_text() {
        let mut window =
            Window::new(&b"ab\n\xffcd"[..], TextEncoding::default(), OnInvalid::Refuse, 64);
        window.fill().expect("a slice");
        assert!(!window.is_invalid_within(3) && window.is_invalid_within(4));
        window.advance(3, 1);
        assert_eq!((window.offset(), window.line(), window.rest()), (3, 2, "\u{fffd}cd"));
        window.advance(3, 0);
        assert!(!window.is_invalid_within(2));
    }
}
