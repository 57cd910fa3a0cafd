//! Leaving a row out for good: with a reason, which is kept with it.

use domain::api::{DeadRow, DiscardRow};
use leptos::{ev, prelude::*, task::spawn_local};
use serde::de::IgnoredAny;

use console::dead_rows::{Outcome, REASONS};

use super::work::Work;
use crate::{api, components::Dialog, session::Console};

/// The lever and its dialog.
#[component]
pub fn Discard(
    /// The work.
    work: Work,
    /// The row.
    row: DeadRow,
) -> impl IntoView {
    let (open, row) = (RwSignal::new(false), StoredValue::new(row));
    view! {
        <button type="button" class="button" data-test="discard" on:click=move |_| open.set(true)>"Discard"</button>
        <Dialog open=open label="Discard a row"><Form work=work row=row open=open/></Dialog>
    }
}

#[component]
fn Form(work: Work, row: StoredValue<DeadRow>, open: RwSignal<bool>) -> impl IntoView {
    let console = Console::here();
    let reason = RwSignal::new(String::new());
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (row, body) = (row.get_value(), DiscardRow { reason: reason.get_untracked() });
        spawn_local(async move {
            let call = format!("/api/v1/dead-rows/{}/discard", row.key);
            match api::post::<IgnoredAny>(console, &call, &body).await {
                Ok(_) => {
                    open.try_set(false);
                    work.settle(&row, Outcome::Discarded);
                }
                Err(failure) => {
                    busy.try_set(false);
                    refused.try_set(Some(format!("{} {}", failure.title(), failure.advice())));
                }
            }
        });
    };
    let title = row.with_value(|row| format!("Discard line {} of batch {}?", row.line, row.batch));
    view! {
        <form on:submit=submit>
            <h2>{title}</h2>
            <ul class="consequences">
                <li>"The books stay as they are. The row is kept, with who left it out and why."</li>
                <li>"It cannot be replayed after that."</li>
            </ul>
            <label class="field">
                <span>"Reason"</span>
                <input
                    data-test="discard-reason" list="discard-reasons" required=true maxlength="200" autocomplete="off"
                    prop:value=move || reason.get()
                    on:input=move |event| reason.set(event_target_value(&event))
                />
                <datalist id="discard-reasons">{REASONS.map(|r| view! { <option value=r></option> }).collect_view()}</datalist>
            </label>
            <p class="field-error" role="alert">{move || refused.get()}</p>
            <div class="dialog-levers">
                <button type="button" class="button" on:click=move |_| open.set(false)>"Keep it"</button>
                <button type="submit" class="button bad" data-test="discard-confirm" aria-disabled=move || busy.get().to_string()>"Discard it"</button>
            </div>
        </form>
    }
}
