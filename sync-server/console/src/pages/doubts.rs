//! Stock that a person should look at, location by location, each with what to do next.

use domain::{api::StockDoubt, ids::LocationId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::{
    doubts::{self, DoubtFilters},
    link,
    live::Shown,
    words,
};

use crate::{
    components::{Empty, Heading, Lines, List, LocationFilter, PageHead, ToneBadge, When},
    rows::Rows,
};

/// The columns.
const HEADINGS: [Heading; 8] = [
    ("Item", ""),
    ("Store", ""),
    ("Why", ""),
    ("What to do", "act"),
    ("On hand", "number"),
    ("Reserved", "number extra"),
    ("Counted", "number extra"),
    ("Confidence", "number"),
];

/// The page.
#[component]
pub fn Doubts() -> impl IntoView {
    let query = use_query_map();
    let filters = Memo::new(move |_| DoubtFilters::read(|key| query.read().get(key)));
    let rows = Rows::<StockDoubt>::new(move || Some(filters.get().call()));
    let by_location = Callback::new(move |chosen: Option<LocationId>| {
        let location = chosen.map(|id| id.to_string()).unwrap_or_default();
        filters.get_untracked().with(|f| f.location = location).page()
    });
    let after = Signal::derive(move || filters.get().after);
    let page = move |after: String| filters.get().with(|f| f.after = after).page();
    let nothing = move || {
        let (title, advice) = doubts::nothing(&filters.get().kind, rows.next().is_some());
        view! { <Empty icon="circle-check" title=title advice=advice/> }
    };
    view! {
        <PageHead title="Stock to check"/>
        <p class="quiet lead">
            "Numbers that are wrong, or that may well be. A count puts each of them right."
        </p>
        <div class="filters">
            <Kinds filters=filters/>
            <LocationFilter id="doubts-location" href=by_location/>
        </div>
        <List
            rows=rows one="position" many="positions" after=after page=page
            nothing=nothing
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
    }
}

#[component]
fn Kinds(filters: Memo<DoubtFilters>) -> impl IntoView {
    let tab = move |(kind, words): (&'static str, &'static str)| {
        let href = move || filters.get().with(|f| kind.clone_into(&mut f.kind)).page();
        let is_here = move || filters.with(|f| f.kind == kind).then_some("true");
        view! { <a href=href aria-current=is_here data-test=format!("kind-{kind}")>{words}</a> }
    };
    view! { <nav class="tabs" aria-label="Why">{doubts::KINDS.map(tab).collect_view()}</nav> }
}

#[component]
fn Line(row: Memo<Option<Shown<StockDoubt>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
            let (why, tone) = doubts::badge(row.kind);
            let looked_for = doubts::looked_for(&row);
            let (sku, store) = (row.sku.to_string(), row.location.to_string());
            let item = format!("/stock/{}", link::encoded(&sku));
            let on_hand = (row.on_hand < 0).then_some("bad");
            view! {
                <tr data-row="" data-test="doubt-row" data-kind=row.kind.as_str() data-gone=gone.to_string()>
                    <th scope="row">
                        <a class="row-link wraps" href=item>{row.name}<span class="quiet">{sku}</span></a>
                    </th>
                    <td class="name"><a class="above" href=format!("/locations/{}", link::encoded(&store))>{row.location_name}</a></td>
                    <td><ToneBadge tone=tone words=why/>{looked_for.map(|words| view! { <span class="by quiet">{words}</span> })}</td>
                    <td class="act"><strong>{doubts::next_step(row.kind)}</strong></td>
                    <td class="number"><span class="toned" data-tone=on_hand>{words::number(row.on_hand)}</span></td>
                    <td class="number extra">{words::number(row.reserved)}</td>
                    <td class="number extra">
                        {match row.counted_at {
                            Some(at) => view! { <When at=at place=row.location/> }.into_any(),
                            None => view! { "Never" }.into_any(),
                        }}
                    </td>
                    <td class="number"><span class="toned" data-tone=doubts::tone(row.confidence).as_str()>{row.confidence}" %"</span></td>
                </tr>
            }
        })
    }
}
