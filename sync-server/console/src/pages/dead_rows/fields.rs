//! The fields of a row as a small form, the wrong one marked with what is wrong with it.

use leptos::prelude::*;

use console::dead_rows::{self, Input, Wrong};

use super::work::focus_soon;

/// The fields.
#[component]
pub fn Fields(
    /// What they say.
    inputs: RwSignal<Vec<Input>>,
    /// What is wrong.
    wrong: RwSignal<Wrong>,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        inputs.with(|inputs| inputs.iter().map(|input| input.field.clone()).collect::<Vec<_>>())
    });
    view! {
        <div class="dead-row-fields">
            <For each=move || names.get() key=|name| name.clone() let:name>
                <Field name=name inputs=inputs wrong=wrong/>
            </For>
        </div>
        <More inputs=inputs/>
    }
}

#[component]
fn Field(name: String, inputs: RwSignal<Vec<Input>>, wrong: RwSignal<Wrong>) -> impl IntoView {
    let (words, test) = (dead_rows::field_words(&name), format!("field-{name}"));
    let id = format!("wrong-{name}");
    let described = id.clone();
    let of = name.clone();
    let text = move || {
        let find =
            |inputs: &Vec<Input>| inputs.iter().find(|i| i.field == of).map(|i| i.text.clone());
        inputs.with(find).unwrap_or_default()
    };
    let own = name.clone();
    let is_wrong = Memo::new(move |_| wrong.with(|wrong| wrong.field == own));
    let type_in = move |text: String| {
        inputs.update(|inputs| {
            let mut found = inputs.iter_mut().filter(|input| input.field == name);
            found.by_ref().for_each(|input| input.text.clone_from(&text));
        });
    };
    view! {
        <div data-wrong=move || is_wrong.get().to_string()>
            <label class="field">
                <span>{words}</span>
                <input
                    type="text" data-test=test autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-invalid=move || is_wrong.get().to_string()
                    aria-describedby=move || is_wrong.get().then(|| described.clone())
                    prop:value=text
                    on:input=move |event| type_in(event_target_value(&event))
                />
            </label>
            <p class="field-error" id=id data-test=move || is_wrong.get().then_some("field-problem")>
                {move || is_wrong.get().then(|| wrong.get().message)}
            </p>
        </div>
    }
}

/// A field that the row does not have and needs.
#[component]
fn More(inputs: RwSignal<Vec<Input>>) -> impl IntoView {
    let chosen = RwSignal::new(String::new());
    let missing = Memo::new(move |_| inputs.with(|inputs| dead_rows::missing(inputs)));
    let is_empty = Memo::new(move |_| inputs.with(Vec::is_empty));
    // Not with the choice itself: whoever chooses by keyboard passes the others.
    let add = move |_| {
        let field = chosen.get_untracked();
        if !field.is_empty() {
            inputs.update(|inputs| dead_rows::add(inputs, &field));
            chosen.set(String::new());
            focus_soon(format!("[data-opened] [data-test='field-{field}']"));
        }
    };
    view! {
        {move || is_empty.get().then(|| view! {
            <p class="quiet">"No field of it could be read. Add each one as the source would write it, or discard the row."</p>
        })}
        <div class="dead-row-more">
            <label class="choice">
                <span>"A field that is not there"</span>
                <select data-test="more-fields" prop:value=move || chosen.get() on:change=move |event| chosen.set(event_target_value(&event))>
                    <option value="">"Choose one"</option>
                    {move || missing.get().into_iter().map(|(field, words)| view! { <option value=field>{words}</option> }).collect_view()}
                </select>
            </label>
            <button type="button" class="button" data-test="add-field" on:click=add>"Add"</button>
        </div>
    }
}
