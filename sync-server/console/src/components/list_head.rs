//! The line above a list (how many, and what waits to be shown) and the one below it (the next page).
//!
//! The line is always there, so that nothing moves when something is announced in it.

use domain::api::Page;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use console::{live::Row, words};

use super::Icon;
use crate::rows::Rows;

fn announcement(new: usize, gone: usize, one: &str, many: &str) -> String {
    let count = |number: usize| words::count(number as u64, one, many);
    match (new, gone) {
        (0, gone) => format!("{} no longer here", count(gone)),
        (new, 0) => format!("{} new", count(new)),
        (new, gone) => format!("{} new, {gone} no longer here", count(new)),
    }
}

/// How many rows, and a lever when there are others by now.
#[component]
pub fn ListHead<T>(
    /// The list.
    rows: Rows<T>,
    /// One of them.
    one: &'static str,
    /// Several.
    many: &'static str,
) -> impl IntoView
where
    T: Row + Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static,
    Page<T>: DeserializeOwned,
{
    let count = move || {
        let more = if rows.next().is_some() { " and more" } else { "" };
        format!("{}{more}", words::count(rows.len() as u64, one, many))
    };
    let is_shown = move || !rows.is_first_load();
    view! {
        <div class="list-head">
            <span class="quiet">{move || is_shown().then(count)}</span>
            <span aria-live="polite">
                {move || {
                    let (new, gone) = rows.waiting();
                    (new + gone > 0).then(|| view! {
                        <button class="new-rows" data-test="new-rows" on:click=move |_| rows.catch_up()>
                            <Icon name="refresh-cw"/>
                            {announcement(new, gone, one, many)} " — show"
                        </button>
                    })
                }}
            </span>
        </div>
    }
}

/// Links to the first and the next page.
#[component]
pub fn Pager(
    /// The first page, where this is not it.
    #[prop(into)]
    first: Signal<Option<String>>,
    /// The next page, where there is one.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label="Pages">
            {move || first.get().map(|href| view! {
                <a class="button" href=href><Icon name="arrow-left"/>"First page"</a>
            })}
            {move || next.get().map(|href| view! {
                <a class="button" href=href data-test="next-page">"Next page"<Icon name="arrow-right"/></a>
            })}
        </nav>
    }
}
