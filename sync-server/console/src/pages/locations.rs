//! The stores: search one, see how it stands, open its queue.

use domain::api::LocationRow;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::{link, live::Shown, words};

use crate::{
    components::{Empty, Heading, Lines, List, PageHead, SearchBox},
    rows::Rows,
    session::Console,
};

/// The columns.
const HEADINGS: [Heading; 6] = [
    ("Store", ""),
    ("City", ""),
    ("Time zone", ""),
    ("Open", "number"),
    ("Late", "number"),
    ("Tablets", "number"),
];

/// The page.
#[component]
pub fn Locations() -> impl IntoView {
    let (console, query, go) = (Console::here(), use_query_map(), use_navigate());
    let search = Memo::new(move |_| query.read().get("search").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let of = |path: &str, search: &str, after: &str| {
        link::to(path, &[("search", search.trim()), ("after", after)])
    };
    let rows = Rows::<LocationRow>::new(move || {
        Some(of("/api/v1/locations", &search.get(), &after.get()))
    });
    Effect::new(move |_| {
        rows.with_shown(|shown| {
            let places: Vec<_> = shown.iter().map(|shown| shown.row.clone()).collect();
            console.keep_places(&places);
        });
    });
    let on_search = Callback::new(move |text: String| {
        let options =
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        go(&of("/locations", &text, ""), options);
    });
    let page = move |after: String| of("/locations", &search.get(), &after);
    view! {
        <PageHead title="Stores"/>
        <form class="filters" role="search" aria-label="Stores" on:submit=move |event| event.prevent_default()>
            <SearchBox value=search on_change=on_search label="Name, number or city" test="search"/>
        </form>
        <List
            rows=rows one="store" many="stores" after=after page=page
            nothing=move || view! { <Empty icon="store" title="No store is called so" advice="Search for its number, a part of its name, or its city."/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
    }
}

#[component]
fn Line(row: Memo<Option<Shown<LocationRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
        let id = row.id.to_string();
        let href = format!("/locations/{}", link::encoded(&id));
        let late = (row.late > 0).then_some("bad");
        view! {
            <tr data-row="" data-test="location-row" data-gone=gone.to_string()>
                <th scope="row">
                    <a class="row-link" href=href>
                        {row.name}<span class="quiet">{id}</span>
                    </a>
                </th>
                <td>{format!("{}, {}", row.city, row.region)}</td>
                <td class="quiet">{row.time_zone}</td>
                <td class="number">{words::thousands(u64::from(row.open))}</td>
                <td class="number"><span class="toned" data-tone=late>{words::thousands(u64::from(row.late))}</span></td>
                <td class="number">{row.devices}</td>
            </tr>
        }
    })
    }
}
