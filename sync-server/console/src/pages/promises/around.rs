//! One item around a customer: by delivery, and where it can be picked up.

use domain::api::{AtpDetail, AtpPickup};
use leptos::prelude::*;

use console::{link, question::Question, tone::Tone, words};

use super::dated::Later;
use crate::{
    browser,
    components::{Loading, Refusal, Seen, ToneBadge, When},
    feed::Feed,
};

/// The card.
#[component]
pub fn Around(
    /// The item.
    sku: String,
    /// For whom, and where they are.
    question: Memo<Question>,
) -> impl IntoView {
    let title = format!("{sku} around the customer");
    let feed = Feed::<AtpDetail>::new(move || Some(question.with(|asked| asked.around(&sku))));
    let detail = Memo::new(move |_| feed.current());
    let is_placed = Memo::new(move |_| question.with(|question| !question.place.is_empty()));
    // Drawn again only when a number changes, not with every refresh.
    let numbers = Memo::new(move |_| {
        let told = |d: AtpDetail| (d.ship_units, d.ship, d.ship_later, d.delivery, d.pickup);
        detail.get().map(told)
    });
    view! {
        <section class="card part" aria-labelledby="around" data-test="around">
            <header class="card-head"><h2 id="around">{title}</h2></header>
            {move || match (feed.blocking_failure(), numbers.get()) {
                (Some(failure), _) => view! { <Refusal failure=failure/> }.into_any(),
                (None, None) => view! { <Loading/> }.into_any(),
                (None, Some((units, band, later, delivery, pickup))) => view! {
                    <p>
                        "By delivery: " <strong data-test="ship-units">{words::number(units)}</strong>" "
                        <ToneBadge tone=Tone::of_band(band) words=words::band(band)/>
                        " "<Later steps=later/>
                        {delivery.map(|delivery| view! {
                            " " <span class="quiet" data-test="delivery">
                                {format!("arrives {}", delivery.deliver_by)}
                            </span>
                        })}
                    </p>
                    <Pickup rows=pickup is_placed=is_placed.get()/>
                }.into_any(),
            }}
            <Seen seen=Signal::derive(move || detail.get().map(|detail| detail.seen))/>
        </section>
    }
}

#[component]
fn Pickup(rows: Vec<AtpPickup>, is_placed: bool) -> impl IntoView {
    if rows.is_empty() {
        let words = if is_placed {
            "No location where customers pick up is within that distance."
        } else {
            "Say where the customer is to see where it can be picked up."
        };
        return view! { <p class="notes quiet" data-test="no-pickup">{words}</p> }.into_any();
    }
    let language = browser::language();
    view! {
        <table class="flush">
            <thead><tr>
                <th scope="col">"Pickup at"</th>
                <th scope="col" class="number">"Distance"</th>
                <th scope="col" class="number">"Units"</th>
                <th scope="col">"A shopper sees"</th>
                <th scope="col">"Ready"</th>
            </tr></thead>
            <tbody>
                {rows.into_iter().map(|row| view! {
                    <tr data-row="" data-test="pickup-row">
                        <th scope="row">
                            <a href=format!("/locations/{}", link::encoded(row.location.as_str()))>{row.name}</a>
                            <span class="quiet">{row.location.to_string()}</span>
                        </th>
                        <td class="number">{words::distance(row.distance_m, &language)}</td>
                        <td class="number" data-zero=(row.units == 0).to_string()>{words::number(row.units)}</td>
                        <td>
                            <ToneBadge tone=Tone::of_band(row.band) words=words::band(row.band)/>
                            " "<Later steps=row.later/>
                        </td>
                        <td data-test="ready">
                            {row.ready_at.map(|at| view! { <When at=at place=row.location.clone()/> })}
                        </td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
    .into_any()
}
