//! The work before it is taken: what it is, and who has it.

use app_ui::words::dotted;
use domain::bridge::Action;
pub use domain::measure::in_units as units_words;
use leptos::prelude::*;

use super::queue::lines_words;
use crate::{
    components::{icon::Icon, picture::Picture},
    state::app,
};

/// Take the work, or take it over.
#[component]
pub fn ClaimStep() -> impl IntoView {
    let app = app();
    let owner = Memo::new(move |_| {
        app.of_work(|work| work.card.claimed_by.clone().filter(|_| !work.card.mine))
    });
    let units = move || app.of_work(|work| work.card.units);
    let lines = move || app.of_work(|work| work.card.lines);
    let claim = move |_| {
        app.act(Action::Claim { take_over: owner.get_untracked().is_some() });
    };
    let words = move || match owner.get() {
        Some(owner) => format!("Take over from {owner}"),
        None => format!("Start picking {}", units_words(units())),
    };
    view! {
        <div class="step-body">
            <h1>{move || format!("{} in {}", units_words(units()), lines_words(lines()))}</h1>
            {move || owner.get().map(|owner| view! {
                <p class="note warn"><Icon name="user" />
                    <span>{owner}" has this order on another tablet. A lead or a manager can take it over."</span>
                </p>
            })}
            <ul class="rows">
                {move || app.of_work(|work| work.lines.clone()).into_iter().map(|line| view! {
                    <li class="row">
                        <Picture picture=line.picture.clone() />
                        <span class="row-words">
                            <b>{line.name.clone()}</b>
                            <span class="quiet-text">{dotted(&[&line.size, &line.department])}</span>
                        </span>
                        <b class="row-figure">{line.wanted}</b>
                    </li>
                }).collect_view()}
            </ul>
        </div>
        <div class="actions">
            <button class="button primary big" data-primary="" data-test="claim" on:click=claim>
                <Icon name="hand" />{words}
            </button>
        </div>
    }
}
