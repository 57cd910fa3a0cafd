//! The keys that work on every page.
//!
//! | key | what |
//! |---|---|
//! | `Ctrl+K` | the palette |
//! | `/` | the search of the page |
//! | `j`, `k` | the next and the previous row |
//! | `e` | the lever of the row, else of the page |
//! | `g` and a letter | a place |
//! | `?` | this list |
//!
//! Rows and levers are found by attribute (`data-row`, `data-act`, `data-search`), so a page only has
//! to mark them.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use console::nav;

use crate::{browser, session::Console};

/// What the keys open.
#[derive(Debug, Clone, Copy)]
pub struct Overlays {
    /// The palette.
    pub palette: RwSignal<bool>,
    /// The list of keys.
    pub help: RwSignal<bool>,
}

/// Begins to listen.
pub fn listen(overlays: Overlays) {
    let console = Console::here();
    let go = use_navigate();
    let after_g = StoredValue::new(false);
    let listener = window_event_listener(ev::keydown, move |event| {
        if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
            event.prevent_default();
            overlays.palette.update(|open| *open = !*open);
            return;
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_taken(&event) {
            return;
        }
        let was_g = after_g.get_value();
        after_g.set_value(event.key() == "g" && !was_g);
        if was_g {
            let places = console.operator().map(|operator| nav::places(&operator));
            let place = places.into_iter().flatten().find(|place| place.key == event.key());
            if let Some(place) = place {
                event.prevent_default();
                go(&place.href, NavigateOptions::default());
            }
            return;
        }
        if is_done(&event.key(), overlays) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

fn is_done(key: &str, overlays: Overlays) -> bool {
    match key {
        "/" => browser::focus("[data-search]"),
        "j" => step(1),
        "k" => step(-1),
        "e" => act(),
        "?" => {
            overlays.help.set(true);
            true
        }
        _ => false,
    }
}

/// Whether the key belongs to a field that is being typed in, or to an open dialog.
fn is_taken(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| {
        target
            .closest("input, select, textarea, dialog, [contenteditable]")
            .ok()
            .flatten()
            .is_some()
    })
}

fn active_row() -> Option<Element> {
    browser::document().active_element()?.closest("[data-row]").ok().flatten()
}

fn step(by: isize) -> bool {
    let rows = browser::all("[data-row]");
    let here = active_row()
        .and_then(|row| rows.iter().position(|other| other.is_same_node(Some(row.as_ref()))));
    let next = match here {
        Some(index) => index.saturating_add_signed(by).min(rows.len().saturating_sub(1)),
        None => 0,
    };
    let link = rows.get(next).and_then(|row| row.query_selector("a, button").ok().flatten());
    let link = link.and_then(|link| link.dyn_into::<HtmlElement>().ok());
    link.is_some_and(|link| link.focus().is_ok())
}

fn act() -> bool {
    let of_row = active_row().and_then(|row| row.query_selector("[data-act], a").ok().flatten());
    let of_page = || browser::document().query_selector("main [data-act]").ok().flatten();
    let lever = of_row.or_else(of_page).and_then(|lever| lever.dyn_into::<HtmlElement>().ok());
    lever.inspect(HtmlElement::click).is_some()
}
