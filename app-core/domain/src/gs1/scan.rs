//! What a scanner's text means: element string, trade item number, Digital Link, or just text.
//!
//! It never guesses when the symbol says that it is GS1: then a broken value is an error and not text,
//! because the goods behind it would be the wrong ones.

use std::borrow::Cow;

use super::ai::{self, Charset};
use super::link::{digital_link, is_web_address};
use super::{Gs1Error, Gtin, Sscc, verify_check_digit};

/// FNC1 as decoders transmit it between elements.
const GROUP_SEPARATOR: char = '\u{1d}';

/// How the scanner is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanSettings {
    /// The character that this scanner types in place of the group separator (0x1D), if any.
    pub separator: Option<char>,
}

/// One application identifier with its value, both without brackets or separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Two to four digits.
    pub ai: String,
    /// Checked against the identifier's length, characters and check digit.
    pub value: String,
}

/// The elements of one scan, in the order they were read; each identifier at most once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elements(Vec<Element>);

impl Elements {
    /// The value of `ai`.
    pub fn get(&self, ai: &str) -> Option<&str> {
        self.0.iter().find(|element| element.ai == ai).map(|element| element.value.as_str())
    }

    /// The trade item: `(01)`, or `(02)` for what is inside a package.
    pub fn gtin(&self) -> Option<Gtin> {
        Gtin::new(self.get("01").or_else(|| self.get("02"))?).ok()
    }

    /// The package: `(00)`.
    pub fn sscc(&self) -> Option<Sscc> {
        Sscc::new(self.get("00")?).ok()
    }

    /// All of them, in the order they were read.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.0.iter()
    }

    pub(super) fn push(&mut self, ai: &str, value: &str) -> Result<(), Gs1Error> {
        check_value(ai, value)?;
        match self.get(ai) {
            Some(known) if known == value => Ok(()),
            Some(_) => Err(Gs1Error::Contradiction(ai.to_owned())),
            None => {
                self.0.push(Element { ai: ai.to_owned(), value: value.to_owned() });
                Ok(())
            }
        }
    }

    fn one(ai: &str, value: &str) -> Self {
        Self(vec![Element { ai: ai.to_owned(), value: value.to_owned() }])
    }
}

/// What was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scan {
    /// GS1 data; a bare EAN or UPC number reads as its `(01)`.
    Elements(Elements),
    /// Anything else, such as a slot or an order code, without its AIM identifier.
    Text(String),
}

/// Reads the text of one scan.
///
/// Understands an optional AIM identifier (`]C1`, `]e0`, `]d2`, `]Q3`, `]J1` for GS1, `]E0` and `]E4`
/// for EAN and UPC), FNC1 as 0x1D or as the scanner's substitute, bracketed `(01)…`, bare digits and
/// Digital Link addresses.
///
/// # Errors
/// When the symbol or the form says GS1 and the value is broken, and when a bare number has the length
/// of a trade item number and the wrong check digit.
pub fn parse(text: &str, settings: &ScanSettings) -> Result<Scan, Gs1Error> {
    let text = text.trim_matches(['\r', '\n', ' ', '\t']);
    let text = match settings.separator {
        Some(substitute) => Cow::Owned(text.replace(substitute, "\u{1d}")),
        None => Cow::Borrowed(text),
    };
    let (aim, body) = split_aim(&text);
    match aim {
        Some("]C1" | "]e0" | "]d2" | "]Q3" | "]J1") => element_string(body).map(Scan::Elements),
        Some("]E0" | "]E4") => retail_number(aim, body).map(Scan::Elements),
        _ => unmarked(body),
    }
}

/// Text whose symbology the scanner did not tell.
fn unmarked(body: &str) -> Result<Scan, Gs1Error> {
    if is_web_address(body) {
        return digital_link(body);
    }
    if bracketed_start(body) {
        return bracketed(body).map(Scan::Elements);
    }
    if body.contains(GROUP_SEPARATOR) {
        return element_string(body).map(Scan::Elements);
    }
    if !body.is_empty() && body.bytes().all(|b| b.is_ascii_digit()) {
        match body.len() {
            8 | 12 | 13 | 14 => return retail_number(None, body).map(Scan::Elements),
            18 if verify_check_digit(body).is_ok() => {
                return Ok(Scan::Elements(Elements::one("00", body)));
            }
            _ => {}
        }
    }
    Ok(keyed_elements(body).map_or_else(|| Scan::Text(body.to_owned()), Scan::Elements))
}

/// An element string without any mark, believed only when it starts with a key whose check digit fits.
fn keyed_elements(body: &str) -> Option<Elements> {
    let key = match body.get(..2)? {
        "00" => body.get(2..20)?,
        "01" | "02" => body.get(2..16)?,
        _ => return None,
    };
    verify_check_digit(key).ok()?;
    element_string(body).ok()
}

fn split_aim(text: &str) -> (Option<&str>, &str) {
    match text.split_at_checked(3) {
        Some((aim, rest)) if is_aim(aim) => (Some(aim), rest),
        _ => (None, text),
    }
}

fn is_aim(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next() == Some(b']')
        && bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
}

fn retail_number(aim: Option<&str>, digits: &str) -> Result<Elements, Gs1Error> {
    // Eight digits are an EAN-8 or a UPC-E; the symbology decides, else what the check digit allows.
    let gtin = match (aim, digits.len()) {
        (Some("]E0"), 8) => Gtin::from_upc_e(digits)?,
        (None, 8) => Gtin::new(digits).or_else(|e| Gtin::from_upc_e(digits).map_err(|_| e))?,
        _ => Gtin::new(digits)?,
    };
    Ok(Elements::one("01", gtin.as_str()))
}

fn element_string(body: &str) -> Result<Elements, Gs1Error> {
    let mut elements = Elements::default();
    let mut rest = body.trim_start_matches(GROUP_SEPARATOR);
    if rest.is_empty() {
        return Err(Gs1Error::UnknownAi(String::new()));
    }
    while !rest.is_empty() {
        let ai = ai::ai_at_start(rest).ok_or_else(|| unknown(rest))?;
        let after = &rest[ai.len()..];
        let end = match ai::predefined_length(ai) {
            Some(length) => after.char_indices().nth(length).map_or(after.len(), |(at, _)| at),
            None => after.find(GROUP_SEPARATOR).unwrap_or(after.len()),
        };
        let (value, next) = after.split_at(end);
        elements.push(ai, value)?;
        rest = next.strip_prefix(GROUP_SEPARATOR).unwrap_or(next);
    }
    Ok(elements)
}

fn bracketed_start(body: &str) -> bool {
    body.strip_prefix('(').and_then(|rest| rest.split_once(')')).is_some_and(|(ai, _)| {
        (2..=4).contains(&ai.len()) && ai.bytes().all(|b| b.is_ascii_digit())
    })
}

fn bracketed(body: &str) -> Result<Elements, Gs1Error> {
    let mut elements = Elements::default();
    let mut rest = body;
    while !rest.is_empty() {
        let (ai, after) = rest
            .strip_prefix('(')
            .and_then(|inner| inner.split_once(')'))
            .ok_or_else(|| unknown(rest))?;
        // A bracket may stand in a value; the next element starts at one that names a known AI.
        let end = after
            .match_indices('(')
            .map(|(at, _)| at)
            .find(|at| *at > 0 && next_bracket_is_ai(&after[*at..]))
            .unwrap_or(after.len());
        elements.push(ai, &after[..end])?;
        rest = &after[end..];
    }
    Ok(elements)
}

fn next_bracket_is_ai(text: &str) -> bool {
    text[1..].split_once(')').is_some_and(|(ai, _)| ai::format(ai).is_some())
}

fn check_value(ai: &str, value: &str) -> Result<(), Gs1Error> {
    let format = ai::format(ai).ok_or_else(|| unknown(ai))?;
    let refuse = || Gs1Error::Value { ai: ai.to_owned(), value: value.to_owned() };
    let length = value.chars().count();
    if length < format.length_min || length > format.length_max {
        return Err(refuse());
    }
    let digits = match format.charset {
        Charset::Digits => length,
        Charset::DigitsThenText(leading) => leading,
        Charset::Text => 0,
    };
    let fits = value
        .chars()
        .enumerate()
        .all(|(place, c)| if place < digits { c.is_ascii_digit() } else { ai::in_set_82(c) });
    if !fits {
        return Err(refuse());
    }
    match format.check_digits {
        Some(key) => verify_check_digit(&value[..key]),
        None => Ok(()),
    }
}

fn unknown(text: &str) -> Gs1Error {
    Gs1Error::UnknownAi(text.chars().take(8).collect())
}
