//! The number of one package, and the blocks of serial numbers from which a device makes them offline.
//!
//! The block only counts; that a taken number is never taken again is the promise of whoever stores the
//! block (the tablet's outbox, in the transaction that records the package).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Gs1Error, check_digit, digits_only, verify_check_digit};

/// Digits of an SSCC without extension digit and check digit.
const BODY_DIGITS: usize = 16;

/// A Serial Shipping Container Code: 18 digits, the last one the check digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "schema",
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = r"^\d{18}$")
)]
#[serde(try_from = "String", into = "String")]
pub struct Sscc(String);

impl Sscc {
    /// Reads 18 digits.
    ///
    /// # Errors
    /// Wrong length, a character that is no digit, or a wrong check digit.
    pub fn new(digits: &str) -> Result<Self, Gs1Error> {
        if digits.len() != 18 {
            return Err(Gs1Error::Length { expected: "18", got: digits.chars().count() });
        }
        verify_check_digit(digits)?;
        Ok(Self(digits.to_owned()))
    }

    /// All 18 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Sscc {
    type Err = Gs1Error;

    fn from_str(digits: &str) -> Result<Self, Gs1Error> {
        Self::new(digits)
    }
}

impl TryFrom<String> for Sscc {
    type Error = Gs1Error;

    fn try_from(digits: String) -> Result<Self, Gs1Error> {
        Self::new(&digits)
    }
}

impl From<Sscc> for String {
    fn from(sscc: Sscc) -> Self {
        sscc.0
    }
}

/// What is left of the serial numbers leased to one device.
///
/// The server hands out blocks that never overlap; a device that uses only its own blocks can make
/// SSCCs without a network. `start` is the next serial to be used, `count` how many are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(try_from = "Lease", into = "Lease")]
pub struct SsccBlock {
    /// The GS1 company prefix.
    prefix: String,
    /// The digit before it.
    extension: u8,
    /// The next serial number to use.
    start: u64,
    /// Serial numbers left.
    count: u64,
}

impl SsccBlock {
    /// A block of `count` serial numbers from `start` under a GS1 company prefix (4 to 12 digits) and
    /// an extension digit (0 to 9).
    ///
    /// # Errors
    /// [`Gs1Error::Block`] when the prefix is none or the last serial has more digits than there is
    /// room for: a block that exists can be used up to its end.
    pub fn new(
        prefix: impl Into<String>,
        extension: u8,
        start: u64,
        count: u64,
    ) -> Result<Self, Gs1Error> {
        let prefix = prefix.into();
        digits_only(&prefix)?;
        if !(4..=12).contains(&prefix.len()) {
            return Err(Gs1Error::Block("a company prefix has 4 to 12 digits"));
        }
        if extension > 9 {
            return Err(Gs1Error::Block("the extension is one digit"));
        }
        let block = Self { prefix, extension, start, count };
        let end = start.checked_add(count).ok_or(Gs1Error::Block("serial numbers overflow"))?;
        if end > block.serial_end() {
            return Err(Gs1Error::Block("more serial numbers than the prefix leaves room for"));
        }
        Ok(block)
    }

    /// Takes the next number; `None` when the block is used up. Store the block before using it.
    #[expect(clippy::should_implement_trait, reason = "a collected block would be a used-up lease")]
    pub fn next(&mut self) -> Option<Sscc> {
        if self.count == 0 {
            return None;
        }
        let width = BODY_DIGITS - self.prefix.len();
        let body = format!("{}{}{:0width$}", self.extension, self.prefix, self.start);
        let check = check_digit(&body).expect("prefix and serial are digits");
        self.start += 1;
        self.count -= 1;
        Some(Sscc(format!("{body}{check}")))
    }

    /// How many numbers are left.
    pub fn remaining(&self) -> u64 {
        self.count
    }

    /// The GS1 company prefix.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The extension digit.
    pub fn extension(&self) -> u8 {
        self.extension
    }

    /// The serial that [`SsccBlock::next`] will use.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// One more than the highest serial under this prefix.
    fn serial_end(&self) -> u64 {
        let width = BODY_DIGITS - self.prefix.len();
        10_u64.pow(u32::try_from(width).expect("at most 12"))
    }
}

/// A block on the wire and on disk; becomes an [`SsccBlock`] only when it is possible.
#[derive(Serialize, Deserialize)]
struct Lease {
    prefix: String,
    extension: u8,
    start: u64,
    count: u64,
}

impl TryFrom<Lease> for SsccBlock {
    type Error = Gs1Error;

    fn try_from(lease: Lease) -> Result<Self, Gs1Error> {
        Self::new(lease.prefix, lease.extension, lease.start, lease.count)
    }
}

impl From<SsccBlock> for Lease {
    fn from(block: SsccBlock) -> Self {
        let SsccBlock { prefix, extension, start, count } = block;
        Self { prefix, extension, start, count }
    }
}
