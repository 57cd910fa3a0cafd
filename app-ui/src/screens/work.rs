//! One fulfillment: its head, and the screen of the step that the engine says.

use app_ui::time;
use domain::{
    bridge::{Action, Sent, Step},
    ids::FulfillmentId,
};
use leptos::prelude::*;

use super::{
    carrier::CarrierStep, claim::ClaimStep, finished::FinishedStep, hand_over::HandOverStep,
    label::LabelStep, pack::PackStep, pick::PickStep, restock::RestockStep, stage::StageStep,
};
use crate::{
    components::{
        icon::Icon,
        parts::{Broken, MethodBadge, SentMark, Skeleton},
    },
    state::{Loaded, Place, app},
};

/// The open fulfillment.
#[component]
pub fn WorkScreen(id: FulfillmentId) -> impl IntoView {
    let app = app();
    let there = Memo::new(move |_| match app.work.get() {
        Loaded::Waiting => None,
        Loaded::Failed(failed) => Some(Err(failed)),
        Loaded::Ready(_) => Some(Ok(())),
    });
    let again = Callback::new(move |()| app.open(Place::Work(id)));
    view! {
        <main class="work" data-test="work">
            {move || match there.get() {
                None => view! { <Skeleton words="Opening" /> }.into_any(),
                Some(Err(failed)) => view! {
                    <BackButton />
                    <Broken failed again />
                }.into_any(),
                Some(Ok(())) => view! { <Head /><Body /> }.into_any(),
            }}
        </main>
    }
}

/// The screen of the step; stays the same element while the step does.
#[component]
fn Body() -> impl IntoView {
    let app = app();
    let step = Memo::new(move |_| app.of_work(|work| Some(work.step)));
    let without_paper = RwSignal::new(false);
    let shown = Memo::new(move |_| match step.get() {
        Some(Step::Label) if without_paper.get() => Some(Step::Stage),
        step => step,
    });
    Effect::new(move |_| {
        if shown.get().is_some() {
            focus_heading();
        }
    });
    view! {
        <div class="step" data-test="step" data-step=move || step.get().map(step_name)>
            {move || shown.get().map(|step| match step {
                Step::Claim => view! { <ClaimStep /> }.into_any(),
                Step::Pick => view! { <PickStep /> }.into_any(),
                Step::Pack => view! { <PackStep /> }.into_any(),
                Step::Label => view! { <LabelStep without_paper /> }.into_any(),
                Step::Stage => view! { <StageStep /> }.into_any(),
                Step::HandOver => view! { <HandOverStep /> }.into_any(),
                Step::CarrierScan => view! { <CarrierStep /> }.into_any(),
                Step::Restock => view! { <RestockStep /> }.into_any(),
                Step::Finished => view! { <FinishedStep /> }.into_any(),
            })}
        </div>
    }
}

/// The reader hears the new step; no button has the focus, so a slow scanner's Enter presses none.
fn focus_heading() {
    request_animation_frame(|| {
        let heading = document().query_selector(".step h1").ok().flatten();
        let heading =
            heading.and_then(|h| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(h).ok());
        if let Some(heading) = heading {
            let _ = heading.set_attribute("tabindex", "-1");
            let _ = heading.focus();
        }
    });
}

/// The word of a step in `data-step`, as on the bridge.
const fn step_name(step: Step) -> &'static str {
    match step {
        Step::Claim => "claim",
        Step::Pick => "pick",
        Step::Pack => "pack",
        Step::Label => "label",
        Step::Stage => "stage",
        Step::HandOver => "hand_over",
        Step::CarrierScan => "carrier_scan",
        Step::Restock => "restock",
        Step::Finished => "finished",
    }
}

/// Back to the queue; the work waits.
#[component]
fn BackButton() -> impl IntoView {
    let app = app();
    view! {
        <button class="button quiet back" data-back="" data-test="back" aria-keyshortcuts="Escape"
            on:click=move |_| app.open(Place::Queue)>
            <Icon name="arrow-left" /><span>"Queue"</span>
        </button>
    }
}

/// Which order this is, how long there is, how far it got.
#[component]
fn Head() -> impl IntoView {
    let app = app();
    let card = Memo::new(move |_| app.of_work(|work| Some(work.card.clone())));
    let left = Memo::new(move |_| {
        let promise = card.get().map(|card| card.promise_at)?;
        Some(time::left(promise, app.now.get()))
    });
    let customer = Memo::new(move |_| app.of_work(|work| work.customer.clone()));
    let note = Memo::new(move |_| app.of_work(|work| work.note.clone()));
    let over = move || app.of_work(|work| work.step == Step::Finished);
    view! {
        <div class="work-head">
            <BackButton />
            {move || card.get().map(|card| view! {
                <p class="work-code">
                    <b class="code" data-test="work-code">{card.short_code.clone()}</b>
                    <span class="work-who">
                        <span>{customer.get().or(card.initials.clone())}</span>
                        <span class="quiet-text">{card.external_number.clone()}</span>
                    </span>
                </p>
                <MethodBadge method=card.method />
                {(card.sent != Sent::Confirmed).then(|| view! { <SentMark sent=card.sent /> })}
            })}
            {move || left.get().filter(|_| !over()).map(|left| view! {
                <p class="time" data-urgency=left.urgency.name()>
                    <Icon name="clock" /><b class="time-figure">{left.figure}</b>
                    <span class="time-word">{left.word}</span>
                </p>
            })}
        </div>
        {move || note.get().map(|note| view! {
            <p class="note info" data-test="note"><Icon name="info" /><span>"Customer: "{note}</span></p>
        })}
        <Troubles />
    }
}

/// Gives the work back, for somebody else to take.
#[component]
pub fn GiveBack() -> impl IntoView {
    let app = app();
    let mine = Memo::new(move |_| app.of_work(|work| work.card.mine));
    let release = move |_| {
        app.act_then(Action::Release, move |done| {
            if done {
                app.open(Place::Queue);
            }
        });
    };
    move || {
        mine.get().then(|| {
            view! {
                <button class="button quiet give-back" data-test="release" on:click=release>
                    <Icon name="hand" />
                    "Give this order back"
                </button>
            }
        })
    }
}

/// Open exceptions of this work, with the way to them.
#[component]
fn Troubles() -> impl IntoView {
    let app = app();
    let first = Memo::new(move |_| {
        app.of_work(|work| Some((work.exceptions.len(), work.exceptions.first()?.sentence.clone())))
    });
    move || {
        first.get().map(|(count, sentence)| {
            let more = if count > 1 { format!(" And {} more.", count - 1) } else { String::new() };
            view! {
                <p class="note warn" data-test="trouble">
                    <Icon name="triangle-alert" />
                    <span>{sentence}{more}</span>
                    <button class="button" on:click=move |_| app.open(Place::Inbox)>"Look"</button>
                </p>
            }
        })
    }
}
