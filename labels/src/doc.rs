//! The one form every back end draws: elements on a label, measured in tenths of a millimetre.
//!
//! It holds what stands where, not how a printer is told. Whatever can fail (a barcode that does not
//! fit) fails when the element is made, so that drawing cannot.

use crate::bitmap::Bitmap;
use crate::code128::Code128;
use crate::qr::Qr;

/// A length in tenths of a millimetre.
pub type Dmm = i32;

/// A rectangle on the label; x grows to the right, y down, from the label's top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: Dmm,
    /// Top edge.
    pub y: Dmm,
    /// Width.
    pub width: Dmm,
    /// Height.
    pub height: Dmm,
}

impl Area {
    /// A rectangle from its left, top, width and height.
    pub const fn new(x: Dmm, y: Dmm, width: Dmm, height: Dmm) -> Self {
        Self { x, y, width, height }
    }

    /// The x of the right edge.
    pub const fn right(&self) -> Dmm {
        self.x + self.width
    }

    /// The y of the bottom edge.
    pub const fn bottom(&self) -> Dmm {
        self.y + self.height
    }

    /// The same rectangle with `margin` less on each side.
    pub const fn inset(&self, margin: Dmm) -> Self {
        Self::new(
            self.x + margin,
            self.y + margin,
            self.width - 2 * margin,
            self.height - 2 * margin,
        )
    }

    /// True when both rectangles share a point of their insides.
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }
}

/// How heavy the letters are. A printer's own font has one weight; the others show both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// For reading.
    Regular,
    /// For finding.
    Bold,
}

/// Where a line stands between the left and right edge of its area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Left, or right for a line of a right-to-left script.
    Start,
    /// In the middle.
    Center,
    /// Right, or left for a line of a right-to-left script.
    End,
}

/// Where the lines stand between the top and bottom edge of their area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// From the top.
    Top,
    /// In the middle.
    Middle,
}

/// Black on the label, or spared out of a black [`Element::Fill`] that lies behind all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Dark dots.
    Black,
    /// Light letters on a filled area.
    White,
}

/// Text that is made to fit its area: shrunk, wrapped and, at last, cut with an ellipsis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Nothing is drawn outside it.
    pub area: Area,
    /// Each starts on a new line; control characters count as spaces.
    pub paragraphs: Vec<String>,
    /// Letter size (em) to start with.
    pub size_max: Dmm,
    /// Letter size that is not undercut; what does not fit then is cut.
    pub size_min: Dmm,
    /// Most lines it may have; 1 for a value that must not be torn apart.
    pub lines_max: usize,
    /// How heavy.
    pub weight: Weight,
    /// Where each line stands.
    pub align: Align,
    /// Where all lines stand.
    pub anchor: Anchor,
    /// Black or spared out.
    pub ink: Ink,
}

/// A picture of black and white dots, stretched to its area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Where it goes.
    pub area: Area,
    /// Its dots.
    pub bitmap: Bitmap,
}

/// One thing on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// Letters.
    Text(Text),
    /// A filled rectangle: a line when it is thin, a dark ground when it is not.
    Fill(Area),
    /// The outline of a rectangle, drawn inwards.
    Frame {
        /// Its outer edge.
        area: Area,
        /// How thick the outline is.
        thickness: Dmm,
    },
    /// A picture.
    Image(Image),
    /// Code 128 or GS1-128, without its text.
    Code128(Code128),
    /// A QR code.
    Qr(Qr),
}

impl Element {
    /// The rectangle it stays inside, with a barcode's quiet zones.
    pub fn area(&self) -> Area {
        match self {
            Self::Text(text) => text.area,
            Self::Fill(area) | Self::Frame { area, .. } => *area,
            Self::Image(image) => image.area,
            Self::Code128(code) => code.area(),
            Self::Qr(qr) => qr.area(),
        }
    }
}

/// One label: its size and what is on it, in drawing order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelDoc {
    /// Width of the media.
    pub width: Dmm,
    /// Height of the media.
    pub height: Dmm,
    /// Drawn first to last.
    pub elements: Vec<Element>,
}

impl LabelDoc {
    /// An empty label.
    pub const fn new(width: Dmm, height: Dmm) -> Self {
        Self { width, height, elements: Vec::new() }
    }

    /// Adds an element on top.
    pub fn push(&mut self, element: Element) {
        self.elements.push(element);
    }

    /// All texts of the label, for search and for a screen reader, top to bottom as they were added.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.elements.iter().filter_map(|element| match element {
            Element::Text(text) => Some(text),
            _ => None,
        })
    }
}

/// Why a label cannot be made from its input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// A barcode would need bars too thin to print or scan.
    #[error("the barcode needs {needed} tenths of a millimetre and has {available}")]
    BarcodeTooWide {
        /// Width at the thinnest allowed bars.
        needed: Dmm,
        /// Width of its area.
        available: Dmm,
    },
    /// A character that the symbology or the printer's barcode command cannot take.
    #[error("{0:?} cannot stand in this barcode")]
    BarcodeCharacter(char),
    /// Nothing to encode.
    #[error("the barcode is empty")]
    BarcodeEmpty,
    /// A logistic label is nothing without its package's number.
    #[error("the package has no SSCC")]
    NumberMissing,
    /// A picture whose bytes do not match its size.
    #[error("the picture is {width} x {height} dots and has {bytes} bytes")]
    Picture {
        /// Dots in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// Bytes given.
        bytes: usize,
    },
}
