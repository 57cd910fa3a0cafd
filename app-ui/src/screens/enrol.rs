//! Pairs the tablet with a location: address, code, name. The only screen that needs the network.

use domain::bridge::Enrol;
use leptos::{prelude::*, task::spawn_local};

use crate::{bridge, components::icon::Icon, state::app};

/// The screen of a tablet that belongs nowhere yet.
#[component]
pub fn EnrolScreen() -> impl IntoView {
    let app = app();
    let (url, code, name) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None);
    let enrol = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let trimmed = |text: RwSignal<String>| text.get_untracked().trim().to_owned();
        let call = Enrol { url: trimmed(url), code: trimmed(code), name: trimmed(name) };
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match bridge::call(&call).await {
                Ok(status) => {
                    app.take_status(status);
                    app.ask_people();
                }
                Err(failed) => problem.set(Some(failed)),
            }
            busy.set(false);
        });
    };
    let ready = move || ![url, code, name].iter().any(|text| text.with(|t| t.trim().is_empty()));
    view! {
        <main class="door" data-test="enrol">
            <form class="card form" data-wedge="off" on:submit=enrol>
                <p class="brand"><Icon name="scan-barcode" />"Stockhand"</p>
                <h1>"Pair this tablet with a store"</h1>
                <p class="quiet-text">
                    "A manager makes a pairing code in the console, under Devices. It works once, for ten minutes."
                </p>
                <Field label="Server address" test="enrol-url" text=url hint="https://orders.example.com" />
                <Field label="Pairing code" test="enrol-code" text=code hint="Type or scan it" />
                <Field label="Name of this tablet" test="enrol-name" text=name hint="Front counter 1" />
                {move || problem.get().map(|problem: bridge::Failed| view! {
                    <p class="note bad" role="alert" data-test="enrol-problem">
                        <Icon name="circle-alert" />
                        <span><b>{problem.sentence()}</b>" "{problem.next_action()}</span>
                    </p>
                })}
                <button class="button primary big" data-primary="" data-test="enrol-go"
                    disabled=move || busy.get() || !ready()>
                    {move || if busy.get() { "Pairing…" } else { "Pair this tablet" }}
                </button>
            </form>
        </main>
    }
}

/// One text box with its label.
#[component]
pub fn Field(
    label: &'static str,
    test: &'static str,
    text: RwSignal<String>,
    hint: &'static str,
) -> impl IntoView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input data-test=test placeholder=hint autocomplete="off" autocapitalize="off"
                spellcheck="false" prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event)) />
        </label>
    }
}
