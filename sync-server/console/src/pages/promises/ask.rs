//! The question: which items, for whom, and where they are. Asking puts it into the address.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use console::{question::Question, words};
use domain::fulfillment::Method;

use crate::components::{Choice, TextField};

/// A field of the question.
#[derive(Clone, Copy)]
struct Field {
    label: &'static str,
    test: &'static str,
    example: &'static str,
    keyboard: &'static str,
    kind: &'static str,
    of: fn(&mut Question) -> &mut String,
}

const SKUS: Field = Field {
    label: "SKUs, with commas or spaces between them",
    test: "ask-skus",
    example: "",
    keyboard: "text",
    kind: "text",
    of: |question| &mut question.sku,
};

const WHOSE: [Field; 7] = [
    Field {
        label: "Channel",
        test: "ask-channel",
        example: "any",
        keyboard: "text",
        kind: "text",
        of: |q| &mut q.channel,
    },
    Field {
        label: "Market",
        test: "ask-market",
        example: "any, as US",
        keyboard: "text",
        kind: "text",
        of: |q| &mut q.market,
    },
    Field {
        label: "Region",
        test: "ask-region",
        example: "any",
        keyboard: "text",
        kind: "text",
        of: |q| &mut q.region,
    },
    Field {
        label: "Needed by (UTC), if not now",
        test: "ask-on",
        example: "",
        keyboard: "text",
        kind: "datetime-local",
        of: |q| &mut q.on,
    },
    Field {
        label: "The customer is at",
        test: "ask-place",
        example: "52.52,13.405 or a postcode",
        keyboard: "text",
        kind: "text",
        of: |q| &mut q.place,
    },
    Field {
        label: "Pickup within km",
        test: "ask-within",
        example: "100",
        keyboard: "numeric",
        kind: "text",
        of: |q| &mut q.within,
    },
    Field {
        label: "Stores at most",
        test: "ask-most",
        example: "20",
        keyboard: "numeric",
        kind: "text",
        of: |q| &mut q.most,
    },
];

/// The form.
#[component]
pub fn Ask(
    /// The question that the address has.
    question: Memo<Question>,
) -> impl IntoView {
    let go = use_navigate();
    let draft = RwSignal::new(question.get_untracked());
    Effect::new(move |_| draft.set(question.get()));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        go(&draft.get_untracked().page(), options);
    };
    let pickup = (Method::Pickup.as_str(), words::method(Method::Pickup));
    view! {
        <form class="filters ask" role="search" aria-label="What can be promised" on:submit=submit>
            <Input draft=draft field=SKUS main=true/>
            <Choice
                label="Way out" all=words::method(Method::Ship) choices=vec![pickup] test="ask-method"
                chosen=Signal::derive(move || draft.get().method)
                on_choose=move |method| draft.update(|draft| draft.method = method)
            />
            {WHOSE.map(|field| view! { <Input draft=draft field=field/> }).collect_view()}
            <button type="submit" class="button primary" data-test="ask">"Ask"</button>
        </form>
    }
}

#[component]
fn Input(draft: RwSignal<Question>, field: Field, #[prop(optional)] main: bool) -> impl IntoView {
    let value = Signal::derive(move || std::mem::take((field.of)(&mut draft.get())));
    let change = move |text| draft.update(|draft| *(field.of)(draft) = text);
    view! {
        <TextField
            label=field.label value=value on_change=change test=field.test example=field.example
            keyboard=field.keyboard kind=field.kind main=main
        />
    }
}
