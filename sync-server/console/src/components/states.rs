//! What a page shows when it has nothing to show yet, nothing at all, or may not.

use leptos::prelude::*;

use console::failure::Failure;

use super::Icon;
use crate::browser;

/// The head of a page: its title (the tab's too) and its levers.
#[component]
pub fn PageHead(
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// Levers and facts beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    Effect::new(move |_| browser::set_title(&title.get()));
    view! {
        <header class="page-head">
            <h1>{title}</h1>
            {children.map(|children| view! { <div class="page-levers">{children()}</div> })}
        </header>
    }
}

/// Something is on its way.
#[component]
pub fn Loading() -> impl IntoView {
    view! {
        <div class="loading" role="status">
            <span class="unseen">"Loading"</span>
            <span class="bone"></span>
            <span class="bone"></span>
            <span class="bone"></span>
            <span class="bone"></span>
        </div>
    }
}

/// There is nothing, and that is fine or can be changed.
#[component]
pub fn Empty(
    /// Its icon.
    icon: &'static str,
    /// What there is not.
    #[prop(into)]
    title: String,
    /// What to do now.
    #[prop(into)]
    advice: String,
    /// A lever.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="state" data-test="empty">
            <Icon name=icon/>
            <p class="state-title">{title}</p>
            <p class="state-advice">{advice}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// It could not be shown.
#[component]
pub fn FailureView(
    /// Why.
    failure: Failure,
    /// Tries again.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    let icon = match &failure {
        Failure::Offline => "wifi-off",
        Failure::SignedOut | Failure::Forbidden(_) => "lock",
        Failure::Missing(_) => "search",
        Failure::Refused(_) | Failure::Broken(_) => "circle-alert",
    };
    let lever = if failure.may_pass() {
        view! { <button class="button" on:click=move |_| again.run(())><Icon name="refresh-cw"/>"Try again"</button> }
            .into_any()
    } else {
        view! { <a class="button" href="/">"Go to the home page"</a> }.into_any()
    };
    view! {
        <div class="state" role="alert" data-test="failure">
            <Icon name=icon/>
            <p class="state-title">{failure.title()}</p>
            <p class="state-advice">{failure.advice()}</p>
            {lever}
        </div>
    }
}
