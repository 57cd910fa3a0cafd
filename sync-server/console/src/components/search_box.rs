//! A search that answers as it is typed in; the key `/` goes to it, Enter goes on to the rows.

use std::time::Duration;

use leptos::{html, prelude::*};

use super::Icon;
use crate::browser;

/// Long enough for the next letter of a word, short enough to feel immediate.
const PAUSE_MS: u64 = 150;

/// The box.
#[component]
pub fn SearchBox(
    /// What is searched for, as the URL says.
    #[prop(into)]
    value: Signal<String>,
    /// Takes what was typed.
    #[prop(into)]
    on_change: Callback<String>,
    /// What can be searched for.
    label: &'static str,
    /// Its `data-test`.
    test: &'static str,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let pause = StoredValue::new(None::<TimeoutHandle>);
    // The URL is right, unless the reader is about to change it.
    Effect::new(move |_| {
        let value = value.get();
        if let Some(input) = node.get()
            && pause.get_value().is_none()
        {
            input.set_value(&value);
        }
    });
    let tell = move || {
        if let Some(input) = node.get_untracked() {
            pause.set_value(None);
            on_change.run(input.value());
        }
    };
    let typed = move || {
        if let Some(handle) = pause.get_value() {
            handle.clear();
        }
        pause.set_value(set_timeout_with_handle(tell, Duration::from_millis(PAUSE_MS)).ok());
    };
    view! {
        <label class="search">
            <span class="unseen">{label}</span>
            <Icon name="search"/>
            <input
                type="search"
                node_ref=node
                data-test=test
                data-search=""
                placeholder=label
                autocomplete="off"
                spellcheck="false"
                on:input=move |_| typed()
                on:keydown=move |event| {
                    let into_rows = matches!(event.key().as_str(), "Enter" | "ArrowDown");
                    if into_rows && browser::focus("[data-row] a") {
                        event.prevent_default();
                    }
                }
            />
            <kbd aria-hidden="true">"/"</kbd>
        </label>
    }
}
