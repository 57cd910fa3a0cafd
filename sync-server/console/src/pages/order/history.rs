//! Who did what, when, and on which tablet.

use domain::{api::HistoryRow, ids::LocationId};
use leptos::prelude::*;

use crate::components::When;

/// The history, the newest first: what just happened is what one looks for.
#[component]
pub fn History(
    /// The rows, the oldest first.
    rows: Vec<HistoryRow>,
    /// In whose zone times are told.
    place: Option<LocationId>,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="history">
            <header class="card-head"><h2 id="history">"History"</h2></header>
            <ol class="history">
                {rows.into_iter().rev().map(|row| {
                    let by = match row.device {
                        Some(_) => format!("{}, on a tablet", row.actor),
                        None => row.actor,
                    };
                    view! {
                        <li data-test="history-row" data-kind=row.kind>
                            <p>{row.sentence}</p>
                            <p class="quiet">{by}" · "<When at=row.at place=place.clone()/></p>
                        </li>
                    }
                }).collect_view()}
            </ol>
        </section>
    }
}
