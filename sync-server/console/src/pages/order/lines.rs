//! What was bought, and where its units are.

use domain::api::{OrderKitDetail, OrderLineDetail};
use leptos::prelude::*;

use console::{link, progress};

use crate::{components::Bar, intl};

/// The lines.
#[component]
pub fn Lines(
    /// As bought; of kits their components.
    lines: Vec<OrderLineDetail>,
    /// Kits as bought.
    kits: Vec<OrderKitDetail>,
    /// ISO 4217 code.
    currency: String,
) -> impl IntoView {
    let of_kit = {
        let names: Vec<_> = kits.iter().map(|kit| (kit.placed.line, kit.name.clone())).collect();
        move |line: u32| names.iter().find(|(kit, _)| *kit == line).map(|(_, name)| name.clone())
    };
    let kit_currency = currency.clone();
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
                    {kits.into_iter().map(|kit| {
                        let sku = kit.placed.sku.to_string();
                        view! {
                            <tr data-test="order-kit">
                                <th scope="row">
                                    <a href=format!("/stock/{}", link::encoded(&sku))>{kit.name}</a>
                                    <span class="quiet">{sku}</span>
                                </th>
                                <td class="number">{kit.placed.quantity.units()}</td>
                                <td class="number">{intl::money(kit.placed.price_minor, &kit_currency)}</td>
                                <td class="quiet">"a kit: its parts are below"</td>
                            </tr>
                        }
                    }).collect_view()}
                    {lines.into_iter().map(|line| {
                        let segments = progress::segments(&line.progress);
                        let sku = line.placed.sku.to_string();
                        let kit = line.kit_line.and_then(&of_kit);
                        view! {
                            <tr data-test="order-line">
                                <th scope="row">
                                    <a href=format!("/stock/{}", link::encoded(&sku))>{line.name}</a>
                                    <span class="quiet">{sku}</span>
                                    {kit.map(|kit| view! { <span class="quiet">"part of "{kit}</span> })}
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
