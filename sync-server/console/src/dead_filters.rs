//! Which rows that wait for a person are shown, as the address of the page carries it.
//!
//! Filters nothing itself: the server does.

use crate::link;

/// The filters; empty texts narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeadFilters {
    /// `replayed` or `discarded`; empty is `open`.
    pub state: String,
    /// A source's number.
    pub source: String,
    /// A batch's number.
    pub batch: String,
    /// Where the page starts, as the page before named it.
    pub after: String,
    /// The row that is opened.
    pub row: String,
}

impl DeadFilters {
    /// Reads the filters with a function that answers a parameter's value.
    #[must_use]
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default();
        let state = Some(text("state")).filter(|state| state != "open").unwrap_or_default();
        let (source, batch, after, row) =
            (text("source"), text("batch"), text("after"), text("row"));
        Self { state, source, batch, after, row }
    }

    fn query(&self) -> [(&str, &str); 4] {
        [
            ("state", &self.state),
            ("source", &self.source),
            ("batch", &self.batch),
            ("after", &self.after),
        ]
    }

    /// The page that shows this.
    #[must_use]
    pub fn page(&self) -> String {
        link::to("/dead-rows", &[&self.query()[..], &[("row", &self.row)]].concat())
    }

    /// The call that fetches this; which row is opened is no matter of the server.
    #[must_use]
    pub fn call(&self) -> String {
        link::to("/api/v1/dead-rows", &self.query())
    }

    /// The same, changed; a changed filter starts at the first page, with no row opened.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut changed = Self { after: String::new(), row: String::new(), ..self.clone() };
        change(&mut changed);
        changed
    }

    /// The same page with another row opened, or none.
    #[must_use]
    pub fn opening(&self, row: Option<i64>) -> Self {
        Self { row: row.map(|key| key.to_string()).unwrap_or_default(), ..self.clone() }
    }

    /// The key of the row that is opened.
    #[must_use]
    pub fn opened(&self) -> Option<i64> {
        self.row.parse().ok()
    }

    /// Whether a source or a batch narrows the list.
    #[must_use]
    pub const fn narrows(&self) -> bool {
        !self.source.is_empty() || !self.batch.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_has_the_row_and_the_call_does_not() {
        let filters = DeadFilters {
            source: "erp".into(),
            batch: "b 1".into(),
            after: "9".into(),
            ..DeadFilters::default()
        };
        let opened = filters.opening(Some(7));
        assert_eq!(opened.page(), "/dead-rows?source=erp&batch=b%201&after=9&row=7");
        assert_eq!(opened.call(), "/api/v1/dead-rows?source=erp&batch=b%201&after=9");
        assert_eq!((opened.opened(), opened.opening(None)), (Some(7), filters));
    }

    #[test]
    fn another_filter_starts_at_the_first_page() {
        let page = DeadFilters { after: "9".into(), row: "7".into(), ..DeadFilters::default() };
        assert!(!page.narrows());
        let other = page.with(|f| f.state = "discarded".into());
        assert_eq!(other.page(), "/dead-rows?state=discarded");
    }

    #[test]
    fn open_rows_are_shown_when_nothing_is_said() {
        let read = DeadFilters::read(|key| (key == "state").then(|| "open".to_owned()));
        assert_eq!(read, DeadFilters::default());
        assert_eq!(read.call(), "/api/v1/dead-rows");
    }
}
