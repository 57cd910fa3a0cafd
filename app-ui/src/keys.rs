//! Listens to the whole window's keys: the scanner first, then arrows and shortcuts.
//!
//! What a burst is, and where an arrow leads, is decided by the pure parts; what a scan does, by the
//! engine.

use std::cell::RefCell;

use app_ui::{
    control::Control,
    walk::{self, Arrow},
    wedge::{Heard, Key, Wedge},
};
use domain::bridge::{Action, Step};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{
    AddEventListenerOptions, Element, Event, HtmlElement, HtmlInputElement, HtmlTextAreaElement,
    KeyboardEvent,
};

use crate::{
    components::pad::Pressed,
    state::{App, Place},
    turn,
};

/// What can have the focus.
const FOCUSABLE: &str = "button:not(:disabled), a[href], input:not(:disabled), \
     textarea:not(:disabled), select:not(:disabled), summary, [tabindex='0']";

struct Ears {
    wedge: Wedge,
    /// The text box as it was before the burst.
    before: Option<(Element, String)>,
}

/// Listens for as long as the page lives.
pub fn listen(app: App) {
    let profile = app.prefs.get_untracked().scanner();
    let ears = std::rc::Rc::new(RefCell::new(Ears { wedge: Wedge::new(profile), before: None }));
    let again = ears.clone();
    Effect::new(move |_| again.borrow_mut().wedge.set_profile(app.prefs.get().scanner()));
    let handler = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let then = hear(app, &mut ears.borrow_mut(), &event);
        if let Some(then) = then {
            then(app);
        }
    });
    let options = AddEventListenerOptions::new();
    options.set_capture(true);
    let listened = window().add_event_listener_with_callback_and_add_event_listener_options(
        "keydown",
        handler.as_ref().unchecked_ref(),
        &options,
    );
    listened.expect("a window takes listeners");
    handler.forget();
}

type Then = Box<dyn FnOnce(App)>;

/// Hears one key; what follows from it is done once the ears are free again.
fn hear(app: App, ears: &mut Ears, event: &KeyboardEvent) -> Option<Then> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if target
        .as_ref()
        .is_some_and(|target| target.closest("[data-wedge=off]").is_ok_and(|e| e.is_some()))
    {
        return (event.key() == "Escape").then(|| -> Then { Box::new(|_| press("[data-back]")) });
    }
    let (name, code) = (event.key(), event.code());
    let key = Key {
        key: &name,
        code: &code,
        shift: event.shift_key(),
        ctrl: event.ctrl_key(),
        alt: (event.alt_key() || event.meta_key()) && !event.get_modifier_state("AltGraph"),
        repeat: event.repeat(),
        at_ms: steady_ms(event),
    };
    match ears.wedge.hear(&key, is_counting(app)) {
        Heard::Began => {
            ears.before = target.as_ref().and_then(text_box);
            plain(app, event, target.as_ref(), &name)
        }
        Heard::Going => {
            if name == " " && target.as_ref().and_then(text_box).is_none() {
                event.prevent_default();
            }
            plain(app, event, target.as_ref(), &name)
        }
        Heard::Scan(scan) => {
            swallow(ears, event);
            Some(Box::new(move |app| deal_with(app, scan.text)))
        }
        Heard::Echo => {
            swallow(ears, event);
            Some(Box::new(|app| digit(app, Pressed::Clear)))
        }
        Heard::Nothing => plain(app, event, target.as_ref(), &name),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since the page opened: positive and far below 2^53"
)]
fn steady_ms(event: &KeyboardEvent) -> u64 {
    event.time_stamp() as u64
}

/// Whether each scan counts a unit now.
fn is_counting(app: App) -> bool {
    matches!(app.place.get_untracked(), Place::Work(_))
        && app.scans_to.get_untracked().is_none()
        && untrack(|| app.of_work(|work| matches!(work.step, Step::Pick | Step::Restock)))
}

/// The terminator goes no further, and the burst is taken out of the text box.
fn swallow(ears: &mut Ears, event: &KeyboardEvent) {
    event.prevent_default();
    event.stop_immediate_propagation();
    if let Some((element, text)) = ears.before.take() {
        set_text(&element, &text);
    }
}

fn text_box(element: &Element) -> Option<(Element, String)> {
    let text = element
        .dyn_ref::<HtmlInputElement>()
        .filter(|input| !matches!(input.type_().as_str(), "checkbox" | "radio" | "range"))
        .map(HtmlInputElement::value)
        .or_else(|| element.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::value))?;
    Some((element.clone(), text))
}

fn set_text(element: &Element, text: &str) {
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.set_value(text);
    } else if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.set_value(text);
    }
    let options = web_sys::EventInit::new();
    options.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &options) {
        let _ = element.dispatch_event(&event);
    }
}

/// A scan goes to a control, to the screen that wants it, to the open work, or to the look-up.
fn deal_with(app: App, text: String) {
    digit(app, Pressed::Clear);
    if let Some(control) = Control::from_scan(&text) {
        return press_control(app, control);
    }
    if let Some(wanted) = app.scans_to.get_untracked() {
        return wanted.run(text);
    }
    if untrack(|| app.person()).is_none() {
        return;
    }
    let step = untrack(|| app.of_work(|work| Some((work.step, work.code_verified))));
    match (app.place.get_untracked(), step) {
        (Place::Work(_), Some((Step::HandOver, false))) if is_short_code(&text) => {
            app.act(Action::VerifyCode { code: text });
        }
        (Place::Work(_), Some((step, _))) if step != Step::Finished => {
            app.act(Action::Scan { text, typed: false });
        }
        _ => app.turns.find(app, text),
    }
}

fn is_short_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn press_control(app: App, control: Control) {
    match control {
        Control::Go => press("[data-primary]:not(:disabled)"),
        Control::Back => press("[data-back]"),
        Control::Next => turn::open_next(app),
        Control::Undo => press("[data-test=undo]"),
        Control::Short => press("[data-test=short]"),
        Control::Print => press("[data-test=print]"),
        Control::Inbox => press("[data-test=inbox-open]"),
    }
}

fn digit(app: App, pressed: Pressed) {
    if let Some(to) = app.digits_to.get_untracked() {
        to.run(pressed);
    }
}

/// A key that is no scanner's: digits for the pad, arrows, shortcuts.
fn plain(app: App, event: &KeyboardEvent, target: Option<&Element>, key: &str) -> Option<Then> {
    let typing = target.and_then(text_box).is_some();
    let (alt, ctrl) = (event.alt_key(), event.ctrl_key() || event.meta_key());
    if alt && !ctrl {
        return shortcut(event);
    }
    if ctrl {
        let go = key == "Enter";
        return go.then(|| -> Then { Box::new(|_| press("[data-primary]:not(:disabled)")) });
    }
    if let Some(arrow) = Arrow::of_key(key).filter(|_| !typing && !has_own_arrows(target)) {
        event.prevent_default();
        return Some(Box::new(move |_| walk_on(arrow)));
    }
    match key {
        "Escape" if dialog().is_none() => Some(Box::new(|_| press("[data-back]"))),
        "Backspace" if !typing => Some(Box::new(|app| digit(app, Pressed::Back))),
        "Enter" if !typing && !is_button(target) && app.digits_to.get_untracked().is_some() => {
            Some(Box::new(|app| digit(app, Pressed::Enter)))
        }
        key if !typing && key.len() == 1 => {
            let number = key.parse().ok()?;
            Some(Box::new(move |app| digit(app, Pressed::Digit(number))))
        }
        _ => None,
    }
}

/// Alt and a letter: by its place, because some layouts write another character with Alt.
fn shortcut(event: &KeyboardEvent) -> Option<Then> {
    let selector = match event.code().as_str() {
        "KeyU" => "[data-test=undo]",
        "KeyM" => "[data-test=short]",
        "KeyT" => "[data-test=type-open]",
        "KeyN" => "[data-test=quantity-open]",
        "KeyP" => "[data-test=print]",
        "KeyQ" => "[data-test=nav-queue], [data-back]",
        "KeyI" => "[data-test=inbox-open]",
        "KeyS" => "[data-test=nav-settings]",
        _ => return None,
    };
    event.prevent_default();
    Some(Box::new(move |_| press(selector)))
}

fn has_own_arrows(target: Option<&Element>) -> bool {
    target.is_some_and(|target| {
        matches!(target.tag_name().as_str(), "SELECT" | "TEXTAREA")
            || target.dyn_ref::<HtmlInputElement>().is_some()
    })
}

fn is_button(target: Option<&Element>) -> bool {
    target.is_some_and(|target| matches!(target.tag_name().as_str(), "BUTTON" | "SUMMARY" | "A"))
}

fn dialog() -> Option<Element> {
    document().query_selector("dialog[open]").ok().flatten()
}

/// Presses the first match, inside the open dialog where there is one.
fn press(selector: &str) {
    let found = match dialog() {
        Some(dialog) => dialog.query_selector(selector),
        None => document().query_selector(selector),
    };
    if let Some(button) = found.ok().flatten().and_then(|e| e.dyn_into::<HtmlElement>().ok()) {
        button.click();
    }
}

fn walk_on(arrow: Arrow) {
    let scope = dialog().or_else(|| document().document_element());
    let Some(all) = scope.and_then(|scope| scope.query_selector_all(FOCUSABLE).ok()) else {
        return;
    };
    let all: Vec<HtmlElement> =
        (0..all.length()).filter_map(|i| all.get(i)?.dyn_into().ok()).collect();
    let here = document().active_element();
    let others: Vec<&HtmlElement> = all
        .iter()
        .filter(|e| e.offset_width() > 0 && here.as_ref() != Some(e.unchecked_ref()))
        .collect();
    let known =
        here.as_ref().filter(|here| all.iter().any(|e| e.unchecked_ref::<Element>() == *here));
    let next = match known {
        Some(here) => {
            let places: Vec<walk::Place> = others.iter().map(|e| place(e)).collect();
            walk::nearest(place(here), &places, arrow).map(|index| others[index])
        }
        None => others.iter().find(|e| e.closest("main").is_ok_and(|m| m.is_some())).copied(),
    };
    if let Some(next) = next {
        let _ = next.focus();
    }
}

fn place(element: &Element) -> walk::Place {
    let rect = element.get_bounding_client_rect();
    walk::Place { x: rect.x(), y: rect.y(), width: rect.width(), height: rect.height() }
}
