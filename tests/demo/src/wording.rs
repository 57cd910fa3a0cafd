//! Turns the catalogue's capitals and abbreviations into names that a person can read on a shelf.
//!
//! The tables beside this file do the work: words, whole phrases, types that need their category, what
//! is left out, and which drawing stands for what. No product is looked up anywhere.

use std::collections::BTreeMap;

const SMALL_WORDS: [&str; 10] =
    ["and", "with", "without", "of", "to", "for", "in", "on", "or", "the"];

/// The tables, read once.
#[derive(Debug)]
pub struct Wording {
    words: BTreeMap<&'static str, &'static str>,
    /// Longest beginning first.
    phrases: Vec<(&'static str, &'static str)>,
    plain: Vec<&'static str>,
    left_out: Vec<&'static str>,
    headings: BTreeMap<&'static str, &'static str>,
    glyphs: Vec<(&'static str, &'static str)>,
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn pairs(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    lines(table).map(|line| line.split_once('=').expect("the tables of this crate have pairs"))
}

impl Default for Wording {
    fn default() -> Self {
        let mut phrases: Vec<_> = pairs(include_str!("wording/phrases.txt")).collect();
        phrases.sort_by_key(|(start, _)| std::cmp::Reverse(start.len()));
        Self {
            words: pairs(include_str!("wording/words.txt")).collect(),
            phrases,
            plain: lines(include_str!("wording/plain.txt")).collect(),
            left_out: lines(include_str!("wording/left_out.txt")).collect(),
            headings: pairs(include_str!("wording/headings.txt")).collect(),
            glyphs: pairs(include_str!("wording/glyphs.txt")).collect(),
        }
    }
}

impl Wording {
    /// Whether the demo sells such things.
    pub fn is_sold(&self, category: &str, kind: &str) -> bool {
        !self.left_out.iter().any(|word| category.contains(word) || kind.contains(word))
    }

    /// What a product of this type is called, without its size: `Premium Ice Cream`.
    pub fn product(&self, category: &str, kind: &str) -> String {
        if self.plain.contains(&kind) && !category.is_empty() {
            return tidy(&format!("{} {}", self.words_of(kind), self.noun(category)));
        }
        if let Some((start, shown)) = self.phrases.iter().find(|(start, _)| kind.starts_with(start))
        {
            return match shown.strip_suffix(" +") {
                Some(shown) => tidy(&format!("{shown} {}", self.words_of(&kind[start.len()..]))),
                None => (*shown).to_owned(),
            };
        }
        tidy(&self.words_of(kind))
    }

    /// A department's or category's name: `Baking Mixes`.
    pub fn heading(&self, raw: &str) -> String {
        if raw.is_empty() {
            return "Assorted".to_owned();
        }
        self.headings
            .get(raw)
            .map_or_else(|| tidy(&self.words_of(raw)), |shown| (*shown).to_owned())
    }

    /// What a category sells, in one or two words: its first half.
    fn noun(&self, category: &str) -> String {
        let first = || self.words_of(category.split('/').next().unwrap_or(category));
        self.headings.get(category).map_or_else(first, |shown| (*shown).to_owned())
    }

    /// The drawing in `assets/icons/goods` that stands for such a product.
    pub fn glyph(&self, department: &str, category: &str, kind: &str) -> &'static str {
        let find = |text: &str| {
            self.glyphs.iter().find(|(word, _)| begins_a_word(text, word)).map(|(_, glyph)| *glyph)
        };
        find(kind)
            .or_else(|| find(category))
            .or_else(|| find(department))
            .unwrap_or("shopping-basket")
    }

    /// Word by word; what stands in parentheses is dropped, also when the till cut it short.
    fn words_of(&self, raw: &str) -> String {
        let raw = raw.split('(').next().unwrap_or(raw);
        let raw = raw.replace("W/O", " WITHOUT ").replace('&', " AND ");
        let parts = raw.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'' && c != '%');
        let shown = parts.filter(|part| !part.is_empty()).map(|part| {
            self.words.get(part).map_or_else(|| part.to_lowercase(), |full| (*full).to_owned())
        });
        shown.collect::<Vec<_>>().join(" ")
    }
}

/// Capitals where a heading has them; a word that repeats the one before, or a hanging one, is dropped.
fn tidy(text: &str) -> String {
    let mut kept = Vec::<String>::new();
    for word in text.split_whitespace() {
        let lower = word.to_lowercase();
        if kept.last().is_some_and(|last| last.to_lowercase() == lower) {
            continue;
        }
        let small = SMALL_WORDS.contains(&lower.as_str()) && !kept.is_empty();
        kept.push(if small { lower } else { capitalised(&lower) });
    }
    while kept.last().is_some_and(|last| SMALL_WORDS.contains(&last.to_lowercase().as_str())) {
        kept.pop();
    }
    kept.join(" ")
}

/// `HAM` begins a word of `DELI HAM`, not of `SHAMPOO`.
fn begins_a_word(text: &str, start: &str) -> bool {
    let at_edge = |at: usize| {
        text[..at].chars().next_back().is_none_or(|before| !before.is_ascii_alphabetic())
    };
    text.match_indices(start).any(|(at, _)| at_edge(at))
}

fn capitalised(word: &str) -> String {
    if ["bbq", "spf"].contains(&word) {
        return word.to_uppercase();
    }
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shelves_can_be_read() {
        let wording = Wording::default();
        for (category, kind, shown) in [
            ("BAG SNACKS", "PRETZELS", "Pretzels"),
            ("ICE CREAM/MILK/SHERBTS", "PREMIUM", "Premium Ice Cream"),
            ("HOT DOGS", "ECONOMY - MEAT", "Economy Meat Hot Dogs"),
            ("SOFT DRINKS", "SFT DRNK 2 LITER BTL CARB INCL", "Soft Drink 2 Liter Bottle"),
            ("AIR CARE", "AIR CARE - AEROSOLS", "Air Freshener Aerosols"),
            ("BREAKFAST SWEETS", "SW GDS:DONUTS", "Sweet Goods Donuts"),
            ("FRZN POTATOES", "FRZN HASHBROWN POTATOES", "Frozen Hashbrown Potatoes"),
            ("PNT BTR/JELLY/JAMS", "PRESERVES JAM MARMALADE", "Preserves Jam Marmalade"),
            ("CANDY - CHECKLANE", "CANDY BARS (SINGLES)(INCLUDING", "Candy Bar"),
            ("CANNED JUICES", "CRANBERRY JUICE (50% AND UNDER", "Cranberry Juice"),
        ] {
            assert_eq!(wording.product(category, kind), shown);
        }
        assert_eq!(wording.heading("PNT BTR/JELLY/JAMS"), "Peanut Butter and Jam");
        assert_eq!(wording.heading("DRUG GM"), "Drugstore");
    }

    #[test]
    fn what_the_demo_has_no_screens_for_is_not_sold() {
        let wording = Wording::default();
        assert!(!wording.is_sold("BEERS/ALES", "BEERALEMALT LIQUORS"));
        assert!(!wording.is_sold("CIGARETTES", "CIGARETTES"));
        assert!(!wording.is_sold("MAKEUP AND TREATMENT", "COVERGIRL"));
        assert!(wording.is_sold("BAG SNACKS", "PRETZELS"));
    }

    #[test]
    fn every_drawing_exists() {
        let wording = Wording::default();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/icons/goods");
        for (word, glyph) in &wording.glyphs {
            let path = format!("{folder}/{glyph}.svg");
            assert!(std::path::Path::new(&path).exists(), "{word}={glyph} has no drawing");
        }
        assert_eq!(wording.glyph("GROCERY", "FROZEN PIZZA", "PIZZA/PREMIUM"), "pizza");
        assert_eq!(wording.glyph("DRUG GM", "HAIR CARE PRODUCTS", "SHAMPOO"), "bath");
        assert_eq!(wording.glyph("TOYS", "", ""), "gift");
        assert_eq!(wording.glyph("", "", ""), "shopping-basket");
    }
}
