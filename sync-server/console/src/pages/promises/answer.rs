//! The answer for many items: units and bands, as a shop gets them.

use domain::api::{AtpItem, AtpList};
use leptos::prelude::*;

use console::{link, question::Question, terms, tone::Tone, words};

use crate::{
    components::{Icon, Seen, ToneBadge},
    feed::Feed,
    intl,
};

/// The answer.
#[component]
pub fn Answer(
    /// What was asked.
    question: Memo<Question>,
    /// What came.
    list: Feed<AtpList>,
) -> impl IntoView {
    let answer = Memo::new(move |_| list.current());
    let items = Memo::new(move |_| answer.get().map(|list| list.items).unwrap_or_default());
    let unknown = Memo::new(move |_| answer.get().map(|list| list.unknown).unwrap_or_default());
    let pool = Memo::new(move |_| answer.get().map(|list| list.pool));
    let count = move || items.with(|items| words::count(items.len() as u64, "item", "items"));
    view! {
        <div class="list-head">
            <span class="quiet" role="status" data-test="answer-count">
                {count} {move || pool.get().map(|pool| format!(", by the pool {pool}"))}
            </span>
        </div>
        {move || unknown.with(|skus| (!skus.is_empty()).then(|| view! { <Unknown skus=skus.clone()/> }))}
        {move || items.with(|items| (!items.is_empty()).then(|| view! { <Table items=items.clone() question=question/> }))}
        <Seen seen=Signal::derive(move || answer.get().map(|list| list.seen))/>
    }
}

#[component]
fn Unknown(skus: Vec<String>) -> impl IntoView {
    view! {
        <div class="callout" data-test="unknown-skus">
            <Icon name="search"/>
            <p>
                <strong>{words::count(skus.len() as u64, "SKU is not known: ", "SKUs are not known: ")}</strong>
                <span class="select-all">{skus.join(", ")}</span>
            </p>
        </div>
    }
}

#[component]
fn Table(items: Vec<AtpItem>, question: Memo<Question>) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"SKU"</th>
                    <th scope="col" class="number">"Units"</th>
                    <th scope="col">"A shopper sees"</th>
                    <th scope="col"><span class="unseen">"Stock"</span></th>
                </tr></thead>
                <tbody>
                    {items.into_iter().map(|item| view! { <Line item=item question=question/> }).collect_view()}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(item: AtpItem, question: Memo<Question>) -> impl IntoView {
    let sku = item.sku.to_string();
    let (of_page, of_current) = (sku.clone(), sku.clone());
    let href = move || question.with(|question| question.page_of(&of_page));
    let beyond = terms::short(item.release, item.backorder, |at| intl::exact(at, None));
    let is_chosen = Memo::new(move |_| question.with(|q| q.closely() == Some(&*of_current)));
    view! {
        <tr data-row="" data-test="promise-row" data-sku=sku.clone() data-chosen=move || is_chosen.get().to_string()>
            <th scope="row">
                <a class="row-link" href=href aria-current=move || is_chosen.get().then_some("true")>
                    <span class="code">{sku.clone()}</span><span class="quiet">"why?"</span>
                </a>
            </th>
            <td class="number" data-zero=(item.units == 0).to_string()>{words::number(item.units)}</td>
            <td>
                <ToneBadge tone=Tone::of_band(item.band) words=words::band(item.band)/>
                {beyond.map(|words| view! { " "<span class="quiet" data-test="beyond">{words}</span> })}
            </td>
            <td class="lever-cell"><a class="above" href=format!("/stock/{}", link::encoded(&sku))>"Stock"</a></td>
        </tr>
    }
}
