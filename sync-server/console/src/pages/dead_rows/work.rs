//! The work at the list: what is shown, what was dealt with here, and where to go on.

use std::{collections::BTreeMap, time::Duration};

use domain::api::DeadRow;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::{
    dead_filters::DeadFilters,
    dead_rows::{self, Outcome},
};

use crate::{browser, rows::Rows};

/// What was done last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The row, in words.
    pub row: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// The work; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// The list.
    pub rows: Rows<DeadRow>,
    /// What the address says.
    pub filters: Memo<DeadFilters>,
    /// What was done last.
    pub done: RwSignal<Option<Done>>,
    settled: RwSignal<BTreeMap<i64, Outcome>>,
    go: Callback<String>,
}

impl Work {
    /// The work that the address says.
    pub fn begin() -> Self {
        let (query, go) = (use_query_map(), use_navigate());
        let filters = Memo::new(move |_| {
            let query = query.read();
            DeadFilters::read(|key| query.get(key))
        });
        let in_place =
            NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() };
        Self {
            rows: Rows::new(move || Some(filters.get().call())),
            filters,
            done: RwSignal::new(None),
            settled: RwSignal::default(),
            go: Callback::new(move |page: String| go(&page, in_place.clone())),
        }
    }

    /// What was done here with a row.
    pub fn outcome(self, key: i64) -> Option<Outcome> {
        self.settled.with(|settled| settled.get(&key).copied())
    }

    /// Somebody has dealt with a row here: says so and goes on with the next one.
    pub fn settle(self, row: &DeadRow, outcome: Outcome) {
        if self.done.is_disposed() {
            // Somebody went to another page before the answer came.
            return;
        }
        self.settled.update(|settled| {
            settled.insert(row.key, outcome);
        });
        let words = format!("Line {} of batch {}", row.line, row.batch);
        self.done.set(Some(Done { row: words, outcome }));
        self.rows.again();
        let next = untrack(|| self.next(row.key));
        self.close();
        focus_soon(next.map_or_else(|| "[data-test='told']".to_owned(), link_of));
    }

    /// Closes the row that is opened and goes back to it in the list.
    pub fn leave(self, key: i64) {
        self.close();
        focus_soon(link_of(key));
    }

    fn close(self) {
        self.go.run(self.filters.get_untracked().opening(None).page());
    }

    fn next(self, key: i64) -> Option<i64> {
        let is_done = |key: i64| self.settled.with(|settled| settled.contains_key(&key));
        let open = self.rows.with_shown(|shown| {
            let is_open = |row: &DeadRow| dead_rows::is_open(row) && !is_done(row.key);
            shown.iter().map(|s| (s.row.key, !s.gone && is_open(&s.row))).collect::<Vec<_>>()
        });
        dead_rows::next(&open, key)
    }
}

fn link_of(key: i64) -> String {
    format!("[data-key='{key}'] .row-link")
}

/// Moves the focus once everything that goes on is drawn: a dialog gives it back when it closes.
pub fn focus_soon(selector: String) {
    set_timeout(
        move || {
            browser::focus(&selector);
        },
        Duration::ZERO,
    );
}
