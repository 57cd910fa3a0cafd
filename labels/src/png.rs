//! The label as the dots a printer would burn, for the screen and for printers that take pictures.
//!
//! Same form, same lines, same bars as the other back ends; only the letters are always ours.

use crate::bitmap::Bitmap;
use crate::doc::{Area, Dmm, Element, Ink, LabelDoc};
use crate::fit::fit;
use crate::font::Fonts;
use crate::printer::PrinterProfile;
use crate::raster;
use crate::zpl::{code128_dots, qr_dots};

/// The label as a black and white PNG with the printer's dots.
pub(crate) fn render(doc: &LabelDoc, printer: &PrinterProfile, fonts: &Fonts) -> Vec<u8> {
    encode(&draw(doc, printer, fonts), printer)
}

/// The label as dots.
pub(crate) fn draw(doc: &LabelDoc, printer: &PrinterProfile, fonts: &Fonts) -> Bitmap {
    let size = |length: Dmm| usize::try_from(printer.whole_dots(length)).unwrap_or(0);
    let mut canvas =
        Canvas { dots: Bitmap::new(size(doc.width), size(doc.height)), printer, fonts };
    for element in &doc.elements {
        canvas.element(element);
    }
    canvas.dots
}

struct Canvas<'a> {
    dots: Bitmap,
    printer: &'a PrinterProfile,
    fonts: &'a Fonts,
}

impl Canvas<'_> {
    fn element(&mut self, element: &Element) {
        match element {
            Element::Text(text) => {
                for placed in fit(self.fonts, text) {
                    let (bitmap, x, y) = raster::dots(self.fonts, &placed, self.printer.scale());
                    self.dots.stamp(&bitmap, x, y, text.ink == Ink::Black);
                }
            }
            Element::Fill(area) => self.fill(*area),
            Element::Frame { area, thickness } => self.frame(*area, *thickness),
            Element::Image(image) => {
                let size = |length| usize::try_from(self.printer.dots(length)).unwrap_or(0);
                let scaled = image.bitmap.scaled(size(image.area.width), size(image.area.height));
                let (x, y) = (self.printer.dots(image.area.x), self.printer.dots(image.area.y));
                self.dots.stamp(&scaled, x, y, true);
            }
            Element::Code128(code) => {
                let (module, left) = code128_dots(code, self.printer);
                let top = self.printer.dots(code.area().y);
                let height = self.printer.dots(code.area().height);
                for (start, width) in code.bars() {
                    let [start, width] = [start, width].map(dots);
                    self.dots.fill(left + start * module, top, width * module, height);
                }
            }
            Element::Qr(qr) => {
                let (module, left, top) = qr_dots(qr, self.printer);
                for y in 0..qr.size() {
                    for x in (0..qr.size()).filter(|x| qr.is_dark(*x, y)) {
                        let (x, y) = (left + dots(x) * module, top + dots(y) * module);
                        self.dots.fill(x, y, module, module);
                    }
                }
            }
        }
    }

    fn fill(&mut self, area: Area) {
        let [x, y, right, bottom] =
            [area.x, area.y, area.right(), area.bottom()].map(|d| self.printer.dots(d));
        self.dots.fill(x, y, (right - x).max(1), (bottom - y).max(1));
    }

    fn frame(&mut self, area: Area, thickness: Dmm) {
        let Area { x, y, width, height } = area;
        self.fill(Area::new(x, y, width, thickness));
        self.fill(Area::new(x, area.bottom() - thickness, width, thickness));
        self.fill(Area::new(x, y, thickness, height));
        self.fill(Area::new(area.right() - thickness, y, thickness, height));
    }
}

fn dots(count: usize) -> i32 {
    i32::try_from(count).expect("a symbol has some thousand modules at most")
}

fn encode(dots: &Bitmap, printer: &PrinterProfile) -> Vec<u8> {
    let size = |length: usize| u32::try_from(length).expect("a label is some thousand dots large");
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size(dots.width()), size(dots.height()));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let per_metre = u32::try_from(printer.dots_per_metre()).unwrap_or(0);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    // In a PNG one is white, on the label one is black.
    let pixels: Vec<u8> = dots.bytes().iter().map(|byte| !byte).collect();
    encoder
        .write_header()
        .and_then(|mut writer| writer.write_image_data(&pixels))
        .expect("a bitmap has its rows, and memory takes them");
    bytes
}
