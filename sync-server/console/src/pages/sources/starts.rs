//! Starting points for how a source writes; what was typed before can be taken back.

use leptos::prelude::*;

use console::starts::{self, STARTS};

use super::draft::Draft;

/// The choice.
#[component]
pub fn Starts(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let before = RwSignal::new(None::<String>);
    let begin = move |format: String| {
        let Some(start) = starts::of(&format) else { return };
        draft.source.update(|source| {
            let typed = std::mem::replace(&mut source.profile, start.profile.to_owned());
            let is_own = !typed.trim().is_empty() && STARTS.iter().all(|s| s.profile != typed);
            if is_own {
                before.set(Some(typed));
            }
        });
    };
    let take_back = move |_| {
        if let Some(typed) = before.try_update(Option::take).flatten() {
            draft.source.update(|source| source.profile = typed);
        }
    };
    view! {
        <div class="levers">
            <label class="choice">
                <span>"Begin with"</span>
                <select data-test="start" on:change=move |event| begin(event_target_value(&event))>
                    <option value="">"A starting point"</option>
                    {STARTS.map(|start| view! { <option value=start.format>{start.words}</option> }).collect_view()}
                </select>
            </label>
            <span role="status">
                {move || before.get().map(|_| view! {
                    <button type="button" class="button small" data-test="take-back" on:click=take_back>"Take mine back"</button>
                })}
            </span>
        </div>
    }
}
