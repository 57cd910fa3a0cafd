//! A short field of text with its label above it.

use leptos::prelude::*;

/// The field.
#[component]
pub fn TextField(
    /// What belongs into it.
    label: &'static str,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Takes what was typed.
    #[prop(into)]
    on_change: Callback<String>,
    /// Its `data-test`.
    test: &'static str,
    /// An example.
    #[prop(optional)]
    example: &'static str,
    /// Which keyboard a tablet shows.
    #[prop(default = "text")]
    keyboard: &'static str,
    /// What the browser takes it for: `text`, or a date and a time.
    #[prop(default = "text")]
    kind: &'static str,
    /// The main one of the page: wide, and the key `/` goes to it.
    #[prop(optional)]
    main: bool,
) -> impl IntoView {
    view! {
        <label class="choice text-field" data-main=main.to_string()>
            <span>{label}</span>
            <input
                type=kind
                data-test=test
                data-search=main.then_some("")
                inputmode=keyboard
                placeholder=example
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                prop:value=move || value.get()
                on:input=move |event| on_change.run(event_target_value(&event))
            />
        </label>
    }
}
