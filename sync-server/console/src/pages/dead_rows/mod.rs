//! Rows of sources that were refused or held: looked at one after the other, corrected and replayed, or
//! left out.

mod correct;
mod discard;
mod fields;
mod opened;
mod table;
mod told;
mod work;

use leptos::prelude::*;

use console::dead_filters::DeadFilters;

use self::{table::Table, told::Told, work::Work};
use crate::components::{Empty, List, PageHead};

/// The states that rows are in: the word of the address, and what people read.
const STATES: [(&str, &str); 3] =
    [("", "To look at"), ("replayed", "Replayed"), ("discarded", "Discarded")];

/// The page.
#[component]
pub fn DeadRows() -> impl IntoView {
    let work = Work::begin();
    let Work { rows, filters, .. } = work;
    let after = Signal::derive(move || filters.get().after);
    let page = move |after: String| filters.get().with(|f| f.after = after).page();
    view! {
        <PageHead title="Rows to look at"/>
        <p class="quiet lead">
            "Rows that sources sent and nobody could take as they are. None of them has reached a promise. Correct what is wrong and replay the row, or leave it out."
        </p>
        <div class="filters"><States filters=filters/><Narrowed filters=filters/></div>
        <Told work=work/>
        <List
            rows=rows one="row" many="rows" after=after page=page
            nothing=move || view! { <NoRows filters=filters/> }
        >
            <Table work=work/>
        </List>
    }
}

#[component]
fn States(filters: Memo<DeadFilters>) -> impl IntoView {
    let tab = move |(state, words): (&'static str, &'static str)| {
        let href = move || filters.get().with(|f| state.clone_into(&mut f.state)).page();
        let is_here = move || filters.with(|f| f.state == state).then_some("true");
        view! { <a href=href aria-current=is_here data-test=format!("state-{state}")>{words}</a> }
    };
    view! { <nav class="tabs" aria-label="State">{STATES.map(tab).collect_view()}</nav> }
}

/// Of which source and batch the rows are, where the address says.
#[component]
fn Narrowed(filters: Memo<DeadFilters>) -> impl IntoView {
    let of = |what: &'static str, name: String| {
        (!name.is_empty()).then(|| view! { {what} <span class="code">{name}</span> })
    };
    let all = move || {
        let all = DeadFilters { state: filters.get().state, ..DeadFilters::default() };
        all.page()
    };
    move || {
        let DeadFilters { source, batch, .. } = filters.get();
        filters.with(DeadFilters::narrows).then(|| {
            view! {
                <p class="narrowed" data-test="narrowed">
                    <span>"Only" {of(" of source ", source)} {of(" of batch ", batch)}</span>
                    <a class="button small" href=all data-test="show-all">"Show all"</a>
                </p>
            }
        })
    }
}

#[component]
fn NoRows(filters: Memo<DeadFilters>) -> impl IntoView {
    move || {
        let (icon, title, advice) = match filters.get().state.as_str() {
            "replayed" => (
                "inbox",
                "None was replayed",
                "Rows that somebody corrected or believed are kept here.",
            ),
            "discarded" => (
                "inbox",
                "None was discarded",
                "Rows that somebody left out are kept here, with the reason.",
            ),
            _ => (
                "circle-check",
                "No row waits",
                "When a source sends what cannot be taken, or counts that differ too much, it appears here.",
            ),
        };
        view! { <Empty icon=icon title=title advice=advice/> }
    }
}
