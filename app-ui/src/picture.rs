//! Reads the picture of an item: a placeholder that the app draws itself.
//!
//! Does not draw; a picture that is not understood is none, and the screen shows a plain box.

/// A glyph on a coloured ground: `swatch:<hue>:<glyph>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swatch {
    /// Colour, 0 to 359 degrees.
    pub hue: u16,
    /// File name of the glyph in the goods icons, without its ending.
    pub glyph: String,
}

/// The placeholder behind an item's picture, where it is one.
#[must_use]
pub fn swatch(picture: &str) -> Option<Swatch> {
    let (hue, glyph) = picture.strip_prefix("swatch:")?.split_once(':')?;
    let hue: u16 = hue.parse().ok().filter(|hue| *hue < 360)?;
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (!glyph.is_empty() && glyph.chars().all(is_name))
        .then(|| Swatch { hue, glyph: glyph.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swatch_has_a_hue_and_a_glyph() {
        assert_eq!(swatch("swatch:170:milk"), Some(Swatch { hue: 170, glyph: "milk".into() }));
        for other in ["", "swatch:360:milk", "swatch:-1:milk", "swatch:1:", "swatch:1:<b>", "x:1:a"]
        {
            assert_eq!(swatch(other), None, "{other}");
        }
    }
}
