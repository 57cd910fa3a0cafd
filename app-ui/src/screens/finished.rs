//! Nothing is left to do here: what became of it, and the way on.

use app_ui::truth::sent_words;
use domain::bridge::Sent;
use leptos::prelude::*;

use super::{claim::units_words, queue::first_upper};
use crate::{
    components::{icon::Icon, parts::SentMark},
    state::{Place, app},
};

/// The last screen of a fulfillment.
#[component]
pub fn FinishedStep() -> impl IntoView {
    let app = app();
    let card = Memo::new(move |_| app.of_work(|work| Some(work.card.clone())));
    let short = move || app.of_work(|work| work.lines.iter().map(|line| line.short).sum::<u32>());
    view! {
        <div class="step-body finished" data-test="finished">
            {move || card.get().map(|card| view! {
                <span class="finished-mark"><Icon name="package-check" /></span>
                <h1>{first_upper(&card.stage_words)}</h1>
                <p>{format!("{} · {}", card.short_code, units_words(card.units))}</p>
                {(short() > 0).then(|| view! {
                    <p class="note warn"><Icon name="package-x" /><span>{units_words(short())}" not found here."</span></p>
                })}
                <SentMark sent=card.sent />
                <p class="quiet-text">{match card.sent {
                    Sent::Confirmed => "The server has it.".to_owned(),
                    Sent::DoneHere => format!("{}: it is on this tablet and will be sent.", sent_words(card.sent)),
                    Sent::NeedsYou => "Look at Needs you.".to_owned(),
                }}</p>
            })}
        </div>
        <div class="actions">
            <button class="button primary big" data-primary="" data-test="next-work"
                on:click=move |_| app.open(Place::Queue)>
                <Icon name="list" />"Back to the queue"
            </button>
        </div>
    }
}
