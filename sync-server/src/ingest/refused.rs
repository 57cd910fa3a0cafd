//! A row that is refused: where it stood, which field, why, and what it said, so that a person can correct
//! it and send it again. It does not decide what a refused row means for the rest; the profile says.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{field::Field, limits::QUOTED_CHARS_MAX};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Why a row is refused; stable words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

codes! {
    /// A field that this kind of row needs is absent or empty.
    MissingField = "missing_field",
    /// Not a number in the profile's notation.
    InvalidNumber = "invalid_number",
    /// Not a whole number of units, and the profile does not round.
    Fraction = "fraction",
    /// Below zero where that cannot be.
    Negative = "negative",
    /// Zero where that says nothing.
    Zero = "zero",
    /// More units than any shelf holds.
    TooLarge = "too_large",
    /// A unit without a factor.
    UnknownUnit = "unknown_unit",
    /// A bucket word without a meaning.
    UnknownBucket = "unknown_bucket",
    /// A kind word without a meaning.
    UnknownKind = "unknown_kind",
    /// A kind that this source does not send.
    UnexpectedKind = "unexpected_kind",
    /// A location code that the profile does not translate.
    UnmappedLocation = "unmapped_location",
    /// A code with characters that no code has, or too many of them.
    InvalidCode = "invalid_code",
    /// The check digit does not fit.
    CheckDigit = "check_digit",
    /// Not a date in the profile's formats.
    InvalidDate = "invalid_date",
    /// A date before 2000 or after 2099.
    AbsurdDate = "absurd_date",
    /// Neither yes nor no.
    InvalidFlag = "invalid_flag",
    /// Bytes that are not text in the declared encoding.
    InvalidText = "invalid_text",
    /// Longer than a row may be.
    RowTooLong = "row_too_long",
    /// More or fewer columns than the header.
    WrongColumns = "wrong_columns",
    /// More columns than any row may have.
    TooManyColumns = "too_many_columns",
    /// A quote that does not close where its field ends.
    UnbalancedQuote = "unbalanced_quote",
    /// Not JSON, or JSON that breaks off.
    Malformed = "malformed",
    /// A list or an object where a value belongs.
    NotAValue = "not_a_value",
    /// The same field twice in one row.
    DuplicateField = "duplicate_field",
    /// Nested deeper than any row.
    TooDeep = "too_deep",
    /// A reference to an entity that XML does not know by itself.
    UnknownEntity = "unknown_entity",
    /// A void of a line that was not sold.
    VoidOfNothing = "void_of_nothing",
    /// There is no such item.
    UnknownSku = "unknown_sku",
    /// There is no such location.
    UnknownLocation = "unknown_location",
    /// It differs so much from the books that a person must look first.
    Held = "held",
}

/// Where something stands in the text after decompression and decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Spot {
    /// Line, from 1.
    pub line: u64,
    /// Which row, element or till line it is, from 1; the header is none.
    pub ordinal: u64,
    /// Byte of the UTF-8 text, from 0.
    pub offset: u64,
}

/// Why one row is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable.
    pub code: Code,
    /// The field, when it is one.
    pub field: Option<Field>,
    /// What is wrong, for a person.
    pub message: String,
}

impl Refusal {
    /// Of the whole row.
    #[must_use]
    pub fn row(code: Code, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into() }
    }

    /// Of a field.
    #[must_use]
    pub fn field(code: Code, field: Field, message: impl Into<String>) -> Self {
        Self { code, field: Some(field), message: message.into() }
    }

    /// Of a field, quoting the value: `“1,5” is not …`.
    #[must_use]
    pub fn value(code: Code, field: Field, value: &str, wrong: &str) -> Self {
        Self::field(code, field, format!("“{}” {wrong}", quoted(value)))
    }
}

/// The value, escaped and cut to what a message quotes.
fn quoted(value: &str) -> String {
    let mut text = String::new();
    for (count, letter) in value.chars().enumerate() {
        if count == QUOTED_CHARS_MAX {
            text.push('…');
            break;
        }
        let _ = write!(text, "{}", letter.escape_debug());
    }
    text
}

/// A refused row as it is stored, listed and corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Where it stood.
    pub spot: Spot,
    /// Why.
    pub refusal: Refusal,
    /// What the row said, as text (UTF-8), cut to the limit.
    pub raw: String,
    /// Whether `raw` is not the whole row.
    pub cut: bool,
    /// What could be read, by field, before translation; empty when the row could not be taken apart.
    pub fields: Vec<(Field, String)>,
}

/// The start of `text` in at most `bytes_max` bytes, and whether something is missing.
#[must_use]
pub fn cut(text: &str, bytes_max: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(bytes_max);
    (&text[..end], end < text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_their_words() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).expect("a word"), code.as_str());
        }
    }

    #[test]
    fn values_are_quoted_within_a_limit() {
        let long = "ä".repeat(1_000);
        let refusal = Refusal::value(Code::InvalidCode, Field::Sku, &long, "is too long");
        assert_eq!(refusal.message.chars().filter(|c| *c == 'ä').count(), QUOTED_CHARS_MAX);
        assert_eq!(cut(&long, 3), ("ä", true));
        assert_eq!(cut("ab", 3), ("ab", false));
    }
}
