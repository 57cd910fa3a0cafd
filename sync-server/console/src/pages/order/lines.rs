//! What was bought, and where its units are.

use domain::api::OrderLineDetail;
use leptos::prelude::*;

use console::{link, progress};

use crate::{components::Bar, intl};

/// The lines.
#[component]
pub fn Lines(
    /// As bought.
    lines: Vec<OrderLineDetail>,
    /// ISO 4217 code.
    currency: String,
) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="lines">
            <header class="card-head"><h2 id="lines">"Goods"</h2></header>
            <table class="flush">
                <thead><tr>
                    <th scope="col">"Item"</th>
                    <th scope="col" class="number">"Units"</th>
                    <th scope="col" class="number">"Price"</th>
                    <th scope="col">"Where they are"</th>
                </tr></thead>
                <tbody>
                    {lines.into_iter().map(|line| {
                        let segments = progress::segments(&line.progress);
                        let sku = line.placed.sku.to_string();
                        view! {
                            <tr data-test="order-line">
                                <th scope="row">
                                    <a href=format!("/stock/{}", link::encoded(&sku))>{line.name}</a>
                                    <span class="quiet">{sku}</span>
                                </th>
                                <td class="number">{line.placed.quantity.units()}</td>
                                <td class="number">{intl::money(line.placed.price_minor, &currency)}</td>
                                <td class="bar-cell">
                                    <Bar segments=segments.clone()/>
                                    <span class="quiet">{progress::sentence(&segments)}</span>
                                </td>
                            </tr>
                        }
                    }).collect_view()}
                </tbody>
            </table>
        </section>
    }
}
