//! Stock positions that a person should look at: what the address narrows, and the words of each kind.
//!
//! Judges nothing: what is in doubt, and how far it is to be believed, is the server's decision.

use domain::api::{DoubtKind, StockDoubt};

use crate::{link, tone::Tone};

/// The kinds that can be asked for: the word of the address, and what people read. The first is what the
/// server lists when nothing is said.
pub const KINDS: [(&str, &str); 5] = [
    ("", "Cannot be right"),
    ("negative", "Below zero"),
    ("short", "Promised, not there"),
    ("unfound", "Not found"),
    ("stale", "Not counted lately"),
];

/// What the list is narrowed to; empty texts narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DoubtFilters {
    /// A kind's word.
    pub kind: String,
    /// A location's number.
    pub location: String,
    /// Where the page starts, as the page before named it.
    pub after: String,
}

impl DoubtFilters {
    /// Reads the filters with a function that answers a parameter's value.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default();
        Self { kind: text("kind"), location: text("location"), after: text("after") }
    }

    fn query(&self) -> [(&str, &str); 3] {
        [("kind", &self.kind), ("location", &self.location), ("after", &self.after)]
    }

    /// The page that shows this.
    #[must_use]
    pub fn page(&self) -> String {
        link::to("/doubts", &self.query())
    }

    /// The call that fetches this.
    #[must_use]
    pub fn call(&self) -> String {
        link::to("/api/v1/doubts", &self.query())
    }

    /// The same, changed; a changed filter starts at the first page.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { after: String::new(), ..self.clone() };
        change(&mut changed);
        changed
    }
}

/// Why a position is in the list, in two or three words, with the tone of it.
#[must_use]
pub const fn badge(kind: DoubtKind) -> (&'static str, Tone) {
    match kind {
        DoubtKind::Negative => ("Below zero", Tone::Bad),
        DoubtKind::Short => ("Promised, not there", Tone::Bad),
        DoubtKind::Unfound => ("Not found", Tone::Warn),
        DoubtKind::Stale => ("Not counted lately", Tone::Quiet),
    }
}

/// What to do next.
#[must_use]
pub const fn next_step(kind: DoubtKind) -> &'static str {
    match kind {
        DoubtKind::Negative => "Count it",
        DoubtKind::Short => "Look for it, or let the orders go elsewhere",
        DoubtKind::Unfound => "Look in the back room, then count it",
        DoubtKind::Stale => "Count it when there is time",
    }
}

/// What stands behind a row besides its kind: how often somebody looked and did not find it.
#[must_use]
pub fn looked_for(row: &StockDoubt) -> Option<String> {
    match row.not_found {
        0 => None,
        1 => Some("looked for once".to_owned()),
        times => Some(format!("looked for {times} times")),
    }
}

/// The tone of a confidence in percent.
#[must_use]
pub const fn tone(percent: u8) -> Tone {
    match percent {
        0..50 => Tone::Bad,
        50..80 => Tone::Warn,
        _ => Tone::Quiet,
    }
}

/// What an empty list says: a title and an advice. `goes_on` when only this page is empty.
#[must_use]
pub fn nothing(kind: &str, goes_on: bool) -> (&'static str, &'static str) {
    if goes_on {
        return ("None so far", "There is more stock to look through: go on to the next page.");
    }
    match kind {
        "unfound" => (
            "Everything was found",
            "When somebody looks for promised units and does not find them, it appears here until it is counted.",
        ),
        "stale" => (
            "Everything was counted lately",
            "Stock that nobody has counted for 30 days appears here.",
        ),
        _ => (
            "The books can be right",
            "Stock below zero, and more promised than there is, appear here.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_kind_starts_at_the_first_page() {
        let filters =
            DoubtFilters { kind: "short".into(), location: "S 1".into(), after: "1_2".into() };
        assert_eq!(filters.call(), "/api/v1/doubts?kind=short&location=S%201&after=1_2");
        let other = filters.with(|f| f.kind.clear());
        assert_eq!(other.page(), "/doubts?location=S%201");
        let read = DoubtFilters::read(|key| (key == "after").then(|| "1_2".to_owned()));
        assert_eq!(read, DoubtFilters { after: "1_2".into(), ..DoubtFilters::default() });
    }

    #[test]
    fn every_kind_can_be_asked_for_by_the_words_of_its_badge() {
        for kind in DoubtKind::ALL {
            let tab = KINDS.iter().find(|(word, _)| *word == kind.as_str());
            assert_eq!(tab.map(|(_, words)| *words), Some(badge(kind).0));
            assert!(!next_step(kind).is_empty());
        }
        assert_eq!(KINDS.len(), DoubtKind::ALL.len() + 1);
    }

    #[test]
    fn only_an_empty_page_with_none_behind_says_that_all_is_well() {
        assert_eq!(nothing("stale", true).0, "None so far");
        assert_eq!(nothing("stale", false).0, "Everything was counted lately");
        assert_eq!(nothing("", false), nothing("negative", false));
    }

    #[test]
    fn little_confidence_is_louder() {
        assert_eq!([0, 49, 50, 79, 80, 100].map(tone), {
            use Tone::{Bad, Quiet, Warn};
            [Bad, Bad, Warn, Warn, Quiet, Quiet]
        });
    }
}
