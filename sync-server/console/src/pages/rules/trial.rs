//! What other rules would change, before they hold.

use domain::api::{AtpTrial, AtpTrialChange, AtpTrialPool};
use leptos::prelude::*;

use console::{link, words};

use crate::components::{Icon, Seen};

/// Changes that are shown at once; the others are a lever away.
const SHOWN: usize = 20;

/// What it comes to, in a sentence.
pub fn summary(trial: &AtpTrial) -> String {
    match trial.changes_total {
        0 => "No number would change.".to_owned(),
        total => format!("{} would change.", words::count(total, "number", "numbers")),
    }
}

/// The outcome of a trial.
#[component]
pub fn Trial(
    /// What the server found.
    trial: AtpTrial,
) -> impl IntoView {
    let zeroed = trial.zeroed_words();
    let seen = trial.seen.clone();
    let summary = summary(&trial);
    view! {
        <section class="card part" aria-labelledby="trial" data-test="trial">
            <header class="card-head"><h2 id="trial">"What would change"</h2></header>
            <p data-test="trial-total">{summary}</p>
            {(!zeroed.is_empty()).then(|| view! {
                <div class="callout" data-tone="bad" data-test="trial-zeroed">
                    <Icon name="triangle-alert"/>
                    <p><strong>{format!("Nothing could be promised any more in: {}.", zeroed.join(", "))}</strong></p>
                </div>
            })}
            <Pools rows=trial.pools/>
            {(!trial.changes.is_empty()).then(|| view! { <Changes rows=trial.changes total=trial.changes_total/> })}
            <Seen seen=Signal::stored(Some(seen))/>
        </section>
    }
}

#[component]
fn Pools(rows: Vec<AtpTrialPool>) -> impl IntoView {
    view! {
        <table class="flush">
            <thead><tr>
                <th scope="col">"Pool"</th>
                <th scope="col" class="number">"Items now"</th>
                <th scope="col" class="number">"Items then"</th>
                <th scope="col" class="number">"Units now"</th>
                <th scope="col" class="number">"Units then"</th>
                <th scope="col" class="number">"Difference"</th>
            </tr></thead>
            <tbody>
                {rows.into_iter().map(|pool| view! {
                    <tr data-test="trial-pool">
                        <th scope="row" class="code">{pool.pool}</th>
                        <td class="number">{words::thousands(pool.items_now)}</td>
                        <td class="number">{words::thousands(pool.items_then)}</td>
                        <td class="number">{words::number(pool.units_now)}</td>
                        <td class="number">{words::number(pool.units_then)}</td>
                        <td class="number">{words::difference(pool.units_then - pool.units_now)}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}

#[component]
fn Changes(rows: Vec<AtpTrialChange>, total: u64) -> impl IntoView {
    let (count, open) = (rows.len(), RwSignal::new(rows.len() <= SHOWN));
    let lever =
        if (count as u64) < total { format!("Show {count}") } else { format!("Show all {count}") };
    let title = if total > SHOWN as u64 { "The largest changes" } else { "The changes" };
    let shown = move || {
        let most = if open.get() { count } else { SHOWN };
        rows.iter().take(most).map(|row| view! { <Line row=row.clone()/> }).collect_view()
    };
    view! {
        <h3>{title}</h3>
        <table class="flush">
            <thead><tr>
                <th scope="col">"SKU"</th>
                <th scope="col">"Pool"</th>
                <th scope="col" class="number">"Now"</th>
                <th scope="col" class="number">"Then"</th>
                <th scope="col" class="number">"Difference"</th>
            </tr></thead>
            <tbody>{shown}</tbody>
        </table>
        <Show when=move || !open.get()>
            <p class="notes">
                <button class="button small" data-test="all-changes" on:click=move |_| open.set(true)>
                    {lever.clone()}
                </button>
            </p>
        </Show>
    }
}

#[component]
fn Line(row: AtpTrialChange) -> impl IntoView {
    let sku = row.sku.to_string();
    let href = link::to("/promises", &[("sku", &sku)]);
    view! {
        <tr data-row="" data-test="trial-change">
            <th scope="row"><a class="code" href=href>{sku}</a></th>
            <td class="code">{row.pool}</td>
            <td class="number">{words::number(row.now)}</td>
            <td class="number">{words::number(row.then)}</td>
            <td class="number">{words::difference(row.then - row.now)}</td>
        </tr>
    }
}
