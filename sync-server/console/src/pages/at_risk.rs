//! What is late or will be, grouped by promise or by age, for all stores or one.

use domain::{api::QueueRow, ids::LocationId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::{
    link,
    live::Shown,
    risk::{Band, Grouping},
    words,
};

use crate::{
    components::{
        Empty, Heading, Headings, Left, List, LocationFilter, PageHead, StageBadge, When,
    },
    rows::Rows,
    session::Console,
};

fn address(grouping: Grouping, location: &str, after: &str) -> String {
    let by = if grouping == Grouping::Age { "age" } else { "" };
    link::to("/at-risk", &[("location", location), ("by", by), ("after", after)])
}

/// The columns.
const HEADINGS: [Heading; 7] = [
    ("Order", ""),
    ("Store", ""),
    ("Stage", ""),
    ("Units", "number extra"),
    ("Promise", "number"),
    ("Sourced", "number extra"),
    ("Why", "act"),
];

/// The page.
#[component]
pub fn AtRisk() -> impl IntoView {
    let query = use_query_map();
    let location = Memo::new(move |_| query.read().get("location").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let grouping = Memo::new(move |_| Grouping::read(query.read().get("by").as_deref()));
    let rows = Rows::<QueueRow>::new(move || {
        Some(link::to("/api/v1/at-risk", &[("location", &location.get()), ("after", &after.get())]))
    });
    let by_location = Callback::new(move |chosen: Option<LocationId>| {
        address(grouping.get_untracked(), chosen.as_ref().map_or("", LocationId::as_str), "")
    });
    let page = move |after: String| address(grouping.get(), &location.get(), &after);
    let tab = move |to: Grouping, words: &'static str| {
        view! {
            <a href=move || address(to, &location.get(), "") aria-current=move || (grouping.get() == to).then_some("true")>{words}</a>
        }
    };
    view! {
        <PageHead title="At risk"/>
        <div class="filters">
            <nav class="tabs" aria-label="Group by">
                {tab(Grouping::Promise, "By promise")}
                {tab(Grouping::Age, "By age")}
            </nav>
            <LocationFilter id="at-risk-location" href=by_location/>
        </div>
        <List
            rows=rows one="fulfillment" many="fulfillments" after=after page=page
            nothing=|| view! { <Empty icon="circle-check" title="Nothing is at risk" advice="Every promise can still be kept. This page fills by itself when that changes."/> }
        >
            <Table rows=rows grouping=grouping.get()/>
        </List>
    }
}

/// The places of the list by band. Computed when rows come or are asked for, not with every tick: a
/// row that crosses a line must not move under the pointer.
fn banded(rows: Rows<QueueRow>, grouping: Grouping) -> Vec<(&'static Band, Vec<(u32, usize)>)> {
    let now_ms = Console::here().now_ms.get_untracked();
    let places = rows.places();
    let of = rows.with_shown(|shown| {
        shown.iter().map(|shown| grouping.band_of(&shown.row, now_ms)).collect::<Vec<_>>()
    });
    let bands = grouping.bands().iter().enumerate();
    bands
        .map(|(band, words)| {
            (words, places.iter().filter(|place| of.get(place.1) == Some(&band)).copied().collect())
        })
        .filter(|(_, places): &(_, Vec<_>)| !places.is_empty())
        .collect()
}

#[component]
fn Table(rows: Rows<QueueRow>, grouping: Grouping) -> impl IntoView {
    let version = Memo::new(move |_| rows.places());
    view! {
        <div class="table-frame">
            <table>
                <Headings of=&HEADINGS/>
                {move || {
                    version.track();
                    untrack(|| banded(rows, grouping)).into_iter().map(|(band, places)| view! {
                        <tbody>
                            <tr class="band" data-tone=band.tone.as_str()>
                                <th scope="rowgroup" colspan=HEADINGS.len().to_string()>
                                    {band.words}" "<span class="quiet">{words::thousands(places.len() as u64)}</span>
                                </th>
                            </tr>
                            {places.into_iter().map(|place| view! { <Line row=rows.at(place.1)/> }).collect_view()}
                        </tbody>
                    }).collect_view()
                }}
            </table>
        </div>
    }
}

#[component]
fn Line(row: Memo<Option<Shown<QueueRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| view! {
        <tr data-row="" data-test="at-risk-row" data-gone=gone.to_string()>
            <th scope="row">
                <a class="row-link" href=format!("/orders/{}", row.order)>
                    <span class="code">{row.short_code}</span>
                    <span class="quiet">{row.external_number}</span>
                </a>
            </th>
            <td class="name"><a class="above" href=format!("/locations/{}", link::encoded(row.location.as_str()))>{row.location_name}</a></td>
            <td>
                <StageBadge stage=row.stage words=row.stage_words/>
                {row.claimed_by.map(|who| view! { <span class="by quiet">{who}</span> })}
            </td>
            <td class="number extra">{row.units}</td>
            <td class="number"><Left promise=row.promise_at place=row.location.clone()/></td>
            <td class="number extra"><When at=row.created_at place=row.location/></td>
            <td class="act">{row.risk.unwrap_or_else(|| "—".to_owned())}</td>
        </tr>
    })
    }
}
