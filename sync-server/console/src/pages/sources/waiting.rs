//! How many rows wait for a person, as a link to them.

use domain::api::{DeadRow, Page};
use leptos::prelude::*;

use console::{dead_filters::DeadFilters, link};

use crate::feed::Feed;

/// More are not counted: only whether there are some matters here.
const COUNTED: &str = "20";

/// The link.
#[component]
pub fn Waiting(
    /// Of which source; empty: of all.
    #[prop(into)]
    source: Signal<String>,
) -> impl IntoView {
    let feed = Feed::<Page<DeadRow>>::new(move || {
        Some(link::to("/api/v1/dead-rows", &[("source", &source.get()), ("limit", COUNTED)]))
    });
    let count = move || {
        let page = feed.current().filter(|page| !page.items.is_empty())?;
        let more = if page.next.is_some() { "+" } else { "" };
        Some(view! { <span class="toned" data-tone="warn">{page.items.len()}{more}</span> })
    };
    let href = move || DeadFilters { source: source.get(), ..DeadFilters::default() }.page();
    view! { <a class="button" href=href data-test="dead-rows">"Rows to look at" {count}</a> }
}
