//! Put units back on the shelf: the order does not want them any more.

use domain::bridge::{Action, RestockLine};
use leptos::prelude::*;

use super::claim::units_words;
use crate::{components::icon::Icon, state::app};

/// The restock screen.
#[component]
pub fn RestockStep() -> impl IntoView {
    let app = app();
    let lines = Memo::new(move |_| app.of_work(|work| work.restock.clone()));
    let row = move |line: RestockLine| {
        let (number, units) = (line.line, line.units);
        view! {
            <li class="row">
                <span class="row-words"><b>{line.name}</b>
                    <span class="quiet-text">{units_words(units)}</span></span>
                <button class="button primary" data-primary="" data-test=format!("restock-{number}")
                    on:click=move |_| app.act(Action::Restock { line: number, units })>
                    <Icon name="check" />{format!("{units} back on the shelf")}
                </button>
            </li>
        }
    };
    view! {
        <div class="step-body">
            <h1>"Put these back on the shelf"</h1>
            <p class="note warn"><Icon name="package-x" />
                <span>"This order was cancelled or does not need these units."</span></p>
            <p class="armed"><Icon name="scan-barcode" />"Scan each unit as you put it back"</p>
            <ul class="rows">{move || lines.get().into_iter().map(row).collect_view()}</ul>
        </div>
    }
}
