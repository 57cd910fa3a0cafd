//! Makes text fit its area: shrink, wrap, and at last cut with an ellipsis.
//!
//! All back ends draw these lines at these places, so that no label overlaps in one of them only.

use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;

use crate::doc::{Align, Anchor, Dmm, Text};
use crate::font::Fonts;
use crate::shape::{self, Line, printable, reads_right_to_left};

/// A line with its place on the label; lengths in 0.1 mm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlacedLine {
    pub line: Line,
    /// Left edge.
    pub x: f32,
    /// Baseline.
    pub baseline: f32,
    /// Letter size (em).
    pub size: f32,
}

/// Room above and below the baseline between two lines, in em; more where their ink needs more.
const ASCENT: f32 = 0.92;
const DESCENT: f32 = 0.26;
/// Capitals of the faces, in em: at least so much is kept above the first line.
const CAPITALS: f32 = 0.714;
/// A printer's own letters may reach a little further than the measured ones.
const SLACK: f32 = 0.04;

/// Down to this part of its largest size, a paragraph is kept on one line.
const UNBROKEN: f32 = 0.7;

/// The lines of `text`, all inside its area.
#[expect(clippy::cast_precision_loss, reason = "a label is some thousand units large")]
pub(crate) fn fit(fonts: &Fonts, text: &Text) -> Vec<PlacedLine> {
    let clean: Vec<String> = text.paragraphs.iter().map(|p| printable(p)).collect();
    let paragraphs: Vec<&str> = clean.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect();
    // Rather a little smaller than torn in two.
    let large = sizes(text).take_while(|size| *size >= UNBROKEN * text.size_max as f32);
    let passes =
        large.map(|size| (size, paragraphs.len())).chain(sizes(text).map(|s| (s, usize::MAX)));
    for (size, lines_max) in passes {
        let fitter = Fitter { fonts, text, size };
        if let Some(lines) = fitter.whole(&paragraphs).filter(|l| l.len() <= lines_max) {
            return fitter.place(lines);
        }
    }
    let fitter = Fitter { fonts, text, size: text.size_min as f32 };
    fitter.place(fitter.cut(&paragraphs))
}

/// From the largest allowed size down to the smallest, about 5 % a step.
#[expect(clippy::cast_precision_loss, reason = "a label is some thousand units large")]
fn sizes(text: &Text) -> impl Iterator<Item = f32> {
    let min = text.size_min;
    std::iter::successors(Some(text.size_max.max(min)), move |size: &Dmm| {
        (*size > min).then(|| (size - 1).min(size * 19 / 20).max(min))
    })
    .map(|size| size as f32)
}

struct Fitter<'a> {
    fonts: &'a Fonts,
    text: &'a Text,
    size: f32,
}

impl Fitter<'_> {
    /// All lines at this size, `None` when they are too many or a word is too wide.
    fn whole(&self, paragraphs: &[&str]) -> Option<Vec<Line>> {
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            let rtl = reads_right_to_left(paragraph);
            let mut rest = *paragraph;
            while !rest.is_empty() {
                let (line, next) = self.next_line(rest, rtl)?;
                lines.push(line);
                rest = next;
                if self.is_too_much(&lines) {
                    return None;
                }
            }
        }
        Some(lines)
    }

    /// As many lines as there is room for; words too long are broken, the last line says that it is cut.
    fn cut(&self, paragraphs: &[&str]) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for paragraph in paragraphs {
            let rtl = reads_right_to_left(paragraph);
            let mut rest = *paragraph;
            while !rest.is_empty() {
                let (line, next) =
                    self.next_line(rest, rtl).unwrap_or_else(|| self.broken_word(rest, rtl));
                lines.push(line);
                if self.is_too_much(&lines) {
                    lines.pop();
                    return self.with_ellipsis(lines);
                }
                rest = next;
            }
        }
        lines
    }

    /// The longest start of `rest` that ends where a line may break and is no wider than the area.
    fn next_line<'t>(&self, rest: &'t str, rtl: bool) -> Option<(Line, &'t str)> {
        let mut best = None;
        for (end, _) in linebreaks(rest) {
            let line = self.shaped(rest[..end].trim_end(), rtl);
            if line.width * self.size > self.width() {
                break;
            }
            best = Some((line, rest[end..].trim_start()));
        }
        best
    }

    /// As many letters as fit, at least one.
    fn broken_word<'t>(&self, rest: &'t str, rtl: bool) -> (Line, &'t str) {
        let mut best = None;
        for (start, grapheme) in rest.grapheme_indices(true) {
            let end = start + grapheme.len();
            let line = self.shaped(&rest[..end], rtl);
            if best.is_some() && line.width * self.size > self.width() {
                break;
            }
            best = Some((line, &rest[end..]));
        }
        best.expect("the rest of a paragraph is not empty")
    }

    fn with_ellipsis(&self, mut lines: Vec<Line>) -> Vec<Line> {
        let Some(last) = lines.pop() else { return lines };
        let graphemes: Vec<&str> = last.text.graphemes(true).collect();
        let cut = (0..=graphemes.len()).rev().find_map(|count| {
            let text = format!("{}…", graphemes[..count].concat().trim_end());
            let line = self.shaped(&text, last.right_to_left);
            (line.width * self.size <= self.width()).then_some(line)
        });
        lines.extend(cut);
        lines
    }

    fn shaped(&self, text: &str, rtl: bool) -> Line {
        shape::line(self.fonts, self.text.weight, text, rtl)
    }

    #[expect(clippy::cast_precision_loss, reason = "a label is some thousand units large")]
    fn width(&self) -> f32 {
        self.text.area.width as f32
    }

    #[expect(clippy::cast_precision_loss, reason = "a label is some thousand units large")]
    fn room(&self) -> f32 {
        self.text.area.height as f32
    }

    fn is_too_much(&self, lines: &[Line]) -> bool {
        lines.len() > self.text.lines_max || self.height(lines) > self.room()
    }

    /// From the top of the first line's ink to the bottom of the last one's.
    fn height(&self, lines: &[Line]) -> f32 {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return 0.0 };
        let between: f32 = lines.windows(2).map(|pair| below(&pair[0]) + above(&pair[1])).sum();
        (top(first) + between + bottom(last)) * self.size
    }

    #[expect(clippy::cast_precision_loss, reason = "a label is some thousand units large")]
    fn place(&self, lines: Vec<Line>) -> Vec<PlacedLine> {
        let spare = match self.text.anchor {
            Anchor::Top => 0.0,
            Anchor::Middle => (self.room() - self.height(&lines)).max(0.0) / 2.0,
        };
        let mut y = self.text.area.y as f32 + spare;
        let mut first = true;
        lines
            .into_iter()
            .map(|line| {
                let baseline = y + if first { top(&line) } else { above(&line) } * self.size;
                y = baseline + below(&line) * self.size;
                first = false;
                let slack = (self.width() - line.width * self.size).max(0.0);
                let at = match (self.text.align, line.right_to_left) {
                    (Align::Center, _) => slack / 2.0,
                    (Align::Start, false) | (Align::End, true) => 0.0,
                    (Align::Start, true) | (Align::End, false) => slack,
                };
                PlacedLine { x: self.text.area.x as f32 + at, baseline, size: self.size, line }
            })
            .collect()
    }
}

/// Of the first line, above its baseline.
fn top(line: &Line) -> f32 {
    line.top.max(CAPITALS) + SLACK
}

/// Of the last line, below its baseline.
fn bottom(line: &Line) -> f32 {
    -line.bottom + SLACK
}

/// Between two lines, above the lower one's baseline.
fn above(line: &Line) -> f32 {
    (line.top + SLACK).max(ASCENT)
}

/// Between two lines, below the upper one's baseline.
fn below(line: &Line) -> f32 {
    (SLACK - line.bottom).max(DESCENT)
}
