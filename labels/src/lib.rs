#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod address;
mod bitmap;
mod code128;
mod compose;
mod country;
mod doc;
mod fit;
mod font;
mod initials;
mod job;
mod logistic;
mod pdf;
mod png;
mod printer;
mod qr;
mod raster;
mod render;
mod shape;
mod staging;
mod zpl;

pub use address::Address;
pub use bitmap::Bitmap;
pub use code128::{Code128, Payload};
pub use compose::PackageCount;
pub use doc::{Align, Anchor, Area, Dmm, Element, Image, Ink, LabelDoc, LabelError, Text, Weight};
pub use font::{FontError, Fonts};
pub use initials::Initials;
pub use logistic::LogisticLabel;
pub use printer::{FontCoverage, GraphicCoding, PrinterProfile};
pub use qr::Qr;
pub use render::{Renderer, render_pdf, render_png, render_zpl};
pub use staging::StagingLabel;
