//! Copies a text, and says so.

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

use super::Icon;
use crate::browser;

/// The lever. It does not show the text.
#[component]
pub fn Copy(
    /// What is copied.
    text: String,
    /// What the lever says.
    label: &'static str,
    /// Its `data-test`.
    test: &'static str,
) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let told = if write(&text).await {
                "Copied."
            } else {
                "The browser does not let it be copied: mark it and press Ctrl+C."
            };
            said.try_set(told);
        });
    };
    view! {
        <div class="copy">
            <button type="button" class="button small" data-test=test on:click=copy><Icon name="copy"/>{label}</button>
            <span class="quiet" role="status">{said}</span>
        </div>
    }
}

/// Whether the browser took it. Over plain HTTP, it has no clipboard for pages.
async fn write(text: &str) -> bool {
    let window = browser::window();
    if !window.is_secure_context() {
        return false;
    }
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}
