//! A new webhook, and its secret.

use domain::api::WebhookSecret;
use leptos::prelude::*;

use console::{link, nav};

use super::{draft::Writing, form::Form, secret::Secret};
use crate::{
    components::{Empty, PageHead},
    session::Console,
};

/// The page.
#[component]
pub fn NewWebhook() -> impl IntoView {
    let may = Console::here().operator().is_some_and(|who| nav::states_webhooks(&who));
    view! {
        <PageHead title="Add a webhook"/>
        {if may {
            view! { <Adding/> }.into_any()
        } else {
            view! { <Empty icon="lock" title="Only an administrator adds webhooks" advice="Ask one of them, or go back to the feeds."><a class="button" href="/feeds">"See the feeds"</a></Empty> }.into_any()
        }}
    }
}

#[component]
fn Adding() -> impl IntoView {
    let it = Writing::blank();
    let made = RwSignal::new(None::<WebhookSecret>);
    let done = Callback::new(move |secret| made.set(Some(secret)));
    view! {
        {move || match made.get() {
            None => view! {
                <p class="quiet lead">"First where it goes and about whom; then it gets its secret, and is told everything once."</p>
                <Form it=it lever="Add it" note="It is told everything first, then changes." send=move |()| it.send("/api/v1/webhooks".to_owned(), true, done)/>
            }.into_any(),
            Some(secret) => {
                let href = format!("/feeds/{}", link::encoded(&secret.id));
                view! {
                    <section class="card stating" aria-labelledby="made" data-test="webhook-made">
                        <h2 id="made">"It is added"</h2>
                        <Secret secret=secret/>
                        <div class="levers"><a class="button primary" href=href data-test="to-webhook">"See how it goes"</a></div>
                    </section>
                }.into_any()
            }
        }}
    }
}
