//! When one store works, above its work.

use domain::api::LocationDetail;
use leptos::prelude::*;

use console::{link, opening};

use crate::{components::When, feed::Feed};

/// A line or two; nothing before it is known.
#[component]
pub fn Opening(
    /// The store's number.
    id: Memo<String>,
) -> impl IntoView {
    let feed = Feed::<LocationDetail>::new(move || {
        Some(format!("/api/v1/locations/{}", link::encoded(&id.get())))
    });
    let detail = Memo::new(move |_| feed.current());
    move || {
        detail.get().map(|detail| {
            let (ready, taken) = (detail.ready_at, opening::taken(&detail));
            let full = detail.days.first().is_some_and(|day| day.is_full);
            let holidays = opening::holidays(&detail);
            let tone = full.then_some("bad");
            let place = detail.id.clone();
            view! {
                <p class="quiet lead" data-test="opening">
                    {opening::today(&detail)}
                    {taken.map(|taken| view! {
                        " · " <span class="toned" data-tone=tone data-test="taken">{taken}</span>
                    })}
                    {ready.map(|at| view! {
                        " · an order of now is ready " <When at=at place=place/>
                    })}
                    {(!holidays.is_empty()).then(|| view! {
                        " · " <span data-test="holidays">{holidays.join("; ")}</span>
                    })}
                </p>
            }
        })
    }
}
