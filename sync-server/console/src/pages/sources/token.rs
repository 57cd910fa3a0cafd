//! The token that a source sends with: made anew, and shown once.

use domain::api::{SourceRow, SourceToken};
use leptos::{prelude::*, task::spawn_local};
use serde_json::json;

use console::{failure::Failure, link, new_source, starts};

use crate::{
    api, browser,
    components::{Copy, Dialog, Icon, Refusal},
    session::Console,
};

/// A token on its way; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
struct Making {
    console: Console,
    source: StoredValue<SourceRow>,
    busy: RwSignal<bool>,
    asking: RwSignal<bool>,
    made: RwSignal<Option<Result<SourceToken, Failure>>>,
}

impl Making {
    fn send(self) {
        self.asking.set(false);
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let id = self.source.with_value(|source| link::encoded(&source.id));
        spawn_local(async move {
            let call = format!("/api/v1/sources/{id}/token");
            let answer = api::post(self.console, &call, &json!({})).await;
            self.busy.try_set(false);
            self.made.try_set(Some(answer));
        });
    }
}

/// The part of the page.
#[component]
pub fn Token(
    /// The source.
    source: SourceRow,
    /// Whether it has sent something: with a token that would stop working.
    has_sent: bool,
) -> impl IntoView {
    let it = Making {
        console: Console::here(),
        source: StoredValue::new(source),
        busy: RwSignal::new(false),
        asking: RwSignal::new(false),
        made: RwSignal::new(None),
    };
    let is_made = move || it.made.with(|made| matches!(made, Some(Ok(_))));
    let make = move |_| {
        if has_sent || untrack(is_made) { it.asking.set(true) } else { it.send() }
    };
    view! {
        <section class="card stating" aria-labelledby="token">
            <h2 id="token">"Its token"</h2>
            <p>"With it the source sends its batches and can do nothing else. It is shown once, here."</p>
            <div class="callout">
                <Icon name="triangle-alert"/>
                <p>"The token before stops working as soon as another one is made."</p>
            </div>
            <div class="levers">
                <button class="button primary" data-test="make-token" data-act="" aria-disabled=move || it.busy.get().to_string() on:click=make>"Make its token"</button>
            </div>
            <p class="unseen" role="status">{move || is_made().then_some("The token is made. It stands below the lever.")}</p>
            {move || it.made.get().map(|made| match made {
                Ok(made) => it.source.with_value(|source| view! { <Made source=source.clone() token=made.token/> }).into_any(),
                Err(failure) => view! { <Refusal failure=failure/> }.into_any(),
            })}
        </section>
        <Doubt it=it/>
    }
}

/// A source that sends would be cut off.
#[component]
fn Doubt(it: Making) -> impl IntoView {
    let title = it.source.with_value(|source| format!("Make another token for {}?", source.name));
    view! {
        <Dialog open=it.asking label="Make another token">
            <h2>{title.clone()}</h2>
            <ul class="consequences">
                <li>"What sends with the token before is refused from that moment, until it has the new one."</li>
            </ul>
            <div class="dialog-levers">
                <button class="button" on:click=move |_| it.asking.set(false)>"Keep the one before"</button>
                <button class="button bad" data-test="make-token-confirm" on:click=move |_| it.send()>"Make another"</button>
            </div>
        </Dialog>
    }
}

/// The token, and what to do with it.
#[component]
fn Made(source: SourceRow, token: String) -> impl IntoView {
    let origin = browser::window().location().origin().unwrap_or_default();
    let file = starts::of(&source.format).map_or("first.txt", |start| start.file);
    let line = new_source::first_batch(&origin, &source.id, &token, file);
    view! {
        <h3>"Keep it now: it cannot be shown again"</h3>
        <p class="token"><code class="code select-all" data-test="token">{token.clone()}</code></p>
        <Copy text=token label="Copy the token" test="copy-token"/>
        <h3 id="first-batch">"Send a first batch"</h3>
        <pre class="document" tabindex="0" role="region" aria-labelledby="first-batch" data-test="first-batch">{line.clone()}</pre>
        <Copy text=line label="Copy the line" test="copy-line"/>
        <p class="quiet">"It sends the file as the batch “first”. Sent again, it changes nothing; the next file needs another number."</p>
    }
}
