//! Where record and reality disagree, each with its next step.

use domain::{api::ExceptionRow, ids::LocationId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::{link, live::Shown};

use crate::{
    components::{Empty, Heading, Lines, List, LocationFilter, PageHead, When},
    rows::Rows,
    session::Console,
};

fn address(location: &str, after: &str) -> String {
    link::to("/exceptions", &[("location", location), ("after", after)])
}

/// The columns.
const HEADINGS: [Heading; 5] =
    [("Order", ""), ("What happened", ""), ("What to do", ""), ("Store", ""), ("When", "number")];

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
    rows.learn_places(|row| Some(&row.location));
    let by_location = Callback::new(|chosen: Option<LocationId>| {
        address(chosen.as_ref().map_or("", LocationId::as_str), "")
    });
    let page = move |after: String| address(&location.get(), &after);
    view! {
        <PageHead title="Exceptions"/>
        <div class="filters"><LocationFilter id="exceptions-location" href=by_location/></div>
        <List
            rows=rows one="exception" many="exceptions" after=after page=page
            nothing=move || view! { <Empty icon="circle-check" title="Record and reality agree" advice="When a store finds less than was promised, or two people do the same work, it appears here with its next step."/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
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
