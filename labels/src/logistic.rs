//! The 4 x 6 inch logistic label of our own fleet and of transfers between locations.
//!
//! A carrier's label is printed as the carrier made it and never composed here.

use domain::gs1::Sscc;

use crate::address::Address;
use crate::code128::{Code128, Payload};
use crate::compose::{Compose as _, INNER, MARGIN, PackageCount, RIGHT, WIDTH, text};
use crate::doc::{Align, Anchor, Area, Dmm, Element, Ink, LabelDoc, Text, Weight};

/// 6 inches.
const HEIGHT: Dmm = 1524;
/// GS1 asks for bars of at least 31.75 mm on a logistic label.
const BARS: Dmm = 320;
/// Nominal bar width of GS1 logistic labels, rounded to whole dots of a 203 dpi head.
const MODULE: Dmm = 5;
/// Least width of the remarks beside the postcode.
const REMARKS_MIN: Dmm = 200;

/// Everything that is printed on a logistic label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogisticLabel {
    /// Where it leaves.
    pub sender: Address,
    /// Where it goes.
    pub receiver: Address,
    /// The package's own number.
    pub sscc: Sscc,
    /// Service in a few words, such as `STORE TRANSFER`.
    pub service: String,
    /// The order's short code as people say it.
    pub short_code: String,
    /// Which package of how many.
    pub package: PackageCount,
    /// Weight in grams, where it was weighed.
    pub weight_g: Option<u32>,
    /// Handling words, such as `FRAGILE`; may be empty.
    pub remarks: Vec<String>,
}

impl LogisticLabel {
    /// The label. It always prints: a postcode that cannot be a barcode is left as text.
    pub fn layout(&self) -> LabelDoc {
        let mut doc = LabelDoc::new(WIDTH, HEIGHT);
        self.service_band(&mut doc);
        self.from(&mut doc);
        doc.rule(270);
        self.to(&mut doc);
        doc.rule(552);
        self.facts(&mut doc);
        doc.rule(680);
        self.postcode(&mut doc);
        doc.rule(1090);
        self.sscc(&mut doc);
        doc
    }

    /// The service in white on black, and the remarks at its right when they have no room elsewhere.
    fn service_band(&self, doc: &mut LabelDoc) {
        let band = Area::new(MARGIN, 36, INNER, 76);
        doc.push(Element::Fill(band));
        let remarks = self.remarks().join(", ");
        let beside = !remarks.is_empty() && self.remarks_area().is_none();
        let width = if beside { (band.width - 48) / 2 } else { band.width - 32 };
        let area = Area::new(band.x + 16, band.y + 6, width, band.height - 12);
        let words = text(area, [self.service.as_str()], (64, 24), Weight::Bold);
        doc.text(Text { ink: Ink::White, anchor: Anchor::Middle, ..words });
        if beside {
            let area = Area::new(area.right() + 16, area.y, width, area.height);
            let words = text(area, [remarks], (64, 24), Weight::Bold);
            let words = Text { ink: Ink::White, anchor: Anchor::Middle, ..words };
            doc.text(Text { align: Align::End, ..words });
        }
    }

    fn from(&self, doc: &mut LabelDoc) {
        doc.caption(MARGIN, 128, 90, "FROM");
        let city = self.sender.city_line();
        let lines = std::iter::once(&self.sender.name).chain(&self.sender.lines).chain([&city]);
        let area = Area::new(MARGIN + 90, 124, INNER - 90, 136);
        doc.text(text(area, lines, (36, 18), Weight::Regular));
    }

    fn to(&self, doc: &mut LabelDoc) {
        let (x, width) = (MARGIN + 90, INNER - 90);
        doc.caption(MARGIN, 288, 90, "TO");
        let name = Area::new(x, 284, width, 72);
        doc.text(text(name, [&self.receiver.name], (72, 24), Weight::Bold));
        let street = Area::new(x, 366, width, 104);
        doc.text(text(street, &self.receiver.lines, (48, 18), Weight::Regular));
        let mut city = self.receiver.city_line();
        if let Some(country) = self.receiver.foreign(&self.sender) {
            city = format!("{city}, {country}");
        }
        let city = text(Area::new(x, 476, width, 68), [city], (66, 24), Weight::Bold);
        doc.text(Text { anchor: Anchor::Middle, ..city });
    }

    fn facts(&self, doc: &mut LabelDoc) {
        let weight = self.weight_g.map_or_else(|| String::from("—"), |g| self.weight(g));
        let cells = [
            ("ORDER", self.short_code.clone(), 330),
            ("PACKAGE", self.package.words(), 330),
            ("WEIGHT", weight, INNER - 660),
        ];
        let mut x = MARGIN;
        for (caption, value, width) in cells {
            if x > MARGIN {
                doc.divider(x, 556, 124);
            }
            let indent = if x > MARGIN { 18 } else { 0 };
            let area = Area::new(x + indent, 565, width - indent - 12, 111);
            doc.captioned(area, caption, &value, 92);
            x += width;
        }
    }

    /// In pounds where people weigh in pounds, else in kilograms.
    fn weight(&self, grams: u32) -> String {
        match self.sender.country.trim().to_ascii_uppercase().as_str() {
            "US" | "LR" | "MM" => format!("{:.1} lb", f64::from(grams) / 453.592_37),
            _ => format!("{:.2} kg", f64::from(grams) / 1000.0),
        }
    }

    fn postcode(&self, doc: &mut LabelDoc) {
        if let Some((code, readable)) = self.postcode_bars() {
            doc.caption(MARGIN, 691, code.area().width, "SHIP TO POST");
            human_readable(doc, code.area(), &readable);
            doc.push(Element::Code128(code));
        }
        if let Some(area) = self.remarks_area().filter(|_| !self.remarks().is_empty()) {
            doc.push(Element::Frame { area, thickness: 6 });
            let words = text(area.inset(24), self.remarks(), (72, 24), Weight::Bold);
            doc.text(Text { align: Align::Center, anchor: Anchor::Middle, ..words });
        }
    }

    fn remarks(&self) -> Vec<&str> {
        self.remarks.iter().map(|remark| remark.trim()).filter(|r| !r.is_empty()).collect()
    }

    /// The room beside the postcode's bars, if enough is left.
    fn remarks_area(&self) -> Option<Area> {
        let bars = self.postcode_bars();
        let x = bars.map_or(MARGIN, |(code, _)| code.area().right() + 20);
        (RIGHT - x >= REMARKS_MIN).then(|| Area::new(x, 720, RIGHT - x, BARS))
    }

    fn postcode_bars(&self) -> Option<(Code128, String)> {
        let payload = self.receiver.postcode_payload(&self.sender)?;
        let width = Code128::width_needed(&payload, MODULE).ok()?.min(INNER);
        let area = Area::new(MARGIN, 720, width, BARS);
        let code = Code128::new(area, MODULE, &payload).ok()?;
        Some((code, payload.human_readable()))
    }

    fn sscc(&self, doc: &mut LabelDoc) {
        doc.caption(MARGIN, 1101, INNER, "SSCC");
        let payload = Payload::gs1("00", self.sscc.as_str());
        let area = Area::new(MARGIN, 1130, INNER, BARS);
        human_readable(doc, area, &payload.human_readable());
        let code = Code128::new(area, MODULE, &payload)
            .expect("twenty digits are 156 modules, 78 mm and quiet zones: they fit 93 mm");
        doc.push(Element::Code128(code));
    }
}

/// What the bars of `area` say, in the middle under them.
fn human_readable(doc: &mut LabelDoc, area: Area, words: &str) {
    let below = Area::new(area.x, area.bottom() + 7, area.width, 38);
    let line = text(below, [words], (36, 16), Weight::Regular);
    doc.text(Text { align: Align::Center, ..line });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(postcode: &str, country: &str) -> LogisticLabel {
        let address = |postcode: &str, country: &str| Address {
            postcode: postcode.into(),
            country: country.into(),
            ..Address::default()
        };
        LogisticLabel {
            sender: address("55811", "US"),
            receiver: address(postcode, country),
            sscc: Sscc::new("009520001234567897").expect("a published example"),
            service: "TRANSFER".into(),
            short_code: "A7K2".into(),
            package: PackageCount { number: 1, total: 1 },
            weight_g: None,
            remarks: vec!["AGE CHECK".into(), " ".into()],
        }
    }

    fn count(doc: &LabelDoc, words: &str) -> usize {
        doc.texts().filter(|text| text.paragraphs.iter().any(|p| p.contains(words))).count()
    }

    #[test]
    fn remarks_are_printed_beside_any_postcode() {
        for (postcode, country) in [
            ("55403", "US"),
            ("K1A 0B1", "CA"),
            ("ABCDEFGHIJKLMNOPQRST", "US"),
            ("", "US"),
            ("北京", "CN"),
        ] {
            let doc = label(postcode, country).layout();
            assert_eq!(count(&doc, "AGE CHECK"), 1, "{postcode}");
        }
    }

    #[test]
    fn a_postcode_without_bars_stays_text() {
        let doc = label("北京", "CN").layout();
        let bars = doc.elements.iter().filter(|e| matches!(e, Element::Code128(_))).count();
        assert_eq!((bars, count(&doc, "北京"), count(&doc, "SHIP TO POST")), (1, 1, 0));
    }

    #[test]
    fn weights_are_written_as_people_weigh() {
        let mut label = label("10115", "DE");
        label.weight_g = Some(3_480);
        assert_eq!(count(&label.layout(), "7.7 lb"), 1);
        label.sender.country = "de".into();
        assert_eq!(count(&label.layout(), "3.48 kg"), 1);
    }
}
