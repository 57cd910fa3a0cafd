//! The preview, and text that no printer font has: joined letters, reading order, missing faces.

use labels::{
    Align, Anchor, Area, Element, Fonts, Ink, LabelDoc, PrinterProfile, Renderer, Text, Weight,
};

use crate::judge::{HEADS, Picture, decode};
use crate::samples;
use crate::zpl::{assert_inside, expected, profile};

const WIDTH: i32 = 900;

/// One line of text on an otherwise empty label.
fn line(text: &str) -> LabelDoc {
    let mut doc = LabelDoc::new(WIDTH, 200);
    doc.push(Element::Text(Text {
        area: Area::new(0, 0, WIDTH, 200),
        paragraphs: vec![text.into()],
        size_max: 100,
        size_min: 100,
        lines_max: 1,
        weight: Weight::Regular,
        align: Align::Start,
        anchor: Anchor::Top,
        ink: Ink::Black,
    }));
    doc
}

fn drawn(text: &str) -> Picture {
    Picture::read(&Renderer::default().png(&line(text), &PrinterProfile::DPI_203))
}

/// Leftmost and rightmost dark column.
fn columns(picture: &Picture) -> (usize, usize) {
    let dark = |x: &usize| (0..picture.height).any(|y| picture.is_dark(*x, y));
    let first = (0..picture.width).find(dark).expect("something is drawn");
    let last = (0..picture.width).rev().find(dark).expect("something is drawn");
    (first, last)
}

#[test]
fn every_barcode_reads_at_both_densities() {
    let renderer = Renderer::default();
    for head in HEADS {
        for (name, doc, codes) in expected() {
            let png = renderer.png(&doc, &profile(head));
            assert_inside(name, &doc, &Picture::read(&png), &profile(head));
            assert_eq!(decode(&[png]), vec![codes], "{name} at {} dpi", head.dpi);
        }
    }
}

#[test]
fn arabic_letters_join_and_stand_on_the_right() {
    let (first, last) = columns(&drawn("سلام"));
    assert!(
        last > PrinterProfile::DPI_203.dots(WIDTH) as usize - 20,
        "right aligned, ends at {last}"
    );
    let apart: usize = ["س", "ل", "ا", "م"]
        .map(|letter| columns(&drawn(letter)))
        .iter()
        .map(|(first, last)| last - first)
        .sum();
    assert!(last - first < apart * 9 / 10, "{} joined, {apart} apart", last - first);
}

#[test]
fn hebrew_reads_from_right_to_left() {
    let (both, alef) = (drawn("אב"), drawn("א"));
    let (start, end) = columns(&alef);
    for x in start..=end {
        for y in 0..alef.height {
            assert_eq!(both.is_dark(x, y), alef.is_dark(x, y), "alef comes first, at the right");
        }
    }
    assert!(columns(&both).0 < start);
}

#[test]
fn direction_overrides_do_not_turn_text_around() {
    let (turned, plain) = (drawn("\u{202e}abc 12\u{202c}"), drawn("abc 12"));
    assert_eq!(columns(&turned), columns(&plain));
}

#[test]
fn characters_without_a_face_show_as_boxes() {
    let (first, last) = columns(&drawn("😀"));
    assert!(last > first + 10, "an empty box, not a blank");
}

#[test]
fn what_no_face_has_is_named_and_a_fallback_draws_it() {
    let path = "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf";
    let face = std::fs::read(path)
        .unwrap_or_else(|e| panic!("{path}: {e}; install it with apt-get install fonts-noto-core"));
    let doc = line("ไทย");
    let embedded = Fonts::embedded();
    assert_eq!(embedded.missing(&doc).len(), 3);
    let fonts = Fonts::embedded().with_fallback(face).expect("a font");
    assert!(fonts.missing(&doc).is_empty());
    let [without, with] =
        [embedded, fonts].map(|f| Renderer::new(f).png(&doc, &PrinterProfile::DPI_203));
    assert!(without != with);
    assert!(Fonts::embedded().with_fallback(*b"no font").is_err());
}

#[test]
fn hostile_text_stays_in_its_place() {
    let renderer = Renderer::default();
    for text in samples::HOSTILE {
        let doc = samples::hostile(text).layout();
        let png = renderer.png(&doc, &PrinterProfile::DPI_203);
        assert_inside(text, &doc, &Picture::read(&png), &PrinterProfile::DPI_203);
    }
}
