//! The work of each store for the order: its stages as a line of steps, and what went wrong.

use domain::{
    api::{ExceptionRow, FulfillmentDetail},
    fulfillment::Method,
};
use leptos::prelude::*;

use console::{
    link,
    timeline::{self, Reach},
    words,
};

use crate::components::{Empty, Icon, StageBadge, When};

/// All of them.
#[component]
pub fn Fulfillments(
    /// How the goods leave.
    method: Method,
    /// The work, by store.
    fulfillments: Vec<FulfillmentDetail>,
) -> impl IntoView {
    if fulfillments.is_empty() {
        return view! {
            <section class="card" aria-label="Stores">
                <Empty icon="package-x" title="No store works on it yet" advice="Below, Why here? says which stores were looked at and what they lack. It is tried again as stock comes in."/>
            </section>
        }
        .into_any();
    }
    fulfillments
        .into_iter()
        .map(|f| view! { <Fulfillment method=method fulfillment=f/> })
        .collect_view()
        .into_any()
}

#[component]
fn Fulfillment(method: Method, fulfillment: FulfillmentDetail) -> impl IntoView {
    let f = fulfillment;
    let href = format!("/locations/{}", link::encoded(f.location.as_str()));
    let mut notes = Vec::new();
    if !f.slots.is_empty() {
        notes.push(format!("Waits in {}", f.slots.join(", ")));
    }
    if f.packages > 0 {
        notes.push(words::count(u64::from(f.packages), "package", "packages"));
    }
    if let Some(who) = &f.claimed_by {
        notes.push(format!("{who} works on it"));
    }
    view! {
        <section class="card" data-test="fulfillment" data-stage=f.stage.as_str() aria-label=format!("Work of {}", f.location_name)>
            <header class="card-head">
                <h2><a href=href>{f.location_name.clone()}</a></h2>
                <span class="quiet">{f.location.to_string()}</span>
                <span class="card-head-end">
                    <StageBadge stage=f.stage words=f.stage_words.clone()/>
                    <span class="quiet">"since " <When at=f.stage_since place=f.location.clone()/></span>
                </span>
            </header>
            <Steps method=method fulfillment=f.clone()/>
            {(!notes.is_empty()).then(|| view! { <p class="notes">{notes.join(" · ")}</p> })}
            {f.exceptions.into_iter().map(|e| view! { <ExceptionLine exception=e/> }).collect_view()}
        </section>
    }
}

#[component]
fn Steps(method: Method, fulfillment: FulfillmentDetail) -> impl IntoView {
    let steps = timeline::steps(method, fulfillment.stage);
    view! {
        <ol class="steps">
            {steps.into_iter().map(|step| {
                let (reach, said) = match step.reach {
                    Reach::Done => ("done", "done"),
                    Reach::Now => ("now", "now"),
                    Reach::Ahead => ("ahead", "ahead"),
                };
                let current = (step.reach == Reach::Now).then_some("step");
                view! {
                    <li data-reach=reach aria-current=current>
                        <span class="step-mark">{(step.reach == Reach::Done).then(|| view! { <Icon name="check"/> })}</span>
                        <span>{words::capitalised(step.stage.words())}<span class="unseen">", " {said}</span></span>
                    </li>
                }
            }).collect_view()}
        </ol>
    }
}

#[component]
fn ExceptionLine(exception: ExceptionRow) -> impl IntoView {
    let e = exception;
    let settled = e.settled.clone();
    let tone = if settled.is_some() { "quiet" } else { "bad" };
    view! {
        <div class="callout" data-tone=tone data-test="exception-row">
            <Icon name=if settled.is_some() { "circle-check" } else { "triangle-alert" }/>
            <div>
                <p><strong>{e.sentence}</strong>" "<span class="quiet"><When at=e.raised_at place=e.location/></span></p>
                <p>{match settled {
                    Some(how) => format!("Settled: {how}"),
                    None => format!("Next: {}", e.next_action),
                }}</p>
            </div>
        </div>
    }
}
