//! One of a few values, chosen from a list.

use leptos::prelude::*;

/// The list, with the choice of none first.
#[component]
pub fn Choice(
    /// What is chosen.
    label: &'static str,
    /// Words of choosing none.
    all: &'static str,
    /// Each value with its words.
    choices: Vec<(&'static str, &'static str)>,
    /// The value that is chosen; empty is none.
    chosen: Signal<String>,
    /// Takes the choice.
    #[prop(into)]
    on_choose: Callback<String>,
    /// Its `data-test`.
    #[prop(optional)]
    test: &'static str,
) -> impl IntoView {
    view! {
        <label class="choice">
            <span>{label}</span>
            <select
                data-test=(!test.is_empty()).then_some(test)
                on:change=move |event| on_choose.run(event_target_value(&event))
                prop:value=move || chosen.get()
            >
                <option value="">{all}</option>
                {choices.into_iter().map(|(value, words)| view! {
                    <option value=value selected=move || chosen.get() == value>{words}</option>
                }).collect_view()}
            </select>
        </label>
    }
}
