//! The picture of an item. The words beside it say what it is; the picture is hidden from readers.

use app_ui::{icons, picture};
use leptos::prelude::*;

/// Draws the placeholder of an item, or a plain box where there is none.
#[component]
pub fn Picture(#[prop(into)] picture: Option<String>) -> impl IntoView {
    let swatch = picture.as_deref().and_then(picture::swatch);
    let hue = swatch.as_ref().map(|swatch| format!("--hue:{}", swatch.hue));
    let drawing = swatch.as_ref().and_then(|swatch| icons::goods(&swatch.glyph));
    let drawing = drawing.or_else(|| icons::icon("package")).unwrap_or_default();
    view! { <div class="swatch picture" style=hue aria-hidden="true" inner_html=drawing></div> }
}
