//! What each location gives to a number, with its own small sum.

use domain::{api::AtpGives, atp::rules::RuleSet, ids::LocationId};
use leptos::prelude::*;

use console::{link, sum, words};

/// The locations: those that give first, those that give nothing when asked for.
#[component]
pub fn Locations(
    /// The locations.
    rows: Vec<AtpGives>,
    /// What they give together.
    sum: i64,
    /// The rules, for their words.
    rules: Memo<Option<RuleSet>>,
    /// Whether those that give nothing are shown, too.
    open: RwSignal<bool>,
) -> impl IntoView {
    let (giving, none): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.available != 0);
    let (has_giving, has_none) = (!giving.is_empty(), !none.is_empty());
    view! {
        {has_giving.then(|| view! { <Table rows=giving sum=Some(sum) rules=rules/> })}
        {(!has_giving).then(|| view! { <p class="notes">"No location gives any."</p> })}
        {has_none.then(|| view! { <Idle rows=none rules=rules open=open/> })}
    }
}

/// Locations that give nothing, behind a lever.
#[component]
fn Idle(rows: Vec<AtpGives>, rules: Memo<Option<RuleSet>>, open: RwSignal<bool>) -> impl IntoView {
    let words = words::count(
        rows.len() as u64,
        "location that gives nothing",
        "locations that give nothing",
    );
    let lever = move || format!("{} {words}", if open.get() { "Hide" } else { "Show" });
    view! {
        <p class="notes">
            <button
                class="button small" data-test="show-none" aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >{lever}</button>
        </p>
        <Show when=move || open.get()><Table rows=rows.clone() sum=None rules=rules/></Show>
    }
}

#[component]
fn Table(rows: Vec<AtpGives>, sum: Option<i64>, rules: Memo<Option<RuleSet>>) -> impl IntoView {
    let count = words::count(rows.len() as u64, "location", "locations");
    view! {
        <div class="wide">
            <table class="flush">
                <thead><tr>
                    <th scope="col">"Location"</th>
                    <th scope="col" class="number">"On hand"</th>
                    <th scope="col" class="number">"Reserved"</th>
                    <th scope="col" class="number">"Safety"</th>
                    <th scope="col">"Rules"</th>
                    <th scope="col" class="number">"Sum"</th>
                    <th scope="col" class="number">"Gives"</th>
                </tr></thead>
                <tbody>
                    {rows.into_iter().map(|row| view! { <Line row=row rules=rules/> }).collect_view()}
                </tbody>
                {sum.map(|sum| view! {
                    <tfoot><tr>
                        <th scope="row" colspan="6">{format!("Together, {count}")}</th>
                        <td class="number"><strong>{words::number(sum)}</strong></td>
                    </tr></tfoot>
                })}
            </table>
        </div>
    }
}

#[component]
fn Line(row: AtpGives, rules: Memo<Option<RuleSet>>) -> impl IntoView {
    let href = |id: &LocationId| format!("/locations/{}", link::encoded(id.as_str()));
    let number = |units| view! { <td class="number" data-zero=(units == 0).to_string()>{words::number(units)}</td> };
    let (applied, terms) = (row.rules.clone(), row.clone());
    let said = move || {
        let rules = rules.get().unwrap_or_default();
        applied.iter().map(|one| sum::applied(one, &rules)).collect::<Vec<_>>()
    };
    let working =
        move || rules.with(|rules| rules.as_ref().map(|rules| sum::working(&terms, rules)));
    view! {
        <tr data-row="" data-test="why-row">
            <th scope="row">
                <a href=href(&row.location)>{row.name}</a>
                <span class="quiet">{row.location.to_string()}</span>
                {row.least.map(|sku| view! { <span class="quiet">"fewest: "{sku.to_string()}</span> })}
            </th>
            {number(row.on_hand)}
            {number(row.reserved)}
            {number(row.safety)}
            <td>
                {move || said().into_iter().map(|said| view! { <span class="under">{said}</span> }).collect_view()}
            </td>
            <td class="number">{working}</td>
            {number(row.available)}
        </tr>
    }
}
