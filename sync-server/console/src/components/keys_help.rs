//! The list of keys.

use leptos::prelude::*;

use console::nav;

use super::Dialog;
use crate::session::Console;

const KEYS: [(&str, &str); 7] = [
    ("Ctrl K", "Find a page, an order, a store or an item"),
    ("/", "Search on this page"),
    ("j", "Next row"),
    ("k", "Previous row"),
    ("Enter", "Open the row"),
    ("e", "Use the lever of the row or the page"),
    ("?", "This list"),
];

/// The dialog.
#[component]
pub fn KeysHelp(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let console = Console::here();
    let places =
        move || console.operator().map(|operator| nav::places(&operator)).unwrap_or_default();
    view! {
        <Dialog open=open label="Keys">
            <h2>"Keys"</h2>
            <dl class="keys">
                {KEYS.map(|(key, what)| view! { <dt><kbd>{key}</kbd></dt><dd>{what}</dd> }).collect_view()}
                {places().into_iter().map(|place| view! {
                    <dt><kbd>"g"</kbd>" "<kbd>{place.key}</kbd></dt>
                    <dd>"Go to " {place.words}</dd>
                }).collect_view()}
            </dl>
            <div class="dialog-levers">
                <button class="button" on:click=move |_| open.set(false)>"Close"</button>
            </div>
        </Dialog>
    }
}
