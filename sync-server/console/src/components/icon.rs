//! Icons of `assets/icons`, compiled in. An icon always stands beside a word, so it is never read aloud.

use leptos::prelude::*;

macro_rules! icons {
    ($folder:literal: $($name:literal),* $(,)?) => {
        |name: &str| match name {
            $($name => Some(include_str!(concat!("../../../../assets/icons/", $folder, $name, ".svg"))),)*
            _ => None,
        }
    };
}

fn drawing(name: &str) -> Option<&'static str> {
    let find = icons!("": "arrow-left", "arrow-right", "box", "check", "chevron-right", "circle", "circle-alert",
        "circle-check", "clock", "copy", "external-link", "history", "house", "inbox", "info", "keyboard", "list", "lock", "log-out",
        "map-pin", "minus", "package", "package-check", "package-x", "plus", "qr-code", "refresh-cw", "search", "shopping-bag", "store",
        "sun",
        "tablet", "timer", "triangle-alert", "truck", "user", "wifi-off", "x");
    find(name)
}

/// The drawing of a good, by the glyph that an item's picture names.
pub fn good(glyph: &str) -> Option<&'static str> {
    let find = icons!("goods/": "apple", "baby", "banana", "bath", "battery", "bean", "beef", "bird", "cake",
        "candy", "car", "carrot", "cat", "cherry", "citrus", "coffee", "cookie", "croissant", "cup-soda",
        "dessert", "dog", "donut", "droplet", "drumstick", "egg", "fish", "flame", "flower-2", "gift",
        "glass-water", "grape", "ham", "heart-pulse", "ice-cream-cone", "leaf", "lollipop", "milk", "nut",
        "paperclip", "pill", "pizza", "popcorn", "salad", "sandwich", "scissors", "shirt",
        "shopping-basket", "snowflake", "soup", "spray-can", "sprout", "toilet", "utensils",
        "washing-machine", "wheat", "wrench");
    find(glyph)
}

/// One icon.
#[component]
pub fn Icon(
    /// Its name in `assets/icons`.
    name: &'static str,
) -> impl IntoView {
    let drawing = drawing(name);
    debug_assert!(drawing.is_some(), "no icon {name}");
    view! { <span class="icon" aria-hidden="true" inner_html=drawing.unwrap_or_default()></span> }
}
