//! ZPL rendered by `labelize`: every barcode reads at both densities, nothing leaves its place.

use labels::{Element, GraphicCoding, LabelDoc, PrinterProfile, Renderer};

use crate::judge::{Code, HEADS, Head, Picture, decode, render_zpl};
use crate::samples::{self, SSCC};

pub fn profile(head: Head) -> PrinterProfile {
    if head.dpi == 203 { PrinterProfile::DPI_203 } else { PrinterProfile::DPI_300 }
}

/// Millimetres of a label.
pub fn size_mm(doc: &LabelDoc) -> (f64, f64) {
    (f64::from(doc.width) / 10.0, f64::from(doc.height) / 10.0)
}

/// What must be read from each sample.
pub fn expected() -> Vec<(&'static str, LabelDoc, Vec<Code>)> {
    let sscc = Code::new("]C1", &format!("00{SSCC}"));
    vec![
        (
            "transfer",
            samples::transfer().layout(),
            vec![Code::new("]C1", "42055403"), sscc.clone()],
        ),
        ("abroad", samples::abroad().layout(), vec![Code::new("]C1", "421124K1A0B1"), sscc]),
        (
            "waiting",
            samples::waiting().layout().expect("a printable code"),
            vec![Code::new("]Q1", "PKG-01J9Z6T2Q8F4")],
        ),
    ]
}

#[test]
fn every_barcode_reads_at_both_densities() {
    let renderer = Renderer::default();
    let mut pictures = Vec::new();
    let mut wanted = Vec::new();
    for head in HEADS {
        for (name, doc, codes) in expected() {
            let zpl = renderer.zpl(&doc, &profile(head));
            pictures.push(render_zpl(&zpl, head, size_mm(&doc)));
            wanted.push((name, head.dpi, codes));
        }
    }
    for ((name, dpi, codes), found) in wanted.into_iter().zip(decode(&pictures)) {
        assert_eq!(found, codes, "{name} at {dpi} dpi");
    }
}

#[test]
fn any_printable_text_survives_code_128() {
    use labels::{Area, Code128, Payload};
    let all: String = (' '..='~').filter(|c| !">^~".contains(*c)).collect();
    let mut texts: Vec<String> =
        all.as_bytes().chunks(16).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    texts.extend(
        ["1", "12", "123", "A1", "A12", "A1234", "12345A678", "a123456b7"].map(String::from),
    );
    let renderer = Renderer::default();
    let pictures: Vec<Vec<u8>> = texts
        .iter()
        .map(|text| {
            let mut doc = LabelDoc::new(1016, 300);
            let area = Area::new(10, 50, 996, 200);
            let code = Code128::new(area, 5, &Payload::Text(text.clone())).expect("printable");
            doc.push(Element::Code128(code));
            render_zpl(&renderer.zpl(&doc, &PrinterProfile::DPI_203), HEADS[0], size_mm(&doc))
        })
        .collect();
    for (text, found) in texts.iter().zip(decode(&pictures)) {
        assert_eq!(found, vec![Code::new("]C0", text)]);
    }
}

#[test]
fn both_picture_codings_print_the_same() {
    let renderer = Renderer::default();
    let doc = samples::hostile("مكتبة النيل").layout();
    for head in HEADS {
        let run_length = profile(head);
        assert_eq!(run_length.graphics, GraphicCoding::RunLength);
        let [plain, packed] = [run_length, run_length.z64()].map(|p| renderer.zpl(&doc, &p));
        assert!(packed.len() < plain.len(), "{} bytes against {}", packed.len(), plain.len());
        let [plain, packed] = [plain, packed].map(|zpl| render_zpl(&zpl, head, size_mm(&doc)));
        assert!(plain == packed, "pictures differ at {} dpi", head.dpi);
    }
}

#[test]
fn no_element_overlaps_another() {
    for (name, doc, _) in expected() {
        assert_apart(name, &doc);
    }
    for text in samples::HOSTILE {
        assert_apart(text, &samples::hostile(text).layout());
    }
}

/// Texts and barcodes keep apart; rules and frames are what they stand between and in.
fn assert_apart(name: &str, doc: &LabelDoc) {
    let ground = |e: &&Element| !matches!(e, Element::Fill(_) | Element::Frame { .. });
    let parts: Vec<_> = doc.elements.iter().filter(ground).map(Element::area).collect();
    for (place, part) in parts.iter().enumerate() {
        assert!(part.x >= 0 && part.right() <= doc.width, "{name}: {part:?} leaves the label");
        assert!(part.y >= 0 && part.bottom() <= doc.height, "{name}: {part:?} leaves the label");
        for other in &parts[place + 1..] {
            assert!(!part.overlaps(other), "{name}: {part:?} and {other:?} overlap");
        }
    }
}

#[test]
fn ink_stays_where_it_belongs() {
    let renderer = Renderer::default();
    let mut docs: Vec<(&str, LabelDoc)> =
        expected().into_iter().map(|(name, doc, _)| (name, doc)).collect();
    docs.extend(samples::HOSTILE.iter().map(|text| (*text, samples::hostile(text).layout())));
    for (name, doc) in docs {
        let zpl = renderer.zpl(&doc, &PrinterProfile::DPI_203);
        let picture = Picture::read(&render_zpl(&zpl, HEADS[0], size_mm(&doc)));
        assert_inside(name, &doc, &picture, &PrinterProfile::DPI_203);
    }
}

/// Each dark dot is inside an element, give or take one dot.
pub fn assert_inside(name: &str, doc: &LabelDoc, picture: &Picture, printer: &PrinterProfile) {
    let dots = |length, slack: i32| usize::try_from(printer.dots(length) + slack).unwrap_or(0);
    let areas: Vec<_> = doc
        .elements
        .iter()
        .map(Element::area)
        .map(|a| (dots(a.x, -1), dots(a.y, -1), dots(a.right(), 2), dots(a.bottom(), 2)))
        .collect();
    let outside = picture.dark_outside(&areas);
    let some = &outside[..outside.len().min(5)];
    assert!(outside.is_empty(), "{name}: {} dots outside, at {some:?}", outside.len());
}
