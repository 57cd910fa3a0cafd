//! Instants: relative in the flow, exact on hover, on focus and to a screen reader.

use domain::{clock::TimeMs, ids::LocationId};
use leptos::prelude::*;

use console::{ago, tone::Tone};

use crate::{intl, session::Console};

fn exact_of(at: TimeMs, place: Option<LocationId>) -> impl Fn() -> String + Clone + Send + Sync {
    let console = Console::here();
    move || {
        let zone = place.as_ref().and_then(|place| console.zone(place));
        intl::exact(at, zone.as_deref())
    }
}

/// An instant seen from now.
#[component]
pub fn When(
    /// The instant.
    at: TimeMs,
    /// In whose zone it is told exactly.
    #[prop(optional_no_strip, into)]
    place: Option<LocationId>,
) -> impl IntoView {
    let now_ms = Console::here().now_ms;
    let exact = exact_of(at, place);
    let hover = exact.clone();
    view! {
        <time class="when" datetime=at.to_rfc3339() data-exact=hover>
            {move || ago::relative(at.0, now_ms.get())}
            <span class="unseen">", " {exact}</span>
        </time>
    }
}

/// What is left until a promise, in its tone.
#[component]
pub fn Left(
    /// The promise.
    promise: TimeMs,
    /// In whose zone it is told exactly.
    #[prop(optional_no_strip, into)]
    place: Option<LocationId>,
) -> impl IntoView {
    let now_ms = Console::here().now_ms;
    let exact = exact_of(promise, place);
    let hover = exact.clone();
    let tone = move || Tone::of_left(promise.0.saturating_sub(now_ms.get())).as_str();
    view! {
        <time class="when left" data-tone=tone datetime=promise.to_rfc3339() data-exact=hover>
            {move || ago::left(promise.0, now_ms.get())}
            <span class="unseen">", promised " {exact}</span>
        </time>
    }
}
