//! Finds an item by name, SKU or barcode.

use domain::api::ItemRow;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::{link, live::Shown};

use crate::{
    components::{Empty, FailureView, GoodsPicture, ListHead, Loading, PageHead, Pager, SearchBox},
    rows::Rows,
};

fn address(path: &str, search: &str, after: &str) -> String {
    link::to(path, &[("search", search.trim()), ("after", after)])
}

/// The page.
#[component]
pub fn Stock() -> impl IntoView {
    let (query, go) = (use_query_map(), use_navigate());
    let search = Memo::new(move |_| query.read().get("search").unwrap_or_default());
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let rows =
        Rows::<ItemRow>::new(move || Some(address("/api/v1/items", &search.get(), &after.get())));
    let on_search = Callback::new(move |text: String| {
        let options =
            NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        go(&address("/stock", &text, ""), options);
    });
    let first = Signal::derive(move || {
        (!after.get().is_empty()).then(|| address("/stock", &search.get(), ""))
    });
    let next =
        Signal::derive(move || rows.next().map(|after| address("/stock", &search.get(), &after)));
    view! {
        <PageHead title="Stock"/>
        <form class="filters" role="search" aria-label="Items" on:submit=move |event| event.prevent_default()>
            <SearchBox value=search on_change=on_search label="Name, SKU or barcode" test="sku-search"/>
        </form>
        <ListHead rows=rows one="item" many="items"/>
        {move || match (rows.blocking_failure(), rows.is_first_load(), rows.len()) {
            (Some(failure), _, _) => view! { <FailureView failure=failure again=move |()| rows.again()/> }.into_any(),
            (_, true, _) => view! { <Loading/> }.into_any(),
            (_, _, 0) => view! {
                <Empty icon="box" title="No item is called so" advice="Search for a part of its name, its SKU, or scan its barcode into the field."/>
            }.into_any(),
            _ => view! { <Table rows=rows/> }.into_any(),
        }}
        <Pager first=first next=next/>
    }
}

#[component]
fn Table(rows: Rows<ItemRow>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Item"</th>
                    <th scope="col">"SKU"</th>
                    <th scope="col">"Size"</th>
                    <th scope="col">"Department"</th>
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
fn Line(row: Memo<Option<Shown<ItemRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
            let sku = row.sku.to_string();
            view! {
                <tr data-row="" data-test="item-row" data-gone=gone.to_string()>
                    <th scope="row">
                        <a class="row-link pictured" href=format!("/stock/{}", link::encoded(&sku))>
                            <GoodsPicture picture=row.picture/>{row.name}
                        </a>
                    </th>
                    <td class="code">{sku}</td>
                    <td>{row.size}</td>
                    <td>{row.department}</td>
                </tr>
            }
        })
    }
}
