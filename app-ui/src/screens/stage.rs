//! Put packages into slots: scan the slot, or tap the one proposed.

use domain::{
    bridge::{Action, WorkPackage},
    ids::SlotId,
};
use leptos::prelude::*;

use super::label::LabelRow;
use crate::{components::icon::Icon, state::app};
use app_ui::tones::Tone;

/// The stage screen.
#[component]
pub fn StageStep() -> impl IntoView {
    let app = app();
    let packages = Memo::new(move |_| {
        let all = app.of_work(|work| work.packages.clone());
        all.into_iter().filter(|package| !package.gone).collect::<Vec<_>>()
    });
    let next = Memo::new(move |_| packages.get().into_iter().find(|p| p.slot.is_none()));
    let proposal = Memo::new(move |_| app.of_work(|work| work.slot_proposal.clone()));
    let put = move |slot: SlotId| {
        if let Some(package) = next.get_untracked() {
            app.act(Action::Stage { package: package.package, slot });
        }
    };
    let typed = RwSignal::new(String::new());
    let put_typed = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match SlotId::new(typed.get_untracked().trim().to_uppercase()) {
            Ok(slot) => {
                typed.set(String::new());
                put(slot);
            }
            Err(wrong) => app.say(Tone::Refused, &wrong.to_string(), "Read it from the slot."),
        }
    };
    let heading = move || match next.get() {
        Some(package) => format!("Put package {} into a slot", package.number),
        None => "Everything is in its slot".into(),
    };
    view! {
        <div class="step-body">
            <h1>{heading}</h1>
            {move || match proposal.get() {
                Some(slot) => {
                    let (words, test) = (slot.to_string(), format!("slot-{slot}"));
                    view! {
                        <button class="slot" data-primary="" data-test=test
                            on:click=move |_| put(slot.clone())>
                            <span class="quiet-text">"Put it here"</span>
                            <b class="slot-name">{words}</b>
                            <span class="slot-do"><Icon name="check" />"Tap when it is there, or scan the slot"</span>
                        </button>
                    }.into_any()
                }
                None => view! {
                    <p class="note warn"><Icon name="map-pin" />
                        <span>"No slot is free. Choose a place and scan or type its name."</span></p>
                }.into_any(),
            }}
            <p class="armed"><Icon name="scan-barcode" />"Any other slot: scan it"</p>
            <form class="inline-form" on:submit=put_typed>
                <label class="field">
                    <span>"Slot that cannot be scanned"</span>
                    <input data-test="slot-input" autocomplete="off" autocapitalize="characters"
                        prop:value=move || typed.get()
                        on:input=move |event| typed.set(event_target_value(&event)) />
                </label>
                <button class="button" data-test="slot-enter"
                    disabled=move || typed.with(|typed| typed.trim().is_empty())>"Put it there"</button>
            </form>
            <ul class="rows">
                {move || packages.get().into_iter().map(|package| view! { <StageRow package /> }).collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn StageRow(package: WorkPackage) -> impl IntoView {
    let slot = package.slot.as_ref().map(ToString::to_string);
    view! {
        {slot.map(|slot| view! {
            <li class="row staged" aria-hidden="true">
                <span class="mark"><Icon name="map-pin" />"In "{slot}</span>
            </li>
        })}
        <LabelRow package />
    }
}
