//! The number of a trade item: GTIN-8, -12, -13 and -14, kept as 14 digits.
//!
//! It does not say which SKU the number belongs to; that is the catalogue's word.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Gs1Error, check_digit, verify_check_digit};

/// A Global Trade Item Number, always 14 digits with a valid check digit.
///
/// Shorter numbers are padded with zeros on the left, so that the same article read as EAN-13, UPC-A
/// or GTIN-14 is one value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gtin(String);

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits.
    ///
    /// # Errors
    /// Wrong length, a character that is no digit, or a wrong check digit.
    pub fn new(digits: &str) -> Result<Self, Gs1Error> {
        if !matches!(digits.len(), 8 | 12 | 13 | 14) {
            let got = digits.chars().count();
            return Err(Gs1Error::Length { expected: "8, 12, 13 or 14", got });
        }
        verify_check_digit(digits)?;
        Ok(Self(format!("{digits:0>14}")))
    }

    /// Reads the 8 digits of a UPC-E symbol (number system, six digits, check digit) by expanding them
    /// to the UPC-A that they stand for.
    ///
    /// # Errors
    /// Not 8 digits, a number system other than 0 or 1, or a wrong check digit.
    pub fn from_upc_e(digits: &str) -> Result<Self, Gs1Error> {
        super::digits_only(digits)?;
        if digits.len() != 8 {
            return Err(Gs1Error::Length { expected: "8", got: digits.len() });
        }
        if !digits.starts_with(['0', '1']) {
            return Err(Gs1Error::Length { expected: "number system 0 or 1", got: digits.len() });
        }
        let (system, d, check) = (&digits[..1], &digits[1..7], &digits[7..]);
        let body = match &d[5..] {
            last @ ("0" | "1" | "2") => format!("{system}{}{last}0000{}", &d[..2], &d[2..5]),
            "3" => format!("{system}{}00000{}", &d[..3], &d[3..5]),
            "4" => format!("{system}{}00000{}", &d[..4], &d[4..5]),
            last => format!("{system}{}0000{last}", &d[..5]),
        };
        Self::new(&format!("{body}{check}"))
    }

    /// Completes 7, 11, 12 or 13 digits with their check digit.
    ///
    /// # Errors
    /// As [`Gtin::new`].
    pub fn complete(body: &str) -> Result<Self, Gs1Error> {
        Self::new(&format!("{body}{}", check_digit(body)?))
    }

    /// All 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits as people know them from the pack: 8, 12, 13 or 14 of them.
    pub fn short(&self) -> &str {
        let zeros = self.0.len() - self.0.trim_start_matches('0').len();
        match zeros {
            6.. => &self.0[6..],
            2..=5 => &self.0[2..],
            1 => &self.0[1..],
            0 => &self.0,
        }
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Gtin {
    type Err = Gs1Error;

    fn from_str(digits: &str) -> Result<Self, Gs1Error> {
        Self::new(digits)
    }
}

impl TryFrom<String> for Gtin {
    type Error = Gs1Error;

    fn try_from(digits: String) -> Result<Self, Gs1Error> {
        Self::new(&digits)
    }
}

impl From<Gtin> for String {
    fn from(gtin: Gtin) -> Self {
        gtin.0
    }
}
