//! Feeds: what can be promised, as files of others' formats. Each is a row for an item, or for an item at
//! a location; which items stand in it is `atp/feed.rs`'s to say.
//!
//! What it deliberately does not do: send anything, or remember who has read what.

pub mod amazon;
mod google;
mod marketplace;
mod search;

use domain::{api::AtpBand, clock::TimeMs};

use crate::atp::{directory::Directory, index::Index, view::View};

/// What a feed is made from.
pub struct Made<'a> {
    /// The index.
    pub index: &'a Index,
    /// Its view of now.
    pub view: &'a View,
    /// Items and locations.
    pub directory: &'a Directory,
    /// The pool that it is about.
    pub pool: usize,
    /// Units that are not told.
    pub buffer: i64,
    /// When it is made: what is ready when is as of then.
    pub at: TimeMs,
    /// For whom [`Format::Amazon`] is.
    pub seller: &'a amazon::Seller,
}

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Patches for Amazon's listings, one JSON document: one for each item.
    Amazon,
    /// Documents of a product search, NDJSON: one for each item.
    Search,
    /// Quantities for a marketplace, CSV: one for each item.
    Marketplace,
    /// Google's local inventory, tab-separated: one for each item and location.
    GoogleLocal,
    /// The same for Google's API, NDJSON.
    GoogleLocalJson,
}

impl Format {
    /// Every format, by its word in routes.
    pub const ALL: [(&'static str, Self); 5] = [
        ("amazon", Self::Amazon),
        ("google_local", Self::GoogleLocal),
        ("google_local_json", Self::GoogleLocalJson),
        ("marketplace", Self::Marketplace),
        ("search", Self::Search),
    ];

    /// The format of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, format)| format)
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Amazon => "application/json",
            Self::Search | Self::GoogleLocalJson => "application/x-ndjson",
            Self::Marketplace => "text/csv; charset=utf-8",
            Self::GoogleLocal => "text/tab-separated-values; charset=utf-8",
        }
    }

    /// Items that one file may name.
    #[must_use]
    pub const fn items_max(self) -> usize {
        match self {
            Self::Amazon => amazon::MESSAGES_MAX,
            _ => usize::MAX,
        }
    }

    /// Writes the rows of items, after the head if there is one; how many rows. Nothing at all where the
    /// format has no file without rows.
    #[must_use]
    pub fn write(self, made: &Made<'_>, items: &[u32]) -> (String, u64) {
        let mut out = match self {
            Self::Amazon if items.is_empty() => return (String::new(), 0),
            Self::Amazon => amazon::head(made.seller),
            Self::Marketplace => marketplace::HEAD.into(),
            Self::GoogleLocal => google::HEAD.into(),
            Self::Search | Self::GoogleLocalJson => String::new(),
        };
        let mut rows = 0;
        for item in items {
            rows += match self {
                Self::Amazon => amazon::message(made, rows + 1, *item, &mut out),
                Self::Search => search::row(made, *item, &mut out),
                Self::Marketplace => marketplace::row(made, *item, &mut out),
                Self::GoogleLocal => google::rows(made, *item, &mut out),
                Self::GoogleLocalJson => google::documents(made, *item, &mut out),
            };
        }
        if self == Self::Amazon {
            out.push_str(amazon::FOOT);
        }
        (out, rows)
    }
}

impl Made<'_> {
    /// Units that are told of an item.
    fn units(&self, item: u32) -> i64 {
        (self.index.number(self.view, item, self.pool) - self.buffer).max(0)
    }

    fn sku(&self, item: u32) -> &str {
        &self.directory.items.facts(item).sku
    }

    /// Every location of the pool that has a position of an item: its number, units that are told, and
    /// how soon an order is ready there.
    fn at_locations(&self, item: u32) -> Vec<(&str, i64, google::Sla)> {
        let told = |(location, units): (u16, i64)| {
            let facts = self.directory.locations.facts(location.into());
            let sla = google::Sla::of(&self.directory.calendars, location.into(), self.at);
            (&*facts.id, (units - self.buffer).max(0), sla)
        };
        self.index.numbers_at(self.view, item, self.pool).into_iter().map(told).collect()
    }
}

/// The word of a band, as Google and others have it.
const fn availability(units: i64) -> &'static str {
    match AtpBand::of(units) {
        AtpBand::InStock => "in_stock",
        AtpBand::Low => "limited_availability",
        AtpBand::Out => "out_of_stock",
    }
}
