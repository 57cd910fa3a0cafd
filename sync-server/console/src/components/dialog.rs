//! A modal dialog: the browser's own, so focus stays inside, Escape closes it and the page behind rests.

use leptos::{ev, html, prelude::*};

/// A dialog that follows a signal.
#[component]
pub fn Dialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What it is about, for a screen reader.
    #[prop(into)]
    label: String,
    /// Its class.
    #[prop(default = "dialog")]
    class: &'static str,
    /// Drawn anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let (Some(dialog), is_open) = (node.get(), open.get()) else { return };
        if is_open && !dialog.open() {
            let shown = dialog.show_modal();
            debug_assert!(shown.is_ok());
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    });
    // A click on the dialog itself, not on what is in it, is one on the scrim.
    let scrim = move |event: ev::MouseEvent| {
        let target = event.target();
        let is_scrim =
            target.is_some() && node.get().is_some_and(|dialog| target == Some(dialog.into()));
        if is_scrim {
            open.set(false);
        }
    };
    view! {
        <dialog class=class aria-label=label node_ref=node on:close=move |_| open.set(false) on:click=scrim>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}
