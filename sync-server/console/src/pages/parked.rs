//! What tablets sent and this server could not apply. Nothing is lost: it is tried again.

use domain::api::ParkedRow;
use leptos::prelude::*;

use console::live::Shown;

use crate::{
    components::{Empty, FailureView, ListHead, Loading, PageHead, When},
    rows::Rows,
};

/// The page.
#[component]
pub fn Parked() -> impl IntoView {
    let rows = Rows::<ParkedRow>::new(|| Some("/api/v1/parked".to_owned()));
    view! {
        <PageHead title="Unread changes"/>
        <p class="quiet lead">
            "A tablet with a newer app can send what this server does not know yet, or changes to work that it does not have. They are kept as they were sent and tried again every hour, and when the server was updated."
        </p>
        <ListHead rows=rows one="change" many="changes"/>
        {move || match (rows.blocking_failure(), rows.is_first_load(), rows.len()) {
            (Some(failure), _, _) => view! { <FailureView failure=failure again=move |()| rows.again()/> }.into_any(),
            (_, true, _) => view! { <Loading/> }.into_any(),
            (_, _, 0) => view! {
                <Empty icon="circle-check" title="Everything was read" advice="There is nothing to do here."/>
            }.into_any(),
            _ => view! { <Table rows=rows/> }.into_any(),
        }}
    }
}

#[component]
fn Table(rows: Rows<ParkedRow>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Tablet"</th>
                    <th scope="col" class="number">"Number"</th>
                    <th scope="col">"Why"</th>
                    <th scope="col">"As sent"</th>
                    <th scope="col" class="number">"Came"</th>
                </tr></thead>
                <tbody>
                    <For each=move || rows.places() key=|place| *place let:place>
                        <Line row=rows.at(place.1)/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(row: Memo<Option<Shown<ParkedRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
            view! {
                <tr data-row="" data-test="parked-row" data-gone=gone.to_string()>
                    <th scope="row"><span class="code">{row.device.to_string()}</span></th>
                    <td class="number">{format!("{}.{}", row.epoch, row.seq)}</td>
                    <td>{row.reason}</td>
                    <td><details><summary>"Show"</summary><pre>{row.body}</pre></details></td>
                    <td class="number"><When at=row.received_at/></td>
                </tr>
            }
        })
    }
}
