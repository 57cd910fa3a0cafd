//! Scanner set-up: what it sends, key by key, and the barcodes that press buttons.

use app_ui::{bars, control::Control, wedge::GS};
use leptos::prelude::*;

use super::settings::Choice;
use crate::{components::icon::Icon, state::app};

/// Keys that the viewer keeps.
const KEYS_SHOWN: usize = 24;

/// The scanner's part of the settings.
#[component]
pub fn ScannerTest() -> impl IntoView {
    let app = app();
    let testing = RwSignal::new(false);
    let toggle = move |_| testing.update(|testing| *testing = !*testing);
    let us = Callback::new(move |us| app.prefs.update(|prefs| prefs.scanner_us = us));
    let gs = Callback::new(move |key| app.prefs.update(|prefs| prefs.scanner_gs_key = key));
    view! {
        <section class="card setting" aria-label="Scanner">
            <h2><Icon name="scan-barcode" />"Scanner"</h2>
            <p class="quiet-text">"Set the scanner to keyboard mode, suffix Enter (CR), GS as Ctrl+]."</p>
            <Choice label="Keyboard layout" test="layout" set=us
                value=Signal::derive(move || app.prefs.with(|prefs| prefs.scanner_us))
                options=vec![(false, "As the tablet"), (true, "US scanner")] />
            <Choice label="GS arrives as" test="gs" set=gs
                value=Signal::derive(move || app.prefs.with(|prefs| prefs.scanner_gs_key.clone()))
                options=vec![(String::new(), "Ctrl ]"), ("F8".into(), "F8"), ("F9".into(), "F9")] />
            <button class="button" data-test="scanner-test" on:click=toggle
                aria-pressed=move || if testing.get() { "true" } else { "false" }>
                <Icon name="scan-line" />
                {move || if testing.get() { "Stop the test" } else { "Test the scanner" }}
            </button>
            {move || testing.get().then(|| view! { <Viewer /> })}
            <details class="controls">
                <summary class="button quiet">"Barcodes that press buttons"</summary>
                <div class="control-sheet">
                    {Control::ALL.map(|control| view! { <ControlCode control /> }).collect_view()}
                </div>
            </details>
        </section>
    }
}

/// Every key as it comes, and the scan they made.
#[component]
fn Viewer() -> impl IntoView {
    let app = app();
    let keys = RwSignal::new(Vec::<String>::new());
    let read = RwSignal::new(None::<String>);
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        keys.update(|keys| {
            let ctrl = if event.ctrl_key() { "Ctrl+" } else { "" };
            keys.push(format!("{ctrl}{}", event.key()));
            let extra = keys.len().saturating_sub(KEYS_SHOWN);
            keys.drain(..extra);
        });
    });
    app.scans_to.set(Some(Callback::new(move |text| read.set(Some(text)))));
    on_cleanup(move || {
        handle.remove();
        app.scans_to.set(None);
    });
    let shown =
        move || read.get().map_or_else(|| "Scan something".into(), |text| text.replace(GS, "⟨GS⟩"));
    view! {
        <div class="viewer">
            <output class="viewer-scan" data-test="scanner-read">{shown}</output>
            <p class="viewer-keys" data-test="scanner-keys">
                {move || keys.get().into_iter().map(|key| view! { <kbd>{key}</kbd> }).collect_view()}
            </p>
        </div>
    }
}

#[component]
fn ControlCode(control: Control) -> impl IntoView {
    let (bars, width) = bars::code_39(control.code()).unwrap_or_default();
    let drawn =
        bars.into_iter().map(|bar| view! { <rect x=bar.x y="0" width=bar.width height="40" /> });
    // A quiet zone of ten narrow elements on each side, as the symbology asks for.
    let frame = format!("-10 -4 {} 48", width + 20);
    view! {
        <figure class="control">
            <svg class="control-bars" viewBox=frame role="img" aria-label=control.code()>
                {drawn.collect_view()}
            </svg>
            <figcaption>{control.words()}</figcaption>
        </figure>
    }
}
