//! Give packages to the carrier: scan each one out.

use domain::bridge::{Action, WorkPackage};
use leptos::prelude::*;

use super::claim::units_words;
use crate::{components::icon::Icon, state::app};
use app_ui::tones::Tone;

/// The carrier screen.
#[component]
pub fn CarrierStep() -> impl IntoView {
    let app = app();
    let packages = Memo::new(move |_| app.of_work(|work| work.packages.clone()));
    let waiting = move || packages.get().iter().filter(|package| !package.gone).count();
    let carrier = RwSignal::new(app.prefs.with_untracked(|prefs| prefs.carrier.clone()));
    let heading = move || match waiting() {
        1 => "Give 1 package to the carrier".to_owned(),
        waiting => format!("Give {waiting} packages to the carrier"),
    };
    view! {
        <div class="step-body">
            <h1>{heading}</h1>
            <p class="armed"><Icon name="scan-barcode" />"Scan each package as the driver takes it"</p>
            <label class="field">
                <span>"Carrier"</span>
                <input data-test="carrier" autocomplete="off" prop:value=move || carrier.get()
                    placeholder="Name on the van"
                    on:input=move |event| carrier.set(event_target_value(&event)) />
            </label>
            <ul class="rows">
                {move || packages.get().into_iter().map(|package| view! { <CarrierRow package carrier /> }).collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn CarrierRow(package: WorkPackage, carrier: RwSignal<String>) -> impl IntoView {
    let app = app();
    let id = package.package;
    let give = move |_| {
        let name = carrier.get_untracked().trim().to_owned();
        if name.is_empty() {
            app.say(Tone::Refused, "Which carrier is it?", "Type the name on the van.");
            return;
        }
        app.prefs.update(|prefs| prefs.carrier.clone_from(&name));
        app.act(Action::ScanOut { package: id, carrier: name });
    };
    let slot = package.slot.as_ref().map(|slot| format!("Slot {slot}"));
    view! {
        <li class="row" data-test=format!("package-{}", package.number)>
            <span class="row-words">
                <b>{format!("Package {}", package.number)}</b>
                <span class="quiet-text">{units_words(package.units)}" "{slot}</span>
                <span class="quiet-text sscc">{package.sscc.clone()}</span>
            </span>
            {if package.gone {
                view! { <span class="mark"><Icon name="circle-check" />"With the carrier"</span> }.into_any()
            } else {
                view! {
                    <button class="button primary" data-primary="" data-test=format!("scan-out-{}", package.number)
                        on:click=give><Icon name="truck" />"Driver has it"</button>
                }.into_any()
            }}
        </li>
    }
}
