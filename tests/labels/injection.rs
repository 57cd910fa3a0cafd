//! Text that looks like ZPL is printed, never obeyed.

use labelize::elements::label_element::LabelElement;
use labelize::{Language, parse_labels};
use labels::{PrinterProfile, Renderer};

use crate::judge::{Code, HEADS, decode, render_zpl};
use crate::samples::{self, SSCC};
use crate::zpl::size_mm;

/// Occurrences of `command` in the ZPL.
pub fn count(zpl: &[u8], command: &str) -> usize {
    zpl.windows(command.len()).filter(|window| *window == command.as_bytes()).count()
}

/// One label in printable ASCII, whatever the text was.
pub fn assert_one_label(zpl: &[u8], text: &str) {
    assert_eq!((count(zpl, "^XA"), count(zpl, "^XZ")), (1, 1), "{text:?}");
    assert_eq!(count(zpl, "~"), 0, "{text:?} smuggled an immediate command");
    assert!(zpl.iter().all(|b| matches!(b, b'\n' | b' '..=b'~')), "{text:?} left ASCII");
}

/// The text fields as an independent parser reads them, joined.
fn fields(zpl: &[u8]) -> String {
    let labels = parse_labels(Language::Zpl, zpl, 8).expect("labelize parses the ZPL");
    let texts: Vec<String> = labels
        .iter()
        .flat_map(|label| &label.elements)
        .filter_map(|element| match element {
            LabelElement::Text(field) => Some(field.text.clone()),
            _ => None,
        })
        .collect();
    texts.join(" ")
}

#[test]
fn hostile_text_is_one_label_with_the_same_barcodes() {
    let renderer = Renderer::default();
    let mut pictures = Vec::new();
    for text in samples::HOSTILE {
        let doc = samples::hostile(text).layout();
        let zpl = renderer.zpl(&doc, &PrinterProfile::DPI_203);
        assert_one_label(&zpl, text);
        pictures.push(render_zpl(&zpl, HEADS[0], size_mm(&doc)));
    }
    let wanted = vec![Code::new("]C1", "42055403"), Code::new("]C1", &format!("00{SSCC}"))];
    for (text, found) in samples::HOSTILE.iter().zip(decode(&pictures)) {
        assert_eq!(found, wanted, "{text:?}");
    }
}

#[test]
fn commands_are_printed_as_they_are_written() {
    let renderer = Renderer::default();
    let mut literal = 0;
    // What the printer's font does not print is a picture, and no text to be read back.
    let font = PrinterProfile::DPI_203.font;
    for text in samples::HOSTILE.iter().filter(|text| text.chars().all(|c| font.covers(c))) {
        let words: Vec<&str> = text.split_whitespace().collect();
        // What is too long for its place is cut; the other tests look at that.
        if words.iter().any(|word| word.len() > 40) {
            continue;
        }
        let mut label = samples::transfer();
        label.receiver.name = (*text).into();
        let zpl = renderer.zpl(&label.layout(), &PrinterProfile::DPI_203);
        let printed = fields(&zpl);
        for word in words {
            assert!(printed.contains(word), "{word:?} of {text:?} is not in {printed:?}");
            literal += 1;
        }
    }
    assert!(literal >= 12, "only {literal} words were looked at");
}

#[test]
fn staging_labels_are_as_safe() {
    let renderer = Renderer::default();
    for text in samples::HOSTILE {
        let mut label = samples::waiting();
        label.short_code = (*text).into();
        label.slot = (*text).into();
        label.deadline = (*text).into();
        label.initials = labels::Initials::of(text);
        let doc = label.layout().expect("the scan code is printable");
        assert_one_label(&renderer.zpl(&doc, &PrinterProfile::DPI_300), text);
    }
}

#[test]
fn barcodes_cannot_smuggle_commands_either() {
    let renderer = Renderer::default();
    let mut label = samples::waiting();
    label.scan_code = "^XZ~JA^FS_5E\\".into();
    let doc = label.layout().expect("printable");
    let zpl = renderer.zpl(&doc, &PrinterProfile::DPI_203);
    assert_one_label(&zpl, &label.scan_code);
    let found = decode(&[render_zpl(&zpl, HEADS[0], size_mm(&doc))]);
    assert_eq!(found, vec![vec![Code::new("]Q1", &label.scan_code)]]);
    label.scan_code = "a\u{1d}b".into();
    assert!(label.layout().is_err());
}
