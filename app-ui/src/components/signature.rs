//! The field for a signature: strokes of a finger, a pen or a mouse.
//!
//! What is kept is decided by [`app_ui::strokes`].

use app_ui::strokes::Drawing;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use super::icon::Icon;

/// A field that draws into `drawing`.
#[component]
pub fn SignaturePad(drawing: RwSignal<Drawing>) -> impl IntoView {
    let press = move |event: PointerEvent| {
        event.prevent_default();
        if let Some((element, x, y)) = place(&event) {
            // A stroke that leaves the field still ends here.
            let _ = element.set_pointer_capture(event.pointer_id());
            drawing.update(|drawing| drawing.press(x, y));
        }
    };
    let draw = move |event: PointerEvent| {
        if let Some((_, x, y)) = place(&event) {
            drawing.maybe_update(|drawing| drawing.draw(x, y));
        }
    };
    let lift = move |_: PointerEvent| drawing.update(Drawing::lift);
    let path = move || drawing.with(path);
    view! {
        <div class="signature">
            <svg class="signature-field" data-test="signature" viewBox="0 0 1000 1000"
                preserveAspectRatio="none" role="img" aria-label="Signature field"
                on:pointerdown=press on:pointermove=draw on:pointerup=lift on:pointercancel=lift>
                <path d=path vector-effect="non-scaling-stroke" />
            </svg>
            <span class="signature-line" aria-hidden="true"></span>
            {move || drawing.with(|drawing| drawing.is_empty()).then(|| view! {
                <span class="signature-hint" aria-hidden="true">
                    <Icon name="signature" />"Sign here"
                </span>
            })}
            <button type="button" class="button quiet signature-clear" data-test="signature-clear"
                disabled=move || drawing.with(|drawing| drawing.strokes().is_empty())
                on:click=move |_| drawing.update(Drawing::clear)>
                <Icon name="undo-2" />"Sign again"
            </button>
        </div>
    }
}

/// Where the pen is, in fractions of the field.
fn place(event: &PointerEvent) -> Option<(Element, f64, f64)> {
    let element = event.current_target()?.dyn_into::<Element>().ok()?;
    let field = element.get_bounding_client_rect();
    let x = (f64::from(event.client_x()) - field.x()) / field.width().max(1.0);
    let y = (f64::from(event.client_y()) - field.y()) / field.height().max(1.0);
    Some((element, x, y))
}

fn path(drawing: &Drawing) -> String {
    let mut path = String::new();
    for stroke in drawing.strokes() {
        for (index, [x, y]) in stroke.iter().enumerate() {
            path.push_str(if index == 0 { "M" } else { "L" });
            path.push_str(&format!("{x} {y}"));
        }
    }
    path
}
