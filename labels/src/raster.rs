//! Glyph outlines, and text as dots.
//!
//! Dots are set where a glyph covers at least half of them; there is no grey on a thermal label.

use skrifa::font::glyph::outline::PathElement;
use skrifa::{DrawMemory, GlyphId, ScalerFont};
use zeno::{Command, Mask, Vector};

use crate::bitmap::Bitmap;
use crate::fit::PlacedLine;
use crate::font::Fonts;

/// The outlines of a line, in 0.1 mm from the label's top left corner, y down.
pub(crate) fn outlines(fonts: &Fonts, placed: &PlacedLine) -> Vec<PathElement> {
    let mut path = Vec::new();
    for glyph in &placed.line.glyphs {
        let font = fonts.face(placed.line.weight, glyph.face);
        let scaler = ScalerFont::force_unhinted(font.clone(), None);
        let mut units: Vec<PathElement> = Vec::new();
        // A glyph without an outline (a space) draws nothing; so does a damaged one of a caller's face.
        let outline = scaler.outline(GlyphId::new(glyph.id));
        if outline.is_some_and(|o| o.draw(DrawMemory::Scratch, &mut units).is_err()) {
            units.clear();
        }
        let scale = placed.size / f32::from(font.units_per_em());
        let x = placed.x + glyph.x * placed.size;
        let y = placed.baseline - glyph.y * placed.size;
        path.extend(units.into_iter().map(|e| moved(e, scale, x, y)));
    }
    path
}

fn moved(element: PathElement, scale: f32, left: f32, base: f32) -> PathElement {
    let px = |x: f32| left + x * scale;
    let py = |y: f32| base - y * scale;
    match element {
        PathElement::MoveTo { x, y } => PathElement::MoveTo { x: px(x), y: py(y) },
        PathElement::LineTo { x, y } => PathElement::LineTo { x: px(x), y: py(y) },
        PathElement::QuadTo { cx0, cy0, x, y } => {
            PathElement::QuadTo { cx0: px(cx0), cy0: py(cy0), x: px(x), y: py(y) }
        }
        PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => PathElement::CurveTo {
            cx0: px(cx0),
            cy0: py(cy0),
            cx1: px(cx1),
            cy1: py(cy1),
            x: px(x),
            y: py(y),
        },
        PathElement::Close => PathElement::Close,
    }
}

/// A line as dots, with the left and top dot where it goes. `scale` is dots per 0.1 mm.
pub(crate) fn dots(fonts: &Fonts, placed: &PlacedLine, scale: f32) -> (Bitmap, i32, i32) {
    let at = |x: f32, y: f32| Vector::new(x * scale, y * scale);
    let commands: Vec<Command> = outlines(fonts, placed)
        .into_iter()
        .map(|element| match element {
            PathElement::MoveTo { x, y } => Command::MoveTo(at(x, y)),
            PathElement::LineTo { x, y } => Command::LineTo(at(x, y)),
            PathElement::QuadTo { cx0, cy0, x, y } => Command::QuadTo(at(cx0, cy0), at(x, y)),
            PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
                Command::CurveTo(at(cx0, cy0), at(cx1, cy1), at(x, y))
            }
            PathElement::Close => Command::Close,
        })
        .collect();
    let (coverage, placement) = Mask::new(&commands[..]).render();
    let (width, height) = (placement.width as usize, placement.height as usize);
    let mut bitmap = Bitmap::new(width, height);
    for (at, _) in coverage.iter().enumerate().filter(|(_, alpha)| **alpha >= 128) {
        bitmap.set(at % width, at / width, true);
    }
    (bitmap, placement.left, placement.top)
}
