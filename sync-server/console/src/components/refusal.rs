//! Why the server did not do what was asked, beside what was asked: title, advice, and each field.

use leptos::prelude::*;

use console::failure::{Failure, plain};

use super::Icon;

/// The refusal.
#[component]
pub fn Refusal(
    /// Why.
    failure: Failure,
    /// What fields begin with that the reader does not see.
    #[prop(optional)]
    without: &'static str,
) -> impl IntoView {
    let fields = failure.fields().to_vec();
    let name = move |field: &str| field.strip_prefix(without).unwrap_or(field).to_owned();
    view! {
        <div class="callout" data-tone="bad" role="alert" data-test="refusal" data-code=failure.code().to_owned()>
            <Icon name="circle-alert"/>
            <div>
                <p><strong>{failure.title()}</strong></p>
                <p>{failure.advice()}</p>
                {(!fields.is_empty()).then(|| view! {
                    <dl class="field-problems">
                        {fields.into_iter().map(|wrong| view! {
                            <div data-test="field-problem">
                                <dt class="code">{name(&wrong.field)}</dt>
                                <dd>{plain(&wrong.message).to_owned()}</dd>
                            </div>
                        }).collect_view()}
                    </dl>
                })}
            </div>
        </div>
    }
}
