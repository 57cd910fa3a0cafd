//! Labels judged by parts this project did not write: `labelize` renders the ZPL, poppler the PDF,
//! zxing-cpp reads the barcodes. What the labels crate thinks of its own output does not count here.

mod golden;
mod injection;
mod judge;
mod pdf;
mod preview;
mod property;
mod samples;
mod zpl;
