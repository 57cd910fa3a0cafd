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
                    let by = who(&row);
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

/// Whose doing it was: a person is called by name, and so is the tablet.
fn who(row: &HistoryRow) -> String {
    let person = match &row.actor_name {
        Some(name) => format!("{name} ({})", row.actor),
        None => row.actor.clone(),
    };
    match (&row.device_name, &row.device) {
        (Some(name), _) => format!("{person}, on {name}"),
        (None, Some(_)) => format!("{person}, on a tablet"),
        (None, None) => person,
    }
}
