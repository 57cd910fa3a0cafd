//! The icons of the screens and the placeholder pictures of goods, by the names of their files.
//!
//! Draws nothing; an unknown name is an empty picture, never a panic.

macro_rules! drawings {
    ($folder:literal, $wanted:expr, $($name:literal,)*) => {
        match $wanted {
            $($name => Some(include_str!(concat!("../../assets/icons/", $folder, $name, ".svg"))),)*
            _ => None,
        }
    };
}

/// The drawing of an icon.
#[must_use]
pub fn icon(name: &str) -> Option<&'static str> {
    drawings!(
        "",
        name,
        "arrow-left",
        "arrow-right",
        "barcode",
        "box",
        "check",
        "chevron-down",
        "chevron-left",
        "chevron-right",
        "chevron-up",
        "circle-alert",
        "circle-check",
        "circle-x",
        "clock",
        "cloud-off",
        "hand",
        "history",
        "info",
        "inbox",
        "key-round",
        "keyboard",
        "list",
        "lock",
        "log-out",
        "map-pin",
        "minus",
        "moon",
        "package",
        "package-check",
        "package-open",
        "package-x",
        "pen",
        "plus",
        "printer",
        "qr-code",
        "refresh-cw",
        "scan-barcode",
        "scan-line",
        "search",
        "settings",
        "shopping-bag",
        "signature",
        "store",
        "sun",
        "tablet",
        "tag",
        "timer",
        "triangle-alert",
        "truck",
        "undo-2",
        "user",
        "users",
        "volume-2",
        "volume-x",
        "wifi",
        "wifi-off",
        "x",
    )
}

/// The drawing of an item's glyph, see [`crate::picture::Swatch`].
#[must_use]
pub fn goods(name: &str) -> Option<&'static str> {
    drawings!(
        "goods/",
        name,
        "apple",
        "baby",
        "banana",
        "bath",
        "battery",
        "bean",
        "beef",
        "bird",
        "cake",
        "candy",
        "car",
        "carrot",
        "cat",
        "cherry",
        "citrus",
        "coffee",
        "cookie",
        "croissant",
        "cup-soda",
        "dessert",
        "dog",
        "donut",
        "droplet",
        "drumstick",
        "egg",
        "fish",
        "flame",
        "flower-2",
        "gift",
        "glass-water",
        "grape",
        "ham",
        "heart-pulse",
        "ice-cream-cone",
        "leaf",
        "lollipop",
        "milk",
        "nut",
        "paperclip",
        "pill",
        "pizza",
        "popcorn",
        "salad",
        "sandwich",
        "scissors",
        "shirt",
        "shopping-basket",
        "snowflake",
        "soup",
        "spray-can",
        "sprout",
        "toilet",
        "utensils",
        "washing-machine",
        "wheat",
        "wrench",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_a_hidden_drawing_in_the_text_colour() {
        let drawing = icon("scan-barcode").expect("a file of that name");
        assert!(drawing.starts_with("<svg") && drawing.contains("currentColor"));
        assert!(drawing.contains("aria-hidden"), "a word always stands beside it");
        assert!(goods("milk").is_some());
        assert_eq!(icon("no-such-icon"), None);
    }
}
