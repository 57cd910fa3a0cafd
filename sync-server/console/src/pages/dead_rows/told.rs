//! What was done last, above the list: read out as soon as it is there.

use leptos::prelude::*;

use super::work::Work;
use crate::components::Icon;

/// The words.
#[component]
pub fn Told(
    /// The work.
    work: Work,
) -> impl IntoView {
    let Work { rows, filters, done, .. } = work;
    view! {
        <div role="status">
            {move || done.get().map(|done| view! {
                <div class="callout told" data-tone="good" tabindex="-1" data-test="told" data-outcome=done.outcome.as_str()>
                    <Icon name="circle-check"/>
                    <p><strong>{format!("{}: {}.", done.row, done.outcome.badge().0.to_lowercase())}</strong>" "{done.outcome.sentence()}</p>
                </div>
            })}
        </div>
        {move || {
            let opened = filters.with(|filters| filters.opened());
            let is_shown = |key: i64| rows.with_shown(|all| all.iter().any(|shown| shown.row.key == key));
            let is_missing = !rows.is_first_load() && !rows.is_catching_up() && opened.is_some_and(|key| !is_shown(key));
            is_missing.then(|| view! {
                <div class="callout told" role="status" data-test="not-here">
                    <Icon name="info"/>
                    <p>"The row of this address is not in this list. Somebody may have dealt with it: look under Replayed and Discarded."</p>
                </div>
            })
        }}
    }
}
