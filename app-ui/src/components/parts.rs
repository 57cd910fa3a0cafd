//! Small parts: how goods leave, how far a change got, a stepper, an empty or failed page.

use app_ui::truth::sent_words;
use domain::{bridge::Sent, fulfillment::Method};
use leptos::prelude::*;

use super::icon::Icon;
use crate::bridge::Failed;

/// Pickup or ship, by word and shape.
#[component]
pub fn MethodBadge(method: Method) -> impl IntoView {
    let (icon, word, name) = match method {
        Method::Pickup => ("shopping-bag", "Pickup", "pickup"),
        Method::Ship => ("truck", "Ship", "ship"),
    };
    view! { <span class="badge" data-method=name><Icon name=icon />{word}</span> }
}

/// How far the last change got: quiet when it is confirmed.
#[component]
pub fn SentMark(sent: Sent) -> impl IntoView {
    let (icon, name) = match sent {
        Sent::Confirmed => ("circle-check", "confirmed"),
        Sent::DoneHere => ("tablet", "done-here"),
        Sent::NeedsYou => ("triangle-alert", "needs-you"),
    };
    view! {
        <span class="sent" data-sent=name data-test="sent">
            <Icon name=icon />{sent_words(sent)}
        </span>
    }
}

/// A number that a finger changes, between two bounds.
#[component]
pub fn Stepper(
    value: RwSignal<u32>,
    min: u32,
    #[prop(into)] max: Signal<u32>,
    #[prop(into)] label: String,
    test: &'static str,
) -> impl IntoView {
    let less = move |_| value.update(|value| *value = value.saturating_sub(1).max(min));
    let more = move |_| value.update(|value| *value = value.saturating_add(1).min(max.get()));
    view! {
        <div class="stepper" role="group" aria-label=label data-test=test>
            <button type="button" class="button" data-test=format!("{test}-less") on:click=less
                disabled=move || value.get() <= min>
                <Icon name="minus" /><span class="hidden">"One less"</span>
            </button>
            <output class="stepper-value" data-test=format!("{test}-value")>
                {move || value.get()}
            </output>
            <button type="button" class="button" data-test=format!("{test}-more") on:click=more
                disabled=move || { value.get() >= max.get() }>
                <Icon name="plus" /><span class="hidden">"One more"</span>
            </button>
        </div>
    }
}

/// A page with nothing on it, and what to do.
#[component]
pub fn Empty(
    icon: &'static str,
    #[prop(into)] words: String,
    #[prop(into)] next: String,
    test: &'static str,
) -> impl IntoView {
    view! {
        <div class="empty" data-test=test>
            <Icon name=icon />
            <p class="empty-words">{words}</p>
            <p class="quiet-text">{next}</p>
        </div>
    }
}

/// A page that could not be shown, why, and another try.
#[component]
pub fn Broken(failed: Failed, again: Callback<()>) -> impl IntoView {
    view! {
        <div class="empty" data-test="failed" role="alert">
            <Icon name="circle-alert" />
            <p class="empty-words">{failed.sentence()}</p>
            <p class="quiet-text">{failed.next_action()}</p>
            <button class="button primary" data-primary="" on:click=move |_| again.run(())>
                <Icon name="refresh-cw" />"Try again"
            </button>
        </div>
    }
}

/// A page whose answer is on the way: grey shapes, said once.
#[component]
pub fn Skeleton(#[prop(into)] words: String) -> impl IntoView {
    view! {
        <div class="skeleton" data-test="loading" aria-busy="true">
            <p class="hidden" role="status">{words}</p>
            <div></div><div></div><div></div>
        </div>
    }
}
