//! What tablets sent and this server could not apply. Nothing is lost: it is tried again.

use domain::api::ParkedRow;
use leptos::prelude::*;

use console::live::Shown;

use crate::{
    components::{Empty, Heading, Lines, List, PageHead, When},
    rows::Rows,
};

/// The columns.
const HEADINGS: [Heading; 5] =
    [("Tablet", ""), ("Number", "number"), ("Why", ""), ("As sent", ""), ("Came", "number")];

/// The page.
#[component]
pub fn Parked() -> impl IntoView {
    let rows = Rows::<ParkedRow>::new(|| Some("/api/v1/parked".to_owned()));
    view! {
        <PageHead title="Unread changes"/>
        <p class="quiet lead">
            "A tablet with a newer app can send what this server does not know yet, or changes to work that it does not have. They are kept as they were sent and tried again every hour, and when the server was updated."
        </p>
        <List
            rows=rows one="change" many="changes"
            nothing=move || view! { <Empty icon="circle-check" title="Everything was read" advice="There is nothing to do here."/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
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
