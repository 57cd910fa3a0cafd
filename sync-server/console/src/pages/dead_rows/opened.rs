//! All of one row: why it was refused or held, what it said, and what can be done about it.

use domain::api::DeadRow;
use leptos::{ev, prelude::*};

use console::{dead_rows, link};

use super::{correct::Correct, work::Work};

/// The opened row.
#[component]
pub fn Opened(
    /// The work.
    work: Work,
    /// The row.
    row: DeadRow,
) -> impl IntoView {
    let key = row.key;
    let label = format!("Line {} of batch {}", row.line, row.batch);
    let leave = move |event: ev::KeyboardEvent| {
        // Escape that closes a dialog is for the dialog alone.
        if event.key() == "Escape" && !event.default_prevented() && !is_in_dialog(&event) {
            work.leave(key);
        }
    };
    let levers = if dead_rows::is_open(&row) {
        view! { <Correct work=work row=row.clone()/> }.into_any()
    } else {
        view! { <Settled row=row.clone()/> }.into_any()
    };
    view! {
        <section class="dead-row" tabindex="-1" aria-label=label data-test="opened" data-opened="" on:keydown=leave>
            <div class="dead-row-work">{levers}</div>
            <Raw row=row/>
        </section>
    }
}

fn is_in_dialog(event: &ev::KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast as _;
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.closest("dialog").ok().flatten().is_some())
}

/// The row as it came, and where it came from.
#[component]
fn Raw(row: DeadRow) -> impl IntoView {
    let source = format!("/sources/{}", link::encoded(&row.source));
    view! {
        <div class="dead-row-raw">
            <h3 id="raw">"As it came"</h3>
            <pre tabindex="0" role="region" aria-labelledby="raw" data-test="raw">{row.raw}</pre>
            <p class="quiet">
                {format!("Line {} of batch ", row.line)}<span class="code">{row.batch}</span>
                " of "<a href=source>{row.source}</a>
            </p>
        </div>
    }
}

/// What became of a row that somebody has dealt with.
#[component]
fn Settled(row: DeadRow) -> impl IntoView {
    let by = format!("{} by {}", dead_rows::state(&row), row.settled_by);
    let note = (!row.note.is_empty()).then(|| format!(": {}", row.note));
    view! {
        <p data-test="settled"><strong>{by}</strong>{note}</p>
        <p class="quiet">{row.message}</p>
        <dl class="named">
            {row.fields.into_iter().map(|(field, text)| view! {
                <div><dt>{dead_rows::field_words(&field)}</dt><dd class="code">{text}</dd></div>
            }).collect_view()}
        </dl>
    }
}
