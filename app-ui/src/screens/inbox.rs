//! What needs a person: each entry with the one thing to do.

use app_ui::time;
use domain::bridge::{Action, InboxEntry, Matter};
use leptos::prelude::*;

use super::claim::units_words;
use crate::{
    components::{
        dialog::Dialog,
        icon::Icon,
        parts::{Broken, Empty, Skeleton},
    },
    state::{Loaded, Place, app},
};

/// The inbox.
#[component]
pub fn InboxScreen() -> impl IntoView {
    let app = app();
    let again = Callback::new(move |()| app.open(Place::Inbox));
    view! {
        <main class="page" data-test="inbox">
            <div class="page-head">
                <h1>"Needs you"</h1>
                <p class="quiet-text">"Where the record and the store disagree. One thing to do for each."</p>
            </div>
            {move || match app.inbox.get() {
                Loaded::Waiting => view! { <Skeleton words="Loading" /> }.into_any(),
                Loaded::Failed(failed) => view! { <Broken failed again /> }.into_any(),
                Loaded::Ready(entries) if entries.is_empty() => view! {
                    <Empty icon="circle-check" test="inbox-empty" words="Nothing needs you"
                        next="If the record and the store disagree, it shows here." />
                }.into_any(),
                Loaded::Ready(entries) => view! {
                    <ul class="inbox">
                        {entries.into_iter().map(|entry| view! { <Entry entry /> }).collect_view()}
                    </ul>
                }.into_any(),
            }}
        </main>
    }
}

#[component]
fn Entry(entry: InboxEntry) -> impl IntoView {
    let app = app();
    let (id, at) = (entry.fulfillment, entry.at);
    let noting = RwSignal::new(false);
    let matter = StoredValue::new(entry.matter.clone());
    let (words, name) = match &entry.matter {
        Matter::Outcome { .. } => ("I have read it".to_owned(), "outcome"),
        Matter::Exception { restock: Some(content), .. } => {
            (format!("{} back on the shelf", units_words(content.units)), "restock")
        }
        Matter::Exception { .. } => ("Done".to_owned(), "exception"),
    };
    let act = move |_| match matter.get_value() {
        Matter::Outcome { command } => settle(id, Action::Acknowledge { command }),
        Matter::Exception { restock: Some(content), .. } => {
            settle(id, Action::Restock { line: content.line, units: content.units });
        }
        Matter::Exception { .. } => noting.set(true),
    };
    view! {
        <li class="card entry" data-test="inbox-entry" data-matter=name data-code=entry.short_code.clone()>
            <span class="entry-mark"><Icon name="triangle-alert" /></span>
            <div class="entry-words">
                <p class="entry-sentence">{entry.sentence.clone()}</p>
                <p>{entry.next_action.clone()}</p>
                <p class="quiet-text">
                    <b class="code">{entry.short_code.clone()}</b>" · "
                    {move || time::ago(at, app.now.get())}
                </p>
            </div>
            <div class="entry-do">
                <button class="button quiet" data-test="entry-open" on:click=move |_| app.open(Place::Work(id))>
                    "Open the order"</button>
                <button class="button primary" data-test="entry-settle" on:click=act>
                    <Icon name="check" />{words}</button>
            </div>
            <Dialog open=noting heading="What did you do?" test="settle-dialog">
                <Note open=noting entry=matter fulfillment=id />
            </Dialog>
        </li>
    }
}

/// Acts on a fulfillment that is not open, then asks for the inbox again.
fn settle(id: domain::ids::FulfillmentId, action: Action) {
    let app = app();
    app.turns.act(app, id, action, move |_| app.refresh(None));
}

#[component]
fn Note(
    open: RwSignal<bool>,
    entry: StoredValue<Matter>,
    fulfillment: domain::ids::FulfillmentId,
) -> impl IntoView {
    let note = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Matter::Exception { exception, .. } = entry.get_value() {
            open.set(false);
            let note = note.get_untracked().trim().to_owned();
            settle(fulfillment, Action::Settle { exception, note });
        }
    };
    view! {
        <form class="form" on:submit=send>
            <label class="field">
                <span>"What was done, or why nothing"</span>
                <input data-test="settle-note" autocomplete="off" prop:value=move || note.get()
                    on:input=move |event| note.set(event_target_value(&event)) />
            </label>
            <button class="button primary big" data-primary="" data-test="settle-enter"
                disabled=move || note.with(|note| note.trim().is_empty())>
                <Icon name="check" />"Close this matter"
            </button>
        </form>
    }
}
