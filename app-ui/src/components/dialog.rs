//! A native dialog: the browser keeps the focus in it, Escape leaves it, a scan never presses it.

use leptos::{html, prelude::*};

use super::icon::Icon;

/// A dialog with a heading and a way out; `open` shows and hides it.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] heading: String,
    test: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // A dialog that is shown already, or gone from the page, needs nothing.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let (children, label) = (StoredValue::new(children), heading.clone());
    view! {
        <dialog node_ref=node class="dialog" data-test=test aria-label=label
            on:close=move |_| open.set(false)>
            <header class="dialog-head">
                <h2>{heading}</h2>
                <button class="button quiet" data-back="" data-test="dialog-close"
                    on:click=move |_| open.set(false)>
                    <Icon name="x" />"Close"
                </button>
            </header>
            {move || open.get().then(|| children.with_value(|children| children()))}
        </dialog>
    }
}
