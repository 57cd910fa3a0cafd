//! Printers of this tablet, and the labels that are not surely on paper.

use domain::bridge::{
    Connection, PrintChoice, PrintEntry, PrintState, Printer, Printing, SetPrinter, SettlePrint,
};
use leptos::prelude::*;

use super::{enrol::Field, settings::Choice};
use crate::{
    bridge,
    components::icon::Icon,
    state::{App, Loaded, app},
};
use app_ui::tones::Tone;

/// The printers' part of the settings.
#[component]
pub fn Printers() -> impl IntoView {
    let app = app();
    let adding = RwSignal::new(false);
    view! {
        <section class="card setting wide" aria-label="Printers" data-test="printers">
            <h2><Icon name="printer" />"Printers"</h2>
            {move || match app.printing.get() {
                Loaded::Waiting => view! { <p class="quiet-text">"Loading…"</p> }.into_any(),
                Loaded::Failed(failed) => view! { <p class="note bad">{failed.sentence()}" "{failed.next_action()}</p> }.into_any(),
                Loaded::Ready(printing) => view! { <List printing /> }.into_any(),
            }}
            {move || if adding.get() {
                view! { <Add adding /> }.into_any()
            } else {
                view! {
                    <button class="button" data-test="printer-add" on:click=move |_| adding.set(true)>
                        <Icon name="plus" />"Add or change a printer"</button>
                }.into_any()
            }}
        </section>
    }
}

#[component]
fn List(printing: Printing) -> impl IntoView {
    let none = printing.printers.is_empty();
    let printer = |(index, printer): (usize, Printer)| {
        let address = match printer.connection {
            Connection::Raw { address } => format!("raw · {address}"),
            Connection::Ipp { uri } => uri,
        };
        view! {
            <li class="row">
                <span class="row-words"><b>{printer.name}</b>
                    <span class="quiet-text">{address}" · "{printer.dpi}" dpi"</span></span>
                {(index == 0).then(|| view! { <span class="mark"><Icon name="circle-check" />"Prints"</span> })}
            </li>
        }
    };
    view! {
        {none.then(|| view! { <p class="quiet-text">"No printer is set up. Labels wait until there is one."</p> })}
        <ul class="rows">{printing.printers.into_iter().enumerate().map(printer).collect_view()}</ul>
        <ul class="rows" data-test="print-queue">
            {printing.entries.into_iter().map(|entry| view! { <QueueRow entry /> }).collect_view()}
        </ul>
    }
}

#[component]
fn QueueRow(entry: PrintEntry) -> impl IntoView {
    let (icon, words, name) = match entry.state {
        PrintState::Waiting => ("clock", "Waiting for the printer", "waiting"),
        PrintState::Printed => ("circle-check", "Printed", "printed"),
        PrintState::Unsure => ("circle-alert", "Did it come out?", "unsure"),
        PrintState::GivenUp => ("x", "Given up", "given_up"),
    };
    let number = entry.entry;
    let button = move |choice: PrintChoice, words: &'static str, test: &'static str| {
        view! {
            <button class="button quiet" data-test=test on:click=move |_| settle(number, choice)>{words}</button>
        }
    };
    let open = matches!(entry.state, PrintState::Waiting | PrintState::Unsure);
    view! {
        <li class="row" data-test="print-entry" data-state=name>
            <span class="row-words"><b>{entry.what}</b>
                <span class="mark" data-label=name><Icon name=icon />{words}</span>
                <span class="quiet-text">{entry.error}</span></span>
            <span class="row-do">
                {button(PrintChoice::Again, "Print again", "print-again")}
                {open.then(|| button(PrintChoice::CameOut, "It came out", "print-came-out"))}
                {open.then(|| button(PrintChoice::GiveUp, "Not needed", "print-give-up"))}
            </span>
        </li>
    }
}

fn settle(entry: u64, choice: PrintChoice) {
    send(app(), SettlePrint { entry, choice }, |_| {});
}

fn send<C>(app: App, call: C, then: impl FnOnce(bool) + 'static)
where
    C: domain::bridge::Call<Reply = Printing> + 'static,
{
    leptos::task::spawn_local(async move {
        match bridge::call(&call).await {
            Ok(printing) => {
                app.printing.set(Loaded::Ready(printing));
                then(true);
            }
            Err(failed) => {
                app.fail(&failed);
                then(false);
            }
        }
    });
}

/// A new printer, or new facts about a known one.
#[component]
fn Add(adding: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let (name, address) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (raw, dpi) = (RwSignal::new(true), RwSignal::new(203_u16));
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = address.get_untracked().trim().to_owned();
        let connection = if raw.get_untracked() {
            Connection::Raw { address: text }
        } else {
            Connection::Ipp { uri: text }
        };
        let name = name.get_untracked().trim().to_owned();
        let printer = Printer { name, connection, dpi: dpi.get_untracked() };
        send(app, SetPrinter { printer }, move |done| {
            if done {
                app.say(Tone::Accepted, "The printer is set up.", "");
                adding.set(false);
            }
        });
    };
    let off = move || [name, address].iter().any(|text| text.with(|text| text.trim().is_empty()));
    view! {
        <form class="form" data-wedge="off" on:submit=add>
            <Choice label="How is it connected?" test="printer-via" value=raw set=Callback::new(move |on| raw.set(on))
                options=vec![(true, "Raw (port 9100)"), (false, "IPP")] />
            <Field label="Name" test="printer-name" text=name hint="Counter printer" />
            <Field label="Address" test="printer-address" text=address hint="192.168.1.40:9100 or ipp://printer:631/ipp/print" />
            <Choice label="Dots per inch" test="printer-dpi" value=dpi set=Callback::new(move |d| dpi.set(d))
                options=vec![(203, "203"), (300, "300")] />
            <div class="form-do">
                <button type="button" class="button quiet" on:click=move |_| adding.set(false)>"Cancel"</button>
                <button class="button primary" data-test="printer-save" disabled=off>"Save printer"</button>
            </div>
        </form>
    }
}
