//! What could be promised to a basket, as the server says.

use domain::api::Quote;
use leptos::{prelude::*, task::spawn_local};

use console::{
    basket::{Basket, told, unwritable},
    failure::Failure,
    link,
};

use crate::{
    api,
    components::{Empty, Icon, Loading, Refusal},
    intl,
    session::Console,
};

/// What stands below the question.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    /// Nothing was asked.
    None,
    /// The server is asked.
    Awaited,
    /// It said so.
    Come(Quote),
    /// It did not.
    Failed(Failure),
}

/// The answer for the basket of the address.
#[component]
pub fn QuoteOf(
    /// The basket.
    basket: Memo<Basket>,
    /// Counts how often it was asked.
    asked: RwSignal<u32>,
) -> impl IntoView {
    let console = Console::here();
    let answer = RwSignal::new(Answer::None);
    // An answer that another question overtook is dropped.
    let latest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        asked.track();
        let basket = basket.get();
        latest.update_value(|number| *number = number.wrapping_add(1));
        let number = latest.get_value();
        match basket.body() {
            _ if basket.lines.is_empty() => answer.set(Answer::None),
            Err(errors) => answer.set(Answer::Failed(unwritable(errors))),
            Ok(body) => {
                answer.set(Answer::Awaited);
                spawn_local(async move {
                    let told = api::post::<Quote>(console, &basket.call(), &body).await;
                    if latest.try_get_value() == Some(number) {
                        answer.set(told.map_or_else(Answer::Failed, Answer::Come));
                    }
                });
            }
        }
    });
    move || {
        match answer.get() {
        Answer::None => view! {
            <Empty icon="package-check" title="What is in the basket?" advice="Type SKUs with their units, say of which channel it is and how it reaches the customer."/>
        }.into_any(),
        Answer::Awaited => view! { <Loading/> }.into_any(),
        Answer::Failed(failure) => view! { <Refusal failure=failure/> }.into_any(),
        Answer::Come(quote) => view! { <Told quote=quote/> }.into_any(),
    }
    }
}

#[component]
fn Told(quote: Quote) -> impl IntoView {
    let (tone, icon, said) = match (quote.whole, quote.later.is_empty()) {
        (true, true) => ("good", "circle-check", "The whole basket could be promised now."),
        (true, false) => {
            ("good", "circle-check", "The whole basket could be promised, a part of it for later.")
        }
        (false, _) => ("bad", "triangle-alert", "Not all of it could be promised."),
    };
    let missing = told(&quote.missing);
    let has_parts = !quote.parts.is_empty();
    view! {
        <section class="card part" aria-labelledby="quote" data-test="quote" data-whole=quote.whole.to_string()>
            <header class="card-head"><h2 id="quote">"What could be promised"</h2></header>
            <div class="callout" data-tone=tone role="status">
                <Icon name=icon/>
                <div>
                    <p><strong>{said}</strong></p>
                    {(!missing.is_empty()).then(|| view! { <p data-test="quote-missing">"Nobody could give: " {missing}</p> })}
                </div>
            </div>
            {has_parts.then(|| view! { <Parts quote=quote.clone()/> })}
            {quote.later.into_iter().map(|later| view! {
                <p class="notes" data-test="quote-later">
                    {format!("From {}: {}", intl::exact(later.at, None), told(&later.lines))}
                </p>
            }).collect_view()}
        </section>
    }
}

/// Who would give what.
#[component]
fn Parts(quote: Quote) -> impl IntoView {
    view! {
        <table class="flush">
            <thead><tr><th scope="col">"Store"</th><th scope="col">"Would give"</th></tr></thead>
            <tbody>
                {quote.parts.into_iter().map(|part| view! {
                    <tr data-row="" data-test="quote-part">
                        <th scope="row">
                            <a href=format!("/locations/{}", link::encoded(part.location.as_str()))>{part.name}</a>
                            <span class="quiet">{part.location.to_string()}</span>
                        </th>
                        <td>{told(&part.lines)}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}
