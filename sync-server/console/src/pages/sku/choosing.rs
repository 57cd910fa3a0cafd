//! Which store the map and the table are about: the one that the pointer or the focus is on, and the one
//! that was chosen, which is in the address.

use domain::ids::LocationId;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::link;

/// Both stores; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Choosing {
    /// The one that is looked at now.
    pub active: RwSignal<Option<LocationId>>,
    /// The one that was chosen.
    pub chosen: Memo<Option<LocationId>>,
    choose: Callback<Option<LocationId>>,
}

impl Choosing {
    /// Of the page that the address names.
    pub fn here(sku: Memo<String>) -> Self {
        let (query, go) = (use_query_map(), use_navigate());
        let choose = Callback::new(move |location: Option<LocationId>| {
            let path = format!("/stock/{}", link::encoded(&sku.get_untracked()));
            let at = location.map(String::from).unwrap_or_default();
            let options =
                NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            go(&link::to(&path, &[("at", &at)]), options);
        });
        Self {
            active: RwSignal::new(None),
            chosen: Memo::new(move |_| query.read().get("at").and_then(|id| id.parse().ok())),
            choose,
        }
    }

    /// Looks at a store, or at none.
    pub fn look(self, at: Option<LocationId>) {
        if self.active.with_untracked(|active| *active != at) {
            self.active.set(at);
        }
    }

    /// Chooses a store; the same once more is let go.
    pub fn choose(self, location: LocationId) {
        let is_let_go = self.chosen.get_untracked().as_ref() == Some(&location);
        self.choose.run((!is_let_go).then_some(location));
    }

    /// Chooses none.
    pub fn let_go(self) {
        self.choose.run(None);
    }

    /// Whether this store was chosen.
    pub fn is_chosen(self, location: &LocationId) -> bool {
        self.chosen.with(|chosen| chosen.as_ref() == Some(location))
    }
}
