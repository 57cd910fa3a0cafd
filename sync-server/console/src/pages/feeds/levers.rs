//! What can be done to a webhook: test it, switch it, tell everything again, make a secret, remove it.

use domain::api::{NewWebhook, WebhookRow, WebhookSecret, WebhookTry};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde::de::IgnoredAny;

use console::{failure::Failure, link, webhook_words};

use super::{act::Act, secret::Secret};
use crate::{
    api,
    components::{Dialog, Icon, Refusal},
    session::Console,
};

/// Which question is asked before it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doubt {
    Again,
    Rotate,
    Remove,
}

impl Doubt {
    const fn title(self) -> &'static str {
        match self {
            Self::Again => "Tell everything again?",
            Self::Rotate => "Make a new secret?",
            Self::Remove => "Remove this webhook?",
        }
    }

    const fn consequence(self) -> &'static str {
        match self {
            Self::Again => {
                "Every item is sent as it is now, in deliveries one after the other. Do this when the receiver has lost what it knew."
            }
            Self::Rotate => {
                "It is shown once. For a day deliveries are signed with both; then the one of before is worth nothing."
            }
            Self::Remove => "Its receiver hears nothing any more, and its tries are forgotten.",
        }
    }

    const fn lever(self) -> &'static str {
        match self {
            Self::Again => "Tell everything",
            Self::Rotate => "Make a new one",
            Self::Remove => "Remove it",
        }
    }
}

/// All levers; a handle that is copied freely.
#[derive(Clone, Copy)]
struct Levers {
    console: Console,
    row: Memo<Option<WebhookRow>>,
    test: Act<WebhookTry>,
    again: Act<()>,
    rotate: Act<WebhookSecret>,
    open: RwSignal<bool>,
    doubt: RwSignal<Doubt>,
    refused: RwSignal<Option<Failure>>,
    changed: Callback<()>,
}

impl Levers {
    fn ask(self, doubt: Doubt) {
        self.doubt.set(doubt);
        self.open.set(true);
    }

    /// Switches it on or off, all else as it is.
    fn switch(self) {
        let Some(row) = self.row.get_untracked() else { return };
        let call = format!("/api/v1/webhooks/{}", link::encoded(&row.id));
        let stated = NewWebhook { enabled: !row.stated.enabled, ..row.stated };
        spawn_local(async move {
            let answer = api::put::<WebhookRow>(self.console, &call, &stated).await;
            self.refused.try_set(answer.err());
            self.changed.run(());
        });
    }

    fn remove(self, then: impl Fn() + 'static) {
        let Some(row) = self.row.get_untracked() else { return };
        let call = format!("/api/v1/webhooks/{}", link::encoded(&row.id));
        spawn_local(async move {
            match api::delete::<IgnoredAny>(self.console, &call).await {
                Ok(_) => then(),
                Err(failure) => drop(self.refused.try_set(Some(failure))),
            }
        });
    }
}

/// The part of the page.
#[component]
pub fn WebhookLevers(
    /// Its id.
    id: Memo<String>,
    /// The webhook.
    row: Memo<Option<WebhookRow>>,
    /// Whether the person may change it.
    may_state: bool,
    /// Called once something has changed.
    #[prop(into)]
    changed: Callback<()>,
) -> impl IntoView {
    let it = Levers {
        console: Console::here(),
        row,
        test: Act::new(id, "test"),
        again: Act::new(id, "again"),
        rotate: Act::new(id, "rotate"),
        open: RwSignal::new(false),
        doubt: RwSignal::new(Doubt::Again),
        refused: RwSignal::new(None),
        changed,
    };
    let is_on = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|r| r.stated.enabled)));
    let switch = move || if is_on.get() { "Switch it off" } else { "Switch it on" };
    view! {
        <div class="levers webhook-levers">
            <button class="button" data-test="test-webhook" data-act="" aria-disabled=move || it.test.busy.get().to_string() on:click=move |_| it.test.send(changed)>
                {move || if it.test.busy.get() { "Sending…" } else { "Send a test" }}
            </button>
            {may_state.then(|| view! {
                <button class="button" data-test="switch-webhook" on:click=move |_| it.switch()>{switch}</button>
            })}
            <button class="button" data-test="tell-again" on:click=move |_| it.ask(Doubt::Again)>"Tell everything again"</button>
            {may_state.then(|| view! {
                <button class="button" data-test="rotate-webhook" on:click=move |_| it.ask(Doubt::Rotate)>"New secret"</button>
                <button class="button" data-test="remove-webhook" on:click=move |_| it.ask(Doubt::Remove)>"Remove"</button>
            })}
        </div>
        <Told it=it/>
        <Question it=it/>
    }
}

/// What came of them.
#[component]
fn Told(it: Levers) -> impl IntoView {
    let told = |good: bool, said: String| {
        let (tone, icon) = if good { ("good", "circle-check") } else { ("bad", "circle-alert") };
        view! { <div class="callout" data-tone=tone data-test="told"><Icon name=icon/><p>{said}</p></div> }
    };
    view! {
        <div role="status">
            {move || it.test.done.get().map(|done| match done {
                Ok(tried) => {
                    let (_, said) = webhook_words::outcome(&tried);
                    let good = tried.outcome == domain::api::WebhookOutcome::Taken;
                    told(good, format!("Test: {said}, after {} ms.", tried.took_ms)).into_any()
                }
                Err(failure) => view! { <Refusal failure=failure/> }.into_any(),
            })}
            {move || it.again.done.get().map(|done| match done {
                Ok(()) => told(true, "Everything is told again, from now on.".to_owned()).into_any(),
                Err(failure) => view! { <Refusal failure=failure/> }.into_any(),
            })}
        </div>
        {move || it.rotate.done.get().map(|done| match done {
            Ok(secret) => view! { <section class="card stating"><Secret secret=secret/></section> }.into_any(),
            Err(failure) => view! { <Refusal failure=failure/> }.into_any(),
        })}
        {move || it.refused.get().map(|failure| view! { <Refusal failure=failure/> })}
    }
}

#[component]
fn Question(it: Levers) -> impl IntoView {
    let go = use_navigate();
    let gone = Callback::new(move |()| go("/feeds", NavigateOptions::default()));
    let confirm = move |_| {
        it.open.set(false);
        match it.doubt.get_untracked() {
            Doubt::Again => it.again.send(it.changed),
            Doubt::Rotate => it.rotate.send(it.changed),
            Doubt::Remove => it.remove(move || gone.run(())),
        }
    };
    let of = move |say: fn(Doubt) -> &'static str| move || say(it.doubt.get());
    let class = move || match it.doubt.get() {
        Doubt::Remove => "button bad",
        Doubt::Again | Doubt::Rotate => "button primary",
    };
    view! {
        <Dialog open=it.open label="A webhook">
            <h2>{of(Doubt::title)}</h2>
            <ul class="consequences"><li>{of(Doubt::consequence)}</li></ul>
            <div class="dialog-levers">
                <button class="button" on:click=move |_| it.open.set(false)>"Leave it as it is"</button>
                <button class=class data-test="webhook-confirm" on:click=confirm>{of(Doubt::lever)}</button>
            </div>
        </Dialog>
    }
}
