//! Cancelling an order: asked before, with the consequence named, because it cannot be undone.

use domain::api::{CancelOrder, OrderDetail};
use leptos::{ev, prelude::*, task::spawn_local};
use serde::de::IgnoredAny;

use console::cancelling::{self, REASONS};

use crate::{api, components::Dialog, session::Console};

/// The lever and its dialog.
#[component]
pub fn Cancel(
    /// The order.
    order: Memo<Option<OrderDetail>>,
    /// Called once it is cancelled.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button class="button" data-test="cancel" data-act="" on:click=move |_| open.set(true)>"Cancel the order"</button>
        <Dialog open=open label="Cancel the order">
            {move || order.get_untracked().map(|order| view! { <Form order=order open=open on_done=on_done/> })}
        </Dialog>
    }
}

#[component]
fn Form(order: OrderDetail, open: RwSignal<bool>, on_done: Callback<()>) -> impl IntoView {
    let console = Console::here();
    let reason = RwSignal::new(REASONS[0].to_owned());
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let call = format!("/api/v1/orders/{}/cancel", order.row.id);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (call, body) =
            (call.clone(), CancelOrder { reason: reason.get_untracked().trim().to_owned() });
        spawn_local(async move {
            match api::post::<IgnoredAny>(console, &call, &body).await {
                Ok(_) => {
                    open.set(false);
                    on_done.run(());
                }
                Err(failure) => {
                    busy.set(false);
                    refused.set(Some(format!("{} {}", failure.title(), failure.advice())));
                }
            }
        });
    };
    let lever = format!("Cancel order {}", order.row.short_code);
    view! {
        <form on:submit=submit>
            <h2>{format!("Cancel order {} of {}?", order.row.short_code, order.row.customer)}</h2>
            <ul class="consequences">
                {cancelling::consequences(&order).into_iter().map(|s| view! { <li>{s}</li> }).collect_view()}
                <li>"This cannot be undone."</li>
            </ul>
            <label class="field">
                <span>"Reason"</span>
                <input
                    data-test="cancel-reason" list="reasons" required=true maxlength="200" autocomplete="off"
                    prop:value=move || reason.get()
                    on:input=move |event| reason.set(event_target_value(&event))
                />
                <datalist id="reasons">{REASONS.map(|r| view! { <option value=r></option> }).collect_view()}</datalist>
            </label>
            <p class="field-error" role="alert">{move || refused.get()}</p>
            <div class="dialog-levers">
                <button type="button" class="button" on:click=move |_| open.set(false)>"Keep it"</button>
                <button type="submit" class="button bad" data-test="cancel-confirm" aria-disabled=move || busy.get().to_string()>{lever}</button>
            </div>
        </form>
    }
}
