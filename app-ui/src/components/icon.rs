//! One icon, always beside a word.

use leptos::prelude::*;

/// Draws the icon of this name.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    let drawing = app_ui::icons::icon(name).unwrap_or_default();
    view! { <span class="icon" aria-hidden="true" inner_html=drawing></span> }
}
