//! Finds an item by name, SKU or barcode.

use domain::api::ItemRow;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::{link, live::Shown};

use crate::{
    components::{Empty, GoodsPicture, Heading, Lines, List, PageHead, SearchBox},
    rows::Rows,
};

fn address(path: &str, search: &str, after: &str) -> String {
    link::to(path, &[("search", search.trim()), ("after", after)])
}

/// The columns.
const HEADINGS: [Heading; 4] = [("Item", ""), ("SKU", ""), ("Size", ""), ("Department", "")];

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
    let page = move |after: String| address("/stock", &search.get(), &after);
    view! {
        <PageHead title="Stock"/>
        <form class="filters" role="search" aria-label="Items" on:submit=move |event| event.prevent_default()>
            <SearchBox value=search on_change=on_search label="Name, SKU or barcode" test="sku-search"/>
        </form>
        <List
            rows=rows one="item" many="items" after=after page=page
            nothing=move || view! { <Empty icon="box" title="No item is called so" advice="Search for a part of its name, its SKU, or scan its barcode into the field."/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
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
