//! A bar of parts. It always stands beside the same in words, so it is never read aloud.

use leptos::prelude::*;

use console::progress::Segment;

/// The parts, as lengths.
#[component]
pub fn Bar(
    /// What is in it.
    #[prop(into)]
    segments: Vec<Segment>,
) -> impl IntoView {
    view! {
        <span class="bar" aria-hidden="true">
            {segments.into_iter().map(|segment| view! {
                <span data-tone=segment.tone.as_str() style:--units=segment.units.to_string()></span>
            }).collect_view()}
        </span>
    }
}
