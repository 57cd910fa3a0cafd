//! The palette: every page, and every order, store and item, from one field.

use domain::api::{ItemRow, LocationRow, OrderRow, Page};
use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use console::{link, nav, palette, words};

use super::{Dialog, Icon};
use crate::{feed::Feed, session::Console, theme};

const FOUND_MAX: usize = 5;
/// Every place and command, where nothing is typed yet.
const ALL_MAX: usize = 24;
/// Shorter texts mean half of everything.
const SEARCH_MIN: usize = 2;

/// One line of the palette.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    icon: &'static str,
    words: String,
    more: String,
    does: Does,
}

/// What a line does.
#[derive(Debug, Clone, PartialEq)]
enum Does {
    /// Goes there.
    Go(String),
    /// Chooses light or dark.
    Theme(&'static str),
}

fn places(console: Console) -> Vec<Entry> {
    let Some(operator) = console.operator() else { return Vec::new() };
    let entry = |icon, words: String, more: &str, href: String| Entry {
        icon,
        words,
        more: more.to_owned(),
        does: Does::Go(href),
    };
    let mut entries: Vec<_> = nav::places(&operator)
        .into_iter()
        .map(|place| {
            entry(
                place.icon,
                format!("Go to {}", place.words),
                &format!("g {}", place.key),
                place.href,
            )
        })
        .collect();
    if nav::steers_devices(&operator) {
        entries.push(entry("plus", "Add a tablet".to_owned(), "", "/devices?add=1".to_owned()));
    }
    if nav::sees_network(&operator) {
        let words = "Try other rules for promises".to_owned();
        entries.push(entry("list", words, "", "/rules?view=change".to_owned()));
        let words = "Rows of sources to look at".to_owned();
        entries.push(entry("truck", words, "", "/dead-rows".to_owned()));
    }
    if nav::states_sources(&operator) {
        entries.push(entry("plus", "Add a source".to_owned(), "", "/sources/new".to_owned()));
    }
    for (word, words) in
        [("unsourced", "Orders that wait for a store"), ("ready", "Orders that are ready")]
    {
        entries.push(entry("shopping-bag", words.to_owned(), "", format!("/orders?stage={word}")));
    }
    entries.extend(theme::CHOICES.map(|(value, words)| Entry {
        icon: "sun",
        words: format!("Colours: {}", words.to_lowercase()),
        more: String::new(),
        does: Does::Theme(value),
    }));
    entries
}

fn of_order(row: &OrderRow) -> Entry {
    Entry {
        icon: "shopping-bag",
        words: format!("{} · {}", row.short_code, row.customer),
        more: format!("{} · {}", row.external_number, words::order_stage(row.stage)),
        does: Does::Go(format!("/orders/{}", row.id)),
    }
}

fn of_location(row: &LocationRow) -> Entry {
    Entry {
        icon: "store",
        words: row.name.clone(),
        more: format!("{} · {}, {}", row.id, row.city, row.region),
        does: Does::Go(format!("/locations/{}", link::encoded(row.id.as_str()))),
    }
}

fn of_item(row: &ItemRow) -> Entry {
    Entry {
        icon: "box",
        words: row.name.clone(),
        more: format!("{} · {}", row.sku, row.size),
        does: Does::Go(format!("/stock/{}", link::encoded(row.sku.as_str()))),
    }
}

/// The dialog.
#[component]
pub fn Palette(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open=open label="Find" class="dialog palette">
            <PaletteBody open=open/>
        </Dialog>
    }
}

#[component]
fn PaletteBody(open: RwSignal<bool>) -> impl IntoView {
    let console = Console::here();
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let search = move |path: &'static str| {
        move || {
            let text = text.get().trim().to_owned();
            (text.chars().count() >= SEARCH_MIN).then(|| link::to(path, &[("search", &text)]))
        }
    };
    let orders = Feed::<Page<OrderRow>>::new(search("/api/v1/orders"));
    let locations = Feed::<Page<LocationRow>>::new(search("/api/v1/locations"));
    let items = Feed::<Page<ItemRow>>::new(search("/api/v1/items"));
    let entries = Memo::new(move |_| {
        let mut entries =
            palette::matching(&text.get(), &places(console), |entry| entry.words.clone());
        entries.truncate(if text.with(String::is_empty) { ALL_MAX } else { FOUND_MAX });
        entries.extend(found(orders, of_order));
        if console.own_location().is_none() {
            entries.extend(found(locations, of_location));
        }
        entries.extend(found(items, of_item));
        entries
    });
    let go = use_navigate();
    let take = Callback::new(move |entry: Entry| {
        open.set(false);
        match entry.does {
            Does::Go(href) => go(&href, NavigateOptions::default()),
            Does::Theme(theme) => theme::choose(theme),
        }
    });
    let pressed = move |event: ev::KeyboardEvent| {
        let last = entries.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|i| *i = (*i + 1).min(last)),
            "ArrowUp" => active.update(|i| *i = i.saturating_sub(1)),
            "Enter" => {
                let entry = entries.with_untracked(|e| e.get(active.get_untracked()).cloned());
                entry.into_iter().for_each(|entry| take.run(entry));
            }
            _ => return,
        }
        event.prevent_default();
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let focused = input.focus();
            debug_assert!(focused.is_ok());
        }
    });
    view! {
        <label class="palette-field">
            <Icon name="search"/>
            <input
                type="text"
                role="combobox"
                node_ref=input
                aria-label="Find a page, an order, a store or an item"
                placeholder="Find a page, an order, a store or an item"
                aria-expanded="true"
                aria-controls="palette-list"
                aria-activedescendant=move || format!("palette-{}", active.get())
                autocomplete="off"
                spellcheck="false"
                on:input=move |event| {
                    active.set(0);
                    text.set(event_target_value(&event));
                }
                on:keydown=pressed
            />
        </label>
        <ul id="palette-list" role="listbox" aria-label="Found" class="palette-list">
            {move || entries.get().into_iter().enumerate().map(|(index, entry)| {
                let chosen = entry.clone();
                view! {
                    <li
                        id=format!("palette-{index}")
                        role="option"
                        aria-selected=move || (active.get() == index).to_string()
                        on:click=move |_| take.run(chosen.clone())
                        on:mousemove=move |_| if active.get_untracked() != index { active.set(index) }
                    >
                        <Icon name=entry.icon/>
                        <span>{entry.words}</span>
                        <span class="quiet">{entry.more}</span>
                    </li>
                }
            }).collect_view()}
            <Show when=move || entries.with(Vec::is_empty)>
                <li class="quiet" role="option" aria-selected="false">"Nothing found. Try a number, a name or a SKU."</li>
            </Show>
        </ul>
    }
}

fn found<T>(feed: Feed<Page<T>>, entry: fn(&T) -> Entry) -> Vec<Entry>
where
    T: serde::de::DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    // Nothing is asked for a short text, and old answers are no answer to it.
    if feed.url.get().is_none() {
        return Vec::new();
    }
    let page = feed.answer.with(|answer| answer.as_ref().map(|answer| answer.value.clone()));
    page.map(|page| page.items.iter().take(FOUND_MAX).map(entry).collect()).unwrap_or_default()
}
