//! The list, each row with what is wrong with it, and the opened one below itself.

use domain::api::DeadRow;
use leptos::prelude::*;

use console::{
    dead_filters::DeadFilters,
    dead_rows::{self, Outcome},
    live::Shown,
};

use super::{opened::Opened, work::Work};
use crate::components::{Heading, Headings, ToneBadge, When};

/// The columns of the list.
const HEADINGS: [Heading; 5] = [
    ("Row", ""),
    ("What is wrong", ""),
    ("State", ""),
    ("Source and batch", "extra"),
    ("Came", "number"),
];

/// The list.
#[component]
pub fn Table(
    /// The work.
    work: Work,
) -> impl IntoView {
    let rows = work.rows;
    let is_old = move || rows.is_catching_up().then_some("true");
    view! {
        <div class="table-frame" aria-busy=is_old>
            <table>
                <Headings of=&HEADINGS/>
                <tbody>
                    <For each=move || rows.places() key=|place| *place let:place>
                        <Line work=work row=rows.at(place.1)/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// A row, and all of it while it is opened.
#[component]
fn Line(work: Work, row: Memo<Option<Shown<DeadRow>>>) -> impl IntoView {
    let key = Memo::new(move |_| row.with(|shown| shown.as_ref().map(|shown| shown.row.key)));
    let is_open = Memo::new(move |_| {
        let opened = work.filters.with(DeadFilters::opened);
        opened.is_some() && opened == key.get()
    });
    view! {
        {move || row.get().map(|shown| view! { <Head work=work shown=shown is_open=is_open/> })}
        {move || is_open.get().then(|| row.get_untracked()).flatten().map(|Shown { row, .. }| view! {
            <tr class="opened"><td colspan=HEADINGS.len().to_string()><Opened work=work row=row/></td></tr>
        })}
    }
}

#[component]
fn Head(work: Work, shown: Shown<DeadRow>, is_open: Memo<bool>) -> impl IntoView {
    let Shown { row, gone } = shown;
    let key = row.key;
    let href = move || work.filters.get().opening((!is_open.get()).then_some(key)).page();
    let field = (!row.field.is_empty()).then(|| dead_rows::field_words(&row.field));
    let (tone, state) = (dead_rows::tone(&row), dead_rows::state(&row));
    let badge = move || match work.outcome(key).map(Outcome::badge) {
        Some((words, tone)) => (words.to_owned(), tone),
        None => (state.clone(), tone),
    };
    view! {
        <tr data-row="" data-test="dead-row" data-key=key data-gone=gone.to_string() data-chosen=move || is_open.get().to_string()>
            <th scope="row">
                <a class="row-link" href=href data-noscroll="" aria-expanded=move || is_open.get().to_string()>
                    {format!("Line {}", row.line)}
                </a>
            </th>
            <td>{field.map(|field| view! { <strong>{field}</strong>": " })}{row.message.clone()}</td>
            <td>{move || { let (words, tone) = badge(); view! { <ToneBadge tone=tone words=words/> } }}</td>
            <td class="name extra"><From work=work row=row.clone()/></td>
            <td class="number"><When at=row.at/></td>
        </tr>
    }
}

/// Where it came from, as links that narrow the list to it.
#[component]
fn From(work: Work, row: DeadRow) -> impl IntoView {
    let (of_source, of_batch) = (row.source.clone(), (row.source.clone(), row.batch.clone()));
    let source = move || {
        let filters = work.filters.get();
        filters.with(|f| (f.source, f.batch) = (of_source.clone(), String::new())).page()
    };
    let batch = move || work.filters.get().with(|f| (f.source, f.batch) = of_batch.clone()).page();
    view! {
        <a class="above" href=source><span class="unseen">"Only rows of source "</span>{row.source}</a>
        " "
        <a class="above" href=batch><span class="unseen">"Only rows of batch "</span><span class="code">{row.batch}</span></a>
    }
}
