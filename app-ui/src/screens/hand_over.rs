//! The customer is here: verify, fetch, sign, hand over.

use app_ui::strokes::Drawing;
use domain::{
    bridge::{Action, WorkPackage},
    measure::counted,
    people::Role,
};
use leptos::prelude::*;

use super::claim::units_words;
use crate::{
    components::{dialog::Dialog, icon::Icon, pad::Pad, signature::SignaturePad},
    state::app,
};

/// Digits of the code in the customer's message.
const CODE_LENGTH: usize = 6;

/// The handoff screen.
#[component]
pub fn HandOverStep() -> impl IntoView {
    let app = app();
    let verified = Memo::new(move |_| app.of_work(|work| work.code_verified));
    move || {
        if verified.get() { view! { <Give /> }.into_any() } else { view! { <Verify /> }.into_any() }
    }
}

/// Who is it: the code, scanned or said.
#[component]
fn Verify() -> impl IntoView {
    let app = app();
    let code = RwSignal::new(String::new());
    let overriding = RwSignal::new(false);
    let off = Signal::derive(move || code.with(String::len) != CODE_LENGTH);
    let check = Callback::new(move |()| {
        let code_said = code.get_untracked();
        code.set(String::new());
        app.act(Action::VerifyCode { code: code_said });
    });
    let take = move |event| {
        let digits: String = event_target_value(&event)
            .chars()
            .filter(char::is_ascii_digit)
            .take(CODE_LENGTH)
            .collect();
        code.set(digits);
    };
    view! {
        <div class="step-body verify">
            <div class="verify-words">
                <h1>"Ask for the pickup code"</h1>
                <p class="armed big-armed"><Icon name="qr-code" />"Scan the code on the customer’s phone"</p>
                <p class="quiet-text">"Works without network. Or type the six digits:"</p>
                <input class="code-input" data-test="code-input" inputmode="none" autocomplete="off"
                    aria-label="Six-digit pickup code" placeholder="······" maxlength="6"
                    prop:value=move || code.get() on:input=take
                    on:keydown=move |event| if event.key() == "Enter" && !off.get_untracked() {
                        check.run(());
                    } />
                <button class="button quiet" data-test="override-open" on:click=move |_| overriding.set(true)>
                    <Icon name="key-round" />"No code?"
                </button>
                <Fetch />
            </div>
            <Pad name="code" text=code max=CODE_LENGTH enter_words="Check" enter_off=off on_enter=check />
        </div>
        <Dialog open=overriding heading="Hand over without a code" test="override-dialog">
            <Override open=overriding />
        </Dialog>
    }
}

/// A lead vouches for the customer, with a reason.
#[component]
fn Override(open: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let reason = RwSignal::new(String::new());
    let is_lead = app.person().is_some_and(|person| Role::may_override_code(person.role));
    let vouch = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let reason = reason.get_untracked().trim().to_owned();
        app.act_then(Action::OverrideCode { reason }, move |done| {
            if done {
                open.set(false);
            }
        });
    };
    view! {
        {(!is_lead).then(|| view! {
            <p class="note warn"><Icon name="lock" />
                <span>"Only a lead or a manager can do this: let one sign in here."</span></p>
        })}
        <form class="form" on:submit=vouch>
            <label class="field">
                <span>"What did you look at? Never write down a document’s number."</span>
                <input data-test="override-reason" autocomplete="off" placeholder="Driving licence, name matches"
                    prop:value=move || reason.get()
                    on:input=move |event| reason.set(event_target_value(&event)) />
            </label>
            <button class="button primary big" data-primary="" data-test="override-enter"
                disabled=move || reason.with(|reason| reason.trim().is_empty())>
                <Icon name="check" />"I vouch for this customer"
            </button>
        </form>
    }
}

/// Where the packages are, in the order of the slots.
#[component]
fn Fetch() -> impl IntoView {
    let app = app();
    let places = Memo::new(move |_| waiting(app.of_work(|work| work.packages.clone())));
    let row = |package: WorkPackage| {
        view! {
            <li class="fetch-row">
                <b class="fetch-slot">{package.slot.map_or_else(|| "–".to_owned(), |slot| slot.to_string())}</b>
                <span>{format!("Package {} · {}", package.number, units_words(package.units))}</span>
            </li>
        }
    };
    view! {
        <section class="fetch" aria-label="Fetch from">
            <h2>"Fetch from"</h2>
            <ol data-test="fetch">{move || places.get().into_iter().map(row).collect_view()}</ol>
        </section>
    }
}

fn waiting(packages: Vec<WorkPackage>) -> Vec<WorkPackage> {
    let mut here: Vec<_> = packages.into_iter().filter(|package| !package.gone).collect();
    here.sort_by(|a, b| (&a.slot, a.number).cmp(&(&b.slot, b.number)));
    here
}

/// Fetch, sign, hand over.
#[component]
fn Give() -> impl IntoView {
    let app = app();
    let drawing = RwSignal::new(Drawing::default());
    let collector = RwSignal::new(String::new());
    let give = move |_| {
        let name = collector.get_untracked().trim().to_owned();
        app.act(Action::HandOver {
            collector: (!name.is_empty()).then_some(name),
            signature: drawing.with_untracked(Drawing::signature),
        });
    };
    let consequence = move || {
        let packages = app.of_work(|work| waiting(work.packages.clone()).len());
        let to = app.of_work(|work| work.customer.clone()).unwrap_or_else(|| "the customer".into());
        let what = counted(packages as u64, "package", "packages");
        format!("Hand over {what} to {to}")
    };
    view! {
        <div class="step-body give">
            <div>
                <h1>"Hand over"</h1>
                <p class="note good" data-test="code-verified"><Icon name="circle-check" />
                    <span><b>"Code verified."</b>" Fetch the packages and let the customer look."</span></p>
                <Fetch />
                <label class="field">
                    <span>"Someone else collects? Their name"</span>
                    <input data-test="collector" autocomplete="off" prop:value=move || collector.get()
                        on:input=move |event| collector.set(event_target_value(&event)) />
                </label>
            </div>
            <SignaturePad drawing />
        </div>
        <div class="actions">
            <button class="button primary big" data-primary="" data-test="hand-over" on:click=give>
                <Icon name="hand" />{consequence}
            </button>
        </div>
    }
}
