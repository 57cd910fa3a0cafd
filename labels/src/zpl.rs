//! The label as ZPL II for Zebra-compatible printers.
//!
//! Every byte of a customer's text is written inside `^FH_^FD`, with everything that ZPL could take for a
//! command as hexadecimal: the output is ASCII and has one `^XA` and one `^XZ` whatever the text is.
//! No resident state is touched (`^JUS`, `^MM`, `^MN`): the printer stays as its owner set it up.

mod font0;
mod graphic;

use std::fmt::Write as _;

use crate::bitmap::Bitmap;
use crate::code128::{self, Code128};
use crate::doc::{Align, Area, Dmm, Element, Ink, LabelDoc, Text};
use crate::fit::{PlacedLine, fit};
use crate::font::Fonts;
use crate::printer::PrinterProfile;
use crate::qr::{self, Qr};
use crate::raster;

/// The whole label as ZPL, one copy.
pub(crate) fn render(doc: &LabelDoc, printer: &PrinterProfile, fonts: &Fonts) -> Vec<u8> {
    let mut emitter = Emitter { zpl: String::new(), printer, fonts };
    let (width, height) = (printer.whole_dots(doc.width), printer.whole_dots(doc.height));
    emitter.line(format_args!("^XA^CI28^LH0,0^PW{width}^LL{height}"));
    for element in &doc.elements {
        emitter.element(element);
    }
    emitter.line(format_args!("^PQ1,0,1,Y^XZ"));
    emitter.zpl.into_bytes()
}

struct Emitter<'a> {
    zpl: String,
    printer: &'a PrinterProfile,
    fonts: &'a Fonts,
}

impl Emitter<'_> {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        writeln!(self.zpl, "{text}").expect("writing to a string cannot fail");
    }

    fn element(&mut self, element: &Element) {
        match element {
            Element::Text(text) => self.text(text),
            Element::Fill(area) => self.rectangle(*area, None),
            Element::Frame { area, thickness } => self.rectangle(*area, Some(*thickness)),
            Element::Image(image) => {
                let Area { x, y, width, height } = image.area;
                let size = |length| usize::try_from(self.printer.dots(length)).unwrap_or(0);
                let bitmap = image.bitmap.scaled(size(width), size(height));
                self.picture(&bitmap, self.printer.dots(x), self.printer.dots(y), Ink::Black);
            }
            Element::Code128(code) => self.code128(code),
            Element::Qr(qr) => self.qr(qr),
        }
    }

    /// A frame drawn inwards, or all of it black.
    fn rectangle(&mut self, area: Area, thickness: Option<Dmm>) {
        let [x, y, right, bottom] =
            [area.x, area.y, area.right(), area.bottom()].map(|d| self.printer.dots(d));
        let (width, height) = ((right - x).max(1), (bottom - y).max(1));
        let filled = width.min(height);
        let thickness = thickness.map_or(filled, |t| self.printer.dots(t).clamp(1, filled));
        self.line(format_args!("^FO{x},{y}^GB{width},{height},{thickness}^FS"));
    }

    fn text(&mut self, text: &Text) {
        for placed in fit(self.fonts, text) {
            let covered = placed.line.text.chars().all(|c| self.printer.font.covers(c));
            if placed.line.plain && covered {
                self.own_font(&placed, text);
            } else {
                let (bitmap, x, y) = raster::dots(self.fonts, &placed, self.printer.scale());
                self.picture(&bitmap, x, y, text.ink);
            }
        }
    }

    /// A line in the printer's font, no wider than it was measured and aligned like it.
    fn own_font(&mut self, placed: &PlacedLine, text: &Text) {
        let scale = self.printer.scale();
        let (stretch, unused) = font0::stretch(&placed.line);
        let indent = match text.align {
            Align::Start => 0.0,
            Align::Center => unused / 2.0,
            Align::End => unused,
        };
        let x = nearest((placed.x + indent * placed.size) * scale);
        let y = nearest(placed.baseline * scale);
        let height = nearest(placed.size * font0::HEIGHT * scale);
        let width = nearest(placed.size * stretch * scale);
        let data = escaped(&placed.line.text);
        let reverse = reverse(text.ink);
        self.line(format_args!("^FT{x},{y}^A0N,{height},{width}{reverse}^FH_^FD{data}^FS"));
    }

    fn picture(&mut self, bitmap: &Bitmap, x: i32, y: i32, ink: Ink) {
        if bitmap.width() == 0 || bitmap.height() == 0 {
            return;
        }
        let data = graphic::field(bitmap, self.printer.graphics);
        let (x, y) = (x.max(0), y.max(0));
        let reverse = reverse(ink);
        self.line(format_args!("^FO{x},{y}{reverse}{data}^FS"));
    }

    fn code128(&mut self, code: &Code128) {
        let (module, x) = code128_dots(code, self.printer);
        let (y, height) = (self.printer.dots(code.area().y), self.printer.dots(code.area().height));
        let data = escaped(&code.zpl_data());
        self.line(format_args!("^FO{x},{y}^BY{module}^BCN,{height},N,N,N,N^FH_^FD{data}^FS"));
    }

    /// `^BQ` stands lower by the height that `^BY` last set; it is set to one dot here.
    fn qr(&mut self, qr: &Qr) {
        let (module, x, y) = qr_dots(qr, self.printer);
        let data = escaped(qr.data());
        self.line(format_args!("^FO{x},{y}^BY2,3,1^BQN,2,{module}^FH_^FDMA,{data}^FS"));
    }
}

/// Dots of a module and the left dot of the first bar.
pub(crate) fn code128_dots(code: &Code128, printer: &PrinterProfile) -> (i32, i32) {
    let area = code.area();
    let modules =
        i32::try_from(code.modules()).expect("a symbol has some thousand modules at most");
    let quiet = i32::try_from(code128::QUIET_MODULES).expect("ten");
    let module_max = printer.dots(code.module_max()).max(1);
    let module = (printer.whole_dots(area.width) / (modules + 2 * quiet)).clamp(1, module_max);
    let slack = (printer.dots(area.width) - modules * module).max(0);
    (module, printer.dots(area.x) + slack / 2)
}

/// Dots of a module and the left and top dot of the symbol.
pub(crate) fn qr_dots(qr: &Qr, printer: &PrinterProfile) -> (i32, i32, i32) {
    let area = qr.area();
    let span = i32::try_from(qr.span()).expect("at most 185");
    let quiet = i32::try_from(qr::QUIET_MODULES).expect("four");
    let side = printer.whole_dots(area.width.min(area.height));
    let module = (side / span).max(1);
    let inside = (span - 2 * quiet) * module;
    let left = printer.dots(area.x) + (printer.dots(area.width) - inside) / 2;
    let top = printer.dots(area.y) + (printer.dots(area.height) - inside) / 2;
    (module, left, top)
}

fn reverse(ink: Ink) -> &'static str {
    match ink {
        Ink::Black => "",
        Ink::White => "^FR",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a label is some thousand dots large")]
fn nearest(dots: f32) -> i32 {
    dots.round() as i32
}

/// Field data under `^FH_`: commands' marks, the escape itself, the backslash of field blocks, control
/// characters and everything beyond ASCII as hexadecimal UTF-8.
fn escaped(text: &str) -> String {
    let mut data = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'^' | b'~' | b'_' | b'\\' | 0..=0x1f | 0x7f.. => {
                write!(data, "_{byte:02X}").expect("writing to a string cannot fail");
            }
            plain => data.push(char::from(plain)),
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_in_text_are_data() {
        assert_eq!(escaped("^XZ ~JA _5E \\"), "_5EXZ _7EJA _5F5E _5C");
        assert_eq!(escaped("a\u{0}\u{1b}Å"), "a_00_1B_C3_85");
    }
}
