//! What is wrong with one field of a form, below it.

use leptos::prelude::*;

use console::{failure::Failure, new_source};

/// What may be wrong; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Wrong {
    /// Why the server, or this console, did not take the form.
    pub refused: RwSignal<Option<Failure>>,
    /// The field, by the server's name.
    pub field: &'static str,
}

impl Wrong {
    /// Whether something is.
    pub fn is_there(self) -> bool {
        !self.all().is_empty()
    }

    /// The id of the words, for the field that they describe.
    pub fn described_by(self) -> String {
        format!("about-{}", self.field)
    }

    /// The words, each with its place inside the field, and a hint above them.
    pub fn told(self, hint: &'static str) -> impl IntoView {
        let line = |(place, message): (String, String)| {
            let place = (!place.is_empty()).then(|| view! { <dt class="code">{place}</dt> });
            view! { <div data-test="field-problem">{place}<dd>{message}</dd></div> }
        };
        let all = move || {
            let all = self.all();
            (!all.is_empty()).then(|| {
                view! { <dl class="field-problems">{all.into_iter().map(line).collect_view()}</dl> }
            })
        };
        view! {
            <div id=self.described_by()>
                {(!hint.is_empty()).then(|| view! { <p class="quiet">{hint}</p> })}
                {all}
            </div>
        }
    }

    fn all(self) -> Vec<(String, String)> {
        self.refused.with(|refused| {
            refused.as_ref().map(|f| new_source::wrong_with(f, self.field)).unwrap_or_default()
        })
    }
}
