//! A webhook as a form: where to, about whom, and how much at once.

use domain::{api::WebhookKind, fulfillment::Method};
use leptos::{ev, prelude::*};

use console::{failure::Failure, new_source::wrong_with, new_webhook::Draft, webhook_words, words};

use super::{super::sources::Wrong, draft::Writing};
use crate::components::Refusal;

/// The fields, by the server's names for them.
const FIELDS: [&str; 7] =
    ["name", "url", "channel", "market", "region", "debounce_ms", "batch_max"];

/// One line of text.
#[derive(Debug, Clone, Copy)]
struct Line {
    label: &'static str,
    hint: &'static str,
    field: &'static str,
    kind: &'static str,
    of: fn(&mut Draft) -> &mut String,
}

const NAME: Line = Line {
    label: "Name",
    hint: "What people call it.",
    field: "name",
    kind: "text",
    of: |draft| &mut draft.name,
};

const URL: Line = Line {
    label: "Address",
    hint: "https, without a name and password: deliveries are signed.",
    field: "url",
    kind: "url",
    of: |draft| &mut draft.url,
};

const CHANNEL: Line = Line {
    label: "Channel",
    hint: "Whose customers it is about. Empty: of no channel in particular.",
    field: "channel",
    kind: "text",
    of: |draft| &mut draft.channel,
};

const MARKET: Line = Line {
    label: "Market",
    hint: "A country of two letters, or empty.",
    field: "market",
    kind: "text",
    of: |draft| &mut draft.market,
};

const REGION: Line = Line {
    label: "Region of sale",
    hint: "As the rules have it, or empty.",
    field: "region",
    kind: "text",
    of: |draft| &mut draft.region,
};

const DEBOUNCE: Line = Line {
    label: "Collect changes for",
    hint: "Seconds, up to 600. What has changed back by then is not told.",
    field: "debounce_ms",
    kind: "decimal",
    of: |draft| &mut draft.debounce_s,
};

const BATCH: Line = Line {
    label: "Items at once",
    hint: "At most so many in one delivery, up to 1,000.",
    field: "batch_max",
    kind: "numeric",
    of: |draft| &mut draft.batch_max,
};

/// The form.
#[component]
pub fn Form(
    /// What is being written.
    it: Writing,
    /// What the lever says.
    lever: &'static str,
    /// What is beside it.
    note: &'static str,
    /// Sends it.
    #[prop(into)]
    send: Callback<()>,
) -> impl IntoView {
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        send.run(());
    };
    view! {
        <form class="source" novalidate="" on:submit=submit>
            <div class="source-facts"><Text it=it line=NAME/><Text it=it line=URL/></div>
            <div class="source-facts"><Kinds it=it/><Methods it=it/></div>
            <div class="source-facts"><Text it=it line=CHANNEL/><Text it=it line=MARKET/><Text it=it line=REGION/></div>
            <div class="source-facts"><Text it=it line=DEBOUNCE/><Text it=it line=BATCH/></div>
            <Refused refused=it.refused/>
            <div class="levers">
                <button type="submit" class="button primary" data-test="put-webhook" aria-disabled=move || it.busy.get().to_string()>{lever}</button>
                <span class="quiet">{note}</span>
            </div>
        </form>
    }
}

/// Why not, in a line where the fields say more, else in full.
#[component]
fn Refused(refused: RwSignal<Option<Failure>>) -> impl IntoView {
    let is_at_field =
        |failure: &Failure| FIELDS.iter().any(|field| !wrong_with(failure, field).is_empty());
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

#[component]
fn Text(it: Writing, line: Line) -> impl IntoView {
    let Line { label, hint, field, kind, of } = line;
    let id = format!("webhook-{field}");
    let wrong = Wrong { refused: it.refused, field };
    let value = move || std::mem::take(of(&mut it.draft.get()));
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                type="text" id=id.clone() data-test=id inputmode=kind autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-invalid=move || wrong.is_there().to_string()
                aria-describedby=wrong.described_by()
                prop:value=value
                on:input=move |event| it.draft.update(|draft| *of(draft) = event_target_value(&event))
            />
            {wrong.told(hint)}
        </div>
    }
}

#[component]
fn Methods(it: Writing) -> impl IntoView {
    let choice = move |method: Method| {
        let chosen = move || it.draft.with(|draft| draft.method == method);
        view! { <option value=method.as_str() selected=chosen>{words::method(method)}</option> }
    };
    let choose = move |event| {
        let ships = event_target_value(&event) == Method::Ship.as_str();
        it.draft.update(|draft| draft.method = if ships { Method::Ship } else { Method::Pickup });
    };
    view! {
        <div class="field">
            <label for="webhook-method">"How the goods reach them"</label>
            <select id="webhook-method" data-test="webhook-method" on:change=choose>
                {[Method::Ship, Method::Pickup].map(choice).collect_view()}
            </select>
        </div>
    }
}

#[component]
fn Kinds(it: Writing) -> impl IntoView {
    let choice = move |kind: WebhookKind| {
        let chosen = move || it.draft.with(|draft| draft.kind == kind);
        view! { <option value=kind.as_str() selected=chosen>{webhook_words::kind(kind)}</option> }
    };
    let choose = move |event| {
        let units = event_target_value(&event) == WebhookKind::Units.as_str();
        let kind = if units { WebhookKind::Units } else { WebhookKind::Bands };
        it.draft.update(|draft| draft.kind = kind);
    };
    view! {
        <div class="field">
            <label for="webhook-kind">"It is told"</label>
            <select id="webhook-kind" data-test="webhook-kind" aria-describedby="about-webhook-kind" on:change=choose>
                {[WebhookKind::Bands, WebhookKind::Units].map(choice).collect_view()}
            </select>
            <p class="quiet" id="about-webhook-kind">"Bands: in stock, low, out, only when it is another. Units: every change."</p>
        </div>
    }
}
