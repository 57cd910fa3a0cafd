//! What the two layouts share: captions with values, rules, and package counts.
//!
//! Sizes and places are the layouts'; here is only how a captioned value looks.

use crate::doc::{Align, Anchor, Area, Dmm, Element, Ink, LabelDoc, Text, Weight};

/// Width of a 4 inch label.
pub(crate) const WIDTH: Dmm = 1016;
/// Blank edge that printers may not reach.
pub(crate) const MARGIN: Dmm = 40;
/// Right end of what is printed.
pub(crate) const RIGHT: Dmm = WIDTH - MARGIN;
/// Printed width.
pub(crate) const INNER: Dmm = WIDTH - 2 * MARGIN;
/// Height of a caption line.
pub(crate) const CAPTION: Dmm = 28;
/// Thickness of the rules between parts.
const RULE: Dmm = 4;

/// Which package of how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackageCount {
    /// From 1.
    pub number: u32,
    /// All packages of the fulfillment.
    pub total: u32,
}

impl PackageCount {
    pub(crate) fn words(self) -> String {
        format!("{} of {}", self.number, self.total)
    }
}

/// A text in black, left aligned, that may shrink to `size_min`.
pub(crate) fn text(
    area: Area,
    paragraphs: impl IntoIterator<Item = impl Into<String>>,
    sizes: (Dmm, Dmm),
    weight: Weight,
) -> Text {
    let paragraphs = paragraphs.into_iter().map(Into::into).collect();
    let (size_max, size_min) = sizes;
    let (align, anchor, ink) = (Align::Start, Anchor::Top, Ink::Black);
    Text { area, paragraphs, size_max, size_min, lines_max: 99, weight, align, anchor, ink }
}

/// Parts that put themselves on a label.
pub(crate) trait Compose {
    fn text(&mut self, text: Text);
    /// A small heading at `x`, `y`.
    fn caption(&mut self, x: Dmm, y: Dmm, width: Dmm, words: &str);
    /// A heading with a bold value under it that fills the rest of `area`.
    fn captioned(&mut self, area: Area, words: &str, value: &str, size_max: Dmm);
    /// A line across the label.
    fn rule(&mut self, y: Dmm);
    /// A line down from `y`.
    fn divider(&mut self, x: Dmm, y: Dmm, height: Dmm);
}

impl Compose for LabelDoc {
    fn text(&mut self, text: Text) {
        self.push(Element::Text(text));
    }

    fn caption(&mut self, x: Dmm, y: Dmm, width: Dmm, words: &str) {
        let area = Area::new(x, y, width, CAPTION);
        self.text(text(area, [words], (22, 16), Weight::Regular));
    }

    fn captioned(&mut self, area: Area, words: &str, value: &str, size_max: Dmm) {
        self.caption(area.x, area.y, area.width, words);
        let below = Area::new(area.x, area.y + CAPTION, area.width, area.height - CAPTION);
        let words = text(below, [value], (size_max, 20), Weight::Bold);
        self.text(Text { lines_max: 1, anchor: Anchor::Middle, ..words });
    }

    fn rule(&mut self, y: Dmm) {
        self.push(Element::Fill(Area::new(MARGIN, y, INNER, RULE)));
    }

    fn divider(&mut self, x: Dmm, y: Dmm, height: Dmm) {
        self.push(Element::Fill(Area::new(x, y, RULE, height)));
    }
}
