//! The stock of one item, everywhere and by store.

use domain::{
    api::{ItemTerms, LocationStock, SkuStock, StockNumbers},
    ids::LocationId,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use console::{doubts, link, nav, terms, words};

use crate::{
    components::{Empty, FailureView, GoodsPicture, Loading, PageHead},
    feed::Feed,
    intl,
    session::Console,
};

/// Its heading, and its number.
type Column = (&'static str, fn(&StockNumbers) -> i64);

/// Which numbers are shown, in the order of the columns.
const COLUMNS: [Column; 10] = [
    ("Available", |n| n.available),
    ("On hand", |n| n.on_hand),
    ("Reserved", |n| n.reserved),
    ("Safety", |n| n.safety),
    ("Picked", |n| n.picked),
    ("In slots", |n| n.staged),
    ("Display", |n| n.display),
    ("Damaged", |n| n.damaged),
    ("On hold", |n| n.quality),
    ("Short", |n| n.shortage),
];

/// The page.
#[component]
pub fn Sku() -> impl IntoView {
    let params = use_params_map();
    let sku = Memo::new(move |_| params.read().get("sku").unwrap_or_default());
    let feed = Feed::<SkuStock>::new(move || {
        let path = format!("/api/v1/items/{}/stock", link::encoded(&sku.get()));
        Some(path)
    });
    let stock = Memo::new(move |_| feed.current());
    let asks = Console::here().operator().is_some_and(|operator| nav::sees_network(&operator));
    let promises = move || link::to("/promises", &[("sku", &sku.get())]);
    let title = Signal::derive(move || {
        stock.with(|s| s.as_ref().map_or_else(|| sku.get(), |s| s.name.clone()))
    });
    view! {
        <PageHead title=title>
            {asks.then(|| view! {
                <nav class="page-links" aria-label="Of this item">
                    <a href=promises data-test="promises-of-item">"What can be promised?"</a>
                </nav>
            })}
        </PageHead>
        {move || match (feed.blocking_failure(), stock.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, None) => view! { <Loading/> }.into_any(),
            (None, Some(stock)) => view! { <Terms sku=sku.get_untracked()/><Body stock=stock/> }.into_any(),
        }}
    }
}

/// How it is sold beyond what is there and coming; nothing for most items.
#[component]
fn Terms(sku: String) -> impl IntoView {
    let path = format!("/api/v1/items/{}/terms", link::encoded(&sku));
    let feed = Feed::<ItemTerms>::new(move || Some(path.clone()));
    let said = Memo::new(move |_| {
        let terms = feed.current().unwrap_or_default();
        terms::said(&terms, |at| intl::exact(at, None))
    });
    move || {
        said.get()
            .into_iter()
            .map(|one| view! { <p class="notes" data-test="terms">{one}</p> })
            .collect_view()
    }
}

#[component]
fn Body(stock: SkuStock) -> impl IntoView {
    let unseen = u64::from(stock.locations_total).saturating_sub(stock.locations.len() as u64);
    let total = stock.total;
    let barcodes = stock.barcodes.join(", ");
    let is_nowhere = stock.locations.is_empty();
    view! {
        <div class="item-head">
            <GoodsPicture picture=stock.picture/>
            <p class="quiet">
                "SKU " <span class="select-all">{stock.sku.to_string()}</span>
                {(!barcodes.is_empty()).then(|| view! { " · barcode " <span class="select-all">{barcodes}</span> })}
                " · " {words::count(u64::from(stock.locations_total), "store", "stores")}
            </p>
        </div>
        <dl class="facts totals">
            {COLUMNS.map(|(name, of)| view! { <div><dt>{name}</dt><dd>{words::number(of(&total))}</dd></div> }).collect_view()}
        </dl>
        {if is_nowhere {
            view! { <Empty icon="store" title="No store stocks it" advice="Stock arrives with the next import from the stores' own systems."/> }.into_any()
        } else {
            view! { <Table rows=stock.locations total=total/> }.into_any()
        }}
        {(unseen > 0).then(|| view! {
            <p class="notes quiet">{format!("{} with less are not listed.", words::count(unseen, "store", "stores"))}</p>
        })}
    }
}

/// Every store has the first columns; of the others only those that any store has something of.
const ALWAYS: usize = 4;

#[component]
fn Table(rows: Vec<LocationStock>, total: StockNumbers) -> impl IntoView {
    let is_shown = |(at, (_, of)): &(usize, Column)| *at < ALWAYS || of(&total) != 0;
    let columns = COLUMNS.into_iter().enumerate().filter(is_shown).map(|(_, column)| column);
    let columns = columns.collect::<Vec<_>>();
    let href = |id: &LocationId| format!("/locations/{}", link::encoded(id.as_str()));
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Store"</th>
                    {columns.iter().map(|(name, _)| view! { <th scope="col" class="number">{*name}</th> }).collect_view()}
                    <th scope="col" class="number">"Confidence"</th>
                </tr></thead>
                <tbody>
                    {rows.into_iter().map(|row| view! {
                        <tr data-row="" data-test="stock-row">
                            <th scope="row">
                                <a class="row-link" href=href(&row.location)>{row.name}<span class="quiet">{row.location.to_string()}</span></a>
                            </th>
                            {columns.iter().map(|(name, of)| {
                                let units = of(&row.stock);
                                let tone = (*name == "Short" && units > 0).then_some("bad");
                                view! { <td class="number" data-zero=(units == 0).to_string()><span class="toned" data-tone=tone>{words::number(units)}</span></td> }
                            }).collect_view()}
                            <td class="number"><span class="toned" data-tone=doubts::tone(row.confidence).as_str()>{row.confidence}" %"</span></td>
                        </tr>
                    }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}
