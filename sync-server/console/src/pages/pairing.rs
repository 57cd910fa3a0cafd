//! Adds a tablet: choose the store, get a code, watch the tablet arrive.

use std::{collections::HashSet, time::Duration};

use domain::{
    api::{DeviceRow, NewPairingCode, PairingCode},
    ids::{DeviceId, LocationId},
};
use leptos::{prelude::*, task::spawn_local};

use console::ago;

use crate::{
    api, clock,
    components::{Icon, LocationPicker},
    rows::Rows,
    session::Console,
};

/// A code, and the tablets that were there when it was made.
#[derive(Debug, Clone, PartialEq)]
struct Made {
    code: PairingCode,
    known: HashSet<DeviceId>,
}

/// The panel.
#[component]
pub fn Pairing(
    /// The tablets there are.
    rows: Rows<DeviceRow>,
    /// The store to begin with, as the URL says; may be empty.
    location: String,
    /// Where to go when it is done.
    close: String,
) -> impl IntoView {
    let console = Console::here();
    let store =
        RwSignal::new(location.parse::<LocationId>().ok().or_else(|| console.own_location()));
    let made = RwSignal::new(None::<Made>);
    let refused = RwSignal::new(None::<String>);
    let make = Callback::new(move |()| {
        let Some(location) = store.get_untracked() else {
            refused.set(Some("Choose the store first.".to_owned()));
            return;
        };
        spawn_local(async move {
            let body = NewPairingCode { location };
            match api::post::<PairingCode>(console, "/api/v1/devices/pairing-codes", &body).await {
                Ok(code) => {
                    let known = untrack(|| rows.latest().iter().map(|row| row.id).collect());
                    refused.set(None);
                    made.set(Some(Made { code, known }));
                }
                Err(failure) => {
                    refused.set(Some(format!("{} {}", failure.title(), failure.advice())));
                }
            }
        });
    });
    view! {
        <section class="card pairing" aria-labelledby="pairing">
            <header class="card-head">
                <h2 id="pairing">"Add a tablet"</h2>
                <a class="button small card-head-end" href=close>"Close"</a>
            </header>
            <Show when=move || console.own_location().is_none()>
                <LocationPicker
                    id="pairing-location" label="Where it will work" empty="Name, number or city" chosen=store
                    on_choose=move |chosen| { store.set(chosen); made.set(None); }
                />
            </Show>
            <p class="field-error" role="alert">{move || refused.get()}</p>
            {move || match made.get() {
                None => view! {
                    <button class="button primary" data-test="make-pairing-code" on:click=move |_| make.run(())>
                        <Icon name="qr-code"/>"Make a code"
                    </button>
                }.into_any(),
                Some(made) => view! { <Code made=made rows=rows make=make/> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Code(made: Made, rows: Rows<DeviceRow>, make: Callback<()>) -> impl IntoView {
    let now_ms = RwSignal::new(clock::now_ms());
    let second =
        set_interval_with_handle(move || now_ms.set(clock::now_ms()), Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(second) = second {
            second.clear();
        }
    });
    let until_ms = made.code.expires_at.0;
    let expired = Memo::new(move |_| now_ms.get() >= until_ms);
    let (location, known) = (made.code.location.clone(), made.known);
    let arrived = Memo::new(move |_| {
        let is_new = |row: &DeviceRow| row.location == location && !known.contains(&row.id);
        rows.latest().into_iter().find(is_new).map(|row| row.name)
    });
    let (code, qr) = (made.code.code, made.code.qr_svg);
    view! {
        <div role="status">
            {move || arrived.get().map(|name| view! {
                <p class="callout" data-tone="good" data-test="paired"><Icon name="circle-check"/>{format!("{name} has arrived. It is fetching the store's work now.")}</p>
            })}
        </div>
        <Show when=move || arrived.get().is_none() && !expired.get()>
            <div class="pairing-code">
                // Drawn by our own server and never made of what anybody typed.
                <div class="qr" role="img" aria-label="The address and the code as a QR symbol" inner_html=qr.clone()></div>
                <div>
                    <p>"On the tablet, open Stockhand, then scan this or type the code:"</p>
                    <p class="pairing-figure select-all" data-test="pairing-code">{code.clone()}</p>
                    <p class="quiet">
                        "It can be used once, within "
                        <span class="countdown" role="timer">{move || ago::countdown(until_ms, now_ms.get())}</span>
                        " minutes. The tablet appears below as soon as it has used it."
                    </p>
                </div>
            </div>
        </Show>
        <Show when=move || arrived.get().is_none() && expired.get()>
            <p role="alert">"The code has expired."</p>
        </Show>
        <Show when=move || arrived.get().is_some() || expired.get()>
            <button class="button primary" on:click=move |_| make.run(())><Icon name="refresh-cw"/>"Make another code"</button>
        </Show>
    }
}
