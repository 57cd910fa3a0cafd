//! The work of one store, in the order in which it is due.

use domain::{api::QueueRow, ids::LocationId};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use console::{link, live::Shown, words};

use crate::{
    components::{Empty, Heading, Icon, Left, Lines, List, PageHead, StageBadge, When},
    rows::Rows,
    session::Console,
};

use super::opening::Opening;

/// The columns.
const HEADINGS: [Heading; 7] = [
    ("Order", ""),
    ("Promise", "number"),
    ("Stage", ""),
    ("Way out", "extra"),
    ("Units", "number"),
    ("Who", ""),
    ("Sourced", "number extra"),
];

/// The page.
#[component]
pub fn Queue() -> impl IntoView {
    let (console, params) = (Console::here(), use_params_map());
    let query = leptos_router::hooks::use_query_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let place = Memo::new(move |_| id.get().parse::<LocationId>().ok());
    Effect::new(move |_| place.get().iter().for_each(|place| console.learn_place(place)));
    let known = Memo::new(move |_| place.get().and_then(|place| console.place(&place)));
    let rows = Rows::<QueueRow>::new(move || {
        let path = format!("/api/v1/locations/{}/queue", link::encoded(&id.get()));
        Some(link::to(&path, &[("after", &after.get())]))
    });
    let title = Signal::derive(move || known.get().map_or_else(|| id.get(), |row| row.name));
    let page = move |after: String| {
        link::to(&format!("/locations/{}", link::encoded(&id.get())), &[("after", &after)])
    };
    let by_store = move |path: &'static str| move || link::to(path, &[("location", &id.get())]);
    view! {
        <PageHead title=title>
            <nav class="page-links" aria-label="Of this store">
                <a href=by_store("/orders")>"Orders"</a>
                <a href=by_store("/at-risk")>"At risk"</a>
                <a href=by_store("/exceptions")>"Exceptions"</a>
                <a href=by_store("/devices")>"Tablets"</a>
            </nav>
        </PageHead>
        <p class="quiet lead">
            {move || known.get().map(|row| format!(
                "{} · {}, {} · times in {} · {}",
                row.id, row.city, row.region, row.time_zone,
                words::count(u64::from(row.devices), "tablet", "tablets"),
            ))}
        </p>
        <Opening id=id/>
        <List
            rows=rows one="fulfillment" many="fulfillments" after=after page=page
            nothing=move || view! { <Empty icon="circle-check" title="Nothing to do here" advice="Every order of this store is out of the house. New ones appear by themselves."/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
    }
}

#[component]
fn Line(row: Memo<Option<Shown<QueueRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| view! {
        <tr data-row="" data-test="queue-row" data-gone=gone.to_string()>
            <th scope="row">
                <a class="row-link" href=format!("/orders/{}", row.order)>
                    <span class="code">{row.short_code}</span>
                    <span class="quiet">{row.external_number}</span>
                </a>
            </th>
            <td class="number"><Left promise=row.promise_at place=row.location.clone()/></td>
            <td>
                <StageBadge stage=row.stage words=row.stage_words/>
                {row.risk.map(|risk| view! { <span class="flag"><Icon name="clock"/>{risk}</span> })}
            </td>
            <td class="extra">{words::method(row.method)}</td>
            <td class="number">{row.units}</td>
            <td>{row.claimed_by.unwrap_or_else(|| "—".to_owned())}</td>
            <td class="number extra"><When at=row.created_at place=row.location/></td>
        </tr>
    })
    }
}
