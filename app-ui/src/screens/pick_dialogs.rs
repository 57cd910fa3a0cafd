//! The three dialogs of the pick screen: cannot find it, an unreadable barcode, several at once.

use app_ui::words::dotted;
use domain::{
    bridge::{Action, WorkLine},
    command::ShortReason,
};
use leptos::prelude::*;

use super::claim::units_words;
use crate::{
    components::{dialog::Dialog, icon::Icon, parts::Stepper},
    state::app,
};

/// How many are missing, and why. Closes by itself when a scan finds the last unit.
#[component]
pub fn ShortDialog(open: RwSignal<bool>, line: Memo<Option<WorkLine>>) -> impl IntoView {
    view! {
        <Dialog open heading="Can’t find it" test="short-dialog">
            {move || line.get().map(|line| view! { <Missing open line /> })}
        </Dialog>
    }
}

#[component]
fn Missing(open: RwSignal<bool>, line: WorkLine) -> impl IntoView {
    let app = app();
    let units = RwSignal::new(line.left);
    let reasons = app.of_work(|work| work.short_reasons.clone());
    let (number, left) = (line.line, line.left);
    let button = move |(reason, words): (ShortReason, String)| {
        let short = move |_| {
            let units = units.get_untracked();
            app.act_then(Action::Short { line: number, units, reason }, move |done| {
                if done {
                    open.set(false);
                }
            });
        };
        view! {
            <button class="button big reason" data-test=reason_test(reason) on:click=short>
                <Icon name="package-x" />{words}
            </button>
        }
    };
    view! {
        <p class="dialog-lead">{dotted(&[&line.name, &line.size])}</p>
        {(left > 1).then(|| view! {
            <p>"How many are missing?"</p>
            <Stepper value=units min=1 max=left label="Units missing" test="short-units" />
        })}
        <p>{move || format!("Why? {} will be taken off this order.", units_words(units.get()))}</p>
        <div class="reasons">{reasons.into_iter().map(button).collect_view()}</div>
    }
}

const fn reason_test(reason: ShortReason) -> &'static str {
    match reason {
        ShortReason::NotOnShelf => "reason-not_on_shelf",
        ShortReason::Damaged => "reason-damaged",
        ShortReason::DisplayPiece => "reason-display_piece",
        ShortReason::Mismatch => "reason-mismatch",
    }
}

/// The digits under a barcode that cannot be read.
#[component]
pub fn TypeDialog(open: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let text = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = text.get_untracked().trim().to_owned();
        if typed.is_empty() {
            return;
        }
        text.set(String::new());
        app.act_then(Action::Scan { text: typed, typed: true }, move |done| {
            if done {
                open.set(false);
            }
        });
    };
    view! {
        <Dialog open heading="Type the barcode" test="type-dialog">
            <form class="form" on:submit=send>
                <label class="field">
                    <span>"The digits under the bars, or the item number"</span>
                    <input data-test="scan-input" inputmode="numeric" autocomplete="off" autofocus
                        spellcheck="false" prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event)) />
                </label>
                <button class="button primary big" data-primary="" data-test="scan-enter"
                    disabled=move || text.with(|text| text.trim().is_empty())>
                    <Icon name="check" />"Pick it"
                </button>
            </form>
        </Dialog>
    }
}

/// Several units of the item shown.
#[component]
pub fn QuantityDialog(open: RwSignal<bool>, line: Memo<Option<WorkLine>>) -> impl IntoView {
    view! {
        <Dialog open heading="Pick several" test="quantity-dialog">
            {move || line.get().map(|line| view! { <Several open line /> })}
        </Dialog>
    }
}

#[component]
fn Several(open: RwSignal<bool>, line: WorkLine) -> impl IntoView {
    let app = app();
    let units = RwSignal::new(line.left);
    let number = line.line;
    let pick = move |_| {
        let units = units.get_untracked();
        app.act_then(Action::Pick { line: number, units }, move |done| {
            if done {
                open.set(false);
            }
        });
    };
    view! {
        <p class="dialog-lead">{dotted(&[&line.name, &line.size])}</p>
        <p>"Check that each one is the same item. How many are in your hand?"</p>
        <Stepper value=units min=1 max=line.left label="Units picked" test="quantity" />
        <button class="button primary big" data-primary="" data-test="quantity-enter" on:click=pick>
            <Icon name="check" />{move || format!("Pick {}", units_words(units.get()))}
        </button>
    }
}
