//! The answer to a scan: an edge around the screen with a shape, words, and a line read aloud.
//!
//! Takes no focus and hides no button: a refusal never loses what was on the screen.

use std::time::Duration;

use app_ui::tones::Tone;
use leptos::prelude::*;

use super::icon::Icon;
use crate::state::{Answer, app};

/// How long good news stay. Refusals stay until the next answer or until they are put away.
const GOOD_NEWS: Duration = Duration::from_millis(2_500);

/// The answer layer, once on the page.
#[component]
pub fn Answers() -> impl IntoView {
    let app = app();
    let fading = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let answer = app.answer.get();
        if let Some(old) = fading.try_update_value(Option::take).flatten() {
            old.clear();
        }
        if answer.is_some_and(|answer| answer.tone == Tone::Accepted) {
            let fade = set_timeout_with_handle(move || app.answer.set(None), GOOD_NEWS);
            fading.set_value(fade.ok());
        }
    });
    view! {
        <div class="hidden" role="status" aria-live="assertive" aria-atomic="true"
            data-test="answer-live">
            {move || app.answer.get().map(|a| format!("{} {}", a.sentence, a.next_action))}
        </div>
        {move || app.answer.get().map(|answer| view! { <Shown answer /> })}
    }
}

#[component]
fn Shown(answer: Answer) -> impl IntoView {
    let app = app();
    let Answer { id, tone, sentence, next_action } = answer;
    let icon = match tone {
        Tone::Accepted => "check",
        Tone::Refused => "x",
        Tone::Attention => "triangle-alert",
    };
    let stays = tone != Tone::Accepted;
    let next =
        (!next_action.is_empty()).then(|| view! { <p class="answer-next">{next_action}</p> });
    let away = stays.then(|| {
        view! {
            <button class="button answer-away" data-test="answer-away"
                on:click=move |_| app.answer.set(None)>"OK"</button>
        }
    });
    view! {
        <div class="edge" data-tone=tone.name() aria-hidden="true"></div>
        <div class="answer" data-test="feedback" data-tone=tone.name() data-answer=id>
            <span class="answer-shape"><Icon name=icon /></span>
            <div class="answer-words">
                <p class="answer-sentence">{sentence}</p>
                {next}
            </div>
            {away}
        </div>
    }
}
