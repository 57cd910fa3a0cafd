//! Who learns what can be promised: files that others fetch, and webhooks that tell them.

mod act;
mod draft;
mod form;
mod formats;
mod levers;
mod new;
mod secret;
mod tries;
mod webhook;
mod webhooks;

use leptos::prelude::*;

use self::{formats::Formats, webhooks::Webhooks};
pub use self::{new::NewWebhook, webhook::Webhook};
use crate::components::PageHead;

/// The page.
#[component]
pub fn Feeds() -> impl IntoView {
    view! {
        <PageHead title="Feeds and webhooks"/>
        <p class="quiet lead">
            "What can be promised, told to others: as files that they fetch, and as changes that are sent to them."
        </p>
        <Webhooks/>
        <Formats/>
    }
}
