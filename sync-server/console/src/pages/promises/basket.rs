//! A basket, asked about as a shop does before its customer pays. Asking puts it into the address.

use domain::ids::LocationId;
use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::{basket::Basket, words};
use domain::fulfillment::Method;

use super::{Asks, quote::QuoteOf};
use crate::components::{Choice, LocationPicker, PageHead, TextField};

/// A text of the basket.
type Text = fn(&mut Basket) -> &mut String;

/// The page.
#[component]
pub fn BasketPage() -> impl IntoView {
    let query = use_query_map();
    let basket = Memo::new(move |_| {
        let query = query.read();
        Basket::read(|key| query.get(key))
    });
    // The same question once more is asked once more.
    let asked = RwSignal::new(0_u32);
    view! {
        <PageHead title="Promises"/>
        <p class="quiet lead">
            "Ask as a shop does for the basket of a customer: who would give what, and what would come later. Nothing is held by asking."
        </p>
        <Asks is_basket=true/>
        <Ask basket=basket asked=asked/>
        <QuoteOf basket=basket asked=asked/>
    }
}

#[component]
fn Ask(basket: Memo<Basket>, asked: RwSignal<u32>) -> impl IntoView {
    let go = use_navigate();
    let draft = RwSignal::new(basket.get_untracked());
    Effect::new(move |_| draft.set(basket.get()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        go(&draft.get_untracked().page(), options);
        asked.update(|asked| *asked = asked.wrapping_add(1));
    };
    let pickup = (Method::Pickup.as_str(), words::method(Method::Pickup));
    let is_picked_up = Memo::new(move |_| draft.with(Basket::is_picked_up));
    view! {
        <form class="filters ask" role="search" aria-label="What can be promised to a basket" on:submit=submit>
            <Input draft=draft label="SKUs with their units, commas between them" test="basket-lines" example="100023 2, 100024" main=true of=|basket| &mut basket.lines/>
            <Choice
                label="Way out" all=words::method(Method::Ship) choices=vec![pickup] test="basket-method"
                chosen=Signal::derive(move || draft.get().method)
                on_choose=move |method| draft.update(|draft| draft.method = method)
            />
            {move || if is_picked_up.get() {
                view! { <Store draft=draft/> }.into_any()
            } else {
                view! {
                    <Input draft=draft label="Country" test="basket-country" example="US" of=|basket| &mut basket.country/>
                    <Input draft=draft label="Postcode" test="basket-postcode" of=|basket| &mut basket.postcode/>
                }.into_any()
            }}
            <Input draft=draft label="Channel" test="basket-channel" example="web" of=|basket| &mut basket.channel/>
            <Input draft=draft label="Region" test="basket-region" example="any" of=|basket| &mut basket.region/>
            <Input draft=draft label="The shop's name of it" test="basket-name" example="none" of=|basket| &mut basket.name/>
            <label class="check">
                <input
                    type="checkbox" data-test="basket-later"
                    prop:checked=move || draft.with(|draft| !draft.later.is_empty())
                    on:change=move |event| draft.update(|draft| {
                        draft.later = if event_target_checked(&event) { "yes".into() } else { String::new() };
                    })
                />
                "May come later"
            </label>
            <button type="submit" class="button primary" data-test="ask">"Ask"</button>
        </form>
    }
}

/// Where the customer would come to.
#[component]
fn Store(draft: RwSignal<Basket>) -> impl IntoView {
    let chosen = Signal::derive(move || draft.with(|draft| draft.location.parse().ok()));
    let choose = move |location: Option<LocationId>| {
        draft.update(|draft| draft.location = location.map(String::from).unwrap_or_default());
    };
    view! { <LocationPicker id="basket-location" label="Store" empty="Which store?" chosen=chosen on_choose=choose/> }
}

#[component]
fn Input(
    draft: RwSignal<Basket>,
    label: &'static str,
    test: &'static str,
    #[prop(optional)] example: &'static str,
    #[prop(optional)] main: bool,
    of: Text,
) -> impl IntoView {
    let value = Signal::derive(move || std::mem::take(of(&mut draft.get())));
    let change = move |text| draft.update(|draft| *of(draft) = text);
    view! { <TextField label=label value=value on_change=change test=test example=example main=main/> }
}
