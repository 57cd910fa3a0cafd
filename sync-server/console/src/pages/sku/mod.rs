//! The stock of one item, everywhere and by store: on a map and as a table, which show the same store.

mod choosing;
mod map;
mod table;
mod terms;

use domain::{
    api::{SkuStock, StockNumbers},
    limits,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use console::{link, nav, words};

use self::{choosing::Choosing, map::StockMap, table::Table, terms::Terms};
use crate::{
    components::{Empty, FailureView, GoodsPicture, Loading, PageHead},
    feed::Feed,
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
        Some(link::to(&path, &[("limit", &limits::STOCK_LOCATIONS_MAX.to_string())]))
    });
    let stock = Memo::new(move |_| feed.current());
    let is_here = Memo::new(move |_| stock.with(Option::is_some));
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
        {move || match (feed.blocking_failure(), is_here.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, false) => view! { <Loading/> }.into_any(),
            (None, true) => view! { <Body sku=sku stock=stock/> }.into_any(),
        }}
    }
}

#[component]
fn Body(sku: Memo<String>, stock: Memo<Option<SkuStock>>) -> impl IntoView {
    let choosing = Choosing::here(sku);
    let rows = Memo::new(move |_| {
        stock.with(|stock| stock.as_ref().map(|s| s.locations.clone()).unwrap_or_default())
    });
    let total = Memo::new(move |_| stock.with(|s| s.as_ref().map(|s| s.total)).unwrap_or_default());
    let count = Memo::new(move |_| rows.with(Vec::len));
    // One store more is no reason to draw everything again.
    let shape = Memo::new(move |_| count.get().min(2));
    let unseen = move || {
        let all = stock.with(|s| s.as_ref().map_or(0, |s| u64::from(s.locations_total)));
        all.saturating_sub(count.get() as u64)
    };
    view! {
        <Head stock=stock/>
        <Terms sku=sku/>
        <dl class="facts totals">
            {COLUMNS.map(|(name, of)| view! {
                <div><dt>{name}</dt><dd>{move || words::number(of(&total.get()))}</dd></div>
            }).collect_view()}
        </dl>
        {move || match shape.get() {
            0 => view! { <Empty icon="store" title="No store stocks it" advice="Stock arrives with the next import from the stores' own systems."/> }.into_any(),
            1 => view! { <Table rows=rows total=total choosing=choosing/> }.into_any(),
            _ => view! {
                <div class="map-and-table">
                    <StockMap rows=rows choosing=choosing/>
                    <Table rows=rows total=total choosing=choosing is_mapped=true/>
                </div>
            }.into_any(),
        }}
        {move || (unseen() > 0).then(|| view! {
            <p class="notes quiet">{format!("{} with less are not listed.", words::count(unseen(), "store", "stores"))}</p>
        })}
    }
}

/// The item itself.
#[component]
fn Head(stock: Memo<Option<SkuStock>>) -> impl IntoView {
    // Drawn again only when the item changes, not with every sale.
    let item = Memo::new(move |_| {
        stock.with(|stock| {
            let stock = stock.as_ref()?;
            let barcodes = stock.barcodes.join(", ");
            Some((stock.sku.to_string(), barcodes, stock.picture.clone(), stock.locations_total))
        })
    });
    move || {
        item.get().map(|(sku, barcodes, picture, stores)| view! {
            <div class="item-head">
                <GoodsPicture picture=picture/>
                <p class="quiet">
                    "SKU " <span class="select-all">{sku}</span>
                    {(!barcodes.is_empty()).then(|| view! { " · barcode " <span class="select-all">{barcodes}</span> })}
                    " · " {words::count(u64::from(stores), "store", "stores")}
                </p>
            </div>
        })
    }
}
