//! Fields of forms that state something: a label, a line or a list, a hint, and what the server finds wrong.

use leptos::prelude::*;

use console::{failure::Failure, new_source::wrong_with};

use super::{Refusal, Wrong};

/// One line of text.
#[component]
pub fn LineField(
    /// Its id in the page, and its `data-test`.
    #[prop(into)]
    id: String,
    /// Above it.
    label: &'static str,
    /// Below it.
    hint: &'static str,
    /// The keyboard for it.
    #[prop(default = "text")]
    keyboard: &'static str,
    /// What may be wrong with it.
    wrong: Wrong,
    /// What is in it.
    #[prop(into)]
    value: Signal<String>,
    /// Takes what was typed.
    #[prop(into)]
    on_change: Callback<String>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                type="text" id=id.clone() data-test=id inputmode=keyboard autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-invalid=move || wrong.is_there().to_string()
                aria-describedby=wrong.described_by()
                prop:value=move || value.get()
                on:input=move |event| on_change.run(event_target_value(&event))
            />
            {wrong.told(hint)}
        </div>
    }
}

/// One of a few values.
#[component]
pub fn ChoiceField(
    /// Its id in the page, and its `data-test`.
    id: &'static str,
    /// Above it.
    label: &'static str,
    /// Below it.
    #[prop(optional)]
    hint: &'static str,
    /// Each value with its words.
    choices: Vec<(&'static str, String)>,
    /// Words of having chosen none, where one has to.
    #[prop(optional)]
    none: Option<&'static str>,
    /// What may be wrong with it.
    wrong: Wrong,
    /// What is chosen.
    #[prop(into)]
    chosen: Signal<String>,
    /// Takes the choice.
    #[prop(into)]
    on_choose: Callback<String>,
) -> impl IntoView {
    let option = move |value: &'static str, words: String| {
        view! { <option value=value selected=move || chosen.with(|chosen| chosen == value)>{words}</option> }
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select
                id=id data-test=id required=none.is_some()
                aria-invalid=move || wrong.is_there().to_string()
                aria-describedby=wrong.described_by()
                on:change=move |event| on_choose.run(event_target_value(&event))
            >
                {none.map(|words| option("", words.to_owned()))}
                {choices.into_iter().map(|(value, words)| option(value, words)).collect_view()}
            </select>
            {wrong.told(hint)}
        </div>
    }
}

/// Why a form was not taken: in a line where its fields say more, else in full.
#[component]
pub fn FormRefusal(
    /// Why.
    refused: RwSignal<Option<Failure>>,
    /// The fields of the form, by the server's names for them.
    fields: &'static [&'static str],
) -> impl IntoView {
    let is_at_field =
        |failure: &Failure| fields.iter().any(|field| !wrong_with(failure, field).is_empty());
    move || {
        refused.get().map(|failure| {
            if is_at_field(&failure) {
                let code = failure.code().to_owned();
                view! { <p class="field-error" role="alert" data-test="refusal" data-code=code>{failure.title()}</p> }.into_any()
            } else {
                view! { <Refusal failure=failure/> }.into_any()
            }
        })
    }
}
