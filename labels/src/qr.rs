//! QR codes: a square of modules and its place on the label.
//!
//! The encoding is the `qrcodegen` crate's; which mode a printer's firmware picks for the same data may
//! give a smaller symbol, never a larger one.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::doc::{Area, Dmm, LabelError};

/// Blank modules that a reader needs on each side.
pub const QUIET_MODULES: usize = 4;

/// A QR code with error correction M (15 %).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Qr {
    area: Area,
    data: String,
    size: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// A code in the largest square of `area`, quiet zones included.
    ///
    /// # Errors
    /// [`LabelError`] when there is nothing to encode, when a character is not printable ASCII, and
    /// when the modules would be smaller than 0.25 mm.
    pub fn new(area: Area, data: impl Into<String>) -> Result<Self, LabelError> {
        let data = data.into();
        if data.is_empty() {
            return Err(LabelError::BarcodeEmpty);
        }
        if let Some(bad) = data.chars().find(|c| !(' '..='~').contains(c)) {
            return Err(LabelError::BarcodeCharacter(bad));
        }
        let available = area.width.min(area.height);
        let code = QrCode::encode_text(&data, QrCodeEcc::Medium)
            .map_err(|_| LabelError::BarcodeTooWide { needed: Dmm::MAX, available })?;
        let needed = (code.size() + 8) * 5 / 2;
        if needed > available {
            return Err(LabelError::BarcodeTooWide { needed, available });
        }
        let size = usize::try_from(code.size()).expect("at most 177");
        let dark = (0..code.size())
            .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
            .map(|(x, y)| code.get_module(x, y))
            .collect();
        Ok(Self { area, data, size, dark })
    }

    /// Where it stands, quiet zones included.
    pub fn area(&self) -> Area {
        self.area
    }

    /// What it says.
    pub fn data(&self) -> &str {
        &self.data
    }

    /// Modules on one side, without quiet zones.
    pub fn size(&self) -> usize {
        self.size
    }

    /// True for a dark module.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }

    /// Side of the square, quiet zones included, in modules.
    pub(crate) fn span(&self) -> usize {
        self.size + 2 * QUIET_MODULES
    }
}
