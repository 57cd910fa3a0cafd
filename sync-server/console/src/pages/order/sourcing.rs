//! "Why here?": what sourcing decided, and what it looked at.

use domain::{
    api::{CandidateDetail, SourcingDetail},
    ids::LocationId,
};
use leptos::prelude::*;

use console::{link, words};

use crate::{
    browser,
    components::{ToneBadge, When},
};
use console::tone::Tone;

/// Every try, the newest first; only the newest is open.
#[component]
pub fn Sourcing(
    /// The tries, the newest last.
    tries: Vec<SourcingDetail>,
    /// In whose zone times are told.
    place: Option<LocationId>,
) -> impl IntoView {
    let none = tries.is_empty();
    view! {
        <section class="card" aria-labelledby="sourcing" data-test="sourcing">
            <header class="card-head"><h2 id="sourcing">"Why here?"</h2></header>
            {none.then(|| view! { <p class="notes quiet">"No store has been looked for yet. That takes a second or two."</p> })}
            {tries.into_iter().rev().enumerate().map(|(index, attempt)| view! {
                <Try attempt=attempt open=index == 0 place=place.clone()/>
            }).collect_view()}
        </section>
    }
}

#[component]
fn Try(attempt: SourcingDetail, open: bool, place: Option<LocationId>) -> impl IntoView {
    let t = attempt;
    let unseen = u64::from(t.candidates_total).saturating_sub(t.candidates.len() as u64);
    let has_candidates = !t.candidates.is_empty();
    view! {
        <details class="try" open=open>
            <summary>
                <strong>{t.sentence}</strong>
                <span class="quiet">{format!("Try {} · {} · ", t.attempt, t.policy)}<When at=t.at place=place/></span>
            </summary>
            {(t.unsourced > 0).then(|| view! {
                <p class="notes"><ToneBadge tone=Tone::Warn words=format!("{} found no store", words::count(u64::from(t.unsourced), "unit", "units"))/></p>
            })}
            {has_candidates.then(|| view! { <Candidates rows=t.candidates/> })}
            {(unseen > 0).then(|| view! {
                <p class="notes quiet">{format!("{} more were looked at.", words::count(unseen, "store", "stores"))}</p>
            })}
        </details>
    }
}

#[component]
fn Candidates(rows: Vec<CandidateDetail>) -> impl IntoView {
    let language = browser::language();
    view! {
        <table class="flush">
            <thead><tr>
                <th scope="col">"Store"</th>
                <th scope="col" class="number">"Distance"</th>
                <th scope="col" class="number">"Could give"</th>
                <th scope="col" class="number">"Whole lines"</th>
                <th scope="col" class="number">"Asked for"</th>
                <th scope="col">"Reason"</th>
            </tr></thead>
            <tbody>
                {rows.into_iter().map(|c| view! {
                    <tr data-chosen=(c.chosen_units > 0).to_string()>
                        <th scope="row">
                            <a href=format!("/locations/{}", link::encoded(c.location.as_str()))>{c.name}</a>
                            <span class="quiet">{c.location.to_string()}</span>
                        </th>
                        <td class="number">{c.distance_m.map_or("—".to_owned(), |m| words::distance(m, &language))}</td>
                        <td class="number">{c.units}</td>
                        <td class="number">{c.lines_whole}</td>
                        <td class="number">{if c.chosen_units > 0 { c.chosen_units.to_string() } else { "—".to_owned() }}</td>
                        <td>{c.reason}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}
