//! GS1 keys and scans: GTIN, SSCC with its leased serial blocks, and what a scanner's text means.
//!
//! Pure: the next serial number comes from a block that the caller owns and stores; no randomness, no
//! clock. It does not know which AIs must or must not appear together (the trade's association rules):
//! a scan that only an auditor would refuse is still a scan.

mod ai;
mod gtin;
mod link;
mod scan;
mod sscc;

pub use ai::{AiFormat, Charset};
pub use gtin::Gtin;
pub use scan::{Element, Elements, Scan, ScanSettings, parse};
pub use sscc::{Sscc, SsccBlock};

/// Why a GS1 key or element string is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// A character other than 0 to 9 in an all-digit key.
    #[error("only digits are allowed, found {0:?}")]
    NotDigits(char),
    /// A key with a number of digits that it cannot have.
    #[error("{got} characters where {expected} are needed")]
    Length {
        /// What the key or AI allows.
        expected: &'static str,
        /// What was read.
        got: usize,
    },
    /// The last digit does not follow from the others: mistyped or misread.
    #[error("check digit is {got}, the other digits need {expected}")]
    CheckDigit {
        /// The digit that the others ask for.
        expected: u8,
        /// The digit that was read.
        got: u8,
    },
    /// An application identifier that GS1 has not assigned, or text where one should stand.
    #[error("no application identifier at {0:?}")]
    UnknownAi(String),
    /// The value does not fit its application identifier.
    #[error("({ai}) cannot hold {value:?}")]
    Value {
        /// Application identifier, such as `10`.
        ai: String,
        /// The offending value.
        value: String,
    },
    /// The same application identifier twice with different values.
    #[error("({0}) appears twice with different values")]
    Contradiction(String),
    /// A Digital Link address with a broken path or escape.
    #[error("not a GS1 Digital Link: {0}")]
    DigitalLink(&'static str),
    /// A serial block that would run out of its digits, or a prefix that is none.
    #[error("serial block is not possible: {0}")]
    Block(&'static str),
}

/// The GS1 mod-10 check digit of `body`, the key without its last digit.
///
/// Works for every numeric GS1 key (GTIN-8 to GTIN-14, SSCC-18, GLN-13), because the weights 3 and 1
/// are dealt from the right.
///
/// # Errors
/// [`Gs1Error::NotDigits`] when `body` has anything but ASCII digits.
pub fn check_digit(body: &str) -> Result<u8, Gs1Error> {
    digits_only(body)?;
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    let digit = (10 - sum % 10) % 10;
    Ok(u8::try_from(digit).expect("a remainder of ten is below ten"))
}

/// Checks that `key` is all digits and that its last one is its check digit.
pub(crate) fn verify_check_digit(key: &str) -> Result<(), Gs1Error> {
    digits_only(key)?;
    let Some((body, last)) = key.split_at_checked(key.len().saturating_sub(1)) else {
        return Err(Gs1Error::Length { expected: "at least 2", got: key.len() });
    };
    let got = last.bytes().next().map_or(0, |byte| byte - b'0');
    let expected = check_digit(body)?;
    if got == expected { Ok(()) } else { Err(Gs1Error::CheckDigit { expected, got }) }
}

fn digits_only(text: &str) -> Result<(), Gs1Error> {
    match text.chars().find(|c| !c.is_ascii_digit()) {
        Some(other) => Err(Gs1Error::NotDigits(other)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
