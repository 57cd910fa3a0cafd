//! Other rules: written, tried against the stock of now, and stated.

use domain::api::AtpTrial;
use leptos::{ev, prelude::*, task::spawn_local};
use serde_json::json;

use console::{failure::Failure, nav, rules::Version};

use super::{
    draft::Draft,
    stating::Stating,
    trial::{Trial, summary},
};
use crate::{
    api,
    components::{Icon, Loading, Refusal},
    feed::Feed,
    session::Console,
};

/// What fields begin with in the server's words; the text area has what is below it.
const ABOVE: &str = "rules.";

/// The part of the page.
#[component]
pub fn Change(
    /// The version that holds.
    newest: Feed<Version>,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let may_state = Console::here().operator().is_some_and(|operator| nav::states_rules(&operator));
    let is_here = Memo::new(move |_| draft.based_on.with(Option::is_some));
    view! {
        {move || match (is_here.get(), may_state) {
            (false, _) => view! { <NotYet newest=newest/> }.into_any(),
            (true, true) => view! {
                <Writing draft=draft/>
                <Meanwhile newest=newest draft=draft/>
                <Stating newest=newest draft=draft/>
            }.into_any(),
            (true, false) => view! {
                <Writing draft=draft/>
                <p class="notes quiet" data-test="not-yours">"Only an administrator can state rules. Trying them is for you, too."</p>
            }.into_any(),
        }}
    }
}

/// The rules that hold are on their way, or do not come.
#[component]
fn NotYet(newest: Feed<Version>) -> impl IntoView {
    move || match newest.blocking_failure() {
        Some(failure) => view! { <Refusal failure=failure/> }.into_any(),
        None => view! { <Loading/> }.into_any(),
    }
}

/// The text, and what it would change.
#[component]
fn Writing(draft: Draft) -> impl IntoView {
    let console = Console::here();
    let (busy, tried) = (RwSignal::new(false), RwSignal::new(None::<Result<AtpTrial, Failure>>));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let rules = match draft.read() {
            Ok(rules) => rules,
            Err(failure) => return tried.set(Some(Err(failure))),
        };
        busy.set(true);
        spawn_local(async move {
            let body = json!({ "rules": rules });
            let answer = api::post(console, "/api/v1/atp/rules/trial", &body).await;
            busy.set(false);
            tried.set(Some(answer));
        });
    };
    let is_wrong = move || tried.with(|tried| matches!(tried, Some(Err(_))));
    // There before it is filled, so that it is read out.
    let said = move || tried.with(|tried| tried.as_ref()?.as_ref().ok().map(summary));
    view! {
        <form class="part" on:submit=submit>
            <label class="field">
                <span>"Pools and rules, as JSON"</span>
                <textarea
                    class="code" data-test="rules-text" rows="22" spellcheck="false" autocomplete="off" autocapitalize="none"
                    aria-invalid=move || is_wrong().to_string()
                    aria-describedby=move || is_wrong().then_some("rules-wrong")
                    prop:value=move || draft.text.get()
                    on:input=move |event| draft.text.set(event_target_value(&event))
                ></textarea>
            </label>
            <div class="levers">
                <button type="submit" class="button primary" data-test="try" data-act="" aria-disabled=move || busy.get().to_string()>
                    {move || if busy.get() { "Trying" } else { "Try" }}
                </button>
                <span class="quiet">"Trying changes nothing: it says which numbers would."</span>
            </div>
        </form>
        <p class="unseen" role="status">{said}</p>
        <div id="rules-wrong">
            {move || tried.get().map(|tried| match tried {
                Ok(trial) => view! { <Trial trial=trial/> }.into_any(),
                Err(failure) => view! { <Refusal failure=failure without=ABOVE/> }.into_any(),
            })}
        </div>
    }
}

/// Somebody stated others since the draft was begun.
#[component]
fn Meanwhile(newest: Feed<Version>, draft: Draft) -> impl IntoView {
    let newer = Memo::new(move |_| {
        let newest = newest.current()?;
        (draft.based_on.get()? != newest.number()).then_some(newest)
    });
    move || {
        newer.get().map(|version| {
            let number = version.number();
            let by = version.stated.as_ref().map(|stated| format!("By {}: {}", stated.author, stated.comment));
            view! {
                <div class="callout" data-tone="bad" role="alert" data-test="rules-changed">
                    <Icon name="triangle-alert"/>
                    <div>
                        <p><strong>{format!("Version {number} holds meanwhile.")}</strong>" "{by}</p>
                        <p>"What you write was made from an older one. Look at what holds before you state yours."</p>
                        <p class="callout-levers">
                            <a class="button small" href="/rules">"See what holds"</a>
                            <button class="button small" on:click=move |_| draft.take(&version, number)>"Begin again with it"</button>
                            <button class="button small" on:click=move |_| draft.based_on.set(Some(number))>"Keep mine, to take its place"</button>
                        </p>
                    </div>
                </div>
            }
        })
    }
}
