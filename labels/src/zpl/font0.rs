//! How wide the printer's own font `0` is, to print a line as wide as it was measured.
//!
//! The numbers are advances of the font that every ZPL II printer has, in thousandths of the letter
//! height, as an independent renderer calibrated against the maker's shows them. They steer only the
//! width of letters, never what is printed.

use crate::shape::Line;

/// Letter height that gives capitals of the same height as the embedded faces at a size of one em.
pub(crate) const HEIGHT: f32 = 0.95;
/// Letters are not drawn wider than this over their height: wider ones look torn apart.
const STRETCH_MAX: f32 = 1.12;
/// Left unused, because firmware versions differ by a little.
const SAFETY: f32 = 0.98;

/// Letter width over letter size, and what of the measured width (in em) stays unused.
pub(crate) fn stretch(line: &Line) -> (f32, f32) {
    let own = line.text.chars().map(advance).sum::<u32>() as f32 / 1000.0;
    if own <= 0.0 {
        return (1.0, 0.0);
    }
    let stretch = (line.width * SAFETY / own).min(STRETCH_MAX * HEIGHT);
    (stretch, line.width - own * stretch)
}

fn advance(c: char) -> u32 {
    let code = u32::from(c);
    let entry = match code {
        0x20..=0x7e => ASCII.get((code - 0x20) as usize),
        0xa0..=0xff => LATIN1.get((code - 0xa0) as usize),
        _ => None,
    };
    entry.copied().map_or(WIDEST, u32::from)
}

/// For a character the table lacks.
const WIDEST: u32 = 1000;

/// U+0020 to U+007E.
#[rustfmt::skip]
const ASCII: [u16; 95] = [
    296, 294, 478, 479, 479, 903, 608, 253, 294, 295, 479, 904, 294, 903, 294, 295,
    480, 480, 478, 479, 480, 480, 479, 480, 480, 480, 295, 296, 994, 904, 994, 444,
    903, 554, 554, 534, 589, 500, 500, 588, 608, 276, 444, 553, 480, 756, 608, 572,
    554, 572, 588, 534, 500, 608, 534, 810, 554, 554, 500, 295, 479, 294, 506, 500,
    294, 462, 500, 444, 500, 479, 276, 500, 500, 259, 258, 444, 259, 756, 500, 480,
    500, 500, 331, 423, 275, 500, 444, 664, 444, 443, 388, 500, 500, 500, 506,
];

/// U+00A0 to U+00FF.
#[rustfmt::skip]
const LATIN1: [u16; 96] = [
    480, 337, 506, 479, 506, 506, 253, 479, 337, 462, 304, 506, 506, 480, 462, 337,
    480, 506, 304, 304, 337, 589, 556, 337, 337, 304, 304, 506, 759, 759, 759, 506,
    562, 562, 562, 562, 562, 562, 787, 562, 506, 506, 506, 506, 282, 282, 282, 282,
    618, 618, 618, 618, 618, 618, 618, 506, 618, 618, 618, 618, 618, 562, 562, 515,
    462, 506, 506, 506, 462, 506, 730, 444, 479, 479, 506, 506, 282, 282, 282, 282,
    506, 500, 506, 506, 506, 506, 479, 506, 506, 506, 506, 506, 500, 449, 506, 449,
];
