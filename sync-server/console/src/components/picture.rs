//! The picture of an item, small.

use leptos::prelude::*;

use console::picture::Picture;

use super::icon::good;

/// A picture, or an empty frame of the same size.
#[component]
pub fn GoodsPicture(
    /// As the item names it.
    picture: Option<String>,
) -> impl IntoView {
    match picture.as_deref().and_then(Picture::read) {
        Some(Picture::Swatch { hue, glyph }) => {
            let drawing = good(&glyph).or_else(|| good("shopping-basket")).unwrap_or_default();
            view! {
                <span class="picture swatch" style:--hue=hue.to_string() aria-hidden="true" inner_html=drawing></span>
            }
            .into_any()
        }
        Some(Picture::Address(address)) => {
            view! { <img class="picture" src=address alt="" loading="lazy"/> }.into_any()
        }
        None => view! { <span class="picture" aria-hidden="true"></span> }.into_any(),
    }
}
