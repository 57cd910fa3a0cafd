//! A webhook as a form: where to, about whom, and how much at once.

use domain::{api::WebhookKind, fulfillment::Method};
use leptos::{ev, prelude::*};

use console::{new_webhook::Draft, webhook_words, words};

use super::draft::Writing;
use crate::components::{ChoiceField, FormRefusal, LineField, Wrong};

/// The fields, by the server's names for them.
const FIELDS: [&str; 9] =
    ["name", "url", "channel", "market", "region", "method", "kind", "debounce_ms", "batch_max"];

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
            <FormRefusal refused=it.refused fields=&FIELDS/>
            <div class="levers">
                <button type="submit" class="button primary" data-test="put-webhook" aria-disabled=move || it.busy.get().to_string()>{lever}</button>
                <span class="quiet">{note}</span>
            </div>
        </form>
    }
}

#[component]
fn Text(it: Writing, line: Line) -> impl IntoView {
    let Line { label, hint, field, kind, of } = line;
    let value = Signal::derive(move || std::mem::take(of(&mut it.draft.get())));
    let change = move |text| it.draft.update(|draft| *of(draft) = text);
    let wrong = Wrong { refused: it.refused, field };
    view! {
        <LineField
            id=format!("webhook-{field}") label=label hint=hint keyboard=kind wrong=wrong value=value on_change=change
        />
    }
}

#[component]
fn Methods(it: Writing) -> impl IntoView {
    let choices = [Method::Ship, Method::Pickup]
        .map(|method| (method.as_str(), words::method(method).to_owned()));
    let choose = move |word: String| {
        let method = if word == Method::Ship.as_str() { Method::Ship } else { Method::Pickup };
        it.draft.update(|draft| draft.method = method);
    };
    view! {
        <ChoiceField
            id="webhook-method" label="How the goods reach them" choices=choices.to_vec()
            wrong=Wrong { refused: it.refused, field: "method" }
            chosen=Signal::derive(move || it.draft.with(|draft| draft.method.as_str().to_owned()))
            on_choose=choose
        />
    }
}

#[component]
fn Kinds(it: Writing) -> impl IntoView {
    let choices = [WebhookKind::Bands, WebhookKind::Units]
        .map(|kind| (kind.as_str(), webhook_words::kind(kind).to_owned()));
    let choose = move |word: String| {
        let is_units = word == WebhookKind::Units.as_str();
        let kind = if is_units { WebhookKind::Units } else { WebhookKind::Bands };
        it.draft.update(|draft| draft.kind = kind);
    };
    view! {
        <ChoiceField
            id="webhook-kind" label="It is told" choices=choices.to_vec()
            hint="Bands: in stock, low, out, only when it is another. Units: every change."
            wrong=Wrong { refused: it.refused, field: "kind" }
            chosen=Signal::derive(move || it.draft.with(|draft| draft.kind.as_str().to_owned()))
            on_choose=choose
        />
    }
}
