//! A source as a form: what it is, and how it writes.

use domain::api::{SourceKind, SourceRow};
use leptos::{ev, prelude::*};

use console::{
    new_source::{KINDS, NewSource},
    words,
};

use super::{draft::Draft, starts::Starts, statement::Statement, transport::Transport};
use crate::components::{ChoiceField, FormRefusal, LineField, Wrong};

/// The fields, by the server's names for them.
const FIELDS: [&str; 6] = ["id", "name", "kind", "hold_above", "transport", "profile"];

/// One line of text.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Above it.
    pub label: &'static str,
    /// Below it.
    pub hint: &'static str,
    /// The server's name for it.
    pub field: &'static str,
    /// Its id in the page.
    pub test: &'static str,
    /// The keyboard for it.
    pub keyboard: &'static str,
    /// Where its text is.
    pub of: fn(&mut NewSource) -> &mut String,
}

const ID: Line = Line {
    label: "Number",
    hint: "It is part of the address that the source sends to, and stays as it is.",
    field: "id",
    test: "source-id",
    keyboard: "text",
    of: |source| &mut source.id,
};

const NAME: Line = Line {
    label: "Name",
    hint: "What people call it.",
    field: "name",
    test: "source-name",
    keyboard: "text",
    of: |source| &mut source.name,
};

const HOLD: Line = Line {
    label: "Hold counts that differ by more than",
    hint: "Units. Such a count waits for a person; empty: none does.",
    field: "hold_above",
    test: "source-hold-above",
    keyboard: "numeric",
    of: |source| &mut source.hold_above,
};

/// The form.
#[component]
pub fn Form(
    /// What is being written.
    draft: Draft,
    /// Whether it is a new source; one that there is keeps its number.
    #[prop(optional)]
    is_new: bool,
    /// What the lever says.
    lever: &'static str,
    /// Takes the source once the server has it.
    #[prop(into)]
    on_done: Callback<SourceRow>,
) -> impl IntoView {
    let it = Statement::of(draft, is_new, on_done);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        it.send();
    };
    view! {
        <form class="source" on:submit=submit>
            <div class="source-facts">
                {is_new.then(|| view! { <Text it=it line=ID/> })}
                <Text it=it line=NAME/>
                <Kind it=it/>
                <Text it=it line=HOLD/>
                <Transport it=it/>
            </div>
            <Profile it=it/>
            <FormRefusal refused=it.refused fields=&FIELDS/>
            <div class="levers">
                <button type="submit" class="button primary" data-test="put-source" aria-disabled=move || it.busy.get().to_string()>{lever}</button>
                <span class="quiet">"Batches that begin from then on are read like this."</span>
            </div>
        </form>
    }
}

/// A line of the form.
#[component]
pub fn Text(
    /// The form's statement.
    it: Statement,
    /// Which line.
    line: Line,
) -> impl IntoView {
    let Line { label, hint, field, test, keyboard, of } = line;
    let value = Signal::derive(move || std::mem::take(of(&mut it.draft.source.get())));
    let change = move |text| it.draft.source.update(|source| *of(source) = text);
    let wrong = Wrong { refused: it.refused, field };
    view! { <LineField id=test label=label hint=hint keyboard=keyboard wrong=wrong value=value on_change=change/> }
}

#[component]
fn Kind(it: Statement) -> impl IntoView {
    let choices = KINDS.map(|kind: SourceKind| (kind.as_str(), words::source_kind(kind.as_str())));
    view! {
        <ChoiceField
            id="source-kind" label="Kind of system" none="Choose one" choices=choices.to_vec()
            wrong=Wrong { refused: it.refused, field: "kind" }
            chosen=Signal::derive(move || it.draft.source.with(|source| source.kind.clone()))
            on_choose=move |kind| it.draft.source.update(|source| source.kind = kind)
        />
    }
}

#[component]
fn Profile(it: Statement) -> impl IntoView {
    let wrong = Wrong { refused: it.refused, field: "profile" };
    view! {
        <Starts draft=it.draft/>
        <div class="field">
            <label for="source-profile">"How it writes, as JSON"</label>
            <textarea
                class="code" id="source-profile" data-test="source-profile" rows="20" spellcheck="false" autocomplete="off" autocapitalize="none"
                aria-invalid=move || wrong.is_there().to_string()
                aria-describedby=wrong.described_by()
                prop:value=move || it.draft.source.with(|source| source.profile.clone())
                on:input=move |event| it.draft.source.update(|source| source.profile = event_target_value(&event))
            ></textarea>
            {wrong.told("Empty: CSV whose columns have our own names.")}
        </div>
    }
}
