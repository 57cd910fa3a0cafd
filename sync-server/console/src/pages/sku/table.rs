//! The stores that have the item, as a table: the most available first, and the chosen one wherever it is.

use std::{collections::HashMap, sync::Arc};

use domain::{
    api::{LocationStock, StockNumbers},
    ids::LocationId,
};
use leptos::prelude::*;

use console::{doubts, link, words};

use super::{COLUMNS, Choosing, Column};
use crate::{browser, components::Icon};

/// Every store has the first columns; of the others only those that any store has something of.
const ALWAYS: usize = 4;
/// Rows at first, and with each touch of the lever.
const ROWS: usize = 50;

/// The table.
#[component]
pub fn Table(
    /// The stores.
    rows: Memo<Vec<LocationStock>>,
    /// The sums over all.
    total: Memo<StockNumbers>,
    /// Which store is meant.
    choosing: Choosing,
    /// Whether a map is beside it.
    #[prop(optional)]
    is_mapped: bool,
) -> impl IntoView {
    let most = RwSignal::new(ROWS);
    let places = Memo::new(move |_| rows.with(|rows| Arc::new(places(rows))));
    // The chosen store has its row, too, wherever it comes in the order.
    let ids = Memo::new(move |_| {
        let chosen = choosing.chosen.get();
        rows.with(|rows| {
            let shown = rows.iter().enumerate();
            let shown = shown
                .filter(|(at, row)| *at < most.get() || Some(&row.location) == chosen.as_ref());
            shown.map(|(_, row)| row.location.clone()).collect::<Vec<_>>()
        })
    });
    let row = move |id: LocationId| {
        Memo::new(move |_| {
            let at = places.with(|places| places.get(&id).copied())?;
            rows.with(|rows| rows.get(at).cloned())
        })
    };
    // Columns come and go; rows follow them.
    let columns = Memo::new(move |_| which(&total.get()));
    let shown = move || columns.get().into_iter().map(|at| COLUMNS[at]).collect::<Vec<_>>();
    let more = move || rows.with(Vec::len).saturating_sub(most.get());
    let has_more = Memo::new(move |_| more() > 0);
    show_chosen(choosing);
    view! {
        <div class="stock-rows">
            <div class="table-frame">
                <table>
                    <thead><tr>
                        <th scope="col">"Store"</th>
                        {move || shown().into_iter().map(|(name, _)| view! { <th scope="col" class="number">{name}</th> }).collect_view()}
                        <th scope="col" class="number">"Confidence"</th>
                        {is_mapped.then(|| view! { <th scope="col"><span class="unseen">"On the map"</span></th> })}
                    </tr></thead>
                    <tbody>
                        {move || {
                            let columns = shown();
                            view! {
                                <For each=move || ids.get() key=LocationId::clone let:id>
                                    <Line row=row(id) columns=columns.clone() choosing=choosing is_mapped=is_mapped/>
                                </For>
                            }
                        }}
                    </tbody>
                </table>
            </div>
            <Show when=move || has_more.get()>
                <p class="notes">
                    <button class="button small" data-test="more-stores" on:click=move |_| most.update(|most| *most += ROWS)>
                        {move || format!("Show {} of {}", ROWS.min(more()), words::count(more() as u64, "more store", "more stores"))}
                    </button>
                </p>
            </Show>
        </div>
    }
}

/// Where each store is in the list.
fn places(rows: &[LocationStock]) -> HashMap<LocationId, usize> {
    rows.iter().enumerate().map(|(at, row)| (row.location.clone(), at)).collect()
}

/// The columns that are shown, by their places.
fn which(total: &StockNumbers) -> Vec<usize> {
    let is_shown = |(at, (_, of)): &(usize, &Column)| *at < ALWAYS || of(total) != 0;
    COLUMNS.iter().enumerate().filter(is_shown).map(|(at, _)| at).collect()
}

/// Brings the row of the chosen store into view, once it is there.
fn show_chosen(choosing: Choosing) {
    Effect::new(move |_| {
        if choosing.chosen.with(Option::is_some) {
            request_animation_frame(|| browser::bring("tr[data-chosen='true']"));
        }
    });
}

#[component]
fn Line(
    row: Memo<Option<LocationStock>>,
    columns: Vec<Column>,
    choosing: Choosing,
    is_mapped: bool,
) -> impl IntoView {
    move || {
        row.get().map(|row| {
            let id = row.location;
            let href = format!("/locations/{}", link::encoded(id.as_str()));
            let (chosen, looked_at, mapped) = (id.clone(), id.clone(), id.clone());
            view! {
                <tr
                    data-row="" data-test="stock-row" data-location=id.to_string()
                    data-chosen=move || choosing.is_chosen(&chosen).to_string()
                    on:mouseenter=move |_| choosing.look(Some(looked_at.clone()))
                    on:mouseleave=move |_| choosing.look(None)
                >
                    <th scope="row">
                        <a class="row-link wraps" href=href>{row.name.clone()}<span class="quiet">{id.to_string()}</span></a>
                    </th>
                    {columns.iter().map(|(name, of)| {
                        let units = of(&row.stock);
                        let is_bad = (*name == "Short" && units > 0) || (*name == "On hand" && units < 0);
                        let tone = is_bad.then_some("bad");
                        view! { <td class="number" data-zero=(units == 0).to_string()><span class="toned" data-tone=tone>{words::number(units)}</span></td> }
                    }).collect_view()}
                    <td class="number"><span class="toned" data-tone=doubts::tone(row.confidence).as_str()>{row.confidence}" %"</span></td>
                    {is_mapped.then(|| view! { <td class="lever-cell"><OnMap id=mapped name=row.name choosing=choosing/></td> })}
                </tr>
            }
        })
    }
}

/// The lever that shows a store on the map.
#[component]
fn OnMap(id: LocationId, name: String, choosing: Choosing) -> impl IntoView {
    let pressed = id.clone();
    view! {
        <button
            class="button small" data-act="" data-test="row-on-map"
            aria-pressed=move || choosing.is_chosen(&pressed).to_string()
            on:click=move |_| choosing.choose(id.clone())
        >
            <Icon name="map-pin"/><span class="unseen">{name}" on the map"</span>
        </button>
    }
}
