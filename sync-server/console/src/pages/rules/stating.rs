//! Stating other rules: with a reason, and asked again before a pool is left with nothing.

use domain::api::AtpVersionRow;
use leptos::{ev, prelude::*, task::spawn_local};
use serde_json::json;

use console::{failure::Failure, rules::Version};

use super::draft::Draft;
use crate::{
    api,
    components::{Dialog, Icon, Refusal},
    feed::Feed,
    session::Console,
};

/// What came of it last.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Stated(i64),
    Refused(Failure),
}

/// A statement on its way; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
struct Statement {
    console: Console,
    newest: Feed<Version>,
    draft: Draft,
    comment: RwSignal<String>,
    busy: RwSignal<bool>,
    outcome: RwSignal<Option<Outcome>>,
    /// What the server wants to have confirmed, while it is asked.
    doubt: RwSignal<String>,
    asking: RwSignal<bool>,
}

impl Statement {
    fn send(self, confirm: bool) {
        if self.busy.get_untracked() {
            return;
        }
        let rules = match self.draft.read() {
            Ok(rules) => rules,
            Err(failure) => return self.outcome.set(Some(Outcome::Refused(failure))),
        };
        let body = json!({
            "based_on": self.draft.based_on.get_untracked(),
            "comment": self.comment.get_untracked(),
            "rules": rules,
            "confirm": confirm,
        });
        self.busy.set(true);
        spawn_local(async move {
            let answer = api::put(self.console, "/api/v1/atp/rules", &body).await;
            self.busy.set(false);
            self.take(answer);
        });
    }

    fn take(self, answer: Result<AtpVersionRow, Failure>) {
        self.asking.set(false);
        match answer {
            Ok(row) => {
                self.draft.based_on.set(Some(row.version));
                self.comment.set(String::new());
                self.outcome.set(Some(Outcome::Stated(row.version)));
                self.newest.again();
            }
            Err(failure) if failure.code() == "confirm_zero" => {
                self.doubt.set(failure.title());
                self.asking.set(true);
            }
            Err(failure) => {
                self.outcome.set(Some(Outcome::Refused(failure)));
                // Where others hold meanwhile, the page says which.
                self.newest.again();
            }
        }
    }
}

/// The form and its question.
#[component]
pub fn Stating(
    /// The version that holds.
    newest: Feed<Version>,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let it = Statement {
        console: Console::here(),
        newest,
        draft,
        comment: RwSignal::default(),
        busy: RwSignal::new(false),
        outcome: RwSignal::new(None),
        doubt: RwSignal::default(),
        asking: RwSignal::new(false),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        it.send(false);
    };
    view! {
        <form class="card part stating" aria-labelledby="stating" on:submit=submit>
            <h2 id="stating">"State them"</h2>
            <p class="quiet">"They hold for every shopper from then on. No version is ever changed or lost."</p>
            <label class="field">
                <span>"Why?"</span>
                <input
                    data-test="rules-comment" required=true maxlength="500" autocomplete="off"
                    prop:value=move || it.comment.get()
                    on:input=move |event| it.comment.set(event_target_value(&event))
                />
            </label>
            <div class="levers">
                <button type="submit" class="button primary" data-test="state" aria-disabled=move || it.busy.get().to_string()>"State"</button>
                <span class="quiet">{move || draft.based_on.get().map(|number| match number {
                    0 => "The first rules that anybody states.".to_owned(),
                    number => format!("In the place of version {number}."),
                })}</span>
            </div>
            <Told outcome=it.outcome/>
        </form>
        <Doubt it=it/>
    }
}

#[component]
fn Told(outcome: RwSignal<Option<Outcome>>) -> impl IntoView {
    move || {
        outcome.get().map(|outcome| match outcome {
            Outcome::Stated(version) => view! {
                <div class="callout" data-tone="good" role="status" data-test="stated">
                    <Icon name="circle-check"/>
                    <p><strong>{format!("Version {version} holds now.")}</strong></p>
                </div>
            }
            .into_any(),
            Outcome::Refused(failure) => {
                view! { <Refusal failure=failure without="rules."/> }.into_any()
            }
        })
    }
}

/// A pool that is left with nothing is rarely meant.
#[component]
fn Doubt(it: Statement) -> impl IntoView {
    view! {
        <Dialog open=it.asking label="Somebody would have nothing">
            <h2>"Is that meant?"</h2>
            <ul class="consequences">
                <li data-test="doubt">{move || it.doubt.get()}</li>
                <li>"Every shopper whom it is for would see that everything is out."</li>
            </ul>
            <div class="dialog-levers">
                <button class="button" on:click=move |_| it.asking.set(false)>"Change them first"</button>
                <button class="button bad" data-test="state-confirm" on:click=move |_| it.send(true)>"State them all the same"</button>
            </div>
        </Dialog>
    }
}
