//! A row that waits: corrected and replayed, believed as it is, or left out.

use domain::api::{DeadRow, ReplayRow, ReplayedRow};
use leptos::{ev, prelude::*, task::spawn_local};

use console::{
    dead_rows::{self, Input, Outcome, Wrong},
    failure::Failure,
};

use super::{
    discard::Discard,
    fields::Fields,
    work::{Work, focus_soon},
};
use crate::{
    api,
    components::{Icon, Refusal},
    session::Console,
};

/// The form's id: its lever stands beside another form, that of leaving the row out.
const FORM: &str = "correct";

/// A correction on its way; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
struct Correction {
    console: Console,
    work: Work,
    row: StoredValue<DeadRow>,
    inputs: RwSignal<Vec<Input>>,
    wrong: RwSignal<Wrong>,
    busy: RwSignal<bool>,
    refused: RwSignal<Option<Failure>>,
}

impl Correction {
    fn of(work: Work, row: DeadRow) -> Self {
        // A held row is unusual, not wrong.
        let wrong = if dead_rows::is_held(&row) { Wrong::default() } else { Wrong::of_row(&row) };
        Self {
            console: Console::here(),
            work,
            inputs: RwSignal::new(dead_rows::inputs(&row)),
            row: StoredValue::new(row),
            wrong: RwSignal::new(wrong),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    fn changed(self) -> ReplayRow {
        let changed = |row: &DeadRow| self.inputs.with(|inputs| dead_rows::changed(row, inputs));
        ReplayRow { fields: self.row.with_value(changed) }
    }

    fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let body = untrack(|| self.changed());
        let row = self.row.get_value();
        spawn_local(async move {
            let call = format!("/api/v1/dead-rows/{}/replay", row.key);
            match api::post::<ReplayedRow>(self.console, &call, &body).await {
                Ok(replayed) => self.work.settle(&row, Outcome::of_word(&replayed.outcome)),
                Err(failure) => self.take(failure),
            }
        });
    }

    /// It is still not right, or cannot be tried; a row that was closed meanwhile takes nothing.
    fn take(self, failure: Failure) {
        if self.busy.try_set(false).is_some() {
            return;
        }
        match Wrong::of_refusal(&failure) {
            Some(wrong) => {
                self.inputs.update(|inputs| dead_rows::add(inputs, &wrong.field));
                self.wrong.set(wrong);
                self.refused.set(None);
                focus_wrong();
            }
            None => {
                self.refused.set(Some(failure));
                self.work.rows.again();
            }
        }
    }
}

/// The field that is wrong, else the opened row as a whole.
fn focus_wrong() {
    focus_soon(
        "[data-opened] [data-wrong='true'] input, [data-opened]:not(:has([data-wrong='true']))"
            .into(),
    );
}

/// The form.
#[component]
pub fn Correct(
    /// The work.
    work: Work,
    /// The row.
    row: DeadRow,
) -> impl IntoView {
    let it = Correction::of(work, row.clone());
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        it.send();
    };
    focus_wrong();
    view! {
        <Why row=row.clone() wrong=it.wrong/>
        <form id=FORM on:submit=submit><Fields inputs=it.inputs wrong=it.wrong/></form>
        {move || it.refused.get().map(|failure| view! { <Refusal failure=failure/> })}
        <Levers it=it row=row/>
    }
}

/// Why it waits, where that is about no single field.
#[component]
fn Why(row: DeadRow, wrong: RwSignal<Wrong>) -> impl IntoView {
    let held = dead_rows::is_held(&row).then(|| {
        view! {
            <div class="callout" data-test="held">
                <Icon name="triangle-alert"/>
                <p><strong>"It may be right, and is unusual. "</strong>{row.message.clone()}</p>
            </div>
        }
    });
    let of_row = move || {
        let wrong = wrong.get();
        (wrong.field.is_empty() && !wrong.message.is_empty()).then_some(wrong.message)
    };
    view! {
        {held}
        <p class="field-error" role="alert" data-test="row-problem">{of_row}</p>
    }
}

#[component]
fn Levers(it: Correction, row: DeadRow) -> impl IntoView {
    let (key, is_held) = (row.key, dead_rows::is_held(&row));
    let changes = Memo::new(move |_| it.changed().fields.len());
    let lever = move || match (is_held, changes.get()) {
        (true, 0) => "It is right",
        _ => "Replay",
    };
    let means = move || match (is_held, changes.get()) {
        (true, 0) => "It is taken as it came.".to_owned(),
        (false, 0) => "Nothing is changed: it is read once more as it came.".to_owned(),
        (_, fields) => {
            format!("With {} changed.", console::words::count(fields as u64, "field", "fields"))
        }
    };
    view! {
        <div class="levers">
            <button type="submit" form=FORM class="button primary" data-test="replay" aria-disabled=move || it.busy.get().to_string()>{lever}</button>
            <Discard work=it.work row=row/>
            <button type="button" class="button" data-test="close-row" on:click=move |_| it.work.leave(key)>"Close"</button>
            <span class="quiet">{means}</span>
        </div>
    }
}
