//! Where record and reality disagree, each with its next step.

use domain::{api::ExceptionRow, ids::LocationId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::{link, live::Shown};

use crate::{
    components::{Empty, FailureView, ListHead, Loading, LocationFilter, PageHead, Pager, When},
    rows::Rows,
    session::Console,
};

fn address(location: &str, after: &str) -> String {
    link::to("/exceptions", &[("location", location), ("after", after)])
}

/// The page.
#[component]
pub fn Exceptions() -> impl IntoView {
    let query = use_query_map();
    let location = Memo::new(move |_| query.read().get("location").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let rows = Rows::<ExceptionRow>::new(move || {
        Some(link::to(
            "/api/v1/exceptions",
            &[("location", &location.get()), ("after", &after.get())],
        ))
    });
    let by_location = Callback::new(|chosen: Option<LocationId>| {
        address(chosen.as_ref().map_or("", LocationId::as_str), "")
    });
    let first =
        Signal::derive(move || (!after.get().is_empty()).then(|| address(&location.get(), "")));
    let next = Signal::derive(move || rows.next().map(|after| address(&location.get(), &after)));
    view! {
        <PageHead title="Exceptions"/>
        <div class="filters"><LocationFilter id="exceptions-location" href=by_location/></div>
        <ListHead rows=rows one="exception" many="exceptions"/>
        {move || match (rows.blocking_failure(), rows.is_first_load(), rows.len()) {
            (Some(failure), _, _) => view! { <FailureView failure=failure again=move |()| rows.again()/> }.into_any(),
            (_, true, _) => view! { <Loading/> }.into_any(),
            (_, _, 0) => view! {
                <Empty icon="circle-check" title="Record and reality agree" advice="When a store finds less than was promised, or two people do the same work, it appears here with its next step."/>
            }.into_any(),
            _ => view! { <Table rows=rows/> }.into_any(),
        }}
        <Pager first=first next=next/>
    }
}

#[component]
fn Table(rows: Rows<ExceptionRow>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Order"</th>
                    <th scope="col">"What happened"</th>
                    <th scope="col">"What to do"</th>
                    <th scope="col">"Store"</th>
                    <th scope="col" class="number">"When"</th>
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
fn Line(row: Memo<Option<Shown<ExceptionRow>>>) -> impl IntoView {
    let console = Console::here();
    move || {
        row.get().map(|Shown { row, gone }| {
        let id = row.location.to_string();
        let name = console.place(&row.location).map_or_else(|| id.clone(), |place| place.name);
        view! {
            <tr data-row="" data-test="exception-row" data-gone=gone.to_string()>
                <th scope="row">
                    <a class="row-link" href=format!("/orders/{}", row.order)><span class="code">{row.short_code}</span></a>
                </th>
                <td>{row.sentence}</td>
                <td><strong>{row.settled.map_or(row.next_action, |how| format!("Settled: {how}"))}</strong></td>
                <td class="name"><a class="above" href=format!("/locations/{}", link::encoded(&id))>{name}</a></td>
                <td class="number"><When at=row.raised_at place=row.location/></td>
            </tr>
        }
    })
    }
}
