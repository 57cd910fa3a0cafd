//! One form, three back ends: the entry points.
//!
//! Bytes out, nothing else; printing them is the print queue's.

use crate::doc::LabelDoc;
use crate::font::Fonts;
use crate::printer::PrinterProfile;
use crate::{pdf, png, zpl};

/// Draws labels with a set of faces. Making one reads the embedded fonts, so keep it.
#[derive(Debug, Clone, Default)]
pub struct Renderer {
    fonts: Fonts,
}

impl Renderer {
    /// A renderer with these faces.
    pub fn new(fonts: Fonts) -> Self {
        Self { fonts }
    }

    /// The faces it draws with.
    pub fn fonts(&self) -> &Fonts {
        &self.fonts
    }

    /// One copy as ZPL II.
    pub fn zpl(&self, doc: &LabelDoc, printer: &PrinterProfile) -> Vec<u8> {
        zpl::render(doc, printer, &self.fonts)
    }

    /// One page as PDF. The same label gives the same bytes.
    pub fn pdf(&self, doc: &LabelDoc) -> Vec<u8> {
        pdf::render(doc, &self.fonts)
    }

    /// What would be printed, as a black and white PNG with the printer's dots.
    pub fn png(&self, doc: &LabelDoc, printer: &PrinterProfile) -> Vec<u8> {
        png::render(doc, printer, &self.fonts)
    }
}

/// [`Renderer::zpl`] with the embedded faces.
pub fn render_zpl(doc: &LabelDoc, printer: &PrinterProfile) -> Vec<u8> {
    Renderer::default().zpl(doc, printer)
}

/// [`Renderer::pdf`] with the embedded faces.
pub fn render_pdf(doc: &LabelDoc) -> Vec<u8> {
    Renderer::default().pdf(doc)
}

/// [`Renderer::png`] with the embedded faces.
pub fn render_png(doc: &LabelDoc, printer: &PrinterProfile) -> Vec<u8> {
    Renderer::default().png(doc, printer)
}
