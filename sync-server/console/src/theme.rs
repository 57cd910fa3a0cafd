//! Light, dark, or as the system says; remembered by the browser.

use crate::browser;

const NAME: &str = "stockhand.theme";

/// What people choose from.
pub const CHOICES: [(&str, &str); 3] =
    [("", "As the system"), ("light", "Light"), ("dark", "Dark")];

/// Applies what was chosen the last time.
pub fn restore() {
    apply(&chosen());
}

/// What is chosen; empty follows the system.
pub fn chosen() -> String {
    browser::remembered(NAME).unwrap_or_default()
}

/// Chooses.
pub fn choose(theme: &str) {
    browser::remember(NAME, theme);
    apply(theme);
}

fn apply(theme: &str) {
    let Some(root) = browser::document().document_element() else { return };
    let applied = match theme {
        "light" | "dark" => root.set_attribute("data-theme", theme),
        _ => root.remove_attribute("data-theme"),
    };
    debug_assert!(applied.is_ok());
}
