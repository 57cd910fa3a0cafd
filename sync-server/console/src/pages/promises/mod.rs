//! What can be promised, asked as a shop asks it, with every term behind a number.

mod answer;
mod around;
mod ask;
mod basket;
mod components;
mod dated;
mod locations;
mod quote;
mod sum;
mod why;

use domain::api::AtpList;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::question::Question;

pub use self::basket::BasketPage;
use self::{answer::Answer, around::Around, ask::Ask, why::Why};
use crate::{
    components::{Empty, Loading, PageHead, Refusal},
    feed::Feed,
};

/// The page.
#[component]
pub fn Promises() -> impl IntoView {
    let query = use_query_map();
    let question = Memo::new(move |_| {
        let query = query.read();
        Question::read(|key| query.get(key))
    });
    let list = Feed::<AtpList>::new(move || question.get().all());
    let is_asked = Memo::new(move |_| list.url.with(Option::is_some));
    let is_here = Memo::new(move |_| list.current().is_some());
    view! {
        <PageHead title="Promises"/>
        <p class="quiet lead">
            "Ask as a shop does, for any channel and any customer. Nothing is promised by asking."
        </p>
        <Asks is_basket=false/>
        <Ask question=question/>
        {move || match (is_asked.get(), list.blocking_failure(), is_here.get()) {
            (false, _, _) => view! {
                <Empty icon="package-check" title="Which items?" advice="Type one SKU or several. One alone is looked at closely: where it can be picked up, and why it is so many."/>
            }.into_any(),
            (_, Some(failure), _) => view! { <Refusal failure=failure/> }.into_any(),
            (_, None, false) => view! { <Loading/> }.into_any(),
            (_, None, true) => view! { <Answer question=question list=list/> }.into_any(),
        }}
        <Closely question=question list=list/>
    }
}

/// What can be asked: about items, or about a basket of them.
#[component]
fn Asks(is_basket: bool) -> impl IntoView {
    let here = |is_here: bool| is_here.then_some("true");
    view! {
        <div class="filters">
            <nav class="tabs" aria-label="Ask about">
                <a href="/promises" aria-current=here(!is_basket) data-test="ask-items">"Items"</a>
                <a href="/promises/basket" aria-current=here(is_basket) data-test="ask-basket">"A basket"</a>
            </nav>
        </div>
    }
}

/// The one item that is looked at. One that nobody knows has nothing to look at.
#[component]
fn Closely(question: Memo<Question>, list: Feed<AtpList>) -> impl IntoView {
    let sku = Memo::new(move |_| {
        let sku = question.with(|question| question.closely().map(str::to_owned))?;
        let is_known = list.current()?.items.iter().any(|item| item.sku.as_str() == sku);
        is_known.then_some(sku)
    });
    move || {
        sku.get().map(|sku| {
            view! {
                <Around sku=sku.clone() question=question/>
                <Why sku=sku question=question/>
            }
        })
    }
}
