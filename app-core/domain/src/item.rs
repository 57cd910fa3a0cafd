//! What is sold, as an associate needs to recognise it.

use serde::{Deserialize, Serialize};

use crate::{
    gs1::{self, Gtin, Scan, ScanSettings},
    ids::Sku,
    measure::Money,
};

/// One SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The retailer's number.
    pub sku: Sku,
    /// Name as on the shelf label.
    pub name: String,
    /// Department, the first place to look.
    pub department: String,
    /// Category inside the department.
    pub category: String,
    /// Size in words, as `12 OZ`.
    pub size: String,
    /// GTINs that identify it, each as 14 digits.
    pub barcodes: Vec<String>,
    /// Price, where known.
    pub price: Option<Money>,
    /// Weight in grams, where known.
    pub weight_g: Option<u32>,
    /// Where the picture is; `swatch:<hue>:<glyph>` is drawn by the app itself.
    pub picture: Option<String>,
}

impl Item {
    /// Whether a scanned or typed code means this item: one of its GTINs in any form, or its SKU.
    #[must_use]
    pub fn is_named_by(&self, scan: &str) -> bool {
        let scan = scan.trim();
        self.sku.as_str().eq_ignore_ascii_case(scan)
            || gtin_of_scan(scan)
                .is_some_and(|gtin| self.barcodes.iter().any(|b| b == gtin.as_str()))
    }

    /// The last four digits of the first barcode: what an associate compares at arm's length.
    #[must_use]
    pub fn barcode_tail(&self) -> Option<&str> {
        self.barcodes.first().map(|code| &code[code.len().saturating_sub(4)..])
    }
}

/// The GTIN that a scan names, in whichever form it was printed.
#[must_use]
pub fn gtin_of_scan(scan: &str) -> Option<Gtin> {
    match gs1::parse(scan.trim(), &ScanSettings::default()).ok()? {
        Scan::Elements(elements) => elements.gtin(),
        Scan::Text(_) => None,
    }
}
