//! The independent tools: a ZPL renderer, a PDF rasteriser, a barcode reader.
//!
//! A missing tool is a failure that says what to install, never a skipped test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use labelize::{Language, RenderOptions};
use serde_json::Value;
use tempfile::TempDir;

/// One barcode as the reader reports it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code {
    /// AIM symbology identifier: `]C1` for GS1-128, `]Q1` for a plain QR code.
    pub symbology: String,
    /// Element string with 0x1D, or the plain text.
    pub text: String,
}

impl Code {
    pub fn new(symbology: &str, text: &str) -> Self {
        Self { symbology: symbology.into(), text: text.into() }
    }
}

/// Heads the tests print on: dots per millimetre for the ZPL renderer, dpi for the PDF.
#[derive(Debug, Clone, Copy)]
pub struct Head {
    pub dpi: u32,
    pub dots_per_mm: i32,
}

pub const HEADS: [Head; 2] =
    [Head { dpi: 203, dots_per_mm: 8 }, Head { dpi: 300, dots_per_mm: 12 }];

/// The ZPL as a PNG; fails unless it is exactly one label.
pub fn render_zpl(zpl: &[u8], head: Head, size_mm: (f64, f64)) -> Vec<u8> {
    let options = RenderOptions {
        language: Some(Language::Zpl),
        width_mm: Some(size_mm.0),
        height_mm: Some(size_mm.1),
        dpmm: head.dots_per_mm,
        antialias: false,
    };
    let rendered = labelize::render_png(zpl, options).expect("labelize renders the ZPL");
    assert_eq!(rendered.labels, 1, "the ZPL is {} labels", rendered.labels);
    rendered.bytes
}

/// The first page of a PDF as a PNG.
pub fn render_pdf(pdf: &[u8], dpi: u32) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("label.pdf");
    fs::write(&input, pdf).expect("the PDF is written");
    let mut tool = Command::new("pdftoppm");
    tool.args(["-png", "-gray", "-singlefile", "-r", &dpi.to_string()]);
    tool.arg(&input).arg(folder.path().join("label"));
    run(&mut tool, "poppler-utils (apt-get install poppler-utils)");
    fs::read(folder.path().join("label.png")).expect("pdftoppm wrote the page")
}

/// What a poppler tool (`pdftotext`, `pdffonts`) says about a PDF.
pub fn ask_poppler(tool: &str, arguments: &[&str], pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("label.pdf");
    fs::write(&input, pdf).expect("the PDF is written");
    let mut command = Command::new(tool);
    command.args(arguments).arg(&input);
    if tool == "pdftotext" {
        command.arg("-");
    }
    run(&mut command, "poppler-utils (apt-get install poppler-utils)")
}

/// All barcodes of each picture, top to bottom.
pub fn decode(pictures: &[Vec<u8>]) -> Vec<Vec<Code>> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = write_all(&folder, pictures);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("labels/decode.mjs");
    let mut node = Command::new("node");
    node.arg(script).args(files);
    let output = run(&mut node, "Node 20 or newer, then run `npm ci` in tests/npm");
    let found: Vec<Vec<Code>> = output.lines().map(codes).collect();
    assert_eq!(found.len(), pictures.len(), "the reader answers once a picture");
    found
}

fn write_all(folder: &TempDir, pictures: &[Vec<u8>]) -> Vec<PathBuf> {
    let path = |number: usize| folder.path().join(format!("{number}.png"));
    for (number, picture) in pictures.iter().enumerate() {
        fs::write(path(number), picture).expect("the picture is written");
    }
    (0..pictures.len()).map(path).collect()
}

fn codes(line: &str) -> Vec<Code> {
    let value: Value = serde_json::from_str(line).expect("the reader prints JSON");
    let entries = value.as_array().expect("a list of codes");
    let field = |entry: &Value, name: &str| entry[name].as_str().expect("a string").to_owned();
    entries
        .iter()
        .map(|entry| Code { symbology: field(entry, "symbology"), text: field(entry, "text") })
        .collect()
}

fn run(command: &mut Command, needs: &str) -> String {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{program} did not start ({error}): install {needs}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {errors}\nIt needs {needs}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A decoded PNG to look at dots.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    dark: Vec<bool>,
}

impl Picture {
    pub fn read(png: &[u8]) -> Self {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size that fits memory")];
        let info = reader.next_frame(&mut pixels).expect("all rows");
        let samples = info.color_type.samples();
        let dark = pixels[..info.buffer_size()].chunks(samples).map(|p| p[0] < 128).collect();
        Self { width: info.width as usize, height: info.height as usize, dark }
    }

    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.width + x]
    }

    /// Dark dots that are not inside any of the `rectangles` (left, top, right, bottom).
    pub fn dark_outside(&self, rectangles: &[(usize, usize, usize, usize)]) -> Vec<(usize, usize)> {
        let inside = |x, y| rectangles.iter().any(|r| x >= r.0 && y >= r.1 && x < r.2 && y < r.3);
        (0..self.height)
            .flat_map(|y| (0..self.width).map(move |x| (x, y)))
            .filter(|(x, y)| self.is_dark(*x, *y) && !inside(*x, *y))
            .collect()
    }
}
