//! What is to come of an item and what is to be given, by date.

use domain::api::{AtpDated, AtpLater};
use leptos::prelude::*;

use console::words;

use crate::intl;

/// The table of "why?"; nothing where there is nothing to tell.
#[component]
pub fn Dated(
    /// Each with its date.
    rows: Vec<AtpDated>,
) -> impl IntoView {
    let is_empty = rows.is_empty();
    let row = |term: AtpDated| {
        let what = if term.units > 0 { "Comes" } else { "Is needed" };
        let place = term.location.map(|at| format!("at {at}"));
        let whose = term.channel.map(|channel| format!("for customers of {channel}"));
        let words = [Some(what.to_owned()), place, whose].into_iter().flatten();
        let words = words.collect::<Vec<_>>().join(" ");
        view! {
            <tr data-row="" data-test="dated-row">
                <th scope="row">{intl::exact(term.at, None)}</th>
                <td>{words}</td>
                <td class="number">{words::difference(term.units)}</td>
            </tr>
        }
    };
    (!is_empty).then(|| {
        view! {
            <h3>"What is to come, and what is needed"</h3>
            <table class="flush" data-test="dated">
                <thead><tr>
                    <th scope="col">"When"</th>
                    <th scope="col">"What"</th>
                    <th scope="col" class="number">"Units"</th>
                </tr></thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
    })
}

/// What can be promised later, in a few words.
#[component]
pub fn Later(
    /// The earliest first.
    steps: Vec<AtpLater>,
) -> impl IntoView {
    let words = |step: AtpLater| {
        let from = intl::exact(step.from, None);
        format!("{} from {from}", words::number(step.units))
    };
    (!steps.is_empty()).then(|| {
        let words = steps.into_iter().map(words).collect::<Vec<_>>().join("; ");
        view! { <span class="quiet" data-test="later">{words}</span> }
    })
}
