//! Every version of the rules: by whom, why and when.

use domain::api::AtpVersionRow;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::{link, live::Shown};

use crate::{
    components::{Empty, FailureView, ListHead, Loading, Pager, When},
    rows::Rows,
};

fn address(after: &str) -> String {
    link::to("/rules", &[("view", "versions"), ("after", after)])
}

/// The part of the page.
#[component]
pub fn Versions() -> impl IntoView {
    let query = use_query_map();
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let rows = Rows::<AtpVersionRow>::new(move || {
        Some(link::to("/api/v1/atp/rules/versions", &[("after", &after.get())]))
    });
    let first = Signal::derive(move || (!after.get().is_empty()).then(|| address("")));
    let next = Signal::derive(move || rows.next().map(|after| address(&after)));
    view! {
        <ListHead rows=rows one="version" many="versions"/>
        {move || match (rows.blocking_failure(), rows.is_first_load(), rows.len()) {
            (Some(failure), _, _) => view! { <FailureView failure=failure again=move |()| rows.again()/> }.into_any(),
            (_, true, _) => view! { <Loading/> }.into_any(),
            (_, _, 0) => view! {
                <Empty icon="history" title="Nobody has stated any rules" advice="The first version appears here once an administrator states one."/>
            }.into_any(),
            _ => view! { <Table rows=rows/> }.into_any(),
        }}
        <Pager first=first next=next/>
    }
}

#[component]
fn Table(rows: Rows<AtpVersionRow>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Version"</th>
                    <th scope="col">"Why"</th>
                    <th scope="col">"By"</th>
                    <th scope="col" class="number">"Stated"</th>
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
fn Line(row: Memo<Option<Shown<AtpVersionRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
            let number = row.version.to_string();
            view! {
                <tr data-row="" data-test="version-row" data-gone=gone.to_string()>
                    <th scope="row">
                        <a class="row-link" href=link::to("/rules", &[("version", &number)])>"Version "{number.clone()}</a>
                    </th>
                    <td>{row.comment}</td>
                    <td>{row.author}</td>
                    <td class="number"><When at=row.created_at/></td>
                </tr>
            }
        })
    }
}
