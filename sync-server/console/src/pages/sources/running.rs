//! How far a batch has come that is being read now.

use domain::api::BatchRow;
use leptos::prelude::*;

use console::{batches, words};

use crate::components::{Bar, When};

/// One card for each batch that is being read; nothing while none is.
#[component]
pub fn Running(
    /// The batches of a source.
    batches: Memo<Vec<BatchRow>>,
) -> impl IntoView {
    let ids = Memo::new(move |_| {
        batches.with(|rows| {
            let running = rows.iter().filter(|row| batches::is_running(row));
            running.map(|row| row.id.clone()).collect::<Vec<_>>()
        })
    });
    let row = move |id: String| {
        Memo::new(move |_| batches.with(|rows| rows.iter().find(|row| row.id == id).cloned()))
    };
    view! {
        <For each=move || ids.get() key=|id| id.clone() let:id><Card id=id.clone() row=row(id)/></For>
        // Said once when it begins and once when it ends, not with every row.
        <p class="unseen" role="status">
            {move || ids.with(|ids| match ids.len() {
                0 => String::new(),
                running => format!("{} being read", words::count(running as u64, "batch is", "batches are")),
            })}
        </p>
    }
}

#[component]
fn Card(id: String, row: Memo<Option<BatchRow>>) -> impl IntoView {
    let label = format!("Batch {id} is being read");
    view! {
        <section class="card running" data-test="batch-running" aria-label=label>
            <header class="card-head">
                <h2>"Being read: batch " <span class="code">{id}</span></h2>
                {move || row.get().map(|row| view! {
                    <span class="card-head-end quiet">"began " <When at=row.started_at/></span>
                })}
            </header>
            {move || row.get().map(|row| view! { <Progress batch=row/> })}
        </section>
    }
}

#[component]
fn Progress(batch: BatchRow) -> impl IntoView {
    view! {
        <Bar segments=batches::parts(&batch)/>
        <p data-test="batch-progress">{batches::sentence(&batch)}</p>
        <p class="quiet">
            "The last rows were taken " <When at=batch.touched_at/>
            ". How many are still to come is not known before the end."
        </p>
    }
}
