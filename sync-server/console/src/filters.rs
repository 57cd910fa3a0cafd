//! The filters of the list of orders, as the URL carries them.
//!
//! Filters nothing itself: the server does.

use crate::link;

/// What the list of orders is narrowed to; empty texts narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderFilters {
    /// Number, name, e-mail address, telephone number or SKU.
    pub search: String,
    /// An order stage's word.
    pub stage: String,
    /// A location's number.
    pub location: String,
    /// `pickup` or `ship`.
    pub method: String,
    /// Where the page starts, as the page before named it.
    pub after: String,
}

impl OrderFilters {
    /// Reads the filters with a function that answers a parameter's value.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default();
        Self {
            search: text("search"),
            stage: text("stage"),
            location: text("location"),
            method: text("method"),
            after: text("after"),
        }
    }

    fn query(&self) -> [(&str, &str); 5] {
        [
            ("search", self.search.trim()),
            ("stage", &self.stage),
            ("location", &self.location),
            ("method", &self.method),
            ("after", &self.after),
        ]
    }

    /// The page that shows this.
    #[must_use]
    pub fn page(&self) -> String {
        link::to("/orders", &self.query())
    }

    /// The call that fetches this.
    #[must_use]
    pub fn call(&self) -> String {
        link::to("/api/v1/orders", &self.query())
    }

    /// The same, changed; a changed filter starts at the first page.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { after: String::new(), ..self.clone() };
        change(&mut changed);
        changed
    }

    /// Whether anything narrows the list; the page does not count.
    #[must_use]
    pub fn narrows(&self) -> bool {
        self.with(|_| {}) != Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_carries_every_filter_and_gives_it_back() {
        let filters = OrderFilters {
            search: "ada".into(),
            stage: "ready".into(),
            location: "S1".into(),
            method: "ship".into(),
            after: "x".into(),
        };
        assert_eq!(
            filters.page(),
            "/orders?search=ada&stage=ready&location=S1&method=ship&after=x"
        );
        let read = OrderFilters::read(|key| {
            let (_, rest) = filters
                .page()
                .split_once(&format!("{key}="))
                .map(|(a, b)| (a.to_owned(), b.to_owned()))?;
            Some(rest.split('&').next().unwrap_or_default().to_owned())
        });
        assert_eq!(read, filters);
    }

    #[test]
    fn another_filter_starts_at_the_first_page() {
        let second_page = OrderFilters { after: "x".into(), ..OrderFilters::default() };
        assert!(!second_page.narrows());
        let ready = second_page.with(|f| f.stage = "ready".into());
        assert_eq!(ready.call(), "/api/v1/orders?stage=ready");
        assert!(ready.narrows());
    }
}
