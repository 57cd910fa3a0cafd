//! The 4 x 3 inch label of a package that waits for its customer.
//!
//! It hangs where everybody can read it: a short code, initials, a place and a time, no name, no address,
//! no goods.

use crate::compose::{Compose as _, INNER, MARGIN, PackageCount, RIGHT, WIDTH, text};
use crate::doc::{Align, Anchor, Area, Dmm, Element, Ink, LabelDoc, LabelError, Text, Weight};
use crate::initials::Initials;
use crate::qr::Qr;

/// 3 inches; also prints on the upper half of 4 x 6 inch stock.
const HEIGHT: Dmm = 762;
/// Side of the QR code with its quiet zone.
const QR: Dmm = 340;

/// Everything that is printed on a staging label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagingLabel {
    /// The order's short code as people say it; readable from 3 m.
    pub short_code: String,
    /// All of the customer that is shown.
    pub initials: Initials,
    /// Which package of how many.
    pub package: PackageCount,
    /// Slot or zone where it is to be put.
    pub slot: String,
    /// Until when it waits, written for the reader (`Fri 18:30`).
    pub deadline: String,
    /// What the QR code says: the package's id. Printable ASCII.
    pub scan_code: String,
}

impl StagingLabel {
    /// The label.
    ///
    /// # Errors
    /// [`LabelError`] when the scan code is empty, too long or not printable ASCII.
    pub fn layout(&self) -> Result<LabelDoc, LabelError> {
        let mut doc = LabelDoc::new(WIDTH, HEIGHT);
        self.band(&mut doc);
        self.cells(&mut doc);
        doc.push(Element::Qr(Qr::new(Area::new(RIGHT - QR, 340, QR, QR), self.scan_code.clone())?));
        let code = Area::new(RIGHT - QR, 340 + QR, QR, 44);
        let words = text(code, [self.scan_code.as_str()], (26, 12), Weight::Regular);
        doc.text(Text { align: Align::Center, ..words });
        Ok(doc)
    }

    /// The short code in white on black, with the count beside it.
    fn band(&self, doc: &mut LabelDoc) {
        let band = Area::new(MARGIN, 36, INNER, 290);
        doc.push(Element::Fill(band));
        let code = Area::new(band.x + 24, band.y + 10, 690, band.height - 20);
        let words = text(code, [self.short_code.as_str()], (330, 60), Weight::Bold);
        doc.text(Text { ink: Ink::White, lines_max: 1, anchor: Anchor::Middle, ..words });
        let x = code.right() + 10;
        let count = Area::new(x, code.y, band.right() - x - 24, code.height);
        let words = text(count, [self.package.words()], (84, 30), Weight::Bold);
        let words = Text { ink: Ink::White, lines_max: 1, anchor: Anchor::Middle, ..words };
        doc.text(Text { align: Align::End, ..words });
    }

    fn cells(&self, doc: &mut LabelDoc) {
        let width = INNER - QR - 20;
        let half = width / 2;
        let initials = Area::new(MARGIN, 350, half - 10, 180);
        doc.captioned(initials, "CUSTOMER", self.initials.as_str(), 150);
        doc.divider(MARGIN + half - 4, 344, 184);
        let slot = Area::new(MARGIN + half + 14, 350, half - 14, 180);
        doc.captioned(slot, "SLOT", &self.slot, 150);
        doc.push(Element::Fill(Area::new(MARGIN, 536, width, 4)));
        let deadline = Area::new(MARGIN, 550, width, 170);
        doc.captioned(deadline, "PICK UP BY", &self.deadline, 130);
    }
}
