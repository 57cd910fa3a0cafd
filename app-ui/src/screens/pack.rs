//! Close packages: what goes in, and what it weighs.

use std::collections::BTreeMap;

use domain::{
    bridge::{Action, WorkLine, WorkPackage},
    package::Content,
};
use leptos::prelude::*;

use super::claim::units_words;
use crate::{
    components::{icon::Icon, parts::Stepper, picture::Picture},
    state::app,
};

type Units = StoredValue<BTreeMap<u32, RwSignal<u32>>>;

/// The pack screen.
#[component]
pub fn PackStep() -> impl IntoView {
    let app = app();
    let in_tote = Memo::new(move |_| {
        let lines = app.of_work(|work| work.lines.clone());
        lines.into_iter().filter(|line| line.to_pack > 0).collect::<Vec<_>>()
    });
    let splitting = RwSignal::new(false);
    let units: Units = StoredValue::new(BTreeMap::new());
    let changed = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let fresh = in_tote.get().iter().map(|l| (l.line, RwSignal::new(l.to_pack))).collect();
        units.set_value(fresh);
        splitting.set(false);
        changed.update(|changed| *changed += 1);
    });
    let count = move || {
        changed.track();
        units.with_value(|units| units.values().map(|units| units.get()).sum::<u32>())
    };
    let weight = RwSignal::new(String::new());
    let packed = move || app.of_work(|work| work.packages.len());
    let close = move |_| {
        let contents = if splitting.get_untracked() { contents(units) } else { Vec::new() };
        let weight_g = weight.get_untracked().trim().parse().ok();
        app.act_then(Action::Pack { contents, weight_g }, move |done| {
            if done {
                weight.set(String::new());
            }
        });
    };
    view! {
        <div class="step-body">
            <h1>{move || format!("Pack {}", units_words(in_tote.get().iter().map(|l| l.to_pack).sum()))}</h1>
            <p class="quiet-text">"Everything below goes into one package. Split it if it does not fit."</p>
            <ul class="rows">
                {move || {
                    changed.track();
                    let split = splitting.get();
                    in_tote.get_untracked().into_iter()
                        .map(|line| view! { <PackRow line split units /> }).collect_view()
                }}
            </ul>
            <div class="pack-extras">
                <button class="button" data-test="pack-split"
                    aria-pressed=move || if splitting.get() { "true" } else { "false" }
                    on:click=move |_| splitting.update(|split| *split = !*split)>
                    <Icon name="box" />"More than one package"
                </button>
                <label class="field weight">
                    <span>"Weight in grams (if weighed)"</span>
                    <input data-test="pack-weight" inputmode="numeric" autocomplete="off"
                        prop:value=move || weight.get()
                        on:input=move |event| weight.set(event_target_value(&event)) />
                </label>
            </div>
            <Packed />
        </div>
        <div class="actions">
            <button class="button primary big" data-primary="" data-test="pack-close"
                disabled=move || count() == 0 on:click=close>
                <Icon name="package-check" />
                {move || format!("Close package {} with {}", packed() + 1, units_words(count()))}
            </button>
        </div>
    }
}

fn contents(units: Units) -> Vec<Content> {
    let all = units.with_value(|units| {
        units
            .iter()
            .map(|(line, units)| Content { line: *line, units: units.get_untracked() })
            .collect::<Vec<_>>()
    });
    all.into_iter().filter(|content| content.units > 0).collect()
}

#[component]
fn PackRow(line: WorkLine, split: bool, units: Units) -> impl IntoView {
    let value = units.with_value(|units| units.get(&line.line).copied());
    let count = match value.filter(|_| split) {
        Some(value) => view! {
            <Stepper value min=0 max=line.to_pack label=format!("Units of {}", line.name) test="pack-units" />
        }.into_any(),
        None => view! { <b class="row-figure">{line.to_pack}</b> }.into_any(),
    };
    view! {
        <li class="row">
            <Picture picture=line.picture.clone() />
            <span class="row-words">
                <b>{line.name.clone()}</b>
                <span class="quiet-text">{line.size.clone()}</span>
            </span>
            {count}
        </li>
    }
}

/// Packages that are closed already.
#[component]
pub fn Packed() -> impl IntoView {
    let app = app();
    let row = move |package: WorkPackage| {
        let id = package.package;
        view! {
            <li class="row">
                <span class="row-words">
                    <b>{format!("Package {}", package.number)}</b>
                    <span class="quiet-text">{units_words(package.units)}</span>
                </span>
                <button class="button quiet" data-test=format!("reopen-{}", package.number)
                    on:click=move |_| app.act(Action::Reopen { package: id })>
                    <Icon name="package-open" />"Open again"
                </button>
            </li>
        }
    };
    let packages = Memo::new(move |_| {
        let all = app.of_work(|work| work.packages.clone());
        all.into_iter().filter(|p| !p.gone && p.slot.is_none()).collect::<Vec<_>>()
    });
    move || {
        let packages = packages.get();
        (!packages.is_empty()).then(|| {
            view! {
                <section class="packed" aria-label="Closed packages">
                    <h2>"Closed packages"</h2>
                    <ul class="rows">{packages.into_iter().map(row).collect_view()}</ul>
                </section>
            }
        })
    }
}
