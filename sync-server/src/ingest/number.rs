//! Numbers as sources write them, and whole units as we count them. Decimals stay exact: nothing here is
//! a float.
//!
//! Units are whole. What a unit code multiplies is multiplied first (1.5 cases of 12 are 18 units); what is
//! then still not whole (a weight) is refused unless the profile says how to round it.

use serde::{Deserialize, Serialize};

use super::{
    field::Field,
    limits::UNITS_MAX,
    refused::{Code, Refusal},
};

/// Digits of one number: more is a typing error, and would not fit.
const DIGITS_MAX: u32 = 18;

/// How numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notation {
    /// What stands before the fraction.
    pub decimal: char,
    /// What stands between groups of three digits, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grouping: Option<char>,
}

impl Default for Notation {
    fn default() -> Self {
        Self { decimal: '.', grouping: None }
    }
}

/// What becomes of units that are not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fractions {
    /// The row is refused.
    #[default]
    Refuse,
    /// Towards zero.
    Down,
    /// To the nearest, halves away from zero.
    Nearest,
    /// Away from zero.
    Up,
    /// A weighed line is one piece, whatever it weighs. For tills only.
    One,
}

/// An exact decimal: `mantissa` ÷ 10^`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    mantissa: i64,
    scale: u32,
}

/// Why a text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotANumber {
    /// Not in this notation.
    Form,
    /// More digits than any quantity has.
    TooLong,
}

impl Decimal {
    /// Reads a number: a sign before or after it, digits, and the notation's separators. No exponents:
    /// a spreadsheet that writes them has lost digits.
    ///
    /// # Errors
    /// [`NotANumber`].
    pub fn parse(text: &str, notation: Notation) -> Result<Self, NotANumber> {
        if let Some(mantissa) = short(text.as_bytes()) {
            return Ok(Self { mantissa, scale: 0 });
        }
        let (negative, digits) = sign(text);
        let mut parts = digits.split(notation.decimal);
        let (whole, fraction) = (parts.next().unwrap_or(""), parts.next());
        if parts.next().is_some() || (whole.is_empty() && fraction.is_none_or(str::is_empty)) {
            return Err(NotANumber::Form);
        }
        let mut count = Counting::default();
        for (at, group) in groups(whole, notation.grouping).enumerate() {
            if at > 0 && group.len() != 3 {
                return Err(NotANumber::Form);
            }
            count.take(group)?;
        }
        let fraction = fraction.unwrap_or("").trim_end_matches('0');
        count.take(fraction)?;
        let mantissa = if negative { -count.mantissa } else { count.mantissa };
        match u32::try_from(fraction.len()) {
            Ok(scale) if scale <= DIGITS_MAX => Ok(Self { mantissa, scale }),
            _ => Err(NotANumber::TooLong),
        }
    }

    /// Whole units: this number times `factor`.
    ///
    /// # Errors
    /// [`Refusal`] of `field`: a fraction, or too many.
    pub fn units(self, factor: u32, fractions: Fractions, field: Field) -> Result<i64, Refusal> {
        if self.scale == 0 && self.mantissa.unsigned_abs() <= UNITS_MAX.unsigned_abs() {
            let units = self.mantissa * i64::from(factor);
            return if units.abs() <= UNITS_MAX { Ok(units) } else { Err(too_large(field)) };
        }
        let product = i128::from(self.mantissa) * i128::from(factor);
        let one = 10_i128.pow(self.scale);
        let (whole, rest) = (product / one, product % one);
        let up = if product < 0 { -1 } else { 1 };
        let units = match fractions {
            _ if rest == 0 => whole,
            Fractions::Refuse => return Err(fraction(field)),
            Fractions::Down => whole,
            Fractions::Nearest if 2 * rest.abs() < one => whole,
            Fractions::Nearest | Fractions::Up => whole + up,
            Fractions::One => up,
        };
        match i64::try_from(units) {
            Ok(units) if units.abs() <= UNITS_MAX => Ok(units),
            _ => Err(too_large(field)),
        }
    }

    /// −1, 0 or 1.
    #[must_use]
    pub const fn signum(self) -> i64 {
        self.mantissa.signum()
    }
}

/// The common case: up to nine digits and nothing else.
fn short(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 9 {
        return None;
    }
    let mut number = 0_i64;
    for byte in bytes {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i64::from(digit);
    }
    Some(number)
}

fn sign(text: &str) -> (bool, &str) {
    match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        [.., b'-'] => (true, &text[..text.len() - 1]),
        _ => (false, text),
    }
}

fn groups(whole: &str, grouping: Option<char>) -> impl Iterator<Item = &str> {
    whole.split(move |letter| Some(letter) == grouping)
}

#[derive(Default)]
struct Counting {
    mantissa: i64,
    digits: u32,
}

impl Counting {
    fn take(&mut self, digits: &str) -> Result<(), NotANumber> {
        for byte in digits.bytes() {
            if !byte.is_ascii_digit() {
                return Err(NotANumber::Form);
            }
            self.digits += u32::from(self.digits > 0 || byte != b'0');
            if self.digits > DIGITS_MAX {
                return Err(NotANumber::TooLong);
            }
            self.mantissa = self.mantissa * 10 + i64::from(byte - b'0');
        }
        Ok(())
    }
}

fn fraction(field: Field) -> Refusal {
    Refusal::field(Code::Fraction, field, "not a whole number of units")
}

/// More units than any shelf holds.
#[must_use]
pub fn too_large(field: Field) -> Refusal {
    Refusal::field(Code::TooLarge, field, format!("more than {UNITS_MAX} units"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Notation = Notation { decimal: ',', grouping: Some('.') };

    fn units(text: &str, notation: Notation, fractions: Fractions) -> Result<i64, Code> {
        let number = Decimal::parse(text, notation).map_err(|_| Code::InvalidNumber)?;
        number.units(12, fractions, Field::Quantity).map_err(|refusal| refusal.code)
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let point = Notation::default();
        for (text, notation, expected) in [
            ("7", point, Ok(84)),
            ("-7", point, Ok(-84)),
            ("7-", point, Ok(-84)),
            ("+007.50", point, Ok(90)),
            (".5", point, Ok(6)),
            ("1.000", COMMA, Ok(12_000)),
            ("1.234.567,5", COMMA, Ok(14_814_810)),
            ("1.5", COMMA, Err(Code::InvalidNumber)),
            ("1,5", point, Err(Code::InvalidNumber)),
            ("1E5", point, Err(Code::InvalidNumber)),
            ("0x10", point, Err(Code::InvalidNumber)),
            ("--1", point, Err(Code::InvalidNumber)),
            (".", point, Err(Code::InvalidNumber)),
            ("-", point, Err(Code::InvalidNumber)),
            ("", point, Err(Code::InvalidNumber)),
            ("1.2.3", point, Err(Code::InvalidNumber)),
            ("٣", point, Err(Code::InvalidNumber)),
            ("0.33", point, Err(Code::Fraction)),
            ("99999999999", point, Err(Code::TooLarge)),
            ("999999999999999999", point, Err(Code::TooLarge)),
            ("9999999999999999999", point, Err(Code::InvalidNumber)),
            ("000000000000000000000001", point, Ok(12)),
            ("0.000000000000000001", point, Err(Code::Fraction)),
            ("0.00000000000000000000000000000000000000001", point, Err(Code::InvalidNumber)),
            ("1.50000000000000000000000000", point, Ok(18)),
        ] {
            assert_eq!(units(text, notation, Fractions::Refuse), expected, "{text}");
        }
    }

    #[test]
    fn fractions_go_where_the_profile_says() {
        let point = Notation::default();
        for (text, down, nearest, up) in
            [("0.11", 1, 1, 2), ("0.125", 1, 2, 2), ("-0.11", -1, -1, -2), ("-0.125", -1, -2, -2)]
        {
            assert_eq!(units(text, point, Fractions::Down), Ok(down));
            assert_eq!(units(text, point, Fractions::Nearest), Ok(nearest));
            assert_eq!(units(text, point, Fractions::Up), Ok(up));
            assert_eq!(units(text, point, Fractions::One), Ok(up.signum()));
        }
    }
}
