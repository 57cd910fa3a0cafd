//! One line of text as placed glyphs: directions, faces, joining letters.
//!
//! Wrapping and sizes are [`crate::fit`]'s; this measures and places at a size of one em.

use harfrust::{Buffer, Direction, Feature, ShapeOptions, ShaperFont, Tag};
use unicode_bidi::{BidiInfo, Level};

use crate::doc::Weight;
use crate::font::{Fonts, glyph};

/// A glyph with its place; lengths in em, y up from the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlacedGlyph {
    /// Index of its face in the [`Fonts`] and weight that shaped it.
    pub face: usize,
    pub id: u32,
    pub x: f32,
    pub y: f32,
}

/// A shaped line; lengths in em.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// What it says, in reading order, free of control characters.
    pub text: String,
    pub weight: Weight,
    pub glyphs: Vec<PlacedGlyph>,
    pub width: f32,
    /// Highest and lowest ink above the baseline (the lower one is usually negative).
    pub top: f32,
    pub bottom: f32,
    /// True when each character is one glyph of the first face, left to right: a back end may then
    /// write the text instead of drawing it.
    pub plain: bool,
    /// True when the paragraph reads right to left.
    pub right_to_left: bool,
}

/// The text without what has no place on paper: control characters become spaces, direction overrides
/// (which could make an address read otherwise than it is stored) and byte order marks go.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}' => None,
            '\u{2028}' | '\u{2029}' | '\u{a0}' => Some(' '),
            c if c.is_control() => Some(' '),
            c => Some(c),
        })
        .collect()
}

/// True when the first letter with a direction reads right to left.
pub(crate) fn reads_right_to_left(text: &str) -> bool {
    unicode_bidi::get_base_direction(text) == unicode_bidi::Direction::Rtl
}

/// Shapes `text`, one line that is [`printable`] already, in its paragraph's direction.
pub(crate) fn line(fonts: &Fonts, weight: Weight, text: &str, right_to_left: bool) -> Line {
    let mut shaper = Shaper { fonts, weight, glyphs: Vec::new(), pen: 0.0 };
    let level = if right_to_left { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(text, Some(level));
    for paragraph in &bidi.paragraphs {
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let rtl = levels.get(run.start).is_some_and(Level::is_rtl);
            shaper.run(&text[run], rtl);
        }
    }
    let (top, bottom) = shaper.ink();
    let plain = !right_to_left && text.chars().all(|c| is_plain(fonts, weight, c));
    Line {
        text: text.to_owned(),
        weight,
        width: shaper.pen,
        glyphs: shaper.glyphs,
        top,
        bottom,
        plain,
        right_to_left,
    }
}

/// A character of the first face that stands alone: no joining, no mark on another one.
fn is_plain(fonts: &Fonts, weight: Weight, c: char) -> bool {
    let marks = ('\u{300}'..='\u{36f}').contains(&c) || ('\u{483}'..='\u{489}').contains(&c);
    let invisible = ('\u{200b}'..='\u{200f}').contains(&c);
    !marks && !invisible && glyph(fonts.face(weight, 0), c).is_some()
}

struct Shaper<'a> {
    fonts: &'a Fonts,
    weight: Weight,
    glyphs: Vec<PlacedGlyph>,
    pen: f32,
}

impl Shaper<'_> {
    /// One direction; split into stretches of one face and script, placed in visual order.
    fn run(&mut self, text: &str, rtl: bool) {
        let mut parts = self.parts(text);
        if rtl {
            parts.reverse();
        }
        for (face, part) in parts {
            self.part(face, part, rtl);
        }
    }

    fn parts<'t>(&self, text: &'t str) -> Vec<(usize, &'t str)> {
        let mut parts: Vec<(usize, usize, usize)> = Vec::new();
        let mut previous = None;
        for (at, c) in text.char_indices() {
            let face = self.fonts.face_for(self.weight, c, previous).or(previous).unwrap_or(0);
            previous = Some(face);
            match parts.last_mut() {
                Some((last, _, end)) if *last == face => *end = at + c.len_utf8(),
                _ => parts.push((face, at, at + c.len_utf8())),
            }
        }
        parts.into_iter().map(|(face, start, end)| (face, &text[start..end])).collect()
    }

    fn part(&mut self, face: usize, text: &str, rtl: bool) {
        let font = self.fonts.face(self.weight, face);
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        // Written as text in a PDF, letters advance by their own widths: measure them the same way.
        let plain = [feature(b"kern"), feature(b"liga"), feature(b"clig")];
        let features: &[Feature] = if face == 0 { &plain } else { &[] };
        let options = ShapeOptions::new().features(features);
        harfrust::shape(&ShaperFont::new(font), &mut buffer, options)
            .expect("a buffer of text with a direction can be shaped");
        let em = f32::from(font.units_per_em());
        for (info, position) in buffer.glyph_infos().iter().zip(buffer.glyph_positions()) {
            self.glyphs.push(PlacedGlyph {
                face,
                id: info.glyph_id,
                x: self.pen + position.x_offset as f32 / em,
                y: position.y_offset as f32 / em,
            });
            self.pen += position.x_advance as f32 / em;
        }
    }

    fn ink(&self) -> (f32, f32) {
        let mut ink = (0.0_f32, 0.0_f32);
        for glyph in &self.glyphs {
            let font = self.fonts.face(self.weight, glyph.face);
            let em = f32::from(font.units_per_em());
            let id = skrifa::GlyphId::new(glyph.id);
            if let Some(extents) = font.glyph_metrics().extents(id) {
                let edges = [extents.y_bearing, extents.y_bearing - extents.height];
                for edge in edges.map(|edge| glyph.y + edge / em) {
                    ink = (ink.0.max(edge), ink.1.min(edge));
                }
            }
        }
        ink
    }
}

fn feature(tag: &[u8; 4]) -> Feature {
    Feature::new(Tag::new(tag), 0, ..)
}
