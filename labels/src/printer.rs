//! What differs between printers: dots per millimetre, what its own font can print, how it takes pictures.
//!
//! Nothing here talks to a printer; a transport picks the profile that its printer was set up with.

use crate::doc::Dmm;

/// Which characters are left to the printer's own scalable font (`^A0`).
///
/// Every Zebra-compatible printer covers these; what more a given model or firmware has cannot be asked
/// over a one-way connection, so all other text is sent as a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FontCoverage {
    /// Printable ASCII, for printers older than Unicode support.
    Ascii,
    /// Printable ASCII and the letters and signs of Latin-1.
    Latin1,
}

impl FontCoverage {
    /// True when the printer's font has the character and prints it where it was measured.
    ///
    /// Not the backslash, which some firmware and renderers take as a line break's escape, and not the
    /// underscore, which reaches lower than in the embedded faces.
    pub fn covers(self, c: char) -> bool {
        if matches!(c, '\\' | '_') {
            return false;
        }
        let latin1 = ('\u{a1}'..='\u{ff}').contains(&c) && c != '\u{ad}';
        (' '..='~').contains(&c) || (self == Self::Latin1 && latin1)
    }
}

/// How pictures are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphicCoding {
    /// Run lengths in letters: every ZPL II printer reads it.
    RunLength,
    /// Deflate and base64 with a checksum: two to fifteen times smaller, for Link-OS printers.
    Z64,
}

/// One kind of printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrinterProfile {
    dots_per_metre: i32,
    /// What its font prints.
    pub font: FontCoverage,
    /// How it takes pictures.
    pub graphics: GraphicCoding,
}

impl PrinterProfile {
    /// A 203 dpi head: 8 dots per millimetre.
    pub const DPI_203: Self = Self::with_density(8_000);
    /// A 300 dpi head: 11.8 dots per millimetre.
    pub const DPI_300: Self = Self::with_density(11_811);

    /// A careful profile for a head with so many dots per metre.
    pub const fn with_density(dots_per_metre: i32) -> Self {
        Self { dots_per_metre, font: FontCoverage::Latin1, graphics: GraphicCoding::RunLength }
    }

    /// The same printer taking Z64 pictures.
    pub const fn z64(mut self) -> Self {
        self.graphics = GraphicCoding::Z64;
        self
    }

    /// Dots per metre of the head.
    pub const fn dots_per_metre(&self) -> i32 {
        self.dots_per_metre
    }

    /// Nearest dot to a length.
    pub fn dots(&self, length: Dmm) -> i32 {
        let dots = (i64::from(length) * i64::from(self.dots_per_metre) + 5_000).div_euclid(10_000);
        i32::try_from(dots).unwrap_or(i32::MAX)
    }

    /// Whole dots that fit into a length.
    pub fn whole_dots(&self, length: Dmm) -> i32 {
        let dots = (i64::from(length) * i64::from(self.dots_per_metre)).div_euclid(10_000);
        i32::try_from(dots).unwrap_or(i32::MAX)
    }

    /// Dots per 0.1 mm.
    pub fn scale(&self) -> f32 {
        self.dots_per_metre as f32 / 10_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_dots() {
        assert_eq!(PrinterProfile::DPI_203.dots(1016), 813);
        assert_eq!(PrinterProfile::DPI_203.whole_dots(1016), 812);
        assert_eq!(PrinterProfile::DPI_300.whole_dots(1524), 1799);
        assert_eq!(PrinterProfile::DPI_203.dots(5), 4);
        assert_eq!(PrinterProfile::DPI_300.dots(5), 6);
    }
}
