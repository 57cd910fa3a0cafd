//! Reads package sizes as tills write them (`12 PK/12 OZ`, `1/2 GAL`, `.75 OZ`, `CTN`) and weighs them.
//!
//! A size with words that are not a unit is not read: such a product is not in the demo.

use std::fmt::Write;

use crate::seed::Draw;

/// Packing on top of what is inside, in percent and in grams.
const PACKING_PERCENT: f64 = 6.0;
const PACKING_G: f64 = 15.0;
/// What an associate lifts; the largest real package is a 50 lb bag.
const WEIGHT_MAX_G: f64 = 30_000.0;

/// How a unit is written, what it is called, and its grams (a fluid weighs as water; 0 is not a mass).
const UNITS: [(&str, &str, f64); 29] = [
    ("OZ", "oz", 28.35),
    ("FL OZ", "fl oz", 29.57),
    ("LB", "lb", 453.6),
    ("LBS", "lb", 453.6),
    ("GM", "g", 1.0),
    ("G", "g", 1.0),
    ("L", "L", 1_000.0),
    ("LT", "L", 1_000.0),
    ("ML", "mL", 1.0),
    ("GAL", "gal", 3_785.0),
    ("GA", "gal", 3_785.0),
    ("QT", "qt", 946.0),
    ("PT", "pt", 473.0),
    ("DZ", "dozen", 0.0),
    ("DOZ", "dozen", 0.0),
    ("CT", "ct", 0.0),
    ("PK", "pack", 0.0),
    ("PC", "pieces", 0.0),
    ("LOAD", "loads", 0.0),
    ("LOADS", "loads", 0.0),
    ("LD", "loads", 0.0),
    ("LDS", "loads", 0.0),
    ("IN", "in", 0.0),
    ("FT", "ft", 0.0),
    ("SQ FT", "sq ft", 0.0),
    ("STEM", "stems", 0.0),
    ("STEMS", "stems", 0.0),
    ("SHEET", "sheets", 0.0),
    ("CTN", "carton", 0.0),
];

/// A package: `count` times `amount` of a unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Package {
    count: u32,
    amount: f64,
    unit: &'static str,
    unit_g: f64,
}

impl Package {
    /// Reads a size; `None` when it says more than how much, or nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, each) = match text.split_once("PK/").or_else(|| text.split_once("CT/")) {
            Some((count, each)) => (count.trim().parse().ok()?, each),
            None => (1, text),
        };
        let each = each.trim();
        let unit_at = each.find(|c: char| c.is_ascii_alphabetic())?;
        let (number, unit) = each.split_at(unit_at);
        let &(_, unit, unit_g) = UNITS.iter().find(|(written, ..)| *written == unit.trim())?;
        let amount = amount(number.trim())?;
        (count > 0 && (0.02..1_000.0).contains(&amount)).then_some(Self {
            count,
            amount,
            unit,
            unit_g,
        })
    }

    /// `12 × 12 oz`.
    pub fn shown(&self) -> String {
        let mut text = String::new();
        if self.count > 1 {
            write!(text, "{} × ", self.count).expect("memory takes every write");
        }
        write!(text, "{} {}", self.amount, self.unit).expect("memory takes every write");
        text
    }

    /// Whether goods sold by the piece are only bought in by this package: 40 lb of bananas.
    pub fn is_wholesale(&self) -> bool {
        self.grams().map_or(matches!(self.unit, "ct" | "carton"), |grams| grams > 3_500.0)
    }

    /// What is inside, or `None` when that is counted and not weighed.
    fn grams(&self) -> Option<f64> {
        (self.unit_g > 0.0).then(|| f64::from(self.count) * self.amount * self.unit_g)
    }
}

/// `12`, `.75`, `1/2`, or nothing for one.
fn amount(text: &str) -> Option<f64> {
    if text.is_empty() {
        return Some(1.0);
    }
    let number = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        plain.then(|| text.parse::<f64>().ok()).flatten()
    };
    match text.split_once('/') {
        // `1/2 GAL` is half of one; `4/4 OZ` may be four of four ounces: not read.
        Some((over, under)) => {
            let (over, under) = (over.parse::<u8>().ok()?, under.parse::<u8>().ok()?);
            let is_part = over < under && matches!(under, 2 | 4 | 8);
            is_part.then(|| f64::from(over) / f64::from(under))
        }
        None => number(text),
    }
}

/// What a package weighs, or a draw within what its department usually weighs.
pub fn weight_g(department: &str, package: Option<&Package>, draw: &mut Draw) -> u32 {
    let known = package.and_then(Package::grams);
    let grams = known.map_or_else(
        || drawn_g(department, draw),
        |inside| inside * (1.0 + PACKING_PERCENT / 100.0) + PACKING_G,
    );
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped above zero"
    )]
    let whole = grams.clamp(5.0, WEIGHT_MAX_G).round() as u32;
    whole
}

fn drawn_g(department: &str, draw: &mut Draw) -> f64 {
    let (from, to) = match department {
        "COSMETICS" => (20, 200),
        "DRUG GM" => (40, 600),
        "FLORAL" | "PASTRY" => (200, 1_400),
        "GARDEN CENTER" => (500, 5_000),
        "MEAT" | "MEAT-PCKGD" | "SEAFOOD" | "SEAFOOD-PCKGD" => (250, 1_800),
        "PRODUCE" => (120, 900),
        _ => (100, 900),
    };
    let grams = u32::try_from(draw.between(from, to)).expect("at most 5,000");
    f64::from(grams)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn sizes_are_read_as_tills_write_them() {
        for (text, shown) in [
            ("16 OZ", "16 oz"),
            (".28 OZ", "0.28 oz"),
            ("1/2 GAL", "0.5 gal"),
            ("12 PK/12 OZ", "12 × 12 oz"),
            ("12 PK/ 12 OZ", "12 × 12 oz"),
            ("2 L", "2 L"),
            ("PT", "1 pt"),
            ("75 SQ FT", "75 sq ft"),
            ("CTN", "1 carton"),
        ] {
            assert_eq!(Package::parse(text).expect(text).shown(), shown);
        }
        for text in
            ["", "16", "LARGE", "538850 8 PK", "12 PK FM", "4/4 OZ", "0 OZ", "1/0 LB", "1/3 LB"]
        {
            assert_eq!(Package::parse(text), None, "{text:?} was read");
        }
    }

    #[test]
    fn a_package_weighs_what_is_in_it_and_its_packing() {
        let mut draw = Seed(1).draw("weight", "1");
        let mut weigh = |text| weight_g("GROCERY", Package::parse(text).as_ref(), &mut draw);
        assert_eq!(weigh("16 OZ"), 496);
        assert_eq!(weigh("12 PK/12 OZ"), 4_342);
        assert!((100..=900).contains(&weigh("18 CT")));
        assert_eq!(weigh("200 LB"), 30_000);
    }

    #[test]
    fn a_crate_of_bananas_is_no_banana() {
        assert!(Package::parse("40 LB").expect("a size").is_wholesale());
        assert!(Package::parse("12 CT").expect("a size").is_wholesale());
        assert!(!Package::parse("16 OZ").expect("a size").is_wholesale());
    }
}
