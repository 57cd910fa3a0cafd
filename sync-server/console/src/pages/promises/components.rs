//! What a kit is made of, and how many each component allows.

use domain::api::AtpComponent;
use leptos::prelude::*;

use console::{link, words};

/// The table of "why?"; nothing for an item that is no kit.
#[component]
pub fn Components(
    /// In the kit's order.
    rows: Vec<AtpComponent>,
) -> impl IntoView {
    let is_empty = rows.is_empty();
    let row = |of: AtpComponent| {
        let sku = of.sku.to_string();
        view! {
            <tr data-row="" data-test="component-row">
                <th scope="row"><a href=format!("/stock/{}", link::encoded(&sku))>{sku.clone()}</a></th>
                <td class="number">{words::number(of.quantity)}</td>
                <td class="number">{words::number(of.units)}</td>
                <td class="number">{words::number(of.kits)}</td>
                <td>{of.is_least.then_some("allows no more")}</td>
            </tr>
        }
    };
    (!is_empty).then(|| {
        view! {
            <h3>"What the kit is made of"</h3>
            <table class="flush" data-test="components">
                <thead><tr>
                    <th scope="col">"Item"</th>
                    <th scope="col" class="number">"In one kit"</th>
                    <th scope="col" class="number">"Can be promised"</th>
                    <th scope="col" class="number">"Kits"</th>
                    <th scope="col"><span class="unseen">"Least"</span></th>
                </tr></thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
    })
}
