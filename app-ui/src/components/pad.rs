//! A number pad for fingers, and for digits typed anywhere on the page while it is shown.
//!
//! Does not know what the digits are for.

use leptos::prelude::*;

use super::icon::Icon;
use crate::state::app;

/// One press, by finger or by key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pressed {
    /// A digit.
    Digit(u8),
    /// The last digit goes.
    Back,
    /// All digits go: they were a scan's.
    Clear,
    /// Done.
    Enter,
}

/// The pad. `name` stands before each `data-test`; digits collect in `text`, at most `max` of them.
#[component]
pub fn Pad(
    name: &'static str,
    text: RwSignal<String>,
    max: usize,
    #[prop(into)] enter_words: String,
    #[prop(into)] enter_off: Signal<bool>,
    on_enter: Callback<()>,
) -> impl IntoView {
    let pressed = Callback::new(move |pressed| match pressed {
        Pressed::Digit(digit) => text.update(|text| {
            if text.len() < max {
                text.push(char::from(b'0' + digit % 10));
            }
        }),
        Pressed::Back => text.update(|text| {
            text.pop();
        }),
        Pressed::Clear => text.set(String::new()),
        Pressed::Enter if !enter_off.get_untracked() => on_enter.run(()),
        Pressed::Enter => {}
    });
    let app = app();
    app.digits_to.set(Some(pressed));
    on_cleanup(move || app.digits_to.set(None));
    let digit = move |digit: u8| {
        view! {
            <button type="button" class="button pad-key" data-test=format!("{name}-{digit}")
                on:click=move |_| pressed.run(Pressed::Digit(digit))>{digit}</button>
        }
    };
    view! {
        <div class="pad" role="group" aria-label="Numbers">
            {(1..=9).map(digit).collect_view()}
            <button type="button" class="button pad-key quiet" data-test=format!("{name}-back")
                on:click=move |_| pressed.run(Pressed::Back)>
                <Icon name="arrow-left" /><span class="hidden">"Delete"</span>
            </button>
            {digit(0)}
            <button type="button" class="button pad-key primary" data-primary=""
                data-test=format!("{name}-enter") disabled=move || enter_off.get()
                on:click=move |_| pressed.run(Pressed::Enter)>
                <Icon name="check" /><span class="pad-words">{enter_words}</span>
            </button>
        </div>
    }
}
