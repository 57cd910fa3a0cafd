//! A secret, shown once.

use domain::api::WebhookSecret;
use leptos::prelude::*;

use crate::components::{Copy, When};

/// The secret, and what to do with it.
#[component]
pub fn Secret(
    /// As it was made.
    secret: WebhookSecret,
) -> impl IntoView {
    let until = secret.old_until.map(|at| {
        view! { <p>"Deliveries are signed with the one of before, too, until "<When at=at/>"."</p> }
    });
    view! {
        <h3>"Keep its secret now: it cannot be shown again"</h3>
        <p class="token"><code class="code select-all" data-test="webhook-secret">{secret.secret.clone()}</code></p>
        <Copy text=secret.secret label="Copy the secret" test="copy-secret"/>
        <p class="quiet">"The receiver checks the header webhook-signature with it, as libraries for Standard Webhooks do."</p>
        {until}
    }
}
