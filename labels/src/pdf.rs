//! The label as a PDF page, for printers that speak no ZPL and for reading.
//!
//! Latin, Greek and Cyrillic are text with embedded subset fonts, so they can be selected and searched;
//! other scripts are drawn as outlines, because printpdf would write them unshaped. No date and no random
//! identifier is written: the same label gives the same bytes.

use printpdf::{
    Color, FontId, Greyscale, LinePoint, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFont,
    PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rect, TextItem,
    WindingOrder,
};
use skrifa::font::glyph::outline::PathElement;

use crate::code128::Code128;
use crate::doc::{Area, Dmm, Element, Image, Ink, LabelDoc, Text, Weight};
use crate::fit::{PlacedLine, fit};
use crate::font::{Fonts, sans_bytes};
use crate::qr::Qr;
use crate::raster;

/// Points in 0.1 mm.
const POINTS: f32 = 72.0 / 254.0;

/// The label as a PDF of one page in the label's size.
pub(crate) fn render(doc: &LabelDoc, fonts: &Fonts) -> Vec<u8> {
    let mut page = Page { height: length(doc.height), ops: Vec::new(), fonts, used: Vec::new() };
    for element in &doc.elements {
        page.element(element);
    }
    let mut pdf = PdfDocument::new("Label");
    pdf.metadata.info.producer = String::from("printpdf");
    for weight in &page.used {
        let face = ParsedFont::from_bytes(sans_bytes(*weight), 0, &mut Vec::new())
            .expect("the embedded fonts are fonts: a test writes with each");
        pdf.resources.fonts.map.insert(font_id(*weight), PdfFont::new(face));
    }
    let (width, height) = (Mm(length(doc.width) / 10.0), Mm(length(doc.height) / 10.0));
    pdf.with_pages(vec![PdfPage::new(width, height, page.ops)]);
    save(&pdf)
}

fn save(pdf: &PdfDocument) -> Vec<u8> {
    let options = PdfSaveOptions { image_optimization: None, ..PdfSaveOptions::default() };
    let mut file = pdf.to_lopdf_document(&options, &mut Vec::new());
    file.trailer.remove(b"ID");
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).expect("memory takes what is written");
    bytes
}

/// printpdf makes the id the font's subset tag, which is six capital letters.
fn font_id(weight: Weight) -> FontId {
    FontId(String::from(match weight {
        Weight::Regular => "LABELR",
        Weight::Bold => "LABELB",
    }))
}

#[expect(clippy::cast_precision_loss, reason = "a label is some thousand units large")]
fn length(dmm: Dmm) -> f32 {
    dmm as f32
}

struct Page<'a> {
    /// In 0.1 mm; a PDF counts y from the bottom.
    height: f32,
    ops: Vec<Op>,
    fonts: &'a Fonts,
    used: Vec<Weight>,
}

impl Page<'_> {
    fn element(&mut self, element: &Element) {
        match element {
            Element::Text(text) => self.text(text),
            Element::Fill(area) => self.fill(*area),
            Element::Frame { area, thickness } => self.frame(*area, *thickness),
            Element::Image(image) => self.image(image),
            Element::Code128(code) => self.code128(code),
            Element::Qr(qr) => self.qr(qr),
        }
    }

    fn text(&mut self, text: &Text) {
        if text.ink == Ink::White {
            self.colour(1.0);
        }
        for placed in fit(self.fonts, text) {
            if placed.line.plain {
                self.written(&placed);
            } else {
                self.drawn(&placed);
            }
        }
        if text.ink == Ink::White {
            self.colour(0.0);
        }
    }

    fn written(&mut self, placed: &PlacedLine) {
        let weight = placed.line.weight;
        if !self.used.contains(&weight) {
            self.used.push(weight);
        }
        let font = PdfFontHandle::External(font_id(weight));
        self.ops.extend([
            Op::StartTextSection,
            Op::SetTextCursor { pos: self.point(placed.x, placed.baseline) },
            Op::SetFont { font, size: Pt(placed.size * POINTS) },
            Op::ShowText { items: vec![TextItem::Text(placed.line.text.clone())] },
            Op::EndTextSection,
        ]);
    }

    fn drawn(&mut self, placed: &PlacedLine) {
        let rings = self.rings(&raster::outlines(self.fonts, placed));
        if rings.is_empty() {
            return;
        }
        let polygon =
            Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
        self.ops.push(Op::DrawPolygon { polygon });
    }

    fn rings(&self, path: &[PathElement]) -> Vec<PolygonRing> {
        let mut rings: Vec<PolygonRing> = Vec::new();
        let mut pen = (0.0, 0.0);
        for element in path {
            if let PathElement::MoveTo { .. } = element {
                rings.push(PolygonRing { points: Vec::new() });
            }
            let (end, curve) = cubic(*element, pen);
            let (Some(end), Some(ring)) = (end, rings.last_mut()) else { continue };
            let curve = curve.into_iter().flatten();
            ring.points.extend(curve.map(|(x, y)| LinePoint { p: self.point(x, y), bezier: true }));
            ring.points.push(LinePoint { p: self.point(end.0, end.1), bezier: false });
            pen = end;
        }
        rings
    }

    fn frame(&mut self, area: Area, thickness: Dmm) {
        let Area { x, y, width, height } = area;
        self.fill(Area::new(x, y, width, thickness));
        self.fill(Area::new(x, area.bottom() - thickness, width, thickness));
        self.fill(Area::new(x, y, thickness, height));
        self.fill(Area::new(area.right() - thickness, y, thickness, height));
    }

    fn image(&mut self, image: &Image) {
        let (bitmap, area) = (&image.bitmap, image.area);
        let dot_width = length(area.width) / bitmap.width() as f32;
        let dot_height = length(area.height) / bitmap.height() as f32;
        for y in 0..bitmap.height() {
            for (start, run) in runs(bitmap.width(), |x| bitmap.is_black(x, y)) {
                let left = length(area.x) + start as f32 * dot_width;
                let top = length(area.y) + y as f32 * dot_height;
                self.rectangle(left, top, run as f32 * dot_width, dot_height);
            }
        }
    }

    fn code128(&mut self, code: &Code128) {
        #[expect(clippy::cast_possible_truncation, reason = "a module is less than a centimetre")]
        let module = code.module_width() as f32;
        let area = code.area();
        let left = length(area.x) + (length(area.width) - code.modules() as f32 * module) / 2.0;
        for (start, width) in code.bars() {
            let x = left + start as f32 * module;
            self.rectangle(x, length(area.y), width as f32 * module, length(area.height));
        }
    }

    fn qr(&mut self, qr: &Qr) {
        let area = qr.area();
        let module = length(area.width.min(area.height)) / qr.span() as f32;
        let left = length(area.x) + (length(area.width) - qr.size() as f32 * module) / 2.0;
        let top = length(area.y) + (length(area.height) - qr.size() as f32 * module) / 2.0;
        for y in 0..qr.size() {
            for (start, run) in runs(qr.size(), |x| qr.is_dark(x, y)) {
                let (x, y) = (left + start as f32 * module, top + y as f32 * module);
                self.rectangle(x, y, run as f32 * module, module);
            }
        }
    }

    fn fill(&mut self, area: Area) {
        self.rectangle(length(area.x), length(area.y), length(area.width), length(area.height));
    }

    fn rectangle(&mut self, x: f32, y: f32, width: f32, height: f32) {
        let corner = self.point(x, y + height);
        let rectangle = Rect {
            x: corner.x,
            y: corner.y,
            width: points(width),
            height: points(height),
            mode: Some(PaintMode::Fill),
            winding_order: Some(WindingOrder::NonZero),
        };
        self.ops.push(Op::DrawRectangle { rectangle });
    }

    fn colour(&mut self, percent: f32) {
        let col = Color::Greyscale(Greyscale { percent, icc_profile: None });
        self.ops.push(Op::SetFillColor { col });
    }

    fn point(&self, x: f32, y: f32) -> Point {
        Point { x: points(x), y: points(self.height - y) }
    }
}

/// In points, to a hundredth (a third of a hundredth of a millimetre): more digits only cost bytes.
fn points(length: f32) -> Pt {
    Pt((length * POINTS * 100.0).round() / 100.0)
}

/// The end of a path element and, for a curve, its two cubic control points.
type Segment = (Option<(f32, f32)>, Option<[(f32, f32); 2]>);

fn cubic(element: PathElement, (px, py): (f32, f32)) -> Segment {
    match element {
        PathElement::MoveTo { x, y } | PathElement::LineTo { x, y } => (Some((x, y)), None),
        PathElement::QuadTo { cx0, cy0, x, y } => {
            let first = (px + (cx0 - px) * 2.0 / 3.0, py + (cy0 - py) * 2.0 / 3.0);
            let second = (x + (cx0 - x) * 2.0 / 3.0, y + (cy0 - y) * 2.0 / 3.0);
            (Some((x, y)), Some([first, second]))
        }
        PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
            (Some((x, y)), Some([(cx0, cy0), (cx1, cy1)]))
        }
        PathElement::Close => (None, None),
    }
}

/// Stretches of dark dots in a row as (start, length).
fn runs(width: usize, dark: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for x in (0..width).filter(|x| dark(*x)) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == x => *length += 1,
            _ => runs.push((x, 1)),
        }
    }
    runs
}
