//! Print labels. A printer in trouble never stops the work: one goes on, the label waits.

use domain::{
    bridge::{Action, LabelForm, LabelState, PreviewLabel, WorkPackage},
    fulfillment::Method,
    ids::{FulfillmentId, PackageId},
};
use leptos::{prelude::*, task::spawn_local};

use super::{claim::units_words, pack::Packed};
use crate::{
    bridge,
    components::icon::Icon,
    state::{Loaded, Place, app},
};

/// The label that this order's packages carry.
pub fn form() -> LabelForm {
    match app().of_work(|work| Some(work.card.method)) {
        Some(Method::Pickup) => LabelForm::Staging,
        _ => LabelForm::Logistic,
    }
}

/// The label screen.
#[component]
pub fn LabelStep(without_paper: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let packages = Memo::new(move |_| {
        let all = app.of_work(|work| work.packages.clone());
        all.into_iter().filter(|package| !package.gone).collect::<Vec<_>>()
    });
    let next = Memo::new(move |_| {
        let packages = packages.get();
        let waits = |p: &&WorkPackage| p.labels_printed == 0 && p.label != LabelState::Waiting;
        packages.iter().find(waits).or(packages.first()).cloned()
    });
    let id = move || app.of_work(|work| Some(work.card.fulfillment));
    let print = move |_| {
        if let Some(package) = next.get_untracked() {
            app.act(Action::Print { package: package.package, form: form() });
        }
    };
    let words = move || match next.get() {
        Some(package) if package.labels_printed == 0 && package.label == LabelState::None => {
            format!("Print the label of package {}", package.number)
        }
        Some(package) => format!("Print package {} again", package.number),
        None => "Print".into(),
    };
    view! {
        <div class="step-body label-step">
            <h1>"Print the label"</h1>
            {move || next.get().map(|package| package.package).zip(id()).map(|(package, id)| view! {
                <Preview fulfillment=id package />
            })}
            <ul class="rows">
                {move || packages.get().into_iter().map(|package| view! { <LabelRow package /> }).collect_view()}
            </ul>
            <PrinterTrouble packages />
            <Packed />
        </div>
        <div class="actions">
            <button class="button" data-test="label-later" on:click=move |_| without_paper.set(true)>
                <Icon name="arrow-right" />"Go on, label later"
            </button>
            <button class="button primary big" data-primary="" data-test="print" aria-keyshortcuts="Alt+P"
                disabled=move || next.get().is_none() on:click=print>
                <Icon name="printer" />{words}
            </button>
        </div>
    }
}

/// The label as it will come out.
#[component]
fn Preview(fulfillment: FulfillmentId, package: PackageId) -> impl IntoView {
    let picture = RwSignal::new(Loaded::Waiting);
    let form = form();
    spawn_local(async move {
        let shown = match bridge::call(&PreviewLabel { fulfillment, package, form }).await {
            Ok(preview) => Loaded::Ready(preview.svg),
            Err(failed) => Loaded::Failed(failed),
        };
        picture.try_set(shown);
    });
    // An image draws nothing but itself: customer text in it can never become part of the page.
    let source = |svg: &str| {
        format!("data:image/svg+xml,{}", String::from(js_sys::encode_uri_component(svg)))
    };
    view! {
        <figure class="label-preview" data-test="label-preview">
            {move || match picture.get() {
                Loaded::Ready(svg) => view! { <img src=source(&svg) alt="The label as it will come out" /> }.into_any(),
                Loaded::Failed(failed) => view! { <p class="quiet-text">{failed.sentence()}</p> }.into_any(),
                Loaded::Waiting => view! { <p class="quiet-text">"Drawing…"</p> }.into_any(),
            }}
        </figure>
    }
}

/// One package and where its label is.
#[component]
pub fn LabelRow(package: WorkPackage) -> impl IntoView {
    let app = app();
    let (id, number) = (package.package, package.number);
    let (icon, words, name) = match package.label {
        LabelState::Waiting => ("clock", "On its way to the printer", "waiting"),
        LabelState::Failed => ("circle-alert", "The printer needs a look", "failed"),
        _ if package.labels_printed > 0 => ("circle-check", "Printed", "printed"),
        LabelState::Printed => ("circle-check", "Printed", "printed"),
        LabelState::None => ("printer", "Not printed yet", "none"),
    };
    let again = (package.labels_printed > 0 || package.label != LabelState::None).then(|| {
        view! {
            <button class="button quiet" data-test=format!("reprint-{number}")
                on:click=move |_| app.act(Action::Print { package: id, form: form() })>
                <Icon name="printer" />"Print again"
            </button>
        }
    });
    view! {
        <li class="row" data-test=format!("package-{number}") data-label=name>
            <span class="row-words">
                <b>{format!("Package {number}")}</b>
                <span class="quiet-text">{units_words(package.units)}</span>
                <span class="quiet-text sscc">{package.sscc.clone()}</span>
            </span>
            <span class="mark" data-label=name><Icon name=icon />{words}</span>
            {again}
        </li>
    }
}

/// What to do when paper does not come.
#[component]
fn PrinterTrouble(packages: Memo<Vec<WorkPackage>>) -> impl IntoView {
    let app = app();
    let failed = move || packages.get().iter().any(|p| p.label == LabelState::Failed);
    move || {
        failed().then(|| view! {
        <p class="note warn" data-test="printer-trouble">
            <Icon name="printer" />
            <span><b>"The printer does not answer."</b>
                " The label waits in the print queue. Write the short code on the package and go on."</span>
            <button class="button" data-test="printers-open" on:click=move |_| app.open(Place::Settings)>"Printers"</button>
        </p>
    })
    }
}
