//! PDF judged by poppler: barcodes, text read back, embedded subset fonts.

use labels::{Renderer, render_pdf as pdf_of};

use crate::judge::{HEADS, ask_poppler, decode, render_pdf};
use crate::samples;
use crate::zpl::expected;

#[test]
fn every_barcode_reads_at_both_densities() {
    let renderer = Renderer::default();
    let mut pictures = Vec::new();
    let mut wanted = Vec::new();
    for head in HEADS {
        for (name, doc, codes) in expected() {
            pictures.push(render_pdf(&renderer.pdf(&doc), head.dpi));
            wanted.push((name, head.dpi, codes));
        }
    }
    for ((name, dpi, codes), found) in wanted.into_iter().zip(decode(&pictures)) {
        assert_eq!(found, codes, "{name} at {dpi} dpi");
    }
}

#[test]
fn latin_greek_and_cyrillic_text_is_read_back() {
    let names =
        ["Žofia Müller-Ångström", "Αλέξανδρος Παπαδόπουλος", "Дмитрий Щербаков", "O’Brien & Søn"];
    for name in names {
        let mut label = samples::transfer();
        label.receiver.name = name.into();
        label.receiver.lines = vec!["Łąka 7/9".into(), "οδός Ερμού 12, ул. Ленина 5".into()];
        let text = ask_poppler("pdftotext", &["-layout"], &pdf_of(&label.layout()));
        for expected in
            [name, "Łąka 7/9", "οδός Ερμού 12, ул. Ленина 5", "STORE TRANSFER", "A7K2", "2 of 3"]
        {
            assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
        }
    }
}

#[test]
fn fonts_are_embedded_subsets() {
    let pdf = pdf_of(&samples::transfer().layout());
    let table = ask_poppler("pdffonts", &[], &pdf);
    let fonts: Vec<&str> = table.lines().skip(2).collect();
    assert_eq!(fonts.len(), 2, "regular and bold:\n{table}");
    for font in fonts {
        let words: Vec<&str> = font.split_whitespace().collect();
        let flags = &words[words.len() - 5..words.len() - 2];
        assert_eq!(flags, ["yes", "yes", "yes"], "embedded, subset, Unicode:\n{table}");
        assert!(font.contains("NotoSans"), "{table}");
    }
    assert!(pdf.len() < 60_000, "{} bytes: the fonts are not subset", pdf.len());
}

#[test]
fn the_same_label_gives_the_same_bytes() {
    let doc = samples::abroad().layout();
    assert!(pdf_of(&doc) == pdf_of(&doc));
}

#[test]
fn the_page_is_the_label() {
    let report = ask_poppler("pdfinfo", &[], &pdf_of(&samples::transfer().layout()));
    let size = report.lines().find(|line| line.starts_with("Page size:")).expect("a page size");
    assert!(size.contains("288 x 432 pts"), "{size}");
    assert!(!report.contains("CreationDate:   Mon"), "{report}");
}

#[test]
fn hostile_text_leaves_the_barcodes_alone() {
    let renderer = Renderer::default();
    let clean = decode(&[render_pdf(&renderer.pdf(&samples::transfer().layout()), 203)]);
    let pictures: Vec<Vec<u8>> = samples::HOSTILE
        .iter()
        .map(|text| render_pdf(&renderer.pdf(&samples::hostile(text).layout()), 203))
        .collect();
    for (text, found) in samples::HOSTILE.iter().zip(decode(&pictures)) {
        assert_eq!(found, clean[0], "{text:?}");
    }
}
