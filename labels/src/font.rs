//! The faces text is measured and drawn with: embedded ones first, then what the caller adds.
//!
//! Latin, Greek, Cyrillic, Arabic and Hebrew are embedded (Noto Sans, OFL). Other scripts need a face
//! from the caller; without one their characters show as empty boxes, and [`Fonts::missing`] names them.

use std::collections::BTreeSet;

use harfrust::Font;
use skrifa::GlyphId;

use crate::doc::{LabelDoc, Weight};
use crate::shape;

/// Bytes of the face that carries Latin, Greek and Cyrillic.
pub(crate) const fn sans_bytes(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => include_bytes!("../../assets/fonts/NotoSans-Regular.ttf"),
        Weight::Bold => include_bytes!("../../assets/fonts/NotoSans-Bold.ttf"),
    }
}

const ARABIC: &[u8] = include_bytes!("../../assets/fonts/NotoSansArabic-Regular.ttf");
const ARABIC_BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSansArabic-Bold.ttf");
const HEBREW: &[u8] = include_bytes!("../../assets/fonts/NotoSansHebrew-Regular.ttf");
const HEBREW_BOLD: &[u8] = include_bytes!("../../assets/fonts/NotoSansHebrew-Bold.ttf");

/// A face that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a TrueType or OpenType font with outlines")]
pub struct FontError;

/// All faces in the order they are asked for a character.
#[derive(Clone)]
pub struct Fonts {
    regular: Vec<Font>,
    bold: Vec<Font>,
}

impl Default for Fonts {
    fn default() -> Self {
        Self::embedded()
    }
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("faces", &self.regular.len()).finish()
    }
}

impl Fonts {
    /// The embedded faces.
    pub fn embedded() -> Self {
        Self {
            regular: [sans_bytes(Weight::Regular), ARABIC, HEBREW].map(embedded_face).into(),
            bold: [sans_bytes(Weight::Bold), ARABIC_BOLD, HEBREW_BOLD].map(embedded_face).into(),
        }
    }

    /// Adds a face for what the embedded ones lack (Thai, Han, Devanagari …), used for both weights.
    ///
    /// # Errors
    /// [`FontError`] when `bytes` are no font or have no outlines to draw.
    pub fn with_fallback(mut self, bytes: impl Into<Vec<u8>>) -> Result<Self, FontError> {
        let font = Font::new(bytes.into(), 0).ok_or(FontError)?;
        if font.units_per_em() == 0 || font.num_glyphs() == 0 {
            return Err(FontError);
        }
        self.regular.push(font.clone());
        self.bold.push(font);
        Ok(self)
    }

    /// Characters of the label that no face has; they print as empty boxes.
    pub fn missing(&self, doc: &LabelDoc) -> BTreeSet<char> {
        doc.texts()
            .flat_map(|text| text.paragraphs.iter().map(move |p| (p, text.weight)))
            .flat_map(|(paragraph, weight)| {
                let clean = shape::printable(paragraph);
                clean
                    .chars()
                    .filter(|c| self.face_for(weight, *c, None).is_none())
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    pub(crate) fn face(&self, weight: Weight, index: usize) -> &Font {
        &self.faces(weight)[index]
    }

    /// The face for `c`: the previous character's when it has it, else the first that does.
    pub(crate) fn face_for(
        &self,
        weight: Weight,
        c: char,
        previous: Option<usize>,
    ) -> Option<usize> {
        let faces = self.faces(weight);
        let has = |index: &usize| glyph(&faces[*index], c).is_some();
        previous.filter(has).or_else(|| (0..faces.len()).find(has))
    }

    fn faces(&self, weight: Weight) -> &[Font] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

pub(crate) fn glyph(font: &Font, c: char) -> Option<GlyphId> {
    font.charmap().map_unicode(c).filter(|id| id.to_u32() != 0)
}

fn embedded_face(bytes: &'static [u8]) -> Font {
    Font::new(bytes, 0).expect("the embedded fonts are fonts: a test draws with each")
}
