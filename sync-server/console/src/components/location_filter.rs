//! The filter of a list by store, in the URL; absent for people who see one store only.

use domain::ids::LocationId;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::LocationPicker;
use crate::session::Console;

/// The filter.
#[component]
pub fn LocationFilter(
    /// Distinguishes it from others on the page.
    id: &'static str,
    /// The address of the page with this store chosen, or none.
    #[prop(into)]
    href: Callback<Option<LocationId>, String>,
) -> impl IntoView {
    let (console, query, go) = (Console::here(), use_query_map(), use_navigate());
    let chosen = Memo::new(move |_| query.read().get("location").and_then(|id| id.parse().ok()));
    let choose = Callback::new(move |location: Option<LocationId>| {
        go(&href.run(location), NavigateOptions { scroll: false, ..NavigateOptions::default() });
    });
    view! {
        <Show when=move || console.own_location().is_none()>
            <LocationPicker id=id label="Store" chosen=chosen on_choose=choose/>
        </Show>
    }
}
