//! The few things that are asked of the browser's window and document directly.

use wasm_bindgen::{JsCast as _, JsValue, prelude::Closure};
use web_sys::{Document, HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition, Window};

pub fn window() -> Window {
    web_sys::window().expect("the program runs in a page")
}

pub fn document() -> Document {
    window().document().expect("a page has a document")
}

/// Names the tab.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} · Stockhand"));
}

/// Moves the focus to the first element that the selector finds; whether there was one.
pub fn focus(selector: &str) -> bool {
    let found = document().query_selector(selector).ok().flatten();
    let element = found.and_then(|element| element.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| element.focus().is_ok())
}

/// Everything that the selector finds, in the order of the page.
pub fn all(selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|i| found.get(i)?.dyn_into().ok()).collect()
}

/// Whether the page can be seen.
pub fn is_visible() -> bool {
    !document().hidden()
}

/// The reader's language, as `en-US`.
pub fn language() -> String {
    window().navigator().language().unwrap_or_else(|| "en".to_owned())
}

/// What the browser remembers under a name.
pub fn remembered(name: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(name).ok().flatten()
}

/// Has the browser remember something; one that refuses (private windows) costs only the memory.
pub fn remember(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _refused = storage.set_item(name, text);
    }
}

/// Calls `then` every time that the page is seen again.
pub fn on_seen_again(then: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn(JsValue)>::new(move |_| {
        if is_visible() {
            then();
        }
    });
    let target = document();
    let added = target
        .add_event_listener_with_callback("visibilitychange", listener.as_ref().unchecked_ref());
    debug_assert!(added.is_ok());
    // For as long as the page lives.
    listener.forget();
}

/// Scrolls as little as shows the first element that the selector finds.
pub fn bring(selector: &str) {
    if let Ok(Some(found)) = document().query_selector(selector) {
        let least = ScrollIntoViewOptions::new();
        least.set_block(ScrollLogicalPosition::Nearest);
        least.set_inline(ScrollLogicalPosition::Nearest);
        found.scroll_into_view_with_scroll_into_view_options(&least);
    }
}
