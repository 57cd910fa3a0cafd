//! The stores that have the item, on a map: a dot each, as large as what can be promised there.
//!
//! One thing to reach with the keyboard, in which arrows lead from store to store. It zooms by growing
//! inside a frame that scrolls, so that dots keep their size and fingers scroll as everywhere.

use domain::{
    api::{AtpBand, LocationStock},
    ids::LocationId,
};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;

use console::{
    map::{self, Arrow, Bounds, Dot, Sheet, Size},
    words,
};

use super::choosing::Choosing;
use crate::{
    browser,
    components::{Empty, Icon},
};

/// How near a pointer has to come, in pixels: together a target of 24.
const REACH: f64 = 12.0;
/// The sheet is doubled so often at most.
const DOUBLED_MAX: u32 = 4;
const BANDS: [AtpBand; 3] = [AtpBand::InStock, AtpBand::Low, AtpBand::Out];

/// What is drawn; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    dots: Memo<Vec<Dot>>,
    choosing: Choosing,
    /// How often the sheet is doubled.
    doubled: RwSignal<u32>,
    frame: NodeRef<html::Div>,
}

/// The card with the map.
#[component]
pub fn StockMap(
    /// The stores.
    rows: Memo<Vec<LocationStock>>,
    /// Which store is meant.
    choosing: Choosing,
) -> impl IntoView {
    let bounds = Memo::new(move |_| {
        rows.with(|rows| {
            Bounds::around(rows.iter().map(|row| row.coordinates).filter(|at| map::is_placed(*at)))
        })
    });
    // Outlines are drawn once for the same stores, dots again when a number changes.
    let sheet = Memo::new(move |_| bounds.get().map(|bounds| Sheet::of(&bounds)));
    let dots = Memo::new(move |_| {
        sheet.with(|sheet| {
            sheet.as_ref().map(|sheet| rows.with(|rows| map::dots(sheet, rows))).unwrap_or_default()
        })
    });
    let it = Drawn { dots, choosing, doubled: RwSignal::new(0), frame: NodeRef::new() };
    view! {
        <section class="card stock-map" aria-labelledby="on-the-map" data-test="stock-map">
            <header class="card-head">
                <h2 id="on-the-map">"Where it is"</h2>
                {move || sheet.with(Option::is_some).then(|| view! { <Zoom it=it/> })}
            </header>
            {move || match sheet.get() {
                None => view! {
                    <Empty icon="map-pin" title="Nobody knows where these stores are" advice="Their coordinates come with the import of the stores."/>
                }.into_any(),
                Some(sheet) => view! { <Frame it=it sheet=sheet/> <Legend dots=dots/> }.into_any(),
            }}
            <Unplaced rows=rows/>
        </section>
    }
}

/// The part of the sheet that is seen.
#[component]
fn Frame(it: Drawn, sheet: Sheet) -> impl IntoView {
    let Drawn { choosing, frame, .. } = it;
    it.begin_at_home();
    let (moved, clicked) = (
        move |event: ev::PointerEvent| {
            choosing.look(it.under(&event).map(|dot| dot.location));
        },
        move |event: ev::MouseEvent| {
            if let Some(dot) = it.under(&event) {
                choosing.choose(dot.location);
            }
        },
    );
    let active = move || choosing.active.get().map(|id| dot_id(&id));
    let ratio = format!("{} / {:.0}", map::WIDTH, sheet.height);
    let high = sheet.height;
    view! {
        <div class="map-frame" node_ref=frame style:aspect-ratio=ratio>
            <div
                class="map-sheet" role="listbox" tabindex="0" data-test="map"
                aria-label="Stores on a map. Arrows lead from store to store, Enter chooses."
                aria-activedescendant=active
                style:width=move || it.size_words()
                style:height=move || it.size_words()
                on:pointermove=moved
                on:pointerleave=move |_| choosing.look(None)
                on:click=clicked
                on:focus=move |_| it.begin()
                on:blur=move |_| choosing.look(None)
                on:keydown=move |event| it.pressed(&event)
            >
                <svg class="map-land" viewBox=format!("0 0 {} {high:.0}", map::WIDTH) preserveAspectRatio="none" aria-hidden="true">
                    <path class="land" d=sheet.land/>
                    <path class="net" d=sheet.net/>
                    <path class="borders" d=sheet.borders/>
                </svg>
                <Dots it=it/>
                <Told it=it/>
            </div>
        </div>
    }
}

#[component]
fn Dots(it: Drawn) -> impl IntoView {
    // A dot that has not changed keeps its element.
    let key = |dot: &Dot| {
        let rounded = |part: f64| (part * 10_000.0) as i32;
        (dot.location.clone(), dot.units, rounded(dot.x), rounded(dot.y), rounded(dot.radius))
    };
    view! {
        <svg class="map-dots" role="presentation">
            <defs><path id="map-none" d="M-2.5 -2.5L2.5 2.5M-2.5 2.5L2.5 -2.5"/></defs>
            <For each=move || it.dots.get() key=key let:dot><Spot dot=dot choosing=it.choosing/></For>
            <Ring it=it class="map-chosen" of=Signal::derive(move || it.choosing.chosen.get())/>
            <Ring it=it class="map-active" of=Signal::derive(move || it.choosing.active.get())/>
        </svg>
    }
}

#[component]
fn Spot(dot: Dot, choosing: Choosing) -> impl IntoView {
    let (x, y) = (percent(dot.x), percent(dot.y));
    let (label, id) = (told(&dot), dot.location.clone());
    let none = (dot.band == AtpBand::Out)
        .then(|| view! { <use href="#map-none" x=x.clone() y=y.clone()/> });
    view! {
        <g
            role="option" id=dot_id(&dot.location) class="map-dot" data-band=band_word(dot.band) data-test="map-dot"
            data-location=dot.location.to_string() data-units=dot.units.to_string() aria-label=label
            aria-selected=move || choosing.is_chosen(&id).to_string()
        >
            <circle cx=x.clone() cy=y.clone() r=format!("{:.1}", dot.radius)/>
            {none}
        </g>
    }
}

/// A ring around the dot of one store.
#[component]
fn Ring(it: Drawn, class: &'static str, of: Signal<Option<LocationId>>) -> impl IntoView {
    move || {
        it.find(of.get().as_ref()).map(|dot| view! {
            <circle class=class cx=percent(dot.x) cy=percent(dot.y) r=format!("{:.1}", dot.radius + 4.0)/>
        })
    }
}

/// What the store is called and how much it has, beside its dot.
#[component]
fn Told(it: Drawn) -> impl IntoView {
    let Choosing { active, chosen, .. } = it.choosing;
    move || {
        it.find(active.get().or_else(|| chosen.get()).as_ref()).map(|dot| {
            let (side, edge) = if dot.x > 0.5 { ("left", "above") } else { ("right", "above") };
            let edge = if dot.y < 0.25 { "below" } else { edge };
            view! {
                <p
                    class="map-told" aria-hidden="true" data-test="map-told" data-side=side data-edge=edge
                    style:left=percent(dot.x) style:top=percent(dot.y)
                >
                    <strong>{dot.name.clone()}</strong>
                    <span>{units_of(&dot)}</span>
                </p>
            }
        })
    }
}

#[component]
fn Zoom(it: Drawn) -> impl IntoView {
    let is_least = move || it.doubled.get() == 0;
    let is_most = move || it.doubled.get() == DOUBLED_MAX;
    view! {
        <div class="card-head-end">
            <button class="button small" data-test="map-farther" aria-disabled=move || is_least().to_string() on:click=move |_| it.farther()>
                <Icon name="minus"/><span class="unseen">"Farther"</span>
            </button>
            <button class="button small" data-test="map-closer" aria-disabled=move || is_most().to_string() on:click=move |_| it.closer()>
                <Icon name="plus"/><span class="unseen">"Closer"</span>
            </button>
        </div>
    }
}

/// What the dots mean, and how many there are of each.
#[component]
fn Legend(dots: Memo<Vec<Dot>>) -> impl IntoView {
    let count = move |band| dots.with(|dots| dots.iter().filter(|dot| dot.band == band).count());
    view! {
        <ul class="map-legend" aria-label="What the dots mean">
            {BANDS.map(|band| view! {
                <li>
                    <svg width="16" height="16" viewBox="-8 -8 16 16" aria-hidden="true">
                        <g class="map-dot" data-band=band_word(band)>
                            <circle r="5"/>
                            {(band == AtpBand::Out).then(|| view! { <use href="#map-none"/> })}
                        </g>
                    </svg>
                    {words::band(band)}" "
                    <strong>{move || words::thousands(count(band) as u64)}</strong>
                </li>
            }).collect_view()}
            <li class="quiet">"The larger, the more can be promised there"</li>
        </ul>
    }
}

/// Stores that cannot be drawn: a few by name, and how many there are.
#[component]
fn Unplaced(rows: Memo<Vec<LocationStock>>) -> impl IntoView {
    let lost = Memo::new(move |_| {
        rows.with(|rows| {
            let lost = rows.iter().filter(|row| !map::is_placed(row.coordinates));
            lost.map(|row| format!("{} ({})", row.name, row.location)).collect::<Vec<_>>()
        })
    });
    move || {
        lost.with(|lost| {
            (!lost.is_empty()).then(|| {
                let count = words::count(lost.len() as u64, "store", "stores");
                view! {
                    <details class="notes" data-test="map-unplaced">
                        <summary>{format!("{count} without coordinates")}</summary>
                        <p class="quiet">{lost.join(", ")}</p>
                    </details>
                }
            })
        })
    }
}

impl Drawn {
    fn find(self, id: Option<&LocationId>) -> Option<Dot> {
        self.dots.with(|dots| dots.iter().find(|dot| Some(&dot.location) == id).cloned())
    }

    /// The dot under the pointer.
    fn under(self, event: &ev::MouseEvent) -> Option<Dot> {
        let size = self.size()?;
        // Drawings take no pointer, so this is measured from the sheet.
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        self.dots.with_untracked(|dots| map::nearest(dots, at, size, REACH).cloned())
    }

    /// The sheet as it is shown.
    fn size(self) -> Option<Size> {
        let frame = self.frame.get_untracked()?;
        let sheet = frame.first_element_child()?.dyn_into::<HtmlElement>().ok()?;
        let size = (f64::from(sheet.client_width()), f64::from(sheet.client_height()));
        Some(Size { width: size.0, height: size.1 })
    }

    /// The focus comes to the chosen store, else to the one that has most.
    fn begin(self) {
        let chosen = self.choosing.chosen.get_untracked();
        let first =
            || self.dots.with_untracked(|dots| dots.first().map(|dot| dot.location.clone()));
        if self.choosing.active.with_untracked(Option::is_none) {
            self.choosing.look(chosen.or_else(first));
        }
    }

    fn pressed(self, event: &ev::KeyboardEvent) {
        let key = event.key();
        let active = self.choosing.active.get_untracked();
        match (&*key, active) {
            ("Enter" | " ", Some(active)) => self.choosing.choose(active),
            ("Escape", _) => self.choosing.let_go(),
            ("+" | "=", _) => self.closer(),
            ("-", _) => self.farther(),
            (key, active) => match (Arrow::of(key), active, self.size()) {
                (Some(arrow), Some(active), Some(size)) => self.go(arrow, &active, size),
                (Some(_), None, _) => self.begin(),
                _ => return,
            },
        }
        event.prevent_default();
    }

    fn go(self, arrow: Arrow, from: &LocationId, size: Size) {
        let to = self.dots.with_untracked(|dots| {
            map::step(dots, from, arrow, size).map(|dot| dot.location.clone())
        });
        if let Some(to) = to {
            browser::bring(&format!(".map-dot[data-location='{to}']"));
            self.choosing.look(Some(to));
        }
    }

    fn size_words(self) -> String {
        format!("{}%", 100 << self.doubled.get())
    }

    fn closer(self) {
        self.show((self.doubled.get_untracked() + 1).min(DOUBLED_MAX), self.middle());
    }

    fn farther(self) {
        self.show(self.doubled.get_untracked().saturating_sub(1), self.middle());
    }

    /// Shows where most stores are, or the chosen one among them, once the frame is there.
    fn begin_at_home(self) {
        let is_begun = StoredValue::new(false);
        Effect::new(move |_| {
            if self.frame.get().is_none() || is_begun.get_value() {
                return;
            }
            is_begun.set_value(true);
            let (doubled, home) = self.dots.with_untracked(|dots| map::home(dots, DOUBLED_MAX));
            let chosen = self.choosing.chosen.get_untracked();
            let chosen = untrack(|| self.find(chosen.as_ref())).map(|dot| (dot.x, dot.y));
            self.show(doubled, chosen.unwrap_or(home));
        });
    }

    /// The store that is meant, else the middle of what is seen, in parts of the sheet.
    fn middle(self) -> (f64, f64) {
        let Choosing { active, chosen, .. } = self.choosing;
        let meant = untrack(|| self.find(active.get().or_else(|| chosen.get()).as_ref()));
        let seen = || {
            let frame = self.frame.get_untracked()?;
            let part = |scrolled: i32, seen: i32, all: i32| {
                (f64::from(scrolled) + f64::from(seen) / 2.0) / f64::from(all.max(1))
            };
            let x = part(frame.scroll_left(), frame.client_width(), frame.scroll_width());
            Some((x, part(frame.scroll_top(), frame.client_height(), frame.scroll_height())))
        };
        meant.map(|dot| (dot.x, dot.y)).or_else(seen).unwrap_or((0.5, 0.5))
    }

    /// Another size, around a place.
    fn show(self, doubled: u32, (x, y): (f64, f64)) {
        let Some(frame) = self.frame.get_untracked() else { return };
        self.doubled.set(doubled);
        // Once the sheet has grown.
        request_animation_frame(move || {
            let scroll = |part: f64, all: i32, seen: i32| {
                (part * f64::from(all) - f64::from(seen) / 2.0) as i32
            };
            frame.set_scroll_left(scroll(x, frame.scroll_width(), frame.client_width()));
            frame.set_scroll_top(scroll(y, frame.scroll_height(), frame.client_height()));
        });
    }
}

fn percent(part: f64) -> String {
    format!("{:.2}%", part * 100.0)
}

fn dot_id(location: &LocationId) -> String {
    format!("dot-{location}")
}

const fn band_word(band: AtpBand) -> &'static str {
    match band {
        AtpBand::InStock => "in_stock",
        AtpBand::Low => "low",
        AtpBand::Out => "out",
    }
}

fn units_of(dot: &Dot) -> String {
    format!("{} available · {}", words::number(dot.units), words::band(dot.band))
}

fn told(dot: &Dot) -> String {
    format!("{}: {}", dot.name, units_of(dot))
}
