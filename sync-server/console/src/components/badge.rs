//! A word with a shape and a tone: how something stands.

use domain::{fulfillment::Stage, order::OrderStage};
use leptos::prelude::*;

use console::{tone::Tone, words};

/// A badge.
#[component]
pub fn ToneBadge(
    /// How it stands.
    tone: Tone,
    /// In words.
    #[prop(into)]
    words: String,
) -> impl IntoView {
    view! { <span class="badge" data-tone=tone.as_str()>{words}</span> }
}

/// Where an order stands.
#[component]
pub fn OrderStageBadge(
    /// The stage.
    stage: OrderStage,
) -> impl IntoView {
    view! { <ToneBadge tone=Tone::of_order(stage) words=words::order_stage(stage)/> }
}

/// Where a fulfillment stands.
#[component]
pub fn StageBadge(
    /// The stage.
    stage: Stage,
    /// Its words, as the server says them.
    words: String,
) -> impl IntoView {
    view! { <ToneBadge tone=Tone::of_stage(stage) words=words::capitalised(&words)/> }
}
