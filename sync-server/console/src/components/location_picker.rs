//! Chooses one location out of thousands: a field that searches, with the list below it.
//!
//! The ARIA combobox pattern: the focus stays in the field, the arrows move in the list.

use std::time::Duration;

use domain::{
    api::{LocationRow, Page},
    ids::LocationId,
};
use leptos::{ev, html, prelude::*};

use console::link;

use super::Icon;
use crate::{feed::Feed, session::Console};

const SHOWN_MAX: usize = 8;
/// A click on an option takes the focus out of the field first; the list must outlive that.
const CLOSE_MS: u64 = 150;

/// The field.
#[component]
pub fn LocationPicker(
    /// What is chosen.
    #[prop(into)]
    chosen: Signal<Option<LocationId>>,
    /// Takes another choice; `None` when the field was emptied.
    #[prop(into)]
    on_choose: Callback<Option<LocationId>>,
    /// What it is for.
    #[prop(into)]
    label: String,
    /// Distinguishes it from others on the page.
    id: &'static str,
    /// What an empty field means.
    #[prop(default = "All stores")]
    empty: &'static str,
) -> impl IntoView {
    let console = Console::here();
    let node = NodeRef::<html::Input>::new();
    let (open, text, active) =
        (RwSignal::new(false), RwSignal::new(String::new()), RwSignal::new(0_usize));
    let url =
        move || open.get().then(|| link::to("/api/v1/locations", &[("search", text.get().trim())]));
    let feed = Feed::<Page<LocationRow>>::new(url);
    let options = Memo::new(move |_| {
        let found = feed.answer.with(|a| a.as_ref().map(|a| a.value.items.clone()));
        let mut found = found.unwrap_or_default();
        found.truncate(SHOWN_MAX);
        found
    });
    let chosen_words = Memo::new(move |_| {
        chosen.get().map(|id| {
            console.learn_place(&id);
            console.place(&id).map_or_else(|| id.to_string(), |row| words(&row))
        })
    });
    Effect::new(move |_| {
        let words = chosen_words.get().unwrap_or_default();
        if let Some(input) = node.get()
            && !open.get_untracked()
        {
            input.set_value(&words);
        }
    });
    let close = move || {
        open.set(false);
        if let Some(input) = node.get_untracked() {
            input.set_value(&chosen_words.get_untracked().unwrap_or_default());
        }
    };
    let choose = move |row: Option<LocationRow>| {
        if let Some(row) = &row {
            console.keep_places(std::slice::from_ref(row));
        }
        open.set(false);
        if let (Some(input), Some(row)) = (node.get_untracked(), &row) {
            input.set_value(&words(row));
        }
        on_choose.run(row.map(|row| row.id));
    };
    let typed = move |event: ev::Event| {
        active.set(0);
        text.set(event_target_value(&event));
        open.set(true);
        if text.with_untracked(|text| text.trim().is_empty()) && chosen.get_untracked().is_some() {
            on_choose.run(None);
        }
    };
    let pressed = move |event: ev::KeyboardEvent| {
        let last = options.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" if open.get_untracked() => active.update(|i| *i = (*i + 1).min(last)),
            "ArrowDown" => open.set(true),
            "ArrowUp" => active.update(|i| *i = i.saturating_sub(1)),
            "Enter" if open.get_untracked() => {
                if let Some(row) =
                    options.with_untracked(|o| o.get(active.get_untracked()).cloned())
                {
                    choose(Some(row));
                }
            }
            "Escape" if open.get_untracked() => close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div class="picker">
            <label for=id>{label}</label>
            <span class="picker-field">
                <input
                    id=id
                    type="text"
                    role="combobox"
                    node_ref=node
                    data-test="location-input"
                    placeholder=empty
                    autocomplete="off"
                    spellcheck="false"
                    aria-autocomplete="list"
                    aria-expanded=move || open.get().to_string()
                    aria-controls=format!("{id}-list")
                    aria-activedescendant=move || open.get().then(|| format!("{id}-{}", active.get()))
                    on:input=typed
                    on:keydown=pressed
                    on:focus=move |_| if let Some(input) = node.get_untracked() {
                        input.select();
                        text.set(String::new());
                    }
                    on:click=move |_| open.set(true)
                    on:blur=move |_| set_timeout(close, Duration::from_millis(CLOSE_MS))
                />
                <Icon name="map-pin"/>
            </span>
            <ul id=format!("{id}-list") role="listbox" class="picker-list" hidden=move || !open.get()>
                {move || options.get().into_iter().enumerate().map(|(index, row)| {
                    let line = format!("{} · {}, {}", row.id, row.city, row.region);
                    let name = row.name.clone();
                    view! {
                        <li
                            id=format!("{id}-{index}")
                            role="option"
                            data-test="location-option"
                            aria-selected=move || (active.get() == index).to_string()
                            on:mousedown=move |event| {
                                event.prevent_default();
                                choose(Some(row.clone()));
                            }
                        >
                            <strong>{name}</strong>
                            <span class="quiet">{line}</span>
                        </li>
                    }
                }).collect_view()}
                <Show when=move || options.with(Vec::is_empty) && feed.answer.with(Option::is_some)>
                    <li class="quiet" role="option" aria-selected="false">"No store is called so. Try its number or city."</li>
                </Show>
            </ul>
        </div>
    }
}

fn words(row: &LocationRow) -> String {
    format!("{} ({})", row.name, row.id)
}
