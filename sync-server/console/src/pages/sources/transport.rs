//! How what a source writes gets to the server, as a part of the form.
//!
//! Which names are right, the server says.

use leptos::prelude::*;

use super::{
    form::{Line, Text},
    statement::Statement,
};
use crate::components::{ChoiceField, Wrong};

/// Every way, in the order of the list: the word, and what people call it.
const WAYS: [(&str, &str); 3] = [
    ("upload", "It sends by itself"),
    ("folder", "It lays files into a folder of the inbox"),
    ("nats", "It publishes into NATS JetStream"),
];

const FOLDER: Line = Line {
    label: "Folder",
    hint: "Below the server's inbox. It is made when it is not there.",
    field: "transport.name",
    test: "source-folder",
    keyboard: "text",
    of: |source| &mut source.folder,
};

const STREAM: Line = Line {
    label: "Stream",
    hint: "As the administrator of NATS made it.",
    field: "transport.stream",
    test: "source-stream",
    keyboard: "text",
    of: |source| &mut source.stream,
};

const SUBJECT: Line = Line {
    label: "Subject",
    hint: "Words with dots between them; * is one word, > the rest.",
    field: "transport.subject",
    test: "source-subject",
    keyboard: "text",
    of: |source| &mut source.subject,
};

const CONSUMER: Line = Line {
    label: "Durable consumer",
    hint: "It remembers what was taken. Empty: one of the source's number.",
    field: "transport.consumer",
    test: "source-consumer",
    keyboard: "text",
    of: |source| &mut source.consumer,
};

/// The fields.
#[component]
pub fn Transport(
    /// The form's statement.
    it: Statement,
) -> impl IntoView {
    let chosen = Memo::new(move |_| it.draft.source.with(|source| source.transport.clone()));
    view! {
        <Way it=it chosen=chosen/>
        {move || match chosen.get().as_str() {
            "folder" => view! { <Text it=it line=FOLDER/> }.into_any(),
            "nats" => view! {
                <Text it=it line=STREAM/>
                <Text it=it line=SUBJECT/>
                <Text it=it line=CONSUMER/>
            }
            .into_any(),
            _ => ().into_any(),
        }}
    }
}

#[component]
fn Way(it: Statement, chosen: Memo<String>) -> impl IntoView {
    let choices = WAYS.map(|(word, words)| (word, words.to_owned()));
    view! {
        <ChoiceField
            id="source-transport" label="How it gets here" hint="What it sends with its token is taken in any case."
            choices=choices.to_vec() chosen=chosen
            wrong=Wrong { refused: it.refused, field: "transport.kind" }
            on_choose=move |way| it.draft.source.update(|source| source.transport = way)
        />
    }
}
