//! Takes one row of delimited columns apart. Quotes are strict: one that opens a column must close it,
//! doubled quotes inside are one; a quote in the middle of a column is a letter.

use super::{cells::Cells, limits::QUOTED_LINES_MAX, profile::Csv};

/// Takes rows apart.
#[derive(Debug, Clone, Copy)]
pub struct Splitter {
    delimiter: u8,
    quote: Option<u8>,
}

/// What became of a row with quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It has so many bytes without its line's end, and so many line ends inside.
    Row {
        /// Bytes.
        bytes: usize,
        /// Line ends.
        lines: u64,
    },
    /// It may go on after the text that is held.
    More,
    /// A quote does not close its column.
    Unbalanced,
}

impl Splitter {
    /// For a format without problems: its delimiter and quote are ASCII.
    pub fn new(csv: &Csv) -> Self {
        let byte = |letter: char| u8::try_from(letter).expect("a profile without problems");
        Self { delimiter: byte(csv.delimiter), quote: csv.quote.map(byte) }
    }

    /// Takes a line apart that has no quotes; false when it has.
    pub fn split_plain(self, line: &str, cells: &mut Cells) -> bool {
        let bytes = line.as_bytes();
        if self.quote.is_some_and(|quote| memchr::memchr(quote, bytes).is_some()) {
            return false;
        }
        let mut from = 0;
        for at in memchr::memchr_iter(self.delimiter, bytes) {
            cells.push(from, at);
            from = at + 1;
        }
        cells.push(from, bytes.len());
        true
    }

    /// Takes the row at the start of `text` apart; it may hold line ends between quotes.
    pub fn split_quoted(self, text: &str, ended: bool, cells: &mut Cells) -> Outcome {
        let (bytes, mut from, mut lines) = (text.as_bytes(), 0, 0);
        loop {
            let column = match self.quote {
                Some(quote) if bytes.get(from) == Some(&quote) => {
                    self.quoted(text, quote, from, ended, cells)
                }
                _ => self.bare(bytes, from, ended, cells),
            };
            let (end, inside) = match column {
                Ok(column) => column,
                Err(outcome) => return outcome,
            };
            lines += inside;
            if bytes.get(end) != Some(&self.delimiter) {
                return Outcome::Row { bytes: end, lines };
            }
            from = end + 1;
        }
    }

    fn bare(
        self,
        bytes: &[u8],
        from: usize,
        ended: bool,
        cells: &mut Cells,
    ) -> Result<(usize, u64), Outcome> {
        let end = match memchr::memchr3(self.delimiter, b'\n', b'\r', &bytes[from..]) {
            Some(at) => from + at,
            None if ended => bytes.len(),
            None => return Err(Outcome::More),
        };
        cells.push(from, end);
        Ok((end, 0))
    }

    fn quoted(
        self,
        text: &str,
        quote: u8,
        from: usize,
        ended: bool,
        cells: &mut Cells,
    ) -> Result<(usize, u64), Outcome> {
        let (bytes, open) = (text.as_bytes(), from + 1);
        let unclosed = if ended { Outcome::Unbalanced } else { Outcome::More };
        let (mut at, mut doubled) = (open, false);
        let close = loop {
            at += memchr::memchr(quote, &bytes[at..]).ok_or(unclosed)?;
            match bytes.get(at + 1) {
                Some(next) if *next == quote => (at, doubled) = (at + 2, true),
                None if !ended => return Err(Outcome::More),
                None | Some(b'\n' | b'\r') => break at,
                Some(next) if *next == self.delimiter => break at,
                Some(_) => return Err(Outcome::Unbalanced),
            }
        };
        let inside = &bytes[open..close];
        let ends = memchr::memchr_iter(b'\n', inside).count();
        let ends = if ends == 0 { memchr::memchr_iter(b'\r', inside).count() } else { ends };
        if ends > QUOTED_LINES_MAX {
            return Err(Outcome::Unbalanced);
        }
        if doubled {
            let (one, two) = (char::from(quote), [quote, quote].map(char::from));
            let two: String = two.iter().collect();
            cells.push_made(|made| {
                made.push_str(&text[open..close].replace(&two, one.encode_utf8(&mut [0; 4])));
            });
        } else {
            cells.push(open, close);
        }
        Ok((close + 1, ends as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> (Outcome, Vec<String>) {
        let mut cells = Cells::default();
        let outcome = Splitter::new(&Csv::default()).split_quoted(text, true, &mut cells);
        let view = cells.view(text);
        let texts = (0..cells.len()).map(|at| view.get(at).unwrap_or("").to_owned());
        (outcome, texts.collect())
    }

    #[test]
    fn quotes_hold_delimiters_line_ends_and_quotes() {
        let (outcome, cells) = split("a,\"b,\r\n\"\"c\"\"\",\"\",5\" pipe\nnext");
        assert_eq!(outcome, Outcome::Row { bytes: 24, lines: 1 });
        assert_eq!(cells, ["a", "b,\r\n\"c\"", "", "5\" pipe"]);
    }

    #[test]
    fn quotes_that_do_not_fit_are_unbalanced() {
        for text in ["\"a", "\"a\"b,c", "\"a\n\"b\",c", "\"\"\"", "a,\"", "\"a\" ,b"] {
            assert_eq!(split(text).0, Outcome::Unbalanced, "{text}");
        }
        let far = format!("\"{}\",b", "\n".repeat(QUOTED_LINES_MAX + 1));
        assert_eq!(split(&far).0, Outcome::Unbalanced);
    }

    #[test]
    fn a_row_may_need_more_text() {
        let mut cells = Cells::default();
        for text in ["\"a", "\"a\"", "\"a\",b"] {
            let outcome = Splitter::new(&Csv::default()).split_quoted(text, false, &mut cells);
            assert_eq!(outcome, Outcome::More, "{text}");
        }
    }
}
